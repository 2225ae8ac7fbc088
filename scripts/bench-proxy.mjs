// See scripts/bench-proxy.
import { execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fastifyApp, startFastify } from './bench-fastify.mjs';
import { nextApp, startNext } from './bench-next.mjs';
import { Server, environment, median, quantile, scratch, sleep, startProxy, table } from './bench-server.mjs';
import { Line, startInstantVendors } from './bench-wire.mjs';

const LONE_CALLS = 1500; // one after the other, for the proxy's own time
const CONNECTIONS = 32;
const ROUND_SECONDS = 4;
const ROUND_CALLS = 9000; // a proxy admits 10,000 live calls, and these do not end
const MEMORY_DISK = '/dev/shm'; // tells the disk's part in the times from the proxy's
const STREAMS = 9000;
const IDLE_SECONDS = 5;
const EXPORTED = 8000; // calls, some 5 MB as JSON: more than sockets hold for a reader that does not read
const LAZY = 100;
const IDLE = 1000;

const BODIES = {
  web: JSON.stringify({ systemPrompt: 'You are brief.', medium: { type: 'web' } }),
  phone: JSON.stringify({ systemPrompt: 'You are brief.', medium: { type: 'twilio', phoneNumber: '+12025550100' } }),
};
const ms = (number) => `${number.toFixed(2)} ms`;
const once = () => ({ 'idempotency-key': randomUUID() });

/** The vendors in a process of their own, so that their work is nobody else's. One at a time. */
let vendors;
async function forkVendors() {
  const child = fork(fileURLToPath(import.meta.url), ['--vendors']);
  process.on('exit', () => child.kill('SIGKILL'));
  const url = await new Promise((done) => child.once('message', done));
  vendors = { url, pid: child.pid, stop: () => (child.kill('SIGKILL'), (vendors = undefined)) };
  return vendors;
}

const start = (vendorsUrl, disk) => startProxy(environment(scratch(disk), { ultravox: vendorsUrl }));

async function postOrFail(line, pathname, body) {
  const reply = await line.post(pathname, body, once());
  if (reply.status !== 201 && reply.status !== 200)
    throw new Error(`answered ${reply.status}: ${reply.body.slice(0, 300)}`);
  return reply;
}

// ------------------------------------------------------------------ (a) the proxy's own time

/** Milliseconds of each call that were not the vendors': client's time less what the stub here took. */
async function ownTimes(medium, disk) {
  const vendors = await startInstantVendors();
  const proxy = await start(vendors.url, disk);
  const line = new Line(proxy.url);
  const times = [];
  for (let i = 0; i < LONE_CALLS + 100; i++) {
    const before = vendors.spent;
    const { ms } = await postOrFail(line, '/api/calls', BODIES[medium]);
    if (i >= 100) times.push(ms - (vendors.spent - before));
  }
  line.close();
  await proxy.stop();
  return times;
}

/** Milliseconds of appending 4 KB and waiting for the disk, as a call does two (web) or three (phone) times. */
function diskTimes() {
  const file = openSync(path.join(scratch(), 'row'), 'w');
  const page = Buffer.alloc(4096);
  const times = Array.from({ length: 300 }, () => {
    const began = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return times;
}

async function lone() {
  console.log(
    `(a) the proxy's own time on POST /api/calls, limits counted and the audit row written; ${LONE_CALLS} calls one by one`,
  );
  const rows = [['', 'p50', 'p99', 'budget p99']];
  const row = (what, times, budget) => rows.push([what, ms(median(times)), ms(quantile(times, 0.99)), budget]);
  row('4 KB to the disk', diskTimes(), '');
  for (const medium of ['web', 'phone']) row(medium, await ownTimes(medium), ms(3));
  if (existsSync(MEMORY_DISK)) {
    for (const medium of ['web', 'phone'])
      row(`${medium}, rows in ${MEMORY_DISK}`, await ownTimes(medium, MEMORY_DISK), '');
  }
  table(rows);
}

// ------------------------------------------------------------------ (b) many at once

/** The processes below and including `pid`. */
function tree(pid) {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1];
        return Number(parent) === pid ? [Number(name)] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  return [pid, ...children.flatMap(tree)];
}
const sumOver = (server, what) => tree(server.pid).reduce((sum, pid) => sum + what.call({ pid }), 0);
const { cpuSeconds, status } = Server.prototype;
const memoryOf = (server) =>
  sumOver(server, function () {
    return status.call(this).VmRSS;
  });

/** CPU seconds of the measurement itself: whoever presses, and the vendors. */
const besides = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + (vendors ? cpuSeconds.call({ pid: vendors.pid }) : 0);
};

