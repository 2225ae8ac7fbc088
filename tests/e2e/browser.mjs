// The browser of the browser tests: one way to start it, one way to open a page, and no page that closes with an error
// unnoticed. Chromium, or with BROWSER=firefox the distribution's Firefox, which Playwright drives by WebDriver BiDi. What
// that cannot do yet is skipped there by name, with onlyChromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, firefox } from 'playwright-core';

export const inFirefox = process.env.BROWSER === 'firefox';

/** Options of a test: in Firefox it is skipped, because of `why`. */
export const onlyChromium = (why) => ({ skip: inFirefox && why });

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

/** The same of Firefox, in which a call's peers may be on this machine. */
export const FIREFOX_PREFS = {
  'media.navigator.permission.disabled': true, // the microphone is given without a question
  'media.navigator.streams.fake': true, // and beeps
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'webgl.force-enabled': true, // Mesa draws
  'dom.events.testing.asyncClipboard': true, // a page may read what was copied, without a question
};
export const firefoxPath = () => binary('FIREFOX', ['firefox-esr', 'firefox']);

/** A screen that nobody sees: without one Firefox draws no WebGL. */
export async function startScreen() {
  const xvfb = spawn(binary('XVFB', ['Xvfb']), ['-displayfd', '3', '-screen', '0', '2560x1440x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((done, fail) => {
    xvfb.stdio[3].once('data', (text) => done(String(text).trim()));
    xvfb.once('exit', (status) => fail(new Error(`Xvfb ended (${status})`)));
  });
  return { display: `:${number}`, close: () => xvfb.kill() };
}

async function launchFirefox(prefs) {
  const screen = await startScreen();
  const browser = await firefox.launch({
    channel: 'moz-firefox', // by WebDriver BiDi; Playwright's own protocol speaks to its own build only
    executablePath: firefoxPath(),
    headless: false,
    env: { ...process.env, DISPLAY: screen.display },
    firefoxUserPrefs: { ...FIREFOX_PREFS, ...prefs },
  }).catch((error) => {
    screen.close();
    throw error;
  });
  browser.on('disconnected', screen.close);
  return browser;
}

/**
 * A browser that nobody sees.
 * @param {{ microphone?: 'given' | 'denied' }} [options]
 */
export function launch({ microphone = 'given' } = {}) {
  if (inFirefox) {
    return launchFirefox(microphone === 'given' ? {} : { 'media.navigator.permission.disabled': false, 'permissions.default.microphone': 2 });
  }
  const args = microphone === 'given' ? CHROMIUM_ARGS : [...CHROMIUM_ARGS.filter((arg) => arg !== '--use-fake-ui-for-media-stream'), '--deny-permission-prompts'];
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args });
}

const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: !inFirefox },
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
    ...(inFirefox && { permissions: undefined }), // all are given by its preferences
  });
  const page = await context.newPage();
  const problems = (page.problems = []);
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  page.on('pageerror', (error) => problems.push(String(error.stack || error)));
  if (inFirefox) await forgive(page);
  return page;
}

/** Firefox's driver is told of every rejection, also of one that the page has taken care of. */
async function forgive(page) {
  const mark = 'taken care of: ';
  await page.addInitScript((word) => {
    const real = Event.prototype.preventDefault;
    Event.prototype.preventDefault = function () {
      if (this.type === 'unhandledrejection') console.debug(word + this.reason?.message);
      return real.call(this);
    };
  }, mark);
  const forgiven = [];
  page.on('console', (message) => { if (message.text().startsWith(mark)) forgiven.push(message.text().slice(mark.length)); });
  const all = page.problems;
  Object.defineProperty(page, 'problems', { get: () => all.filter((problem) => !forgiven.some((words) => problem.includes(words))) });
}

/** What Firefox writes of a socket that was closed before it stood: the one or the other, as it comes. */
export const NO_SOCKET = /can’t establish a connection|was interrupted while the page was loading/;

/**
 * Closes a page and its context; fails on every problem but the expected ones.
 * @param {RegExp[]} [expected]  problems the test has caused on purpose
 */
export async function closePage(page, expected = []) {
  if (page.judged) return; // some versions of node come here once more for a test that is skipped
  page.judged = true;
  await page.context().close();
  nothingBut(expected, page.problems);
}

/** Fails on every problem but the expected ones. */
export function nothingBut(expected, problems) {
  const surprises = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
  assert.deepEqual(surprises, [], 'the page had problems');
}

/** How far two pictures (PNG, of one size) are apart at most, of 255. */
export async function distance(browser, one, other) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const urls = [one, other].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  const far = await page.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(pictures.map(async (url) => {
      const bitmap = await createImageBitmap(await (await fetch(url)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      canvas.drawImage(bitmap, 0, 0);
      return canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
    }));
    return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), a.length === b.length ? 0 : 255);
  }, urls);
  await context.close();
  return far;
}
