// The reply to a dial request was lost: the call may ring somewhere. It is found, and only it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AT_ONCE, aboutPhone, over, startField, stays, to, until } from './field.mjs';

const dialRequest = (number) => ({ vendor: 'twilio', method: 'POST', path: 'Calls\\.json$', asks: to(number) });
const search = (number) => ({ vendor: 'twilio', method: 'GET', path: 'Calls\\.json$', asks: to(number) });
const unavailable = { kind: 'status', status: 503, body: { code: 20503, message: 'unavailable', status: 503 } };

/** A house, and what a test of a lost dial does in it. */
function lost(options) {
  let field;
  before(async () => { field = await startField(options); });
  after(() => field?.close());
  return {
    get field() {
      return field;
    },
    /** Dials a number whose reply is lost; its record's id. */
    async dial(number, fault = { kind: 'drop-reply' }) {
      field.fault({ ...dialRequest(number), ...fault });
      await field.dial(number);
      return (await until(() => field.recordOf(number), 'there is a record')).id;
    },
    /** Presses End; a call that another program owns is left alone for some seconds. */
    async leavesAlone(id, foreign) {
      assert.equal((await field.end(id)).status, 200);
      await stays(() => field.orders(foreign).length === 0 && !foreign.over, "the other program's call goes on", 5000);
    },
  };
}

describe('A lost dial, without a public address', { concurrency: true }, () => {
  const house = lost();

  test('it is found, shown, and ended when End is pressed', async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number);
    const phone = await field.phone(number, 'in-progress');
    await field.recorded(id, 'talking');
    assert.equal((await field.end(id)).status, 200);
    await until(() => over(phone, phone.stream), 'it is over');
    await field.ended(id, 'completed', 'person');
    assert.equal(field.house.dialled(number), 1);
  });

  test('End reaches the agent at once while Twilio cannot be searched', async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, times: 'always' });
    const id = await house.dial(number);
    const phone = await field.phone(number, 'in-progress');
    const { status, ms } = await field.end(id);
    assert.deepEqual([status, ms < AT_ONCE], [200, true]);
    await until(() => phone.stream.ended, 'the agent has left', 3000);
    await until(() => phone.over, 'and so the phone is put down', 3000);
  });

  test('a dial that Twilio works off late is found', async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number, { kind: 'late', seconds: 3 });
    const phone = await field.phone(number, 'in-progress');
    await field.recorded(id, 'talking');
    await field.end(id);
    await until(() => phone.over, 'it is over');
  });

  test('End before a late dial is worked off: the phone is put down at the latest when it is answered', async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number, { kind: 'late', seconds: 4 });
    assert.equal((await field.end(id)).status, 200);
    await until(() => field.atTwilio(number)[0]?.over, 'it is over at Twilio');
    await field.recorded(id, ['canceled', 'completed']);
  });

  test('a reply that is not JSON, one that is cut and one that is not HTTP are lost replies', async () => {
    const { field } = house;
    for (const kind of ['bad-json', 'cut', 'garbage']) {
      const number = field.number('0117');
      const id = await house.dial(number, { kind, processed: true });
      await field.recorded(id, 'talking');
      await field.end(id);
      await until(() => field.atTwilio(number)[0].over, 'it is over');
      assert.equal(field.house.dialled(number), 1);
    }
  });

  for (const age of [2, 4, 60]) {
    test(`another program's call to the same number from ${age} s before the press is never taken for ours`, async () => {
      const { field } = house;
      const number = field.number('0117');
      const foreign = field.vendors.twilio.addForeign({ to: number, age });
      const id = await house.dial(number, { kind: 'reset' }); // never worked off
      await house.leavesAlone(id, foreign);
    });
  }

  test("another program's call from another of the account's numbers is never taken for ours", async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number, { kind: 'reset' });
    const foreign = field.vendors.twilio.addForeign({ to: number, from: '+12025550198' });
    await house.leavesAlone(id, foreign);
  });

  test("two calls fit, one of another program: that one is left alone, and ours ends by its agent's leaving", async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, lasts: 1 });
    const id = await house.dial(number);
    const foreign = field.vendors.twilio.addForeign({ to: number });
    const phone = await field.phone(number, 'in-progress');
    await house.leavesAlone(id, foreign);
    await until(() => over(phone, phone.stream), 'ours is over');
  });

  test("a list that holds calls to other numbers is not believed", async () => {
    const { field } = house;
    const number = field.number('0117');
    const stranger = field.vendors.twilio.addForeign({ to: '+12125559999' });
    field.fault({
      ...search(number), kind: 'wrong-shape', times: 'always',
      body: { calls: [stranger.toJson()], next_page_uri: null },
    });
    const id = await house.dial(number, { kind: 'reset' });
    await house.leavesAlone(id, stranger);
  });

  test("somebody else's call to the same number whose reply is still under way is not taken for the lost one", async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number, { kind: 'reset' });
    field.fault({ ...dialRequest(number), kind: 'delay', seconds: 4 });
    const second = field.dial(number);
    const phone = await field.phone(number, 'in-progress');
    assert.equal((await field.end(id)).status, 200);
    const placed = (await second).body;
    await stays(() => !phone.over && !phone.stream.ended, "the second person's call goes on", 3000);
    assert.equal((await field.end(placed.id)).status, 200);
    await until(() => over(phone, phone.stream), 'until End is pressed on it');
    await field.recorded(placed.id, 'completed');
  });

  test('two lost dials to one number never swap: End on one ends its own agent and leaves the other talking', async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, lasts: 3 });
    const first = await house.dial(number);
    const one = await field.phone(number, 'in-progress');
    await house.dial(number);
    const two = await until(
      () => field.atTwilio(number).find((c) => c !== one && c.status === 'in-progress'), 'the second talks');
    assert.equal((await field.end(first)).status, 200);
    await until(() => over(one, one.stream), 'the first is over');
    await stays(() => !two.over && !two.stream.ended, 'the second goes on', 3000);
  });
});

