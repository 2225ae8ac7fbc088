// Words of every script on the canvas, compared pixel by pixel with the browser's own rendering of the same words.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closePage, inFirefox, launch, newPage } from './browser.mjs';
import { startHouse } from './house.mjs';
import { see, until } from './person.mjs';

const NAMES = {
  hebrew: 'דוד לוי (בית)',
  arabic: 'محمد السلام',
  hindi: 'श्री कृष्ण हिन्दी',
  thai: 'น้ำผึ้ง กำลังดี',
  accents: 'Ame\u0301lie Cafe\u0301 n\u0303u',
  family: 'The 👨‍👩‍👧‍👦 family',
  flag: 'Flag 🇩🇪 flag',
  skin: 'Wave 👋🏽 wave',
  mixed: 'Anna אנה 5:30 محمد',
  'hebrew-picture': 'דוד 👋🏽 לוי',
};
/** One run, wider than the atlas of glyphs was when a page began. */
const LONG = 'אבגדהוזחטיכלמנסעפצקרשתאבגדהוזחטיכלמנסעפצ';
/**
 * Sums of differences over sums of ink. A word begins at a fraction of a pixel, and its edges are smoothed by that: it is
 * compared with the browser's at each of SHIFTS, until it is NEAR.
 */
const SHIFTS = [0, 0.5, 0.25, 0.75], NEAR = 0.12;
const ALIKE = 0.42, DIFFERENT = 0.45; // seen: up to 0.33, and from 0.51 on

let browser;
let house;

before(async () => {
  [browser, house] = await Promise.all([launch(), startHouse()]);
  for (const [id, name] of [...Object.entries(NAMES), ['long', LONG]]) {
    const agent = { id, name, description: name, overview: `${name} `.repeat(12).trim(), settings: { systemPrompt: name } };
    const reply = await fetch(`${house.url}/api/agents`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Origin: house.url }, body: JSON.stringify(agent),
    });
    assert.equal(reply.status, 201, await reply.text());
  }
});
after(async () => {
  await browser?.close();
  await house?.close();
});

