// Photographs every shot of gallery-shots.mjs: each is set up once for each size, and then pictured in every theme. And
// compares a few of them with pictures that were kept. See scripts/gallery.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { binary, launch } from './browser.mjs';
import { FILM, kept, readmeShot, shots } from './gallery-shots.mjs';
import { notBuilt, startHouse } from './house.mjs';
import { openPage } from './person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'build/gallery');
const SIZES = { desktop: [1280, 800], phone: [390, 844] };
const THEMES = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'dark', contrast: 'more' },
};
const SHARPNESS = { desktop: 1, phone: 2 };
const README_BYTES = 250_000;
/** Of pictures that were kept: what is near in a colour, of 255; how many pixels may differ; how long until what moves rests, in ms. */
const NEAR = 8, FAULTS = 16, PATIENCE = 6000;
const checked = path.join(root, 'build/gallery-check');
const keptFolder = path.join(root, 'tests/e2e/kept');

const LANGUAGES = ['en', 'de'];

/** Until what moved has come to rest; a live call's clock moves on, so not for ever. */
const settled = (page) =>
  page.evaluate(async () => {
    const end = performance.now() + 2000;
    for (let before = -1; before !== window.drawn && performance.now() < end; ) {
      before = window.drawn;
      await new Promise((done) => setTimeout(done, 300));
    }
  });

/** The browser's language is another from now on. */
async function speak(page, language) {
  const change = (code) => Object.defineProperty(navigator, 'languages', { configurable: true, get: () => [code] });
  if (page.spoken === language || (!page.spoken && language === 'en')) return;
  page.spoken = language;
  await page.addInitScript(change, language);
  await page.evaluate(change, language);
  await page.evaluate(() => dispatchEvent(new Event('languagechange')));
  await page.waitForFunction((code) => document.documentElement.lang === code, language);
}

async function photograph(page, screen, dpr, theme) {
  const [width, height] = SIZES[screen];
  await page.emulateMedia(THEMES[theme]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: dpr, mobile: screen === 'phone' });
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'png' });
  await devtools.detach();
  return Buffer.from(data, 'base64');
}

/** The stage of a shot: houses, made when first asked for, and a way to a page in one of them. */
function stage(browser, screen) {
  const houses = {};
  const pages = [];
  return {
    async house(kind = 'usual') {
      return (houses[kind] ??= await startHouse(FILM[kind]));
    },
    async open({ kind = 'usual', ...more } = {}) {
      const page = await openPage(browser, await this.house(kind), { screen, ...more });
      pages.push(page);
      return page;
    },
    /** Closes the shot's pages and ends its calls, so that the next shot finds none. */
    async clear() {
      for (const page of pages.splice(0)) await page.context().close();
      for (const house of Object.values(houses)) {
        const { url } = house;
        if (house.stopped) await house.start();
        const { calls } = await (await fetch(`${url}/api/calls?live=true&limit=100`)).json();
        for (const { id } of calls) await fetch(`${url}/api/calls/${id}/hangup`, { method: 'POST' });
      }
    },
    async close() {
      for (const house of Object.values(houses)) await house.close();
    },
  };
}

/** Sets up each shot that is wanted, for both sizes side by side, and gives its page to `picture`. Answers how many went wrong. */
async function visit(browser, wanted, picture) {
  let failures = 0;
  await Promise.all(Object.keys(SIZES).map(async (screen) => {
    const set = stage(browser, screen);
    try {
      for (const [name, shot] of Object.entries(shots)) {
        if (!wanted(name, screen)) continue;
        try {
          const page = await shot(set, screen);
          await page.mouse.move(2, 500); // nothing looks hovered
          await picture(page, name, screen);
          console.log(`${name}, ${screen}`);
        } catch (error) {
          failures++;
          console.error(`${name}, ${screen}: ${error.message}`);
        }
        await set.clear();
      }
    } finally {
      await set.close();
    }
  }));
  return failures;
}

