// Ultravox's REST service, asked as a proxy would and as it must not.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { client, until } from './client.mjs';
import { startVendors } from '../vendors.mjs';

let vendors, api;
before(async () => {
  vendors = await startVendors({ speed: 50, webSpeed: 50 });
  api = client(vendors);
});
afterEach(() => vendors.reset());
after(() => vendors.close());

const create = (body, query = '') => api.ultravox('POST', `/api/calls${query}`, body);
const clientTool = { temporaryTool: { modelToolName: 'updateOrder', client: {}, dynamicParameters: [] } };

test('a call is created as the vendor documents it', async () => {
  const { status, body } = await create({
    systemPrompt: 'Be brief.',
    temperature: 0.4,
    voice: 'Sandy',
    model: 'ultravox-v0.7',
    languageHint: 'en-US',
    selectedTools: [clientTool, { toolName: 'hangUp' }],
    metadata: { ours: '1' },
    firstSpeakerSettings: { agent: { text: 'Hi.', delay: '0.5s' } },
  });
  assert.equal(status, 201);
  assert.match(body.callId, /^[0-9a-f-]{36}$/);
  assert.equal(body.joinUrl, `${vendors.ultravoxBaseUrl.replace('http', 'ws')}/calls/${body.callId}`);
  assert.deepEqual(
    [body.joined, body.ended, body.endReason, body.billingStatus],
    [null, null, null, 'BILLING_STATUS_PENDING'],
  );
  assert.deepEqual((await api.ultravox('GET', `/api/calls/${body.callId}`)).body, body);
  assert.deepEqual(vendors.journal.violations, []);
});

test('every bad field of a call is refused, named and recorded', async () => {
  const bad = [
    [{ sytemPrompt: 'x' }, /sytemPrompt: unknown field/],
    [{ systemPrompt: 1 }, /systemPrompt: expected a string/],
    [{ temperature: 1.5 }, /temperature: .*0 to 1/],
    [{ joinTimeout: 30 }, /joinTimeout: .*duration/],
    [{ maxDuration: '10m' }, /maxDuration: .*duration/],
    [{ maxDuration: '-5s' }, /must not be negative/],
    [{ medium: { webRtc: {}, twilio: {} } }, /at most one/],
    [{ medium: { twillio: {} } }, /medium\.twillio: unknown field/],
    [{ medium: { twilio: {} }, selectedTools: [clientTool] }, /client tools are not supported/],
    [{ medium: null }, /medium: expected an object/],
    [
      { selectedTools: [{ toolName: 'hangUp', toolId: '56294126-5a7d-4948-b67d-3b7e13d55ea7' }] },
      /exactly one of toolId/,
    ],
    [{ selectedTools: [{ temporaryTool: { modelToolName: 'a b', client: {} } }] }, /tool name/],
    [{ selectedTools: [{ temporaryTool: { modelToolName: 'a' } }] }, /exactly one of http, client, dataConnection/],
    [{ selectedTools: [{ toolName: 'hangUp' }, { toolName: 'hangUp' }] }, /two tools are named "hangUp"/],
    [
      {
        selectedTools: [
          {
            temporaryTool: {
              modelToolName: 'a',
              client: {},
              dynamicParameters: [{ name: 'x', location: 'PARAMETER_LOCATION_QUERY', schema: {} }],
            },
          },
        ],
      },
      /body parameters only/,
    ],
    [{ firstSpeakerSettings: {} }, /exactly one of agent, user/],
    [
      { firstSpeakerSettings: { user: { fallback: { delay: '5s', text: 'a', prompt: 'b' } } } },
      /at most one of text, prompt/,
    ],
    [{ firstSpeaker: 'FIRST_SPEAKER_AGENT', firstSpeakerSettings: { user: {} } }, /disagree/],
    [{ initialOutputMedium: 'text' }, /initialOutputMedium: expected one of/],
    [{ initialMessages: [{ role: 'user', text: 'x' }] }, /role: expected one of/],
    [{ inactivityMessages: [{ duration: '5s' }] }, /message: required/],
    [{ voice: 'Sandy', externalVoice: { lmnt: { voiceId: 'x' } } }, /may not both be set/],
    [{ voiceOverrides: { lmnt: {} } }, /only valid together with voice/],
    [{ metadata: { 'ultravox.x': '1' } }, /may not start/],
    [{ metadata: { n: 1 } }, /metadata\.n: expected a string/],
    [{ callbacks: { ended: { secrets: ['x'] } } }, /url: required/],
    [{ callbacks: { finished: { url: 'https://x.example' } } }, /unknown field/],
    [{ vadSettings: { frameActivationThreshold: 0 } }, /0\.1 to 1/],
    [[], /expected an object/],
  ];
  for (const [body, why] of bad) {
    const reply = await create(body);
    assert.equal(reply.status, 400, JSON.stringify(body));
    assert.match(reply.body.detail, why);
  }
  assert.equal(vendors.journal.violations.filter((v) => v.rule === 'body').length, bad.length);
});

