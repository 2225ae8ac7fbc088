// Whole phone calls: the conversation as it grows, what is sent into it, and the webhooks of both vendors.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { client, until } from './client.mjs';
import { startVendors } from '../vendors.mjs';
import { twilioSignature, ultravoxSignature } from '../signatures.mjs';

const SPEED = 40;
const SECRET = 'a secret of ours';
let vendors, api, hook;

/** A customer's webhook: keeps what it gets, answers with what `reply` says. */
async function openHook() {
  const got = [];
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    got.push({ path: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() });
    res.writeHead(self.reply).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const self = {
    got,
    reply: 204,
    url: `http://127.0.0.1:${server.address().port}`,
    statuses: () =>
      got.filter((g) => g.path.startsWith('/twilio')).map((g) => new URLSearchParams(g.body).get('CallStatus')),
    close: () => (server.closeAllConnections(), new Promise((done) => server.close(done))),
  };
  return self;
}

before(async () => {
  vendors = await startVendors({ speed: SPEED, settings: { twilio: { callsPerSecond: 0 } } });
  api = client(vendors);
  hook = await openHook();
});
afterEach(() => {
  vendors.reset();
  hook.got.length = 0;
  hook.reply = 204;
});
after(async () => {
  await vendors.close();
  await hook.close();
});

const twilioCall = async (sid) => (await api.twilio('GET', `${api.account}/Calls/${sid}.json`)).body;
const ended = (sid) =>
  until(async () => {
    const call = await twilioCall(sid);
    return call.end_time && call;
  });
const messages = async (callId) =>
  (await api.ultravox('GET', `/api/calls/${callId}/messages?mode=in_call&pageSize=100`)).body.results;
const send = (callId, message) => api.ultravox('POST', `/api/calls/${callId}/send_data_message`, message);
const told = (list) => list.map((m) => `${m.role.replace('MESSAGE_ROLE_', '')} ${m.toolName ?? m.text}`);
const FOUR = [
  ['StatusCallbackEvent', 'initiated'],
  ['StatusCallbackEvent', 'ringing'],
  ['StatusCallbackEvent', 'answered'],
  ['StatusCallbackEvent', 'completed'],
];
/** Dials with repeated parameters. */
const dial = (to, joinUrl, more = []) =>
  api.twilio(
    'POST',
    `${api.account}/Calls.json`,
    new URLSearchParams([
      ['To', to],
      ['From', vendors.twilioPhoneNumber],
      ['Twiml', api.twiml(joinUrl)],
      ['Timeout', '30'],
      ...more,
    ]).toString(),
  );

test("a talk grows message by message and ends by the agent's hangUp tool", async () => {
  const { callId, joinUrl } = await api.phoneCall({
    recordingEnabled: true,
    selectedTools: [
      { toolName: 'hangUp' },
      {
        temporaryTool: {
          modelToolName: 'book',
          http: { baseUrlPattern: 'https://x.example/book', httpMethod: 'POST' },
          dynamicParameters: [{ name: 'day', location: 'PARAMETER_LOCATION_BODY', schema: { type: 'string' } }],
        },
      },
    ],
  });
  const { body } = await dial('+12025550100', joinUrl);
  const early = await until(async () => {
    const list = await messages(callId);
    return list.length && list;
  });
  assert.deepEqual(told(early)[0], 'USER Hello?');
  assert.equal((await api.ultravox('GET', `/api/calls/${callId}/recording`)).status, 404);
  const call = await ended(body.sid);
  const all = await messages(callId);
  assert.ok(early.length < all.length);
  assert.deepEqual(told(all), [
    'USER Hello?',
    'AGENT Hello, this is a test.',
    'USER Yes, go ahead.',
    'AGENT Thank you. Nobody is on the line with us, so nothing can go wrong. Did you hear me well?',
    'USER Yes, that is fine.',
    'TOOL_CALL book',
    'TOOL_RESULT book',
    'AGENT I have noted that.',
    'AGENT Then the rehearsal is complete. Thank you, and goodbye.',
    'TOOL_CALL hangUp',
    'TOOL_RESULT hangUp',
  ]);
  assert.equal(all[5].invocationId, all[6].invocationId);
  assert.deepEqual(
    all.map((m) => m.callStageMessageIndex),
    all.map((m, i) => i),
  );
  assert.match(all[1].timespan.start, /^\d+(\.\d+)?s$/);
  assert.ok(Number(call.duration) > 10 && Number(call.duration) < 60, call.duration);
  const recording = await fetch(`${vendors.ultravoxBaseUrl}/api/calls/${callId}/recording`, {
    headers: { 'x-api-key': vendors.ultravoxApiKey },
  });
  const wav = Buffer.from(await recording.arrayBuffer());
  assert.equal(wav.readUInt32LE(4), wav.length - 8);
  vendors.settings.change({ ultravox: { recordingRedirect: true } });
  const redirect = await api.ultravox('GET', `/api/calls/${callId}/recording`);
  assert.equal(redirect.status, 302);
  assert.equal((await fetch(redirect.headers.get('location'))).status, 200);
  const events = (await api.ultravox('GET', `/api/calls/${callId}/events`)).body.results.map((e) => e.type);
  assert.deepEqual([events[0], events.at(-1)], ['call_created', 'call_ended']);
});