for (const minutes of [-5, 5]) {
  describe(`A lost dial at a Twilio whose clock is ${minutes} minutes off`, { concurrency: true }, () => {
    const house = lost({ settings: { twilio: { clockOffset: minutes * 60 } } });

    test('it is found', async () => {
      const { field } = house;
      const number = field.number('0117');
      const id = await house.dial(number);
      const phone = await field.phone(number, 'in-progress');
      await field.recorded(id, 'talking');
      await field.end(id);
      await until(() => over(phone, phone.stream), 'it is over');
    });

    test("another program's call from a minute before the press is not taken for it", async () => {
      const { field } = house;
      const number = field.number('0117');
      const foreign = field.vendors.twilio.addForeign({ to: number, age: 60 });
      const id = await house.dial(number, { kind: 'reset' });
      await house.leavesAlone(id, foreign);
    });
  });
}

describe('A lost dial, at a Twilio that does not notice when the agent leaves', { concurrency: true }, () => {
  const house = lost({ settings: { twilio: { endsTogether: false } } });

  test('the record is not closed while the phone may still be in progress, and the phone is ended when it is found', async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, lasts: 5 });
    const id = await house.dial(number);
    const phone = await field.phone(number, 'in-progress');
    await field.end(id);
    await until(() => phone.stream.ended, 'the agent has left', 3000);
    await until(async () => {
      const { status } = await field.call(id);
      assert.ok(phone.over || !['completed', 'canceled', 'unknown', 'failed'].includes(status), `closed as ${status}`);
      return phone.over;
    }, 'the phone is put down');
    await field.ended(id, 'completed', 'person');
  });
});

describe('A lost dial, with a public address', { concurrency: true }, () => {
  const house = lost({ callbacks: true });

  test("the address that Twilio calls back holds our call's id", async () => {
    const { field } = house;
    const number = field.number('0117');
    const { body } = await field.dial(number);
    const [request] = field.asked('POST', /Calls\.json$/).filter((r) => new RegExp(to(number)).test(r.body));
    assert.ok(new URLSearchParams(request.body).get('StatusCallback').includes(body.id));
    await field.end(body.id);
  });

  test('its first callback tells which it is, though Twilio cannot be searched', async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, times: 'always' });
    const id = await house.dial(number);
    const phone = await field.phone(number, 'in-progress');
    await field.recorded(id, 'talking');
    await field.end(id);
    await until(() => over(phone, phone.stream), 'it is over');
  });

  test('two lost dials to one number, each known by its callbacks: both can be ended, each by its own End', async () => {
    const { field } = house;
    const number = field.number('0117');
    field.fault({ ...search(number), ...unavailable, times: 'always' });
    const first = await house.dial(number);
    const one = await field.phone(number, 'in-progress');
    const second = await (async () => {
      field.fault({ ...dialRequest(number), kind: 'drop-reply' });
      await field.dial(number);
      const { calls } = (await field.ask('GET', `/api/calls?q=${number.slice(1)}`)).body;
      return calls.find((c) => c.id !== first).id;
    })();
    const two = await until(
      () => field.atTwilio(number).find((c) => c !== one && c.status === 'in-progress'), 'the second talks');
    await field.recorded(first, 'talking');
    await field.recorded(second, 'talking');
    await field.end(second);
    await until(() => over(two, two.stream), 'the second is over');
    assert.equal(field.orders(one).length, 0);
    await field.end(first);
    await until(() => over(one, one.stream), 'the first is over');
    for (const id of [first, second]) await field.ended(id, 'completed', 'person');
  });

  test('End before a late dial: its first callback is enough to stop it', async () => {
    const { field } = house;
    const number = field.number('0114');
    field.fault({ ...search(number), ...unavailable, times: 'always' });
    const id = await house.dial(number, { kind: 'late', seconds: 3 });
    await field.end(id);
    await until(() => field.atTwilio(number)[0]?.over, 'it is over at Twilio');
    await field.recorded(id, 'canceled');
  });

  test("a callback to our address about a call to another number is not believed", async () => {
    const { field } = house;
    const number = field.number('0117');
    const id = await house.dial(number, { kind: 'reset' }); // never worked off
    const [request] = field.asked('POST', /Calls\.json$/).filter((r) => new RegExp(to(number)).test(r.body));
    const { pathname, search: query } = new URL(new URLSearchParams(request.body).get('StatusCallback'));
    const foreign = field.vendors.twilio.addForeign({ to: '+12125559998' });
    await field.callback(pathname + query, {
      CallSid: foreign.sid, AccountSid: field.vendors.twilioAccountSid, CallStatus: 'in-progress',
      From: foreign.from, To: foreign.to, Direction: 'outbound-api',
    });
    await house.leavesAlone(id, foreign);
    assert.notEqual((await field.call(id)).status, 'talking');
  });

  test('a lost reply to End is no matter: callbacks tell what came of it', async () => {
    const { field } = house;
    const call = await field.talking();
    field.fault({ kind: 'drop-reply', vendor: 'twilio', path: aboutPhone(call.phone), times: 1 });
    await field.end(call.id);
    await field.ended(call.id, 'completed', 'person');
  });
});