async function gallery(browser, starts) {
  await mkdir(folder, { recursive: true });
  const failures = await visit(browser, (name) => !starts.length || starts.some((start) => name.startsWith(start)), async (page, name, screen) => {
    for (const language of LANGUAGES) {
      await speak(page, language);
      for (const theme of Object.keys(THEMES)) {
        await page.emulateMedia(THEMES[theme]);
        await settled(page);
        await writeFile(path.join(folder, `${name}-${screen}-${language}-${theme}.png`), await photograph(page, screen, SHARPNESS[screen], theme));
      }
    }
  });
  await writeFile(path.join(folder, 'index.html'), await index());
  console.log(`${path.relative(root, folder)}/index.html`);
  return failures;
}

/**
 * In a page: in how many pixels a picture differs from the one that was kept, and a map of them, { faults, map }.
 *
 * A pixel may be what it was or any of its neighbours were, give or take `near` of 255 in each colour: edges of letters
 * that are drawn by a fraction of a pixel elsewhere pass, a colour that is another and a piece that has moved by two
 * pixels do not. The map is the picture, paled, with the faults in red.
 */
async function differences([now, kept, near]) {
  const read = async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return { canvas, context, ...{ width: bitmap.width, height: bitmap.height }, data: context.getImageData(0, 0, bitmap.width, bitmap.height).data };
  };
  const asUrl = async (canvas) => {
    const blob = await canvas.convertToBlob();
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
  };
  const a = await read(now);
  const b = await read(kept), { width, height } = a;
  if (width !== b.width || height !== b.height) return { faults: width * height, map: await asUrl(b.canvas) };
  const map = a.context.createImageData(width, height);
  /** The pixel of one picture is one that the other has there, or nearly. */
  const has = (there, data, at, x, y) => {
    for (let k = 0; k < 3; k++) {
      let low = 255, high = 0;
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
          const value = there[(j * width + i) * 4 + k];
          if (value < low) low = value;
          if (value > high) high = value;
        }
      }
      if (data[at + k] < low - near || data[at + k] > high + near) return false;
    }
    return true;
  };
  let faults = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const equal = a.data[at] === b.data[at] && a.data[at + 1] === b.data[at + 1] && a.data[at + 2] === b.data[at + 2];
      const fault = !equal && !(has(b.data, a.data, at, x, y) && has(a.data, b.data, at, x, y));
      faults += fault;
      map.data.set(fault ? [220, 0, 0, 255] : [...a.data.subarray(at, at + 3)].map((value) => 170 + value / 3).concat(255), at);
    }
  }
  if (!faults) return { faults };
  a.context.putImageData(map, 0, 0);
  return { faults, map: await asUrl(a.canvas) };
}

const asUrl = (type, bytes) => `data:image/${type};base64,${bytes.toString('base64')}`;