test('a machine gets what the call asks for: a message, a hang-up, or the whole talk', async () => {
  const meet = async (more) => {
    const { callId, joinUrl } = await api.phoneCall(more);
    await ended((await dial('+12025550104', joinUrl)).body.sid);
    return {
      heard: told(await messages(callId)),
      reason: (await api.ultravox('GET', `/api/calls/${callId}`)).body.endReason,
    };
  };
  const box = 'USER You have reached the voice mailbox of a made-up person. Please leave a message after the tone.';
  const [leave, hang, on] = await Promise.all([
    meet({
      selectedTools: [
        { toolName: 'hangUp' },
        { toolName: 'leaveVoicemail', parameterOverrides: { message: 'Call us back.' } },
      ],
    }),
    meet({ systemPrompt: 'If a machine answers, hang up.' }),
    meet({}),
  ]);
  assert.deepEqual(leave, {
    heard: [box, 'TOOL_CALL leaveVoicemail', 'TOOL_RESULT leaveVoicemail', 'AGENT Call us back.'],
    reason: 'agent_hangup',
  });
  assert.deepEqual(hang, { heard: [box, 'TOOL_CALL hangUp', 'TOOL_RESULT hangUp'], reason: 'agent_hangup' });
  assert.deepEqual(on, { heard: [box, 'AGENT Hello, this is a test.'], reason: 'hangup' });
});

test('text, words to say and a polite end can be sent into a running talk', async () => {
  const { callId, joinUrl } = await api.phoneCall();
  const { body } = await dial('+12025550117', joinUrl);
  await until(async () => (await messages(callId)).length >= 2);
  assert.equal(
    (await send(callId, { type: 'user_text_message', text: 'Be quick.', urgency: 'immediate' })).status,
    204,
  );
  await until(async () => told(await messages(callId)).includes('AGENT I was told: Be quick.'));
  assert.equal((await send(callId, { type: 'forced_agent_message', content: 'One last thing.' })).status, 204);
  await until(async () => told(await messages(callId)).includes('AGENT One last thing.'));
  assert.equal((await send(callId, { type: 'hang_up', message: 'I have to go.' })).status, 204);
  await ended(body.sid);
  assert.equal(told(await messages(callId)).at(-1), 'AGENT I have to go.');
  assert.equal((await send(callId, { type: 'hang_up' })).status, 422);
});

test('the time limit of the Ultravox call is spoken and ends both calls', async () => {
  const { callId, joinUrl } = await api.phoneCall({ maxDuration: '8s', timeExceededMessage: 'Our time is up.' });
  const { body } = await dial('+12025550117', joinUrl);
  assert.equal((await ended(body.sid)).status, 'completed');
  assert.equal((await api.ultravox('GET', `/api/calls/${callId}`)).body.endReason, 'timeout');
  assert.equal(told(await messages(callId)).at(-1), 'AGENT Our time is up.');
});

test('Twilio tells each step to a public address, signed for that address', async () => {
  const publicUrl = 'https://voice.example.com';
  await api.control('POST', '/addresses', { [publicUrl]: hook.url });
  const { joinUrl } = await api.phoneCall();
  const { body } = await dial('+12025550116', joinUrl, [['StatusCallback', `${publicUrl}/twilio?a=b`], ...FOUR]);
  await until(() => hook.got.length === 4);
  assert.deepEqual(hook.statuses(), ['initiated', 'ringing', 'in-progress', 'completed']);
  for (const [i, { path, headers, body: form }] of hook.got.entries()) {
    const params = new URLSearchParams(form);
    assert.equal(path, '/twilio?a=b');
    assert.equal(
      headers['x-twilio-signature'],
      twilioSignature(vendors.twilioAuthToken, `${publicUrl}/twilio?a=b`, params),
    );
    assert.deepEqual(
      [params.get('CallSid'), params.get('SequenceNumber'), params.get('To')],
      [body.sid, String(i), '+12025550116'],
    );
  }
  const last = new URLSearchParams(hook.got.at(-1).body);
  assert.deepEqual(
    [last.get('SipResponseCode'), last.get('CallDuration')],
    ['200', (await twilioCall(body.sid)).duration],
  );
});

