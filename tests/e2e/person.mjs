// What a person does and sees on the page, in a person's words: by role and name only, so that a test never
// knows how a screen is built. And what arrived at the person's browser, to the last byte.
import assert from 'node:assert/strict';
import { inFirefox, newPage } from './browser.mjs';

const PATIENCE = 60_000; // ms; the machine may be busy, and what waits for a library's own retries takes them all

/**
 * The page, open and at rest, with everything its server sends written down in page.received.
 * @param {import('playwright-core').Browser} browser
 * @param {{ at?: string, permissions?: string[] }} [options] `at`: path and fragment; `first`: what is run before the
 * page's own scripts; and options of newPage
 */
export async function openPage(browser, house, { at = '/', first = () => {}, ...look } = {}) {
  const page = await newPage(browser, look);
  page.setDefaultTimeout(PATIENCE);
  page.received = [];
  await listen(page);
  await page.addInitScript(countFrames);
  await page.addInitScript(first);
  await page.goto(house.url + at);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await see(page.getByRole('status').filter({ hasText: 'Sandbox: no real calls are placed.' }));
  return page;
}

/** Every reply's body, the stream of events included, as {url, text}; in Firefox all but the stream's. */
async function listen(page) {
  if (inFirefox) {
    page.on('response', async (response) => {
      const reply = { url: response.url(), status: response.status(), text: '' };
      page.received.push(reply);
      if (reply.url.includes('/api/') && !reply.url.endsWith('/api/events')) reply.text = await response.text().catch(() => '');
    });
    return;
  }
  const devtools = await page.context().newCDPSession(page);
  const bodies = new Map();
  const note = (id, base64) => (bodies.get(id).text += Buffer.from(base64, 'base64').toString('utf8'));
  devtools.on('Network.responseReceived', async ({ requestId, response }) => {
    bodies.set(requestId, { url: response.url, status: response.status, text: '' });
    page.received.push(bodies.get(requestId));
    if (!response.url.includes('/api/')) return;
    const { bufferedData } = await devtools
      .send('Network.streamResourceContent', { requestId })
      .catch(() => ({ bufferedData: '' })); // over already
    note(requestId, bufferedData);
  });
  devtools.on('Network.dataReceived', ({ requestId, data }) => data && bodies.has(requestId) && note(requestId, data));
  devtools.on('Network.loadingFinished', async ({ requestId }) => {
    const reply = bodies.get(requestId);
    if (!reply?.url.includes('/api/')) return;
    const { body } = await devtools.send('Network.getResponseBody', { requestId }).catch(() => ({ body: '' }));
    if (body.length > reply.text.length) reply.text = body;
  });
  await devtools.send('Network.enable');
}

/** In the page: how many frames were drawn, and every word that a live card gave as its state. */
function countFrames() {
  window.drawn = 0;
  const clear = WebGL2RenderingContext.prototype.clear;
  WebGL2RenderingContext.prototype.clear = function (mask) {
    window.drawn++;
    return clear.call(this, mask);
  };
  window.states = [];
  const note = () => {
    for (const words of document.querySelectorAll('[role=group][aria-label^="Call: "] [role=status]')) {
      const line = `${words.closest('[role=group]').getAttribute('aria-label')}: ${words.textContent}`;
      if (!window.states.includes(line)) window.states.push(line);
    }
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
}

export const see = (locator) => locator.first().waitFor({ state: 'visible', timeout: PATIENCE });
export const gone = (locator) => locator.first().waitFor({ state: 'hidden', timeout: PATIENCE });

/** Tries until it holds; for what is true on another machine than the page. */
export async function until(holds, what) {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The live card of a call: "Web call" or a number as written, "+1 202-555-0100". */
export const card = (page, whom) => page.getByRole('group', { name: `Call: ${whom}` });
/** The card says this is the call's state. */
export const state = (page, whom, word) =>
  see(card(page, whom).getByRole('status').filter({ hasText: new RegExp(`^${word}$`) }));
/** A line of the card's transcript. */
export const said = (page, whom, words) => see(card(page, whom).getByRole('listitem').filter({ hasText: words }));
export const alert = (page, words) => see(page.getByRole('alert').filter({ hasText: words }));
export const tab = (page, name) => page.getByRole('link', { name, exact: true }).click();

/** Chooses "Phone", types a number and waits for the verdict about it. */
export async function typeNumber(page, number) {
  await page.getByRole('radio', { name: 'Phone', exact: true }).click();
  await page.getByRole('textbox', { name: 'Phone number' }).fill(number);
}
/** The sandbox's numbers by their last four digits: 0100 is +1 202-555-0100. */
export const sandbox = (last) => ({ dial: `+1202555${last}`, written: `+1 202-555-${last}` });

/** Types the number and presses the button that names it; answers how the card names the call. */
export async function call(page, last) {
  const { dial, written } = sandbox(last);
  await typeNumber(page, dial);
  await page.getByRole('button', { name: `Call ${written}`, exact: true }).click();
  return written;
}

/** Brings one of several calls to the front. The list shows four; the keyboard brings the others into view. */
export async function choose(page, whom) {
  const row = page.getByRole('radiogroup', { name: 'Calls' }).getByRole('radio', { name: whom });
  await row.focus();
  await row.press('Enter');
}

export async function startWebCall(page) {
  await page.getByRole('radio', { name: 'Web', exact: true }).click();
  await page.getByRole('button', { name: 'Start web call' }).click();
}

/** The states a card has shown, in order, each once. */
export const statesShown = (page, whom) =>
  page.evaluate((prefix) => window.states.filter((s) => s.startsWith(prefix)).map((s) => s.slice(prefix.length)), `Call: ${whom}: `);

/** Presses Tab until the element of that role and name has the keyboard. */
export async function tabTo(page, role, name) {
  const wanted = page.getByRole(role, { name });
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    if (await wanted.first().evaluate((el) => el === document.activeElement).catch(() => false)) return;
  }
  assert.fail(`Tab does not reach ${role} "${name}"`);
}

/** Nothing that arrived here tells a key, nor the way into a phone call. */
export function assertNoSecrets(page, house) {
  const api = page.received.filter((reply) => reply.url.includes('/api/'));
  assert.ok(api.some((reply) => reply.text.length > 0), 'nothing was overheard');
  for (const secret of [...house.secrets, ...house.phoneJoins()]) {
    for (const { url, text } of api) assert.ok(!text.includes(secret), `${url} gives a secret away`);
  }
}
