// What the soaks share: people who place calls and press End, a bad day at both vendors, and afterwards the question
// whether every record says what both vendors know. Which servers there are, and what becomes of them, is the caller's.
import { randomUUID } from 'node:crypto';
import { ask, quantile, sleep } from './bench-server.mjs';

const PRESSERS = 4;
const ENDERS = 2;
const SETTLE_SECONDS = 200; // a dial request that never reached Twilio is looked for for a while, then given up
const LAST_WORDS_SECONDS = 60; // for so long they are still read after the end
const FAULTS_A_SECOND = 8;
const CLOCK_NOISE = 100; // ms between a server's idea of the database's time and the vendors'
const VENDOR_SECONDS = 0.08; // so that kills fall into every step of placing a call
export const TIMES_FASTER = 20;

// Numbers of fiction (555-0100 to 555-0199) in these areas, one for each phone attempt, so that a second dial shows.
const AREAS = [
  201, 202, 205, 206, 207, 208, 209, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239,
];
const numbers = AREAS.flatMap((area) => Array.from({ length: 100 }, (_, i) => `+1${area}5550${100 + i}`)).filter(
  (n) => !n.startsWith('+1202'),
);

/** What Twilio's side of an attempt does, by the sandbox's numbers: talk, ring on, be busy, fail, be a machine. */
const KINDS = ['0100', '0117', '0117', '0117', '0114', '0101', '0103', '0104', '0116', '0118'];
/** What a vendor does to one of the next requests. */
const FAULTS = [
  { kind: 'drop-reply' },
  { kind: 'late', seconds: 1 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'hang', seconds: 2 },
  { kind: 'status', status: 503, body: {} },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: {} },
];

/** Random whole numbers, the same ones for the same seed: below `from`, or from it and below `to`. */
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (from, to) => (to === undefined ? Math.floor(next() * from) : from + Math.floor(next() * (to - from)));
}

/**
 * @param {object} day
 * @param {object} day.house the vendors, see startHouse
 * @param {string[]} day.urls of the servers; each press goes to any of them
 * @param {(from: number, to?: number) => number} day.randomInt
 * @param {() => Promise<void>} day.trouble what is done to the servers, for as long as calls are placed
 * @param {(sql: string) => any[][]} day.rows of the record, once all is over
 * @param {() => Promise<void>} day.close what ends the servers before the record is looked at
 * @returns {Promise<{problems: string[], summary: string[]}>}
 */