/** A picture as WebP that loses nothing: a third of the PNG. */
async function lossless(png, file) {
  const cwebp = spawn(binary('CWEBP', ['cwebp']), ['-quiet', '-lossless', '-z', '9', '-o', file, '--', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
  cwebp.stdin.end(png);
  const [status] = await once(cwebp, 'exit');
  if (status !== 0) throw new Error(`cwebp ended with status ${status}`);
}

/** Keeps the pictures of `kept` anew, or compares them with those that were kept. */
async function compare(browser, keep, starts) {
  await mkdir(keptFolder, { recursive: true });
  await rm(checked, { recursive: true, force: true });
  const desk = await (await browser.newContext()).newPage();
  const nameOf = ([name, screen, theme, language]) => `${name}-${screen}-${theme}-${language}`;
  const chosen = kept.filter((one) => !starts.length || starts.some((start) => nameOf(one).startsWith(start)));
  const others = [];
  const failures = await visit(browser, (name, screen) => chosen.some((one) => one[0] === name && one[1] === screen), async (page, shot, screen) => {
    // English first: the page is set up in it.
    const here = chosen.filter((one) => one[0] === shot && one[1] === screen).sort((a, b) => LANGUAGES.indexOf(a[3]) - LANGUAGES.indexOf(b[3]));
    for (const one of here) {
      const [, , theme, language] = one, name = nameOf(one), file = path.join(keptFolder, `${name}.webp`);
      await speak(page, language);
      const was = keep ? null : await readFile(file).then((bytes) => asUrl('webp', bytes), () => null);
      if (keep) {
        await page.emulateMedia(THEMES[theme]);
        await settled(page);
      }
      // What is still moving, or still to come, is given time; only what stays different is.
      const end = Date.now() + PATIENCE;
      let now, found;
      do {
        now = await photograph(page, screen, 1, theme);
        found = was && (await desk.evaluate(differences, [asUrl('png', now), was, NEAR]));
      } while (found?.faults > FAULTS && Date.now() < end);
      if (keep) await lossless(now, file);
      else if (!was || found.faults > FAULTS) others.push({ name, now, found });
    }
  });
  if (others.length) await mkdir(checked, { recursive: true });
  for (const { name, now, found } of others) {
    const at = path.join(path.relative(root, checked), name);
    await writeFile(path.join(root, `${at}-now.png`), now);
    if (found) await writeFile(path.join(root, `${at}-difference.png`), Buffer.from(found.map.split(',')[1], 'base64'));
    console.error(found
      ? `${name} looks otherwise: ${found.faults} pixels. Kept is tests/e2e/kept/${name}.webp, it is now as ${at}-now.png, and ${at}-difference.png shows where in red.`
      : `${name} was never kept: it is now as ${at}-now.png.`);
  }
  if (others.length) console.error(`If that is meant: scripts/gallery --keep ${others.map(({ name }) => name).join(' ')}`);
  if (!starts.length) {
    for (const file of await readdir(keptFolder)) {
      if (kept.some((one) => `${nameOf(one)}.webp` === file)) continue;
      if (keep) await rm(path.join(keptFolder, file));
      else others.push(console.error(`tests/e2e/kept/${file} is kept for nothing; scripts/gallery --keep takes it away`));
    }
  }
  return failures + others.length;
}

/** A page that shows what there is: one row a shot. */
async function index() {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.png'));
  const names = [...new Set(files.map((file) => file.replace(/-(desktop|phone)-.*/, '')))];
  const rows = names.map((name) => {
    const pictures = files
      .filter((file) => file.startsWith(`${name}-desktop-`) || file.startsWith(`${name}-phone-`))
      .map((file) => {
        const [, screen, language, theme] = /-(desktop|phone)-(\w+)-(\w+)\.png$/.exec(file);
        const [width, height] = SIZES[screen];
        return `<a href="${file}"><img loading="lazy" src="${file}" width="${width / 2}" height="${height / 2}" alt="${name}, ${screen}, ${language}, ${theme}"></a>`;
      });
    return `<section><h2>${name}</h2>${pictures.join('\n')}</section>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>voxdial: gallery</title>
<style>body{font:14px system-ui;background:#888;margin:24px}section{margin-bottom:32px}a{display:inline-block;margin:0 8px 8px 0}img{display:block}</style>
<h1>voxdial: gallery</h1>
${rows.join('\n')}
`;
}

async function readme(browser) {
  const set = stage(browser, 'desktop');
  try {
    const page = await readmeShot(set);
    await page.mouse.move(2, 500);
    await settled(page);
    let picture = await photograph(page, 'desktop', 2, 'light');
    if (picture.length > README_BYTES) picture = await photograph(page, 'desktop', 1, 'light');
    await writeFile(path.join(root, 'web/screenshot.png'), picture);
    console.log(`web/screenshot.png, ${Math.round(picture.length / 1024)} KB`);
    await set.clear();
  } finally {
    await set.close();
  }
}

const wanted = process.argv.slice(2);
if (wanted[0] === '--list') {
  console.log(Object.keys(shots).join('\n'));
} else if (notBuilt().length) {
  console.error(`gallery: ${notBuilt().join(' and ')} missing; build first: ./run --build`);
  process.exitCode = 1;
} else {
  process.env.FONTCONFIG_FILE = path.join(root, 'tests/e2e/fonts.conf');
  const browser = await launch();
  try {
    if (wanted[0] === '--readme') await readme(browser);
    else if (wanted[0] === '--check' || wanted[0] === '--keep') process.exitCode = (await compare(browser, wanted[0] === '--keep', wanted.slice(1))) ? 1 : 0;
    else if (await gallery(browser, wanted)) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
