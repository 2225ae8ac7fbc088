// What an operator installs: that the files of the container image are all it takes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const root = new URL('../../build/package/root', import.meta.url).pathname;
const package_ = new URL('../../scripts/package', import.meta.url).pathname;
const nobody = 65532;

test('the files of the image serve the page, for a user without rights who can write nothing but the data', { skip: process.getuid() !== 0 && 'chroot is for root' }, async () => {
  execFileSync(package_, ['image', '--built'], { stdio: 'ignore' });
  const settings = { DATA_DIR: '/data', WEB_ROOT: '/usr/share/voxdial/web', AGENTS_DIR: '/usr/share/voxdial/agents', PORT: '0', ULTRAVOX_API_KEY: 'key' };
  const enter = (words, env) => ['chroot', [`--userspec=${nobody}:${nobody}`, root, '/usr/bin/voxdial', ...words], { env: { PATH: process.env.PATH, ...env } }];
  const proxy = spawn(...enter(['serve'], settings));
  let said = '';
  proxy.stderr.on('data', (words) => (said += words));
  try {
    const [line] = await Promise.race([once(proxy.stdout, 'data'), once(proxy, 'exit').then(() => assert.fail(said))]);
    const url = String(line).match(/http:\S+/)[0];
    assert.match(await (await fetch(url)).text(), /<title>voxdial/);
    assert.equal((await (await fetch(url + 'api/agents')).json()).agents.length > 0, true);
    assert.equal((await fetch(url + 'readyz')).status, 200);
    execFileSync(...enter(['health'], { ...settings, PORT: new URL(url).port }));
  } finally {
    proxy.kill();
    await once(proxy, 'exit');
  }
  assert.throws(() => execFileSync(...enter(['health'], { ...settings, PORT: '9' })), /no proxy answers on port 9/);
});