test('without a list of events only the end is told, and a busy line says so', async () => {
  const { joinUrl } = await api.phoneCall();
  await dial('+12025550101', joinUrl, [['StatusCallback', `${hook.url}/twilio`]]);
  await until(() => hook.got.length);
  assert.deepEqual(hook.statuses(), ['busy']);
  assert.equal(new URLSearchParams(hook.got[0].body).get('SipResponseCode'), '486');
});

test('webhooks are lost, late, doubled, reordered, forged and retried on order', async () => {
  const { joinUrl } = await api.phoneCall();
  await api.control('POST', '/webhooks', [
    { event: 'initiated', does: 'lose' },
    { event: 'ringing', does: 'reorder', times: 1 },
    { event: 'completed', does: 'double', times: 1 },
  ]);
  await dial('+12025550118', joinUrl, [['StatusCallback', `${hook.url}/twilio`], ...FOUR]);
  await until(() => hook.got.length === 4);
  assert.deepEqual(hook.statuses(), ['in-progress', 'ringing', 'completed', 'completed']);
  const tokens = hook.got.map((g) => g.headers['i-twilio-idempotency-token']);
  assert.deepEqual([tokens[2] === tokens[3], new Set(tokens).size], [true, 3]);
  assert.ok(vendors.journal.webhooks.some((w) => w.outcome === 'lost'));

  hook.got.length = 0;
  await api.control('DELETE', '/webhooks');
  await api.control('POST', '/webhooks', [
    { event: 'initiated', does: 'lose' },
    { event: 'ringing', does: 'late', seconds: 30 },
  ]);
  await dial('+12025550101', (await api.phoneCall()).joinUrl, [['StatusCallback', `${hook.url}/twilio`], ...FOUR]);
  await until(() => hook.got.length === 2);
  assert.deepEqual(hook.statuses(), ['busy', 'ringing']);

  hook.got.length = 0;
  await api.control('DELETE', '/webhooks');
  await api.control('POST', '/webhooks', [{ event: 'completed', does: 'forge' }]);
  hook.reply = 503;
  await dial('+12025550101', (await api.phoneCall()).joinUrl, [['StatusCallback', `${hook.url}/twilio#rc=2&rp=5xx`]]);
  await until(() => hook.got.length === 3); // once and twice again
  const { headers, body } = hook.got[0];
  assert.notEqual(
    headers['x-twilio-signature'],
    twilioSignature(vendors.twilioAuthToken, `${hook.url}/twilio`, new URLSearchParams(body)),
  );
});

test('nothing is ever sent beyond this machine', async () => {
  const { joinUrl } = await api.phoneCall();
  await dial('+12025550101', joinUrl, [['StatusCallback', 'https://voice.example.com/twilio']]);
  await until(() => vendors.journal.webhooks.length);
  assert.equal(vendors.journal.webhooks[0].outcome, 'not sent: not a loopback address');
});

test('an answering-machine verdict comes to its own address while the talk goes on', async () => {
  const { joinUrl } = await api.phoneCall();
  const { body } = await dial('+12025550104', joinUrl, [
    ['MachineDetection', 'DetectMessageEnd'],
    ['AsyncAmd', 'true'],
    ['AsyncAmdStatusCallback', `${hook.url}/amd`],
  ]);
  await until(() => hook.got.length);
  assert.equal(new URLSearchParams(hook.got[0].body).get('AnsweredBy'), 'machine_end_beep');
  assert.equal((await ended(body.sid)).answered_by, 'machine_end_beep');
  const sync = await dial('+12025550118', (await api.phoneCall()).joinUrl, [['MachineDetection', 'Enable']]);
  assert.equal((await ended(sync.body.sid)).answered_by, 'human');
});

test('Ultravox tells joined, ended and billed, signed, and tries again until it is heard', async () => {
  const target = { url: `${hook.url}/ultravox`, secrets: [SECRET] };
  hook.reply = 500;
  const { callId, joinUrl } = await api.phoneCall({ callbacks: { joined: target, ended: target, billed: target } });
  await dial('+12025550118', joinUrl);
  await until(() => hook.got.length === 1);
  hook.reply = 204;
  const events = () => hook.got.map((g) => JSON.parse(g.body).event);
  await until(() => hook.got.length === 4);
  assert.deepEqual(events().sort(), ['call.billed', 'call.ended', 'call.joined', 'call.joined']);
  for (const { headers, body } of hook.got) {
    const at = headers['x-ultravox-webhook-timestamp'];
    assert.equal(headers['x-ultravox-webhook-signature'], ultravoxSignature([SECRET], body, at));
    assert.ok(Math.abs(Date.now() - Date.parse(at)) < 60_000);
    assert.equal(JSON.parse(body).call.callId, callId);
  }
  const billed = hook.got.map((g) => JSON.parse(g.body)).find((b) => b.event === 'call.billed').call;
  assert.deepEqual([billed.billingStatus, parseInt(billed.billedDuration, 10) % 6], ['BILLING_STATUS_BILLED', 0]);
});
