// How a call's end is told: why the page's call ended, an End button that is never dead, a second press that
// destroys nothing, a session that ended elsewhere.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, launch, newPage } from '../e2e/browser.mjs';
import { proxyBinary, startHouse } from '../e2e/house.mjs';
import { standBetween } from './between.mjs';
import { call, card, openPage, sandbox, see, startWebCall, state, tab, until } from '../e2e/person.mjs';

const WEB = 'Web call';
let browser;
let house;
let between; // sees what a page says with its last breath
let page;
let expected;

before(async () => {
  browser = await launch();
  house = await startHouse({ speed: 1 });
  between = await standBetween(house.url);
});
after(async () => {
  await browser?.close();
  await between?.close();
  await house?.close();
});
beforeEach(async () => {
  expected = [];
  house.forget();
  between.asked.length = 0;
  page = await openPage(browser, { url: between.url });
});
afterEach(async () => {
  house.vendors.webhooks.clear();
  await closePage(page, expected);
});

/** What the page has told the server when it asked for a call's end, in order. */
const hangUps = () => between.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/hangup')).map(({ body }) => body);
const button = (whom, name) => card(page, whom).getByRole('button', { name, exact: true });
async function webCall() {
  await startWebCall(page);
  await state(page, WEB, 'Listening');
}

for (const [what, does, why] of [
  ['the service goes down', () => fetch(`${house.vendors.controlUrl}/restart`, { method: 'POST', body: '{"vendor":"ultravox"}' }), 'line_lost'],
  ['the agent leaves the room', () => house.vendors.web.act({ does: 'leave-room' }), 'agent_left'],
  ['the service closes the call', () => house.vendors.web.act({ does: 'close-join' }), 'agent_left'],
  ['somebody presses End', () => button(WEB, 'End call').click(), 'pressed'],
]) {
  test(`the server is told that a web call is over because ${what}`, async () => {
    expected = [/WebSocket/, /ERR_/, /signal stream/];
    await webCall();
    house.vendors.webhooks.addRule({ vendor: 'ultravox', event: 'call.ended', does: 'lose' }); // so that the page knows first
    await does();
    await until(() => hangUps().length > 0, 'the page tells why');
    assert.deepEqual(hangUps(), [JSON.stringify({ why })]);
  });
}

for (const worker of ['awake', 'asleep']) {
  test(`the server is told that a web call is over because its tab was closed, the service worker ${worker}`, async () => {
    await webCall();
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    if (worker === 'asleep') { // as after half a minute of nothing to do
      const tools = await page.context().newCDPSession(page);
      await tools.send('ServiceWorker.enable');
      await tools.send('ServiceWorker.stopAllWorkers');
    }
    await page.goto('about:blank');
    await until(() => hangUps().length > 0, 'the page tells why');
    assert.deepEqual(hangUps(), ['{"why":"tab_closed"}']);
  });
}

test('the plain page tells the server too that its tab was closed', async () => {
  await closePage(page);
  page = await newPage(browser);
  await page.goto(`${between.url}/plain.html`);
  await page.getByRole('button', { name: 'Start web call' }).click();
  await state(page, WEB, 'Listening');
  await page.goto('about:blank');
  await until(() => hangUps().length > 0, 'the page tells why');
  assert.deepEqual(hangUps(), ['{"why":"tab_closed"}']);
});

test('End can be pressed as long as the call lives, also after a reload, and a second press is a second try', async () => {
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  // Twilio says that it is over, and it is not.
  const deaf = { vendor: 'twilio', method: 'POST', path: '/Calls/CA[0-9a-f]+\\.json$', times: 'always', kind: 'status', status: 400,
    body: { code: 21220, message: 'not in progress', status: 400 } };
  house.vendors.faults.add(deaf);
  house.vendors.faults.add({ ...deaf, vendor: 'ultravox', path: '/send_data_message$', status: 500, body: {} });
  await button(whom, 'End call').click();
  const again = card(page, whom).getByRole('button', { name: /^End/ });
  await again.click();
  assert.equal(await again.getAttribute('aria-disabled'), null);
  await page.reload();
  await state(page, whom, /Ending|Talking/.source);
  await card(page, whom).getByRole('button', { name: /^End/ }).click();
  await until(() => hangUps().length >= 3, 'the third press reaches the server');
  house.vendors.faults.clear(); // from here on it may end by itself
  await state(page, whom, 'Ended');
});

test('ten clicks where End was end one call and put nothing away', async () => {
  const first = await call(page, '0117');
  await state(page, first, 'Talking');
  const { x, y, width, height } = await button(first, 'End call').boundingBox();
  for (let n = 0; n < 10; n++) {
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.waitForTimeout(100);
  }
  await state(page, first, 'Ended');
  for (let n = 0; n < 5; n++) await page.mouse.click(x + width / 2, y + height / 2);
  await see(card(page, first));
  assert.equal(new URL(page.url()).hash, '', 'no press went anywhere else');
  assert.equal(house.dialled(sandbox('0117').dial), 1);
});

test('the detail of a live call can end it', async () => {
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  await tab(page, 'History');
  await page.getByRole('button', { name: new RegExp(whom.replace('+', '\\+')) }).first().click();
  const detail = page.getByRole('button', { name: 'End call' });
  await until(async () => (await detail.count()) === 2, 'the detail offers End');
  await detail.first().click();
  await state(page, whom, 'Ended');
});

test('a session that ended elsewhere is said, the card stays, and is there again after the log-in', async () => {
  const added = spawnSync(proxyBinary, ['user', 'add', 'ada', 'supervisor'], {
    env: house.environment, input: 'correct horse battery\n', encoding: 'utf8' });
  assert.equal(added.status, 0, added.stderr);
  expected = [/40[14]/];
  const logIn = async () => {
    await page.locator('input[name=name]').fill('ada');
    await page.locator('input[name=password]').fill('correct horse battery');
    await page.locator('button').click();
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  await page.goto(`${between.url}/login`);
  await logIn();
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  const gone = spawnSync(proxyBinary, ['user', 'add', 'ada', 'supervisor'], { // a new password ends all sessions
    env: house.environment, input: 'correct horse battery\n', encoding: 'utf8' });
  assert.equal(gone.status, 0, gone.stderr);
  await page.context().clearCookies();
  await button(whom, 'End call').click();
  await see(page.getByRole('alert').filter({ hasText: "You're logged out." }));
  await see(card(page, whom));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/login/);
  await logIn();
  await see(card(page, whom));
  await card(page, whom).getByRole('button', { name: /^End/ }).click();
  await state(page, whom, 'Ended');
});
