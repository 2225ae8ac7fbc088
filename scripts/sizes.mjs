// See scripts/sizes.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ask, binary, build, environment, median, root, scratch, sleep, startProxy, table } from './bench-server.mjs';

const STARTS = 15;
const IDLE_SECONDS = 5;

const missing = [binary, path.join(build, 'web.stamp')].filter((file) => !existsSync(file));
if (missing.length) {
  console.error(`sizes: build first (./run --build): ${missing.map((file) => path.relative(root, file)).join(', ')}`);
  process.exit(2);
}

const bytes = (number) => number.toLocaleString('en-US');
const rows = [['what', 'measured', 'budget', '']];
function row(what, value, budget, show = bytes) {
  const over = budget !== undefined && value > budget;
  rows.push([
    what,
    show(value),
    budget === undefined ? '' : show(budget),
    over ? 'OVER' : budget === undefined ? '' : 'ok',
  ]);
  if (over) process.exitCode = 1;
}
const milliseconds = (number) => `${number.toFixed(1)} ms`;

// web/build.mjs leaves what it measured beside its output.
const { built } = JSON.parse(readFileSync(path.join(build, 'web.stamp'), 'utf8'));
row('page to its first frame, brotli bytes', built.firstFrame, 220_000);
row('web-call SDK, brotli bytes', built.webCall, 130_000);
row('proxy binary, bytes', statSync(binary).size);

/** Spawned until /healthz has answered. */
async function start(dataDir) {
  const server = await startProxy(environment(dataDir));
  const { status } = await ask(`${server.url}/healthz`);
  if (status !== 200) throw new Error(`/healthz answered ${status}`);
  return { server, ms: performance.now() - server.startedAt };
}

const dataDir = scratch();
const first = await start(dataDir);
await first.server.stop();
const starts = [];
for (let i = 0; i < STARTS; i++) {
  const { server, ms } = await start(dataDir);
  starts.push(ms);
  await server.stop();
}

const server = await startProxy(environment(dataDir));
await sleep(500); // what starts in the background has come to rest
const rest = server.status();
await ask(`${server.url}/healthz`);
await sleep(100);
const asked = server.status();
const before = server.cpuSeconds();
await sleep(IDLE_SECONDS * 1000);
const idle = server.cpuSeconds() - before;
await server.stop();

row('memory at rest (VmRSS), bytes', rest.VmRSS * 1024, 24_000_000);
row('  of it its own (RssAnon)', rest.RssAnon * 1024);
row('  of it pages of files (RssFile)', rest.RssFile * 1024);
row('memory after one /healthz (VmRSS), bytes', asked.VmRSS * 1024, 24_000_000);
row('threads', asked.Threads);
row(`start to first reply, median of ${STARTS}`, median(starts), 100, milliseconds);
row('  the best of them', Math.min(...starts), undefined, milliseconds);
row('  the first of all, which makes the database', first.ms, undefined, milliseconds);
row(`CPU of ${IDLE_SECONDS} s at rest`, idle * 1000, 0, (number) => `${number} ms`);

table(rows);
