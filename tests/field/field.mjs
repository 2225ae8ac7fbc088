// A house whose vendors misbehave on order, asked over its API as a program would. What went wrong in the field
// is told in a test's name; here are only the words to say it in.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startHouse } from '../e2e/house.mjs';
import { twilioSignature } from '../vendors/signatures.mjs';

const PUBLIC = 'https://voice.example.com';
const AREAS = [212, 213, 214, 215, 216, 217, 218, 219, 224, 225]; // whose 555-0100 to 555-0199 are nobody's
/** ms; a machine under load has its moments, and what hangs at a vendor lasts 10 s. */
export const AT_ONCE = 4000;
const PATIENCE = 30_000; // ms; the machine may be busy; what must be quicker says so

/** Limits that are no matter here. */
const wide = {
  LIMIT_CALLS_PER_USER_HOUR: '0',
  LIMIT_CALLS_PER_USER_DAY: '0',
  LIMIT_CALLS_PER_ADDRESS_HOUR: '0',
  LIMIT_CONCURRENT_CALLS: '0',
  LIMIT_MINUTES_PER_DAY: '0',
  LIMIT_SPEND_PER_DAY: '0',
};

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Looks until it gives something true; answers that. */
export async function until(look, what, patience = PATIENCE) {
  for (const end = performance.now() + patience; ;) {
    const found = await look();
    if (found) return found;
    assert.ok(performance.now() < end, `in vain for ${patience / 1000} s: ${what}`);
    await sleep(20);
  }
}

/** It stays so for that long. */
export async function stays(holds, what, ms) {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(50)) assert.ok(await holds(), what);
}

/**
 * @param {object} [options]
 * @param {number} [options.speed] how many times faster than life phone calls go
 * @param {boolean} [options.callbacks] whether the vendors reach the proxy at a public address
 * @param {object} [options.settings] of the vendors, see tests/vendors/vendors.mjs
 * @param {object} [options.env] of the proxy
 */
