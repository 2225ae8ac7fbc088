// Words as the canvas can set them.
//
// Dear ImGui sets one code point after another from left to right. What does not work that way becomes a run: one code
// point of the private use area whose glyph is the whole of it, drawn by the browser (wasm-ui/platform/canvas_font.js).
//   - A line with anything written from right to left is one run, so that its order is the browser's; its direction is
//     that of its first letter. Where such a line is too long it is broken or shortened here, before it becomes a run.
//   - A word of a script whose letters join, change places or carry marks is a run: lines are broken between words.
//   - So is each character of several code points (accents set apart, families, flags, skin tones), and each beyond 16
//     bits, whose places in ImGui's flat tables would cost megabytes.
// The accessible mirror keeps the words themselves. A browser without Intl.Segmenter sees code points.

const FIRST = 0xe100; // icons stand below
const LAST = 0xf8ff;

/** What is written from right to left, and the marks that turn the direction. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** South and south-east Asia, Tibet and Mongolia. */
const JOINED = /[\u0900-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\ua8df\ua900-\uaaff\uabc0-\uabff\u{11000}-\u{11fff}]/u;
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const LETTER = /[\p{L}\u200e\u200f]/u;
/** Ours; a person's words must not lead to another's. */
const RESERVED = /[\ue100-\uf8ff]/g;

/** What of a run a glyph shows. Letters take any colour, pictures bring their own: a run with both is two glyphs. */
export const ALL = 0, LETTERS = 1, PICTURES = 2;

export function createShaping() {
  const segmenter = (granularity) => globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity });
  const words = segmenter('word'), characters = segmenter('grapheme');
  const parts = (by, text) => (by ? [...by.segment(text)].map((part) => part.segment) : [...text]);
  let codes = new Map(), runs = [];

  const isRightToLeft = (text) => RIGHT_TO_LEFT.test(LETTER.exec(text)?.[0] ?? '');

  function run(text, layer = ALL) {
    const key = layer + text;
    let code = codes.get(key);
    if (code === undefined) {
      code = FIRST + runs.length;
      if (code > LAST) return text;
      codes.set(key, code);
      runs.push({ text, layer, rightToLeft: isRightToLeft(text) });
    }
    return String.fromCharCode(code);
  }

  function line(text) {
    if (RIGHT_TO_LEFT.test(text)) return PICTURE.test(text) ? run(text, PICTURES) + run(text, LETTERS) : run(text);
    const single = (character) => (character.length > 1 ? run(character) : character);
    return parts(words, text).map((word) => (JOINED.test(word) ? run(word) : parts(characters, word).map(single).join(''))).join('');
  }

  /** The lines of one paragraph; each begins with a mark of the paragraph's direction. */
  function broken(text, width, measure) {
    const mark = isRightToLeft(text) ? '\u200f' : '\u200e', lines = [''];
    const fits = (more) => measure(lines.at(-1) + more.trimEnd()) <= width;
    for (const word of parts(words, text)) {
      if (!fits(word) && lines.at(-1)) lines.push('');
      if (fits(word)) lines[lines.length - 1] += lines.at(-1) ? word : word.trimStart();
      else for (const character of parts(characters, word)) fits(character) ? lines[lines.length - 1] += character : lines.push(character);
    }
    return lines.map((one) => mark + one.trimEnd());
  }

  return {
    /** With a code point for each run. */
    shape(text) {
      const clean = text.replace(RESERVED, '\ufffd');
      return words ? clean.split('\n').map(line).join('\n') : clean;
    },
    /** What a code point stands for: { text, layer, rightToLeft }, or nothing. */
    run(code) { return runs[code - FIRST]; },
    /**
     * A run's letters or its pictures alone, of pixels that `drawn` gives for an ink. In white and in black only letters
     * differ, by how much of them there is.
     */
    layer(wanted, drawn) {
      const image = drawn('#fff'), p = image.data, b = drawn('#000').data;
      for (let i = 0; i < p.length; i += 4) {
        const all = p[i + 3], letters = (Math.max(p[i] - b[i], p[i + 1] - b[i + 1], p[i + 2] - b[i + 2], 0) * all) / 255;
        p[i + 3] = wanted === LETTERS ? letters : all - letters;
        for (let k = 0; k < 3; k++) p[i + k] = wanted === LETTERS ? 255 : (b[i + k] * all) / Math.max(1, all - letters);
      }
      return image;
    },
    /** How many there are; C++ starts anew before there are too many. */
    get count() { return runs.length; },
    forget() { codes = new Map(); runs = []; },

    /** One line, shortened to a width if it is wider. `measure` tells the width of words. */
    shortened(text, width, measure) {
      if (measure(text) <= width) return text;
      const all = parts(characters, text), to = (n) => `${all.slice(0, n).join('').trimEnd()}\u2026`;
      let least = 0, most = all.length;
      while (least < most) {
        const middle = Math.ceil((least + most) / 2);
        if (measure(to(middle)) <= width) least = middle;
        else most = middle - 1;
      }
      return to(least);
    },
    /** Lines with anything from right to left are broken at a width; ImGui breaks the others. */
    wrapped(text, width, measure) {
      return text.split('\n').flatMap((one) => (RIGHT_TO_LEFT.test(one) && measure(one) > width ? broken(one, width, measure) : one)).join('\n');
    },
  };
}
