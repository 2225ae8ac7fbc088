// Who rings when a number is typed or pasted as people write it, and Enter is pressed at once: the number that the
// stand-in for Twilio was asked to dial, in a real browser and with the real proxy.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { closePage, launch } from '../e2e/browser.mjs';
import { startHouse } from '../e2e/house.mjs';
import { alert, openPage, see, until } from '../e2e/person.mjs';

let browser;
let house;
let page;
let expected = []; // problems of the page that the test causes itself

before(async () => {
  const env = { ALLOWED_REGIONS: 'US,DE,HU,RU,GB,CN,AU,BY,IT', QUIET_HOURS: 'off', LIMIT_CONCURRENT_CALLS: '100' };
  [browser, house] = await Promise.all([launch(), startHouse({ env })]);
});
after(async () => {
  await browser?.close();
  await house?.close();
});
afterEach(async () => {
  if (page) await closePage(page, expected);
  page = null;
  expected = [];
});

const dialled = () => [...house.vendors.journal.dialled.keys()];
const field = () => page.getByRole('textbox', { name: 'Phone number' });

async function openForm(country) {
  house.forget();
  page = await openPage(browser, house, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('radio', { name: 'Phone', exact: true }).click();
  await page.getByRole('button', { name: 'Country' }).click();
  await page.getByRole('combobox', { name: 'Country' }).fill(country);
  await page.getByRole('combobox', { name: 'Country' }).press('Enter');
}

/** Pastes and presses Enter before the page could have had any answer. */
async function pasteAndEnter(text) {
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await field().click();
  await page.keyboard.press('Control+V');
  await page.keyboard.press('Enter');
}

describe('what is pasted and called at once rings where it was meant to', () => {
  for (const [country, text, number] of [
    ['DE', '0049 421 1234567', '+494211234567'],
    ['HU', '06 20 123 4567', '+36201234567'],
    ['RU', '8 912 345-67-89', '+79123456789'],
    ['US', '1 415 555 2671', '+14155552671'],
    ['GB', '020 7946 0958', '+442079460958'],
    ['US', '011 86 139 0000 0000', '+8613900000000'],
    ['AU', '0011 44 20 7946 0958', '+442079460958'],
    ['US', '00 44 20 7946 0958', '+442079460958'],
    ['US', '\u202a+1 202-555-0101\u202c', '+12025550101'],
    ['DE', '\u2066+12025550101\u2069', '+12025550101'],
    ['US', '+1\u00a0202\u202f555\u20110101', '+12025550101'],
    ['US', '\ufeff202\u2013555\u00ad0101', '+12025550101'],
    ['GB', 'tel:+1-202-555-0101', '+12025550101'],
  ]) {
    test(`${encodeURI(text)}, ${country}: ${number}`, async () => {
      await openForm(country);
      await pasteAndEnter(text);
      await until(() => dialled().length > 0, `${number} rings`);
      assert.deepEqual(dialled(), [number]);
    });
  }
});

test('the reading is shown before the press, and the button names it', async () => {
  await openForm('DE');
  await field().fill('0049 421 1234567');
  await see(page.getByText(/^Calls \+49 421 1234567 · Germany · fixed line/));
  await see(page.getByRole('button', { name: /^Call \+49 421/ }));
  assert.equal(await field().inputValue(), '00 49 421 1234567'); // grouped, and no other digits
  assert.deepEqual(dialled(), []);
});

test('what cannot be read rings nobody, and the field says why', async () => {
  await openForm('US');
  await pasteAndEnter('1-800-FLOWERS');
  await alert(page, 'Letters cannot be dialled.');
  assert.deepEqual(dialled(), []);
});

test('what can be read as two people rings neither, and both are named', async () => {
  await openForm('DE');
  await pasteAndEnter('49 421 1234567');
  await alert(page, 'This can be read as +49 4942 11234567 or as +49 421 1234567. Begin with + and the country code.');
  assert.deepEqual(dialled(), []);
});

test('a server that does not answer the question rings nobody; the next press asks again', async () => {
  expected = [/ERR_FAILED/];
  await openForm('US');
  let away = true;
  await page.route('**/api/phone/check', (route) => (away ? route.abort() : route.continue()));
  await pasteAndEnter('202 555 0100');
  await alert(page, "We can't dial until the server has checked the number.");
  assert.deepEqual(dialled(), []);
  away = false;
  await field().press('Enter');
  await until(() => dialled().length > 0, 'it rings');
  assert.deepEqual(dialled(), ['+12025550100']);
});

test('the answer about what was typed before is not the answer about what is typed now', async () => {
  await openForm('US');
  const held = [];
  await page.route('**/api/phone/check', (route) => held.push(route));
  await field().fill('202 555 0100');
  await until(() => held.length === 1, 'the first number is asked about');
  await field().fill('202 555 0105');
  await field().press('Enter');
  await until(() => held.length === 2, 'the second number is asked about');
  await held[1].continue();
  await held[0].continue();
  await until(() => dialled().length > 0, 'it rings');
  assert.deepEqual(dialled(), ['+12025550105']);
});