export async function startField({ speed = 10, callbacks = false, settings = {}, env = {} } = {}) {
  const house = await startHouse({
    speed,
    env: { ...wide, RING_TIMEOUT_SECONDS: '600', ...(callbacks ? { PUBLIC_BASE_URL: PUBLIC } : {}), ...env },
  });
  const { vendors } = house;
  vendors.settings.change(settings);
  if (callbacks) vendors.webhooks.reach({ [PUBLIC]: house.url });

  let dialled = 0;
  /** A number of fiction that no other test dials, and that behaves as the sandbox's +1 202 555 `last` does. */
  const number = (last) => {
    const fresh = `+1${AREAS[Math.floor(dialled / 100)]}5550${100 + (dialled++ % 100)}`;
    vendors.settings.twilio.alike[fresh] = `+1202555${last}`;
    return fresh;
  };

  /** {status, body} of a request to the proxy, and how long it took. */
  async function ask(method, path, body, headers = {}) {
    const began = performance.now();
    const reply = await fetch(house.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    return { status: reply.status, body: text && JSON.parse(text), ms: performance.now() - began };
  }
  const press = (medium, { key = randomUUID(), ...more } = {}) =>
    ask('POST', '/api/calls', { systemPrompt: 'You are brief.', medium, ...more }, { 'idempotency-key': key });
  const dial = (to, more) => press({ type: 'twilio', phoneNumber: to }, more);
  const call = async (id) => (await ask('GET', `/api/calls/${id}`)).body.call;
  /** The record of the latest call to a number, also where the press was not answered with an id. */
  const recordOf = async (to) =>
    (await ask('GET', `/api/calls?q=${encodeURIComponent(to.slice(1))}&limit=500`)).body.calls.find((c) => c.to === to);

  const atTwilio = (to) => [...vendors.twilio.calls.values()].filter((c) => c.to === to && c.stream);
  const field = {
    house,
    vendors,
    number,
    ask,
    press,
    dial,
    call,
    recordOf,
    end: (id, body) => ask('POST', `/api/calls/${id}/hangup`, body),
    words: async (id) => (await ask('GET', `/api/calls/${id}/messages`)).body.entries,
    timeline: async (id) => (await ask('GET', `/api/calls/${id}`)).body.timeline,
    /** What Twilio has of our calls to a number. */
    atTwilio,
    /** Waits until the phone of that number is in that state at Twilio; the call there. */
    phone: (to, status) =>
      until(() => atTwilio(to).find((c) => c.status === status), `the phone of ${to} is ${status}`),
    /** Waits until the record has that state; the record. */
    recorded: (id, status, patience) =>
      until(async () => {
        const found = await call(id);
        return [].concat(status).includes(found.status) && found; // one status, or any of several
      }, `the record says ${status}`, patience),
    /** The same, and who ended it: that may be heard a moment later. */
    async ended(id, status, by) {
      await field.recorded(id, status);
      let found;
      const told = async () => (found = await field.call(id)).end.by === by;
      await until(told, `${by} ended it`).catch((error) => {
        error.message += `; the record: ${found.end.by}, "${found.end.sentence}"`;
        throw error;
      });
      return found;
    },
    /** An answered phone call of that kind: {id, to, phone, agent}. */
    async talking(last = '0117') {
      const to = number(last);
      const { status, body } = await dial(to);
      assert.equal(status, 201, JSON.stringify(body));
      const phone = await field.phone(to, 'in-progress');
      await field.recorded(body.id, 'talking');
      return { id: body.id, to, phone, agent: phone.stream };
    },
    /** A phone call that rings until it is ended. */
    async ringing() {
      const to = number('0114');
      const { status, body } = await dial(to);
      assert.equal(status, 201, JSON.stringify(body));
      const phone = await field.phone(to, 'ringing');
      return { id: body.id, to, phone, agent: phone.stream };
    },
    /** A web call, joined (without a browser) unless it is not to be. */
    async web({ join = true } = {}) {
      const { status, body } = await press({ type: 'web' });
      assert.equal(status, 201, JSON.stringify(body));
      const agent = vendors.ultravox.calls.get(body.ultravox.callId);
      if (join) {
        agent.join();
        agent.agent = { hangUp: () => agent.end('agent_hangup'), abandon() {} };
        await field.recorded(body.id, 'talking');
      }
      return { id: body.id, agent };
    },
    fault: (...faults) => faults.forEach((f) => vendors.faults.add(f)),
    /** The requests a vendor was sent, oldest first. */
    asked: (method, path, from = 0) =>
      vendors.journal.requests.slice(from).filter((r) => r.method === method && path.test(r.path)),
    /** Orders to end that Twilio was given about a call. */
    orders: (phone) => field.asked('POST', new RegExp(`Calls/${phone.sid}\\.json$`)),
    /** As Twilio would send it, signed. */
    async callback(path, fields) {
      const params = new URLSearchParams(fields);
      const reply = await fetch(house.url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': twilioSignature(vendors.twilioAuthToken, PUBLIC + path, params),
        },
        body: params.toString(),
      });
      return reply.status;
    },
    async killed() {
      await house.stop('SIGKILL');
      await house.start();
    },
    async close() {
      const tooLong = setTimeout(() => house.stop('SIGKILL'), 15_000);
      try {
        house.assertClean();
      } finally {
        await house.close();
        clearTimeout(tooLong);
      }
    },
  };
  return field;
}

/** What a fault's path says of one call at a vendor. */
export const aboutPhone = (phone) => `Calls/${phone.sid}\\.json$`;
export const aboutAgent = (agent) => `/calls/${agent.id}$`;
export const orderToAgent = (agent) => `/calls/${agent.id}/send_data_message$`;
/** Twilio's refusal of an update. */
export const NOT_IN_PROGRESS = {
  kind: 'status',
  status: 400,
  body: { code: 21220, message: 'Call is not in-progress. Cannot redirect.', status: 400 },
};
/** What a fault's `asks` says of one number. */
export const to = (e164) => `To=${encodeURIComponent(e164)}(&|$)`;
export const over = (phone, agent) => phone.over && agent.ended !== null;
