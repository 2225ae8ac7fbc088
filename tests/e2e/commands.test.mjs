// The list of commands and the keys of the page, the places that Back brings back, and work that is not lost.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { closePage, launch, newPage } from './browser.mjs';
import { startHouse } from './house.mjs';
import { call, card, gone, openPage, see, state, tab, until } from './person.mjs';

let browser;
let house;
let page;

before(async () => { [browser, house] = await Promise.all([launch(), startHouse({ speed: 6 })]); });
after(async () => {
  await browser?.close();
  await house?.close();
});
afterEach(async () => { await closePage(page); });

const dialog = (name = 'Commands') => page.getByRole('dialog', { name });
const search = (name = 'Commands') => page.getByRole('combobox', { name });
const heading = (name) => see(page.getByRole('heading', { level: 1, name }));
const active = () => page.evaluate(() => {
  const id = document.activeElement.getAttribute('aria-activedescendant');
  return id && document.getElementById(id).textContent;
});

describe('the list of commands', () => {
  test('opens on Ctrl+K, is searched and walked by keys, and leads there', async () => {
    page = await openPage(browser, house);
    await page.keyboard.press('Control+k');
    await see(dialog());
    assert.equal(await search().getAttribute('aria-expanded'), 'true');
    const first = await active();
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await active(), first);
    await page.keyboard.press('ArrowUp');
    assert.equal(await active(), first);
    await page.keyboard.type('sett');
    assert.match(await active(), /^Settings/);
    await page.keyboard.press('Enter');
    await heading('Settings');
    await gone(dialog());
    await until(() => page.evaluate(() => document.activeElement.textContent === 'Settings'), 'the keyboard goes along');
  });

  test('closes on Escape, on a press beside it and on Ctrl+K, and gives the focus back', async () => {
    page = await openPage(browser, house);
    const agent = page.getByRole('combobox', { name: 'Agent' });
    for (const close of [() => page.keyboard.press('Escape'), () => page.mouse.click(20, 700), () => page.keyboard.press('Control+k')]) {
      await agent.focus();
      await page.keyboard.press('Control+k');
      await see(dialog());
      assert.ok(await agent.evaluate((el) => el.closest('[inert]') !== null), 'nothing else can be reached');
      await close();
      await gone(dialog());
      await until(() => agent.evaluate((el) => el === document.activeElement), 'the focus is back');
    }
    await heading('New call'); // the press beside it pressed nothing
  });

  test('gives the focus back where it came late, and leaves it where a command has led it', async () => {
    page = await newPage(browser, {});
    let letIn;
    const held = new Promise((resolve) => { letIn = resolve; });
    await page.route(/\/assets\/later\./, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(house.url);
    const agent = page.getByRole('combobox', { name: 'Agent' });
    await agent.focus();
    await page.keyboard.press('Control+k');
    await until(() => page.evaluate(() => document.activeElement === document.body), 'nothing else can be reached');
    letIn();
    await see(dialog());
    await page.keyboard.press('Escape');
    await until(() => agent.evaluate((el) => el === document.activeElement), 'the focus is back');

    await page.keyboard.press('Control+k');
    await search().fill('call a number');
    await page.keyboard.press('Enter');
    await until(() => page.evaluate(() => document.activeElement.getAttribute('aria-label') === 'Phone number'), 'the number is next');
  });

  test('says when nothing is found', async () => {
    page = await openPage(browser, house);
    await page.keyboard.press('Control+k');
    await search().fill('zzz');
    await see(dialog().getByRole('status'));
    await page.keyboard.press('Enter');
    await see(dialog());
  });

  test('ends a call and places it again', async () => {
    page = await openPage(browser, house);
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    await page.keyboard.press('Control+k');
    await search().fill('end 0117');
    await page.keyboard.press('Enter');
    await state(page, whom, 'Ended');
    await card(page, whom).getByRole('button', { name: 'Dismiss' }).click();
    await page.keyboard.press('Control+k');
    await search().fill('again 0117');
    await see(page.getByRole('option', { name: /0117/ }));
    await page.keyboard.press('Enter');
    await see(page.getByRole('textbox', { name: 'Phone number' }));
  });
});

