// The process in the field: what an operator's typing slip, a second start, a full disk or a log that nobody reads does to
// the proxy that runs.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { proxyBinary, startHouse } from '../e2e/house.mjs';

/** Runs the test against a house of its own. */
const inHouse = (options, act) => async (t) => {
  const house = await startHouse(options);
  try {
    await act(house, t);
  } finally {
    await house.close();
  }
};

/** Not spawnSync: the stand-ins live in this process and must be able to answer. */
async function run(house, words, env = {}) {
  const child = spawn(proxyBinary, words, { env: { ...house.environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((done) => child.once('exit', done))]);
  return { stdout, stderr, status };
}

/** The reply to a request as the page makes it. */
async function ask(house, method, target, body, key = randomUUID()) {
  const headers = { origin: house.url };
  if (method === 'POST') headers['idempotency-key'] = key;
  if (body) headers['content-type'] = 'application/json';
  const reply = await fetch(house.url + target, { method, headers, body: body && JSON.stringify(body) });
  return { status: reply.status, headers: reply.headers, body: await reply.text() };
}
const place = (house, medium, key) => ask(house, 'POST', '/api/calls', { agent: 'assistant', medium }, key);
const phone = (phoneNumber) => ({ type: 'twilio', phoneNumber });

test('an address with a port that is none is refused in words, by the server and by the doctor', { timeout: 60_000 }, inHouse({}, async (house) => {
  for (const name of ['PUBLIC_BASE_URL', 'ULTRAVOX_BASE_URL', 'TWILIO_BASE_URL']) {
    for (const words of [['serve'], ['doctor']]) {
      const { status, stderr } = await run(house, words, { [name]: 'https://calls.example:99999', PORT: '0' });
      assert.equal(status, 2, `${name} ${words}: ${stderr}`);
      assert.match(stderr, new RegExp(`^voxdial: ${name} is not an address`, 'm'));
    }
  }
}));

test('a vendor that names an address with a port that is none is answered, and the proxy goes on', { timeout: 60_000 }, inHouse({}, async (house) => {
  const voices = JSON.parse((await ask(house, 'GET', '/api/voices')).body).voices;
  house.vendors.faults.add({ vendor: 'ultravox', method: 'GET', path: '/preview$', kind: 'redirect', location: 'https://storage.example:99999/a' });
  const reply = await ask(house, 'GET', `/api/voices/${voices[0].id}/preview`);
  assert.equal(reply.status, 502);
  assert.equal(JSON.parse(reply.body).error.code, 'vendor_bad_reply');
  assert.equal((await ask(house, 'GET', '/healthz')).status, 200);
}));

test('a list or key that is a folder, which containers mount where there is no file, is no empty one', { timeout: 60_000 }, inHouse({}, async (house) => {
  for (const name of ['DO_NOT_CALL_FILE', 'TLS_CERT_FILE', 'DATABASE_URL_FILE']) {
    const { status, stderr } = await run(house, ['serve'], { [name]: tmpdir(), PORT: '0' });
    assert.equal(status, 2, `${name}: ${stderr}`);
    assert.match(stderr, new RegExp(`^voxdial: ${name} names a file that cannot be read`, 'm'));
  }
}));

test('options that nobody reads are refused', { timeout: 60_000 }, inHouse({}, async (house) => {
  for (const words of [['serve', '--port', '9000'], ['doctor', '--json']]) {
    const { status, stderr } = await run(house, words, { PORT: '0' });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /takes no options/);
  }
}));

