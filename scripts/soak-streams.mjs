// See scripts/soak-streams.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { startHouse } from '../tests/e2e/house.mjs';
import { ask, median, quantile, scratch, sleep, wideLimits } from './bench-server.mjs';

const seconds = Number(process.argv[2] ?? 20);
if (!(seconds >= 1 && seconds <= 3600)) {
  console.error('soak-streams: how many seconds, 1 to 3600');
  process.exit(2);
}
const STREAMS = 1000;
const CALLS_A_SECOND = 5;
const REST_SECONDS = 90; // for the last calls to come to their end

const house = await startHouse({ speed: 20, env: { DATA_DIR: scratch(), ...wideLimits } });
const problems = [];

/** What a stream has seen: the numbers of its events in their order, and the end of every call. */
class Stream {
  ids = [];
  ended = new Set();
  reloads = 0;
  closed = false;
  #rest = '';

  open() {
    return new Promise((done, fail) => {
      this.request = http.get(
        `${house.url}/api/events`,
        { agent: false, headers: { accept: 'text/event-stream' } },
        (response) => {
          if (response.statusCode !== 200) return fail(new Error(`a stream was answered ${response.statusCode}`));
          response.setEncoding('utf8');
          response.on('data', (text) => this.#take(text));
          response.on('error', () => {}).on('close', () => (this.closed = true));
          done(this);
        },
      );
      this.request.on('error', fail);
    });
  }
  #take(text) {
    this.#rest += text;
    for (let end = this.#rest.indexOf('\n\n'); end >= 0; end = this.#rest.indexOf('\n\n')) {
      const event = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      const id = /^id: (\d+)$/m.exec(event);
      if (!id) continue;
      this.ids.push(BigInt(id[1]));
      if (/^event: reload$/m.test(event)) this.reloads++;
      const over =
        /^event: call$/m.test(event) && /"status":"(?:completed|busy|no-answer|failed|canceled|unknown)"/.test(event);
      if (over) this.ended.add(/"id":"(call_[^"]+)"/.exec(event)?.[1]);
    }
  }
  close() {
    this.request.destroy();
  }
}

const streams = [];
while (streams.length < STREAMS) {
  streams.push(
    ...(await Promise.all(Array.from({ length: Math.min(100, STREAMS - streams.length) }, () => new Stream().open()))),
  );
}

const times = [];
const placed = [];
async function place(i) {
  const { status, body, ms } = await ask(`${house.url}/api/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      systemPrompt: 'You are brief.',
      medium: { type: 'twilio', phoneNumber: `+1212555${String(100 + (i % 100)).padStart(4, '0')}` },
    }),
  });
  if (status !== 201) return problems.push(`call ${i} was answered ${status}: ${body.slice(0, 200)}`);
  times.push(ms);
  placed.push(JSON.parse(body).id);
}
const pending = [];
for (let i = 0; i < seconds * CALLS_A_SECOND; i++) {
  pending.push(place(i));
  await sleep(1000 / CALLS_A_SECOND);
}
await Promise.all(pending);

// Until every stream has told the end of every call, and nothing more comes.
const everybodyKnows = () => streams.every(({ ended }) => placed.every((id) => ended.has(id)));
for (const end = Date.now() + REST_SECONDS * 1000; !everybodyKnows() && Date.now() < end;) await sleep(250);
const totals = () => streams.reduce((sum, { ids }) => sum + ids.length, 0);
for (let before = -1, quiet = 0; quiet < 4;) {
  const now = totals();
  quiet = now === before ? quiet + 1 : 0;
  before = now;
  await sleep(250);
}

const longest = streams.reduce((most, { ids }) => (ids.length > most.length ? ids : most), []);
for (const [number, { ids, ended, reloads, closed }] of streams.entries()) {
  const name = `stream ${number}`;
  if (closed) problems.push(`${name} was closed`);
  if (reloads) problems.push(`${name} was told to reload ${reloads} times`);
  if (ids.some((id, i) => i > 0 && id <= ids[i - 1])) problems.push(`${name} has events out of order`);
  if (ids.length !== longest.length || ids.some((id, i) => id !== longest[i]))
    problems.push(`${name} has ${ids.length} events, another ${longest.length}`);
  const unheard = placed.filter((id) => !ended.has(id));
  if (unheard.length) problems.push(`${name} has not heard how ${unheard.length} calls ended`);
}
for (const stream of streams) stream.close();
const metrics = (await ask(`${house.url}/metrics`)).body;
console.log(
  `${STREAMS} streams, ${placed.length} calls placed and watched, ${longest.length} events on each stream, ${totals()} in all`,
);
console.log(
  `POST /api/calls p50 ${median(times).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms; the vendors and the readers share one process`,
);
const dropped = Number(/^voxdial_event_readers_dropped (\d+)$/m.exec(metrics)?.[1] ?? NaN);
if (dropped !== 0) problems.push(`the proxy says that it dropped ${dropped} readers`);
problems.push(...house.vendors.journal.violations.map((v) => `vendor's rule broken: ${v.rule}: ${v.detail}`));
await house.close();
if (problems.length) {
  console.log(`\n${problems.length} things are wrong:`);
  for (const problem of problems.slice(0, 20)) console.log(`- ${problem}`);
}
process.exit(problems.length ? 1 : 0);
