// Placing a call that goes wrong: nothing is handed out that is over, and nothing is held that was not placed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startField, until } from './field.mjs';

const create = { vendor: 'ultravox', method: 'POST', path: '/api/calls$' };

describe('A web call that is over', () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  test('before Ultravox has answered is not handed out', async () => {
    field.fault({ ...create, kind: 'delay', seconds: 1.5 });
    const placed = field.press({ type: 'web' });
    const live = await until(
      async () => (await field.ask('GET', '/api/calls?live=true')).body.calls[0], 'there is a record');
    assert.equal((await field.end(live.id)).status, 200);
    const { body } = await placed;
    assert.ok(!body.ultravox?.joinUrl, 'it can be joined');
    await field.ended(live.id, 'canceled', 'person');
  });

  test('is not handed out to a second press with the same key', async () => {
    const key = randomUUID();
    const first = await field.press({ type: 'web' }, { key });
    assert.ok(first.body.ultravox.joinUrl);
    assert.equal((await field.press({ type: 'web' }, { key })).body.ultravox.joinUrl, first.body.ultravox.joinUrl);
    await field.end(first.body.id);
    await field.recorded(first.body.id, 'canceled');
    const again = await field.press({ type: 'web' }, { key });
    assert.ok(!again.body.ultravox?.joinUrl, 'it can be joined');
  });
});

describe('A call that cannot be placed', () => {
  let field;
  before(async () => { field = await startField({ env: { LIMIT_CONCURRENT_CALLS: '1' } }); });
  after(() => field?.close());

  for (const fault of [
    { kind: 'status', status: 500, body: {} },
    { kind: 'status', status: 201, body: '' },
    { kind: 'bad-json' },
    { kind: 'wrong-shape', body: { callId: 7 } },
    { kind: 'huge', bytes: 30_000_000 },
    { kind: 'cut' },
    { kind: 'garbage' },
    { kind: 'reset' },
    { kind: 'redirect', location: 'http://127.0.0.1:1/' },
  ]) {
    test(`gives its place back (Ultravox: ${fault.kind} ${fault.status ?? ''})`, async () => {
      field.fault({ ...create, ...fault });
      const failed = await field.press({ type: 'web' });
      assert.ok(failed.status >= 400, `${failed.status}`);
      const { body, status } = await field.press({ type: 'web' });
      assert.equal(status, 201, JSON.stringify(body));
      await field.end(body.id);
      await field.recorded(body.id, 'canceled');
      assert.deepEqual((await field.ask('GET', '/api/calls?live=true')).body.calls, []);
    });
  }
});