export async function soak({ house, urls, randomInt, trouble, rows, close }) {
  const attempts = [];
  const pressed = new Set(); // ids of calls on which End was pressed, whatever was answered
  const problems = [];
  const times = [];
  let going = true;
  const anyUrl = () => urls[randomInt(urls.length)];
  house.vendors.faults.add({
    method: 'POST',
    path: '/calls$|/Calls\\.json$',
    kind: 'delay',
    seconds: VENDOR_SECONDS,
    times: 'always',
  });

  function newAttempt() {
    const phone = randomInt(3) > 0 && numbers.length > 0;
    const medium = phone ? { type: 'twilio', phoneNumber: numbers.shift() } : { type: 'web' };
    const attempt = {
      key: randomUUID(),
      number: medium.phoneNumber,
      answers: [],
      body: JSON.stringify({ systemPrompt: 'You are brief.', medium }),
    };
    if (phone) house.vendors.settings.twilio.alike[attempt.number] = `+1202555${KINDS[randomInt(KINDS.length)]}`;
    attempts.push(attempt);
    return attempt;
  }

  /** Presses once; true when it was answered for good. The connection may break at any point. */
  async function press(attempt) {
    const reply = await unlessKilled(
      ask(`${anyUrl()}/api/calls`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': attempt.key },
        body: attempt.body,
      }).then(({ status, body, ms }) => ({ answer: { ...JSON.parse(body), status }, ms })),
    );
    if (!reply) return false;
    const { answer, ms } = reply;
    if (answer.status === 201) times.push(ms);
    if (answer.status === 201 && going && !attempt.number && randomInt(2)) join(answer.ultravox.callId);
    attempt.answers.push(answer);
    // What says "try again" is no answer about the call: the record or the vendor could not be asked just now.
    return !['store_unavailable', 'circuit_open', 'rate_limited', 'overloaded'].includes(answer.error?.code);
  }

  async function presser() {
    while (going) {
      const attempt = newAttempt();
      if (randomInt(4) === 0) await Promise.all([press(attempt), press(attempt)]); // a double click
      // Half of them are given up where the server died, and asked about at the end.
      for (let patience = randomInt(2) * 20; !(await press(attempt)) && patience > 0 && going; patience--) await sleep(50);
      await sleep(randomInt(40));
    }
  }

  /** As a browser would, without its sound. */
  function join(callId) {
    const call = house.vendors.ultravox.calls.get(callId);
    if (!call?.join()) return;
    call.agent = { hangUp: () => call.end('hangup'), abandon() {} };
    call.addMessage({ role: 'MESSAGE_ROLE_AGENT', text: 'Hello?', medium: 'MESSAGE_MEDIUM_VOICE' });
  }

  /** Whatever breaks off because the server was killed is no matter. */
  const unlessKilled = (request) =>
    request.catch((error) => {
      if (!['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code) && !/socket hang up|JSON/.test(error.message))
        throw error;
    });

  async function ender() {
    while (going) {
      await sleep(randomInt(300));
      const list = await unlessKilled(ask(`${anyUrl()}/api/calls?live=true&limit=500`));
      const live = list?.status === 200 ? JSON.parse(list.body).calls : [];
      if (!live.length) continue;
      const { id } = live[randomInt(live.length)];
      pressed.add(id);
      const press = () => unlessKilled(ask(`${anyUrl()}/api/calls/${id}/hangup`, { method: 'POST' }));
      await Promise.all(randomInt(4) ? [press()] : [press(), press()]);
    }
  }

  async function troublemaker() {
    while (going) {
      await sleep(1000 / FAULTS_A_SECOND);
      house.vendors.faults.add({ ...FAULTS[randomInt(FAULTS.length)], skip: randomInt(4), lasts: 3, times: 1 });
    }
  }

  /** What is told at an address, asked until it is: a kept connection may be closed just when it is used again. */
  async function told(url) {
    for (const end = Date.now() + 30_000; ; await sleep(100)) {
      const reply = await unlessKilled(ask(url));
      if (reply?.status === 200) return JSON.parse(reply.body);
      if (Date.now() > end) throw new Error(`${url} is answered ${reply?.status}: ${reply?.body}`);
    }
  }
  /** Every record, as the API gives it. */
  async function records() {
    const all = [];
    for (let cursor = ''; ;) {
      const page = await told(`${urls[0]}/api/calls?limit=500&cursor=${encodeURIComponent(cursor)}`);
      all.push(...page.calls);
      cursor = page.nextCursor;
      if (!cursor) return all;
    }
  }

  /** Each vendor's side of every call. Read at once: vendors and lines stand still while this process computes. */
  function atVendors() {
    const [agents, phones] = [new Map(), new Map()];
    const add = (map, key, call) => map.set(key, [...(map.get(key) ?? []), call]);
    for (const call of house.vendors.ultravox.calls.values()) add(agents, call.request.metadata?.['voxdial.call'], call);
    for (const call of house.vendors.twilio.calls.values()) add(phones, call.stream, call);
    const agentsOf = (id) => agents.get(id) ?? [];
    return { agentsOf, phonesOf: (id) => agentsOf(id).flatMap((agent) => phones.get(agent) ?? []) };
  }
  /** What is still owed to the records: prices, as long as Twilio has one. */
  const unpriced = (all, { phonesOf }) =>
    all.filter((record) => !record.price && phonesOf(record.id).some((phone) => phone.toJson().price)).map((r) => r.id);

  /** What of a record is not what the vendors know. */
  async function lies(record, { agentsOf, phonesOf }) {
    const wrong = [];
    const say = (what) => wrong.push(`call ${record.id} (${record.status}, "${record.end?.sentence}"): ${what}`);
    const [agent, ...moreAgents] = agentsOf(record.id);
    const [phone, ...morePhones] = phonesOf(record.id);
    if (moreAgents.length || morePhones.length) say('it has more than one call at a vendor');
    if (record.end?.by === 'person' && !pressed.has(record.id)) say('nobody pressed End');
    if (phone && record.status !== phone.status) say(`Twilio says ${phone.status}`);
    if (!phone && record.medium === 'twilio' && !['failed', 'canceled', 'unknown'].includes(record.status))
      say('Twilio was never asked');
    if (record.medium === 'web' && record.status === 'completed' && !agent?.joined) say('nobody ever joined it');
    if (record.medium === 'web' && record.status !== 'completed' && agent?.joined && agent.joined < new Date(record.endedAt) - CLOCK_NOISE)
      say('somebody had joined it'); // who joins afterwards is put out again
    if (phone?.toJson().price && record.price !== phone.toJson().price) say(`Twilio's price is ${phone.toJson().price}`);
    const { entries } = await told(`${urls[0]}/api/calls/${record.id}/messages`);
    const spoken = (agent?.messages ?? []).map((m) => m.text);
    if (agent?.joined && JSON.stringify(entries.map((e) => e.text)) !== JSON.stringify(spoken))
      say(`${entries.length} of ${spoken.length} lines of its transcript are recorded`);
    return wrong;
  }

  /** What is not so once last words and prices have had their time. */
  async function remainingLies() {
    for (const end = Date.now() + LAST_WORDS_SECONDS * 1000; ; await sleep(1000)) {
      const found = [];
      const sides = atVendors();
      for (const record of await records()) found.push(...(await lies(record, sides)));
      if (!found.length || Date.now() > end) return found;
    }
  }

  const liveAtVendors = ({ ultravox, twilio }) => [
    ...ultravox.filter((call) => !call.ended).map((call) => `Ultravox call ${call.callId} goes on`),
    ...twilio
      .filter((call) => ['queued', 'initiated', 'ringing', 'in-progress'].includes(call.status))
      .map((call) => `Twilio call ${call.sid} goes on (${call.status})`),
  ];

  /** What the record owes a call, and how the vendors' sides of it stand. */
  const standing = (id, { agentsOf, phonesOf }) =>
    JSON.stringify({
      now: Date.now(),
      owed: rows(`SELECT what, next_at, tries, missing_since FROM owed WHERE call_seq = (SELECT seq FROM calls WHERE id = '${id}')`),
      agents: agentsOf(id).map(({ joined, ended, endReason }) => ({ joined, ended, endReason })),
      phones: phonesOf(id).map(({ sid, status }) => ({ sid, status })),
    });

  /** Until nothing is live, the vendors have nothing running and nothing is owed; what is left then. */
  async function settle() {
    const end = Date.now() + SETTLE_SECONDS * 1000;
    for (;;) {
      const live = (await told(`${urls[0]}/api/calls?live=true&limit=500`)).calls;
      const running = liveAtVendors(await told(`${house.vendors.controlUrl}/calls`));
      const all = await records();
      const sides = atVendors();
      const owed = unpriced(all, sides);
      if (!live.length && !running.length && !owed.length) return [];
      if (Date.now() > end)
        return [
          ...live.map((call) => `call ${call.id} is still ${call.status} after ${SETTLE_SECONDS} s: ${standing(call.id, sides)}`),
          ...owed.map((id) => `call ${id} has no price after ${SETTLE_SECONDS} s`),
          ...running,
        ];
      await sleep(1000);
    }
  }

  const many = (count, work) => Array.from({ length: count }, work);
  const people = [...many(PRESSERS, presser), ...many(ENDERS, ender), troublemaker()];
  await trouble().finally(() => (going = false));
  await Promise.all(people);
  house.vendors.faults.clear();
  for (const call of house.vendors.ultravox.calls.values()) if (!call.isPhone && call.live) call.end('hangup'); // they leave

  for (const attempt of attempts) {
    for (let tries = 0; tries < 100 && !(attempt.answered = await press(attempt)); tries++) {
      await sleep(100);
    }
  }
  problems.push(...(await settle()));
  problems.push(...(await remainingLies()));
  const dialled = (number) => house.dialled(number);
  problems.push(...house.vendors.journal.violations.map((v) => `vendor's rule broken: ${v.rule}: ${v.detail}`));
  problems.push(...house.vendors.problems.map(String));
  for (const { number, key } of attempts) {
    if (number && dialled(number) > 1) problems.push(`${number} was dialled ${dialled(number)} times (key ${key})`);
  }
  await close();

  const calls = new Map();
  for (const [key, id, status, live, audited] of rows(
    'SELECT idempotency_key, id, status, live, (SELECT COUNT(*) FROM audit WHERE audit.call_id = calls.id) FROM calls',
  )) {
    if (calls.has(key)) problems.push(`key ${key} has two calls`);
    calls.set(key, { id, status, live, audited });
  }
  const endings = {};
  for (const { key, number, answers, answered } of attempts) {
    const call = calls.get(key);
    // That a call could not be recorded, and was ended therefore, is said to whoever asks again.
    const givenUp = call && !call.live && answers.at(-1)?.error?.code === 'store_unavailable';
    if (!answered && !givenUp)
      problems.push(`the attempt ${key} is never answered: ${JSON.stringify(answers.at(-1))}`);
    if (!call) {
      problems.push(`key ${key} has no call; answered ${JSON.stringify(answers.at(-1))}`);
      continue;
    }
    endings[call.status] = (endings[call.status] ?? 0) + 1;
    if (!call.audited) problems.push(`call ${call.id} has no audit row`);
    if (call.live) problems.push(`call ${call.id} is recorded as live (${call.status})`);
    const others = answers.filter((answer) => answer.id && answer.id !== call.id);
    if (others.length) problems.push(`key ${key} was answered with another call's id`);
    const told = answers.filter((answer) => answer.status === 201).length;
    const refused = answers.filter((answer) => answer.error?.message?.includes('Nothing was dialled')).length;
    if (told && refused) problems.push(`key ${key} was told both that it was placed and that nothing was dialled`);
    if (refused && number && dialled(number)) problems.push(`key ${key}: "nothing was dialled", but ${number} was`);
  }
  if (calls.size > attempts.length) problems.push(`${calls.size} calls of ${attempts.length} attempts`);

  const places = attempts.filter(({ number }) => number && dialled(number)).length;
  const ends = Object.entries(endings).map(([status, count]) => `${status} ${count}`);
  return {
    problems,
    summary: [
      `End pressed on ${pressed.size} calls, ${attempts.length} attempts (${attempts.filter((a) => a.number).length} by phone, ${places} of them dialled), ${times.length} answered 201`,
      `ends: ${ends.join(', ')}`,
      `a press that was answered took p50 ${quantile(times, 0.5)?.toFixed(0)} ms, p99 ${quantile(times, 0.99)?.toFixed(0)} ms (${VENDOR_SECONDS * 1000} ms a vendor)`,
    ],
  };
}

/** Says how it went and ends the process. */
export function conclude(problems) {
  if (problems.length) {
    console.log(`\n${problems.length} things are wrong:`);
    for (const problem of problems.slice(0, 40)) console.log(`- ${problem}`);
  }
  process.exit(problems.length ? 1 : 0);
}
