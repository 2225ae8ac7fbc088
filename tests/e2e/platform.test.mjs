// What the page owes its browser, whatever it shows: fields that are real fields, a keyboard that reaches
// everything, frames only when something happens, sharp glyphs, and plain words when it cannot go on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closePage, distance, inFirefox, launch, newPage, onlyChromium } from './browser.mjs';
import { startHouse } from './house.mjs';
import { until } from './person.mjs';

let browser;
let house;

before(async () => { [browser, house] = await Promise.all([launch(), startHouse()]); });
after(async () => {
  await browser?.close();
  await house?.close();
});

/** A page on the call screen for phone calls: it has one of everything. */
async function phoneScreen(look = {}, prepare = async () => {}) {
  const page = await newPage(browser, look);
  await prepare(page);
  await page.goto(house.url);
  await page.getByRole('radio', { name: 'Phone' }).check();
  await page.getByRole('textbox', { name: 'Phone number' }).waitFor();
  await page.getByRole('combobox', { name: 'Agent' }).waitFor();
  return page;
}
const numberOf = (page) => page.getByRole('textbox', { name: 'Phone number' });
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label'));

/** How many frames the browser is asked for during `ms`. */
const framesDuring = (page, ms) => page.evaluate(async (time) => {
  const real = window.requestAnimationFrame;
  let count = 0;
  window.requestAnimationFrame = (draw) => {
    count++;
    return real(draw);
  };
  await new Promise((done) => setTimeout(done, time));
  window.requestAnimationFrame = real;
  return count;
}, ms);

/** What a screenshot puts into the page, and the page's policy forbids. */
const screenshots = [/blocked an inline style/];

/** Until the page has drawn nothing for a while. */
async function atRest(page) {
  for (let tries = 0; tries < 20; tries++) if ((await framesDuring(page, 300)) === 0) return;
  throw new Error('the page never comes to rest');
}

test('on a screen of another sharpness the picture has its pixels and stands where its fields are', onlyChromium('Firefox does not change a page’s sharpness'), async () => {
  const page = await phoneScreen();
  const devtools = await page.context().newCDPSession(page);
  for (const [wide, ratio] of [[1200, 2], [1280, 1], [1200, 1.5], [1280, 3]]) {
    await devtools.send('Emulation.setDeviceMetricsOverride', { width: wide, height: 800, deviceScaleFactor: ratio, mobile: false });
    await page.waitForFunction((pixels) => document.querySelector('canvas').width === pixels, wide * ratio);
    await page.waitForFunction(() => {
      const { left, right } = document.querySelector('[aria-label="Phone number"]').getBoundingClientRect();
      return left > 200 && right < 800 && right - left > 300;
    });
  }
  await closePage(page);
});

