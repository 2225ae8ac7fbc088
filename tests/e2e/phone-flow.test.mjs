// Phone calls as a person places them on the page, through the release proxy, to numbers of the sandbox.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { planFor } from '../vendors/numbers.mjs';
import { closePage, launch } from './browser.mjs';
import { startHouse } from './house.mjs';
import {
  alert, assertNoSecrets, call, card, choose, gone, openPage, said, sandbox, see, state, statesShown, tab, typeNumber, until,
} from './person.mjs';

let browser;
let house;
let page;
let expected;

before(async () => {
  browser = await launch();
  house = await startHouse({ speed: 4 });
});
after(async () => {
  await browser?.close();
  await house?.close();
});
beforeEach(async () => {
  expected = [];
  house.forget();
  page = await openPage(browser, house);
});
afterEach(async () => {
  assertNoSecrets(page, house);
  await closePage(page, expected);
  house.assertClean();
});

const refusal = [/status of (403|422|502|503|504)/]; // the browser notes each reply of this kind as an error

test('a call goes from queued over ringing and talking to its end, with both sides\' words', async () => {
  // At this rate of dialling the second call waits in Twilio's queue long enough to be seen; it also rings so long.
  house.vendors.settings.change({ twilio: { callsPerSecond: 0.08 } });
  await call(page, '0101');
  const whom = await call(page, '0105');
  await state(page, whom, 'Queued');
  house.vendors.settings.change({ twilio: { callsPerSecond: 0 } });
  await state(page, whom, 'Ringing');
  await see(card(page, whom).getByText('Their phone is ringing.'));
  await state(page, whom, 'Talking');
  await said(page, whom, 'Person: Hello?');
  await said(page, whom, 'Agent: Hello, this is the sandbox agent');
  await state(page, whom, 'Ended');
  await see(card(page, whom).getByText('The agent hung up.'));
  await said(page, whom, 'Agent: Then the rehearsal is complete');
  const shown = await statesShown(page, whom);
  assert.deepEqual(
    shown.filter((word) => ['Queued', 'Ringing', 'Talking', 'Ended'].includes(word)),
    ['Queued', 'Ringing', 'Talking', 'Ended'],
  );
  assert.equal(house.dialled('+12025550105'), 1);
});

test('each number that the form offers in the sandbox comes to what its button says', async () => {
  const outcomes = { human: 'A person', machine: 'Voicemail', busy: 'Busy', 'no-answer': 'No answer', failed: 'Failed' };
  await page.getByRole('radio', { name: 'Phone', exact: true }).click();
  const buttons = page.getByRole('group', { name: 'Sandbox numbers to try' }).getByRole('button');
  await see(buttons);
  const field = page.getByRole('textbox', { name: 'Phone number' });
  for (const button of await buttons.all()) {
    const number = (await button.getAttribute('aria-description')).replace(/[^+\d]/g, '');
    const { answers, ends } = planFor(number);
    assert.equal(await button.getAttribute('aria-label'), outcomes[answers ?? ends], number);
    await button.click();
    await until(async () => (await field.inputValue()).replace(/[^+\d]/g, '') === number, `${number} is in the field`);
  }
  assert.equal(await buttons.count(), Object.keys(outcomes).length);
});

test('a recorded call is heard on its page, from the line that is pressed', async () => {
  await typeNumber(page, sandbox('0100').dial);
  await page.getByRole('button', { name: 'More options' }).click();
  await page.getByRole('switch', { name: 'Record the call' }).click();
  await see(page.getByRole('switch', { name: 'Record the call', checked: true }));
  await page.getByRole('button', { name: `Call ${sandbox('0100').written}` }).click();
  await state(page, sandbox('0100').written, 'Ended');
  await card(page, sandbox('0100').written).getByRole('button', { name: 'Details' }).click();
  await see(page.getByRole('heading', { name: 'Timeline' }));
  await card(page, sandbox('0100').written).getByRole('button', { name: 'Dismiss' }).click(); // it has the words, while it stands there
  const sound = page.locator('audio');
  await until(async () => {
    const again = page.getByRole('main').getByRole('button', { name: 'Try again' });
    if (await again.isVisible()) await again.click(); // the vendor had not made it yet
    return sound.evaluateAll(([it]) => it?.duration > 0);
  }, 'the browser knows how long the recording is').catch(async (error) => {
    const states = await sound.evaluateAll((all) => all.map((it) => [it.currentSrc, it.networkState, it.readyState, it.error?.message]));
    throw new Error(`${error.message}; ${JSON.stringify(states)}; ${page.url()}\n${await page.locator('body').ariaSnapshot()}`);
  });
  const line = page.getByRole('log', { name: 'Transcript' }).getByRole('button').last();
  const [minutes, seconds] = (await line.textContent()).split(':').map(Number);
  await line.focus(); // brings the transcript into view, which stands low in the page
  const isInView = (it) => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === it;
  };
  await until(() => line.evaluate(isInView), 'the line is in view');
  await line.click();
  await until(() => sound.evaluate((it, from) => !it.paused && it.currentTime >= from, minutes * 60 + seconds), 'it plays from the line');
});

