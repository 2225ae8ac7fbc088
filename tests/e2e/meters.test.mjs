// What web/meters.js concludes from what it hears and reads; no browser needed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyWatch, level, lineQuality } from '../../web/meters.js';

const QUIET = -80;
const LOUD = -20;

/** Hears a timeline of [until ms, user dB, agent dB] in steps of 33 ms; the latencies found. */
function hear(watch, timeline, from = 0) {
  const found = [];
  let now = from;
  for (const [until, user, agent] of timeline) {
    for (; now < until; now += 33) {
      const ms = watch.hear(now, user, agent);
      if (ms !== null) found.push(ms);
    }
  }
  return found;
}

test('latency runs from the last sound of the user to the first of the agent', () => {
  const [ms, ...more] = hear(new LatencyWatch(), [[1000, QUIET, QUIET], [2000, LOUD, QUIET], [2800, QUIET, QUIET], [4000, QUIET, LOUD]]);
  assert.ok(Math.abs(ms - 800) <= 66, `${ms}`);
  assert.deepEqual(more, []);
});

test('a pause within the answer is not another answer', () => {
  const found = hear(new LatencyWatch(), [[1000, LOUD, QUIET], [1500, QUIET, QUIET], [2500, QUIET, LOUD], [2800, QUIET, QUIET], [3500, QUIET, LOUD], [4500, QUIET, QUIET], [5000, QUIET, LOUD]]);
  assert.equal(found.length, 1);
});

test('what the microphone hears of the agent is not the user', () => {
  const found = hear(new LatencyWatch(), [[1000, LOUD, LOUD], [2000, QUIET, QUIET], [3000, LOUD, LOUD]]);
  assert.deepEqual(found, []);
});

test('speaking over each other, a very late answer and one to something typed are no latencies', () => {
  assert.deepEqual(hear(new LatencyWatch(), [[1000, LOUD, QUIET], [2000, LOUD, LOUD]]), []);
  assert.deepEqual(hear(new LatencyWatch(), [[1000, LOUD, QUIET], [20000, QUIET, QUIET], [21000, QUIET, LOUD]]), []);
  const watch = new LatencyWatch();
  hear(watch, [[1000, LOUD, QUIET], [1500, QUIET, QUIET]]);
  watch.forget();
  assert.deepEqual(hear(watch, [[2500, QUIET, LOUD]], 1500), []);
});

test('what is no speech has no level, and speech that sounds alike has the same', () => {
  assert.deepEqual([-Infinity, -60, -46].map((db) => level(db, -45)), [0, 0, 0]);
  assert.equal(level(-30, -45), 0.5);
  assert.equal(level(-30.5, -45), level(-30, -45));
  assert.equal(level(3, -45), 1);
});

const reports = (...list) => new Map(list.map((report, i) => [String(i), report]));

test('quality takes the round trip of the audio where it is known, else of the line', () => {
  const pair = { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 };
  const rtp = { type: 'remote-inbound-rtp', roundTripTime: 0.08, fractionLost: 0.01 };
  const none = () => ({ received: 0, lost: 0 });
  assert.equal(lineQuality(reports(pair), undefined, none()).roundTrip, 50);
  assert.equal(lineQuality(reports(pair, rtp), undefined, none()).roundTrip, 80);
  assert.deepEqual(lineQuality(undefined, undefined, none()), { roundTrip: -1, jitter: -1, loss: -1 });
});

test('loss is the worse direction, of the last interval only', () => {
  const counts = { received: 0, lost: 0 };
  const inbound = (packetsReceived, packetsLost) => reports({ type: 'inbound-rtp', packetsReceived, packetsLost, jitter: 0.004 });
  assert.deepEqual(lineQuality(undefined, inbound(90, 10), counts), { roundTrip: -1, jitter: 4, loss: 0.1 });
  assert.equal(lineQuality(undefined, inbound(190, 10), counts).loss, 0);
  const sent = reports({ type: 'remote-inbound-rtp', fractionLost: 0.25 });
  assert.equal(lineQuality(sent, inbound(290, 10), counts).loss, 0.25);
});