/** Posts as fast as `CONNECTIONS` lines go, for ROUND_SECONDS or ROUND_CALLS, whichever comes first. */
async function press(server, pathname, medium) {
  const lines = Array.from({ length: CONNECTIONS }, () => new Line(server.url));
  for (const line of lines) await postOrFail(line, pathname, BODIES[medium]); // warm
  const cpu = sumOver(server, cpuSeconds);
  const beside = besides();
  const began = performance.now();
  const times = [];
  await Promise.all(
    lines.map(async (line) => {
      while (performance.now() - began < ROUND_SECONDS * 1000 && times.length < ROUND_CALLS - CONNECTIONS * 2) {
        times.push((await postOrFail(line, pathname, BODIES[medium])).ms);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const used = sumOver(server, cpuSeconds) - cpu;
  const others = besides() - beside;
  for (const line of lines) line.close();
  return {
    perSecond: times.length / seconds,
    cpuMicros: (used / times.length) * 1e6,
    othersMicros: (others / times.length) * 1e6,
    p99: quantile(times, 0.99),
    memory: memoryOf(server),
  };
}

/** One round on a fresh server: what press() says, and the memory before it. */
async function round(startServer, pathname, medium) {
  const { url, stop } = await forkVendors();
  const server = await startServer(url);
  await sleep(300);
  const atRest = memoryOf(server);
  const result = await press(server, pathname, medium);
  await server.stop('SIGKILL');
  stop();
  return { ...result, atRest };
}

// ------------------------------------------------------------------ (c) streams held

/** In a process of its own: opens `count` event streams and says when each event has come to all of them. */
function holdStreams(url, count) {
  const { hostname, port, host } = new URL(url);
  const now = () => Number(process.hrtime.bigint()) / 1e6; // one clock for all processes
  const seen = new Map();
  let open = 0;
  let failed = 0;
  const request = `GET /api/events HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`;
  const connect = (left) => {
    if (left <= 0) return;
    const socket = net.connect({ host: hostname, port: Number(port) }, () => socket.write(request));
    let greeted = false;
    let rest = '';
    const settled = () => {
      if (open + failed === count) process.send({ open, failed });
    };
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      if (!greeted) {
        greeted = true;
        if (text.startsWith('HTTP/1.1 200')) open++;
        else failed++;
        settled();
        connect(left - 64); // 64 chains of streams, each opened when the last one stands
      }
      rest += text;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const id = /(?:^|\n)id: (\d+)/.exec(rest.slice(0, end))?.[1];
        rest = rest.slice(end + 2);
        if (!id) continue;
        const event = seen.get(id) ?? { first: now(), streams: 0 };
        if (++event.streams === 1) seen.set(id, event);
        if (event.streams === open) process.send({ id, first: event.first, last: now() });
      }
    });
    socket.on('error', () => {
      if (greeted) return;
      greeted = true;
      failed++;
      settled();
      connect(left - 64);
    });
  };
  for (let i = 0; i < 64; i++) connect(count - i);
}

/** Presses of the button, one at a time and apart from each other. */
async function presses(url, count) {
  const line = new Line(url);
  const times = [];
  for (let i = 0; i < count; i++) {
    times.push((await postOrFail(line, '/api/calls', BODIES.web)).ms);
    await sleep(150);
  }
  line.close();
  return times;
}

async function streams() {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'])) || 1024;
  const count = Math.min(STREAMS, limit - 500);
  const { url, stop } = await forkVendors();
  const proxy = await start(url);
  const alone = await presses(proxy.url, 40);

  const holder = fork(fileURLToPath(import.meta.url), ['--hold', proxy.url, String(count)]);
  process.on('exit', () => holder.kill('SIGKILL'));
  const broadcasts = [];
  const began = performance.now();
  const { open, failed } = await new Promise((done) => {
    holder.on('message', (message) => (message.id ? broadcasts.push(message.last - message.first) : done(message)));
  });
  const opened = performance.now() - began;
  await sleep(1000);
  const cpu = proxy.cpuSeconds();
  await sleep(IDLE_SECONDS * 1000);
  const idle = proxy.cpuSeconds() - cpu;
  const memory = proxy.status();
  broadcasts.length = 0;
  const held = await presses(proxy.url, 40);
  await sleep(500);
  holder.kill('SIGKILL');
  await proxy.stop();
  stop();

  console.log(
    `\n(c) ${open} event streams held${failed ? `, ${failed} refused` : ''}${count < STREAMS ? ` (ulimit -n is ${limit})` : ''}; opened in ${(opened / 1000).toFixed(1)} s`,
  );
  table([
    ['', 'p50', 'p99'],
    ['POST /api/calls, no streams', ms(median(alone)), ms(quantile(alone, 0.99))],
    [`POST /api/calls, ${open} streams`, ms(median(held)), ms(quantile(held, 0.99))],
    [
      `one event from the first stream to the last (${broadcasts.length} events)`,
      ms(median(broadcasts)),
      ms(quantile(broadcasts, 0.99)),
    ],
  ]);
  console.log(
    `memory with the streams ${(memory.VmRSS / 1024).toFixed(1)} MB; CPU of ${IDLE_SECONDS} s without news ${(idle * 1000).toFixed(0)} ms (heartbeats and ${alone.length} live calls watched)`,
  );
}

// ------------------------------------------------------------------ (d) connections that only cost memory

/** Connections that ask for `pathname` and read nothing of the reply (or, of a short one, all and then no more). */
async function openLines(proxy, pathname, count, reads) {
  const { hostname, port, host } = new URL(proxy.url);
  const sockets = Array.from({ length: count }, () => net.connect({ host: hostname, port: Number(port) }));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((done, failed) => {
          socket.on('error', failed);
          if (reads) socket.once('data', done);
          else socket.pause().once('connect', done);
          socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
        }),
    ),
  );
  return { close: () => sockets.forEach((socket) => socket.destroy()) };
}