test("keys, content types, paths, methods and broken JSON are answered in the vendor's shape", async () => {
  assert.equal((await api.ultravox('GET', '/api/models', undefined, { 'x-api-key': 'wrong' })).status, 403);
  const none = await fetch(`${vendors.ultravoxBaseUrl}/api/models`);
  assert.deepEqual(
    [none.status, await none.json()],
    [401, { detail: 'Authentication credentials were not provided.' }],
  );
  assert.equal((await api.ultravox('GET', '/api/nothing')).status, 404);
  assert.equal((await api.ultravox('PUT', '/api/calls', {})).status, 405);
  assert.equal((await api.ultravox('POST', '/api/calls', '{"a":')).status, 400);
  assert.equal((await api.ultravox('POST', '/api/calls', '{}', { 'content-type': 'text/plain' })).status, 415);
  assert.equal(
    (await api.ultravox('POST', '/api/calls', JSON.stringify({ systemPrompt: 'x'.repeat(1 << 20) }))).status,
    413,
  );
  assert.equal((await api.ultravox('GET', '/api/calls/00000000-0000-0000-0000-000000000000')).status, 404);
  assert.equal((await create({}, '?throtle=x')).status, 400);
  assert.deepEqual(
    vendors.journal.violations.map((v) => v.rule),
    ['auth', 'auth', 'path', 'method', 'json', 'content-type', 'body'],
  );
});

test('what only the account can know is refused without being a breach', async () => {
  assert.match((await create({ voice: 'nobody' })).body.detail, /no voice "nobody"/);
  assert.match((await create({ model: 'fixie-ai/ultravox-70B' })).body.detail, /no model/);
  assert.match((await create({ selectedTools: [{ toolName: 'flyToTheMoon' }] })).body.detail, /no tool/);
  vendors.settings.change({ ultravox: { allowedConcurrentCalls: 1 } });
  assert.equal((await create({})).status, 201);
  const full = await create({});
  assert.deepEqual([full.status, full.headers.get('retry-after')], [429, '5']);
  assert.equal((await api.ultravox('GET', '/api/accounts/me')).body.activeCalls, 1);
  assert.deepEqual(vendors.journal.violations, []);
});

test('a call nobody joins ends as unjoined when its joinTimeout has passed', async () => {
  const { body } = await create({ joinTimeout: '5s' });
  const ended = await until(async () => {
    const call = (await api.ultravox('GET', `/api/calls/${body.callId}`)).body;
    return call.ended && call;
  });
  assert.deepEqual([ended.endReason, ended.joined], ['unjoined', null]);
  const send = await api.ultravox('POST', `/api/calls/${body.callId}/send_data_message`, { type: 'hang_up' });
  assert.equal(send.status, 422);
});