describe('input', () => {
  test('typing, pasting and choosing are the browser’s own, and the model’s word stands', async () => {
    const page = await phoneScreen({ permissions: ['clipboard-read', 'clipboard-write'] });
    const number = numberOf(page);
    await number.click();
    await page.keyboard.type('4155550123', { delay: 5 });
    await page.waitForFunction(() => document.activeElement.value.replace(/\D/g, '') === '4155550123');
    await number.press('Control+A');
    await page.evaluate(() => navigator.clipboard.writeText('+44 20 7946 0958'));
    await page.keyboard.press('Control+V');
    await page.waitForFunction(() => document.activeElement.value === '+44 20 7946 0958');
    const country = page.getByRole('button', { name: 'Country' });
    const chosen = (name) => until(async () => (await country.getAttribute('aria-description')) === name, name);
    await chosen('United Kingdom');
    await country.click();
    const search = page.getByRole('combobox', { name: 'Country' });
    await search.fill('49');
    await page.getByRole('option', { name: 'Germany +49' }).waitFor();
    await search.press('Enter');
    await chosen('Germany');
    assert.equal(await focused(page), 'Country');
    await closePage(page);
  });

  test('a number is grouped while it is typed, and the caret stays where the person is', async () => {
    let asked, come; // for the code that groups, which comes when it is let
    const downloading = new Promise((done) => { asked = done; });
    const page = await phoneScreen({}, (opened) => opened.route(/\/assets\/number\./, async (route) => {
      asked();
      await new Promise((done) => { come = done; });
      await route.continue();
    }));
    const number = numberOf(page);
    const shows = (value, at) => page.waitForFunction(([words, caret]) => {
      const field = document.querySelector('[aria-label="Phone number"]');
      return field.value === words && (caret < 0 || field.selectionStart === caret && field.selectionEnd === caret);
    }, [value, at ?? value.length]);
    await number.click();
    await page.keyboard.type('202555010');
    await downloading;
    await page.keyboard.type('0');
    await shows('2025550100');
    come();
    await shows('(202) 555-0100');
    // In the middle: typed, taken away, and again.
    await number.evaluate((field) => field.setSelectionRange(4, 4));
    await page.keyboard.press('Backspace');
    await shows('(205) 550-100', 3);
    await page.keyboard.type('2');
    await shows('(202) 555-0100', 4);
    await page.keyboard.press('Delete');
    await shows('(202) 555-0100'.replace(') ', ' '), 4);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('+442079460958');
    await shows('+44 20 7946 0958');
    const country = page.getByRole('button', { name: 'Country' });
    await until(async () => (await country.getAttribute('aria-description')) === 'United Kingdom', 'the country of the number');
    // The way back leads to what was there before: how far at once is the browser's to say.
    const digits = async () => (await number.inputValue()).replace(/\D/g, '');
    const all = await digits();
    for (let tries = 0; tries < 4 && (await digits()) === all; tries++) await page.keyboard.press('Control+Z');
    assert.notEqual(await digits(), all);
    assert.ok(all.startsWith(await digits()) || (await digits()) === '2025550100', await number.inputValue());
    await closePage(page);
  });

  test('an input method composes undisturbed by frames, and the result is taken over', onlyChromium('Firefox is given no input method'), async () => {
    const page = await phoneScreen();
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByRole('button', { name: /New agent/ }).first().click();
    const name = page.getByRole('textbox').first();
    await name.click();
    await name.press('Control+A');
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await page.mouse.move(300, 300); // frames go on meanwhile
    await page.mouse.move(320, 320);
    assert.equal(await name.inputValue(), 'にほ');
    await cdp.send('Input.insertText', { text: '日本' });
    await atRest(page);
    assert.equal(await name.inputValue(), '日本');
    await closePage(page);
  });

  test('the keyboard reaches everything in the order of the screen, and works it', async () => {
    const page = await phoneScreen();
    await page.getByRole('link', { name: 'Call', exact: true }).focus();
    const order = [];
    for (let i = 0; i < 15; i++) {
      order.push(await focused(page));
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(order, [
      ...['Call', 'History', 'Agents', 'Doctor', 'Settings', 'Phone', 'Country', 'Phone number'],
      ...['A person', 'Voicemail', 'Busy', 'No answer', 'Failed', 'Dial pad', 'Agent'],
    ]);
    await page.getByRole('radio', { name: 'Phone' }).focus();
    await page.keyboard.press('ArrowLeft');
    assert.ok(await page.getByRole('radio', { name: 'Web' }).isChecked());
    assert.equal(await focused(page), 'Web');
    await page.getByRole('link', { name: 'History' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await closePage(page);
  });

  test('the browser keeps its own keys', async () => {
    const page = await phoneScreen();
    const taken = await page.evaluate(() => {
      const keys = [['F5'], ['F12'], ['KeyL', true], ['KeyT', true], ['KeyW', true], ['KeyR', true], ['KeyF', true], ['KeyC', true], ['KeyV', true], ['Equal', true], ['Minus', true]];
      return keys.filter(([code, ctrlKey]) => !document.body.dispatchEvent(new KeyboardEvent('keydown', { code, key: code, ctrlKey, bubbles: true, cancelable: true })));
    });
    assert.deepEqual(taken, []);
    await closePage(page);
  });

  test('a finger that drags scrolls and presses nothing, one that taps presses', onlyChromium('Firefox is given no finger'), async () => {
    const page = await phoneScreen({ screen: 'phone', viewport: { width: 390, height: 420 } });
    await atRest(page);
    const top = async () => (await page.getByRole('heading', { name: 'New call' }).boundingBox())?.y;
    const before = await top();
    const cdp = await page.context().newCDPSession(page);
    const touch = (type, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: 200, y }] });
    const radio = await page.getByRole('radio', { name: 'Web' }).boundingBox();
    await touch('touchStart', radio.y + radio.height / 2);
    for (let i = 1; i <= 8; i++) await touch('touchMove', radio.y + radio.height / 2 - i * 12);
    await touch('touchEnd');
    await atRest(page);
    assert.ok((await top()) <= before - 60, `${before} -> ${await top()}`);
    assert.ok(await page.getByRole('radio', { name: 'Phone' }).isChecked(), 'the drag began on Web and chose nothing');
    await page.getByRole('link', { name: 'Settings' }).tap();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await closePage(page);
  });

  test('what was scrolled away can be clicked by its name', async () => {
    const page = await phoneScreen({ viewport: { width: 1280, height: 360 } });
    await page.getByRole('link', { name: 'Settings' }).click();
    const last = page.getByRole('switch', { name: 'Show debug messages' });
    await last.waitFor({ state: 'attached' });
    await atRest(page); // the list of devices arrives by itself, and moves what is below it
    await last.check();
    await atRest(page); // the elements follow the picture by a frame
    const box = await last.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 360, JSON.stringify(box));
    await closePage(page);
  });
});

