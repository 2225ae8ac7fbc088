// A reply is believed only about the call that was asked about.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { aboutAgent, aboutPhone, over, startField, stays, to, until } from './field.mjs';

const FOREIGN = `CA${'f'.repeat(32)}`;
let field;
before(async () => { field = await startField(); });
after(() => field?.close());

/** The call goes on, in the record too, and ends by End. */
async function goesOn({ id, phone, agent }) {
  await stays(async () => (await field.call(id)).status === 'talking', 'the record says that it talks', 4000);
  field.vendors.faults.clear();
  await field.end(id);
  await until(() => over(phone, agent), 'it is over');
  await field.ended(id, 'completed', 'person');
}

describe('A reply about another call', { concurrency: false }, () => {
  const completed = { status: 'completed', duration: '7', price: '-9.99', end_time: new Date().toUTCString() };

  for (const [what, change] of [
    ['another sid', { sid: FOREIGN }],
    ['another number that was called', { to: '+12025550199' }],
    ['another caller number', { from: '+12025550198' }],
  ]) {
    test(`Twilio's look with ${what} ends nothing here`, async () => {
      const call = await field.talking();
      field.fault({
        kind: 'altered', vendor: 'twilio', method: 'GET', path: aboutPhone(call.phone), times: 'always',
        change: { ...completed, ...change },
      });
      await goesOn(call);
      assert.notEqual((await field.call(call.id)).price, '-9.99');
    });
  }

  test("Ultravox's look with another callId ends nothing here", async () => {
    const call = await field.web();
    field.fault({
      kind: 'altered', vendor: 'ultravox', method: 'GET', path: aboutAgent(call.agent), times: 'always',
      change: { callId: randomUUID(), ended: new Date().toISOString(), endReason: 'hangup' },
    });
    await stays(async () => (await field.call(call.id)).status === 'talking', 'it goes on', 4000);
    field.vendors.faults.clear();
    await field.end(call.id);
    await until(() => call.agent.ended, 'it is over');
  });

  test("End's reply about another call is not the end of this one", async () => {
    const call = await field.talking();
    field.vendors.settings.change({ twilio: { endsTogether: false } });
    field.fault({
      kind: 'wrong-shape', processed: false, vendor: 'twilio', method: 'POST', path: aboutPhone(call.phone), times: 2,
      body: { ...call.phone.toJson(), sid: FOREIGN, ...completed },
    });
    await field.end(call.id);
    await until(async () => {
      const { status } = await field.call(call.id);
      assert.ok(call.phone.over || status === 'talking', `closed as ${status} while the phone goes on`);
      return call.phone.over;
    }, 'the phone is put down');
    field.vendors.settings.change({ twilio: { endsTogether: true } });
    await field.recorded(call.id, 'completed');
  });

  test("a dial reply with another call's sid is a lost reply: End leaves the other call alone and ends ours", async () => {
    const other = await field.talking();
    const number = field.number('0117');
    field.fault({
      kind: 'altered', vendor: 'twilio', method: 'POST', path: 'Calls\\.json$', asks: to(number),
      change: { sid: other.phone.sid, to: other.to },
    });
    await field.dial(number);
    const { id } = await field.recordOf(number);
    const phone = await field.phone(number, 'in-progress');
    await field.end(id);
    await until(() => over(phone, phone.stream), 'ours is over');
    assert.ok(!other.phone.over && field.orders(other.phone).length === 0, 'the other goes on');
    await field.end(other.id);
    await until(() => other.phone.over, 'the other ends by its own End');
  });

  test("an Ultravox create reply with another call's id is no call", async () => {
    const other = await field.web();
    field.fault({ kind: 'altered', vendor: 'ultravox', method: 'POST', path: '/api/calls$', change: { callId: other.agent.id } });
    const { status, body } = await field.press({ type: 'web' });
    assert.notEqual(status, 201, JSON.stringify(body));
    assert.ok(!other.agent.ended, 'the other goes on');
    await field.end(other.id);
    await until(() => other.agent.ended, 'the other is over');
  });
});
