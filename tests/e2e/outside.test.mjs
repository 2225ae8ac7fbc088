// The page among the other things on a person's screen: told of in the background, installed, opened by a phone link, and
// asked for while its server is away.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { NO_SOCKET, closePage, launch, newPage } from './browser.mjs';
import { startHouse } from './house.mjs';
import { call, card, openPage, see, state, tab, until } from './person.mjs';

let browser;
let house;
let page;
let expected;

before(async () => { [browser, house] = await Promise.all([launch(), startHouse({ speed: 6 })]); });
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

/** In the page: notifications as the browser would show them, in window.notes, and what it was asked, in window.asked. */
function listenToNotes(permission) {
  window.notes = [];
  window.asked = 0;
  window.Notification = class {
    static permission = permission;
    static async requestPermission() {
      window.asked++;
      return (window.Notification.permission = 'granted');
    }
    constructor(title, options) {
      window.notes.push(this);
      Object.assign(this, { title, ...options });
    }
    close() { this.closed = true; }
  };
}
const hide = (hidden) => page.evaluate((yes) => {
  Object.defineProperty(document, 'hidden', { get: () => yes, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);
const notes = () => page.evaluate(() => window.notes.map(({ title, body }) => [title, body]));

async function openWithNotes(permission) {
  page = await newPage(browser);
  await page.addInitScript(listenToNotes, permission);
  await page.goto(house.url);
  await see(page.getByRole('button', { name: 'Start web call' }));
}

test('in a background tab a person is told that their call was answered and how it ended; a press leads to it', async () => {
  await openWithNotes('default');
  assert.equal(await page.evaluate(() => window.asked), 0, 'never by itself');
  const whom = await call(page, '0118');
  await see(card(page, whom));
  assert.equal(await page.evaluate(() => window.asked), 1, 'at the first phone call');
  await hide(true);
  await until(async () => (await notes()).at(-1)?.[1] === 'The agent hung up.', 'the end is told');
  assert.deepEqual((await notes())[0], [whom, 'The call was answered.']);
  assert.ok((await notes()).every(([title]) => title === whom));
  assert.deepEqual(await page.evaluate(() => new Set(window.notes.map(({ tag }) => tag)).size), 1, 'each takes the place of the one before');
  await hide(false);
  const told = (await notes()).length;
  await page.evaluate(() => window.notes.at(-1).onclick());
  assert.ok(await page.evaluate(() => window.notes.at(-1).closed));
  await state(page, whom, 'Ended');
  const again = await call(page, '0101');
  await state(page, again, 'Busy');
  assert.equal((await notes()).length, told, 'who looks at the page is told by the page');
});

test('in Settings notifications are switched on by a press, which asks, and off for good', async () => {
  await openWithNotes('default');
  await tab(page, 'Settings');
  const choice = page.getByRole('switch', { name: 'Notify me about my calls' });
  assert.equal(await choice.isChecked(), false);
  await choice.press('Space'); // the list of devices arrives by itself, and moves what is below it
  await until(() => choice.isChecked(), 'it is on');
  assert.equal(await page.evaluate(() => window.asked), 1);
  await choice.press('Space');
  await until(async () => !(await choice.isChecked()), 'it is off');
  await page.addInitScript(listenToNotes, 'granted');
  await page.reload();
  await until(async () => (await choice.count()) === 1 && !(await choice.isChecked()), 'it stays off');
});

test('a phone link of another page fills the form and dials nothing', async () => {
  page = await openPage(browser, house, { at: `/#call/${encodeURIComponent('tel:+1-202-555-0117')}` });
  await see(page.getByRole('radio', { name: 'Phone', checked: true }));
  const number = page.getByRole('textbox', { name: 'Phone number' });
  assert.equal((await number.inputValue()).replace(/\D/g, ''), '12025550117');
  await see(page.getByRole('button', { name: 'Call +1 202-555-0117', exact: true }));
  assert.doesNotMatch(page.url(), /2025550117/);
  assert.equal(house.created(), 0);
});

test('the page offers to take phone links, from a press in Settings', async () => {
  page = await newPage(browser);
  await page.addInitScript(() => {
    window.offers = [];
    navigator.registerProtocolHandler = (...offer) => window.offers.push(offer);
  });
  await page.goto(`${house.url}/#settings`);
  await page.getByRole('button', { name: 'Open phone links here' }).click();
  assert.deepEqual(await page.evaluate(() => window.offers), [['tel', `${house.url}/#call/%s`]]);
});

test('it can be installed: a manifest with icons that are what they say', async () => {
  page = await newPage(browser);
  await page.goto(house.url);
  const link = await page.locator('link[rel=manifest]').getAttribute('href');
  const reply = await fetch(house.url + link);
  assert.equal(reply.headers.get('content-type'), 'application/manifest+json');
  const manifest = await reply.json();
  assert.deepEqual([manifest.start_url, manifest.display, manifest.protocol_handlers[0].url], ['/', 'standalone', '/#call/%s']);
  const touch = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
  for (const { src, sizes } of [...manifest.icons, { src: touch, sizes: '180x180' }]) {
    const png = Buffer.from(await (await fetch(house.url + src)).arrayBuffer());
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, sizes, src);
  }
});

test('while the server is away the page says so in its place, keeps nothing else, and is back by a press', async () => {
  expected = [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|NetworkError|Failed to load/, NO_SOCKET];
  page = await newPage(browser);
  await page.goto(house.url);
  await see(page.getByRole('button', { name: 'Start web call' }));
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
  });
  await page.reload(); // once through the worker
  await see(page.getByRole('button', { name: 'Start web call' }));
  const kept = await page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => new URL(url).pathname).sort();
  });
  assert.ok(kept.includes('/offline.html'));
  assert.deepEqual(kept.filter((path) => !/^\/(offline\.html|assets\/(offline|plain|theme)\.\w+\.(css|js))$/.test(path)), []);
  await house.stop();
  await page.reload().catch(() => {}); // Firefox's driver is told of the line, not of the page that came all the same
  await see(page.getByRole('heading', { name: "Can't reach voxdial" }));
  await see(page.getByText("The voxdial server isn't responding."));
  assert.equal(await page.getByText("You're offline.").isVisible(), false);
  await house.start();
  await page.getByRole('link', { name: 'Try again' }).click();
  await see(page.getByRole('button', { name: 'Start web call' }));
});
