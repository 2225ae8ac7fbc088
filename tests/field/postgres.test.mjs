// The record in PostgreSQL: what holds with a file holds here, also when the database goes away in the middle of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { proxyBinary } from '../e2e/house.mjs';
import { over, startField, until } from './field.mjs';
import { startPostgres } from './postgres.mjs';

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
    await postgres.stop();
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

  /** One more server on the same database. */
  async function startOther() {
    const process = spawn(proxyBinary, ['serve'], {
      env: { ...field.house.environment, PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let words = '';
    process.stdout.on('data', (text) => (words += text));
    const url = await until(() => /http:\S+:\d+/.exec(words)?.[0], 'another server listens');
    async function ask(method, path, body) {
      const reply = await fetch(url + path, {
        method,
        headers: body ? { 'content-type': 'application/json' } : {},
        body: body && JSON.stringify(body),
      });
      return { status: reply.status, body: await reply.json() };
    }
    /** What its pages hear. */
    const heard = { text: '' };
    const stream = await fetch(`${url}/api/events`);
    (async () => {
      for await (const piece of stream.body) heard.text += Buffer.from(piece).toString();
    })().catch(() => {}); // it ends with the server
    const gone = once(process, 'close');
    const end = (signal) => (process.kill(signal), gone);
    return { ask, heard, end };
  }

  test('a second server works beside the first, and its pages hear what the first records', async () => {
    const other = await startOther();
    const call = await field.talking();
    assert.equal((await other.ask('GET', `/api/calls/${call.id}`)).body.call.status, 'talking');
    await until(() => other.heard.text.includes(call.id), 'its pages hear of the call');
    assert.equal((await other.ask('POST', `/api/calls/${call.id}/hangup`)).status, 200);
    await field.ended(call.id, 'completed', 'person');
    await other.end('SIGKILL');
  });

  for (const signal of ['SIGKILL', 'SIGTERM'])
    test(`a server that gets ${signal} while its calls go on is done without`, async () => {
      const other = await startOther();
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
