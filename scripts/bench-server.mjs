// A server process under measurement: started with an environment of its own, asked what it costs, ended. Shared by
// scripts/sizes, bench-* and soak-*; starts nothing that outlives this process and speaks to 127.0.0.1 only.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const build = path.resolve(root, process.env.VOXDIAL_BUILD ?? 'build'); // another build is measured by naming its folder
export const binary = path.join(build, 'release/voxdial');

/** Limits that are counted and not reached. */
export const wideLimits = {
  LIMIT_CALLS_PER_USER_HOUR: '100000',
  LIMIT_CALLS_PER_USER_DAY: '1000000',
  LIMIT_CALLS_PER_ADDRESS_HOUR: '100000',
  LIMIT_CALLS_PER_DESTINATION_DAY: '0',
  LIMIT_CONCURRENT_CALLS: '10000',
  LIMIT_MINUTES_PER_DAY: '10000000',
  LIMIT_SPEND_PER_DAY: '1000000.00',
};

/** What every measurement sets: no real vendor, no real night, wide limits. */
export const environment = (dataDir, { ultravox = 'http://127.0.0.1:9', twilio = ultravox } = {}) => ({
  PATH: process.env.PATH,
  PORT: '0',
  DATA_DIR: dataDir,
  WEB_ROOT: path.join(build, 'web'),
  AGENTS_DIR: path.join(root, 'proxy/agents'),
  QUIET_HOURS: 'off',
  ULTRAVOX_BASE_URL: ultravox,
  ULTRAVOX_API_KEY: 'bench000.00000000000000000000000000000000',
  TWILIO_BASE_URL: twilio,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '0'.repeat(32),
  TWILIO_PHONE_NUMBER: '+15005550006',
  ...wideLimits,
});

const children = new Set();
const folders = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** A folder that is gone when this process is. */
export function scratch(below = tmpdir()) {
  const folder = mkdtempSync(path.join(below, 'voxdial-bench-'));
  folders.add(folder);
  return folder;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']));

/** A started process. `lines` of its output are waited for with `said(pattern)`. */
export class Server {
  #waiting = [];
  #text = '';

  constructor(command, args, { env, cwd } = {}) {
    this.startedAt = performance.now();
    this.child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(this.child);
    this.errors = '';
    this.child.stderr.on('data', (bytes) => (this.errors = (this.errors + bytes).slice(-4000)));
    this.child.stdout.on('data', (bytes) => {
      this.#text = (this.#text + bytes).slice(-20_000);
      this.#waiting = this.#waiting.filter((look) => !look());
    });
    this.ended = new Promise((done) =>
      this.child.once('exit', (status, signal) => {
        children.delete(this.child);
        done(signal ?? status);
      }),
    );
  }
  get pid() {
    return this.child.pid;
  }

  /** The match of `pattern` in what the process has printed, as soon as there is one. */
  said(pattern) {
    return new Promise((done, fail) => {
      const look = () => {
        const match = pattern.exec(this.#text);
        if (match) done(match);
        return match;
      };
      if (!look()) this.#waiting.push(look);
      this.ended.then((how) => fail(new Error(`${this.child.spawnargs[0]} ended (${how}): ${this.errors}`)));
    });
  }

  /** Kilobytes as the kernel counts them: {VmRSS, RssAnon, RssFile, VmHWM}, and Threads. */
  status() {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Object.fromEntries(
      [...text.matchAll(/^(VmRSS|RssAnon|RssFile|VmHWM|Threads):\s+(\d+)/gm)].map((m) => [m[1], +m[2]]),
    );
  }
  /** Seconds of CPU used so far, children's not included. */
  cpuSeconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }
  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }
}

/** The release proxy, listening. */
export async function startProxy(env) {
  const server = new Server(binary, ['serve'], { env });
  server.url = (await server.said(/(https?:\S+)\/\n/))[1];
  return server;
}

/** One request: {status, headers, body, ms}. */
export function ask(url, { method = 'GET', headers = {}, body, agent } = {}) {
  return new Promise((done, fail) => {
    const began = performance.now();
    const request = http.request(url, { method, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', fail);
      response.on('end', () =>
        done({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
          ms: performance.now() - began,
        }),
      );
    });
    request.setNoDelay(true);
    request.on('error', fail);
    request.end(body);
  });
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The value below which `share` (0..1) of the numbers lie. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
export const median = (numbers) => quantile(numbers, 0.5);

/** Prints rows of equally many cells in columns. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    console.log(
      row.map((cell, i) => (i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]))).join('  '),
    );
  }
}
