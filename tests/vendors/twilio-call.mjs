// One Twilio call from the queue to its end: status, times, price, callbacks, and the stream that joins it
// to an Ultravox call when somebody answers. What the number does is its plan (numbers.mjs).
import { randomBytes, randomUUID } from 'node:crypto';
import { PhoneTalk } from './phone-talk.mjs';
import { twilioSignature } from './signatures.mjs';

const INITIATED = 0.3; // seconds from leaving the queue
const RINGING = 0.5; // and from there
const DETECTION = { Enable: 3, DetectMessageEnd: 6 }; // seconds an answering-machine detection takes
const PRICE_A_MINUTE = 0.014;
const STREAM_REFUSED = 0.5; // seconds a call lives whose stream could not be opened
const ENDED = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

export const newSid = (prefix) => prefix + randomBytes(16).toString('hex');
const rfc2822 = (date) => date && date.toUTCString().replace('GMT', '+0000');
const formatted = (n) => n.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');

export class TwilioCall {
  sid = newSid('CA');
  status = 'queued';
  created;
  #world;
  #form;
  #plan;
  #stream;
  #cancels = [];
  #sequence = 0;
  #updated;
  #start = null;
  #end = null;
  #duration = null;
  #price = null;
  #answeredBy = null;
  #sip = null;
  #answeredAt;
  #queueSeconds;
  #callback;

