// Puts the stand-in together: Ultravox, Twilio and the control port, each on 127.0.0.1 only. Serves both a
// person who runs the sandbox and the automated tests.
import { randomBytes } from 'node:crypto';
import { controlAnswer } from './control.mjs';
import { DENIED_COUNTRIES, Twilio } from './twilio.mjs';
import { Faults } from './faults.mjs';
import { Journal } from './journal.mjs';
import { Listener } from './http.mjs';
import { newSid } from './twilio-call.mjs';
import { Pace } from './pace.mjs';
import { Ultravox } from './ultravox.mjs';
import { WebJoin } from './web-join.mjs';
import { Webhooks } from './webhooks.mjs';

/** What the two accounts are like; tests change it through the control port. */
const SETTINGS = {
  ultravox: {
    allowedConcurrentCalls: null, // number: more calls are refused with 429
    clockOffset: 0, // seconds its clock is ahead of this machine's, in all that it dates
    pageSize: 20, // of lists, where the request names none
    endlessMessages: null, // 'words' or 'empty': after the last page of messages come such pages, without an end
    neverEnds: false, // whatever happens, a call goes on
    recordingRedirect: false, // recordings by 302 rather than as bytes
    hasActiveSubscription: true,
    freeTimeUsed: '0s',
    freeTimeRemaining: '1800s',
  },
  twilio: {
    type: 'Full', // or 'Trial': only `verified` numbers may be called
    status: 'active', // or 'suspended', 'closed'
    balance: '42.50',
    verified: ['+12025550198'], // outgoing caller ids
    deniedCountries: DENIED_COUNTRIES, // ISO codes without geo permission
    callsPerSecond: 1, // the excess is queued; 0: no limit
    clockOffset: 0, // as Ultravox's
    pricedAfter: 2, // seconds, as played, from the end of an answered call to its price; null: never
    notifications: [], // of each call, like {log: '0', error_code: '21215'}; log '0' is an error, '1' a warning
    alike: {}, // {number: another of numbers.mjs}: what happens when it is dialled
    staysAt: {}, // {number: 'queued', 'ringing' or 'in-progress'}: there a call to it stays, whatever happens
    endsTogether: true, // a phone call and its stream; else the end of one is not noticed by the other
  },
};

class Settings {
  constructor() {
    this.restore();
  }
  restore() {
    Object.assign(this, structuredClone(SETTINGS));
  }
  /** Merges `changes` in; a name that is not known is refused. */
  change(changes) {
    for (const [vendor, values] of Object.entries(changes)) {
      for (const [name, value] of Object.entries(values)) {
        if (!(vendor in SETTINGS && name in SETTINGS[vendor])) throw new TypeError(`unknown setting ${vendor}.${name}`);
        this[vendor][name] = value;
      }
    }
  }
}

const hex = (bytes) => randomBytes(bytes).toString('hex');

/**
 * Starts everything.
 * @param {object} [options]
 * @param {number} [options.port] of Ultravox; Twilio takes the next and control the one after. 0: free ports
 * @param {number} [options.speed] how many times faster phone calls go than life
 * @param {number} [options.webSpeed] the same for the timeouts of web calls, whose sound is never faster
 * @param {object} [options.credentials] fixed instead of fresh ones, by the names of the result
 * @param {object} [options.settings] first changes to the accounts' settings
 * @returns what main.mjs prints, plus `journal`, `faults`, `webhooks`, `settings`, `ultravox`, `twilio`, `web`, `reset()`,
 *   `close()`
 */
export async function startVendors({
  port = 0,
  speed = 1,
  webSpeed = 1,
  credentials = {},
  settings: changes = {},
} = {}) {
  const keys = {
    ultravoxApiKey: `${hex(4)}.${hex(16)}`,
    twilioAccountSid: newSid('AC'),
    twilioAuthToken: hex(16),
    twilioPhoneNumber: '+15005550006',
    twilioApiKeySid: newSid('SK'),
    twilioApiKeySecret: hex(16),
    ...credentials,
  };
  const journal = new Journal();
  const faults = new Faults();
  const settings = new Settings();
  settings.change(changes);
  const pace = new Pace(speed);
  const webPace = new Pace(webSpeed);
  const webhooks = new Webhooks({ journal, pace });
  const shared = { journal, settings, webhooks, pace };
  const clockOf = (vendor) => () => new Date(Date.now() + settings[vendor].clockOffset * 1000);
  const clocks = { ultravox: clockOf('ultravox'), twilio: clockOf('twilio') };

  const listeners = {};
  const ultravox = new Ultravox({
    ...shared,
    clock: clocks.ultravox,
    webPace,
    apiKey: keys.ultravoxApiKey,
    listener: () => listeners.ultravox,
  });
  const twilio = new Twilio({
    ...shared,
    clock: clocks.twilio,
    ultravox,
    accountSid: keys.twilioAccountSid,
    authToken: keys.twilioAuthToken,
    apiKeySid: keys.twilioApiKeySid,
    apiKeySecret: keys.twilioApiKeySecret,
    phoneNumber: keys.twilioPhoneNumber,
    listener: () => listeners.twilio,
  });
  const problems = [];
  const web = new WebJoin({
    ultravox,
    pace: webPace,
    roomUrl: () => listeners.ultravox.url.replace('http', 'ws'),
    problem: (error) => problems.push(error),
  });
  const services = { ultravox, twilio };

  const reset = () => {
    web.clear();
    ultravox.clear();
    twilio.clear();
    pace.stop();
    webPace.stop();
    webhooks.clear();
    webhooks.reach({});
    faults.clear();
    journal.clear();
    settings.restore();
    settings.change(changes);
    problems.length = 0;
  };
  const common = { journal, faults };
  listeners.ultravox = new Listener({
    ...common,
    vendor: 'ultravox',
    clock: clocks.ultravox,
    answer: (r) => ultravox.answer(r),
    upgrade: (...a) => web.upgrade(...a),
  });
  listeners.twilio = new Listener({
    ...common,
    vendor: 'twilio',
    clock: clocks.twilio,
    answer: (r) => twilio.answer(r),
  });
  const control = new Listener({
    vendor: 'control',
    answer: controlAnswer({ journal, faults, webhooks, settings, web, services, listeners, reset }),
  });
  await listeners.ultravox.listen(port);
  await listeners.twilio.listen(port && port + 1);
  await control.listen(port && port + 2);

  return {
    ultravoxBaseUrl: listeners.ultravox.url,
    twilioBaseUrl: listeners.twilio.url,
    controlUrl: control.url,
    ...keys,
    journal,
    faults,
    webhooks,
    settings,
    ultravox,
    twilio,
    web,
    problems,
    reset,
    async close() {
      reset();
      await Promise.all([listeners.ultravox, listeners.twilio, control].map((l) => l.close()));
    },
  };
}