test("data messages are checked before the call's state is", async () => {
  const { body } = await create({});
  const send = (message) => api.ultravox('POST', `/api/calls/${body.callId}/send_data_message`, message);
  assert.equal((await send({ type: 'hang_up' })).status, 422); // not joined
  assert.equal((await send({ type: 'hangup' })).status, 400);
  assert.equal((await send({ type: 'user_text_message' })).status, 400);
  assert.equal((await send({ type: 'user_text_message', text: 'x', urgency: 'URGENCY_SOON' })).status, 400);
  assert.equal(vendors.journal.violations.length, 3);
});

test('messages come in pages that a cursor follows, with and without the initial ones', async () => {
  const initialMessages = [1, 2, 3, 4, 5].map((n) => ({ role: 'MESSAGE_ROLE_USER', text: String(n) }));
  const { body } = await create({ initialMessages });
  const first = (await api.ultravox('GET', `/api/calls/${body.callId}/messages?pageSize=2`)).body;
  assert.deepEqual([first.results.map((m) => m.text), first.total, first.previous], [['1', '2'], 5, null]);
  const next = new URL(first.next);
  assert.equal(next.origin, vendors.ultravoxBaseUrl);
  const second = (await api.ultravox('GET', next.pathname + next.search)).body;
  assert.deepEqual(
    second.results.map((m) => m.text),
    ['3', '4'],
  );
  assert.deepEqual((await api.ultravox('GET', `/api/calls/${body.callId}/messages?mode=in_call`)).body.results, []);
  assert.equal((await api.ultravox('GET', `/api/calls/${body.callId}/messages?mode=all`)).status, 400);
});

test('a call can be deleted unless somebody is in it, and leaves a tombstone', async () => {
  const { body } = await create({});
  assert.equal((await api.ultravox('DELETE', `/api/calls/${body.callId}`)).status, 204);
  assert.equal((await api.ultravox('GET', `/api/calls/${body.callId}`)).status, 404);
  assert.equal((await api.ultravox('GET', `/api/deleted_calls/${body.callId}`)).body.callId, body.callId);
});

test('a call that continues another takes its history, and may not bring its own', async () => {
  const { body: prior } = await create({
    systemPrompt: 'p',
    initialMessages: [{ role: 'MESSAGE_ROLE_USER', text: 'before' }],
  });
  const { body } = await create({}, `?priorCallId=${prior.callId}`);
  assert.equal(body.systemPrompt, 'p');
  assert.equal((await api.ultravox('GET', `/api/calls/${body.callId}/messages`)).body.results[0].text, 'before');
  assert.equal((await create({ initialMessages: [] }, `?priorCallId=${prior.callId}`)).status, 400);
});

test('voices, models and stored agents can be listed, found and used', async () => {
  const voices = (await api.ultravox('GET', '/api/voices?primaryLanguage=en-GB')).body.results;
  assert.deepEqual([voices[0].name, voices.length > 1], ['Wren', true]);
  const preview = await fetch(voices[0].previewUrl, { headers: { 'x-api-key': vendors.ultravoxApiKey } });
  assert.equal(preview.headers.get('content-type'), 'audio/wav');
  assert.equal(Buffer.from(await preview.arrayBuffer()).toString('latin1', 0, 4), 'RIFF');
  assert.ok((await api.ultravox('GET', '/api/models')).body.results.some((m) => m.name === 'ultravox-v0.7'));
  const [agent] = (await api.ultravox('GET', '/api/agents')).body.results;
  const call = await api.ultravox('POST', `/api/agents/${agent.agentId}/calls`, {
    maxDuration: '60s',
    toolOverrides: { add: [clientTool] },
  });
  assert.deepEqual(
    [call.status, call.body.agent.name, call.body.maxDuration, call.body.systemPrompt],
    [201, agent.name, '60s', agent.callTemplate.systemPrompt],
  );
  assert.equal((await api.ultravox('POST', `/api/agents/${agent.agentId}/calls`, { systemPrompt: 'x' })).status, 400);
});