async function held() {
  const { url, stop } = await forkVendors();
  const proxy = await start(url);
  const lines = Array.from({ length: CONNECTIONS }, () => new Line(proxy.url));
  await Promise.all(
    lines.map(async (line) => {
      for (let i = 0; i < EXPORTED / CONNECTIONS; i++) await postOrFail(line, '/api/calls', BODIES.web);
    }),
  );
  for (const line of lines) line.close();
  await sleep(500);
  const megabytes = () => proxy.status().VmRSS / 1024;
  const rows = [['', 'memory MB', 'more than without', 'budget', 'POST p50', 'p99']];
  const row = async (what, budget, before) => {
    const times = await presses(proxy.url, 40);
    const more = before === undefined ? '' : (megabytes() - before).toFixed(1);
    rows.push([what, megabytes().toFixed(1), more, budget, ms(median(times)), ms(quantile(times, 0.99))]);
  };
  await row('nobody else', '');
  for (const [what, pathname, count, reads, budget] of [
    [`${LAZY} exports that are not read`, '/api/calls.json', LAZY, false, '50'],
    [`${IDLE} idle connections`, '/healthz', IDLE, true, ''],
  ]) {
    const before = megabytes();
    const open = await openLines(proxy, pathname, count, reads);
    await sleep(1000);
    await row(what, budget, before);
    open.close();
    await sleep(1000);
  }
  await proxy.stop();
  stop();
  console.log(`\n(d) connections that only cost memory, beside ${EXPORTED} calls in the record`);
  table(rows);
}

// ------------------------------------------------------------------

async function main(parts) {
  if (parts.includes('a')) await lone();
  if (parts.includes('b')) {
    const peers = [
      ['Next.js', nextApp(), startNext, '/api/ultravox'],
      ['Fastify', fastifyApp(), startFastify, '/api/calls'],
    ].filter(([, folder]) => folder);
    console.log(`\n(b) ${CONNECTIONS} connections, ${ROUND_SECONDS} s, the same stub vendors`);
    const rows = [['', 'calls/s', 'p99', 'CPU us/call', 'memory MB at rest', 'after', 'CPU us/call of press and stub']];
    const show = (name, r) =>
      rows.push([
        name,
        r.perSecond.toFixed(0),
        ms(r.p99),
        r.cpuMicros.toFixed(0),
        (r.atRest / 1024).toFixed(1),
        (r.memory / 1024).toFixed(1),
        r.othersMicros.toFixed(0),
      ]);
    const ratio = (a, b) => `${(a / b).toFixed(1)}x`;
    for (const medium of ['web', 'phone']) {
      const ours = await round(start, '/api/calls', medium);
      show(`voxdial ${medium}`, ours);
      for (const [name, folder, startPeer, pathname] of peers) {
        const theirs = await round((url) => startPeer(folder, url), pathname, medium);
        show(`${name} ${medium}`, theirs);
        rows.push([
          '  we are better by',
          ratio(ours.perSecond, theirs.perSecond),
          ratio(theirs.p99, ours.p99),
          ratio(theirs.cpuMicros, ours.cpuMicros),
          ratio(theirs.atRest, ours.atRest),
          ratio(theirs.memory, ours.memory),
          '',
        ]);
      }
    }
    table(rows);
  }
  if (parts.includes('c')) await streams();
  if (parts.includes('d')) await held();
  process.exit();
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === '--vendors') {
  process.send((await startInstantVendors()).url);
  process.once('disconnect', () => process.exit());
} else if (mode === '--hold') {
  process.once('disconnect', () => process.exit());
  holdStreams(rest[0], Number(rest[1]));
} else {
  await main(mode ?? 'abcd');
}
