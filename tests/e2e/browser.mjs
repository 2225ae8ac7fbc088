// Chromium for the browser tests: one way to start it, one way to open a page, and no page that closes with
// an error unnoticed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** A program's path: $VARIABLE, or the first of the names in PATH. */
export function binary(variable, names) {
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = files.find((file) => existsSync(file));
  assert.ok(found, `no ${names[0]} in PATH; set ${variable} to its binary`);
  return found;
}

export const chromiumPath = () => binary('CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']);

/** WebGL without a graphics card, a microphone that beeps and is given without a question, WebRTC peers on this machine. */
export const CHROMIUM_ARGS = [
  '--no-sandbox', // containers run as root
  '--no-first-run',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/**
 * A headless Chromium.
 * @param {{ args?: string[], without?: string[] }} [options]  more switches; switches left out
 */
export function launch({ args = [], without = [] } = {}) {
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_ARGS.filter((arg) => !without.includes(arg)), ...args],
  });
}

const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/**
 * A page in a context of its own. Its errors are gathered in page.problems: what it logs as an error, throws, or
 * asks for in vain. Close it with closePage.
 * @param {import('playwright-core').Browser} browser
 * @param {{ screen?: 'desktop' | 'phone', dpr?: number, dark?: boolean }} [look]  and any option of newContext
 */
export async function newPage(browser, { screen = 'desktop', dpr = 1, dark = false, ...more } = {}) {
  const context = await browser.newContext({
    ...SCREENS[screen],
    deviceScaleFactor: dpr,
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
    ...more,
  });
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(message.text()); });
  page.on('pageerror', (error) => page.problems.push(String(error.stack ?? error)));
  return page;
}

/**
 * Closes a page and its context; fails on every problem but the expected ones.
 * @param {RegExp[]} [expected]  problems the test has caused on purpose
 */
export async function closePage(page, expected = []) {
  await page.context().close();
  nothingBut(expected, page.problems);
}

/** Fails on every problem but the expected ones. */
export function nothingBut(expected, problems) {
  const surprises = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
  assert.deepEqual(surprises, [], 'the page had problems');
}
