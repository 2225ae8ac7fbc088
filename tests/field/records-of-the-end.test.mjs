// The record tells in words who ended a call and why, and says nothing that nobody knows.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { aboutAgent, aboutPhone, sleep, startField, stays, until } from './field.mjs';

describe('Who ended it', { concurrency: true }, () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  const pressed = /pressed End/i;
  const words = async (id) => [
    (await field.call(id)).end.sentence,
    ...(await field.timeline(id)).map((entry) => entry.detail),
  ].join('\n');

  for (const [what, body] of [['no body', undefined], ['"pressed"', { why: 'pressed' }]]) {
    test(`hang-up with ${what}: somebody pressed End`, async () => {
      const call = await field.talking();
      assert.equal((await field.end(call.id, body)).status, 200);
      const record = await field.ended(call.id, 'completed', 'person');
      assert.match(record.end.sentence, pressed);
    });
  }

  for (const why of ['line_lost', 'agent_left', 'tab_closed']) {
    for (const medium of ['web', 'phone']) {
      test(`hang-up of a ${medium} call because of "${why}": nobody pressed End, and no word says so`, async () => {
        const call = medium === 'web' ? await field.web() : await field.talking();
        assert.equal((await field.end(call.id, { why })).status, 200);
        await until(() => call.agent.ended, 'the agent has left');
        const record = await field.recorded(call.id, 'completed');
        assert.notEqual(record.end.by, 'person');
        assert.doesNotMatch(await words(call.id), pressed);
      });
    }
  }

  test('a web call that nobody joined and whose tab was closed was given up, not ended by a press', async () => {
    const call = await field.web({ join: false });
    assert.equal((await field.end(call.id, { why: 'tab_closed' })).status, 200);
    const record = await field.recorded(call.id, ['canceled', 'failed']);
    assert.notEqual(record.end.by, 'person');
    assert.doesNotMatch(await words(call.id), pressed);
  });

  test('a reason that is none is refused, and the call goes on', async () => {
    const call = await field.talking();
    for (const why of ['because', '', 7]) {
      const { status, body } = await field.end(call.id, { why });
      assert.ok(status === 400 || status === 422, `${status}`);
      assert.equal(body.error.field, 'why');
    }
    await stays(() => !call.phone.over, 'it goes on', 1000);
    await field.end(call.id);
  });

  for (const [reason, by] of [['agent_hangup', 'agent'], ['timeout', 'limit']]) {
    test(`it was over (${reason}) before End was pressed: the press is not what ended it`, async () => {
      const call = await field.talking();
      for (const path of [aboutPhone(call.phone), aboutAgent(call.agent)])
        field.fault({ kind: 'status', status: 503, method: 'GET', path, lasts: 3 }); // so that it is not heard before
      call.agent.end(reason);
      await sleep(2500); // a vendor's Date has whole seconds
      await field.end(call.id);
      await field.ended(call.id, 'completed', by);
    });
  }

  test('completed is answered, whatever the duration: End in the second of the answer, duration 0, and a price', async () => {
    const number = field.number('0117');
    const { body } = await field.dial(number);
    const phone = await field.phone(number, 'in-progress');
    field.fault({
      kind: 'altered', vendor: 'twilio', path: aboutPhone(phone), times: 'always',
      change: { duration: '0', price: '-0.01400', price_unit: 'USD' },
    });
    await field.end(body.id);
    const record = await field.ended(body.id, 'completed', 'person');
    assert.doesNotMatch(record.end.sentence, /before/);
    await until(async () => (await field.call(body.id)).price === '-0.01400', 'the price is recorded');
  });

  test('canceled while it rings was not answered', async () => {
    const call = await field.ringing();
    await field.end(call.id);
    const record = await field.recorded(call.id, 'canceled');
    assert.match(record.end.sentence, /before/);
    assert.equal(record.answeredAt, undefined);
  });

  test('answered, and a notice instead of the agent: the words say that the agent did not come on the line', async () => {
    const number = field.number('0125');
    const { body } = await field.dial(number);
    const { end } = await field.ended(body.id, 'completed', 'provider');
    assert.match(end.sentence, /agent did not come on the line/);
  });
});

