// Twilio's REST service, asked as a proxy would and as it must not.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { client, until } from './client.mjs';
import { NUMBERS } from '../numbers.mjs';
import { startVendors } from '../vendors.mjs';

let vendors, api;
before(async () => {
  vendors = await startVendors({ speed: 20, settings: { twilio: { callsPerSecond: 0 } } });
  api = client(vendors);
});
afterEach(() => vendors.reset());
after(() => vendors.close());

const get = (sid) => api.twilio('GET', `${api.account}/Calls/${sid}.json`);
const statusOf = async (sid) => (await get(sid)).body.status;
const becomes = (sid, status) => until(async () => (await statusOf(sid)) === status);

test("a call is placed in Twilio's words and can be read, listed and ended", async () => {
  const { joinUrl, callId } = await api.phoneCall();
  const placed = await api.dial('+12025550117', joinUrl);
  assert.equal(placed.status, 201);
  const { sid } = placed.body;
  assert.match(sid, /^CA[0-9a-f]{32}$/);
  assert.deepEqual(
    [placed.body.status, placed.body.direction, placed.body.duration, placed.body.price, placed.body.to_formatted],
    ['queued', 'outbound-api', null, null, '(202) 555-0117'],
  );
  assert.match(placed.body.date_created, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
  await becomes(sid, 'in-progress');
  assert.equal((await api.ultravox('GET', `/api/calls/${callId}`)).body.ended, null);
  assert.equal(
    (await api.twilio('GET', `${api.account}/Calls.json?To=%2B12025550117&Status=in-progress`)).body.calls[0].sid,
    sid,
  );
  assert.deepEqual((await api.twilio('GET', `${api.account}/Calls.json?To=%2B12025550100`)).body.calls, []);
  const ended = await api.twilio('POST', `${api.account}/Calls/${sid}.json`, { Status: 'completed' });
  assert.deepEqual([ended.status, ended.body.status], [200, 'completed']);
  assert.equal((await api.ultravox('GET', `/api/calls/${callId}`)).body.endReason, 'hangup');
  const again = await api.twilio('POST', `${api.account}/Calls/${sid}.json`, { Status: 'completed' });
  assert.deepEqual([again.status, again.body.code, again.body.status], [400, 21220, 400]);
  const priced = await until(async () => {
    const { body } = await get(sid);
    return body.price && body;
  });
  assert.ok(Number(priced.duration) >= 1 && Number(priced.price) < 0);
  assert.equal((await api.twilio('DELETE', `${api.account}/Calls/${sid}.json`)).status, 204);
  assert.deepEqual(vendors.journal.violations, []);
});

test('each number that is refused is refused with its code, and nothing is dialled', async () => {
  const { joinUrl } = await api.phoneCall();
  for (const [number, { plan }] of NUMBERS) {
    if (!plan.refuse) continue;
    const { status, body, headers } = await api.dial(number, joinUrl);
    assert.deepEqual([status, body.code, body.status], [plan.refuse.status, plan.refuse.code, plan.refuse.status]);
    assert.match(body.more_info, new RegExp(`/${plan.refuse.code}$`));
    assert.equal(headers.get('retry-after'), plan.refuse.retryAfter ? String(plan.refuse.retryAfter) : null);
  }
  assert.equal(vendors.journal.dialled.size, 0);
  assert.deepEqual(vendors.journal.violations, []);
});

test('each number that is dialled comes to its own end', async () => {
  const dialled = [...NUMBERS].filter(
    ([, { plan }]) => plan.rings !== undefined && !plan.fault && plan.talk !== 'endless',
  );
  await Promise.all(
    dialled.map(async ([number, { plan }]) => {
      const { joinUrl, callId } = await api.phoneCall({ joinTimeout: '60s' });
      const { body } = await api.dial(number, joinUrl, { Timeout: '20' });
      await becomes(body.sid, plan.ends ?? 'completed');
      const { endReason } = (await api.ultravox('GET', `/api/calls/${callId}`)).body;
      const reasons = {
        ordinary: 'agent_hangup',
        voicemail: 'hangup',
        calleeLeaves: 'hangup',
        agentLeaves: 'agent_hangup',
        lineBreaks: 'connection_error',
      };
      assert.equal(endReason, plan.ends || plan.notice ? null : reasons[plan.talk], number);
    }),
  );
  assert.deepEqual(vendors.journal.violations, []);
});

test('a call can be canceled until it is answered', async () => {
  const { joinUrl } = await api.phoneCall();
  const { body } = await api.dial('+12025550114', joinUrl);
  await becomes(body.sid, 'ringing');
  const canceled = await api.twilio('POST', `${api.account}/Calls/${body.sid}.json`, { Status: 'completed' });
  assert.deepEqual([canceled.body.status, canceled.body.duration], ['canceled', null]);
  const talking = await api.dial('+12025550117', joinUrl);
  await becomes(talking.body.sid, 'in-progress');
  assert.equal(
    (await api.twilio('POST', `${api.account}/Calls/${talking.body.sid}.json`, { Status: 'canceled' })).body.code,
    21220,
  );
});

test('Timeout ends the ringing and TimeLimit the talking', async () => {
  const [one, two] = [await api.phoneCall(), await api.phoneCall()];
  const rung = await api.dial('+12025550114', one.joinUrl, { Timeout: '5' });
  const talked = await api.dial('+12025550117', two.joinUrl, { TimeLimit: '10' });
  await becomes(rung.body.sid, 'no-answer');
  await becomes(talked.body.sid, 'completed');
  const { duration } = (await get(talked.body.sid)).body;
  assert.ok(Number(duration) >= 10 && Number(duration) < 20, duration);
});

test('a stream whose join address has expired ends the call, and one that was used is refused', async () => {
  const { joinUrl, callId } = await api.phoneCall({ joinTimeout: '11s' });
  const { body } = await api.dial('+12025550105', joinUrl);
  await becomes(body.sid, 'completed');
  assert.equal((await api.ultravox('GET', `/api/calls/${callId}`)).body.endReason, 'unjoined');
  assert.deepEqual(vendors.journal.violations, []);
  assert.equal((await api.dial('+12025550100', joinUrl)).body.code, 12100);
  assert.match(vendors.journal.violations[0].detail, /expired/);
});

test("every bad field of a form is refused with Twilio's code and recorded", async () => {
  const { joinUrl } = await api.phoneCall();
  const { body: web } = await api.ultravox('POST', '/api/calls', {});
  const bad = [
    [{ To: '' }, 21201],
    [{ To: '2025550100' }, 21211],
    [{ To: vendors.twilioPhoneNumber }, 21211],
    [{ From: '' }, 21213],
    [{ From: '+1x' }, 21212],
    [{ Timeout: '601' }, 21208],
    [{ Timeout: '4.5' }, 21208],
    [{ TimeLimit: '0' }, 20001],
    [{ TimeLimit: '20000' }, 20001],
    [{ Timout: '30' }, 20001],
    [{ StatusCallback: 'nonsense' }, 21205],
    [{ StatusCallback: 'https://a_b.example/x' }, 21205],
    [{ StatusCallbackEvent: 'initiated ringing' }, 20001],
    [{ MachineDetection: 'enable' }, 20001],
    [{ MachineDetectionTimeout: '2' }, 21234],
    [{ MachineDetection: 'Enable', AsyncAmd: 'true' }, 21262],
    [{ AsyncAmd: 'yes' }, 20001],
    [{ Record: '1' }, 20001],
    [{ SendDigits: '1x' }, 20001],
    [{ Url: 'https://x.example/t' }, 32019],
    [{ Twiml: '' }, 21205],
    [{ Twiml: '<Response/>' }, 12100],
    [{ Twiml: api.twiml('wss://elsewhere.example/calls/1') }, 12100],
    [{ Twiml: api.twiml(web.joinUrl.replace('ws:', 'wss:')) }, 12100],
    [{ Twiml: `<Response>${' '.repeat(4000)}</Response>` }, 32018],
  ];
  for (const [more, code] of bad) {
    const before = vendors.journal.violations.length;
    const { status, body } = await api.dial('+12025550100', joinUrl, more);
    assert.deepEqual([status, body.code], [400, code], JSON.stringify(more).slice(0, 80));
    assert.ok(vendors.journal.violations.length > before);
  }
  assert.equal(vendors.journal.dialled.size, 0);
});

test("the form's encoding is checked to the letter", async () => {
  const { joinUrl } = await api.phoneCall();
  const pairs = (to) => `To=${to}&From=%2B15005550006&Timeout=30&Twiml=${encodeURIComponent(api.twiml(joinUrl))}`;
  const send = (form, headers, query = '') => api.twilio('POST', `${api.account}/Calls.json${query}`, form, headers);
  const bad = [
    [pairs('+12025550100')], // a plus is a space
    [pairs('%2B12025550100').replace('%3CResponse', '<Response')],
    [`${pairs('%2B12025550100')}&TimeLimit=%2`],
    [`${pairs('%2B12025550100')}&CallReason=%FF`],
    [`${pairs('%2B12025550100')}&Timeout=40`],
    [`${pairs('%2B12025550100')}&StatusCallbackEvent=ringing&StatusCallbackEvent=ringing`],
    [`${pairs('%2B12025550100')}&`],
    [pairs('%2B12025550100'), { 'content-type': 'application/json' }],
    [pairs('%2B12025550100'), {}, '?Timeout=3'],
  ];
  for (const [form, headers, query] of bad)
    assert.equal((await send(form, headers, query)).status, 400, form.slice(-60));
  assert.equal(vendors.journal.dialled.size, 0);
  const good = await send(`${pairs('%2B12025550100')}&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing`);
  assert.equal(good.status, 201);
});

test('users are told apart: token, API key, wrong, none, another account', async () => {
  const path = `${api.account}.json`;
  assert.equal((await api.twilio('GET', path)).body.type, 'Full');
  const key = { authorization: api.basic(vendors.twilioApiKeySid, vendors.twilioApiKeySecret) };
  assert.equal((await api.twilio('GET', path, undefined, key)).body.code, 20003); // a standard key may not see the account
  assert.equal((await api.twilio('GET', `${api.account}/Balance.json`, undefined, key)).body.balance, '42.50');
  const wrong = await api.twilio('GET', path, undefined, { authorization: api.basic(vendors.twilioAccountSid, 'x') });
  assert.deepEqual(
    [wrong.status, wrong.body.code, wrong.headers.get('www-authenticate')],
    [401, 20003, 'Basic realm="Twilio API"'],
  );
  const other = `/2010-04-01/Accounts/AC${'0'.repeat(32)}/Calls.json`;
  assert.equal((await api.twilio('GET', other)).body.code, 20404);
  assert.equal((await api.twilio('GET', `${api.account}/calls.json`)).body.code, 20404); // paths mind their case
  assert.equal((await api.twilio('PUT', `${api.account}/Calls.json`, {})).status, 405);
});

test('what the account may do decides: trial, suspension, caller numbers, countries, rate', async () => {
  const { joinUrl } = await api.phoneCall();
  assert.equal((await api.dial('+12025550100', joinUrl, { From: '+12025550177' })).body.code, 21210);
  assert.equal((await api.dial('+37120000000', joinUrl)).body.code, 21215);
  const country = async (iso) => await api.twilio('GET', `/v1/DialingPermissions/Countries/${iso}`);
  assert.deepEqual(
    [(await country('LV')).body.low_risk_numbers_enabled, (await country('US')).body.low_risk_numbers_enabled],
    [false, true],
  );
  assert.equal((await country('XX')).status, 404);
  assert.equal(
    (await api.twilio('GET', `${api.account}/IncomingPhoneNumbers.json`)).body.incoming_phone_numbers[0].phone_number,
    vendors.twilioPhoneNumber,
  );
  assert.equal(
    (await api.twilio('GET', `${api.account}/OutgoingCallerIds.json`)).body.outgoing_caller_ids[0].phone_number,
    '+12025550198',
  );
  vendors.settings.change({ twilio: { type: 'Trial' } });
  assert.equal((await api.dial('+12025550100', joinUrl)).body.code, 21219);
  vendors.settings.change({ twilio: { status: 'suspended' } });
  assert.equal((await api.dial('+12025550100', joinUrl)).body.code, 20005);
  assert.equal(vendors.journal.dialled.size, 0);
  assert.deepEqual(vendors.journal.violations, []);

  vendors.settings.change({ twilio: { type: 'Full', status: 'active', callsPerSecond: 1 } });
  const calls = await Promise.all(
    [1, 2, 3].map(async () => (await api.dial('+12025550117', (await api.phoneCall()).joinUrl)).body),
  );
  assert.ok(Math.max(...calls.map((c) => Number(c.queue_time))) > 1000);
});
