// The page for people who use it by keyboard, by screen reader, enlarged or with more contrast: axe over every screen, and
// what axe cannot see.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { closePage, inFirefox, launch, newPage, onlyChromium } from './browser.mjs';
import { startFront } from '../field/front.mjs';
import { startHouse } from './house.mjs';
import { alert, call, card, openPage, said, see, state, tab, tabTo, typeNumber, until } from './person.mjs';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
let browser;
let house;
let page;

before(async () => { [browser, house] = await Promise.all([launch(), startHouse({ speed: 4 })]); });
after(async () => {
  await browser?.close();
  await house?.close();
});
afterEach(async () => { await closePage(page); });

/** What axe finds wrong in both themes, a line for each element. Firefox's driver cannot change the theme. */
async function faults() {
  const found = [];
  await page.evaluate(axe);
  for (const colorScheme of inFirefox ? ['light'] : ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await until(async () => (await page.evaluate(() => document.documentElement.style.colorScheme)) === colorScheme, `it is ${colorScheme}`);
    const { violations } = await page.evaluate(() => window.axe.run());
    for (const { id, impact, nodes } of violations) found.push(...nodes.map(({ html }) => `${colorScheme}: ${id} (${impact}): ${html.slice(0, 160)}`));
  }
  return found;
}

/** Ends a call where its card has to be scrolled for that: the focus brings the button into view. */
async function end(whom) {
  const button = card(page, whom).getByRole('button', { name: 'End call' });
  await button.focus();
  await button.press('Enter');
}

describe('axe finds nothing', () => {
  const visits = {
    'the form for a web call': async () => { await page.getByRole('button', { name: 'More options' }).click(); },
    'the form for a phone call': async () => {
      await typeNumber(page, '555 01');
      await page.keyboard.press('Tab');
      await see(page.getByRole('alert'));
    },
    'the dial pad': async () => {
      await page.getByRole('radio', { name: 'Phone', exact: true }).click();
      await page.getByRole('button', { name: 'Dial pad' }).click();
      await see(page.getByRole('button', { name: '5', exact: true }));
    },
    'the list of countries': async () => {
      await page.getByRole('radio', { name: 'Phone', exact: true }).click();
      await page.getByRole('button', { name: 'Country' }).click();
      await see(page.getByRole('option', { name: /Albania/ }));
    },
    'the list of commands': async () => {
      await page.keyboard.press('Control+k');
      await see(page.getByRole('option', { name: /Settings/ }));
    },
    'a call and the record of it': async (phone) => {
      const whom = await call(page, '0118');
      await said(page, whom, 'Agent: ');
      assert.deepEqual(await faults(), [], 'while it talks');
      await state(page, whom, 'Ended');
      assert.deepEqual(await faults(), [], 'when it has ended');
      if (phone) await page.getByRole('button', { name: 'Back' }).click();
      await tab(page, 'History');
      await page.getByRole('button', { name: /0118, Ended/ }).first().click();
      await see(page.getByRole('list', { name: 'Timeline' }));
    },
    'every screen of the navigation': async () => {
      const links = page.getByRole('navigation').getByRole('link'), titles = new Set();
      const shown = page.getByRole('heading', { level: 1 });
      for (const name of await links.evaluateAll((all) => all.map((link) => link.getAttribute('aria-label')))) {
        await tab(page, name);
        await until(async () => !titles.has(await shown.textContent()), `${name} is shown`);
        titles.add(await shown.textContent());
        assert.deepEqual(await faults(), [], name);
      }
      assert.ok(titles.size >= 5);
    },
    'an agent': async () => {
      await tab(page, 'Agents');
      await page.getByRole('button', { name: /^Assistant/ }).click();
      await see(page.getByRole('textbox', { name: 'Prompt' }));
    },
    doctor: async () => {
      await tab(page, 'Doctor');
      await see(page.getByText(/Checked at /));
    },
  };
  for (const [name, visit] of Object.entries(visits)) {
    for (const screen of ['desktop', 'phone']) {
      test(`in ${name}, ${screen}`, async () => {
        page = await openPage(browser, house, { screen });
        await visit(screen === 'phone');
        assert.deepEqual(await faults(), []);
      });
    }
  }
});

test('axe finds nothing in the log-in, in any theme, also after a wrong password', async () => {
  const front = await startFront();
  try {
    page = await newPage(browser);
    await page.goto(`${front.url}/login`);
    for (const wrong of [false, true]) {
      if (wrong) {
        await page.getByRole('textbox', { name: 'Name' }).fill('ada');
        await page.getByLabel('Password').fill('not this one');
        await page.getByRole('button', { name: 'Log in' }).click();
        await alert(page, 'wrong');
      }
      await page.evaluate(axe);
      const looks = [{}, { colorScheme: 'dark' }, { contrast: 'more' }, { colorScheme: 'dark', contrast: 'more' }];
      for (const look of inFirefox ? [{}] : looks) {
        if (!inFirefox) await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', ...look });
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], JSON.stringify(look));
      }
    }
    await closePage(page, [/401/]); // what a wrong password is answered with
  } finally {
    await front.close();
  }
});

