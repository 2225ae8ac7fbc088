// Photographs every shot of gallery-shots.mjs: each is set up once for each size, and then pictured in both
// themes at both pixel ratios. See scripts/gallery.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { FILM, readmeShot, shots } from './gallery-shots.mjs';
import { notBuilt, startHouse } from './house.mjs';
import { openPage } from './person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'build/gallery');
const SIZES = { desktop: [1280, 800], phone: [390, 844] };
const README_BYTES = 250_000;

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
  await page.emulateMedia({ colorScheme: theme });
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

async function gallery(browser, wanted) {
  await mkdir(folder, { recursive: true });
  let failures = 0;
  for (const screen of Object.keys(SIZES)) {
    const set = stage(browser, screen);
    try {
      for (const [name, shot] of Object.entries(shots)) {
        if (wanted.length && !wanted.some((start) => name.startsWith(start))) continue;
        try {
          const page = await shot(set, screen);
          await page.mouse.move(2, 500); // nothing looks hovered
          for (const theme of ['light', 'dark']) {
            for (const dpr of [1, 2]) {
              await writeFile(path.join(folder, `${name}-${screen}-${dpr}-${theme}.png`), await photograph(page, screen, dpr, theme));
            }
          }
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
  await writeFile(path.join(folder, 'index.html'), await index());
  console.log(`${path.relative(root, folder)}/index.html`);
  return failures;
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
    else if (await gallery(browser, wanted)) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