describe('keys', () => {
  test('a question mark lists them, and they work where nothing is typed', async () => {
    page = await openPage(browser, house);
    await page.keyboard.press('Shift+?');
    await see(dialog('Keyboard shortcuts'));
    await see(page.getByRole('option', { name: /^History.*h$/ }));
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await heading('History');
    await page.getByRole('textbox', { name: 'Search' }).click();
    await page.keyboard.type('cads?');
    await heading('History');
    assert.equal(await page.getByRole('textbox', { name: 'Search' }).inputValue(), 'cads?');
  });
});

describe('places', () => {
  test('Back restores the filters, the row and the keyboard’s place', async () => {
    page = await openPage(browser, house);
    const whom = await call(page, '0102');
    await state(page, whom, 'No answer');
    await tab(page, 'History');
    await page.getByRole('combobox', { name: 'Type' }).selectOption('twilio');
    await until(() => page.evaluate(() => location.hash === '#history?kind=phone'), 'the filter stands in the address');
    const row = page.getByRole('button', { name: /0102/ }).first();
    await row.click();
    await until(() => page.evaluate(() => /^#history\/.+\?kind=phone$/.test(location.hash)), 'the call has an address');
    await page.goBack();
    await until(() => page.evaluate(() => location.hash === '#history?kind=phone'), 'back at the list');
    await until(() => row.evaluate((el) => el === document.activeElement), 'the row has the keyboard');
    await page.goBack();
    await until(async () => (await page.getByRole('combobox', { name: 'Type' }).inputValue()) === '', 'back at the whole list');
    await page.goForward();
    await page.reload();
    await until(async () => (await page.getByRole('combobox', { name: 'Type' }).inputValue()) === 'twilio', 'a link keeps it');
  });

  test('unsaved work is kept, marked, and asked about before the page closes', async () => {
    page = await openPage(browser, house);
    await tab(page, 'Agents');
    await page.getByRole('button', { name: /^Assistant/ }).click();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('Speak like a pirate.');
    await tab(page, 'Agents');
    await page.getByRole('button', { name: /^Bakery counter/ }).click();
    await heading('Bakery counter');
    await page.goBack();
    await page.getByRole('button', { name: /^Assistant/ }).click();
    await until(async () => (await page.getByRole('textbox', { name: 'Prompt' }).inputValue()) === 'Speak like a pirate.', 'it is still there');
    const asked = new Promise((done) => page.once('dialog', async (question) => {
      done(question.type());
      await question.dismiss();
    }));
    page.reload().catch(() => {}); // dismissed: it does not happen
    assert.equal(await asked, 'beforeunload');
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await see(page.getByRole('button', { name: 'Discard changes', disabled: true }));
    await page.reload();
    await see(page.getByRole('textbox', { name: 'Prompt' }));
  });
});

test('the country is found by name or code, with its flag', async () => {
  page = await openPage(browser, house, { screen: 'phone' });
  await page.getByRole('radio', { name: 'Phone', exact: true }).click();
  await page.getByRole('button', { name: 'Country' }).click();
  await search('Country').fill('cote');
  await page.getByRole('option', { name: /Ivoire/ }).click();
  await until(async () => /Ivoire/.test(await page.getByRole('button', { name: 'Country' }).getAttribute('aria-description')), 'it is chosen');
});

test('the dial pad types a number with keys as large as a finger', async () => {
  page = await openPage(browser, house, { screen: 'phone' });
  await page.getByRole('radio', { name: 'Phone', exact: true }).click();
  await page.getByRole('button', { name: 'Dial pad' }).click();
  for (const key of '+12025550100') await page.getByRole('button', { name: key, exact: true }).click();
  await see(page.getByRole('button', { name: 'Call +1 202-555-0100' }));
  const { width, height } = await page.getByRole('button', { name: '5', exact: true }).boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
});
