// The whole house on this machine: the stand-in vendors in this process, and the release proxy with a data
// folder of its own in front of them. What a test does to it goes through here; what a person does, through
// the page. Nothing outlives close().
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startVendors } from '../vendors/vendors.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = path.resolve(root, process.env.VOXDIAL_BUILD ?? 'build'); // another build is tried by naming its folder
export const proxyBinary = path.join(build, 'release/voxdial');
const web = path.join(build, 'web');

/** What is not built yet, as words; empty when nothing is missing. */
export const notBuilt = () =>
  [proxyBinary, path.join(web, 'index.html')].filter((file) => !existsSync(file)).map((file) => path.relative(root, file));

/** A proxy with this environment, to be started and stopped. Started again it is found at the same place. */
export function proxyOf(environment) {
  let running = null;
  const log = [];
  return {
    /** Every line it has logged. */
    log,
    /** The address that it prints once it listens. */
    async start() {
      const child = spawn(proxyBinary, ['serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
      running = { child, ended: new Promise((done) => child.once('exit', done)) };
      createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
      const [, url] = await new Promise((done, fail) => {
        createInterface({ input: child.stdout }).on('line', (line) => done(/(https?:\S+)\/$/.exec(line)));
        child.once('exit', (status) => fail(new Error(`the proxy ended (${status}):\n${log.join('\n')}`)));
      });
      environment.PORT = new URL(url).port;
      return url;
    },
    async stop(signal = 'SIGTERM') {
      running?.child.kill(signal);
      await running?.ended;
      running = null;
    },
    get pid() {
      return running.child.pid;
    },
    get stopped() {
      return running === null;
    },
  };
}

/**
 * @param {object} [options]
 * @param {number} [options.speed] how many times faster than life phone calls go
 * @param {boolean} [options.phone] whether the proxy is given Twilio's values
 * @param {object} [options.env] more of the proxy's environment
 */
export async function startHouse({ speed = 3, phone = true, env = {} } = {}) {
  assert.deepEqual(notBuilt(), [], 'build first: ./run --build');
  const vendors = await startVendors({ speed, settings: { twilio: { callsPerSecond: 0 } } });
  const data = await mkdtemp(path.join(tmpdir(), 'voxdial-house-'));
  const twilio = {
    TWILIO_ACCOUNT_SID: vendors.twilioAccountSid,
    TWILIO_AUTH_TOKEN: vendors.twilioAuthToken,
    TWILIO_PHONE_NUMBER: vendors.twilioPhoneNumber,
    TWILIO_API_KEY_SID: vendors.twilioApiKeySid,
    TWILIO_API_KEY_SECRET: vendors.twilioApiKeySecret,
  };
  const environment = {
    PATH: process.env.PATH,
    PORT: '0',
    DATA_DIR: path.join(data, 'store'), // the proxy makes it
    WEB_ROOT: web,
    AGENTS_DIR: path.join(root, 'proxy/agents'),
    QUIET_HOURS: 'off',
    LIMIT_CALLS_PER_DESTINATION_DAY: '0',
    TWILIO_BASE_URL: vendors.twilioBaseUrl, // a loopback address of both vendors: the sandbox, with and without phone
    ULTRAVOX_BASE_URL: vendors.ultravoxBaseUrl,
    ULTRAVOX_API_KEY: vendors.ultravoxApiKey,
    ...(phone ? twilio : {}),
    ...env,
  };
  const proxy = proxyOf(environment);
  const { log, start, stop } = proxy;

  const secrets = [
    vendors.ultravoxApiKey,
    vendors.twilioAuthToken,
    vendors.twilioApiKeySecret,
    vendors.twilioApiKeySid,
    vendors.twilioAccountSid,
  ];
  const numbers = new Set(); // every one that was dialled, without the +
  const noteNumbers = () => [...vendors.journal.dialled.keys()].forEach((number) => numbers.add(number.slice(1)));
  /** Lines of the log that tell a key, a whole number or a way into a call. */
  const telltales = () => {
    noteNumbers();
    const words = [...secrets, ...numbers, 'wss://', 'ws://', 'joinUrl', 'Authorization', 'X-API-Key'];
    return log.filter((line) => words.some((word) => line.includes(word)));
  };

  const url = await start().catch(async (error) => {
    await vendors.close();
    throw error;
  });
  return {
    url,
    vendors,
    /** Every line the proxy has logged. */
    log,
    /** What must appear in nothing that a browser gets. */
    secrets,
    environment,
    start,
    stop,
    get pid() {
      return proxy.pid;
    },
    get stopped() {
      return proxy.stopped;
    },
    /** How often a number was really dialled at Twilio. */
    dialled: (number) => vendors.journal.dialled.get(number)?.length ?? 0,
    /** How many calls Ultravox was asked to make. */
    created: () =>
      vendors.journal.requests.filter((r) => r.vendor === 'ultravox' && r.method === 'POST' && /\/calls$/.test(r.path))
        .length,
    /** The join addresses that Twilio was given: whoever has one can listen to the call. */
    phoneJoins: () =>
      vendors.journal.requests
        .filter((r) => r.vendor === 'twilio' && r.method === 'POST')
        .map((r) => /<Stream[^>]* url="([^"]+)"/.exec(new URLSearchParams(r.body).get('Twiml') ?? '')?.[1])
        .filter(Boolean)
        .map((join) => new URL(join).pathname),
    /** The vendors' notes begin anew; the calls stay what they are. */
    forget() {
      noteNumbers();
      vendors.journal.clear();
      vendors.faults.clear();
    },
    /** Nobody broke a vendor's rule, and the stand-in itself met no fault. */
    assertClean() {
      assert.deepEqual(vendors.journal.violations, []);
      assert.deepEqual(vendors.problems, []);
    },
    /** Ends everything; the log of the whole run must have kept every secret. */
    async close() {
      await stop();
      await vendors.close();
      await rm(data, { recursive: true, force: true });
      assert.deepEqual(telltales(), [], 'the log tells what it must not');
    },
  };
}
