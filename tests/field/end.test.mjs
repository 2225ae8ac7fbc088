// End is a recorded wish: answered at once, performed until both vendors say that it is over.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AT_ONCE, aboutPhone, NOT_IN_PROGRESS, orderToAgent, over, sleep, startField, stays, to, until } from './field.mjs';

let field;
before(async () => { field = await startField(); });
after(() => field?.close());

/** Presses End and waits until nothing of the call is left; the record. */
async function endOf({ id, phone, agent }, patience) {
  const { status, ms } = await field.end(id);
  assert.equal(status, 200);
  assert.ok(ms < AT_ONCE, `End was answered after ${Math.round(ms)} ms`);
  await until(() => (phone ? over(phone, agent) : agent.ended), 'both vendors say that it is over', patience);
  const record = await field.ended(id, ['completed', 'canceled'], 'person');
  return record;
}
/** Ultravox takes an order and does nothing. */
const UNHEARD = { vendor: 'ultravox', method: 'POST', kind: 'status', status: 204, body: '' };
const post = { vendor: 'twilio', method: 'POST' };

describe('End', { concurrency: true }, () => {
  for (const times of [1, 3]) {
    test(`21220 (${times} times) while it talks is no end: it is asked for again`, async () => {
      const call = await field.talking();
      field.fault({ ...NOT_IN_PROGRESS, ...post, path: aboutPhone(call.phone), times });
      assert.equal((await endOf(call)).status, 'completed');
    });

    test(`21220 (${times} times) while it rings is no end: the phone stops ringing and nobody can answer`, async () => {
      const call = await field.ringing();
      field.fault({ ...NOT_IN_PROGRESS, ...post, path: aboutPhone(call.phone), times });
      await field.end(call.id);
      await until(() => call.phone.over, 'the phone stops ringing');
      await field.ended(call.id, 'canceled', 'person');
      assert.equal(call.agent.joined, null);
    });
  }

  test('200 with a body that says "still ringing" is no end', async () => {
    const call = await field.ringing();
    field.fault({ kind: 'ignored', ...post, path: aboutPhone(call.phone), times: 2 });
    await field.end(call.id);
    await until(() => call.phone.over, 'the phone stops ringing');
    await field.ended(call.id, 'canceled', 'person');
  });

  test('200 with a body that says "still in progress" is no end', async () => {
    const call = await field.talking();
    field.fault({ kind: 'ignored', ...post, path: aboutPhone(call.phone), times: 2 });
    field.fault({ ...UNHEARD, path: orderToAgent(call.agent) });
    await endOf(call);
  });

  for (const [what, retryAfter] of [
    ['in seconds', () => '3'],
    ['as a date', () => new Date(Date.now() + 4000).toUTCString()],
  ]) {
    test(`429 with Retry-After ${what} is waited for, then End goes on`, async () => {
      const call = await field.ringing();
      field.fault({
        ...post, path: aboutPhone(call.phone), kind: 'status', status: 429,
        headers: { 'retry-after': retryAfter() }, body: { code: 20429, message: 'Too Many Requests', status: 429 },
      });
      const { status, ms } = await field.end(call.id);
      assert.deepEqual([status, ms < AT_ONCE], [200, true]);
      await until(() => field.orders(call.phone).length > 0, 'Twilio is told');
      await stays(() => field.orders(call.phone).length === 1, 'Twilio is left in peace as it asked', 2500);
      await until(() => call.phone.over, 'the phone stops ringing');
      await field.recorded(call.id, 'canceled');
    });
  }

  test('503 again and again: End is tried at growing intervals and reaches the phone in the end', async () => {
    const call = await field.talking();
    field.fault({ ...post, path: aboutPhone(call.phone), kind: 'status', status: 503, body: {}, lasts: 5 });
    field.fault({ vendor: 'ultravox', method: 'POST', path: orderToAgent(call.agent), kind: 'status', status: 503, lasts: 5 });
    await endOf(call, 20_000);
    const tries = field.orders(call.phone).length;
    assert.ok(tries >= 2 && tries <= 12, `${tries} orders to Twilio in about 6 s`);
  });

  test('a request that hangs delays neither the answer to End nor the end at Ultravox', async () => {
    const call = await field.talking();
    field.fault({ ...post, path: aboutPhone(call.phone), kind: 'hang', seconds: 6 });
    const { status, ms } = await field.end(call.id);
    assert.equal(status, 200);
    assert.ok(ms < AT_ONCE, `End was answered after ${Math.round(ms)} ms`);
    await until(() => call.agent.ended, 'the agent has left', 3000);
    await until(() => call.phone.over, 'the phone is put down');
    await field.recorded(call.id, 'completed');
  });

  test('a lost reply to End changes nothing of what the record says', async () => {
    const call = await field.talking();
    field.fault({ kind: 'drop-reply', ...post, path: aboutPhone(call.phone) });
    const record = await endOf(call);
    assert.deepEqual([record.status, record.end.by], ['completed', 'person']);
  });

  test('an order that Twilio works off late ends the call once', async () => {
    const call = await field.ringing();
    field.fault({ kind: 'late', seconds: 2, ...post, path: aboutPhone(call.phone) });
    assert.equal((await field.end(call.id)).status, 200);
    await until(() => call.phone.over, 'the phone stops ringing');
    await field.ended(call.id, 'canceled', 'person');
  });

  test('two presses at once are both answered, and the call ends', async () => {
    const call = await field.talking();
    const both = await Promise.all([field.end(call.id), field.end(call.id)]);
    assert.deepEqual(both.map((reply) => reply.status), [200, 200]);
    await until(() => over(call.phone, call.agent), 'it is over');
  });

  test('End on a call that is over orders nothing', async () => {
    const call = await field.talking('0118');
    await field.recorded(call.id, 'completed');
    const before = field.orders(call.phone).length;
    assert.equal((await field.end(call.id)).status, 200);
    await sleep(1500);
    assert.equal(field.orders(call.phone).length, before);
    assert.equal((await field.call(call.id)).end.by, 'agent');
  });

  test('a web call ends although Ultravox fails at first', async () => {
    const call = await field.web();
    field.fault({ vendor: 'ultravox', method: 'POST', path: orderToAgent(call.agent), kind: 'status', status: 503, times: 2 });
    assert.equal((await endOf(call)).status, 'completed');
  });

  test('422 is no end of a web call that Ultravox says is live', async () => {
    const call = await field.web();
    field.fault({
      vendor: 'ultravox', method: 'POST', path: orderToAgent(call.agent),
      kind: 'status', status: 422, body: { detail: 'The call is not active.' },
    });
    assert.equal((await endOf(call)).status, 'completed');
  });

  test('End on a web call that nobody has joined yet is answered although Ultravox fails', async () => {
    const call = await field.web({ join: false });
    field.fault({ vendor: 'ultravox', path: `/calls/${call.agent.id}`, kind: 'status', status: 503, times: 3 });
    const { status, ms } = await field.end(call.id);
    assert.deepEqual([status, ms < AT_ONCE], [200, true]);
    await field.ended(call.id, 'canceled', 'person');
  });

  test('a web call that is joined after End was pressed is ended all the same', async () => {
    const call = await field.web({ join: false });
    assert.equal((await field.end(call.id)).status, 200);
    call.agent.join();
    call.agent.agent = { hangUp: () => call.agent.end('agent_hangup'), abandon() {} };
    await until(() => call.agent.ended, 'the agent has left', 10_000);
  });

  test('End while Twilio is still being asked to dial: whatever comes of it is ended before anybody answers', async () => {
    const number = field.number('0114');
    field.fault({ kind: 'delay', seconds: 2, ...post, path: 'Calls\\.json$', asks: to(number) });
    const placed = field.dial(number);
    const { id } = await until(() => field.recordOf(number), 'there is a record');
    await until(() => field.atTwilio(number).length, 'Twilio has the request');
    const { status, ms } = await field.end(id);
    assert.deepEqual([status, ms < AT_ONCE], [200, true]);
    await placed;
    await until(() => field.atTwilio(number)[0].over, 'it is over at Twilio', 5000);
    assert.equal(field.atTwilio(number)[0].stream.joined, null);
    await field.ended(id, 'canceled', 'person');
  });

  test('the button is never dead: the record says "ending" until both are over, and a second press is answered', async () => {
    const call = await field.ringing();
    field.fault({ ...NOT_IN_PROGRESS, ...post, path: aboutPhone(call.phone), lasts: 3 });
    await field.end(call.id);
    await stays(async () => (await field.call(call.id)).ending, 'it is being ended', 1500);
    assert.equal((await field.end(call.id)).status, 200);
    await until(() => call.phone.over, 'the phone stops ringing');
  });

  test('the record is not closed while the agent may still listen', async () => {
    const call = await field.web();
    field.fault({ ...UNHEARD, path: orderToAgent(call.agent), times: 2 });
    await field.end(call.id);
    await until(async () => {
      const { status } = await field.call(call.id);
      assert.ok(status !== 'completed' || call.agent.ended, 'closed although the agent goes on');
      return status === 'completed';
    }, 'it is over');
  });
});
