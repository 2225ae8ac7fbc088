// Each way in which a microphone can fail has its own words, and the call goes on where it can.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, launch } from '../e2e/browser.mjs';
import { startHouse } from '../e2e/house.mjs';
import { alert, card, gone, openPage, see, startWebCall, state } from '../e2e/person.mjs';

const WEB = 'Web call';
let browser;
let house;
let page;

before(async () => {
  browser = await launch();
  house = await startHouse();
});
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(() => house.forget());
afterEach(() => closePage(page));

const end = async () => {
  await card(page, WEB).getByRole('button', { name: 'End call' }).click();
  await state(page, WEB, 'Ended');
};
/** Before the page loads; what it does is done to the browser. */
async function open(spoil, arg, look) {
  const context = { at: '/' };
  page = await openPage(browser, house, { ...context, ...look });
  if (!spoil) return;
  await page.addInitScript(spoil, arg);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
const refuse = ([name, message]) => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException(message, name); };
};

for (const [name, message, words] of [
  ['NotAllowedError', 'Permission denied', /^This site may not use your microphone\./],
  ['NotAllowedError', 'Permission dismissed', /^You closed the microphone prompt\. Press again/],
  ['NotAllowedError', 'Permission denied by system', /^Your system blocks the microphone for this browser\./],
  ['NotFoundError', 'Requested device not found', /^No microphone found\./],
  ['NotReadableError', 'Could not start audio source', /^Your microphone couldn't be opened\./],
]) {
  test(`"${message}" is told as what it is, and no call is created`, async () => {
    // Chromium's words decide here; where a browser has none, the permission does.
    await open(refuse, [name, message], { permissions: [] });
    await startWebCall(page);
    await alert(page, words);
    assert.equal(house.created(), 0);
  });
}

test('a refusal without words is told apart by the permission: given to the site, it is the system that says no', async () => {
  await open(refuse, ['NotAllowedError', 'The request is not allowed by the user agent or the platform']);
  for (const [permission, words] of [['granted', /^Your system blocks/], ['prompt', /^You closed/], ['denied', /^This site/]]) {
    await page.evaluate((now) => { navigator.permissions.query = async () => ({ state: now }); }, permission);
    await startWebCall(page);
    await alert(page, words);
  }
});

test('a saved microphone that is gone gives way to the default one, which is said, and stays chosen', async () => {
  await open(() => localStorage.setItem('microphone', '0123456789abcdef'));
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  await alert(page, "The microphone you chose isn't connected. Using the default one.");
  assert.equal(await page.evaluate(() => localStorage.getItem('microphone')), '0123456789abcdef');
  await end();
});

test('a saved speaker that is gone gives way to the default one, which is said, and stays chosen', async () => {
  await open(() => localStorage.setItem('speaker', '0123456789abcdef'));
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  await alert(page, /^The speaker you chose isn't connected\./);
  assert.equal(await page.evaluate(() => localStorage.getItem('speaker')), '0123456789abcdef');
  await end();
});

test('a microphone that the system mutes in the call is said, until it is heard again', async () => {
  await open(() => {
    window.tracks = [];
    const real = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      const stream = await real.call(this, constraints);
      window.tracks.push(...stream.getAudioTracks());
      return stream;
    };
  });
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  const mute = (muted) => page.evaluate((now) => {
    for (const track of window.tracks) {
      Object.defineProperty(track, 'muted', { get: () => now, configurable: true });
      track.dispatchEvent(new Event(now ? 'mute' : 'unmute'));
    }
  }, muted);
  const words = page.getByRole('alert').filter({ hasText: 'Your microphone was muted by the system or another app.' });
  await mute(true);
  await see(words);
  await mute(false);
  await gone(words);
  await end();
});

test('where sound cannot be measured the call goes on without meters, and says so once', async () => {
  const lines = [];
  await open(() => {
    AudioContext.prototype.createMediaStreamSource = () => { throw new DOMException('rates', 'NotSupportedError'); };
  });
  page.on('console', (message) => { if (/no meters/.test(message.text())) lines.push(message.text()); });
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  await alert(page, "This browser can't show sound levels. The agent can still hear you.");
  await page.waitForTimeout(500); // fifteen measurements
  assert.equal(lines.length, 1);
  assert.equal(await card(page, WEB).getByRole('meter').count(), 0);
  await end();
});

test('holding to talk survives a thumb that slides, and ends with the finger', async () => {
  await open(() => localStorage.setItem('push_to_talk', 'on'), null, { screen: 'phone' });
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  const button = card(page, WEB).getByRole('switch', { name: /^Hold to talk/ });
  const { x, y, width, height } = await button.boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const finger = (type, at) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
  const held = (wanted) => page.waitForFunction(([el, now]) => el.getAttribute('aria-checked') === now, [awaitable, String(wanted)]);
  const awaitable = await button.elementHandle();
  const at = { x: x + width / 2, y: y + height / 2 };
  await finger('touchStart', at);
  await held(true);
  for (const slide of [8, 30, 60]) await finger('touchMove', { x: at.x + slide, y: at.y - slide });
  await held(true);
  await finger('touchEnd');
  await held(false);
  await end();
});

for (const [what, swallow] of [
  ['the window loses the keyboard', () => window.dispatchEvent(new Event('blur'))],
  ['something is dragged', () => window.dispatchEvent(new Event('dragstart'))],
  ['a menu opens', () => window.dispatchEvent(new Event('contextmenu'))],
  ['the tab is hidden', () => document.dispatchEvent(new Event('visibilitychange'))],
  ['a shortcut is pressed', () => window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyK', key: 'k', metaKey: true }))],
]) {
  test(`a key that is held to talk counts as let go when ${what}`, async () => {
    await open(() => localStorage.setItem('push_to_talk', 'on'));
    await startWebCall(page);
    await state(page, WEB, 'Listening');
    const talking = card(page, WEB).getByRole('switch', { name: /^Hold to talk/, checked: true });
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.down('Space');
    await see(talking);
    await page.evaluate(swallow);
    await gone(talking);
    await page.keyboard.up('Space');
    await end();
  });
}

test('a translated page keeps working: new words appear in it, and nothing breaks', async () => {
  await open();
  const translate = () => page.evaluate(() => {
    const all = document.createTreeWalker(document.querySelector('.vd-mirror'), NodeFilter.SHOW_TEXT);
    const texts = [];
    while (all.nextNode()) texts.push(all.currentNode);
    for (const text of texts) {
      const font = document.createElement('font');
      text.replaceWith(font);
      font.append(text.data);
    }
  });
  await translate();
  await startWebCall(page);
  await state(page, WEB, 'Listening');
  await translate();
  await end();
  await translate();
  for (const name of ['History', 'Agents', 'Doctor', 'Settings', 'Call']) {
    await page.getByRole('link', { name, exact: true }).click();
    await translate();
    await see(page.getByRole('heading', { level: 1 }));
  }
});
