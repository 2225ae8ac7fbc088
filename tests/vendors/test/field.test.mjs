// What vendors do in the field beside what their documents say, each ordered over the control port.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { client, until } from './client.mjs';
import { startVendors } from '../vendors.mjs';

let vendors, api;
before(async () => {
  vendors = await startVendors({ speed: 50, settings: { twilio: { callsPerSecond: 0 } } });
  api = client(vendors);
});
afterEach(() => vendors.reset());
after(() => vendors.close());

const order = async (path, body) => {
  const { status, body: answer } = await api.control('POST', path, body);
  assert.ok(status === 200 || status === 204, JSON.stringify(answer));
  return answer;
};
const fault = (...faults) => order('/faults', faults);
const set = (changes) => order('/settings', changes);
const call = async (sid) => (await api.twilio('GET', `${api.account}/Calls/${sid}.json`)).body;
const agent = async (id) => (await api.ultravox('GET', `/api/calls/${id}`)).body;
const stop = (sid, Status) => api.twilio('POST', `${api.account}/Calls/${sid}.json`, { Status });
const becomes = (sid, status) => until(async () => (await call(sid)).status === status);
const listed = async (to) => (await api.twilio('GET', `${api.account}/Calls.json?To=${encodeURIComponent(to)}`)).body.calls;
/** A phone call in that state: {sid, callId}. */
async function dialled(to, status) {
  const { joinUrl, callId } = await api.phoneCall();
  const { sid } = (await api.dial(to, joinUrl)).body;
  await becomes(sid, status);
  return { sid, callId };
}

test('a late request is cut off at once and worked off afterwards', async () => {
  const { joinUrl } = await api.phoneCall();
  await fault({ kind: 'late', method: 'POST', path: '/Calls\\.json$', seconds: 0.2 });
  await assert.rejects(api.dial('+12025550117', joinUrl));
  assert.deepEqual(await listed('+12025550117'), []);
  const [found] = await until(async () => {
    const calls = await listed('+12025550117');
    return calls.length && calls;
  });
  await becomes(found.sid, 'in-progress');
});

test('a reply can be about another call, and a request be answered as if nothing had been asked', async () => {
  const { sid } = await dialled('+12025550114', 'ringing');
  await fault(
    { kind: 'altered', method: 'GET', path: 'Calls/', change: { sid: 'CA00', status: 'completed' } },
    { kind: 'altered', method: 'GET', path: 'Calls\\.json', change: { calls: { 0: { to: '+12025550199' } } } },
    { kind: 'ignored', method: 'POST', path: 'Calls/' },
  );
  const altered = await call(sid);
  assert.deepEqual([altered.sid, altered.status, altered.to], ['CA00', 'completed', '+12025550114']);
  assert.deepEqual(
    (await listed('+12025550114')).map((c) => [c.sid, c.to]),
    [[sid, '+12025550199']],
  );
  const ignored = await stop(sid, 'canceled');
  assert.deepEqual([ignored.status, ignored.body.sid, ignored.body.status], [200, sid, 'ringing']);
  assert.equal((await stop(sid, 'canceled')).body.status, 'canceled');
  assert.deepEqual(vendors.journal.violations, []);
});

test('a fault can last for a time', async () => {
  await fault({ kind: 'status', status: 404, path: '/api/models', lasts: 0.15 });
  const statusOfModels = async () => (await api.ultravox('GET', '/api/models')).status;
  assert.deepEqual([await statusOfModels(), await statusOfModels()], [404, 404]);
  await until(async () => (await statusOfModels()) === 200);
});

test('messages have pages without end, with words or without', async () => {
  const { callId } = await dialled('+12025550117', 'in-progress');
  for (const endless of ['words', 'empty']) {
    await set({ ultravox: { endlessMessages: endless } });
    const cursors = new Set();
    let next = `${vendors.ultravoxBaseUrl}/api/calls/${callId}/messages?pageSize=100`;
    for (let page = 0; page < 20; page++) {
      const { pathname, search, searchParams } = new URL(next);
      const { body } = await api.ultravox('GET', pathname + search);
      cursors.add(searchParams.get('cursor'));
      if (page > 0) assert.equal(body.results.length, endless === 'words' ? 1 : 0);
      next = body.next;
    }
    assert.equal(cursors.size, 20);
  }
});

test('a message of any kind can be put into a call', async () => {
  const { callId } = await dialled('+12025550117', 'in-progress');
  await order('/messages', { callId, role: 'MESSAGE_ROLE_UNSPECIFIED', text: 'a note' });
  const { results } = (await api.ultravox('GET', `/api/calls/${callId}/messages`)).body;
  assert.ok(results.some((m) => m.role === 'MESSAGE_ROLE_UNSPECIFIED' && m.text === 'a note'));
});

test('a price comes as late as was set, and never for a call that nobody answered', async () => {
  await set({ twilio: { pricedAfter: 20 } });
  const [busy, talked] = [await dialled('+12025550101', 'busy'), await dialled('+12025550117', 'in-progress')];
  await stop(talked.sid, 'completed');
  const ended = performance.now();
  assert.equal((await call(talked.sid)).price, null);
  await until(async () => (await call(talked.sid)).price);
  assert.ok(performance.now() - ended > 390);
  assert.equal((await call(busy.sid)).price, null);
});

