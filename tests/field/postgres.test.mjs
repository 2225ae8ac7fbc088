// The record in PostgreSQL: what holds with a file holds here, also when the database goes away in the middle of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { proxyBinary } from '../e2e/house.mjs';
import { over, startField, until } from './field.mjs';
import { startPostgres } from './postgres.mjs';

/** What the pages of a server hear, from now on. */
async function listen(url) {
  const heard = { text: '' };
  const stream = await fetch(`${url}/api/events`);
  (async () => {
    for await (const piece of stream.body) heard.text += Buffer.from(piece).toString();
  })().catch(() => {}); // it ends with the server
  return heard;
}

/** One more server on the same database. */
async function startOther(field) {
  const process = spawn(proxyBinary, ['serve'], {
    env: { ...field.house.environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let words = '';
  process.stdout.on('data', (text) => (words += text));
  const url = await until(() => /http:\S+:\d+/.exec(words)?.[0], 'another server listens');
  async function ask(method, path, body, headers = {}) {
    const reply = await fetch(url + path, {
      method,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      body: body && JSON.stringify(body),
    });
    return { status: reply.status, body: await reply.json() };
  }
  const gone = once(process, 'close');
  const end = (signal) => (process.kill(signal), gone);
  return { ask, heard: await listen(url), end };
}

describe('A house on PostgreSQL', () => {
  let postgres;
  let field;
  before(async () => {
    postgres = await startPostgres();
    field = await startField({ env: { DATABASE_URL: postgres.url }, settings: { twilio: { endsTogether: false } } });
  });
  after(async () => {
    await field?.close();
    await postgres?.close();
  });
  const ready = async () => (await field.ask('GET', '/readyz')).status === 200;

  test('a call goes its way, is found in the history, and outlives kill -9 of the proxy', async () => {
    const call = await field.talking();
    assert.equal((await field.recordOf(call.to)).id, call.id);
    await field.killed();
    assert.equal((await field.call(call.id)).status, 'talking');
    await field.end(call.id);
    await until(() => over(call.phone, call.agent), 'both vendors say that it is over');
    await field.ended(call.id, 'completed', 'person');
    assert.equal(field.house.dialled(call.to), 1);
    const first = `SELECT kind FROM audit WHERE call_id = '${call.id}' ORDER BY seq LIMIT 1`;
    assert.equal(postgres.query(first), 'call_requested');
  });

  test('while the database is away no call is placed, and End still reaches both vendors', async () => {
    const call = await field.talking();
    const heard = await listen(field.house.url);
    await postgres.stop();
    await until(() => /event: record\ndata: \{"error":\{"code":"store_unavailable"/.test(heard.text), 'pages are told');
    const number = field.number('0117');
    const refused = await field.dial(number);
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.equal(refused.body.error.code, 'store_unavailable');
    assert.match(refused.body.error.message, /cannot be reached/);
    assert.doesNotMatch(JSON.stringify(refused.body), /voxdial@/);
    assert.equal(field.house.dialled(number), 0);
    await until(async () => !(await ready()), 'it says that it is not ready');
    assert.equal(call.phone.status, 'in-progress', 'a live call goes on');
    await field.end(call.id).catch(() => {});
    await until(() => over(call.phone, call.agent), 'End reaches both vendors');

    await postgres.start();
    await until(ready, 'it is ready again, without a restart');
    await until(() => heard.text.includes('event: record\ndata: {}\n'), 'pages are told that it is back');
    await field.ended(call.id, 'completed', 'person');
    assert.equal((await field.dial(number)).status, 201);
    assert.equal(field.house.dialled(number), 1);
  });

  test('a database that dies while calls go on loses nothing that was told', async () => {
    const calls = [await field.talking(), await field.talking()];
    await postgres.stop('SIGQUIT'); // as a crash: it recovers from its log
    await postgres.start();
    for (const { id } of calls) {
      await until(async () => (await field.end(id)).status === 200, 'End is taken');
      await field.ended(id, 'completed', 'person');
    }
  });

  test('a second server works beside the first, and its pages hear what the first records', async () => {
    const other = await startOther(field);
    const call = await field.talking();
    assert.equal((await other.ask('GET', `/api/calls/${call.id}`)).body.call.status, 'talking');
    await until(() => other.heard.text.includes(call.id), 'its pages hear of the call');
    assert.equal((await other.ask('POST', `/api/calls/${call.id}/hangup`)).status, 200);
    await field.ended(call.id, 'completed', 'person');
    await other.end('SIGKILL');
  });

  for (const signal of ['SIGKILL', 'SIGTERM'])
    test(`a server that gets ${signal} while its calls go on is done without`, async () => {
      const other = await startOther(field);
      const number = field.number('0117');
      const medium = { type: 'twilio', phoneNumber: number };
      const placed = await other.ask('POST', '/api/calls', { systemPrompt: 'You are brief.', medium });
      assert.equal(placed.status, 201, JSON.stringify(placed.body));
      await field.phone(number, 'in-progress');
      const began = performance.now();
      assert.deepEqual(await other.end(signal), signal === 'SIGTERM' ? [0, null] : [null, signal]);
      assert.ok(performance.now() - began < 10_000, 'it ends within ten seconds');
      await field.recorded(placed.body.id, 'talking');
      await field.end(placed.body.id);
      await field.ended(placed.body.id, 'completed', 'person');
      assert.equal(field.house.dialled(number), 1);
    });
});

describe('A crowd at two servers on one database', () => {
  const LIMIT = 15;
  let postgres;
  let field;
  let other;
  before(async () => {
    postgres = await startPostgres();
    field = await startField({ env: { DATABASE_URL: postgres.url, LIMIT_CONCURRENT_CALLS: String(LIMIT) } });
    other = await startOther(field);
  });
  after(async () => {
    await other?.end('SIGTERM');
    await field?.close();
    await postgres?.close();
  });
  /** At one server and the other in turn; the replies. */
  const pressAll = (presses) =>
    Promise.all(
      presses.map(({ number, key }, n) => {
        const medium = { type: 'twilio', phoneNumber: number };
        return [field, other][n % 2].ask('POST', '/api/calls', { systemPrompt: 'You are brief.', medium }, { 'idempotency-key': key });
      }),
    );

  test('one key pressed a hundred times at both dials once, and all are told the same call', async () => {
    const press = { number: field.number('0114'), key: randomUUID() };
    const replies = await pressAll(Array.from({ length: 100 }, () => press));
    assert.deepEqual(replies.map(({ status }) => status).filter((status) => status !== 201), []);
    const ids = new Set(replies.map(({ body }) => body.id));
    assert.equal(ids.size, 1);
    assert.equal(field.house.dialled(press.number), 1);
    const [id] = ids;
    assert.equal((await field.end(id)).status, 200);
    await field.recorded(id, 'canceled');
  });

  test('eighty presses at once admit exactly as many as the limit allows', async () => {
    const presses = Array.from({ length: 80 }, () => ({ number: field.number('0114'), key: randomUUID() }));
    const replies = await pressAll(presses);
    const placed = replies.filter(({ status }) => status === 201);
    assert.equal(placed.length, LIMIT);
    for (const { status, body } of replies) assert.ok(status === 201 || body.error.code === 'too_many_calls', JSON.stringify(body));
    assert.equal(presses.filter(({ number }) => field.house.dialled(number) > 0).length, LIMIT);
    await Promise.all(placed.map(({ body }) => other.ask('POST', `/api/calls/${body.id}/hangup`)));
    for (const { body } of placed) await field.recorded(body.id, 'canceled');
  });

  test('both are replaced, one after the other, while calls go on: none is cut, and each is ended by whoever is there', async () => {
    const calls = [await field.talking(), await field.talking()];
    const ringing = await field.ringing();
    await other.end('SIGTERM');
    assert.equal((await field.call(calls[0].id)).status, 'talking');
    other = await startOther(field);
    await field.house.stop();
    assert.equal((await other.ask('POST', `/api/calls/${calls[0].id}/hangup`)).status, 200);
    await until(() => over(calls[0].phone, calls[0].agent), 'the other ends it at both vendors');
    await field.house.start();
    assert.equal(calls[1].phone.status, 'in-progress');
    assert.equal(ringing.phone.status, 'ringing');
    for (const { id } of [calls[1], ringing]) assert.equal((await field.end(id)).status, 200);
    for (const { id } of calls) await field.ended(id, 'completed', 'person');
    await field.recorded(ringing.id, 'canceled');
    for (const { to } of [...calls, ringing]) assert.equal(field.house.dialled(to), 1);
  });
});
