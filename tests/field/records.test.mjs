// Records and files in the field: what people's spreadsheets, editors and alphabets make of them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { closePage, launch } from '../e2e/browser.mjs';
import { proxyBinary, startHouse } from '../e2e/house.mjs';
import { openPage, tab, until } from '../e2e/person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const limit = { timeout: 60_000 };
const mark = '\ufeff';
const utf16 = (words) => Buffer.from(mark + words, 'utf16le');

const inHouse = (act) => async () => {
  const house = await startHouse();
  try {
    await act(house);
  } finally {
    await house.close();
  }
};
const inFolder = (act) => async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-files-'));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function ask(house, method, target, body) {
  const headers = { origin: house.url, 'idempotency-key': randomUUID(), ...(body && { 'content-type': 'application/json' }) };
  const reply = await fetch(house.url + target, { method, headers, body: body && JSON.stringify(body) });
  return { status: reply.status, bytes: Buffer.from(await reply.arrayBuffer()) };
}

async function callBy(house, name) {
  const id = `agent-${randomUUID().slice(0, 8)}`;
  const agent = { id, name, settings: { systemPrompt: 'Hello.' } };
  assert.equal((await ask(house, 'POST', '/api/agents', agent)).status, 201);
  assert.equal((await ask(house, 'POST', '/api/calls', { agent: id, medium: { type: 'twilio', phoneNumber: '+12025550101' } })).status, 201);
}

/** RFC 4180, strictly: rows of cells. */
function parsed(csv) {
  const rows = [[]];
  const rest = csv.replace(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy, (whole, quoted, plain, end) => {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
    return '';
  });
  assert.equal(rest, '');
  return rows.slice(0, -1);
}

test('the CSV says that it is UTF-8 and is read whole by a strict reader', limit, inHouse(async (house) => {
  const names = ['Zoë Łąka 東京', 'Half, "half"; =1+1', '=HYPERLINK("http://x")'];
  for (const name of names) await callBy(house, name);
  const { bytes } = await ask(house, 'GET', '/api/calls.csv');
  assert.equal(bytes.subarray(0, 3).toString('hex'), 'efbbbf');
  const [head, ...rows] = parsed(bytes.subarray(3).toString());
  assert.equal(head[0], 'id');
  assert.deepEqual(rows.map((row) => row.length), names.map(() => head.length));
  const told = rows.map((row) => row[head.indexOf('agent_name')]);
  assert.deepEqual(told.sort(), ["'=HYPERLINK(\"http://x\")", 'Half, "half";\' =1+1', 'Zoë Łąka 東京'].sort());
  assert.deepEqual(rows.map((row) => row[head.indexOf('to')]), names.map(() => '+12025550101'));
}));

/** What the run script makes of a .env: its own function, without the set-up round it. */
async function loaded(file) {
  const script = `die() { echo "$*" >&2; exit 1; }
    eval "$(sed -n '/^load_env_file() {/,/^}/p' run)"
    load_env_file "$1" && env -0`;
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script, 'bash', file], { cwd: root, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { error, values: Object.fromEntries(out.split('\0').map((line) => line.split(/=(.*)/s, 2))) };
}

test('.env is read as Windows editors save it', limit, inFolder(async (folder) => {
  const file = path.join(folder, '.env');
  for (const words of [
    'ULTRAVOX_API_KEY=one\r\nPORT=8081\r\n',
    `${mark}ULTRAVOX_API_KEY=one\r\nPORT="8081"\r\n`,
    `${mark}# words\nexport ULTRAVOX_API_KEY = 'one'\n\nPORT=8081`,
  ]) {
    await writeFile(file, words);
    const { values, error } = await loaded(file);
    assert.equal(error, '');
    assert.equal(values.ULTRAVOX_API_KEY, 'one');
    assert.equal(values.PORT, '8081');
  }
}));

test('.env is read as people edit it', limit, inFolder(async (folder) => {
  const file = path.join(folder, '.env');
  const of = async (words) => {
    await writeFile(file, words);
    const { values, error } = await loaded(file);
    return error || [values.A, values.B];
  };
  assert.deepEqual(await of('A=1\rB=2\r'), ['1', '2'], 'an old Mac editor');
  assert.deepEqual(await of('A= # later\nB=\t# later\n'), ['', ''], 'nothing but a comment');
  assert.deepEqual(await of('A=#1\nB=1#2 # three\n'), ['#1', '1#2']);
  assert.deepEqual(await of('A=1\nB=2\nA=3\nA=4\n'), ['4', '2'], 'a line was added at the end');
  assert.deepEqual(await of('PATH=1\nA=$PATH\nB=`id`'), ['$PATH', '`id`'], 'nothing is evaluated');
  assert.notEqual((await loaded(file)).values.PATH, '1', 'the environment wins');
  for (const value of ['"secret', "'secret", '"secret"s']) {
    assert.match(await of(`B=2\nA=${value}\n`), /line 2: the quotes do not go round the whole value\n$/);
  }
}));