test('it ends in order when its terminal is closed, and a command that waits for a person at Ctrl-C', { timeout: 60_000 }, inHouse({}, async (house) => {
  const ended = (child) => new Promise((done) => child.once('exit', (status, signal) => done(signal ?? status)));
  for (const signal of ['SIGHUP', 'SIGQUIT']) {
    const data = await mkdtemp(path.join(tmpdir(), 'voxdial-signal-'));
    const child = spawn(proxyBinary, ['serve'], { env: { ...house.environment, PORT: '0', DATA_DIR: data }, stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((done) => child.stdout.once('data', done));
    child.kill(signal);
    assert.equal(await ended(child), 0, signal);
    await rm(data, { recursive: true });
  }
  const asking = spawn(proxyBinary, ['user', 'add', 'eve'], { env: house.environment, stdio: ['pipe', 'pipe', 'ignore'] });
  await new Promise((done) => asking.stdout.once('data', done));
  asking.kill('SIGINT');
  assert.equal(await ended(asking), 'SIGINT');
}));

test('a terminal does not show the password that is typed into it', { timeout: 60_000 }, inHouse({}, async (house) => {
  const asking = spawn('script', ['-qec', `${proxyBinary} user add eve`, '/dev/null'], { env: { ...house.environment, SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'inherit'] });
  const shown = text(asking.stdout);
  await new Promise((done) => asking.stdout.once('data', done));
  asking.stdin.write('correct horse battery staple\n');
  assert.match(await shown, /^Password for eve.*: \s+eve may log in as caller\.\s*$/);
}));

test('a data folder that was there keeps its mode, one that is made is closed', { timeout: 60_000 }, inHouse({}, async (house) => {
  const place = await mkdtemp(path.join(tmpdir(), 'voxdial-folder-'));
  const theirs = path.join(place, 'theirs');
  await mkdir(theirs, { mode: 0o755 });
  for (const [folder, mode] of [[theirs, 0o755], [path.join(place, 'ours/too'), 0o700]]) {
    assert.equal((await run(house, ['donotcall', 'list'], { DATA_DIR: folder })).status, 0);
    assert.equal((await stat(folder)).mode & 0o777, mode);
    assert.equal((await stat(path.join(folder, 'voxdial.db'))).mode & 0o777, 0o600);
  }
  await rm(place, { recursive: true });
}));

test('a second server on the same folder is told which process has it; the verbs go on beside the first', { timeout: 60_000 }, inHouse({}, async (house) => {
  const second = await run(house, ['serve'], { PORT: '0' });
  assert.equal(second.status, 1);
  assert.match(second.stderr, new RegExp(`DATA_DIR\\) is in use by another voxdial \\(process ${house.pid}\\)`));
  assert.equal((await run(house, ['donotcall', 'add', '+12025550190'])).status, 0);
  assert.equal((await run(house, ['token', 'list'])).status, 0);
  assert.equal((await run(house, ['user', 'list'])).status, 0);
  assert.equal((await run(house, ['audit', 'verify'])).status, 0);
  assert.notEqual((await run(house, ['doctor'])).stdout, '');
  assert.equal((await ask(house, 'GET', '/healthz')).status, 200);
}));

test('a second start while a call is being placed leaves that call alone', { timeout: 60_000 }, inHouse({}, async (house) => {
  house.vendors.faults.add({ vendor: 'ultravox', method: 'POST', path: '/calls$', kind: 'delay', seconds: 3 });
  const placed = place(house, phone('+12025550100'));
  assert.equal((await run(house, ['serve'], { PORT: '0' })).status, 1);
  assert.equal((await placed).status, 201);
  assert.equal(house.dialled('+12025550100'), 1);
}));

test('a server that was killed holds nothing: the next one starts at once', { timeout: 60_000 }, inHouse({}, async (house) => {
  await house.stop('SIGKILL');
  assert.match(await readFile(path.join(house.environment.DATA_DIR, 'voxdial.lock'), 'utf8'), /^\d+\n$/);
  await house.start();
  assert.equal((await ask(house, 'GET', '/healthz')).status, 200);
}));

test('a log that nobody reads never holds up a call', { timeout: 60_000 }, inHouse({}, async (house) => {
  await house.stop();
  // Every callback that is not signed is a line of the log.
  const child = spawn(proxyBinary, ['serve'], { env: { ...house.environment, PUBLIC_BASE_URL: house.url }, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await new Promise((done, fail) => {
      child.stdout.once('data', done);
      child.once('exit', () => fail(new Error('the proxy ended')));
    });
    child.stderr.pause(); // what node has not asked for stays in the pipe, which is soon full
    for (let i = 0; i < 40; i++) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          fetch(`${house.url}/api/twilio/status`, { method: 'POST', headers: { 'x-twilio-signature': 'x' }, body: new URLSearchParams({ CallSid: 'x'.repeat(200) }) }),
        ),
      );
    }
    assert.equal((await place(house, phone('+12025550100'))).status, 201);
  } finally {
    const ended = new Promise((done) => child.once('exit', (status) => done(status)));
    child.kill();
    setTimeout(() => child.kill('SIGKILL'), 20_000).unref();
    assert.equal(await ended, 0, 'it ends, though the rest of its log cannot be written');
  }
}));

test('a file that may not grow further is an answer in words, and the end of nothing', { timeout: 60_000 }, inHouse({}, async (house) => {
  const limited = spawnSync('prlimit', ['--version']);
  assert.equal(limited.status, 0, 'prlimit (util-linux) is needed');
  const db = (await stat(path.join(house.environment.DATA_DIR, 'voxdial.db-wal'))).size;
  assert.equal(spawnSync('prlimit', ['--pid', String(house.pid), `--fsize=${db + 4096}:${db + 4096}`]).status, 0);
  let reply;
  for (let i = 0; i < 50 && reply?.status !== 503; i++) reply = await place(house, { type: 'web' });
  assert.equal(reply.status, 503);
  assert.equal(JSON.parse(reply.body).error.code, 'store_unavailable');
  assert.equal((await ask(house, 'GET', '/healthz')).status, 200);
}));

test('three hundred presses of one key while the vendor hangs hold up nobody else, and dial once', { timeout: 60_000 }, inHouse({ env: { LIMIT_CONCURRENT_CALLS: '0', LIMIT_CALLS_PER_USER_HOUR: '0' } }, async (house) => {
  house.vendors.faults.add({ vendor: 'twilio', method: 'POST', path: '/Calls.json$', kind: 'delay', seconds: 8 });
  const key = randomUUID();
  const presses = Array.from({ length: 300 }, () => place(house, phone('+12025550100'), key));
  // Somebody else, meanwhile.
  const began = Date.now();
  assert.equal((await ask(house, 'GET', '/api/calls')).status, 200);
  assert.equal((await place(house, { type: 'web' })).status, 201);
  assert.ok(Date.now() - began < 6_000, `${Date.now() - began} ms`);
  const replies = await Promise.all(presses);
  for (const reply of replies) {
    assert.ok([201, 409].includes(reply.status), reply.body);
    if (reply.status === 409) assert.ok(Number(reply.headers.get('retry-after')) > 0);
  }
  assert.equal((await place(house, phone('+12025550100'), key)).status, 201);
  assert.equal(house.dialled('+12025550100'), 1);
}));

test('it ends within ten seconds of SIGTERM, whatever hangs', { timeout: 60_000 }, inHouse({}, async (house) => {
  house.vendors.faults.add({ kind: 'hang', times: 'always' });
  const hanging = [place(house, phone('+12025550100')), place(house, { type: 'web' }), ask(house, 'GET', '/api/voices')].map((one) => one.catch(() => {}));
  const events = await fetch(`${house.url}/api/events`);
  await new Promise((done) => setImmediate(done));
  const began = Date.now();
  await house.stop('SIGTERM');
  assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`);
  await Promise.all(hanging);
  await events.body.cancel().catch(() => {});
}));