async function open(at, look = {}, prepare = async () => {}) {
  const page = await newPage(browser, look);
  await prepare(page);
  await page.goto(`${house.url}/#${at}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** Firefox's driver hides the caret in pictures by a style that the page's policy forbids, which is told as the page's. */
const close = (page) => (inFirefox ? page.context().close() : closePage(page));

/** A part of the screen as far as it differs from its background, 0..255 a pixel: { width, height, ink }. */
async function picture(page, clip) {
  const png = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (data) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data: p } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Map(), ink = [];
    for (let i = 0; i < p.length; i += 4) {
      const colour = (p[i] << 16) | (p[i + 1] << 8) | p[i + 2];
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    const [[back]] = [...colours].sort((a, b) => b[1] - a[1]);
    for (let i = 0; i < p.length; i += 4) ink.push(Math.max(...[0, 1, 2].map((k) => Math.abs(p[i + k] - ((back >> (16 - 8 * k)) & 255)))));
    return { width: image.width, height: image.height, ink };
  }, png);
}

/** The same words by the browser, on the same colours; `shift`: the fraction of a pixel that they begin at. */
async function reference(page, words, { size, weight, colour }, shift) {
  const box = await page.evaluate(([text, css]) => {
    const div = document.createElement('div');
    div.id = 'reference';
    div.textContent = text;
    div.style.cssText = `position: fixed; left: 0; top: 0; z-index: 99; padding: 6px 8px; padding-left: ${8 + css.shift}px; width: max-content; white-space: pre; unicode-bidi: plaintext;
      background: var(--bg); color: var(--${css.colour}); font: ${css.weight} ${css.size}px/1.45 var(--vd-face);`;
    document.body.append(div);
    const { width, height } = div.getBoundingClientRect();
    return { x: 0, y: 0, width: Math.floor(width), height: Math.floor(height) };
  }, [words, { size, weight, colour, shift }]);
  const drawn = await picture(page, box);
  await page.evaluate(() => document.getElementById('reference').remove());
  // Without its margins.
  const { width, height, ink } = drawn, rows = [], columns = [];
  ink.forEach((v, i) => {
    if (v < 24) return;
    rows.push(Math.floor(i / width));
    columns.push(i % width);
  });
  const [top, bottom, left, right] = [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
  const cut = [];
  for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) cut.push(ink[y * width + x]);
  return { width: right - left + 1, height: bottom - top + 1, ink: cut };
}

/** How different the words are where they are most alike: 0 is equal, 1 is nothing in common. */
function difference(part, words) {
  const all = words.ink.reduce((sum, v) => sum + v, 0);
  let best = Infinity;
  for (let y = 0; y + words.height <= part.height; y++) {
    for (let x = 0; x + words.width <= part.width; x++) {
      let sum = 0;
      for (let j = 0; j < words.height && sum < best; j++) {
        for (let i = 0; i < words.width; i++) sum += Math.abs(part.ink[(y + j) * part.width + x + i] - words.ink[j * words.width + i]);
      }
      best = Math.min(best, sum);
    }
  }
  return best / all;
}

/**
 * How different words are from the browser's. What goes from left to right is compared word by word, as the widths of
 * blanks are rounded on the canvas; a line with anything from right to left is compared whole.
 */
async function alike(page, box, words, style) {
  const part = await picture(page, box), whole = /[\u0590-\u08ff]/.test(words);
  const all = [];
  for (const word of whole ? [words] : words.split(' ')) {
    let least = Infinity;
    for (const shift of SHIFTS) if (least > NEAR) least = Math.min(least, difference(part, await reference(page, word, style, shift)));
    all.push(least);
  }
  return Math.max(...all);
}

/** Until the picture has come to rest: two in a row are the same. */
async function rest(page) {
  for (let before; ; ) {
    const now = (await page.screenshot()).toString('base64');
    if (now === before) return;
    before = now;
  }
}

/** Measures until it is alike; what is still on its way is given time. */
async function inTime(measure) {
  const end = Date.now() + 10_000;
  let found;
  do found = await measure();
  while (found >= ALIKE && Date.now() < end);
  return found;
}

const row = (page, id) => page.getByRole('button', { name: new RegExp(`^${NAMES[id].replace(/[()]/g, '\\$&')}`) });

async function inRow(page, id) {
  await row(page, id).focus(); // brings it into view
  await rest(page);
  const box = await row(page, id).boundingBox();
  return alike(page, { ...box, width: Math.min(320, box.width) }, NAMES[id], { size: 14, weight: 600, colour: 'text' });
}

describe('the canvas shows what the browser shows', () => {
  for (const [screen, dark, dpr] of [['desktop', false, 1], ['phone', true, 2]]) {
    test(`in the rows of a list, ${screen}`, async (t) => {
      const page = await open('agents', { screen, dark, dpr });
      for (const id of Object.keys(NAMES)) {
        await see(row(page, id));
        const found = await inTime(() => inRow(page, id));
        t.diagnostic(`${id}: ${found.toFixed(3)}`);
        assert.ok(found < ALIKE, `${id} differs by ${found}`);
      }
      await close(page);
    });
  }

  const SCRIPTS = ['hebrew', 'arabic', 'hindi', 'thai', 'mixed', 'skin'];
  /** The words stand in the element as the browser would write them. */
  async function check(t, page, id, locator, style) {
    await rest(page);
    const box = await locator.boundingBox();
    const found = await inTime(() => alike(page, { x: box.x - 8, y: box.y - 4, width: Math.min(480, box.width + 16), height: box.height + 8 }, NAMES[id], style));
    t.diagnostic(`${id}: ${found.toFixed(3)}`);
    assert.ok(found < ALIKE, `${id} differs by ${found}`);
  }

  test('in headings', async (t) => {
    const page = await open('agents');
    for (const id of SCRIPTS) {
      await page.goto(`${house.url}/#agents/${id}`);
      const heading = page.getByRole('heading', { name: NAMES[id], level: 1 });
      await see(heading);
      await check(t, page, id, heading, { size: 28, weight: 600, colour: 'text' });
    }
    await close(page);
  });

  test('in a heading of one long run, on a page that has drawn little else', async (t) => {
    const page = await open('agents/long');
    const heading = page.getByRole('heading', { name: LONG, level: 1 });
    await see(heading);
    await rest(page);
    const box = await heading.boundingBox();
    assert.ok(box.width > 600, `${box.width} px wide`);
    const found = await inTime(() => alike(page, { x: box.x - 8, y: box.y - 4, width: box.width + 16, height: box.height + 8 }, LONG, { size: 28, weight: 600, colour: 'text' }));
    t.diagnostic(`long: ${found.toFixed(3)}`);
    assert.ok(found < ALIKE, `it differs by ${found}`);
    await close(page);
  });

  test('in a field that shows a choice and in lines that are broken', async (t) => {
    const page = await open('call');
    const field = page.getByRole('combobox', { name: 'Agent' });
    for (const id of SCRIPTS) {
      await field.selectOption(id);
      // The element that carries the words for selection has the same lines at the same places.
      const overview = page.locator('.vd-w', { hasText: `${NAMES[id]} ${NAMES[id]}` });
      await see(overview);
      await check(t, page, id, field, { size: 14, weight: 400, colour: 'text' });
      const box = await overview.boundingBox();
      assert.ok(box.height >= 40, `${id} is broken into lines: ${box.height}`);
    }
    await close(page);
  });

  test('in a transcript, which is the browser’s own', async (t) => {
    const page = await newPage(browser, { viewport: { width: 1280, height: 1200 } });
    const call = { id: 'c1', version: 3, medium: 'web', status: 'completed', agent: 'hebrew', agentName: NAMES.hebrew, createdAt: new Date().toISOString() };
    await page.route('**/api/calls/c1', (route) => route.fulfill({ json: { call, timeline: [] } }));
    await page.route('**/api/calls/c1/messages', (route) => route.fulfill({
      json: { callId: 'c1', entries: Object.values(NAMES).map((text, index) => ({ index, role: index % 2 ? 'user' : 'agent', text, final: true })) },
    }));
    await page.goto(`${house.url}/#history/c1`);
    for (const [id, name] of Object.entries(NAMES)) {
      const line = page.locator('.words', { hasText: name }).first();
      await line.scrollIntoViewIfNeeded();
      await rest(page);
      const found = await inTime(async () => alike(page, await line.boundingBox(), name, { size: 14, weight: 400, colour: 'text' }));
      t.diagnostic(`${id}: ${found.toFixed(3)}`);
      assert.ok(found < ALIKE, `${id} differs by ${found}`);
    }
    await close(page);
  });
});

