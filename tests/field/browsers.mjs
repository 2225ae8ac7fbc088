// The browsers people use, on this machine alone: Chromium and Firefox, driven the same way (puppeteer; Firefox over
// WebDriver BiDi). Things on a page are found by role and name.
import puppeteer from 'puppeteer-core';
import { CHROMIUM_ARGS, FIREFOX_PREFS, chromiumPath, firefoxPath, nothingBut, startScreen } from '../e2e/browser.mjs';

/** What each test of this folder is tried with. */
export const BROWSERS = ['chromium', 'firefox'];

const PATIENCE = 60_000; // ms; the machine may be busy

const chromium = (names) => ({
  browser: 'chrome',
  executablePath: chromiumPath(),
  headless: true,
  args: [
    ...CHROMIUM_ARGS,
    `--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(',')}`,
  ],
});

const firefox = (names, display) => ({
  browser: 'firefox',
  executablePath: firefoxPath(),
  headless: false,
  env: { ...process.env, DISPLAY: display },
  extraPrefsFirefox: {
    'network.dns.localDomains': names.join(','),
    ...FIREFOX_PREFS,
  },
});

/**
 * @param {string} name one of BROWSERS
 * @param {{ names?: string[] }} [options] host names that are this machine's; certificates nobody vouches for are taken
 */
export async function startBrowser(name, { names = [] } = {}) {
  const screen = name === 'firefox' ? await startScreen() : null;
  const options = name === 'firefox' ? firefox(names, screen.display) : chromium(names);
  const browser = await puppeteer
    .launch({ ...options, defaultViewport: { width: 1280, height: 800 }, acceptInsecureCerts: true, timeout: PATIENCE, protocolTimeout: 4 * PATIENCE })
    .catch((error) => {
      screen?.close();
      throw error;
    });
  return {
    name,
    browser,
    /** A page with cookies of its own. What it logs as an error or throws is gathered in page.problems. */
    async newPage() {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      page.problems = [];
      page.on('console', (message) => {
        if (message.type() === 'error') page.problems.push(`${message.text()} ${message.location()?.url ?? ''}`);
      });
      page.on('pageerror', (error) => page.problems.push(String(error.stack ?? error)));
      return page;
    },
    async close() {
      await browser.close();
      screen?.close();
    },
  };
}

/**
 * Closes a page and its cookies; fails on every problem but the expected ones.
 * @param {RegExp[]} [expected] problems the test has caused on purpose
 */
export async function closePage(page, expected = []) {
  await page.browserContext().close();
  nothingBut(expected, page.problems);
}

/** The selector of what has this role and exactly this name for a screen reader. */
export const by = (role, name) => `::-p-aria([name="${name}"][role="${role}"])`;

/** Activates it, as a screen reader does: wherever it stands just now, nothing can cover it. */
export const press = (page, role, name) => page.waitForSelector(by(role, name)).then((found) => found.evaluate((element) => element.click()));

/** Waits for it; in vain, it says what the page shows instead. */
export const see = (page, role, name) =>
  page.waitForSelector(by(role, name)).catch(async (error) => {
    const shown = await page.evaluate(() => document.body.innerText).catch(String);
    throw new Error(`no ${role} "${name}" at ${page.url()} (${error.message}); it shows: ${shown.slice(0, 500)}; problems: ${page.problems}`);
  });
