// The small pure parts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { NUMBERS, numbersMarkdown, planFor } from '../numbers.mjs';
import { takeOrder, totalOf } from '../orders.mjs';
import { readStreamTwiml } from '../twiml.mjs';
import { SpeechMeter } from '../speech-meter.mjs';
import { Faults } from '../faults.mjs';

test('an order is read from a sentence, added to, annotated and taken from', () => {
  let order = takeOrder('Two glazed donuts and a coffee, please', []);
  assert.deepEqual(
    order.map((i) => [i.quantity, i.name]),
    [
      [2, 'Glazed donut'],
      [1, 'Coffee'],
    ],
  );
  assert.equal(totalOf(order), '4.47');
  order = takeOrder('another coffee without sugar', order);
  assert.deepEqual(order.at(-1), { name: 'Coffee', quantity: 2, price: 1.89, specialInstructions: 'without sugar' });
  order = takeOrder('please remove the glazed donuts', order);
  assert.deepEqual(
    order.map((i) => i.name),
    ['Coffee'],
  );
  assert.equal(takeOrder('what a lovely day', order), order);
});

test('TwiML is read strictly', () => {
  const good =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Connect><Stream url="wss://h/calls/1/telephony"></Stream></Connect></Response>';
  assert.deepEqual(readStreamTwiml(good), { url: 'wss://h/calls/1/telephony', problems: [] });
  assert.equal(
    readStreamTwiml('<Response><Connect><Stream url="wss://h/&lt;&#x61;&#98;&amp;"/></Connect></Response>').url,
    'wss://h/<ab&',
  );
  const bad = {
    '<Response><Connect><Stream url="wss://h/a&b"/></Connect></Response>': /not escaped/,
    '<Response><Connect><Stream url="wss://h/a"/></Connect>': /not well-formed/,
    '<Response><Connect><Stream url="wss://h/a"/></connect></Response>': /not well-formed/,
    '<response><Connect><Stream url="wss://h/a"/></Connect></response>': /<response> where <Response>/,
    '<Response><Connect><Stream url="wss://h/a"/></Connect><Hangup/></Response>': /exactly <Connect>/,
    '<Response><Connect><Stream url="wss://h/a" Track="x"/></Connect></Response>': /no attribute "Track"/,
    '<Response><Connect><Stream url="wss://h/a?b=c"/></Connect></Response>': /without a query/,
    '<Response><Connect><Stream url="ws://h/a"/></Connect></Response>': /must be wss/,
    '<Response><Connect><Stream url="wss://h/a" url="wss://h/b"/></Connect></Response>': /twice/,
    '<Response>hello<Connect><Stream url="wss://h/a"/></Connect></Response>': /text inside/,
    '': /not well-formed/,
  };
  for (const [twiml, why] of Object.entries(bad)) assert.match(readStreamTwiml(twiml).problems.join('; '), why, twiml);
});

test('speech is heard once and ended once; a beeping fake microphone and a muted one are not speech', () => {
  const heard = [];
  const meter = new SpeechMeter((event) => heard.push(event));
  const packets = (n, bytes) => {
    for (let i = 0; i < n; i++) meter.packet(bytes(i), 0);
  };
  const silence = () => 3;
  const speech = (i) => 90 + ((i * 37) % 50);
  for (let i = 0; i < 10; i++) {
    packets(18, (n) => (n < 12 ? 190 - 7 * n : 121));
    packets(7, silence);
  }
  packets(100, () => 75); // muted, with an encoder that spends much on nothing
  assert.deepEqual(heard, []);
  packets(60, speech);
  packets(10, silence);
  packets(30, speech);
  packets(40, () => 56);
  assert.deepEqual(heard, ['start', 'end']);
  packets(40, speech);
  meter.tick(5000); // no packet came for long
  assert.deepEqual(heard, ['start', 'end', 'start', 'end']);
});

test('faults are met in order, by method and path, as often as they were ordered', () => {
  const faults = new Faults();
  faults.add({ kind: 'reset', method: 'POST', path: '/Calls', times: 2, skip: 1 });
  faults.add({ kind: 'hang', asks: 'To=%2B1202' });
  faults.add({ kind: 'status', vendor: 'ultravox', times: 'always' });
  const take = (vendor, method, path, body) => faults.take(vendor, { method, path, body })?.kind;
  assert.equal(take('twilio', 'GET', '/Calls.json'), undefined);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => take('twilio', 'POST', '/Calls.json')),
    [undefined, 'reset', 'reset', undefined],
  );
  assert.equal(take('twilio', 'POST', '/', 'From=1&To=%2B1212'), undefined);
  assert.equal(take('twilio', 'POST', '/', 'From=1&To=%2B1202'), 'hang');
  assert.equal(take('ultravox', 'GET', '/'), 'status');
  assert.equal(take('ultravox', 'GET', '/'), 'status');
  assert.throws(() => faults.add({ kind: 'explode' }), /unknown fault kind/);
});

test("every magic number is from the range for fiction or one of Twilio's own, and says what it does", () => {
  for (const [number, { says, plan }] of NUMBERS) {
    assert.match(number, /^\+1(20255501\d\d|500555000[1-4])$/);
    assert.ok(says.length > 3 && plan);
    assert.ok(numbersMarkdown().includes(`| \`${number}\` | ${says} |`));
  }
  assert.equal(planFor('+12125550142').talk, 'ordinary');
});
