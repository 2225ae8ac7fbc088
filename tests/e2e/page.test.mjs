// The page itself: loading, resting, its screens, keyboard, small windows, and a server that is not there.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, launch, onlyChromium } from './browser.mjs';
import { startHouse } from './house.mjs';
import { alert, assertNoSecrets, call, card, gone, openPage, see, state, tab, tabTo, typeNumber, until } from './person.mjs';

let browser;
let house;
let page;
let expected;

before(async () => {
  browser = await launch();
  house = await startHouse({ speed: 6 });
});
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(() => {
  expected = [];
  house.forget();
});
afterEach(async () => {
  assertNoSecrets(page, house);
  await closePage(page, expected);
  house.assertClean();
});

/** Waits until nothing has been drawn for half a second, then counts the frames of `ms`. */
const framesIn = (ms) =>
  page.evaluate(async (wait) => {
    const pause = (t) => new Promise((done) => setTimeout(done, t));
    for (let before = -1; before !== window.drawn; await pause(500)) before = window.drawn;
    const before = window.drawn;
    await pause(wait);
    return window.drawn - before;
  }, ms);

test('the page loads under a strict policy without a word in the console, and then rests', async () => {
  const headers = (await fetch(house.url)).headers;
  const policy = headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'|default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'| \*[ ;]/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');

  page = await openPage(browser, house);
  await see(page.getByRole('button', { name: 'Start web call' }));
  assert.equal(await page.title(), 'Call - voxdial');
  assert.ok((await page.evaluate(() => window.drawn)) > 0);
  assert.equal(await framesIn(3000), 0);
});

test('a call that runs draws a frame a second for its clock, not one after the other', async () => {
  page = await openPage(browser, house);
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  const before = await page.evaluate(() => window.drawn);
  await see(card(page, whom).getByText(/^Talk: 0:0[5-9]/));
  assert.ok((await page.evaluate(() => window.drawn)) - before < 40);
  await card(page, whom).getByRole('button', { name: 'End call' }).click();
  await state(page, whom, 'Ended');
});

test('every screen has a heading, its address, and comes back by the browser\'s back', async () => {
  page = await openPage(browser, house);
  for (const name of ['History', 'Agents', 'Doctor', 'Settings']) {
    await tab(page, name);
    await see(page.getByRole('heading', { level: 1, name }));
    assert.equal(await page.locator('[aria-current=page]').getAttribute('aria-label'), name);
  }
  await page.goBack();
  await see(page.getByRole('heading', { level: 1, name: 'Doctor' }));
  await page.reload();
  await see(page.getByRole('heading', { level: 1, name: 'Doctor' }));
  // What had the keyboard is gone with its screen: it goes on at the title of the one that has come.
  await page.getByRole('button', { name: 'Check again' }).focus();
  await page.goBack();
  await until(() => page.evaluate(() => document.activeElement.textContent === 'Agents'), 'the keyboard is at the title');
});

test('a number is judged while it is typed', async () => {
  page = await openPage(browser, house);
  await typeNumber(page, '12');
  await see(page.getByText('Not a full number yet.'));
  await page.getByRole('textbox', { name: 'Phone number' }).fill('2025550100');
  await see(page.getByText(/\+1 202-555-0100 · United States/));
  await page.getByRole('textbox', { name: 'Phone number' }).fill('+44 20 7946 0000');
  await alert(page, '+44 20 7946 0000 · Calls to this country are not allowed. The operator can allow it in ALLOWED_REGIONS.');
  await page.getByRole('textbox', { name: 'Phone number' }).fill('+1 900 555 0100');
  await alert(page, '+1 900-555-0100 · Premium numbers are not called.');
});

test('the doctor checks what can stop a call, on the server and in the browser', async () => {
  page = await openPage(browser, house);
  await tab(page, 'Doctor');
  await see(page.getByText(/Checked at /));
  const checks = page.getByRole('listitem');
  await see(checks.filter({ hasText: 'Sandbox: Warning. Stand-ins answer for Ultravox and Twilio here' }));
  await see(checks.filter({ hasText: /Ultravox key/ }));
  await see(checks.filter({ hasText: /Twilio/ }));
  await page.getByRole('button', { name: 'Test microphone' }).click();
  await see(checks.filter({ hasText: /Microphone: OK/ }));
  await page.getByRole('button', { name: 'Check again' }).click();
  await see(page.getByText(/Checked at /));
});

