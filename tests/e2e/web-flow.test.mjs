// Web calls as a person places them on the page: the microphone, the agent's voice and words over real WebRTC.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { NO_SOCKET, closePage, launch, onlyChromium } from './browser.mjs';
import { startHouse } from './house.mjs';
import { alert, assertNoSecrets, card, gone, openPage, said, see, startWebCall, state, tab, until } from './person.mjs';

const WHOM = 'Web call';
let browser;
let house;
let page;
let expected;

before(async () => {
  browser = await launch();
  house = await startHouse();
});
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(async () => {
  expected = [];
  house.forget();
});
afterEach(async () => {
  assertNoSecrets(page, house);
  await closePage(page, expected);
  house.assertClean();
});

const end = () => card(page, WHOM).getByRole('button', { name: 'End call' }).click();
/** Tracks of the microphone that are still recording. */
const microphonesOn = () => page.evaluate(() => window.microphones.filter((t) => t.readyState === 'live').length);
async function open(look) {
  page = await openPage(browser, house, look);
  await page.evaluate(() => {
    window.microphones = [];
    const real = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      const stream = await real.call(this, constraints);
      window.microphones.push(...stream.getTracks());
      return stream;
    };
  });
}

test('a web call reaches listening, shows both sides\' words, takes a typed message, mutes and ends', async () => {
  await open();
  await startWebCall(page);
  await state(page, WHOM, 'Listening');
  await said(page, WHOM, 'Agent: Hello');
  await see(card(page, WHOM).getByRole('meter', { name: 'Agent: level' }));

  await card(page, WHOM).getByRole('button', { name: 'Mute microphone' }).click();
  await see(card(page, WHOM).getByText('Your microphone is muted.'));
  await see(card(page, WHOM).getByRole('button', { name: 'Unmute microphone' }));

  const words = card(page, WHOM).getByRole('textbox', { name: 'Message' });
  await words.fill('tea with milk');
  await words.press('Enter');
  await said(page, WHOM, 'You: tea with milk');
  await said(page, WHOM, 'Agent: You said: tea with milk');

  assert.equal(house.created(), 1);
  assert.equal(await microphonesOn(), 1);
  await end();
  await state(page, WHOM, 'Ended');
  await see(card(page, WHOM).getByText('You ended the call.'));
  assert.equal(await microphonesOn(), 0);
});

test('the order of a demo agent fills the panel, and the far end\'s goodbye ends the call', async () => {
  await open();
  await page.getByRole('combobox', { name: 'Agent', exact: true }).selectOption({ label: 'Bakery counter' });
  await startWebCall(page);
  await state(page, WHOM, 'Listening');
  const words = card(page, WHOM).getByRole('textbox', { name: 'Message' });
  await words.fill('two glazed donuts please');
  await words.press('Enter');
  await see(card(page, WHOM).getByRole('group', { name: 'Order details' }).getByText(/^2× /));
  await said(page, WHOM, 'Agent: Got it');
  await words.fill('goodbye');
  await words.press('Enter');
  await state(page, WHOM, 'Ended');
  await see(card(page, WHOM).getByText('The agent hung up.'));
});

test('a second press creates no second call', async () => {
  await open();
  await page.getByRole('button', { name: 'Start web call' }).dblclick();
  await state(page, WHOM, 'Listening');
  assert.equal(house.created(), 1);
  await end();
  await state(page, WHOM, 'Ended');
});

const SDK = /\/call\.[^/]*\.js$/;
const received = (address) => page.received.findIndex((reply) => address.test(reply.url));

test('the SDK is fetched while the person reads, after all that the first picture needs', async () => {
  await open();
  await until(() => received(SDK) >= 0, 'the SDK is fetched');
  assert.ok(received(SDK) > received(/\.wasm$/));
});

test('where data is to be saved the SDK is fetched on the first web call and not before', async () => {
  await open({ first: () => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }) });
  await tab(page, 'History');
  await tab(page, 'Call');
  assert.equal(received(SDK), -1);
  await startWebCall(page);
  await state(page, WHOM, 'Listening');
  assert.ok(received(SDK) >= 0);
  await end();
  await state(page, WHOM, 'Ended');
});

test('leaving the page ends its web call, as another window sees', async () => {
  await open();
  await startWebCall(page);
  await state(page, WHOM, 'Listening');
  const witness = await openPage(browser, house);
  await state(witness, WHOM, 'Talking');
  await page.goto('about:blank');
  await state(witness, WHOM, 'Ended');
  await closePage(witness);
});

test('where another tab is in a web call that is said, and the next press starts one beside it', async () => {
  await open();
  await startWebCall(page);
  await state(page, WHOM, 'Listening');
  const other = await page.context().newPage();
  const start = other.getByRole('button', { name: 'Start web call' });
  for (const address of ['/plain.html', '/']) {
    await other.goto(house.url + address);
    await start.click();
    await alert(other, 'Another tab is in a web call.');
  }
  assert.equal(house.created(), 1);
  await start.click();
  await state(other, WHOM, 'Listening');
  assert.equal(house.created(), 2);
  await card(other, WHOM).getByRole('button', { name: 'End call' }).click();
  await state(other, WHOM, 'Ended');
  await other.close();
  await end();
  await state(page, WHOM, 'Ended');
});

test('a microphone that is refused is said plainly, and no call is created', async () => {
  const shy = await launch({ microphone: 'denied' });
  try {
    page = await openPage(shy, house);
    await startWebCall(page);
    await alert(page, 'This site may not use your microphone. Allow it next to the address bar, then try again.');
    await see(page.getByRole('button', { name: 'Start web call' }));
    assert.equal(house.created(), 0);
    await gone(card(page, WHOM));
  } finally {
    await page.context().close();
    await shy.close();
  }
});

test('a join that the service refuses is an error on the card, and the next call works', async () => {
  expected = [/WebSocket/, /ERR_/, NO_SOCKET];
  await open();
  house.vendors.web.spoilNext('refuse');
  await startWebCall(page);
  await state(page, WHOM, 'Failed');
  await alert(page, "The agent couldn't be reached. Try again.");
  assert.equal(await microphonesOn(), 0);
  await page.getByRole('button', { name: 'Start web call' }).click();
  await state(page, WHOM, 'Listening');
  await end();
  await state(page, WHOM, 'Ended');
});

test('with a finger, on a phone: the call opens as a sheet that covers the page', onlyChromium('Firefox is given no finger'), async () => {
  await open({ screen: 'phone', dpr: 2 });
  await page.getByRole('button', { name: 'Start web call' }).tap();
  await state(page, WHOM, 'Listening');
  await page.getByRole('button', { name: 'Back' }).tap();
  await page.getByRole('button', { name: /^Open the call: / }).tap();
  await card(page, WHOM).getByRole('button', { name: 'End call' }).tap();
  await state(page, WHOM, 'Ended');
});
