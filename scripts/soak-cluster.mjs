// See scripts/soak-cluster.
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { proxyOf, startHouse } from '../tests/e2e/house.mjs';
import { startPostgres } from '../tests/field/postgres.mjs';
import { startRelay } from '../tests/field/relay.mjs';
import { binary, sleep, wideLimits } from './bench-server.mjs';
import { conclude, dice, soak, TIMES_FASTER } from './soak.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!(seconds >= 5 && seconds <= 3600) || !Number.isInteger(seed)) {
  console.error('soak-cluster: --seconds 5 to 3600, and a whole number as --seed');
  process.exit(2);
}
const PAGES = 4;
const LONGEST_STAND = Math.min(20, seconds / 5); // seconds
const randomInt = dice(seed);

let primary = await startPostgres();
let standby = await primary.addStandby();
primary.waitFor('standby');
const relays = [await startRelay(primary.socket), await startRelay(primary.socket)];
// Vendors live faster here, proxies do not: an agent waits for its telephone for as long as a proxy may stand still.
const patience = { RING_TIMEOUT_SECONDS: '600' };
const house = await startHouse({ speed: TIMES_FASTER, env: { ...wideLimits, ...patience, DATABASE_URL: relays[0].url } });
const second = proxyOf({ ...house.environment, PORT: '0', DATABASE_URL: relays[1].url });
const proxies = [house, second];
const urls = [house.url, await second.start()];

/** What a page is told, wherever it listens: it comes back as browsers do, where it was. */
function openPage() {
  const page = { told: [], open: true, request: null };
  let last = '';
  const connect = () => {
    if (!page.open) return;
    const headers = { accept: 'text/event-stream', ...(last ? { 'last-event-id': last } : {}) };
    const again = () => page.open && setTimeout(connect, 50 + randomInt(200));
    page.request = http.get(`${urls[randomInt(2)]}/api/events`, { headers, agent: false }, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      // As the page does, which is told the time every 8 s: what says nothing for longer is given up.
      response.setTimeout(17_000, () => response.destroy());
      response.on('error', () => {});
      response.on('close', again);
      response.on('data', (part) => {
        const parts = (rest + part).split('\n\n');
        rest = parts.pop();
        for (const event of parts) {
          const said = Object.fromEntries([...event.matchAll(/^(\w+): ?(.*)$/gm)].map((m) => [m[1], m[2]]));
          if (!said.id) continue; // what is so just now, or the time
          last = said.id;
          page.told.push({ id: BigInt(said.id), kind: said.event, data: said.data });
        }
      });
    });
    page.request.setTimeout(17_000, () => page.request.destroy());
    page.request.on('error', again);
  };
  connect();
  return page;
}

const done = {};
const note = (what) => (done[what] = (done[what] ?? 0) + 1);
const stand = () => sleep(1000 * randomInt(1, LONGEST_STAND + 1));

