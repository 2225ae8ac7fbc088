// Calls that wait at Twilio, because an account dials one a second.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { aboutPhone, NOT_IN_PROGRESS, startField, until } from './field.mjs';

/** A call that waits in the queue, behind another one. */
async function queued(field) {
  await field.dial(field.number('0101'));
  const to = field.number('0114');
  const { status, body } = await field.dial(to);
  assert.equal(status, 201);
  const [phone] = field.atTwilio(to);
  assert.equal(phone.status, 'queued');
  return { id: body.id, to, phone, agent: phone.stream };
}
const neverRang = (field, phone) =>
  !field.vendors.journal.webhooks.some((hook) => hook.call === phone.sid && hook.event === 'ringing') &&
  phone.status === 'canceled';

describe('In the queue', () => {
  let field;
  before(async () => { field = await startField({ speed: 4, settings: { twilio: { callsPerSecond: 0.02 } } }); });
  after(() => field?.close());

  test('21220 while Twilio still queues the call is no end: it is cancelled before it rings', async () => {
    const call = await queued(field);
    field.fault({ ...NOT_IN_PROGRESS, vendor: 'twilio', method: 'POST', path: aboutPhone(call.phone) });
    assert.equal((await field.end(call.id)).status, 200);
    await until(() => call.phone.over, 'it has left the queue', 8000);
    assert.equal(call.phone.status, 'canceled');
    const record = await field.ended(call.id, 'canceled', 'person');
    assert.equal(record.ringingAt, undefined);
  });

  test('200 with a body that says "queued" is no end', async () => {
    const call = await queued(field);
    field.fault({ kind: 'ignored', vendor: 'twilio', method: 'POST', path: aboutPhone(call.phone) });
    await field.end(call.id);
    await until(() => call.phone.over, 'it has left the queue', 8000);
    await field.ended(call.id, 'canceled', 'person');
  });
});

describe('In the queue for longer than the agent waits', () => {
  let field;
  before(async () => {
    field = await startField({ speed: 20, settings: { twilio: { callsPerSecond: 0.002 } }, env: { RING_TIMEOUT_SECONDS: '5' } });
  });
  after(() => field?.close());

  test("the agent's wait is over before Twilio has dialled: the call is cancelled before it rings, and the words say so", async () => {
    const call = await queued(field);
    await until(() => call.agent.ended, 'the agent gives up');
    assert.equal(call.agent.endReason, 'unjoined');
    await until(() => call.phone.over, 'it has left the queue', 8000);
    assert.ok(neverRang(field, call.phone));
    const record = await field.recorded(call.id, ['canceled', 'failed']);
    assert.notEqual(record.end.by, 'person');
    assert.match(record.end.sentence, /waited|queue/i);
  });
});
