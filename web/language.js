// The page's language: its words, and what the browser writes in it.
//
// The words of each are a file of wasm-ui/core/words, fetched when the language is used; English is part of the
// program. web/build.mjs puts a file's words into the order that the program knows them by.

import { languageFor, readersLanguage } from './reader.js';

/** Each language's table, by its code; a new one is a line here (wasm-ui/core/words/words.h has the rest). */
const TABLES = {
  en: null,
  es: () => import('../wasm-ui/core/words/es.json'),
  de: () => import('../wasm-ui/core/words/de.json'),
  fr: () => import('../wasm-ui/core/words/fr.json'),
  'pt-BR': () => import('../wasm-ui/core/words/pt-BR.json'),
  ja: () => import('../wasm-ui/core/words/ja.json'),
};

/** The language to show, where this one was chosen ("" for none). */
export const languageOf = (chosen) => languageFor(chosen, navigator.languages, TABLES);
export const languageOfReader = () => readersLanguage(TABLES);

const unit = (name) => ({ style: 'unit', unit: name, unitDisplay: 'short' });

/** @returns (name, value, of) => text, for the names of Format (wasm-ui/core/words/format.h) */
export function formatsOf(locale) {
  const kept = {}; // making one costs a millisecond
  const time = (options) => (value) => (kept[options.key] ??= new Intl.DateTimeFormat(locale, options)).format(value);
  const number = (options) => (value) => (kept[options.key] ??= new Intl.NumberFormat(locale, options)).format(value);
  const seconds = number({ key: 's', ...unit('second') }), minutes = number({ key: 'm', ...unit('minute') });
  const hours = number({ key: 'h', ...unit('hour') }), date = time({ key: 'date', dateStyle: 'medium' });
  const formats = {
    clock: time({ key: 'clock', timeStyle: 'short' }),
    clockSeconds: time({ key: 'seconds', timeStyle: 'medium' }),
    timeOfDay: (_, clock) => time({ key: 'timeOfDay', timeStyle: 'short', timeZone: 'UTC' })(Date.parse(`1970-01-01T${clock}Z`)),
    dateTime: time({ key: 'dateTime', dateStyle: 'medium', timeStyle: 'short' }),
    day(value, now) {
      const midnight = (ms) => new Date(+ms).setHours(0, 0, 0, 0), ago = Math.round((midnight(now) - midnight(value)) / 864e5);
      if (ago !== 0 && ago !== 1) return date(value);
      const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-ago, 'day');
      return word[0].toLocaleUpperCase(locale) + word.slice(1);
    },
    number: number({ key: 'number' }),
    decimal: number({ key: 'decimal', minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    percent: number({ key: 'percent', style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    milliseconds: number({ key: 'ms', ...unit('millisecond'), maximumFractionDigits: 0 }),
    duration(value) {
      const whole = Math.round(value), h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
      const parts = [h && hours(h), m && minutes(m), (s || !whole) && seconds(s)].filter(Boolean);
      return new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' }).format(parts);
    },
    // A call costs fractions of a cent.
    money: (value, currency) =>
      number({ key: currency + (Math.abs(value) < 1), style: 'currency', currency, maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 })(value),
    language: (_, code) => new Intl.DisplayNames(locale, { type: 'language' }).of(code),
  };
  return (name, value, of) => {
    try {
      return formats[name](value, of);
    } catch {
      return of || String(value); // no currency, language or time that the browser knows
    }
  };
}

const loaded = { en: { words: [], said: [] } };

/** Fetches a language's words; a second time there is nothing to fetch. */
export async function loadWords(language, tables = TABLES) {
  loaded[language] ??= (await tables[language]()).default;
  return loaded[language];
}
/** The words, if they are here. */
export const wordsOf = (language) => loaded[language];