test('an agent is edited, which is said, kept, and reset to what was shipped', async () => {
  page = await openPage(browser, house);
  await tab(page, 'Agents');
  await page.getByRole('button', { name: /^Assistant, / }).click();
  await page.getByRole('textbox', { name: 'Description' }).fill('For the browser tests');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await see(page.getByRole('status').filter({ hasText: 'Saved' }));
  await page.reload();
  await see(page.getByRole('button', { name: 'Reset' }));
  assert.equal(await page.getByRole('textbox', { name: 'Description' }).inputValue(), 'For the browser tests');
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Confirm reset' }).click();
  await see(page.getByRole('status').filter({ hasText: 'Reset to the original' }));
  await tab(page, 'Agents');
  await see(page.getByRole('button', { name: /^Assistant, (?!For the browser tests)/ }));
});

test('a setting is remembered over a reload', async () => {
  page = await openPage(browser, house);
  await tab(page, 'Settings');
  await page.getByRole('radio', { name: 'Dark' }).click();
  await page.reload();
  await see(page.getByRole('radio', { name: 'Dark', checked: true }));
});

test('a call by keyboard alone', async () => {
  page = await openPage(browser, house);
  await tabTo(page, 'radio', 'Web');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, 'textbox', 'Phone number');
  await page.keyboard.type('2025550117');
  await tabTo(page, 'button', 'Call +1 202-555-0117');
  await page.keyboard.press('Enter');
  await state(page, '+1 202-555-0117', 'Talking');
  await tabTo(page, 'button', 'End call');
  await page.keyboard.press('Space');
  await state(page, '+1 202-555-0117', 'Ended');
  // The End button is gone; the keyboard goes on beside where it was.
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^(Call again|Details|Dismiss)$/);
  assert.equal(house.dialled('+12025550117'), 1);
});

test('at the size of a phone every screen fits its width, and what a finger presses is 44 px high', onlyChromium('Firefox is given no finger'), async () => {
  page = await openPage(browser, house, { screen: 'phone', dpr: 2 });
  for (const name of ['Call', 'History', 'Agents', 'Doctor', 'Settings']) {
    await page.getByRole('link', { name }).tap();
    await see(page.getByRole('heading', { level: 1 }));
    const wrong = await page.evaluate(() => {
      const out = [];
      for (const el of document.querySelectorAll('.vd')) {
        const { left, right, height } = el.getBoundingClientRect();
        const what = `${el.getAttribute('role') ?? el.tagName} "${el.getAttribute('aria-label') ?? el.textContent}"`;
        if (left < -0.5 || right > innerWidth + 0.5) out.push(`${what} from ${left} to ${right}`);
        if (/^(BUTTON|INPUT|SELECT)$/.test(el.tagName) && el.type !== 'range' && height < 43.5) out.push(`${what} is ${height} px high`);
      }
      return out;
    });
    assert.deepEqual(wrong, [], name);
  }
  await page.getByRole('link', { name: 'Call' }).tap();
  await page.getByRole('radio', { name: 'Phone' }).tap();
  await page.getByRole('textbox', { name: 'Phone number' }).fill('+12025550117');
  await page.getByRole('button', { name: 'Call +1 202-555-0117' }).tap();
  await state(page, '+1 202-555-0117', 'Talking');
  await card(page, '+1 202-555-0117').getByRole('button', { name: 'End call' }).tap();
  await state(page, '+1 202-555-0117', 'Ended');
});

test('a server that answers nonsense is said to, and "Try again" asks again', async () => {
  expected = [/status of 503/];
  page = await openPage(browser, house, { at: '/#settings' }); // the call screen shows the calls as well
  await page.route('**/api/calls?*', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"store_unavailable","message":"The server cannot record calls at the moment, so it places none."}}' }));
  await tab(page, 'History');
  await see(page.getByRole('alert').filter({ hasText: 'cannot record calls at the moment' }));
  await see(page.getByText('store_unavailable'));
  await page.unroute('**/api/calls?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await gone(page.getByRole('alert'));
});
