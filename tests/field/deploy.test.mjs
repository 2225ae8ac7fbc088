// What scripts/deploy holds for two proxies behind nginx, on PostgreSQL: compose.yaml as far as it can be tried without
// containers, and nginx.conf by Debian's nginx before proxies with the settings that compose.yaml gives them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { proxyOf, startHouse } from '../e2e/house.mjs';
import { until } from './field.mjs';
import { operator } from './front.mjs';
import { freePort, startDeployedNginx } from './nginx.mjs';
import { startPostgres } from './postgres.mjs';

const NAME = 'voice.example.com';
const text = readFileSync(new URL('../../scripts/deploy/compose.yaml', import.meta.url), 'utf8');
const compose = parse(text.replaceAll(/\$\{VOXDIAL_HOST[^}]*\}/g, NAME), { merge: true });
const settings = compose.services['proxy-1'].environment;

test('no service of compose.yaml has rights to spare, and no secret stands in its environment', () => {
  assert.deepEqual(Object.keys(compose.services), ['proxy-1', 'proxy-2', 'nginx', 'postgres']);
  for (const [name, service] of Object.entries(compose.services)) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    assert.match(service.user, /^(?!0|root)\w/, name);
    assert.ok(service.healthcheck ?? service.depends_on, name);
    for (const secret of service.secrets ?? []) assert.ok(compose.secrets[secret], secret);
    const named = Object.entries(service.environment ?? {}).filter(([, value]) => String(value).startsWith('/run/secrets/'));
    for (const [setting, file] of named) {
      assert.match(setting, /_FILE$/);
      assert.ok(service.secrets.includes(path.basename(file)), `${name} is given ${file}`);
    }
  }
  assert.deepEqual(compose.services['proxy-1'].environment, compose.services['proxy-2'].environment);
  assert.equal(compose.services.nginx.networks.inside.ipv4_address, settings.TRUSTED_PROXIES);
});

describe('nginx before two proxies', () => {
  const closing = [];
  let house;
  let second;
  let nginx;
  let client;
  let token;

  before(async () => {
    const postgres = await startPostgres();
    closing.push(postgres);
    const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-deploy-'));
    closing.push({ close: () => rm(folder, { recursive: true }) });
    const url = path.join(folder, 'database_url');
    await writeFile(url, postgres.url);
    const ports = [await freePort(), await freePort()];
    const env = { DATABASE_URL: '', DATABASE_URL_FILE: url, PUBLIC_BASE_URL: settings.PUBLIC_BASE_URL };
    house = await startHouse({ speed: 10, env });
    closing.push(house);
    operator(house, 'user', 'add', 'ada', 'supervisor');
    token = operator(house, 'token', 'add', 'deploy', 'ada').split('\n')[0];
    await house.stop();
    const asDeployed = { ALLOWED_HOSTS: settings.ALLOWED_HOSTS, TRUSTED_PROXIES: '127.0.0.1' };
    Object.assign(house.environment, asDeployed, { PORT: String(ports[0]) });
    second = proxyOf({ ...house.environment, PORT: String(ports[1]) });
    closing.push({ close: () => second.stop() });
    nginx = await startDeployedNginx(ports, NAME);
    closing.push(nginx);
    await house.start();
    client = http2.connect(`https://${NAME}:${nginx.port}`, { ca: nginx.cert, lookup: (_, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) });
    closing.push({ close: () => client.destroy() });
    await once(client, 'connect');
  });
  after(async () => {
    for (const thing of closing.reverse()) await thing.close();
  });

  const send = (headers, body) => {
    const stream = client.request({ authorization: `Bearer ${token}`, ...headers });
    stream.setEncoding('utf8');
    stream.end(body && JSON.stringify(body));
    return stream;
  };
  async function ask(method, at, body, headers = {}) {
    const stream = send({ ':method': method, ':path': at, ...(body ? { 'content-type': 'application/json' } : {}), ...headers }, body);
    const [replied] = await once(stream, 'response');
    let words = '';
    for await (const part of stream) words += part;
    return { status: replied[':status'], headers: replied, body: words };
  }
  /** The events as they arrive, as {kind, data, at}, of a stream that was asked for until there was one, as a page does. */
  async function listen() {
    let stream;
    await until(async () => {
      stream = send({ ':path': '/api/events', accept: 'text/event-stream' });
      stream.on('error', () => {});
      const [replied] = await once(stream, 'response');
      return replied[':status'] === 200 || stream.close();
    }, 'the stream is open');
    const heard = { events: [], over: once(stream, 'close'), close: () => stream.close() };
    let rest = '';
    stream.on('data', (part) => {
      const lines = (rest + part).split('\n\n');
      rest = lines.pop();
      for (const event of lines) {
        const said = Object.fromEntries([...event.matchAll(/^(\w+): ?(.*)$/gm)].map((m) => [m[1], m[2]]));
        if (said.event) heard.events.push({ kind: said.event, data: said.data, at: performance.now() });
      }
    });
    return heard;
  }
  const place = async () => {
    const placed = await ask('POST', '/api/calls', { systemPrompt: 'You are brief.', medium: { type: 'twilio', phoneNumber: '+12025550117' } });
    assert.equal(placed.status, 201, placed.body);
    return JSON.parse(placed.body).id;
  };
  const about = (heard, id) => heard.events.find((event) => event.data.includes(id));

  test('http leads to https, the forwarded headers say who asks, and metrics are nobody\'s from outside', async () => {
    const [reply] = await once(http.get({ port: nginx.plain, host: '127.0.0.1', path: '/a?b=c', headers: { host: NAME } }), 'response');
    reply.resume();
    assert.equal(reply.statusCode, 308);
    assert.equal(reply.headers.location, `https://${NAME}/a?b=c`);
    const page = await ask('GET', '/readyz', undefined, { 'x-forwarded-proto': 'http', forwarded: 'for=192.0.2.1;proto=http' });
    assert.equal(page.status, 200, page.body);
    assert.match(page.headers['strict-transport-security'], /max-age/, 'the proxy knows that it is asked by https');
    assert.equal((await ask('GET', '/metrics')).status, 404);
  });

  test('an event arrives the moment it happens, though the other proxy is away', async () => {
    const heard = await listen();
    const began = performance.now();
    const id = await place();
    await until(() => about(heard, id), 'its event');
    assert.ok(about(heard, id).at - began < 6000, 'it was not held back until the next beat');
    heard.close();
    assert.equal((await ask('POST', `/api/calls/${id}/hangup`)).status, 200);
  });

  test('one proxy is killed: the page\'s stream goes on through the other, and its calls are ended there', async () => {
    await second.start();
    const first = await listen();
    const heard = await listen();
    const id = await place();
    await until(() => about(heard, id) && about(first, id), 'its event, through either proxy');
    await house.stop('SIGKILL');
    await Promise.race([first.over, heard.over]); // round robin: one of them went through it
    const again = await listen();
    const ended = await ask('POST', `/api/calls/${id}/hangup`);
    assert.equal(ended.status, 200, ended.body);
    await until(() => again.events.some((event) => event.data.includes(id) && /"(completed|canceled)"/.test(event.data)), 'its end arrives');
    again.close();
  });
});
