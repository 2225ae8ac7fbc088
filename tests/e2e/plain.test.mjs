// When the full page cannot be: the plain page that calls all the same, and a sentence wherever not even that is possible.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { closePage, launch, newPage, onlyChromium } from './browser.mjs';
import { startHouse } from './house.mjs';
import { alert, card, gone, said, see, until } from './person.mjs';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
let browser;
let house;
let page;
let expected;

before(async () => { [browser, house] = await Promise.all([launch(), startHouse({ speed: 4 })]); });
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(() => {
  expected = [];
  house.forget();
});
afterEach(async () => {
  await closePage(page, expected);
  house.assertClean();
});

const state = (whom, words) => see(card(page, whom).getByRole('status').filter({ hasText: words }));
const press = (whom, name) => card(page, whom).getByRole('button', { name }).click();

async function open(path = '/plain.html', more = {}) {
  page = await newPage(browser, more);
  await page.goto(house.url + path);
  await see(page.getByRole('button', { name: 'Start web call' }));
}
async function dial(number) {
  await page.getByRole('radio', { name: /^Phone/ }).check();
  await page.getByRole('textbox', { name: 'Phone number' }).fill(number);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
}

describe('a browser that cannot show the full page is led to the plain one, told why, and calls from there', () => {
  const lacks = {
    'WebGL 2': [/it has no WebGL 2/, () => {
      const real = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return /webgl/.test(kind) ? null : real.call(this, kind, ...rest); };
    }],
    WebAssembly: [/lacks WebAssembly/, () => { delete window.WebAssembly; }],
  };
  for (const [what, [why, spoil]] of Object.entries(lacks)) {
    test(`without ${what}`, async () => {
      page = await newPage(browser);
      await page.addInitScript(spoil);
      await page.goto(house.url);
      await see(page.getByText(why));
      assert.equal(new URL(page.url()).pathname, '/plain.html');
      await dial('+12025550117');
      await state('+1 202-555-0117', 'Talking');
      await press('+1 202-555-0117', 'End call');
      await state('+1 202-555-0117', 'Ended');
      assert.equal(house.dialled('+12025550117'), 1);
    });
  }
});

test('a phone call shows its states and both sides’ words, takes words, and ends by itself', async () => {
  await open();
  await see(page.getByText('Sandbox: no real calls are placed.'));
  await dial('+1 202 555 0105');
  const whom = '+1 202-555-0105';
  await state(whom, 'Ringing');
  await state(whom, 'Talking');
  await said(page, whom, 'Person: Hello?');
  await said(page, whom, 'Agent: Hello, this is the sandbox agent');
  await state(whom, 'Ended. The agent hung up.');
  await said(page, whom, 'Agent: Then the rehearsal is complete');
  await gone(card(page, whom).getByRole('button', { name: 'End call' }));
});

test('a call that another page placed is here with its words, and can be ended here', async () => {
  await open();
  await dial('+12025550117');
  const whom = '+1 202-555-0117';
  await said(page, whom, 'Person: Yes, take your time.');
  const words = card(page, whom).getByRole('textbox', { name: 'Message' });
  await words.fill('ask about Tuesday');
  await words.press('Enter');
  await said(page, whom, 'ask about Tuesday');
  await page.reload();
  await said(page, whom, 'Person: Yes, take your time.');
  await press(whom, 'End call');
  await state(whom, 'Ended');
});

test('what may not be called is said before and after the press, in the server’s words', async () => {
  expected = [/status of (403|422)/];
  await open();
  await dial('+44 20 7946 0000');
  await alert(page, 'Calls to this country are not allowed.');
  assert.equal(house.created(), 0);
  await dial('+12025550106');
  await alert(page, 'Enable it in the console under Voice, Geographic permissions.');
});

test('a press whose answer is lost and that is repeated dials once', async () => {
  expected = [/ERR_FAILED|NetworkError|Failed to load/];
  await open();
  await page.route('**/api/calls', async (route) => {
    await route.fetch(); // it arrives there, and nothing comes back
    await route.abort();
  });
  await dial('+12025550117');
  await alert(page, 'Press again to find out');
  await page.unroute('**/api/calls');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await state('+1 202-555-0117', 'Talking');
  assert.equal(house.dialled('+12025550117'), 1);
  await press('+1 202-555-0117', 'End call');
  await state('+1 202-555-0117', 'Ended');
});