test('five calls at once end as their numbers say, each on a card of its own, with the reason in words', async () => {
  const endings = [
    ['0101', 'Busy', 'The line was busy.'],
    ['0102', 'No answer', /^No answer/],
    ['0103', 'Failed', /could not be connected|network had a problem/],
    ['0108', 'Busy', /busy|declined/],
    ['0115', 'Failed', /could not be connected|not in service/],
  ];
  // A call that was placed comes to the front, so the last one's answer is waited for.
  for (const [last] of endings) await see(card(page, await call(page, last)));
  for (const [last, word, sentence] of endings) {
    const { dial, written } = sandbox(last);
    await choose(page, written);
    await state(page, written, word);
    await see(card(page, written).getByText(sentence));
    assert.equal(house.dialled(dial), 1);
  }
});

test('a machine that answers: hung up on, or left a message, as chosen for the call', async () => {
  await typeNumber(page, '+12025550104');
  await page.getByRole('button', { name: 'More options' }).click();
  const choice = page.getByRole('combobox', { name: 'If voicemail answers' });
  await choice.selectOption('hang-up');
  const whom = await call(page, '0104');
  await said(page, whom, 'Voicemail answered.');
  await state(page, whom, 'Ended');
  await choice.selectOption('leave-message');
  await call(page, '0104');
  await said(page, whom, 'I will try again tomorrow');
  await state(page, whom, 'Ended');
  await see(card(page, whom).getByText('Left a message'));
});

test('the callee hangs up in the middle, and the card says who ended it', async () => {
  const whom = await call(page, '0116');
  await state(page, whom, 'Ended');
  await see(card(page, whom).getByText('The other side hung up.'));
});

test('a refusal is shown with its code, its sentence and what to do, and the next call takes it away', async () => {
  expected = refusal;
  for (const [last, code, sentence] of [
    ['0106', 'geo_permission · Twilio 21215', 'Enable it in the console under Voice, Geographic permissions.'],
    ['0112', 'trial_restriction · Twilio 21219', 'Verify this number'],
    ['0120', 'destination_refused · Twilio 21214', 'Check it'],
  ]) {
    await call(page, last);
    await alert(page, sentence);
    await see(page.getByText(code));
    await state(page, sandbox(last).written, 'Failed');
    assert.equal(house.dialled(sandbox(last).dial), 0);
  }
  await call(page, '0118');
  await gone(page.getByRole('alert'));
  await state(page, sandbox('0118').written, 'Ended');
});

test('where Twilio fails in a way that leaves it open, the page says not to press again', async () => {
  expected = refusal;
  const whom = await call(page, '0107');
  await alert(page, 'the call may have been placed. Do not press again');
  await see(page.getByText('outcome_unknown · Twilio 20503'));
  await see(card(page, whom).getByRole('button', { name: 'End call' }));
});

test('a call whose reply was lost is found again and never dialled twice', async () => {
  expected = refusal;
  const whom = await call(page, '0111');
  await state(page, whom, 'Talking');
  await card(page, whom).getByRole('button', { name: 'End call' }).click();
  await state(page, whom, 'Ended');
  assert.equal(house.dialled('+12025550111'), 1);
});

