// The shots of the gallery: how each screen and state is brought about, by what a person does or a server
// answers. Each takes the stage of gallery.mjs and the size's name, and gives back the page to picture.
import { heading, postsOnly, recordShots, silent } from './gallery-record.mjs';
import { call, card, choose, said, see, startWebCall, state, tab, typeNumber } from './person.mjs';

/** The houses that a shot may ask for. */
export const FILM = {
  usual: { speed: 2, env: { LIMIT_CONCURRENT_CALLS: '0', LIMIT_CALLS_PER_USER_HOUR: '0', LIMIT_CALLS_PER_USER_DAY: '0', LIMIT_CALLS_PER_ADDRESS_HOUR: '0', LIMIT_MINUTES_PER_DAY: '0', LIMIT_SPEND_PER_DAY: '0' } },
  'no phone': { phone: false },
  empty: {},
  names: {},
  readme: { speed: 1 },
};

/** What people see of a call on a phone is the sheet; in the page behind it, they go back. */
const back = async (page, screen) => screen === 'phone' && page.getByRole('button', { name: 'Back' }).tap();

async function onAgents(set) {
  const page = await set.open();
  await tab(page, 'Agents');
  await see(page.getByRole('button', { name: /^Assistant/ }));
  return page;
}

export const shots = {
  'call-web': (set) => set.open(),
  async 'call-web-options'(set) {
    const page = await set.open();
    await page.getByRole('button', { name: 'More options' }).click();
    return page;
  },
  async 'call-phone'(set) {
    const page = await set.open();
    await page.getByRole('radio', { name: 'Phone', exact: true }).click();
    return page;
  },
  async 'call-phone-options'(set) {
    const page = await set.open();
    await typeNumber(page, '+12025550100');
    await page.getByRole('button', { name: 'More options' }).click();
    return page;
  },
  async 'number-good'(set) {
    const page = await set.open();
    await typeNumber(page, '+12025550100');
    await see(page.getByText(/fixed line or mobile/));
    return page;
  },
  async 'number-wrong'(set) {
    const page = await set.open();
    await typeNumber(page, '555 01');
    await page.keyboard.press('Tab');
    await see(page.getByRole('alert'));
    return page;
  },
  async 'number-not-allowed'(set) {
    const page = await set.open();
    await typeNumber(page, '+44 20 7946 0000');
    await see(page.getByRole('alert'));
    return page;
  },
  async 'asking-microphone'(set) {
    const page = await set.open();
    await page.evaluate(() => { MediaDevices.prototype.getUserMedia = () => new Promise(() => {}); });
    await startWebCall(page);
    await see(page.getByRole('button', { name: 'Waiting for microphone access' }));
    return page;
  },
  async 'microphone-denied'(set) {
    const page = await set.open();
    await page.evaluate(() => {
      MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await startWebCall(page);
    await see(page.getByRole('alert'));
    return page;
  },
  async 'microphone-replaced'(set) {
    const page = await set.open();
    await page.evaluate(() => {
      localStorage.setItem('microphone', '0123456789abcdef');
      localStorage.setItem('speaker', '0123456789abcdef');
    });
    await page.reload();
    await startWebCall(page);
    await state(page, 'Web call', 'Listening');
    await see(card(page, 'Web call').getByRole('alert'));
    return page;
  },
  async 'number-read'(set) {
    const page = await set.open();
    await silent(page, '**/api/phone/check');
    await typeNumber(page, '+12025550100');
    await page.getByRole('button', { name: /^Call/ }).click();
    await see(page.getByRole('button', { name: 'Checking the number' }));
    return page;
  },
  async 'calling-busy'(set) {
    const page = await set.open();
    await silent(page, postsOnly);
    await call(page, '0100');
    await see(page.getByRole('button', { name: /^Calling / }));
    return page;
  },
  async refused(set, screen) {
    const page = await set.open();
    const whom = await call(page, '0106');
    await see(page.getByRole('alert'));
    await state(page, whom, 'Failed').catch(() => {});
    return page;
  },
  async 'phone-off'(set) {
    const page = await set.open({ kind: 'no phone' });
    await page.getByRole('radio', { name: 'Phone', exact: true }).click();
    return page;
  },
  async ringing(set) {
    const page = await set.open();
    await state(page, await call(page, '0114'), 'Ringing');
    return page;
  },
  async talking(set) {
    const page = await set.open();
    const whom = await call(page, '0117');
    await said(page, whom, 'Yes, take your time.');
    return page;
  },
  async 'talking-saying'(set) {
    const page = await set.open();
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    const words = card(page, whom).getByRole('textbox', { name: 'Message' });
    await words.fill('Ask whether Tuesday at ten suits them, and if not, which other morning of the week.');
    return page;
  },
  async ending(set) {
    const { vendors } = await set.house('readme');
    const page = await set.open({ kind: 'readme' });
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    for (const vendor of ['twilio', 'ultravox']) vendors.faults.add({ vendor, method: 'POST', kind: 'status', status: 503, body: {}, lasts: 30 });
    await card(page, whom).getByRole('button', { name: /^End/ }).click();
    await see(card(page, whom).getByRole('button', { name: 'End again' }));
    return page;
  },
  async ended(set) {
    const page = await set.open();
    const whom = await call(page, '0118');
    await state(page, whom, 'Ended');
    await said(page, whom, 'Goodbye');
    return page;
  },
  async busy(set) {
    const page = await set.open();
    await state(page, await call(page, '0101'), 'Busy');
    return page;
  },
  async 'several-calls'(set, screen) {
    const page = await set.open();
    for (const last of ['0117', '0114', '0101', '0118', '0117']) {
      await call(page, last);
      await see(page.getByRole('group', { name: /^Call: / }));
      await back(page, screen);
    }
    if (screen === 'phone') await page.getByRole('button', { name: /^Open the call: / }).tap();
    await choose(page, '+1 202-555-0118').catch(() => {});
    return page;
  },
  async 'live-bar'(set, screen) {
    const page = await set.open();
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    if (screen === 'desktop') await tab(page, 'Settings');
    await back(page, screen);
    return page;
  },
  async 'web-connecting'(set) {
    const page = await set.open();
    (await set.house()).vendors.web.spoilNext('silent');
    await startWebCall(page);
    await state(page, 'Web call', 'Connecting');
    return page;
  },
  async 'web-talking'(set) {
    const page = await set.open();
    await startWebCall(page);
    await state(page, 'Web call', 'Listening');
    const words = card(page, 'Web call').getByRole('textbox', { name: 'Message' });
    await words.fill('What can you do?');
    await words.press('Enter');
    await said(page, 'Web call', 'Agent: You said');
    return page;
  },
  async 'web-order'(set) {
    const page = await set.open();
    await page.getByRole('combobox', { name: 'Agent', exact: true }).selectOption({ label: 'Bakery counter' });
    await startWebCall(page);
    await state(page, 'Web call', 'Listening');
    const words = card(page, 'Web call').getByRole('textbox', { name: 'Message' });
    await words.fill('two glazed donuts and a coffee, please');
    await words.press('Enter');
    await see(card(page, 'Web call').getByRole('group', { name: 'Order details' }).getByText('Total'));
    return page;
  },
  async 'web-failed'(set) {
    const page = await set.open();
    (await set.house()).vendors.web.spoilNext('refuse');
    await startWebCall(page);
    await see(page.getByRole('alert'));
    return page;
  },
  ...recordShots,
  agents: onAgents,
  async 'agent-edit'(set) {
    const page = await onAgents(set);
    await page.getByRole('button', { name: /^Assistant/ }).click();
    await see(page.getByRole('textbox', { name: 'Prompt' }));
    return page;
  },
  async 'agent-new'(set) {
    const page = await onAgents(set);
    await page.getByRole('button', { name: 'New agent' }).click();
    await see(page.getByRole('textbox', { name: 'Prompt' }));
    return page;
  },
  async 'agents-names'(set) {
    const { url } = await set.house('names');
    for (const [id, name, description] of [
      ['dana', 'דנה לוי', 'מזכירה את התור של מחר'],
      ['donau', 'Donaudampfschifffahrtsgesellschaftskapitän', 'Rechtsschutzversicherungsgesellschaften anrufen'],
      ['asha', 'आशा शर्मा', 'अपॉइंटमेंट की याद दिलाती है'],
    ]) {
      await fetch(`${url}/api/agents/${id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ id, name, description, media: [], settings: { systemPrompt: description } }),
      });
    }
    const page = await set.open({ kind: 'names' });
    await tab(page, 'Agents');
    await see(page.getByRole('button', { name: /^דנה/ }));
    return page;
  },
  async 'agents-loading'(set) {
    const page = await set.open();
    await silent(page, '**/api/agents');
    await page.goto(`${(await set.house()).url}/#agents`);
    await page.reload();
    await heading(page, 'Agents');
    return page;
  },
  async doctor(set) {
    const page = await set.open();
    await tab(page, 'Doctor');
    await see(page.getByText(/Checked at /));
    return page;
  },
  async 'doctor-no-phone'(set) {
    const page = await set.open({ kind: 'no phone' });
    await tab(page, 'Doctor');
    await see(page.getByText(/Checked at /));
    return page;
  },
  async 'doctor-loading'(set) {
    const page = await set.open();
    await silent(page, '**/api/doctor*');
    await tab(page, 'Doctor');
    await heading(page, 'Doctor');
    return page;
  },
  async settings(set) {
    const page = await set.open();
    await tab(page, 'Settings');
    await heading(page, 'Settings');
    return page;
  },
  async 'not-live'(set) {
    const house = await set.house('empty');
    const page = await set.open({ kind: 'empty' });
    await house.stop();
    await see(page.getByRole('status').filter({ hasText: 'Connection lost' }));
    return page;
  },
  async 'logged-out'(set) {
    const house = await set.house('empty');
    const page = await set.open({ kind: 'empty' });
    const whom = await call(page, '0117');
    await state(page, whom, 'Talking');
    await page.route('**/api/**', (route) => route.fulfill({
      status: 401,
      contentType: 'application/json',
      body: JSON.stringify({ error: { code: 'unauthenticated', message: 'Log in first.' } }),
    }));
    await house.stop();
    await see(page.getByText("You're logged out."));
    return page;
  },
  async plain(set) {
    const page = await set.open();
    await page.goto(`${(await set.house()).url}/plain.html?why=webgl`);
    await page.getByRole('radio', { name: /^Phone/ }).check();
    await page.getByRole('textbox', { name: 'Phone number' }).fill('+1 202 555 0117');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await said(page, '+1 202-555-0117', 'Yes, take your time.');
    return page;
  },
  async offline(set) {
    const page = await set.open();
    await page.goto(`${(await set.house()).url}/offline.html`);
    return page;
  },
  async crash(set) {
    const page = await set.open({ userAgent: 'Browser/1.0' }); // its details tell which it was
    await typeNumber(page, '+1 202 555 0117');
    await page.waitForFunction(() => document.activeElement.value === '+1 202-555-0117'); // it is grouped once that code is there
    await page.evaluate(() => {
      dispatchEvent(new CustomEvent('voxdial-stop', { detail: { kind: 'crash', reason: 'RuntimeError: unreachable' } }));
    });
    return page;
  },
};

/** What is compared with pictures that were kept (scripts/gallery --check): nothing in them depends on the time. */
export const kept = [
  ['call-web', 'desktop', 'light', 'en'],
  ['call-web-options', 'phone', 'dark', 'de'],
  ['call-phone', 'desktop', 'dark', 'de'],
  ['number-wrong', 'phone', 'light', 'en'],
  ['record', 'desktop', 'contrast', 'en'],
  ['record', 'desktop', 'light', 'de'],
  ['record', 'phone', 'dark', 'de'],
  ['record-call', 'desktop', 'dark', 'en'],
  ['agents-names', 'desktop', 'light', 'en'],
  ['agents-names', 'phone', 'contrast', 'de'],
  ['agent-edit', 'desktop', 'dark', 'en'],
  ['agent-edit', 'phone', 'light', 'de'],
  ['settings', 'desktop', 'light', 'de'],
  ['settings', 'phone', 'contrast', 'en'],
  ['crash', 'desktop', 'light', 'en'],
  ['offline', 'phone', 'dark', 'en'],
];

/** A phone call in full swing. */
export async function readmeShot(set) {
  const page = await set.open({ kind: 'readme' });
  const whom = await call(page, '0100');
  await said(page, whom, 'Yes, go ahead.');
  await said(page, whom, 'so nothing can go wrong');
  return page;
}
