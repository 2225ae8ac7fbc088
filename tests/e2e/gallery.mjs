// Photographs every shot of gallery-shots.mjs: each is set up once for each size, and then pictured in every theme. And
// compares a few of them with pictures that were kept. See scripts/gallery.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
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
const README_BYTES = 250_000;
const keptFolder = path.join(root, 'tests/e2e/kept');

/** Until what moved has come to rest; a live call's clock moves on, so not for ever. */
const settled = (page) =>
  page.evaluate(async () => {
    const end = performance.now() + 2000;
    for (let before = -1; before !== window.drawn && performance.now() < end; ) {
      before = window.drawn;
      await new Promise((done) => setTimeout(done, 300));
    }
  });

async function photograph(page, screen, dpr, theme) {
  const [width, height] = SIZES[screen];
  await page.emulateMedia(THEMES[theme]);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: dpr, mobile: screen === 'phone' });
  await settled(page);
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
    async open({ kind = 'usual', before, ...more } = {}) {
      const page = await openPage(browser, await this.house(kind), { screen, before, ...more });
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

/** Sets up each shot that is wanted, for each size, and gives its page to `picture`. Answers how many went wrong. */
async function visit(browser, wanted, picture) {
  let failures = 0;
  for (const screen of Object.keys(SIZES)) {
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
          console.error(`${name}, ${screen}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
        }
        await set.clear();
      }
    } finally {
      await set.close();
    }
  }
  return failures;
}

async function gallery(browser, starts) {
  await mkdir(folder, { recursive: true });
  const failures = await visit(browser, (name) => !starts.length || starts.some((start) => name.startsWith(start)), async (page, name, screen) => {
    for (const theme of Object.keys(THEMES)) {
      for (const dpr of [1, 2]) {
        await writeFile(path.join(folder, `${name}-${screen}-${dpr}-${theme}.png`), await photograph(page, screen, dpr, theme));
      }
    }
  });
  await writeFile(path.join(folder, 'index.html'), await index());
  console.log(`${path.relative(root, folder)}/index.html`);
  return failures;
}

/** In a page: a picture at half size, as WebP. */
async function small(png) {
  const bitmap = await createImageBitmap(await (await fetch(png)).blob());
  const canvas = new OffscreenCanvas(bitmap.width / 2, bitmap.height / 2);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 });
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
}

/** In a page: the pieces of 8 by 8 pixels whose mean colour differs by more than letters drawn a little otherwise do. */
async function differences([one, other]) {
  const [a, b] = await Promise.all([one, other].map(async (url) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  }));
  if (a.width !== b.width || a.height !== b.height) return ['its size'];
  const mean = ({ data, width }, x, y, channel) => {
    let sum = 0;
    for (let i = 0; i < 64; i++) sum += data[((y + (i >> 3)) * width + x + (i & 7)) * 4 + channel];
    return sum / 64;
  };
  const found = [];
  for (let y = 0; y + 8 <= a.height; y += 8) {
    for (let x = 0; x + 8 <= a.width; x += 8) {
      const far = Math.max(...[0, 1, 2].map((channel) => Math.abs(mean(a, x, y, channel) - mean(b, x, y, channel))));
      if (far > 16) found.push(`${x * 2},${y * 2}`);
    }
  }
  return found;
}

const asUrl = (type, bytes) => `data:image/${type};base64,${bytes.toString('base64')}`;

/** Keeps the pictures of `kept` anew, or compares them with those that were kept. */
async function compare(browser, keep, starts) {
  await mkdir(keptFolder, { recursive: true });
  await mkdir(folder, { recursive: true });
  const desk = await (await browser.newContext()).newPage();
  const chosen = kept.filter(([name]) => !starts.length || starts.some((start) => name.startsWith(start)));
  return visit(browser, (name, screen) => chosen.some((one) => one[0] === name && one[1] === screen), async (page, name, screen) => {
    for (const [, , theme] of chosen.filter((one) => one[0] === name && one[1] === screen)) {
      const file = path.join(keptFolder, `${name}-${screen}-${theme}.webp`);
      const now = await desk.evaluate(small, asUrl('png', await photograph(page, screen, 1, theme)));
      const bytes = Buffer.from(now.split(',')[1], 'base64');
      if (keep) {
        await writeFile(file, bytes);
        continue;
      }
      const places = await desk.evaluate(differences, [now, asUrl('webp', await readFile(file))]);
      if (!places.length) continue;
      const shown = path.join(folder, path.basename(file));
      await writeFile(shown, bytes);
      throw new Error(`looks otherwise in ${theme} at ${places.slice(0, 5).join(' ')} (${places.length} places): compare ${path.relative(root, shown)} with ${path.relative(root, file)}; if it is meant, scripts/gallery --keep`);
    }
  });
}

/** A page that shows what there is: one row a shot. */
async function index() {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.png'));
  const names = [...new Set(files.map((file) => file.replace(/-(desktop|phone)-.*/, '')))];
  const rows = names.map((name) => {
    const pictures = files
      .filter((file) => file.startsWith(`${name}-desktop-`) || file.startsWith(`${name}-phone-`))
      .map((file) => {
        const [, screen, dpr, theme] = /-(desktop|phone)-(\d)-(\w+)\.png$/.exec(file);
        const [width, height] = SIZES[screen];
        return `<a href="${file}" data-is="${screen} ${dpr}x ${theme}"><img loading="lazy" src="${file}" width="${width / 2}" height="${height / 2}" alt="${name}, ${screen}, ${dpr}x, ${theme}"></a>`;
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
  const browser = await launch();
  try {
    if (wanted[0] === '--readme') await readme(browser);
    else if (wanted[0] === '--check' || wanted[0] === '--keep') process.exitCode = (await compare(browser, wanted[0] === '--keep', wanted.slice(1))) ? 1 : 0;
    else if (await gallery(browser, wanted)) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
