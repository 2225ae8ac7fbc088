// Past its hard limit and a minute more a call is ended at both vendors and closed, whatever they report.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderToAgent, startField, until } from './field.mjs';

const LIMIT = 30; // seconds; the least that may be set
const RING = 5;
const GRACE = 60;

test('calls that stay in progress or joined for ever are closed with that reason and give their place back', async (t) => {
  const field = await startField({
    speed: 20,
    settings: { ultravox: { neverEnds: true } },
    env: { MAX_CALL_SECONDS: String(LIMIT), RING_TIMEOUT_SECONDS: String(RING), LIMIT_CONCURRENT_CALLS: '2' },
  });
  t.after(() => field.close());
  const began = performance.now();
  const number = field.number('0117');
  field.vendors.settings.twilio.staysAt[number] = 'in-progress';
  const { body } = await field.dial(number);
  const line = await field.phone(number, 'in-progress');
  const phone = { id: body.id, agent: line.stream };
  const web = await field.web();
  const calls = [phone, web];

  for (const { id } of calls) {
    const left = began + (LIMIT + RING + GRACE + 15) * 1000 - performance.now();
    const record = await until(async () => {
      const found = await field.call(id);
      return found.endedAt && found;
    }, 'it is closed', left);
    assert.match(record.end.sentence, /limit|overdue|had to be over|longer/i);
    assert.notEqual(record.end.by, 'person');
  }
  const lasted = (performance.now() - began) / 1000;
  assert.ok(lasted > LIMIT, `closed after ${Math.round(lasted)} s, before the limit`);
  await until(() => field.orders(line).length > 0, 'Twilio is told to end it');
  for (const { agent } of calls) {
    await until(() => field.asked('POST', new RegExp(orderToAgent(agent))).length > 0, 'Ultravox is told to end it');
  }
  const { status } = await field.press({ type: 'web' });
  assert.equal(status, 201, 'there is room for another call');
});
