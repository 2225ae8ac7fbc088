// The process is killed between two steps of an end, or its store breaks: End reaches the vendors all the same.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, stat, open } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { aboutPhone, over, startField, to, until } from './field.mjs';

const post = { vendor: 'twilio', method: 'POST' };

/** A test in a house of its own. */
const inHouse = (what, act, options) =>
  test(what, async (t) => {
    const field = await startField(options);
    t.after(() => field.close());
    await act(field);
  });

/** What is pressed is not waited for: the process may be killed before it answers. */
const pressed = (field, id) => field.end(id).catch(() => {});

/** After the new start both sides are over, and the record says who did it. */
async function endsByPerson(field, { id, phone, agent }, status = 'completed') {
  await until(() => phone.over && (agent.ended || !agent.joined), 'both vendors say that it is over');
  await field.ended(id, status, 'person');
}

describe('kill -9', { concurrency: true }, () => {
  inHouse('as soon as End is answered, with Twilio not listening', async (field) => {
    const call = await field.talking();
    field.fault({ kind: 'hang', ...post, path: aboutPhone(call.phone), times: 'always' });
    const answered = await Promise.race([field.end(call.id), until(() => field.orders(call.phone).length, 'told')]);
    assert.ok(answered);
    await field.house.stop('SIGKILL');
    field.vendors.faults.clear();
    await field.house.start();
    await endsByPerson(field, call);
  }, { settings: { twilio: { endsTogether: false } } });

  inHouse('after Twilio has worked the order off and before its reply', async (field) => {
    const call = await field.talking();
    field.fault({ kind: 'delay', seconds: 5, ...post, path: aboutPhone(call.phone) });
    pressed(field, call.id);
    await until(() => call.phone.over, 'Twilio has ended it');
    await field.killed();
    await endsByPerson(field, call);
  });

  inHouse('before Twilio works the order off', async (field) => {
    const call = await field.ringing();
    field.fault({ kind: 'late', seconds: 2, ...post, path: aboutPhone(call.phone) });
    pressed(field, call.id);
    await until(() => field.orders(call.phone).length, 'Twilio has the order');
    await field.killed();
    await endsByPerson(field, call, 'canceled');
  });

  inHouse('while Twilio is being asked to dial, with End pressed', async (field) => {
    const number = field.number('0114');
    field.fault({ kind: 'delay', seconds: 5, ...post, path: 'Calls\\.json$', asks: to(number) });
    field.dial(number).catch(() => {});
    const phone = await until(() => field.atTwilio(number)[0], 'Twilio has the request');
    const { id } = await field.recordOf(number);
    assert.equal((await field.end(id)).status, 200);
    await field.killed();
    await until(() => phone.over, 'it is over at Twilio');
    await field.ended(id, 'canceled', 'person');
  });

  inHouse('while Twilio is being asked to dial, and End pressed after the new start', async (field) => {
    const number = field.number('0117');
    field.fault({ kind: 'delay', seconds: 5, ...post, path: 'Calls\\.json$', asks: to(number) });
    field.dial(number).catch(() => {});
    const phone = await field.phone(number, 'in-progress');
    const { id } = await field.recordOf(number);
    await field.killed();
    assert.equal((await field.end(id)).status, 200);
    await until(() => over(phone, phone.stream), 'it is over');
    await field.ended(id, 'completed', 'person');
    assert.equal(field.house.dialled(number), 1);
  });

  inHouse('before a dial is worked off: it is found and goes on', async (field) => {
    const number = field.number('0117');
    field.fault({ kind: 'late', seconds: 2, ...post, path: 'Calls\\.json$', asks: to(number) });
    field.dial(number).catch(() => {});
    await until(() => field.asked('POST', /Calls\.json$/).length, 'Twilio has the request');
    const { id } = await field.recordOf(number);
    await field.killed();
    await field.recorded(id, 'talking');
    await field.end(id);
    await until(() => field.atTwilio(number)[0].over, 'it ends by End');
  });

  inHouse('while a web call is being ended', async (field) => {
    const call = await field.web();
    field.fault({ kind: 'hang', vendor: 'ultravox', method: 'POST', path: 'send_data_message$' });
    pressed(field, call.id);
    await until(() => field.asked('POST', /send_data_message$/).length, 'Ultravox has the order');
    await field.house.stop('SIGKILL');
    await field.house.start();
    await until(() => call.agent.ended, 'the agent has left');
    await field.ended(call.id, 'completed', 'person');
  });

  inHouse('one side over, before the other was told', async (field) => {
    const call = await field.talking();
    field.fault({ kind: 'hang', ...post, path: aboutPhone(call.phone), times: 'always' });
    call.agent.end('agent_hangup');
    await until(() => field.orders(call.phone).length, 'Twilio has the order', 12_000);
    await field.house.stop('SIGKILL');
    field.vendors.faults.clear();
    await field.house.start();
    await until(() => call.phone.over, 'the phone is put down');
    await field.ended(call.id, 'completed', 'agent');
  }, { settings: { twilio: { endsTogether: false } } });
});

describe('A store that fails', { concurrency: true }, () => {
  const reachesBoth = async (field, call) => {
    await pressed(field, call.id);
    await until(() => over(call.phone, call.agent), 'End reaches both vendors', 8000);
  };
  const apart = { settings: { twilio: { endsTogether: false } } };

  inHouse('full: End still reaches both vendors, and is recorded when there is room again', async (field) => {
    const call = await field.talking();
    const disk = (limit) => execFileSync('prlimit', ['--pid', String(field.house.pid), `--fsize=${limit}:unlimited`]);
    disk(4096);
    await reachesBoth(field, call);
    disk('unlimited');
    await field.ended(call.id, 'completed', 'person');
  }, apart);

  inHouse('damaged: End still reaches both vendors', async (field) => {
    const call = await field.talking();
    const folder = field.house.environment.DATA_DIR;
    for (const name of (await readdir(folder)).filter((file) => /\.db(-wal|-shm)?$/.test(file))) {
      const file = await open(path.join(folder, name), 'r+');
      await file.write(Buffer.alloc((await stat(path.join(folder, name))).size, 0xa5), 0);
      await file.close();
    }
    await reachesBoth(field, call);
  }, apart);

  inHouse('its folder gone: End still reaches both vendors', async (field) => {
    const call = await field.talking();
    execFileSync('rm', ['-rf', field.house.environment.DATA_DIR]);
    await reachesBoth(field, call);
  }, apart);
});