describe('picture', () => {
  test('nothing is drawn while nothing happens', async () => {
    const page = await phoneScreen();
    await atRest(page);
    assert.equal(await framesDuring(page, 2000), 0);
    await closePage(page);
  });

  for (const dpr of [1, 1.25, 2]) {
    test(`the canvas has a pixel for each of the screen’s at ${dpr}`, async () => {
      const page = await phoneScreen({ dpr, viewport: { width: 800, height: 600 } });
      const size = await page.evaluate(() => [document.querySelector('canvas').width, document.querySelector('canvas').height]);
      assert.deepEqual(size, [800 * dpr, 600 * dpr]);
      await closePage(page);
    });
  }

  test('a lost graphics context comes back with the same picture', async () => {
    const page = await phoneScreen();
    await page.mouse.move(640, 790);
    await atRest(page);
    const before = await page.screenshot();
    await page.evaluate(() => {
      window.loss = document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
      window.loss.loseContext();
    });
    await page.getByRole('radio', { name: 'Web' }).check(); // the page works meanwhile
    await page.getByRole('radio', { name: 'Phone' }).check();
    await page.evaluate(() => window.loss.restoreContext());
    await page.mouse.move(640, 791);
    await page.waitForTimeout(100);
    await atRest(page);
    assert.ok(before.equals(await page.screenshot()), 'the picture differs');
    await closePage(page, screenshots);
  });

  test('a browser that hides its pixels shows the same text', async () => {
    const pictures = [];
    for (const noise of [false, true]) {
      const page = await phoneScreen({}, (opened) => opened.addInitScript((on) => {
        if (!on) return;
        const real = CanvasRenderingContext2D.prototype.getImageData;
        CanvasRenderingContext2D.prototype.getImageData = function (...area) {
          const image = real.apply(this, area);
          crypto.getRandomValues(image.data.subarray(0, 65536));
          return image;
        };
      }, noise));
      await page.getByText('No calls yet').waitFor(); // the last of it to come
      await page.mouse.move(640, 790);
      await atRest(page);
      pictures.push(await page.screenshot());
      await closePage(page, screenshots);
    }
    const far = await distance(browser, ...pictures);
    assert.ok(far <= 4, `nobody sees a difference of ${far}`); // Firefox rounds the one way and the other
  });

  test('a hidden tab keeps up with events', async () => {
    const page = await phoneScreen();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      window.requestAnimationFrame = () => 1; // as hidden tabs do
      history.pushState(null, '', '#settings');
      window.dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await closePage(page);
  });
});

