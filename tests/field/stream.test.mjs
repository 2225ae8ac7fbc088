// The stream of events and the clock: any number of tabs, a stream that something in between holds back, a computer
// whose clock is wrong.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch } from '../e2e/browser.mjs';
import { startHouse } from '../e2e/house.mjs';
import { call, card, gone, openPage, see, state, until } from '../e2e/person.mjs';
import { standBetween } from './between.mjs';

let browser;
let house;
let between;
let pages;

before(async () => {
  browser = await launch();
  house = await startHouse({ speed: 1 });
});
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(async () => {
  house.forget();
  pages = [];
  between = await standBetween(house.url);
});
afterEach(async () => {
  for (const page of pages) await page.context().close();
  await between.close();
});

async function open(look = {}) {
  const page = await openPage(browser, { url: between.url }, look);
  pages.push(page);
  return page;
}
/** One more tab of the same browser: contexts do not share connections, locks or channels. */
async function openTab(first) {
  const page = await first.context().newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(between.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}
const notLive = (page) => page.getByRole('status').filter({ hasText: /Connection lost|Live updates aren't getting through/ });
const end = (page, whom) => card(page, whom).getByRole('button', { name: /^End/ }).click();

test('eight tabs share one stream: End answers in the sixth, the eighth loads and shows the call, and the heir of the stream misses nothing', async () => {
  const first = await open();
  const tabs = [first];
  while (tabs.length < 6) tabs.push(await openTab(first));
  const whom = await call(first, '0117');
  await state(first, whom, 'Talking');
  tabs.push(await openTab(first), await openTab(first));
  for (const tab of tabs) await state(tab, whom, 'Talking');
  assert.equal(between.streams, 1);
  await first.close(); // it led
  await until(() => between.streams === 1, 'another tab leads');
  await end(tabs[5], whom);
  for (const tab of tabs.slice(1)) await state(tab, whom, 'Ended');
  assert.equal(between.streams, 1);
});

for (const hold of ['body', 'all']) {
  test(`a stream whose ${hold === 'all' ? 'reply' : 'words'} something in between holds back is noticed, and the page asks instead`, async () => {
    between.hold = hold;
    const page = await open();
    const whom = await call(page, '0117');
    await see(notLive(page));
    await state(page, whom, 'Talking');
    await end(page, whom);
    await state(page, whom, 'Ended');
    assert.equal(await notLive(page).count(), 1); // it does not come and go
  });
}

test('a stream that stops flowing is noticed within 20 s, and another one tells what was missed', async () => {
  const page = await open();
  await until(() => between.speaking === 1, 'the stream has spoken');
  between.choke();
  const began = Date.now();
  const other = await openPage(browser, house);
  pages.push(other);
  const whom = await call(other, '0117');
  await see(card(page, whom));
  assert.ok(Date.now() - began < 22_000, `${Date.now() - began} ms`);
  await gone(notLive(page));
  await end(page, whom);
  await state(page, whom, 'Ended');
});

test('where a browser has no Web Locks (plain http) hidden tabs hold no stream, and one that is seen again tells what was missed', async () => {
  const withoutLocks = () => {
    delete Navigator.prototype.locks;
    let visibility = 'visible';
    Object.defineProperty(document, 'visibilityState', { get: () => visibility });
    Object.defineProperty(document, 'hidden', { get: () => visibility === 'hidden' });
    window.setSeen = (seen) => {
      visibility = seen ? 'visible' : 'hidden';
      document.dispatchEvent(new Event('visibilitychange'));
    };
  };
  const first = await open();
  await first.context().addInitScript(withoutLocks);
  between.hold = 'all'; // nobody looks any more before the first one's stream has spoken
  await first.reload();
  await until(() => between.streams === 1, 'the first tab asks for a stream');
  assert.equal(await first.evaluate(() => 'locks' in navigator), false);
  const tabs = [first];
  while (tabs.length < 8) {
    await tabs.at(-1).evaluate(() => window.setSeen(false));
    between.hold = '';
    tabs.push(await openTab(first));
  }
  const last = tabs.at(-1);
  await until(() => between.streams === 1, 'the tab that is seen holds the only stream');
  const whom = await call(last, '0117');
  await state(last, whom, 'Talking');
  await last.evaluate(() => window.setSeen(false));
  await until(() => between.streams === 0, 'nobody looks');
  await first.evaluate(() => window.setSeen(true));
  await state(first, whom, 'Talking');
  await gone(notLive(first));
  await end(first, whom);
  await state(first, whom, 'Ended');
  assert.equal(between.streams, 1);
});

for (const minutes of [5, -5]) {
  test(`a computer whose clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'fast' : 'slow'} shows the times of the server`, async () => {
    const page = await open();
    await page.clock.install({ time: Date.now() + minutes * 60_000 });
    await page.reload();
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    const answered = Date.now();
    await page.reload();
    await state(page, whom, 'Talking');
    const figure = card(page, whom).getByText(/^Talk: \d+:\d\d$/);
    await see(figure);
    const [, m, s] = /(\d+):(\d\d)/.exec(await figure.textContent());
    const really = (Date.now() - answered) / 1000;
    const shown = Number(m) * 60 + Number(s);
    assert.ok(Math.abs(shown - really) < 4, `${shown} s shown, ${really} s really`);
    const left = /(\d+):(\d\d)/.exec(await card(page, whom).getByText(/^Time left/).textContent());
    assert.ok(Math.abs(Number(left[1]) * 60 + Number(left[2]) + shown - 600) <= 1, left[0]);
    await end(page, whom);
    await state(page, whom, 'Ended');
  });
}
