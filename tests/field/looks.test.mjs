// Looks at the vendors: nothing is looked at for ever, and no call's trouble is another one's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AT_ONCE, aboutPhone, sleep, startField, until } from './field.mjs';

/** ms from what a vendor knows to what the record says; one look that hangs lasts 10 s. */
const SHOWN = 8000;

describe('Messages whose pages never end', () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  for (const endless of ['words', 'empty']) {
    test(`pages (${endless}) without an end cost few requests, and hold up no other call`, async () => {
      field.vendors.settings.change({ ultravox: { endlessMessages: endless } });
      const calls = await Promise.all(Array.from({ length: 5 }, () => field.talking()));
      const before = field.vendors.journal.requests.length;
      await sleep(3000);
      const pages = field.asked('GET', /\/messages$/, before).length;
      assert.ok(pages <= 300, `${pages} pages read in 3 s`);
      await field.web(); // waits until it is shown
      const web = await field.web();
      web.agent.end('hangup');
      await field.recorded(web.id, 'completed', SHOWN);
      for (const call of calls) await field.end(call.id);
      await until(() => calls.every((call) => call.phone.over), 'all are over');
      assert.ok((await field.words(calls[0].id)).length <= 3000, 'the transcript has a bound');
    });
  }

  test('and do not keep the server from stopping', async () => {
    await Promise.all(Array.from({ length: 5 }, () => field.talking()));
    await sleep(500);
    const stopped = field.house.stop('SIGTERM').then(() => true);
    const inTime = await Promise.race([stopped, sleep(8000)]);
    if (!inTime) await field.house.stop('SIGKILL');
    assert.ok(inTime, 'SIGTERM was not enough');
    await field.house.start();
  });
});

describe('After the end', () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  test('a call that is over, with all that is owed recorded, is left alone; one that nobody answered has no price to wait for', async () => {
    const numbers = ['0101', '0102', '0103', '0115', '0124', '0116', '0118'].map((last) => field.number(last));
    const placed = await Promise.all(numbers.map((number) => field.dial(number)));
    for (const { body } of placed) await field.recorded(body.id, ['busy', 'no-answer', 'failed', 'completed']);
    for (const { body } of placed.slice(5)) await until(async () => (await field.call(body.id)).price, 'it has its price');
    const ended = field.vendors.journal.requests.length;
    await sleep(8000); // the last words, and why it failed
    const late = field.vendors.journal.requests.length;
    await sleep(4000);
    for (const number of numbers.slice(0, 5)) {
      const [phone] = field.atTwilio(number);
      const looks = [aboutPhone(phone), `/calls/${phone.stream.id}`].map(
        (path) => field.asked('GET', new RegExp(path), ended).length,
      );
      assert.ok(looks[0] <= 2 && looks[1] <= 6, `${looks} looks at Twilio and Ultravox in 12 s`);
    }
    const asked = field.vendors.journal.requests.slice(late);
    // An agent that nobody has joined is looked at now and then until it expires.
    assert.ok(asked.length <= numbers.length, asked.map((r) => `${r.method} ${r.path}`).join('\n'));
  });

  test('200 calls that are over and wait for their price slow no live call down', async () => {
    field.vendors.settings.change({ twilio: { pricedAfter: null } });
    for (let ten = 0; ten < 20; ten++) {
      const ended = await Promise.all(Array.from({ length: 10 }, () => field.dial(field.number('0118'))));
      assert.deepEqual([...new Set(ended.map((reply) => reply.status))], [201]);
    }
    await until(async () => !(await field.ask('GET', '/api/calls?live=true')).body.calls.length, 'all are over', 30_000);
    const number = field.number('0114');
    const { body } = await field.dial(number);
    const phone = await field.phone(number, 'ringing');
    await field.recorded(body.id, 'ringing', SHOWN);
    phone.end('busy');
    await field.recorded(body.id, 'busy', SHOWN);
  });
});

describe('Looks that hang', () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  test("100 live calls, 30 of them with looks that hang at both vendors: another call's end is shown at once", async () => {
    const calls = [];
    for (let ten = 0; ten < 10; ten++) {
      const more = Array.from({ length: 10 }, async () => {
        const number = field.number('0117');
        const { body } = await field.dial(number);
        return { id: body.id, phone: await field.phone(number, 'in-progress') };
      });
      calls.push(...(await Promise.all(more)));
    }
    const [shown, ...others] = calls;
    for (const { phone } of others.slice(0, 30)) {
      field.fault({ vendor: 'twilio', method: 'GET', path: aboutPhone(phone), kind: 'hang', times: 'always' });
      field.fault({ vendor: 'ultravox', method: 'GET', path: `/calls/${phone.stream.id}`, kind: 'hang', times: 'always' });
    }
    await sleep(2500); // by now they hang
    for (const call of [shown, ...others.slice(50, 55)]) {
      call.phone.stream.end('agent_hangup');
      await field.recorded(call.id, 'completed', SHOWN);
    }
    // and End reaches one whose looks hang
    const stuck = others[0];
    const { status, ms } = await field.end(stuck.id);
    assert.deepEqual([status, ms < AT_ONCE], [200, true]);
    await until(() => stuck.phone.over, 'it is put down', SHOWN);
  });
});