test('a second press dials nothing more', async () => {
  await typeNumber(page, '+12025550117');
  await page.getByRole('button', { name: 'Call +1 202-555-0117' }).dblclick();
  await state(page, '+1 202-555-0117', 'Talking');
  assert.equal(house.dialled('+12025550117'), 1);
  assert.equal(house.created(), 1);
  await card(page, '+1 202-555-0117').getByRole('button', { name: 'End call' }).click();
  await state(page, '+1 202-555-0117', 'Ended');
});

test('hanging up while it rings ends it before anybody answers', async () => {
  const whom = await call(page, '0114');
  await state(page, whom, 'Ringing');
  await card(page, whom).getByRole('button', { name: 'End call' }).click();
  await state(page, whom, 'Canceled');
  await see(card(page, whom).getByText('You ended the call before anyone answered.'));
  await see(card(page, whom).getByRole('button', { name: 'Call again' }));
});

test('words typed into a call reach the agent, and "say goodbye" ends it', async () => {
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  const words = card(page, whom).getByRole('textbox', { name: 'Message' });
  await words.fill('ask about Tuesday');
  await words.press('Enter');
  await said(page, whom, 'ask about Tuesday');
  await until(async () => (await words.inputValue()) === '', 'the field is empty after sending');
  await card(page, whom).getByRole('combobox', { name: 'What to send' }).selectOption('goodbye');
  await card(page, whom).getByRole('button', { name: 'Send' }).click();
  await state(page, whom, 'Ended');
  await see(card(page, whom).getByText('The agent hung up.'));
});

test('a page that is loaded again in the middle of a call has the call and its words again', async () => {
  const whom = await call(page, '0117');
  await said(page, whom, 'Person: Yes, take your time.');
  await page.reload();
  await state(page, whom, 'Talking');
  await said(page, whom, 'Person: Yes, take your time.');
  await card(page, whom).getByRole('button', { name: 'End call' }).click();
  await state(page, whom, 'Ended');
  assert.equal(house.dialled('+12025550117'), 1);
});

test('two calls at once have a card each', async () => {
  const first = await call(page, '0117');
  await state(page, first, 'Talking');
  const second = await call(page, '0118');
  await state(page, second, 'Ended');
  await choose(page, first);
  await state(page, first, 'Talking');
  await card(page, first).getByRole('button', { name: 'End call' }).click();
  await state(page, first, 'Ended');
});

test('the proxy is restarted in the middle of a call: the page says it is not live, then is, and the call goes on', async () => {
  expected = [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/];
  const whom = await call(page, '0117');
  await state(page, whom, 'Talking');
  const banner = page.getByRole('status').filter({ hasText: 'Connection lost' });
  await house.stop('SIGKILL');
  await see(banner);
  await house.start();
  await gone(banner);
  await state(page, whom, 'Talking');
  await card(page, whom).getByRole('button', { name: 'End call' }).click();
  await state(page, whom, 'Ended');
  assert.equal(house.dialled('+12025550117'), 1);
});

test('history keeps the calls: filter, search, one call with its timeline, and call again', async () => {
  const whom = await call(page, '0118');
  await state(page, whom, 'Ended');
  await tab(page, 'History');
  const row = (name) => page.getByRole('button', { name });
  await see(row(/0118, Ended/));
  await page.getByRole('combobox', { name: 'Status' }).selectOption('busy');
  await see(row(/0101, Busy/));
  await gone(row(/0118, Ended/));
  await page.getByRole('combobox', { name: 'Status' }).selectOption('');
  await page.getByRole('textbox', { name: 'Search' }).fill('0118');
  await gone(row(/0101, Busy/));
  await row(/0118, Ended/).first().click();
  await see(page.getByRole('heading', { level: 1, name: whom }));
  await see(page.getByText('Outcome: The agent hung up.'));
  await see(page.getByRole('list', { name: 'Timeline' }).getByRole('listitem'));
  await see(page.getByRole('log', { name: 'Transcript' }).getByText('I have what I need. Goodbye.').first());
  await page.getByRole('heading', { level: 1, name: whom }).waitFor();
  await page.getByRole('button', { name: 'Call again' }).first().click();
  await see(page.getByRole('button', { name: `Call ${whom}`, exact: true }));
});