test('the comparison sees words that are set code point by code point', async (t) => {
  const page = await open('agents', {}, (opened) => opened.addInitScript(() => { delete Intl.Segmenter; }));
  for (const id of ['hebrew', 'arabic', 'hindi', 'family', 'flag', 'mixed']) {
    await see(row(page, id));
    const found = await inRow(page, id);
    t.diagnostic(`${id}: ${found.toFixed(3)}`);
    assert.ok(found > DIFFERENT, `${id} differs by ${found} only`);
  }
  await close(page);
});

test('what was drawn before the shaping came is drawn anew', async () => {
  let letIn;
  const held = new Promise((resolve) => { letIn = resolve; });
  const page = await open('agents', {}, (opened) => opened.route(/\/assets\/later\./, async (route) => {
    await held;
    await route.continue();
  }));
  await see(row(page, 'hebrew'));
  assert.ok((await inRow(page, 'hebrew')) > DIFFERENT);
  letIn();
  await until(async () => (await inRow(page, 'hebrew')) < ALIKE, 'the shaping is there');
  await close(page);
});

test('a line too long ends with an ellipsis, and its whole is there to hover, find and copy', async () => {
  const page = await open('agents/hebrew', { viewport: { width: 1280, height: 800 } });
  const heading = page.getByRole('heading', { name: NAMES.hebrew, level: 1 });
  await see(heading);
  assert.equal(await heading.textContent(), NAMES.hebrew);
  assert.doesNotMatch(await page.locator('body').innerText(), /[\ue100-\uf8ff]/, 'no run is in what is read');
  await close(page);
});
