// The running proxy as the system sees it: what SECURITY.md promises of its process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { proxyBinary, startHouse } from './house.mjs';

let house;
before(async () => { house = await startHouse(); });
after(() => house?.close());

const proc = (name) => readFile(`/proc/${house.pid}/${name}`, 'latin1');

test('no key stands in its arguments or, once it serves, in its environment', async () => {
  for (const name of ['cmdline', 'environ']) {
    const text = await proc(name);
    for (const secret of house.secrets.filter((one) => !/^(AC|SK)/.test(one))) assert.ok(!text.includes(secret), name);
  }
});

test('it leaves no core dump, and the keys are in memory that is never swapped out', async () => {
  assert.match(await proc('limits'), /^Max core file size\s+0\s+0\s/m);
  const [, locked] = /^VmLck:\s+(\d+) kB/m.exec(await proc('status'));
  assert.ok(Number(locked) >= 4 * 3, `${locked} kB locked`);
});

test('what it keeps on disk holds no key and is for its owner only', async () => {
  const files = await readdir(house.data, { withFileTypes: true });
  assert.ok(files.length > 0);
  assert.equal((await stat(house.data)).mode & 0o077, 0);
  for (const file of files.filter((entry) => entry.isFile())) {
    const bytes = await readFile(path.join(house.data, file.name), 'latin1');
    for (const secret of house.secrets) assert.ok(!bytes.includes(secret), file.name);
  }
});

test('it refuses to serve others than this machine while nobody is named', () => {
  for (const env of [{ LISTEN_ADDRESS: '0.0.0.0' }, { LISTEN_ADDRESS: '::' }, { ALLOWED_HOSTS: 'calls.example.com' }]) {
    const { status, stderr } = spawnSync(proxyBinary, ['serve'], { env: { ...house.environment, PORT: '0', ...env }, encoding: 'utf8', timeout: 10_000 });
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