describe('Who ended it, on a trial account', () => {
  let field;
  before(async () => {
    field = await startField({ settings: { twilio: { type: 'Trial' } }, env: { TWILIO_API_KEY_SID: '', TWILIO_API_KEY_SECRET: '' } });
  });
  after(() => field?.close());

  test('the agent that did not come on the line comes with a word on trial accounts', async () => {
    const number = field.number('0125');
    field.vendors.settings.twilio.verified.push(number);
    const { body } = await field.dial(number);
    await field.recorded(body.id, 'completed');
    await until(async () => {
      const { end, warning } = await field.call(body.id);
      return /agent did not come on the line/.test(end.sentence) && /trial/i.test(`${end.sentence} ${warning}`);
    }, 'the words name the trial account');
  });
});

describe("Twilio's notifications", () => {
  let field;
  before(async () => { field = await startField({ speed: 3 }); });
  after(() => field?.close());

  /** A call that failed with these in Twilio's debugger: {id, record}. */
  async function failed(notifications, last = '0103') {
    field.vendors.settings.change({ twilio: { notifications } });
    const { body } = await field.dial(field.number(last));
    const record = await field.recorded(body.id, ['failed', 'completed']);
    const read = () => field.asked('GET', new RegExp(`${body.twilio.sid}/Notifications`)).length > 0;
    return { id: body.id, record, read };
  }
  const sentence = async (id) => (await field.call(id)).end.sentence;
  const warning = (code) => ({ log: '1', error_code: String(code) });
  const error = (code) => ({ log: '0', error_code: String(code) });
  const hint = /PUBLIC_BASE_URL|public address/i;

  test('an error goes before a warning, whichever is listed first', async () => {
    for (const [list, cause] of [
      [[warning(11200), error(21215)], /21215/],
      [[error(21215), warning(11200)], /21215/],
      [[warning(15003), error(13224)], /13224/],
    ]) {
      const { id } = await failed(list);
      await until(async () => {
        const said = await sentence(id);
        assert.doesNotMatch(said, /11200|15003/);
        return cause.test(said);
      }, `the words name ${cause}`);
    }
  });

  for (const code of [11200, 11205, 15003]) {
    test(`the warning ${code} about a callback is not why a call failed, only a hint about our own address`, async () => {
      const { id, record } = await failed([warning(code)]);
      assert.equal(record.status, 'failed');
      await until(async () => hint.test(JSON.stringify((await field.ask('GET', `/api/calls/${id}`)).body)), 'there is a hint');
      const said = await sentence(id);
      assert.doesNotMatch(said, new RegExp(String(code)));
      assert.doesNotMatch(said, hint);
    });
  }

  test('a callback that Twilio calls an error is no reason either', async () => {
    const { id, read } = await failed([error(11200)]);
    await until(read, 'the notifications are read');
    await stays(async () => !/11200/.test(await sentence(id)), 'another reason stands', 1000);
  });

  test('without notifications the words are neutral, and there is no hint', async () => {
    const { id, record, read } = await failed([]);
    assert.ok(record.end.sentence.length > 10);
    await until(read, 'the notifications are read');
    assert.doesNotMatch(JSON.stringify((await field.ask('GET', `/api/calls/${id}`)).body), hint);
  });

  test('a short answered call is not blamed on a callback', async () => {
    const { record } = await failed([warning(11200)], '0118');
    await field.ended(record.id, 'completed', 'agent');
  });
});

