// What becomes a glyph of several letters, and how lines with such words are broken and shortened.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createShaping } from '../../web/shaping.js';

let shaping;
beforeEach(() => { shaping = createShaping(); });

/** What ImGui is given, with every run as its words in brackets. */
const shaped = (text) => [...shaping.shape(text)].map((c) => (shaping.run(c.codePointAt(0)) ? `[${shaping.run(c.codePointAt(0)).text}]` : c)).join('');
/** Ten a letter. */
const measure = (text) => text.replace(/\p{M}|[\u200e\u200f]/gu, '').length * 10;

describe('a run', () => {
  const cases = {
    'is nothing that stands for itself': ['Zoë, Ærø · 東京 № 5', 'Zoë, Ærø · 東京 № 5'],
    'is a line with Hebrew in it': ['Call דוד, +1 202', '[Call דוד, +1 202]'],
    'is a line with Arabic in it, and only that line': ['one\nسلام 5\nthree', 'one\n[سلام 5]\nthree'],
    'is a word of Hindi': ['मेरा नाम Anna', '[मेरा] [नाम] Anna'],
    'is a letter with its accent set apart': ['Cafe\u0301 au lait', 'Caf[e\u0301] au lait'],
    'is a family, a flag, a skin tone, a keycap': ['a👨‍👩‍👧‍👦🇩🇪👍🏽1️⃣b', 'a[👨‍👩‍👧‍👦][🇩🇪][👍🏽][1️⃣]b'],
    'is what lies beyond 16 bits': ['😀𠮷', '[😀][𠮷]'],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) test(name, () => assert.equal(shaped(text), expected));

  test('of Thai is a word, so that lines can be broken', () => {
    const parts = shaped('ฉันชื่อสมชาย').match(/\[[^\]]+\]/g);
    assert.ok(parts.length > 1, `${parts}`);
    assert.equal(parts.map((part) => part.slice(1, -1)).join(''), 'ฉันชื่อสมชาย');
  });

  test('keeps its code point as long as nothing is forgotten', () => {
    const once = shaping.shape('דוד');
    shaping.shape('שרה');
    assert.equal(shaping.shape('דוד'), once);
    assert.equal(shaping.count, 2);
    shaping.forget();
    assert.equal(shaping.count, 0);
    assert.equal(shaping.run(once.codePointAt(0)), undefined);
  });

  test('takes the direction of its first letter', () => {
    const direction = (text) => shaping.run(shaping.shape(text).codePointAt(0)).rightToLeft;
    assert.deepEqual(['דוד (Ann)', '(5) דוד', 'Ann (דוד)', '\u200eדוד'].map(direction), [true, true, false, false]);
  });

  test('of letters and pictures is a glyph for each, the letters last', () => {
    const [pictures, letters] = [...shaping.shape('דוד 👍')].map((c) => shaping.run(c.codePointAt(0)));
    assert.deepEqual([pictures.text, pictures.layer, letters.text, letters.layer], ['דוד 👍', 2, 'דוד 👍', 1]);
  });

  test('is never somebody else’s, whatever is typed', () => {
    const other = shaping.shape('דוד');
    assert.equal(shaping.shape(`${other} and \uf8ff`), '\ufffd and \ufffd');
    assert.equal(shaping.shape('\ue005'), '\ue005', 'an icon stays');
  });

  test('is left as code points when there is no room for more', () => {
    for (let i = 0; shaping.count < 0xf8ff - 0xe100 + 1; i++) shaping.shape(`ד${i}`);
    assert.equal(shaping.shape('שרה'), 'שרה');
  });

  test('is nothing where the browser cannot tell characters apart', () => {
    const { Segmenter } = Intl;
    try {
      delete Intl.Segmenter;
      assert.equal(createShaping().shape('דוד 🇩🇪'), 'דוד 🇩🇪');
    } finally {
      Object.defineProperty(Intl, 'Segmenter', { value: Segmenter, configurable: true, writable: true });
    }
  });
});

describe('a line that is too long', () => {
  test('is shortened by whole characters', () => {
    assert.equal(shaping.shortened('दिल्ली', 1000, measure), 'दिल्ली');
    assert.equal(shaping.shortened('שלום עולם', 60, measure), 'שלום…');
    assert.equal(shaping.shortened('e\u0301e\u0301e\u0301', 20, measure), 'e\u0301…');
    assert.equal(shaping.shortened('דוד', 5, measure), '…');
  });

  test('is broken between words, and keeps the paragraph’s direction', () => {
    assert.equal(shaping.wrapped('שלום Anna Maria', 100, measure), '\u200fשלום Anna\n\u200fMaria');
    assert.equal(shaping.wrapped('Anna said שלום', 90, measure), '\u200eAnna said\n\u200eשלום');
    assert.equal(shaping.wrapped('one two three', 30, measure), 'one two three', 'ImGui breaks these');
  });

  test('is broken within a word that is longer than a line', () => {
    assert.equal(shaping.wrapped('אבגדהו', 40, measure), '\u200fאבגד\n\u200fהו');
  });
});
