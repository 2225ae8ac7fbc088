// web/language.js under node: which language is shown, and what the browser writes in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { countriesOf } from '../../web/countries.js';
import { formatsOf, loadWords, wordsOf } from '../../web/language.js';
import { filled } from '../../web/page-words.js';
import { languageFor, localeFor } from '../../web/reader.js';

test('the language is the one chosen, else the first of the browser\'s that there is, else English', () => {
  const tables = { en: {}, es: {}, de: {}, fr: {}, 'pt-BR': {}, ja: {} };
  assert.equal(languageFor('de', ['fr'], tables), 'de');
  assert.equal(languageFor('', ['nl', 'fr-CA', 'de'], tables), 'fr');
  assert.equal(languageFor('', ['pt-PT'], tables), 'pt-BR');
  assert.equal(languageFor('', ['ja-JP'], tables), 'ja');
  assert.equal(languageFor('', ['nl', 'sv'], tables), 'en');
  assert.equal(languageFor('tlh', ['es-MX'], tables), 'es'); // what an older page may have kept
  assert.equal(languageFor('constructor', ['de'], tables), 'de');
  assert.equal(languageFor('', [], tables), 'en');
});

test('a sentence of a page is filled in wherever its language puts the parameters', () => {
  assert.equal(filled('{who}: {text}', { who: 'Agent', text: '{who} $& said' }), 'Agent: {who} $& said');
});

test('numbers and times are written as in the person\'s own country, where the browser tells it', () => {
  assert.equal(localeFor('de', ['fr', 'de-AT']), 'de-AT');
  assert.equal(localeFor('de', ['fr']), 'de');
});

const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');

test('each format has its look in a language', () => {
  const at = +new Date(2025, 10, 21, 5, 5, 9);
  const english = formatsOf('en-US'), german = formatsOf('de');
  assert.equal(english('day', at, ''), 'Nov 21, 2025');
  assert.equal(german('day', at, ''), '21.11.2025');
  assert.equal(plain(english('clock', at, '')), '5:05 AM');
  assert.equal(plain(english('timeOfDay', 0, '14:05')), '2:05 PM');
  assert.equal(german('timeOfDay', 0, '04:05'), '04:05');
  assert.equal(german('clockSeconds', at, ''), '05:05:09');
  assert.equal(german('dateTime', at, ''), '21.11.2025, 05:05');
  assert.equal(english('number', 1234567, ''), '1,234,567');
  assert.equal(german('number', 1234567, ''), '1.234.567');
  assert.equal(german('decimal', 0.4, ''), '0,40');
  assert.equal(plain(german('percent', 0.011, '')), '1,1 %');
  assert.equal(plain(english('milliseconds', 41.7, '')), '42 ms');
  assert.equal(english('money', 0.014, 'USD'), '$0.014');
  assert.equal(english('money', 1234.5, 'USD'), '$1,234.50');
  assert.equal(plain(german('money', 0.014, 'USD')), '0,014 $');
  assert.equal(english('language', 0, 'de'), 'German');
  assert.equal(german('language', 0, 'de'), 'Deutsch');
});

test('a day is called by its name today and the day after, by the clock that is told', () => {
  const at = +new Date(2025, 10, 21, 23, 59), day = (locale, ...now) => formatsOf(locale)('day', at, `${+new Date(2025, 10, ...now)}`);
  assert.equal(day('en-US', 21, 23, 59), 'Today');
  assert.equal(day('en-US', 22, 0, 1), 'Yesterday');
  assert.equal(day('de', 22, 23, 59), 'Gestern');
  assert.equal(day('ja', 21, 0, 0), '今日');
  assert.equal(day('en-US', 23, 0, 0), 'Nov 21, 2025');
  assert.equal(day('en-US', 20, 0, 0), 'Nov 21, 2025');
});

test('a length of time is written from its parts', () => {
  const english = (seconds) => plain(formatsOf('en')('duration', seconds, ''));
  assert.equal(english(0), '0 sec');
  assert.equal(english(45), '45 sec');
  assert.equal(english(600), '10 min');
  assert.equal(english(90), '1 min 30 sec');
  assert.equal(english(5400), '1 hr 30 min');
  assert.equal(plain(formatsOf('ja')('duration', 90, '')), '1 分30 秒');
});

test('what the browser cannot name stays as it is', () => {
  assert.equal(formatsOf('en')('language', 0, 'not a language'), 'not a language');
  assert.equal(formatsOf('en')('money', 2, 'credits'), 'credits');
});

test('countries are called and sorted as the language does, each with its calling code', () => {
  const english = countriesOf('en'), german = countriesOf('de');
  const places = (all, ...regions) => regions.map((region) => all.findIndex((one) => one.region === region));
  const ascending = (numbers) => assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  ascending(places(english, 'AT', 'DE', 'US'));
  ascending(places(german, 'DE', 'AT', 'US'));
  assert.deepEqual(german.find(({ region }) => region === 'DE'), { region: 'DE', name: 'Deutschland', callingCode: '49' });
  assert.equal(new Set(english.map(({ region }) => region)).size, 245);
  for (const { region, name, callingCode } of english) {
    assert.match(region, /^[A-Z]{2}$/);
    assert.match(callingCode, /^[1-9]\d{0,2}$/);
    assert.ok(name && name !== region, region);
    for (const other of english) assert.ok(other.callingCode === callingCode || !other.callingCode.startsWith(callingCode), `${other.region} and ${region}`);
  }
});

test('words are fetched once; what cannot be fetched can be asked for again', async () => {
  let asked = 0, answer = async () => { throw new TypeError('offline'); };
  const tables = { es: () => { asked++; return answer(); } };
  await assert.rejects(loadWords('es', tables));
  assert.equal(wordsOf('es'), undefined);
  answer = async () => ({ default: { words: ['hola'], said: [] } });
  assert.deepEqual((await loadWords('es', tables)).words, ['hola']);
  await loadWords('es', tables);
  assert.equal(asked, 2);
  assert.deepEqual(wordsOf('en'), { words: [], said: [] });
});

test('every format that the program asks for is there', () => {
  const header = readFileSync(new URL('../../wasm-ui/core/words/format.h', import.meta.url), 'utf8');
  const names = [...header.match(/format_names\[\] = \{([^}]*)\}/)[1].matchAll(/"(\w+)"/g)].map((match) => match[1]);
  assert.ok(names.length > 8);
  const of = { money: 'USD', language: 'de', timeOfDay: '14:05' };
  for (const name of names) assert.notEqual(formatsOf('en')(name, 1234.5, of[name] ?? ''), of[name] ?? '1234.5', name);
  assert.equal(formatsOf('en')('noSuchFormat', 1234.5, ''), '1234.5');
});