test('a web call is heard and written down, takes words, mutes and ends', async () => {
  await open();
  await page.getByRole('button', { name: 'Start web call' }).click();
  await state('Web call', 'Listening');
  await said(page, 'Web call', 'Agent: Hello');
  const words = card(page, 'Web call').getByRole('textbox', { name: 'Message' });
  await words.fill('tea with milk');
  await words.press('Enter');
  await said(page, 'Web call', 'Agent: You said: tea with milk');
  await press('Web call', 'Mute microphone');
  await until(() => house.vendors.web.stats().at(-1).muted, 'the microphone is muted');
  await press('Web call', 'End call');
  await state('Web call', 'Ended');
  assert.equal(house.created(), 1);
});

test('axe finds nothing on the plain page, at rest and in a call', async () => {
  await open('/plain.html', { dark: true });
  const faults = async () => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  };
  assert.deepEqual(await faults(), []);
  await dial('+12025550117');
  await said(page, '+1 202-555-0117', 'Person: Yes, take your time.');
  assert.deepEqual(await faults(), []);
  await press('+1 202-555-0117', 'End call');
  await state('+1 202-555-0117', 'Ended');
});

test('a call whose events come after the reply to its press is named as all others are', async () => {
  let letThrough;
  const placed = new Promise((resolve) => (letThrough = resolve));
  page = await newPage(browser);
  await page.route('**/api/events*', async (route) => {
    await placed;
    await route.continue();
  });
  await page.goto(`${house.url}/plain.html`);
  await dial('+1 202 555 0117');
  await see(page.getByRole('group', { name: /0117$/ }));
  letThrough();
  await press('+1 202-555-0117', 'End call');
  await state('+1 202-555-0117', /Canceled|Ended/);
});

test('the plain page is in the reader’s language, with what the server says', async () => {
  expected = [/status of (403|422)/];
  page = await newPage(browser, { locale: 'de-DE' });
  await page.goto(`${house.url}/plain.html?why=webgl`);
  await see(page.getByText('Ihm fehlt WebGL 2'));
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.getByRole('radio', { name: /^Telefon/ }).check();
  await page.getByRole('textbox', { name: 'Telefonnummer' }).fill('+44 20 7946 0000');
  await page.getByRole('button', { name: 'Anrufen', exact: true }).click();
  await alert(page, 'Anrufe in dieses Land sind nicht erlaubt.');
  await page.getByRole('textbox', { name: 'Telefonnummer' }).fill('+12025550105');
  await page.getByRole('button', { name: 'Anrufen', exact: true }).click();
  const call = page.getByRole('group', { name: 'Anruf: +1 202-555-0105' });
  await see(call.getByRole('listitem').filter({ hasText: 'Person: Hello?' }));
  await see(call.getByRole('status').filter({ hasText: 'Beendet. Der Agent hat aufgelegt.' }));
});

test('the offline page says in the reader’s language which of the two it is', async () => {
  page = await newPage(browser, { locale: 'ja-JP' });
  await page.goto(`${house.url}/offline.html`);
  await see(page.getByRole('heading', { name: 'voxdial に接続できません' }));
  await see(page.getByText('サーバーが応答しません'));
  assert.equal(await page.getByText('オフラインです').isVisible(), false);
});

const NEEDS_SCRIPT = {
  en: 'needs JavaScript', es: 'necesita JavaScript', de: 'braucht JavaScript', fr: 'a besoin de JavaScript', 'pt-BR': 'precisa de JavaScript', ja: 'JavaScript が必要です',
};

for (const path of ['/', '/plain.html']) {
  test(`without JavaScript ${path} has a sentence`, onlyChromium('Firefox’s scripts are not switched off'), async () => {
    page = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(house.url + path);
    for (const [language, words] of Object.entries(NEEDS_SCRIPT)) await see(page.locator(`p[lang="${language}"]`).filter({ hasText: words }));
    assert.equal(await page.getByRole('link').first().getAttribute('href'), '/');
  });

  test(`a program of ${path} that does not arrive, or is not understood, is told of`, async () => {
    expected = [/ERR_FAILED|NetworkError|Failed to load|SyntaxError/];
    for (const answer of [(route) => route.abort(), (route) => route.fulfill({ contentType: 'text/javascript', body: 'let let' })]) {
      page = await newPage(browser);
      await page.route(/\/(boot|plain)\.[^/]*\.js$/, answer);
      await page.goto(house.url + path);
      await alert(page, "didn't load, or this browser is too old");
      if (page.url() === `${house.url}/`) await page.getByRole('link', { name: 'Use the plain page' }).waitFor();
      if (answer.toString().includes('abort')) await closePage(page, expected);
    }
  });
}
