// Logging in, as people do it: with Chromium and Firefox, on this machine, by TLS, and behind nginx.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BROWSERS, closePage, press, see, startBrowser } from './browsers.mjs';
import { arrive, logIn, seeCallScreen, startFront } from './front.mjs';
import { makeCertificate, startNginx } from './nginx.mjs';

const NAME = 'vox.example.com';
const browsers = {};
const settings = {};
const closing = [];

before(async () => {
  for (const name of BROWSERS) {
    browsers[name] = await startBrowser(name, { names: [NAME] });
    closing.push(browsers[name]);
  }
  const plain = await startFront({ ALLOWED_HOSTS: NAME, TRUSTED_PROXIES: '127.0.0.1' });
  closing.push(plain);
  const nginx = await startNginx(`http://127.0.0.1:${plain.port}`, { name: NAME });
  closing.push(nginx);
  const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-front-'));
  closing.push({ close: () => rm(folder, { recursive: true }) });
  const { cert, key } = await makeCertificate(folder, ['localhost', '127.0.0.1']);
  const direct = await startFront({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key });
  closing.push(direct);
  Object.assign(settings, {
    'http on this machine': `http://127.0.0.1:${plain.port}`,
    'http at localhost': `http://localhost:${plain.port}`,
    'direct TLS': `https://localhost:${direct.port}`,
    'nginx in front': nginx.url,
  });
});
after(async () => {
  for (const thing of closing.reverse()) await thing.close();
});

for (const name of BROWSERS) {
  for (const setting of ['http on this machine', 'http at localhost', 'direct TLS', 'nginx in front']) {
    test(`${name}, ${setting}: log in, place a call, end it, reload, log out`, async () => {
      const page = await browsers[name].newPage();
      await page.goto(settings[setting]);
      assert.equal(page.url(), `${settings[setting]}/login`);
      await logIn(page);
      assert.equal(page.url(), `${settings[setting]}/`);
      await seeCallScreen(page);

      await press(page, 'radio', 'Phone');
      await page.locator('input[type=tel]').fill('202 555 0117');
      await page.keyboard.press('Enter');
      await see(page, 'button', 'End call');
      await press(page, 'button', 'End call');

      await page.reload();
      await seeCallScreen(page);
      await press(page, 'tab', 'Settings');
      await press(page, 'button', 'Log out');
      await arrive(page, `${settings[setting]}/login`);
      await page.goto(settings[setting]);
      assert.equal(page.url(), `${settings[setting]}/login`);
      await closePage(page);
    });
  }
}
