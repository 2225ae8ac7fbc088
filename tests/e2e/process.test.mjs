// The running proxy as the system sees it: what SECURITY.md promises of its process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { proxyBinary, startHouse } from './house.mjs';

let house;
before(async () => { house = await startHouse(); });
after(() => house?.close());

/** What must be known to nobody: the account's and the API key's ids are names. */
const keys = () => house.secrets.filter((one) => !/^(AC|SK)/.test(one));

/** One of the system's notes on the process; null where it keeps no such note or lets only a tracer of processes read it. */
const proc = (name) =>
  readFile(`/proc/${house.pid}/${name}`, 'latin1').catch((error) => {
    if (['EACCES', 'EPERM', 'ENOENT'].includes(error.code)) return null;
    throw error;
  });

/** Which of the words stand in memory of the process that is not locked, and where; null where it may not be read. */
async function unlocked(words) {
  const found = [];
  const maps = await proc('smaps');
  const memory = await open(`/proc/${house.pid}/mem`).catch(() => null);
  if (!maps || !memory) return null;
  for (const [, from, to, rights, what] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)\n(?=(?:[A-Z][^\n]*\n)*?Locked: +0 kB)/gm)) {
    if (!rights.startsWith('rw')) continue;
    const start = Number(`0x${from}`);
    const bytes = Buffer.alloc(Number(`0x${to}`) - start);
    await memory.read(bytes, 0, bytes.length, start).catch(() => {}); // a guard page
    for (const word of words) if (bytes.includes(word)) found.push(`${word} in ${what || 'a mapping'} ${from}`);
  }
  await memory.close();
  return found;
}

test('no key stands in its arguments or, once it serves, in its environment', async () => {
  for (const name of ['cmdline', 'environ']) {
    const text = (await proc(name)) ?? ''; // kept from everybody is best
    for (const secret of keys()) assert.ok(!text.includes(secret), name);
  }
});

test('it leaves no core dump, and the keys are in memory that is never swapped out, or it says so', async (t) => {
  const limits = await proc('limits');
  const locked = /^VmLck:\s+(\d+) kB/m.exec((await proc('status')) ?? '')?.[1];
  if (!limits || !locked) return t.skip('this system does not tell');
  assert.match(limits, /^Max core file size\s+0\s+0\s/m);
  const told = house.log.some((line) => line.includes('keys_not_locked'));
  assert.ok(Number(locked) >= 4 * 3 || told, `${locked} kB locked`);
});

test('what it keeps on disk holds no key and is for its owner only', async () => {
  const files = await readdir(house.environment.DATA_DIR, { withFileTypes: true });
  assert.ok(files.length > 0);
  assert.equal((await stat(house.environment.DATA_DIR)).mode & 0o077, 0);
  for (const file of files.filter((entry) => entry.isFile())) {
    const bytes = await readFile(path.join(house.environment.DATA_DIR, file.name), 'latin1');
    for (const secret of house.secrets) assert.ok(!bytes.includes(secret), file.name);
  }
});

test('it refuses to serve others than this machine while nobody is named', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-nobody-')); // the running one's is in use
  t.after(() => rm(folder, { recursive: true }));
  for (const env of [{ LISTEN_ADDRESS: '0.0.0.0' }, { LISTEN_ADDRESS: '::' }, { ALLOWED_HOSTS: 'calls.example.com' }]) {
    const { status, stderr } = spawnSync(proxyBinary, ['serve'], { env: { ...house.environment, DATA_DIR: folder, PORT: '0', ...env }, encoding: 'utf8', timeout: 10_000 });
    assert.equal(status, 1);
    assert.match(stderr, /anybody could place calls/);
    assert.match(stderr, /voxdial user add/);
  }
});

test('every mistake in the configuration is told at once, each with its remedy and without its value', () => {
  const env = { ...house.environment, PORT: 'http', MAX_CALL_SECONDS: '5', TWILIO_PHONE_NUMBER: '555', ULTRAVOX_BASE_URL: 'http://vendor.example' };
  const { status, stderr } = spawnSync(proxyBinary, ['serve'], { env, encoding: 'utf8', timeout: 10_000 });
  assert.equal(status, 2);
  for (const name of ['PORT', 'MAX_CALL_SECONDS', 'ULTRAVOX_BASE_URL', 'TWILIO_PHONE_NUMBER']) assert.match(stderr, new RegExp(`^voxdial: ${name} `, 'm'));
  for (const secret of house.secrets) assert.ok(!stderr.includes(secret));
});

test('before a vendor has been asked, no key stands in memory that could be swapped out', async (t) => {
  if (house.log.some((line) => line.includes('keys_not_locked'))) return t.skip('no memory may be locked here');
  const found = await unlocked(keys());
  if (!found) return t.skip('the memory of others may not be read here');
  assert.deepEqual(found, []);
});