describe('by keyboard', () => {
  test('the first stop leads past the navigation', async () => {
    page = await openPage(browser, house);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.ok(await page.evaluate(() => document.activeElement.closest('main') !== null));
  });

  test('a ring is around whatever the keyboard has reached, and around no title that it begins at', async () => {
    page = await openPage(browser, house);
    const reached = () => page.evaluate(() => [document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]);
    const tags = new Set();
    await page.keyboard.press('Tab');
    for (let stop = 0; stop < 10; stop++) {
      await page.keyboard.press('Tab');
      const [tag, ring] = await reached();
      tags.add(tag);
      assert.equal(ring, 'solid', tag);
    }
    assert.deepEqual([...tags].sort(), ['A', 'BUTTON', 'SELECT']);
    await page.getByRole('button', { name: 'More options' }).focus();
    await page.goto(`${house.url}/#settings`);
    await until(() => page.evaluate(() => document.activeElement.textContent === 'Settings'), 'the keyboard is at the title');
    assert.deepEqual(await reached(), ['H1', 'none']);
  });

  test('a page scrolls by its keys, wherever the focus is', async () => {
    page = await openPage(browser, house, { viewport: { width: 1280, height: 420 } });
    await tab(page, 'Settings');
    const top = async () => (await page.getByRole('heading', { level: 1 }).boundingBox())?.y;
    const start = await top();
    await page.keyboard.press('PageDown');
    await until(async () => (await top()) < start - 100, 'PageDown scrolls');
    await page.keyboard.press('End');
    await until(async () => (await page.getByText(/^voxdial \d/).boundingBox())?.y < 420, 'End shows the end');
    await page.keyboard.press('Home');
    await until(async () => (await top()) === start, 'Home shows the start');
  });

  test('a transcript is a stop, scrolls by its keys and follows its end', async () => {
    page = await openPage(browser, house, { viewport: { width: 940, height: 490 } });
    const whom = await call(page, '0118');
    const log = card(page, whom).getByRole('log', { name: 'Transcript' });
    const below = () => log.evaluate((el) => el.scrollHeight - el.clientHeight - el.scrollTop);
    await state(page, whom, 'Ended');
    await said(page, whom, 'Goodbye');
    assert.ok((await log.evaluate((el) => el.scrollHeight - el.clientHeight)) > 60, 'more was said than is seen');
    await until(async () => (await below()) < 5, 'the end is in view');
    await tabTo(page, 'log', 'Transcript');
    await page.keyboard.press('Home');
    await until(async () => (await log.evaluate((el) => el.scrollTop)) === 0, 'Home shows the first words');
    const newest = card(page, whom).getByRole('button', { name: 'Newest' });
    await newest.focus();
    await newest.press('Enter');
    await until(async () => (await below()) < 5, 'Newest shows the last words');
  });

  test('Enter in the number places the call and keeps the focus in the field', async () => {
    page = await openPage(browser, house);
    await typeNumber(page, '+12025550118');
    await page.keyboard.press('Enter');
    await state(page, '+1 202-555-0118', 'Talking');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Phone number');
    await state(page, '+1 202-555-0118', 'Ended');
  });
});

test('a word of the transcript is selected by a double click', onlyChromium('two clicks of a driven Firefox are no double one'), async () => {
  page = await openPage(browser, house);
  const whom = await call(page, '0118');
  await said(page, whom, 'Person: Hello?');
  await card(page, whom).getByText('Hello?', { exact: true }).first().dblclick({ position: { x: 20, y: 16 } });
  assert.equal(await page.evaluate(() => getSelection().toString().trim()), 'Hello');
  await state(page, whom, 'Ended');
});

test('a desktop enlarged four times shows everything, in one column and without a sideways scroll', async () => {
  page = await openPage(browser, house, { viewport: { width: 320, height: 256 } });
  for (const name of ['Call', 'History', 'Agents', 'Doctor', 'Settings']) {
    await tab(page, name);
    await see(page.getByRole('heading', { level: 1 }));
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('.vd')].filter((el) => el.getBoundingClientRect().right > innerWidth + 0.5).map((el) => el.outerHTML.slice(0, 120)));
    assert.deepEqual(wide, [], name);
  }
  await tab(page, 'Call');
  await page.keyboard.press('Home'); // Firefox's driver has every pressed element scrolled to the middle, the page with it
  await typeNumber(page, '+12025550117');
  await page.keyboard.press('Enter');
  const whom = '+1 202-555-0117';
  await state(page, whom, 'Talking');
  await end(whom);
  await state(page, whom, 'Ended');
});

test('larger text in the browser makes everything larger', async () => {
  page = await openPage(browser, house);
  const before = await page.getByRole('button', { name: 'Start web call' }).boundingBox();
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '24px';
    dispatchEvent(new Event('resize'));
  });
  await until(async () => (await page.getByRole('button', { name: 'Start web call' }).boundingBox())?.height > before.height * 1.4, 'the button grows');
  await page.getByRole('radio', { name: 'Phone' }).click();
  await see(page.getByRole('textbox', { name: 'Phone number' }));
});

test('whoever asks for more contrast, or fixes the colours, gets it', onlyChromium('Firefox is not told to ask for either'), async () => {
  for (const asks of [{ contrast: 'more' }, { forcedColors: 'active' }]) {
    page = await openPage(browser, house, { dark: true, ...asks });
    await until(() => page.evaluate(() => document.documentElement.style.getPropertyValue('--bg') === '#000000'), JSON.stringify(asks));
    if ('contrast' in asks) await closePage(page);
  }
});
