// Logging in, as people do it: with Chromium and Firefox, on this machine, by TLS, and behind nginx.
import assert from 'node:assert/strict';
import http from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BROWSERS, closePage, press, see, startBrowser } from './browsers.mjs';
import { arrive, logIn, seeCallScreen, startFront } from './front.mjs';
import { makeCertificate, startNginx } from './nginx.mjs';

const NAME = 'vox.example.com';
const LAN = 'lan.example.com';
const ELSEWHERE = 'news.example.net';
const browsers = {};
const settings = {};
const closing = [];

before(async () => {
  for (const name of BROWSERS) {
    browsers[name] = await startBrowser(name, { names: [NAME, LAN, ELSEWHERE] });
    closing.push(browsers[name]);
  }
  const plain = await startFront({ ALLOWED_HOSTS: `${NAME},${LAN}`, TRUSTED_PROXIES: '127.0.0.1' });
  closing.push(plain);
  const nginx = await startNginx(`http://127.0.0.1:${plain.port}`, { name: NAME });
  closing.push(nginx);
  // The guides' other habits: $host has no port, and without a Host line the server behind is told its own address.
  for (const [kept, headers] of [['the port', ['Host $host', 'X-Forwarded-Proto $scheme']], ['the Host', ['X-Forwarded-Proto $scheme']]]) {
    const careless = await startNginx(`http://127.0.0.1:${plain.port}`, { name: NAME, headers });
    closing.push(careless);
    settings[`nginx keeps ${kept}`] = careless.url;
  }
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
    'http on the LAN': `http://${LAN}:${plain.port}`,
  });
  const site = http.createServer((request, response) => response.setHeader('content-type', 'text/html').end(`<a href="${nginx.url}/#history">Our calls</a>`));
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  closing.push({ close: () => site.close() });
  settings.elsewhere = `http://${ELSEWHERE}:${site.address().port}/`;
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
      await press(page, 'link', 'Settings');
      assert.deepEqual(page.problems, [], 'the page had problems');
      await press(page, 'button', 'Log out');
      await arrive(page, `${settings[setting]}/login`);
      await page.goto(settings[setting]);
      assert.equal(page.url(), `${settings[setting]}/login`);
      // What the page was just asking may learn of the log-out by a 401.
      await closePage(page, [/status of 401 /]);
    });
  }
}

for (const name of BROWSERS) {
  test(`${name}: a wrong password is a page, at an address that can be entered again, and a link into the page survives it`, async () => {
    const page = await browsers[name].newPage();
    const base = settings['nginx in front'];
    await page.goto(`${base}/?showDebugMessages=true#history`);
    assert.equal(page.url(), `${base}/login?showDebugMessages=true#history`);
    await logIn(page, 'ada', 'not the password');
    await see(page, 'button', 'Log in');
    assert.match(await page.$eval('[role=alert]', (alert) => alert.textContent), /wrong/);
    assert.equal(page.url(), `${base}/login?showDebugMessages=true#history`);
    await page.goto(page.url().replace(/#.*/, ''));
    await see(page, 'button', 'Log in');
    await page.goto(`${base}/?showDebugMessages=true#history`);
    await logIn(page, ' Ada '); // as a telephone's keyboard writes it
    await see(page, 'heading', 'History');
    assert.equal(page.url(), `${base}/?showDebugMessages=true#history`);
    await closePage(page, [/401/]);
  });

  for (const setting of ['nginx keeps the port', 'nginx keeps the Host']) {
    test(`${name}, ${setting} to itself: people log in and the page works`, async () => {
      const page = await browsers[name].newPage();
      await page.goto(settings[setting]);
      await logIn(page);
      assert.equal(page.url(), `${settings[setting]}/`);
      await seeCallScreen(page);
      await closePage(page);
    });
  }

  test(`${name}: a link on another site leads somebody who is logged in to the page`, async () => {
    const page = await browsers[name].newPage();
    await page.goto(settings['nginx in front']);
    await logIn(page);
    await seeCallScreen(page);
    await page.goto(settings.elsewhere);
    await press(page, 'link', 'Our calls');
    await see(page, 'heading', 'History');
    await page.reload();
    await see(page, 'heading', 'History');
    await closePage(page, [/favicon/]);
  });

  test(`${name}: plain http on a LAN says what is missing before anything is typed`, async () => {
    const page = await browsers[name].newPage();
    await page.goto(settings['http on the LAN']);
    const words = await page.$eval('main', (main) => main.innerText);
    assert.match(words, /over plain http/);
    assert.match(words, /X-Forwarded-Proto: https/);
    assert.match(words, /TLS_CERT_FILE/);
    assert.equal(await page.$('input'), null);
    await closePage(page, [/Cross-Origin-Opener-Policy/]);
  });
}