/** As a service manager does: a start that fails, since the database lets nobody write just then, is tried again. */
async function startAgain(proxy) {
  for (const end = Date.now() + 60_000; ; await sleep(500)) {
    try {
      return await proxy.start();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
async function crash() {
  await primary.stop('SIGQUIT');
  await sleep(randomInt(500));
  await primary.start();
}
async function failOver() {
  await primary.stop('SIGKILL');
  standby.promote();
  for (const relay of relays) {
    relay.database = standby.socket;
    relay.cut();
  }
  await primary.close();
  primary = standby;
  standby = await primary.addStandby(); // commits have waited for one of its name
}

/** What may happen, and how often beside the others. */
const TROUBLES = [
  [6, 'a proxy killed', async (n) => {
    await proxies[n].stop('SIGKILL');
    await sleep(randomInt(1500));
    await startAgain(proxies[n]);
  }],
  [3, 'a proxy stood still', async (n) => {
    process.kill(proxies[n].pid, 'SIGSTOP');
    await stand();
    process.kill(proxies[n].pid, 'SIGCONT');
  }],
  [2, 'a proxy stopped and started', async (n) => {
    await proxies[n].stop();
    await startAgain(proxies[n]);
  }],
  [6, 'lines cut', async (n) => relays[n].cut()],
  [8, 'COMMIT replies to be lost', async (n) => relays[n].loseCommitReplies(randomInt(1, 4))],
  [6, 'COMMITs to be lost', async (n) => relays[n].loseCommits(randomInt(1, 3))],
  [4, 'lines slow', async (n) => {
    relays[n].delay = 20;
    await sleep(2000);
    relays[n].delay = 0;
  }],
  [2, 'lines dead', async (n) => {
    relays[n].stop();
    await stand();
    relays[n].goOn();
  }],
  [2, 'the database crashed', crash],
  [1, 'the database stood still', async () => {
    primary.signal('SIGSTOP');
    await stand();
    primary.signal('SIGCONT');
  }],
  [1, 'the standby was away', async () => {
    await standby.stop();
    await stand();
    await standby.start();
  }],
  [1, 'the standby took over', failOver],
  [1, 'the standby took over after a crash', async () => {
    await crash(); // what then waited for the standby counts, and the standby does not have it
    await failOver();
  }],
];
const chances = TROUBLES.flatMap(([weight, ...what]) => Array(weight).fill(what));

async function trouble() {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(randomInt(100, 1000))) {
    const [what, happens] = chances[randomInt(chances.length)];
    note(what);
    await happens(randomInt(2));
  }
}

/**
 * What of a page's events is not what the table holds. Where PostgreSQL crashed and its standby took over before it had
 * caught up, the last events of an epoch are lost, the same ones for all: a page must then have gone on in a later epoch,
 * which began with a reload.
 */
function eventsBeside(rows) {
  const table = new Map(rows.map(([number, kind, masked, whole]) => [number, `${kind} ${whole || masked}`]));
  const oldest = rows[0]?.[0] ?? 0;
  const newest = rows.at(-1)?.[0];
  const numberOf = (id) => Number(id & 0xffff_ffffn);
  const epochOf = (id) => id >> 32n;
  const saidBy = new Map(); // what pages were told as an event's id, lost or not
  return pages.flatMap(({ told }, n) => {
    const wrong = [];
    let before = null;
    let lost = null; // the first of this epoch's events that the table does not hold
    for (const { id, kind, data } of told) {
      const begins = !kind || kind === 'reload'; // only where in the stream it is
      if (!begins && id !== before + 1n) wrong.push(`page ${n} was told event ${id} after ${before}`);
      if (before !== null && epochOf(id) !== epochOf(before)) {
        if (!begins) wrong.push(`page ${n} was told event ${id} of another epoch without a reload`);
        lost = null;
      }
      before = id;
      if (begins) continue;
      const said = `${kind} ${data}`;
      if ((saidBy.get(id) ?? said) !== said) wrong.push(`page ${n} was told "${said}" as event ${id}, another page "${saidBy.get(id)}"`);
      saidBy.set(id, said);
      if (numberOf(id) < oldest) continue;
      if (table.get(numberOf(id)) !== said) lost ??= { id, said };
      else if (lost) wrong.push(`page ${n} was told "${lost.said}" as event ${lost.id}, which is not in the table though later ones are`);
    }
    if (lost) wrong.push(`page ${n} was told "${lost.said}" as event ${lost.id}, which is "${table.get(numberOf(lost.id))}"`);
    if (before === null || numberOf(before) !== newest) wrong.push(`page ${n} has heard all but the last: ${before} of ${newest}`);
    return wrong.slice(0, 5);
  });
}

const rows = (sql) =>
  JSON.parse(primary.query(`SELECT COALESCE(json_agg(to_json(row)), '[]') FROM (${sql}) row`)).map(Object.values);

console.log(`${seconds} s of trouble (seed ${seed}), then the settling`);
const pages = Array.from({ length: PAGES }, openPage);
let wrongEvents = [];
const { problems, summary } = await soak({
  house,
  urls,
  randomInt,
  trouble,
  rows,
  async close() {
    await sleep(1500); // the last events arrive
    wrongEvents = eventsBeside(rows('SELECT number, kind, masked, whole FROM news ORDER BY number'));
    for (const page of pages) {
      page.open = false;
      page.request.destroy();
    }
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  },
});
problems.push(...wrongEvents);
const verified = spawnSync(binary, ['audit', 'verify'], { env: { DATABASE_URL: primary.url }, encoding: 'utf8' });
if (verified.status !== 0) problems.push(`audit verify: ${verified.stdout}${verified.stderr}`);
for (const { log } of proxies) {
  const lines = log.filter((line) => /handler_threw|terminate|assert/i.test(line));
  problems.push(...lines.map((line) => `a proxy said: ${line}`));
}
console.log(Object.entries(done).map(([what, times]) => `${what} ${times} times`).join(', '));
console.log(`${relays[0].lost + relays[1].lost} replies to COMMIT lost; pages were told ${pages.map((page) => page.told.length).join(', ')} events`);
console.log([...summary, verified.stdout.trim()].join('\n'));
await house.close();
for (const relay of relays) await relay.close();
await standby.close();
await primary.close();
conclude(problems);
