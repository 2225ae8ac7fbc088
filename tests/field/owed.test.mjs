// What is owed after a call's end (the price, the last words, why it ended) comes, whatever fails in between.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { aboutAgent, aboutPhone, startField, until } from './field.mjs';

const messagesOf = (agent) => `/calls/${agent.id}/messages$`;
const say = (agent, text, role = 'MESSAGE_ROLE_AGENT') => agent.addMessage({ role, text, medium: 'MESSAGE_MEDIUM_VOICE' });
const sentences = (from, to) => Array.from({ length: to - from }, (_, i) => `This is sentence ${from + i}.`);
const unavailable = { kind: 'status', status: 503, body: {} };

describe('Owed across a restart', { concurrency: true }, () => {
  for (const signal of ['SIGKILL', 'SIGTERM']) {
    test(`a price that Twilio tells after ${signal} and a new start is recorded`, async (t) => {
      const field = await startField({ settings: { twilio: { pricedAfter: 40 } } }); // 4 s
      t.after(() => field.close());
      const call = await field.talking('0116');
      const { price } = await field.recorded(call.id, 'completed');
      assert.equal(price, undefined);
      await field.house.stop(signal);
      await until(() => call.phone.toJson().price, 'Twilio knows the price');
      await field.house.start();
      await until(async () => (await field.call(call.id)).price, 'the price is recorded');
    });

    test(`last words that were not read before ${signal} are read after it`, async (t) => {
      const field = await startField();
      t.after(() => field.close());
      const call = await field.talking();
      field.fault({ vendor: 'ultravox', path: messagesOf(call.agent), ...unavailable, times: 'always' });
      say(call.agent, 'These are the last words.');
      await field.end(call.id);
      await field.recorded(call.id, 'completed');
      await field.house.stop(signal);
      field.vendors.faults.clear();
      await field.house.start();
      await until(
        async () => (await field.words(call.id)).some((w) => w.text === 'These are the last words.'), 'the words are recorded');
    });

    test(`why it ended, which Ultravox could not tell before ${signal}, is told after it`, async (t) => {
      const field = await startField();
      t.after(() => field.close());
      const call = await field.talking();
      field.fault({ vendor: 'ultravox', path: aboutAgent(call.agent), ...unavailable, times: 'always' });
      call.agent.end('agent_hangup');
      await field.recorded(call.id, 'completed');
      await field.house.stop(signal);
      field.vendors.faults.clear();
      await field.house.start();
      await until(async () => (await field.call(call.id)).end.by === 'agent', 'the agent hung up, says the record');
    });
  }
});

describe('Owed', { concurrency: true }, () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  test('why it ended is told though Ultravox does not answer for some seconds', async () => {
    const call = await field.talking();
    field.fault({ vendor: 'ultravox', path: aboutAgent(call.agent), ...unavailable, lasts: 8 });
    call.agent.end('agent_hangup');
    await field.recorded(call.id, 'completed');
    await until(async () => (await field.call(call.id)).end.by === 'agent', 'the agent hung up', 20_000);
  });

  test('the price is recorded though Twilio does not answer for some seconds', async () => {
    const call = await field.talking();
    await field.end(call.id);
    await field.recorded(call.id, 'completed');
    field.fault({ vendor: 'twilio', method: 'GET', path: aboutPhone(call.phone), ...unavailable, lasts: 6 });
    await until(async () => (await field.call(call.id)).price, 'the price is recorded', 45_000);
  });

  test('messages of kinds that we do not know make no line overwrite another, over several pages', async () => {
    const call = await field.talking();
    const spoken = sentences(0, 230);
    spoken.forEach((text, i) => {
      if (i % 7 === 3) say(call.agent, `a system's note before ${i}`, 'MESSAGE_ROLE_UNSPECIFIED');
      say(call.agent, text);
    });
    await field.end(call.id);
    await field.recorded(call.id, 'completed');
    await until(async () => {
      const said = (await field.words(call.id)).map((w) => w.text).filter((text) => /^This is/.test(text));
      if (said.length < spoken.length) return false;
      assert.deepEqual(said, spoken);
      return true;
    }, 'every sentence is recorded, once and in its order');
  });

  test('a page of messages that is cut is read again', async () => {
    const call = await field.talking();
    field.fault({ vendor: 'ultravox', path: messagesOf(call.agent), kind: 'cut', times: 2 });
    const spoken = sentences(0, 120);
    spoken.forEach((text) => say(call.agent, text));
    await until(async () => {
      const said = (await field.words(call.id)).map((w) => w.text).filter((text) => /^This is/.test(text));
      return said.length === spoken.length;
    }, 'every sentence is recorded');
    await field.end(call.id);
  });
});

describe('Owed across a full disk', () => {
  let field;
  before(async () => { field = await startField(); });
  after(() => field?.close());

  const disk = (full) =>
    execFileSync('prlimit', ['--pid', String(field.house.pid), `--fsize=${full ? 4096 : 'unlimited'}:unlimited`]);
  const reads = (agent) => field.asked('GET', new RegExp(messagesOf(agent))).length;

  test('a page of the transcript that could not be stored is stored when there is room again', async () => {
    const call = await field.talking();
    await until(() => reads(call.agent) > 0, 'messages are read');
    disk(true);
    const before = reads(call.agent);
    const spoken = sentences(0, 150);
    spoken.forEach((text) => say(call.agent, text));
    await until(() => reads(call.agent) >= before + 2, 'the pages are read while the disk is full');
    disk(false);
    say(call.agent, 'And one more.');
    await until(async () => {
      const said = (await field.words(call.id)).map((w) => w.text);
      return spoken.every((text) => said.filter((one) => one === text).length === 1) && said.includes('And one more.');
    }, 'every sentence is recorded, once');
    await field.end(call.id);
    await field.recorded(call.id, 'completed');
  });

  test('an end that could not be stored is stored when there is room again', async () => {
    const call = await field.talking();
    disk(true);
    call.agent.end('agent_hangup');
    await until(() => call.phone.over, 'it is over');
    await new Promise((done) => setTimeout(done, 3000)); // looks that cannot be stored
    disk(false);
    await field.ended(call.id, 'completed', 'agent');
    await until(async () => (await field.call(call.id)).price, 'and the price');
  });
});
