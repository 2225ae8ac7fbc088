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

  test('a second server is sent away with words, and takes over when the first is gone', async () => {
    const other = spawn(proxyBinary, ['serve'], {
      env: { ...field.house.environment, PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    other.stderr.on('data', (text) => (words += text));
    assert.deepEqual(await once(other, 'close'), [1, null]);
    assert.match(words, /Another voxdial works on the database/);
    await field.killed(); // and started at once
    assert.ok(await ready());
  });
});