describe('Who answered', { concurrency: true }, () => {
  let field;
  before(async () => { field = await startField({ callbacks: true }); });
  after(() => field?.close());

  /** A talking call after Twilio has told its verdict. */
  async function told(verdict) {
    const call = await field.talking();
    const status = await field.callback('/api/twilio/amd', {
      CallSid: call.phone.sid, AccountSid: field.vendors.twilioAccountSid,
      ...(verdict === undefined ? {} : { AnsweredBy: verdict }), MachineDetectionDuration: '4200',
    });
    assert.ok(status === 200 || status === 204, `Twilio is answered ${status}`);
    const details = (await field.timeline(call.id)).map((entry) => entry.detail).join('\n');
    const record = await field.call(call.id);
    await field.end(call.id);
    return { details, record };
  }

  for (const [verdict, yes, no] of [
    ['human', /person answered/i, /machine|fax/i],
    ['machine_start', /machine answered/i, /person answered|fax/i],
    ['machine_end_beep', /machine answered/i, /person answered|fax/i],
    ['fax', /fax/i, /person answered|^A machine answered\.$/im],
    ['unknown', /could not tell|unclear|not known|unknown/i, /machine answered|person answered|fax/i],
    ['', /could not tell|unclear|not known|unknown|Answered/i, /machine answered|person answered|fax/i],
  ]) {
    test(`the verdict "${verdict}" is what the record says`, async () => {
      const { details } = await told(verdict);
      assert.match(details, yes);
      assert.doesNotMatch(details, no);
    });
  }

  const hangUp = { voicemail: 'hang-up' };
  test('a fax is hung up on where machines are to be, and the record calls it a fax', async () => {
    const number = field.number('0126');
    const { body } = await field.dial(number, hangUp);
    await until(() => field.atTwilio(number)[0].over, 'it is hung up');
    const { end } = await field.ended(body.id, 'completed', 'server');
    assert.match(end.sentence, /fax/i);
    assert.doesNotMatch(end.sentence, /voicemail|A machine/i);
  });

  test('a person whom the detection cannot tell from a machine is not hung up on', async () => {
    const number = field.number('0127');
    const { body } = await field.dial(number, hangUp);
    const phone = await field.phone(number, 'in-progress');
    await until(() => phone.toJson().answered_by === 'unknown', 'Twilio gives up');
    await stays(() => !phone.over, 'the call goes on', 3000);
    await field.end(body.id);
    const { end } = await field.ended(body.id, 'completed', 'person');
  });

  test('a machine is hung up on, once', async () => {
    const number = field.number('0104');
    const { body } = await field.dial(number, hangUp);
    await field.recorded(body.id, 'completed');
    const [phone] = field.atTwilio(number);
    assert.ok(field.orders(phone).length <= 1);
  });
});

describe('Callbacks that come wrongly', () => {
  let field;
  before(async () => { field = await startField({ callbacks: true }); });
  after(() => field?.close());

  for (const does of ['lose', 'late', 'double', 'reorder', 'forge']) {
    test(`${does}: the record says what is true`, async () => {
      field.vendors.webhooks.addRule({ does });
      const [busy, left] = await Promise.all(['0101', '0118'].map((last) => field.dial(field.number(last))));
      assert.equal((await field.recorded(busy.body.id, 'busy')).answeredAt, undefined);
      const record = await field.ended(left.body.id, 'completed', 'agent');
      assert.ok(record.createdAt <= record.answeredAt && record.answeredAt <= record.endedAt);
      field.vendors.webhooks.clear();
    });
  }
});

for (const minutes of [-7, 7]) {
  describe(`Vendors whose clocks are ${minutes} minutes off`, () => {
    let field;
    before(async () => {
      const clockOffset = minutes * 60;
      field = await startField({ callbacks: true, settings: { twilio: { clockOffset }, ultravox: { clockOffset } } });
    });
    after(() => field?.close());

    test('the times of the record are in order and by our own clock', async () => {
      const call = await field.talking();
      const web = await field.web();
      await sleep(2000);
      await field.end(call.id);
      await field.end(web.id);
      for (const { id } of [call, web]) {
        const record = await field.ended(id, 'completed', 'person');
        const [created, answered, ended] = [record.createdAt, record.answeredAt, record.endedAt].map(Date.parse);
        assert.ok(created <= answered && answered <= ended && ended <= Date.now() + 1000, JSON.stringify(record));
        assert.ok(ended - answered < 8000 && answered - created < 8000, JSON.stringify(record));
      }
    });
  });
}