test('a .env in UTF-16, or with a line that is none, is told without showing a secret', limit, inFolder(async (folder) => {
  const file = path.join(folder, '.env');
  for (const bytes of [utf16('ULTRAVOX_API_KEY=secret\r\n'), utf16('ULTRAVOX_API_KEY=secret\r\n').subarray(2)]) {
    await writeFile(file, bytes);
    const { error } = await loaded(file);
    assert.match(error, /UTF-16.*save it as UTF-8/);
    assert.doesNotMatch(error, /secret/);
  }
  await writeFile(file, `${mark}PORT=8081\r\nsecret without a name\r\n`);
  assert.match((await loaded(file)).error, /line 2: not KEY=VALUE\n$/);
}));

test('a do-not-call list with a byte order mark still forbids its first number; UTF-16 is called that', limit, inHouse(async (house) => {
  const file = path.join(house.environment.DATA_DIR, 'list');
  await house.stop();
  house.environment.DO_NOT_CALL_FILE = file;
  await writeFile(file, `${mark}+12025550101\r\n+12025550102\r\n`);
  await house.start();
  for (const phoneNumber of ['+12025550101', '+12025550102']) {
    const reply = await ask(house, 'POST', '/api/calls', { agent: 'assistant', medium: { type: 'twilio', phoneNumber } });
    assert.equal(reply.status, 403);
    assert.match(reply.bytes.toString(), /do_not_call/);
  }
  await house.stop();
  await writeFile(file, utf16('+12025550101\r\n'));
  const child = spawn(proxyBinary, ['serve'], { env: house.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const [words, status] = await Promise.all([text(child.stderr), new Promise((done) => child.once('exit', done))]);
  assert.equal(status, 2);
  assert.match(words, /^voxdial: DO_NOT_CALL_FILE names a file that is saved as UTF-16.*Save it as UTF-8/m);
}));

test('the history is found by names in any case and with or without accents', limit, inHouse(async (house) => {
  await callBy(house, 'Émilie Øst');
  await callBy(house, 'МАРИЯ');
  const found = async (q) => JSON.parse((await ask(house, 'GET', `/api/calls?q=${encodeURIComponent(q)}`)).bytes).calls.map((call) => call.agentName);
  for (const q of ['émilie', 'E\u0301milie', 'øst', 'emilie ost', ' Émilie ']) assert.deepEqual(await found(q), ['Émilie Øst'], q);
  assert.deepEqual(await found('мария'), ['МАРИЯ']);
  for (const q of ['%', '_']) assert.deepEqual(await found(q), [], q);
}));

test('what the page saves is what the server sends, mark and all; an agent is read in UTF-16 too', { timeout: 120_000 }, inHouse(async (house) => {
  await callBy(house, 'Zoë Łąka 東京');
  const browser = await launch();
  try {
    const page = await openPage(browser, house);
    await tab(page, 'History');
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    const sent = await ask(house, 'GET', '/api/calls.csv');
    assert.deepEqual(await readFile(await saved.path()), sent.bytes);

    await closePage(page);

    const codings = { 'utf-8': (words) => Buffer.from(mark + words), 'utf-16le': utf16, 'utf-16be': (words) => utf16(words).swap16() };
    for (const [coding, bytes] of Object.entries(codings)) {
      const agent = { id: coding, name: `Björk in ${coding}`, settings: { systemPrompt: 'Hello.' } };
      const page = await openPage(browser, house);
      await tab(page, 'Agents');
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import' }).click()]);
      await chooser.setFiles({ name: 'agent.json', mimeType: 'application/json', buffer: bytes(JSON.stringify(agent)) });
      const name = page.getByRole('textbox', { name: 'Name' });
      await until(async () => (await name.inputValue()) === agent.name, `${coding} is read`);
      await closePage(page);
    }
  } finally {
    await browser.close();
  }
}));
