// What the operator withdraws while pages are open, and what strangers can make the server hold.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { operator, PASSWORD, startFront } from './front.mjs';

let house;
before(async () => { house = await startFront({ TRUSTED_PROXIES: '127.0.0.1' }); });
after(() => house?.close());

const at = (path) => `http://127.0.0.1:${house.port}${path}`;
const form = (name, password, headers = {}) =>
  fetch(at('/login'), { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams({ name, password }) });

async function session(name) {
  const reply = await form(name, PASSWORD);
  assert.equal(reply.status, 303);
  return { cookie: reply.headers.get('set-cookie').split(';')[0] };
}

/** An open event stream, and all it says until it ends. */
async function stream(headers) {
  const reply = await fetch(at('/api/events'), { headers });
  assert.equal(reply.status, 200);
  return { said: reply.text() };
}

test('who is removed, demoted or loses a token by the command line loses open streams at once, and is told', { timeout: 60_000 }, async () => {
  const token = operator(house, 'token', 'add', 'nightly', 'bob').split('\n')[0];
  const [ada, bob] = [await session('ada'), await session('bob')];
  const script = { authorization: `Bearer ${token}` };
  const [adas, bobs, scripts] = [await stream(ada), await stream(bob), await stream(script)];

  operator(house, 'token', 'remove', 'nightly');
  assert.match(await scripts.said, /event: logged_out\ndata: .*unauthenticated/);
  assert.equal((await fetch(at('/api/events'), { headers: script })).status, 401);

  operator(house, 'user', 'remove', 'bob');
  assert.match(await bobs.said, /event: logged_out\n/);
  assert.equal((await fetch(at('/api/events'), { headers: bob })).status, 401);

  operator(house, 'user', 'add', 'ada'); // a caller from now on, with a new password
  assert.match(await adas.said, /event: logged_out\n/);
  operator(house, 'user', 'add', 'ada', 'supervisor');
  operator(house, 'user', 'add', 'bob');
});

test('a log-out ends the streams of that session and no other', { timeout: 60_000 }, async () => {
  const [here, there] = [await session('ada'), await session('ada')];
  const [ending, other] = [await stream(here), await stream(there)];
  assert.equal((await fetch(at('/api/logout'), { method: 'POST', headers: here })).status, 204);
  assert.match(await ending.said, /event: logged_out\n/);
  assert.equal(await Promise.race([other.said, fetch(at('/api/config'), { headers: there }).then((reply) => reply.status)]), 200);
  await fetch(at('/api/logout'), { method: 'POST', headers: there });
  await other.said;
});

test('a storm of log-ins from everywhere keeps no memory and shuts nobody out', { timeout: 120_000 }, async () => {
  const kept = async () => Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${house.pid}/status`, 'latin1'))[1]) / 1024;
  const statuses = new Set();
  for (let round = 0; round < 10; round++) {
    const guesses = Array.from({ length: 40 }, (_, n) =>
      form(`name-${round}-${n}`, 'a guess', { 'x-forwarded-for': `198.51.${round}.${n}:1234` }).then((reply) => statuses.add(reply.status)));
    await Promise.all(guesses);
  }
  assert.deepEqual([...statuses].sort(), [401, 503]);
  assert.ok((await kept()) < 64, `${await kept()} MB`);
  assert.equal((await form('ada', PASSWORD, { 'x-forwarded-for': '203.0.113.7:51422' })).status, 303);
  const audit = await (await fetch(at('/api/audit'), { headers: await session('ada') })).json();
  assert.ok(audit.entries.some((entry) => entry.clientAddress === '203.0.113.7'));
});