test("a call's notifications are told in Twilio's words, and codes are text", async () => {
  const { sid } = await dialled('+12025550103', 'failed');
  const read = async () =>
    (await api.twilio('GET', `${api.account}/Calls/${sid}/Notifications.json`)).body.notifications;
  assert.deepEqual(await read(), []);
  await set({ twilio: { notifications: [{ log: '1', error_code: '11200' }, { log: '0', error_code: '21215' }] } });
  assert.deepEqual(
    (await read()).map((n) => [n.log, n.error_code, n.call_sid]),
    [
      ['1', '11200', sid],
      ['0', '21215', sid],
    ],
  );
});

test("a vendor's clock goes wrong in all that it dates", async () => {
  await set({ twilio: { clockOffset: -300 }, ultravox: { clockOffset: 300 } });
  const { sid, callId } = await dialled('+12025550117', 'in-progress');
  const off = (text) => Math.round((new Date(text) - Date.now()) / 10_000) * 10;
  const twilio = await api.twilio('GET', `${api.account}/Calls/${sid}.json`);
  assert.deepEqual([twilio.headers.get('date'), twilio.body.date_created, twilio.body.start_time].map(off), [-300, -300, -300]);
  const ultravox = await api.ultravox('GET', `/api/calls/${callId}`);
  assert.deepEqual([ultravox.headers.get('date'), ultravox.body.created, ultravox.body.joined].map(off), [300, 300, 300]);
});

test('a call stays where it was set to stay, whatever is asked of it', async () => {
  await set({ twilio: { staysAt: { '+12025550100': 'queued', '+12025550114': 'ringing', '+12025550117': 'in-progress' } } });
  const { joinUrl } = await api.phoneCall();
  const queued = (await api.dial('+12025550100', joinUrl)).body.sid;
  const ringing = (await dialled('+12025550114', 'ringing')).sid;
  const talking = (await dialled('+12025550117', 'in-progress')).sid;
  for (const sid of [queued, ringing, talking]) assert.equal((await stop(sid, 'completed')).status, 200);
  assert.deepEqual(
    [(await call(queued)).status, (await call(ringing)).status, (await call(talking)).status],
    ['queued', 'ringing', 'in-progress'],
  );
  await set({ twilio: { staysAt: {} } });
  assert.equal((await stop(talking, 'completed')).body.status, 'completed');
});

test('an Ultravox call goes on where it was set to, also when nobody joins it', async () => {
  await set({ ultravox: { neverEnds: true } });
  const { callId } = await api.phoneCall({ joinTimeout: '1s' });
  const talking = await dialled('+12025550118', 'in-progress'); // the agent would hang up at once
  await stop(talking.sid, 'completed');
  assert.deepEqual([(await agent(callId)).ended, (await agent(talking.callId)).ended], [null, null]);
  await set({ ultravox: { neverEnds: false } });
  await order('/end', { vendor: 'ultravox', id: callId, how: 'unjoined' });
  assert.equal((await agent(callId)).endReason, 'unjoined');
});

test('the end of one side need not be noticed by the other', async () => {
  await set({ twilio: { endsTogether: false } });
  const [one, two] = [await dialled('+12025550117', 'in-progress'), await dialled('+12025550117', 'in-progress')];
  await order('/end', { vendor: 'ultravox', id: one.callId });
  await order('/end', { vendor: 'twilio', id: two.sid });
  assert.deepEqual([(await agent(one.callId)).endReason, (await call(one.sid)).status], ['hangup', 'in-progress']);
  assert.deepEqual([(await agent(two.callId)).ended, (await call(two.sid)).status], [null, 'completed']);
});

test("another program's call stands in the list by its age, and goes on until it is ended", async () => {
  const mine = await dialled('+12025550114', 'ringing');
  const old = await order('/calls', { to: '+12025550114', status: 'ringing', age: 60 });
  const young = await order('/calls', { to: '+12025550114', from: '+12025550198', age: -1 });
  assert.deepEqual(
    (await listed('+12025550114')).map((c) => [c.sid, c.status, c.from]),
    [
      [young.sid, 'in-progress', '+12025550198'],
      [mine.sid, 'ringing', vendors.twilioPhoneNumber],
      [old.sid, 'ringing', vendors.twilioPhoneNumber],
    ],
  );
  assert.equal((await stop(old.sid, 'completed')).body.status, 'canceled');
  assert.deepEqual([...vendors.journal.dialled.keys()], ['+12025550114']);
  assert.equal(vendors.journal.dialled.get('+12025550114').length, 1);
});

test('a number can behave as another one does', async () => {
  await set({ twilio: { alike: { '+12125550142': '+12025550101' } } });
  await dialled('+12125550142', 'busy');
});

test('a detection tells a fax from a machine, and says when it cannot tell', async () => {
  for (const [to, verdict] of [
    ['+12025550126', 'fax'],
    ['+12025550127', 'unknown'],
    ['+12025550104', 'machine_start'],
    ['+12025550117', 'human'],
  ]) {
    const { joinUrl } = await api.phoneCall();
    const detect = { MachineDetection: 'Enable', AsyncAmd: 'true', AsyncAmdStatusCallback: 'https://a.example/amd' };
    const { sid } = (await api.dial(to, joinUrl, detect)).body;
    assert.equal(await until(async () => (await call(sid)).answered_by), verdict);
  }
});
