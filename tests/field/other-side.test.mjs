// A side that has left ends the other, also where the vendors do not notice.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { aboutAgent, aboutPhone, orderToAgent, startField, stays, until } from './field.mjs';

const TEN = 10_500; // ms
const FORGOTTEN = 60_000; // a 404 or two are a hiccup; so long they are none
let field;
before(async () => { field = await startField({ settings: { twilio: { endsTogether: false } } }); });
after(() => field?.close());

describe('A side that has left', { concurrency: true }, () => {
  for (const [reason, by] of [['agent_hangup', 'agent'], ['timeout', 'limit'], ['connection_error', 'provider']]) {
    test(`the agent's side is over (${reason}), the phone still in progress: it is put down within 10 s`, async () => {
      const call = await field.talking();
      call.agent.end(reason);
      await until(() => call.phone.over, 'the phone is put down', TEN);
      await field.ended(call.id, 'completed', by);
    });
  }

  test("the phone is over, the agent's side still live: it is ended within 10 s", async () => {
    const call = await field.talking();
    call.phone.end('completed');
    await until(() => call.agent.ended, 'the agent has left', TEN);
    const record = await field.recorded(call.id, 'completed');
    assert.notEqual(record.end.by, 'person');
    assert.notEqual(record.end.by, 'agent', 'our own order to leave is not the agent who hung up');
  });

  test('the agent waited in vain while the phone rings: it stops ringing within 10 s, unanswered', async () => {
    const call = await field.ringing();
    call.agent.end('unjoined');
    await until(() => call.phone.over, 'the phone stops ringing', TEN);
    assert.equal(call.phone.status, 'canceled');
    const record = await field.recorded(call.id, ['canceled', 'failed']);
    assert.notEqual(record.end.by, 'person', record.end.sentence);
  });

  test('the order to put the phone down is repeated until Twilio says that it is over', async () => {
    const call = await field.talking();
    field.fault({ kind: 'ignored', vendor: 'twilio', method: 'POST', path: aboutPhone(call.phone), times: 1 });
    call.agent.end('agent_hangup');
    await until(() => call.phone.over, 'the phone is put down');
  });

  test('the order to the agent to leave is repeated until Ultravox says that it is over', async () => {
    const call = await field.talking();
    field.fault({ vendor: 'ultravox', method: 'POST', path: orderToAgent(call.agent), kind: 'status', status: 503, times: 2 });
    call.phone.end('completed');
    await until(() => call.agent.ended, 'the agent has left');
  });

  test('Ultravox no longer knows the call: the phone does not stay with nobody on the line', async () => {
    const call = await field.talking();
    call.agent.abandon();
    field.vendors.ultravox.calls.delete(call.agent.id);
    await until(() => call.phone.over, 'the phone is put down', FORGOTTEN);
    await field.recorded(call.id, ['completed', 'failed']);
  });

  test("Twilio no longer knows the call: the agent's side is ended", async () => {
    const call = await field.talking();
    call.phone.abandon();
    field.vendors.twilio.calls.delete(call.phone.sid);
    await until(() => call.agent.ended, 'the agent has left', FORGOTTEN);
    assert.match((await field.recorded(call.id, 'failed')).end.sentence, /no longer knows/);
  });

  test('one or two 404 are a hiccup: nothing is ended by them', async () => {
    const call = await field.talking();
    const hiccup = { kind: 'status', status: 404, body: { code: 20404, message: 'not found', status: 404 }, method: 'GET', times: 2 };
    field.fault({ ...hiccup, path: aboutPhone(call.phone) }, { ...hiccup, path: aboutAgent(call.agent) });
    await stays(() => !call.phone.over && !call.agent.ended, 'both go on', 7000);
    assert.equal((await field.call(call.id)).status, 'talking');
    await field.end(call.id);
    await until(() => call.phone.over && call.agent.ended, 'it is over');
  });
});