  /**
   * @param {URLSearchParams} form as validated
   * @param {object} plan from numbers.mjs
   * @param {object} world {pace, webhooks, clock(), settings, accountSid, authToken, phoneNumberSid}
   * @param {{stream?: UltravoxCall, queueSeconds?: number}} more without a stream: another program's call
   */
  constructor(form, plan, world, { stream, queueSeconds = 0 }) {
    this.created = this.#updated = world.clock();
    this.#form = form;
    this.#plan = plan;
    this.#world = world;
    this.#stream = stream;
    this.#queueSeconds = queueSeconds;
    this.#callback = {
      url: form.get('StatusCallback'),
      events: form.has('StatusCallbackEvent') ? form.getAll('StatusCallbackEvent') : ['completed'],
    };
    if (!stream) return;
    this.#after(queueSeconds + INITIATED, () => {
      if (this.#stays) return;
      this.#tell('initiated', 'initiated');
      this.#after(RINGING, () => this.#ring());
    });
  }

  get to() {
    return this.#form.get('To');
  }
  get from() {
    return this.#form.get('From');
  }
  /** The Ultravox call that it joins when it is answered. */
  get stream() {
    return this.#stream;
  }
  get over() {
    return ENDED.includes(this.status);
  }
  get #settings() {
    return this.#world.settings.twilio;
  }
  /** Whether it stays as it is, whatever happens. */
  get #stays() {
    return this.#settings.staysAt[this.to] === this.status;
  }
  get startedAt() {
    return this.#start ?? this.created;
  }
  get endedAt() {
    return this.#end;
  }

  #after(seconds, act) {
    this.#cancels.push(this.#world.pace.after(seconds, act));
  }

  #become(status) {
    this.status = status;
    this.#updated = this.#world.clock();
  }

  /** Another program's: as it has been since `age` seconds. */
  make(status, age) {
    this.#become(status);
    this.created = new Date(this.created - age * 1000);
    if (status === 'in-progress') this.#start = this.created;
  }

  #ring() {
    this.#become('ringing');
    this.#tell('ringing', 'ringing');
    if (this.#stays) return;
    const timeout = Number(this.#form.get('Timeout') ?? 60);
    if (timeout < this.#plan.rings) this.#after(timeout, () => this.end('no-answer', 487));
    else if (this.#plan.ends) this.#after(this.#plan.rings, () => this.end(this.#plan.ends, this.#plan.sip));
    else this.#after(this.#plan.rings, () => this.#answer());
  }

  #answer() {
    this.#become('in-progress');
    this.#start = this.#world.clock();
    this.#answeredAt = this.#world.pace.now();
    this.#sip = this.#plan.sip;
    this.#tell('answered', 'in-progress');
    if (this.#form.has('TimeLimit')) this.#after(Number(this.#form.get('TimeLimit')), () => this.end('completed'));
    const detection = DETECTION[this.#form.get('MachineDetection')];
    if (detection === undefined) return this.#connect();
    const waits = this.#form.get('AsyncAmd') !== 'true';
    this.#after(detection, () => this.#detected(detection, waits));
    if (!waits) this.#connect();
  }

  /** The verdict on who answered; only a synchronous detection held the TwiML back until now. */
  #detected(took, waited) {
    const machine = this.#form.get('MachineDetection') === 'Enable' ? 'machine_start' : 'machine_end_beep';
    this.#answeredBy = this.#plan.answers === 'machine' ? machine : this.#plan.answers;
    if (waited) return this.#connect();
    const fields = {
      CallSid: this.sid,
      AccountSid: this.#world.accountSid,
      AnsweredBy: this.#answeredBy,
      MachineDetectionDuration: String(took * 1000),
    };
    this.#post('amd', this.#form.get('AsyncAmdStatusCallback'), fields);
  }

  /** Runs the TwiML: joins the Ultravox call, which talks until one side ends it. */
  #connect() {
    if (this.#plan.notice) return this.#after(this.#plan.notice, () => this.end('completed'));
    if (!this.#stream.join(null)) return this.#after(STREAM_REFUSED, () => this.end('completed')); // 31920
    this.#stream.once('ended', () => this.#settings.endsTogether && this.end('completed'));
    new PhoneTalk({
      call: this.#stream,
      pace: this.#world.pace,
      name: this.#plan.talk,
      hungUp: () => this.end('completed'),
    });
  }

  /** Ends it, once. */
  end(status, sip = this.#sip) {
    if (this.over || this.#stays) return;
    this.#cancels.splice(0).forEach((cancel) => cancel());
    this.#become(status);
    this.#sip = sip;
    this.#end = this.#world.clock();
    if (this.#answeredAt !== undefined) {
      const seconds = Math.max(1, Math.round(this.#world.pace.now() - this.#answeredAt));
      this.#duration = String(seconds);
      const priced = () => (this.#price = (-PRICE_A_MINUTE * Math.ceil(seconds / 60)).toFixed(5));
      if (this.#settings.pricedAfter !== null) this.#after(this.#settings.pricedAfter, priced);
    }
    if (this.#stream?.live && this.#settings.endsTogether) this.#stream.end('hangup');
    this.#tell('completed', status);
  }

  /** REST's Status=completed or canceled; false when the state does not allow it. */
  stop(status) {
    if (this.over || (status === 'canceled' && this.status === 'in-progress')) return false;
    if (this.status === 'in-progress') this.end('completed');
    else this.end('canceled', 487);
    return true;
  }

  setStatusCallback(url) {
    this.#callback.url = url;
  }

  abandon() {
    this.#cancels.splice(0).forEach((cancel) => cancel());
  }

  #tell(event, status) {
    const { url, events } = this.#callback;
    const number = this.#sequence++;
    if (!url || !events.includes(event)) return;
    const fields = {
      CallSid: this.sid,
      AccountSid: this.#world.accountSid,
      From: this.from,
      To: this.to,
      Caller: this.from,
      Called: this.to,
      CallStatus: status,
      ApiVersion: '2010-04-01',
      Direction: 'outbound-api',
      Timestamp: rfc2822(this.#world.clock()),
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(number),
    };
    if (event === 'completed') {
      if (this.#sip) fields.SipResponseCode = String(this.#sip);
      fields.CallDuration = this.#duration ?? '0';
      if (this.#duration) fields.Duration = String(Math.ceil(Number(this.#duration) / 60));
      if (this.#answeredBy) fields.AnsweredBy = this.#answeredBy;
    }
    this.#post(event, url, fields);
  }

  #post(event, url, fields) {
    const params = new URLSearchParams(fields);
    const token = randomUUID();
    const { authToken, webhooks } = this.#world;
    const overrides = new URLSearchParams(url.split('#')[1] ?? '');
    const retries = Number(overrides.get('rc') ?? 1);
    const policy = (overrides.get('rp') ?? 'ct').split(',');
    webhooks.send({
      vendor: 'twilio',
      event,
      call: this.sid,
      url,
      body: params.toString(),
      contentType: 'application/x-www-form-urlencoded; charset=utf-8',
      sign: () => ({
        'x-twilio-signature': twilioSignature(authToken, url, params),
        'i-twilio-idempotency-token': token,
        'user-agent': 'TwilioProxy/1.1',
      }),
      retry: (outcome, attempt) => (attempt <= retries && retriable(outcome, policy) ? 1 : undefined),
    });
  }

  /** The vendor's Call resource. */
  toJson() {
    const uri = `/2010-04-01/Accounts/${this.#world.accountSid}/Calls/${this.sid}`;
    const parts = [
      'notifications',
      'recordings',
      'payments',
      'events',
      'siprec',
      'streams',
      'transcriptions',
      'user_defined_message_subscriptions',
      'user_defined_messages',
    ];
    const part = (name) =>
      `${uri}/${name
        .split('_')
        .map((w) => w[0].toUpperCase() + w.slice(1))
        .join('')}.json`;
    return {
      sid: this.sid,
      date_created: rfc2822(this.created),
      date_updated: rfc2822(this.#updated),
      parent_call_sid: null,
      account_sid: this.#world.accountSid,
      to: this.to,
      to_formatted: formatted(this.to),
      from: this.from,
      from_formatted: formatted(this.from),
      phone_number_sid: this.#world.phoneNumberSid,
      status: this.status,
      start_time: rfc2822(this.#start),
      end_time: rfc2822(this.#end),
      duration: this.#duration,
      price: this.#price,
      price_unit: 'USD',
      direction: 'outbound-api',
      answered_by: this.#answeredBy,
      api_version: '2010-04-01',
      forwarded_from: null,
      group_sid: null,
      caller_name: null,
      queue_time: String(Math.round(this.#queueSeconds * 1000)),
      trunk_sid: null,
      uri: `${uri}.json`,
      subresource_uris: Object.fromEntries(parts.map((p) => [p, part(p)])),
    };
  }
}

/** Twilio tries again after a failed connection unless the URL's fragment asks for more. */
function retriable(outcome, policy) {
  if (policy.includes('all')) return !(outcome >= 200 && outcome < 300);
  if (typeof outcome !== 'number') return policy.includes(outcome === 'TimeoutError' ? 'rt' : 'ct');
  return policy.includes(`${Math.floor(outcome / 100)}xx`);
}
