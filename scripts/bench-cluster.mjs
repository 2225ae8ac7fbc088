// See scripts/bench-cluster.
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { proxyOf, startHouse } from '../tests/e2e/house.mjs';
import { startPostgres } from '../tests/field/postgres.mjs';
import { ask, environment, quantile, scratch, sleep, startProxy, table, wideLimits } from './bench-server.mjs';
import { Line, startInstantVendors } from './bench-wire.mjs';

const LONE_CALLS = 1000;
const CONNECTIONS = 16;
const ROUND_SECONDS = 5;
const ROUND_CALLS = 2500; // 10,000 live calls are admitted, and these do not end
const PAGES = 5000;
const EVENTS = 20;
const TAKE_OVERS = 5;
const OWN_TIME = { SQLite: 3, PostgreSQL: 8 }; // ms, p99, the budgets

const CALL = JSON.stringify({ systemPrompt: 'You are brief.', medium: { type: 'web' } });
const ms = (number) => `${number.toFixed(1)} ms`;

async function place(line) {
  const reply = await line.post('/api/calls', CALL, { 'idempotency-key': randomUUID() });
  if (reply.status !== 201) throw new Error(`answered ${reply.status}: ${reply.body.slice(0, 300)}`);
  return reply.ms;
}

/** One row of the table: presses at the first of these proxies one by one, then at all of them at once. */
async function presses(what, envs) {
  const vendors = await startInstantVendors();
  const proxies = [];
  for (const env of envs) proxies.push(await startProxy({ ...environment(scratch(), { ultravox: vendors.url }), ...env }));
  const lone = new Line(proxies[0].url);
  const own = [];
  for (let i = 0; i < LONE_CALLS + 50; i++) {
    const before = vendors.spent;
    const took = await place(lone);
    if (i >= 50) own.push(took - (vendors.spent - before));
  }
  lone.close();
  let placed = 0;
  const began = performance.now();
  const round = async (_, n) => {
    const line = new Line(proxies[n % proxies.length].url);
    while (performance.now() - began < ROUND_SECONDS * 1000 && placed < ROUND_CALLS) {
      placed++;
      await place(line);
    }
    line.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, round));
  const seconds = (performance.now() - began) / 1000;
  for (const proxy of proxies) await proxy.stop();
  return [what, ms(quantile(own, 0.5)), ms(quantile(own, 0.99)), ms(OWN_TIME[what.split(/[ ,]/)[0]]), (placed / seconds).toFixed(0)];
}

/** Pages at both proxies, and how long after each press its first event was at all of them. */
async function pages(postgres) {
  const vendors = await startInstantVendors();
  const env = { ...environment(scratch(), { ultravox: vendors.url }), DATABASE_URL: postgres.url };
  const proxies = [await startProxy(env), await startProxy(env)];
  const heard = new Map(); // how many pages have an event
  let open = 0;
  let all = () => {};
  const sockets = [];
  const connect = (url) =>
    new Promise((done, fail) => {
      const { hostname, port, host } = new URL(url);
      const socket = net.connect({ host: hostname, port: Number(port) });
      sockets.push(socket);
      socket.setEncoding('latin1').on('error', fail);
      socket.write(`GET /api/events HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
      let rest = '';
      socket.on('data', (text) => {
        if (!rest && text.startsWith('HTTP/1.1 200')) done(open++);
        const parts = (rest + text).split('\n\n');
        rest = parts.pop() || ' ';
        for (const part of parts) {
          const id = /(?:^|\n) ?id: (\d+)\nevent: call/.exec(part)?.[1];
          if (!id) continue;
          heard.set(id, (heard.get(id) ?? 0) + 1);
          if (heard.get(id) === PAGES) all();
        }
      });
    });
  for (let n = 0; n < PAGES; n += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => connect(proxies[i % 2].url)));
  }
  const line = new Line(proxies[0].url);
  const times = [];
  for (let n = 0; n < EVENTS; n++) {
    await sleep(300);
    heard.clear();
    const everywhere = new Promise((done) => (all = done));
    const began = performance.now();
    await place(line);
    await everywhere;
    times.push(performance.now() - began);
  }
  line.close();
  for (const socket of sockets) socket.on('error', () => {}).destroy();
  for (const proxy of proxies) await proxy.stop();
  console.log(`(b) ${open} pages at two proxies: from the press to the event at the last of them p50 ${ms(quantile(times, 0.5))}, longest ${ms(Math.max(...times))}`);
}

async function takeOvers(postgres) {
  const house = await startHouse({ speed: 10, env: { ...wideLimits, DATABASE_URL: postgres.url } });
  const second = proxyOf({ ...house.environment, PORT: '0' });
  const url = await second.start();
  const times = [];
  const recorded = async (id) => JSON.parse((await ask(`${url}/api/calls/${id}`)).body).call.status;
  for (let n = 0; n < TAKE_OVERS; n++) {
    const body = JSON.stringify({ systemPrompt: 'You are brief.', medium: { type: 'twilio', phoneNumber: '+12025550117' } });
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const { id } = JSON.parse((await ask(`${house.url}/api/calls`, { method: 'POST', headers, body })).body);
    while ((await recorded(id)) !== 'talking') await sleep(20);
    const began = performance.now();
    await house.stop('SIGKILL');
    const phone = [...house.vendors.twilio.calls.values()].find((call) => !call.over);
    phone.end('completed');
    while ((await recorded(id)) !== 'completed') await sleep(20);
    times.push(performance.now() - began);
    await house.start();
  }
  await second.stop();
  await house.close();
  console.log(`(c) a proxy killed: its call's end recorded by the other after ${times.map((time) => (time / 1000).toFixed(1)).join(', ')} s (at most 15 s)`);
}

const postgres = await startPostgres({ durable: true });
const onPostgres = { DATABASE_URL: postgres.url };
console.log(`(a) POST /api/calls: ${LONE_CALLS} one by one (own time), then ${CONNECTIONS} connections for ${ROUND_SECONDS} s or ${ROUND_CALLS} calls`);
const rows = [['', 'p50', 'p99', 'budget', 'calls/s']];
rows.push(await presses('SQLite', [{}]));
rows.push(await presses('PostgreSQL', [onPostgres]));
rows.push(await presses('PostgreSQL, two proxies', [onPostgres, onPostgres]));
const standby = await postgres.addStandby();
postgres.waitFor('standby');
rows.push(await presses('PostgreSQL with a synchronous standby', [onPostgres]));
postgres.waitFor('');
table(rows);
await standby.close();
await pages(postgres);
await takeOvers(postgres);
await postgres.close();
process.exit();