describe('the end of it', () => {
  const stopped = (page, title) => page.getByRole('heading', { name: title }).waitFor();

  test('a part that does not arrive is told, with a way on', async () => {
    const page = await newPage(browser);
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(house.url);
    await stopped(page, "voxdial couldn't be loaded");
    await page.unroute('**/*.wasm');
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'New call' }).waitFor();
    await closePage(page, [/ERR_FAILED/]);
  });

  test('a program that fails as it starts is told', async () => {
    const page = await newPage(browser);
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => { throw new RangeError('no canvas today'); };
    });
    await page.goto(house.url);
    await stopped(page, 'voxdial has stopped');
    await page.locator('#stop pre', { hasText: 'no canvas today' }).waitFor();
    await closePage(page, [/no canvas today/]);
  });

  /** Gives the page a way to have its program fail as a fault of its own does. */
  const breakable = (page) => page.addInitScript(() => {
    const real = WebAssembly.instantiate;
    WebAssembly.instantiate = async (...given) => {
      const made = await real.apply(WebAssembly, given);
      window.memory = Object.values(made.exports).find((it) => it instanceof WebAssembly.Memory);
      return made;
    };
  });
  const breakIt = async (page) => {
    await page.evaluate(() => new Uint8Array(window.memory.buffer).fill(0xff, 1024));
    await page.mouse.click(300, 300);
    await stopped(page, 'voxdial has stopped');
  };

  test('a fault stops the program, and is told without what may be secret', async () => {
    const page = await newPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    await breakable(page);
    await page.goto(`${house.url}/?token=hush#settings`);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await breakIt(page);
    const details = await page.locator('#stop pre').innerText();
    assert.match(details, /Error/);
    assert.doesNotMatch(details, /hush|settings/);
    assert.equal(await framesDuring(page, 500), 0);
    await page.getByRole('button', { name: 'Copy details' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), details);
    await closePage(page);
  });

  test('a fault is told in the reader’s language, also without a connection', async () => {
    const page = await newPage(browser, { locale: 'fr-FR' });
    await breakable(page);
    await page.goto(`${house.url}/#settings`);
    await page.getByRole('heading', { name: 'Réglages' }).waitFor();
    await page.waitForFunction(() => performance.getEntriesByName(performance.getEntries().find(({ name }) => /assets\/stop\./.test(name))?.name ?? '').length > 0);
    await page.route('**/*', (route) => route.abort());
    await page.evaluate(() => new Uint8Array(window.memory.buffer).fill(0xff, 1024));
    await page.mouse.click(300, 300);
    await stopped(page, 'voxdial s’est arrêté');
    await page.getByRole('button', { name: 'Copier les détails' }).waitFor();
    await closePage(page, [/ERR_FAILED|NetworkError|Failed to load|Failed to fetch|ERR_/]);
  });

  test('what was typed before a fault is shown by the page that tells of it, and is back after the reload', async () => {
    const page = await newPage(browser);
    await breakable(page);
    await page.goto(`${house.url}/#agents/assistant`);
    const words = 'Be kind.\nהי, and never <b>rude</b>.';
    await page.getByRole('textbox', { name: 'Prompt' }).fill(words);
    await atRest(page);
    await breakIt(page);
    assert.equal(await page.locator('#stop dd').innerText(), words);
    assert.equal(await page.locator('#stop dt').innerText(), 'Prompt');
    await page.getByRole('button', { name: 'Reload' }).click();
    await until(async () => (await page.getByRole('textbox', { name: 'Prompt' }).inputValue()) === words, 'it is back');
    await page.getByRole('button', { name: 'Save changes' }).waitFor(); // and the program knows it
    await page.getByRole('link', { name: 'Call', exact: true }).click();
    await page.goto(`${house.url}/#agents/assistant`);
    assert.equal(await page.evaluate(() => sessionStorage.typed), undefined, 'given back once');
    await closePage(page);
  });

  test('the theme that was chosen is there from the first picture on', async () => {
    const cases = [
      [{ colorScheme: 'light' }, 'dark', 'rgb(13, 17, 23)'],
      [{ colorScheme: 'dark' }, 'light', 'rgb(246, 243, 238)'],
      [{ colorScheme: 'light', contrast: 'more' }, 'dark', 'rgb(0, 0, 0)'],
    ];
    for (const [system, theme, background] of inFirefox ? cases.slice(0, 1) : cases) { // which is told neither
      const page = await newPage(browser, inFirefox ? {} : system);
      await page.goto(`${house.url}/noscript.html`);
      await page.evaluate((chosen) => { localStorage.theme = chosen; }, theme);
      await page.addInitScript(() => {
        window.painted = [];
        const look = () => {
          const { backgroundColor } = getComputedStyle(document.documentElement);
          if (document.body && !window.painted.includes(backgroundColor)) window.painted.push(backgroundColor);
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      let come;
      const held = new Promise((done) => { come = done; });
      await page.route('**/*.wasm', async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(house.url, { waitUntil: 'commit' });
      await page.locator('#loading .title').waitFor();
      await page.waitForFunction(() => window.painted.length > 0);
      assert.deepEqual(await page.evaluate(() => window.painted), [background]);
      come();
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.deepEqual(await page.evaluate(() => window.painted), [background]);
      await closePage(page);
    }
  });

  test('the pages that the server writes have the theme that was chosen', async () => {
    const page = await newPage(browser);
    await page.goto(`${house.url}/noscript.html`);
    await page.evaluate(() => { localStorage.theme = 'dark'; });
    await page.goto(`${house.url}/no-such-place`);
    await page.getByRole('alert').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(13, 17, 23)');
    await closePage(page, [/404/]);
  });

  test('while it loads the page shows its shape, and after eight seconds says so', async () => {
    const page = await newPage(browser);
    await page.route('**/*.wasm', () => {});
    await page.goto(house.url, { waitUntil: 'commit' });
    await page.locator('#loading .title').waitFor();
    const slow = page.locator('#slow');
    assert.equal(await slow.isVisible(), false);
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    assert.equal(await slow.isVisible(), true);
    await closePage(page);
  });
});
