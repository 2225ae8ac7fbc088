// The control port: ordered faults as a client meets them, closed ports, restarts, the process itself.
import { after, afterEach, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { client, until } from './client.mjs';
import { startVendors } from '../vendors.mjs';

let vendors, api;
before(async () => {
  vendors = await startVendors({ speed: 50 });
  api = client(vendors);
});
afterEach(async () => {
  await api.control('POST', '/up', { vendor: 'twilio' });
  vendors.reset();
});
after(() => vendors.close());

const order = (fault) => api.control('POST', '/faults', fault);
const models = () => api.ultravox('GET', '/api/models');

test('each kind of fault is what a client meets', async () => {
  await order([
    { kind: 'reset' },
    { kind: 'status', status: 503, headers: { 'retry-after': '7' }, body: { detail: 'busy' } },
    { kind: 'status', body: '<h1>oops</h1>' },
    { kind: 'bad-json' },
    { kind: 'wrong-shape' },
    { kind: 'redirect', location: 'http://127.0.0.1:1/' },
    { kind: 'garbage' },
    { kind: 'cut' },
  ]);
  await assert.rejects(models());
  const busy = await models();
  assert.deepEqual([busy.status, busy.headers.get('retry-after'), busy.body], [503, '7', { detail: 'busy' }]);
  const page = await models();
  assert.deepEqual([page.status, page.body], [500, '<h1>oops</h1>']);
  await assert.rejects(models(), SyntaxError);
  assert.deepEqual((await models()).body, []);
  const redirect = await models();
  assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'http://127.0.0.1:1/']);
  await assert.rejects(models());
  await assert.rejects(models());
  assert.equal((await models()).status, 200);
  assert.deepEqual(
    vendors.journal.requests.map((r) => r.status),
    ['reset', 'status', 'status', 'bad-json', 'wrong-shape', 'redirect', 'garbage', 'cut', 200],
  );
});

test('a reply can hang, drip, be late and be far too large', async () => {
  await order([
    { kind: 'hang', times: 1 },
    { kind: 'slow', seconds: 0.001 },
    { kind: 'delay', seconds: 0.1 },
    { kind: 'huge', bytes: 3_000_000 },
  ]);
  await assert.rejects(fetch(`${vendors.ultravoxBaseUrl}/api/models`, { signal: AbortSignal.timeout(100) }), {
    name: 'TimeoutError',
  });
  const whole = await models();
  assert.ok(whole.body.results.length);
  const start = performance.now();
  assert.equal((await models()).status, 200);
  assert.ok(performance.now() - start > 95);
  assert.ok((await models()).body.filler.length >= 3_000_000);
});

test('a dropped reply has dialled, a reset request has not', async () => {
  const { joinUrl } = await api.phoneCall();
  await order([
    { kind: 'reset', method: 'POST', path: '/Calls\\.json$' },
    { kind: 'drop-reply', method: 'POST', path: '/Calls\\.json$' },
  ]);
  await assert.rejects(api.dial('+12025550100', joinUrl));
  assert.deepEqual((await api.control('GET', '/dialled')).body, {});
  await assert.rejects(api.dial('+12025550100', joinUrl));
  const { body } = await api.control('GET', '/dialled');
  assert.equal(body['+12025550100'].length, 1);
  await assert.rejects(api.dial('+12025550111', joinUrl)); // the magic number does the same
  assert.equal((await api.control('GET', '/dialled')).body['+12025550111'].length, 1);
});

test('a vendor whose port is closed refuses connections and knows its calls when it is back', async () => {
  const { joinUrl } = await api.phoneCall();
  const { body } = await api.dial('+12025550117', joinUrl);
  await api.control('POST', '/down', { vendor: 'twilio' });
  await assert.rejects(api.dial('+12025550117', joinUrl), (error) => error.cause.code === 'ECONNREFUSED');
  await api.control('POST', '/up', { vendor: 'twilio' });
  const known = () => api.twilio('GET', `${api.account}/Calls/${body.sid}.json`);
  assert.equal((await known()).status, 200);
  await api.control('POST', '/restart', { vendor: 'twilio' });
  assert.equal((await known()).status, 200);
  await api.control('POST', '/restart', { vendor: 'twilio', forget: true });
  assert.equal((await known()).status, 404);
});

test('what was asked is listed without credentials, and a reset forgets all', async () => {
  await api.ultravox('POST', '/api/calls', { systmPrompt: 'x' });
  const [request] = (await api.control('GET', '/requests?vendor=ultravox')).body;
  assert.deepEqual(
    [request.method, request.path, request.authenticated, request.status, request.body],
    ['POST', '/api/calls', true, 400, '{"systmPrompt":"x"}'],
  );
  assert.ok(!JSON.stringify(request).includes(vendors.ultravoxApiKey));
  assert.equal((await api.control('GET', '/violations')).body[0].detail, 'systmPrompt: unknown field');
  assert.equal((await api.control('POST', '/settings', { twilio: { tpye: 'Trial' } })).status, 400);
  assert.equal(
    (await fetch(`${vendors.controlUrl}/requests`, { headers: { origin: 'https://a.example' } })).status,
    403,
  );
  assert.equal((await api.control('POST', '/reset')).status, 204);
  assert.deepEqual((await api.control('GET', '/requests')).body, []);
  assert.deepEqual((await api.control('GET', '/calls')).body, { ultravox: [], twilio: [], web: [] });
});

test('the process prints one line of JSON, listens on loopback only and goes with its parent', async () => {
  const child = spawn(
    process.execPath,
    [new URL('../main.mjs', import.meta.url).pathname, '--exit-with-parent', '--speed', '20'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = await once(child.stdout, 'data');
  const told = JSON.parse(line);
  assert.deepEqual(Object.keys(told).sort(), [
    'controlUrl',
    'twilioAccountSid',
    'twilioApiKeySecret',
    'twilioApiKeySid',
    'twilioAuthToken',
    'twilioBaseUrl',
    'twilioPhoneNumber',
    'ultravoxApiKey',
    'ultravoxBaseUrl',
  ]);
  assert.match(told.ultravoxApiKey, /^[0-9a-f]{8}\.[0-9a-f]{32}$/);
  assert.equal((await client(told).ultravox('GET', '/api/accounts/me')).status, 200);
  const other = connect(new URL(told.ultravoxBaseUrl).port, '127.0.0.2');
  const [error] = await once(other, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
  child.stdin.end();
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});

test('a signal ends the process as well', async () => {
  const child = spawn(process.execPath, [new URL('../main.mjs', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.ok(await until(() => child.exitCode === 0));
});
