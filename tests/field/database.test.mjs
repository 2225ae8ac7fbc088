// What becomes of calls when the way to PostgreSQL, or PostgreSQL, fails in each of the ways that are known.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { over, startField, stays, until } from './field.mjs';
import { startPgBouncer } from './pgbouncer.mjs';
import { startPostgres } from './postgres.mjs';
import { startRelay } from './relay.mjs';

const WRITERS_LOCK = 'pg_advisory_xact_lock'; // what every transaction begins with that records something

describe('On the way to PostgreSQL', () => {
  let postgres;
  let relay;
  let field;
  before(async () => {
    postgres = await startPostgres();
    relay = await startRelay(postgres.socket);
    field = await startField({ env: { DATABASE_URL: relay.url } });
  });
  after(async () => {
    relay?.goOn();
    await field?.close();
    await relay?.close();
    await postgres?.close();
  });
  beforeEach(() => until(ready, 'it is ready'));
  const ready = async () => (await field.ask('GET', '/readyz')).status === 200;

  /** Presses once more, with the same key, until it is answered for good; undefined when the call was given up. */
  async function pressUntilAnswered(number, key) {
    let reply;
    await until(async () => {
      reply = await field.dial(number, { key });
      return reply.status === 201 || ['failed', 'canceled'].includes((await field.recordOf(number))?.status);
    }, 'the press is answered');
    assert.ok(field.house.dialled(number) <= 1);
    if (reply.status !== 201) await until(() => field.atTwilio(number).every((phone) => phone.over), 'nothing rings');
    return reply.body.id;
  }
  async function endedAtBoth(id, number) {
    const phone = await until(() => field.atTwilio(number)[0], 'Twilio has the call');
    await until(async () => (await field.end(id)).status === 200, 'End is taken');
    await until(() => phone.over && !phone.stream.live, 'both vendors say that it is over');
    await until(async () => ['canceled', 'completed'].includes((await field.call(id))?.status), 'it is recorded');
  }

  test('the reply to a COMMIT is lost: the call is placed, once, and said to be', async () => {
    const number = field.number('0117');
    const lost = relay.lost;
    relay.loseCommitReplies(1, WRITERS_LOCK);
    const reply = await field.dial(number);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    assert.equal(relay.lost, lost + 1);
    assert.equal(field.house.dialled(number), 1);
    await endedAtBoth(reply.body.id, number);
  });

  test('the line is cut in place of a COMMIT: nothing is dialled that is not recorded, and the next press with the key dials', async () => {
    const number = field.number('0117');
    const key = randomUUID();
    relay.loseCommits(1, WRITERS_LOCK);
    const reply = await field.dial(number, { key });
    const id = await pressUntilAnswered(number, key);
    if (reply.status === 201) assert.equal(reply.body.id, id);
    await endedAtBoth(id, number);
  });

  test('the line is cut anywhere while a call is placed and ended: one press dials once at most, and End ends it', async () => {
    const from = relay.messages;
    const first = field.number('0114');
    await endedAtBoth(await pressUntilAnswered(first, randomUUID()), first);
    const messages = relay.messages - from;
    let placed = 0;
    for (let n = 1; n < messages; n += 3) {
      const number = field.number('0114');
      relay.cutInstead(n);
      const id = await pressUntilAnswered(number, randomUUID());
      if (id) await endedAtBoth(id, number);
      if (id) placed++;
    }
    relay.cutInstead(Infinity); // the last cut may still be to come, and is no other test's
    assert.ok(placed > 5, `${placed} were placed`);
  });

  test('all lines are cut at once, again and again: what was live goes on, and is ended by everybody\'s last End', async () => {
    const call = await field.talking();
    for (let n = 0; n < 5; n++) {
      relay.cut();
      assert.equal((await field.call(call.id)).status, 'talking');
    }
    await endedAtBoth(call.id, call.to);
  });

  test('a database that stands still without a word refuses new calls in time, End reaches both vendors, and all is caught up with', async () => {
    const call = await field.talking();
    relay.stop();
    const number = field.number('0117');
    const [refused] = await Promise.all([field.dial(number), field.end(call.id).catch(() => {})]);
    await until(() => over(call.phone, call.agent), 'End reaches both vendors').finally(relay.goOn);
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.ok(refused.ms < 25_000, `after ${refused.ms} ms`);
    assert.equal(field.house.dialled(number), 0);
    await until(ready, 'it is ready again');
    await field.ended(call.id, 'completed', 'person');
    assert.equal((await field.dial(number)).status, 201);
  });

  test('a database that stands still in place of a COMMIT refuses new calls in time as well', async () => {
    const number = field.number('0117');
    const key = randomUUID();
    relay.stopInsteadOfCommit(WRITERS_LOCK);
    const first = field.dial(number, { key });
    await until(() => relay.stands, 'it stands still');
    const refused = await field.dial(field.number('0117')).finally(relay.goOn);
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.ok(refused.ms < 25_000, `after ${refused.ms} ms`);
    await first;
    await endedAtBoth(await pressUntilAnswered(number, key), number);
  });

  test('whoever stalls with the lock of all writers is thrown out, and calls go on', async () => {
    const lock = "SELECT pg_advisory_xact_lock(1987601516, hashtext('public'))";
    const stalled = postgres.session();
    await stalled.say(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'; ${lock}; SELECT 'has it';`, 'has it');
    const number = field.number('0117');
    const key = randomUUID();
    const refused = await field.dial(number, { key });
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.match(refused.body.error.message, /Another program holds the call records/);
    assert.equal(field.house.dialled(number), 0);
    await endedAtBoth(await pressUntilAnswered(number, key), number);
    stalled.close();
  });

  test('a long report, and one that has read every row and stays in its transaction, delay no call', async () => {
    const report = postgres.session();
    await report.say("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'read ' || count(*) FROM calls; LISTEN everything;", 'read ');
    for (let n = 0; n < 3; n++) {
      const number = field.number('0117');
      const placed = await field.dial(number);
      assert.equal(placed.status, 201);
      assert.ok(placed.ms < 10_000, `${placed.ms} ms`);
      await endedAtBoth(placed.body.id, number);
    }
    report.close();
  });
});

/** A database with a standby, and a field on whichever of the two the relay leads to; whether commits wait for the standby. */
function withStandby({ waits }) {
  const house = {};
  before(async () => {
    house.postgres = await startPostgres({ durable: waits });
    house.standby = await house.postgres.addStandby('standby');
    if (waits) house.postgres.waitFor('standby');
    house.relay = await startRelay(house.postgres.socket);
    house.field = await startField({ env: { DATABASE_URL: house.relay.url } });
  });
  after(async () => {
    for (const part of ['field', 'relay', 'standby', 'postgres']) await house[part]?.close();
  });
  return house;
}

describe('With a standby that commits wait for', () => {
  const house = withStandby({ waits: true });
  const ready = async () => (await house.field.ask('GET', '/readyz')).status === 200;

  test('the doctor says that a call which is acknowledged is on two disks', async () => {
    const { field } = house;
    const safety = (await field.ask('GET', '/api/doctor')).body.checks.find(({ id }) => id === 'database_safety');
    assert.equal(safety.state, 'ok', JSON.stringify(safety));
  });

  test('the standby is gone: nothing is dialled that only one disk knows, what is live is ended by End, and all is caught up', async () => {
    const { field, standby } = house;
    const call = await field.talking();
    await standby.stop();
    const number = field.number('0117');
    const refused = await field.dial(number);
    assert.ok(refused.ms < 15_000, `after ${refused.ms} ms`);
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.equal(field.house.dialled(number), 0);
    await field.end(call.id).catch(() => {});
    await until(() => over(call.phone, call.agent), 'End reaches both vendors');
    await standby.start();
    await until(ready, 'it is ready again');
    await field.ended(call.id, 'completed', 'person');
    await stays(() => field.house.dialled(number) === 0, 'it was not dialled', 500);
  });

  test('the primary dies and the standby takes its place: calls go on, none is dialled twice', async () => {
    const { field, postgres, relay, standby } = house;
    const call = await field.talking();
    const number = field.number('0117');
    const key = randomUUID();
    const { body } = await field.dial(number, { key });
    await postgres.stop('SIGQUIT');
    relay.database = standby.socket;
    standby.query("ALTER SYSTEM SET synchronous_standby_names = ''");
    standby.promote();
    await until(ready, 'it is ready again');
    assert.equal((await field.dial(number, { key })).body.id, body.id);
    assert.equal(field.house.dialled(number), 1);
    assert.equal((await field.end(call.id)).status, 200);
    await until(() => over(call.phone, call.agent), 'both vendors say that it is over');
    await field.ended(call.id, 'completed', 'person');
  });
});

describe('With a standby that commits do not wait for', () => {
  const house = withStandby({ waits: false });

  test('it takes over and lacks the last call: that is found at the vendors, and its key pressed again dials nobody', async () => {
    const { field, postgres, relay, standby } = house;
    const kept = await field.talking();
    await until(() => standby.query(`SELECT status FROM calls WHERE id = '${kept.id}'`) === 'talking', 'the standby has it');
    await standby.stop();
    const number = field.number('0117');
    const key = randomUUID();
    const { status, body } = await field.dial(number, { key });
    assert.equal(status, 201);
    const phone = await field.phone(number, 'in-progress');
    await postgres.stop('SIGQUIT');
    await standby.start();
    relay.database = standby.socket;
    standby.promote();
    assert.equal(standby.query(`SELECT count(*) FROM calls WHERE id = '${body.id}'`), '0');

    let again;
    await until(async () => (again = await field.dial(number, { key })).status === 201, 'the press is answered');
    assert.equal(again.body.id, body.id);
    assert.equal(field.house.dialled(number), 1);
    for (const [id, atVendors] of [
      [body.id, phone],
      [kept.id, kept.phone],
    ]) {
      assert.equal((await field.end(id)).status, 200);
      await until(() => over(atVendors, atVendors.stream), 'both vendors say that it is over');
      await field.ended(id, 'completed', 'person');
    }
    assert.equal(standby.query("SELECT count(*) FROM audit WHERE kind = 'database_changed'"), '1');
    const fresh = field.number('0114');
    assert.equal((await field.dial(fresh)).status, 201);
  });
});

describe('Behind PgBouncer, which gives each transaction another connection', () => {
  let postgres;
  let bouncer;
  let field;
  before(async () => {
    postgres = await startPostgres();
    bouncer = await startPgBouncer(postgres);
    field = await startField({ env: { DATABASE_URL: bouncer.url } });
  });
  after(async () => {
    await field?.close();
    await bouncer?.close();
    await postgres?.close();
  });

  test('the doctor finds the pooler, and says what it costs', async () => {
    const bell = (await field.ask('GET', '/api/doctor')).body.checks.find(({ id }) => id === 'database_bell');
    assert.equal(bell.state, 'warning');
    assert.match(bell.detail, /A pooler stands before the database/);
    assert.match(bell.remedy, /DATABASE_LISTEN_URL/);
  });

  test('forty presses at once place twenty calls, each key once, and all are ended', async () => {
    const presses = Array.from({ length: 20 }, () => ({ number: field.number('0114'), key: randomUUID() }));
    const replies = await Promise.all([...presses, ...presses].map(({ number, key }) => field.dial(number, { key })));
    assert.deepEqual(replies.map(({ status }) => status).filter((status) => status !== 201), []);
    assert.equal(new Set(replies.map(({ body }) => body.id)).size, 20);
    for (const { number } of presses) assert.equal(field.house.dialled(number), 1);
    const ids = replies.slice(0, 20).map(({ body }) => body.id);
    await Promise.all(ids.map((id) => field.end(id)));
    for (const id of ids) await field.recorded(id, ['canceled', 'completed']);
  });

  test('what it keeps open is cut, and the next press is placed', async () => {
    postgres.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'voxdial'");
    const number = field.number('0114');
    const key = randomUUID();
    let reply;
    await until(async () => (reply = await field.dial(number, { key })).status === 201, 'the press is answered');
    assert.equal(field.house.dialled(number), 1);
    assert.equal((await field.end(reply.body.id)).status, 200);
    await field.recorded(reply.body.id, ['canceled', 'completed']);
  });
});
