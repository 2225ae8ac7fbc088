// The page in the reader's language: chosen by the browser, changed in the settings, whole in every one.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, launch, newPage } from './browser.mjs';
import { startHouse } from './house.mjs';
import { alert, openPage, see, tab } from './person.mjs';

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
  await closePage(page, expected);
  house.assertClean();
});

/** The page in a browser of that language, with every first heading it has shown. */
async function open(locale, at = '/') {
  page = await newPage(browser, { locale });
  await page.addInitScript(() => {
    window.headings = [];
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll('#voxdial h1')) {
        if (!window.headings.includes(textContent)) window.headings.push(textContent);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(house.url + at);
  await page.getByRole('heading', { level: 1 }).waitFor();
}
const heading = (name) => see(page.getByRole('heading', { level: 1, name, exact: true }));
const language = () => page.evaluate(() => document.documentElement.lang);

const NEW_CALL = { en: 'New call', es: 'Nueva llamada', de: 'Neuer Anruf', fr: 'Nouvel appel', 'pt-BR': 'Nova chamada', ja: '新しい通話' };

for (const [locale, shown] of [['de-AT', 'de'], ['es-MX', 'es'], ['fr-CA', 'fr'], ['pt-PT', 'pt-BR'], ['ja', 'ja'], ['nl', 'en']]) {
  test(`a browser in ${locale} gets the page in ${shown} from its first picture on`, async () => {
    await open(locale);
    await heading(NEW_CALL[shown]);
    assert.equal(await language(), shown);
    assert.deepEqual(await page.evaluate(() => window.headings), [NEW_CALL[shown]]);
  });
}

test('a language chosen in the settings is there at once and stays after a reload', async () => {
  page = await openPage(browser, house, { at: '/#settings' });
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: '日本語' });
  await heading('設定');
  assert.equal(await language(), 'ja');
  await page.reload();
  await heading('設定');
  await page.getByRole('combobox', { name: '言語' }).selectOption('');
  await heading('Settings');
  assert.equal(await language(), 'en');
});

test('a browser whose language changes has the page follow, unless a language was chosen', async () => {
  await open('en-US');
  const speak = (code) => page.evaluate((language) => {
    Object.defineProperty(navigator, 'languages', { configurable: true, get: () => [language] });
    dispatchEvent(new Event('languagechange'));
  }, code);
  await speak('fr');
  await heading(NEW_CALL.fr);
  await tab(page, 'Réglages');
  await page.getByRole('combobox', { name: 'Langue' }).selectOption('de');
  await heading('Einstellungen');
  await speak('ja');
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('es'); // after what may have been asked for before
  await heading('Ajustes');
  assert.ok(!(await page.evaluate(() => window.headings)).includes('設定'));
});

test('countries are named and sorted in the language, and what the server refuses is told in it', async () => {
  await open('de');
  await page.getByRole('radio', { name: 'Telefon' }).click();
  await page.getByRole('button', { name: 'Land' }).click();
  await see(page.getByRole('option', { name: 'Deutschland +49' }));
  const countries = await page.getByRole('option').locator('.label').allTextContents();
  assert.deepEqual(countries, countries.toSorted?.(new Intl.Collator('de').compare) ?? countries);
  assert.ok(countries.length > 200);
  await page.getByRole('combobox', { name: 'Land' }).fill('zzz');
  await see(page.getByRole('status').filter({ hasText: 'Keine passenden Länder' }));
  await page.keyboard.press('Escape');
  const number = page.getByRole('textbox', { name: 'Telefonnummer' });
  await number.fill('0800 TAXI');
  await number.blur();
  await alert(page, 'Buchstaben können nicht gewählt werden. Geben Sie die Nummer in Ziffern ein.');
});

test('a language that cannot be fetched leaves the page as it is, and says so', async () => {
  expected = [/ERR_FAILED/];
  page = await openPage(browser, house, { at: '/#settings' });
  await page.route(/\/assets\/fr\..*\.js/, (route) => route.abort());
  await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
  await alert(page, "This language couldn't be loaded.");
  await heading('Settings');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await heading('Einstellungen');
});

test('every screen is said in German', async () => {
  await open('de');
  for (const [name, title] of [['Verlauf', 'Verlauf'], ['Agents', 'Agents'], ['Diagnose', 'Diagnose'], ['Einstellungen', 'Einstellungen'], ['Anrufen', 'Neuer Anruf']]) {
    await tab(page, name);
    await heading(title);
  }
});
