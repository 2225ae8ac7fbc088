// The shots of the record of calls (gallery-shots.mjs).
import { randomUUID } from 'node:crypto';
import { see, tab } from './person.mjs';

/** Requests of this kind get no answer, or the one given. */
export const silent = (page, where) => page.route(where, () => {});
const failing = (page, where) =>
  page.route(where, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/json',
      body: JSON.stringify({ error: { code: 'store_unavailable', message: 'The server cannot record calls at the moment, so it places none.' } }),
    }));
export const postsOnly = (url) => url.pathname === '/api/calls';
export const heading = (page, name) => see(page.getByRole('heading', { level: 1, name }));

/** Fills the history with calls of every ending. */
async function seed(set) {
  const house = await set.house();
  if (house.seeded) return;
  house.seeded = true;
  const numbers = ['0101', '0102', '0103', '0108', '0106', '0115', '0118', '0116', '0104', '0118', '0113', '0118', '0112', '0118'];
  const place = async (last, agent) => {
    await fetch(`${house.url}/api/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: house.url },
      body: JSON.stringify({ agent, medium: { type: 'twilio', phoneNumber: `+1202555${last}` } }),
    });
  };
  for (const [i, last] of numbers.entries()) await place(last, i % 3 ? 'assistant' : 'appointment-reminder');
  await place('0100', 'assistant');
  for (;;) {
    const { calls } = await (await fetch(`${house.url}/api/calls?live=true&limit=100`)).json();
    if (!calls.length) return;
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function inHistory(set) {
  await seed(set);
  const page = await set.open();
  await tab(page, 'History');
  await see(page.getByRole('button', { name: /0100, Ended/ }));
  return page;
}
/** What a server has answered once: pictures of it do not depend on the day. */
const RECORD = [
  ['מיכל ברקוביץ׳', '+972 3-555-0142', 'completed', { by: 'agent', code: 'agent_hung_up', sentence: 'The agent hung up.' }, 187],
  ['Rechtsschutzversicherungsgesellschaften', '+49 30 55501177', 'no-answer', { by: 'callee', code: 'no_answer', sentence: 'No answer after 30 s.' }],
  ['Assistant', '', 'completed', { by: 'person', code: 'ended_here', sentence: 'Somebody pressed End.' }, 64],
  ['Appointment reminder', '+1 202-555-0101', 'busy', { by: 'callee', code: 'busy', sentence: 'The line was busy (SIP 486).' }],
  ['Assistant', '+1 202-555-0103', 'failed', { by: 'carrier', code: 'carrier_failed', sentence: 'The call could not be connected.' }],
  ['Appointment reminder', '+1 202-555-0104', 'completed', { by: 'agent', code: 'voicemail_left', sentence: 'A machine answered and the agent left a message.' }, 31],
].map(([agentName, to, status, end, talk = 0], i) => {
  const createdAt = Date.UTC(2025, 10, 21 - Math.floor(i / 3), 15 - i, 20 + 3 * i);
  const at = (seconds) => new Date(createdAt + seconds * 1000).toISOString();
  return {
    id: `call${i}`, version: 9, medium: to ? 'twilio' : 'web', status, agent: `agent${i}`, agentName, to: to.replace(/[ -]/g, ''), toInternational: to, toRegion: '',
    createdAt: at(0), ringingAt: at(3), ...(talk && { answeredAt: at(9) }), endedAt: at(30 + talk), maxDurationS: 600, end,
    ...(status === 'completed' && { price: '-0.0140', priceUnit: 'USD' }),
  };
});
const SPOKEN = [
  ['agent', 'שלום מיכל, מדברים מהמרפאה. התור שלך מחר ב-10:30.'],
  ['user', 'תודה! That works for me.'],
  ['agent', 'Wonderful. See you tomorrow, and goodbye.'],
];

/** The record of calls as it was on one day. */
async function inRecord(set) {
  const page = await set.open();
  await page.route(postsOnly, (route) => route.fulfill({ json: { calls: RECORD } }));
  await page.route('**/api/calls/call0', (route) => route.fulfill({ json: { call: RECORD[0], timeline: [{ at: RECORD[0].createdAt, what: 'requested', source: 'voxdial', detail: '' }] } }));
  await page.route('**/api/calls/call0/messages', (route) => route.fulfill({ json: { callId: 'call0', entries: SPOKEN.map(([role, text], index) => ({ index, role, text, final: true })) } }));
  await page.goto(`${(await set.house()).url}/#history`);
  await page.reload(); // the list that was asked for before is another
  await see(page.getByRole('button', { name: /^\+49/ }));
  return page;
}

export const recordShots = {
  'history-full': inHistory,
  record: inRecord,
  async 'record-call'(set) {
    const page = await inRecord(set);
    await page.getByRole('button', { name: /^\+972/ }).click();
    await see(page.getByText('See you tomorrow'));
    return page;
  },
  async 'history-filtered-empty'(set) {
    const page = await inHistory(set);
    await page.getByRole('textbox', { name: 'Search' }).fill('nobody');
    await see(page.getByText('No matching calls'));
    return page;
  },
  async 'history-empty'(set) {
    const page = await set.open({ kind: 'empty' });
    await tab(page, 'History');
    await see(page.getByText('No calls yet'));
    return page;
  },
  async 'history-loading'(set) {
    const page = await set.open();
    await silent(page, postsOnly);
    await tab(page, 'History');
    await heading(page, 'History');
    return page;
  },
  async 'history-error'(set) {
    const page = await set.open();
    await failing(page, postsOnly);
    await tab(page, 'History');
    await see(page.getByRole('alert'));
    return page;
  },
  async 'call-detail'(set) {
    const page = await inHistory(set);
    await page.getByRole('button', { name: /0100, Ended/ }).first().click();
    await see(page.getByText('Outcome: The agent hung up.'));
    return page;
  },
  async 'call-detail-failed'(set) {
    const page = await inHistory(set);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('failed');
    await page.getByRole('button', { name: /Failed/ }).first().click();
    await see(page.getByText(/^End: /));
    return page;
  },
};
