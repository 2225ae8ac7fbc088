// Twilio's REST service as far as a proxy that dials uses it: Calls, the account's own facts, geo
// permissions. State: the calls. The rules of a form are in twilio-validate.mjs, the life of a call in
// twilio-call.mjs, what each number does in numbers.mjs.
import { createProblems, readForm, twilioError, updateProblems } from './twilio-validate.mjs';
import { empty, findRoute, json } from './http.mjs';
import { newSid, TwilioCall } from './twilio-call.mjs';
import { planFor } from './numbers.mjs';
import { readStreamTwiml } from './twiml.mjs';

/** Countries the sandbox account may not call, by dialling code; the rest of the world it may. */
const DENIED = { CU: '53', KP: '850', LV: '371', MV: '960', SO: '252' };
const CODES = {
  US: ['1'],
  CA: ['1'],
  GB: ['44'],
  DE: ['49'],
  CH: ['41'],
  FR: ['33'],
  JP: ['81'],
  ...Object.fromEntries(Object.entries(DENIED).map(([iso, code]) => [iso, [code]])),
};
const CREATED = 'Wed, 15 Jan 2025 09:00:00 +0000';
const LIST_QUERY = [
  'To',
  'From',
  'ParentCallSid',
  'Status',
  'StartTime',
  'StartTime<',
  'StartTime>',
  'EndTime',
  'EndTime<',
  'EndTime>',
  'PageSize',
  'Page',
  'PageToken',
];
const fail = (status, code, message, headers) => json(status, twilioError(status, code, message), headers);

export class Twilio {
  calls = new Map();
  #world;
  #journal;
  #settings;
  #nextDial = 0;
  #numberSid = newSid('PN');
  #routes = [
    ['GET', '/2010-04-01/Accounts/:sid.json', () => this.#account()],
    [
      'GET',
      '/2010-04-01/Accounts/:sid/Balance.json',
      () => json(200, { account_sid: this.#sid, balance: this.#settings.twilio.balance, currency: 'USD' }),
    ],
    ['GET', '/2010-04-01/Accounts/:sid/Calls.json', (r) => this.#list(r)],
    ['POST', '/2010-04-01/Accounts/:sid/Calls.json', (r) => this.#create(r)],
    ['GET', '/2010-04-01/Accounts/:sid/Calls/:call.json', (r, p) => this.#withCall(r, p, (c) => json(200, c.toJson()))],
    ['POST', '/2010-04-01/Accounts/:sid/Calls/:call.json', (r, p) => this.#withCall(r, p, (c) => this.#update(r, c))],
    ['DELETE', '/2010-04-01/Accounts/:sid/Calls/:call.json', (r, p) => this.#withCall(r, p, (c) => this.#delete(c))],
    [
      'GET',
      '/2010-04-01/Accounts/:sid/Calls/:call/Recordings.json',
      (r, p) => this.#withCall(r, p, () => this.#page(r, 'recordings', [])),
    ],
    [
      'GET',
      '/2010-04-01/Accounts/:sid/Calls/:call/Notifications.json',
      (r, p) => this.#withCall(r, p, (c) => this.#page(r, 'notifications', this.#notifications(c))),
    ],
    ['GET', '/2010-04-01/Accounts/:sid/Recordings.json', (r) => this.#page(r, 'recordings', [])],
    [
      'GET',
      '/2010-04-01/Accounts/:sid/IncomingPhoneNumbers.json',
      (r) => this.#page(r, 'incoming_phone_numbers', this.#numbers(r)),
    ],
    [
      'GET',
      '/2010-04-01/Accounts/:sid/OutgoingCallerIds.json',
      (r) => this.#page(r, 'outgoing_caller_ids', this.#verified(r)),
    ],
    ['GET', '/v1/DialingPermissions/Countries/:iso.json', (r, p) => this.#country(r, p)],
    ['GET', '/v1/DialingPermissions/Countries/:iso', (r, p) => this.#country(r, p)],
  ];

  /**
   * @param {object} world {pace, webhooks, journal, settings, clock(), accountSid, authToken, apiKeySid, apiKeySecret, phoneNumber, listener(), ultravox}
   */
  constructor(world) {
    this.#world = { ...world, phoneNumberSid: this.#numberSid };
    this.#journal = world.journal;
    this.#settings = world.settings;
  }

  get #sid() {
    return this.#world.accountSid;
  }

  answer(request) {
    const route = findRoute(this.#routes, request.method, request.path);
    if (!route) {
      this.#breach(request, 'path', 'no such endpoint');
      return this.#notFound(request);
    }
    const refused = this.#refuseUser(request, route);
    if (refused) return refused;
    if (route.methods) {
      this.#breach(request, 'method', `allowed: ${route.methods.join(', ')}`);
      return fail(405, 20004, 'Method not allowed');
    }
    if (route.params.sid && route.params.sid !== this.#sid) return this.#notFound(request);
    return route.act(request, route.params);
  }

  clear() {
    for (const call of this.calls.values()) call.abandon();
    this.calls.clear();
    this.#nextDial = 0;
  }

  /** A call that another program placed with the same account, by the control port's POST /calls. */
  addForeign({ to, from = this.#world.phoneNumber, status = 'in-progress', age = 0 }) {
    const call = new TwilioCall(new URLSearchParams({ To: to, From: from }), {}, this.#world, {});
    call.make(status, age);
    this.calls.set(call.sid, call);
    return call;
  }

  #breach(request, rule, detail) {
    this.#journal.violation('twilio', request, rule, detail);
  }

  #notFound(request) {
    return fail(404, 20404, `The requested resource ${request.path} was not found`);
  }

  #refuseUser(request, route) {
    const { accountSid, authToken, apiKeySid, apiKeySecret } = this.#world;
    const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(request.headers.authorization ?? '') ?? [];
    const given = encoded && Buffer.from(encoded, 'base64').toString();
    const asKey = given === `${apiKeySid}:${apiKeySecret}`;
    if (given !== `${accountSid}:${authToken}` && !asKey) {
      this.#breach(request, 'auth', given ? 'wrong user or password' : 'no Basic authorization');
      return fail(401, 20003, 'Authenticate', { 'www-authenticate': 'Basic realm="Twilio API"' });
    }
    // a standard API key may use everything but the account resource itself
    if (asKey && route.params && request.path === `/2010-04-01/Accounts/${this.#sid}.json`)
      return fail(401, 20003, 'Authenticate');
    const { status } = this.#settings.twilio;
    if (status !== 'active' && request.method === 'POST') return fail(401, 20005, 'Account not active');
  }

  #withCall(request, { call: sid }, act) {
    const call = this.calls.get(sid);
    return call ? act(call) : this.#notFound(request);
  }

  /** The form, or a reply that says why not. */
  #form(request, problemsOf) {
    const { form, problems } = readForm(request);
    if (request.query) problems.push('parameters in the query of a POST');
    for (const p of problems) this.#breach(request, 'form', p);
    if (problems.length) return { reply: fail(400, 20001, problems[0]) };
    const wrong = problemsOf(form);
    for (const p of wrong) this.#breach(request, String(p.code), p.message);
    return wrong.length ? { reply: fail(400, wrong[0].code, wrong[0].message) } : { form };
  }

  #create(request) {
    const { form, reply } = this.#form(request, createProblems);
    if (reply) return reply;
    const to = form.get('To');
    const refused = this.#refuseNumbers(to, form.get('From'));
    if (refused) return refused;
    if (!form.has('Twiml')) {
      this.#breach(request, 'twiml', 'the sandbox runs inline Twiml only');
      return fail(400, 21205, 'The sandbox runs inline Twiml only.');
    }
    const { url, problems } = readStreamTwiml(form.get('Twiml'));
    const stream = this.#world.ultravox.byJoinUrl(url);
    if (!stream && !problems.length) problems.push('the stream url is no joinUrl of a twilio call');
    else if (stream && !stream.joinable) problems.push('the stream url was used or has expired');
    for (const p of problems) this.#breach(request, 'twiml', p);
    if (problems.length) return fail(400, 12100, `Document parse failure: ${problems[0]}`);

    const plan = planFor(this.#settings.twilio.alike[to] ?? to);
    if (plan.refuse) {
      const { status, code, message, retryAfter } = plan.refuse;
      return fail(status, code, message, retryAfter ? { 'retry-after': String(retryAfter) } : {});
    }
    if (plan.fault?.kind === 'hang') return { ...empty(200), fault: plan.fault };
    const call = new TwilioCall(form, plan, this.#world, { stream, queueSeconds: this.#queue() });
    this.calls.set(call.sid, call);
    this.#journal.dial(to, call.sid);
    return { ...json(201, call.toJson()), fault: plan.fault };
  }

  /** What the account says to the two numbers, or undefined. */
  #refuseNumbers(to, from) {
    const { type, verified } = this.#settings.twilio;
    if (from === '+15005550001') return fail(400, 21212, `The 'From' number ${from} is not a valid phone number.`);
    if (from !== this.#world.phoneNumber && !verified.includes(from)) {
      return fail(400, 21210, `The source phone number provided, ${from}, is not yet verified for your account.`);
    }
    if (type === 'Trial' && !verified.includes(to))
      return fail(
        400,
        21219,
        `The number ${to} is unverified. Trial accounts may only make calls to verified numbers.`,
      );
    const denied = Object.entries(CODES).some(
      ([iso, codes]) => this.#denies(iso) && codes.some((c) => to.startsWith(`+${c}`)),
    );
    if (denied)
      return fail(
        400,
        21215,
        `Account not authorized to call ${to}. Perhaps you need to enable some international permissions.`,
      );
  }

  #denies(iso) {
    return this.#settings.twilio.deniedCountries.includes(iso);
  }

  /** Seconds until the account's rate of new calls lets another one go. */
  #queue() {
    const rate = this.#settings.twilio.callsPerSecond;
    const now = this.#world.pace.now();
    const at = Math.max(now, this.#nextDial);
    this.#nextDial = rate ? at + 1 / rate : 0;
    return at - now;
  }

  #update(request, call) {
    const { form, reply } = this.#form(request, updateProblems);
    if (reply) return reply;
    if (call.over) return fail(400, 21220, 'Call is not in-progress. Cannot redirect.');
    if (form.has('Status') && !call.stop(form.get('Status')))
      return fail(400, 21220, 'Call is not in the expected state.');
    if (form.has('StatusCallback')) call.setStatusCallback(form.get('StatusCallback'));
    return json(200, call.toJson());
  }

  #notifications(call) {
    const at = call.created.toUTCString().replace('GMT', '+0000');
    return this.#settings.twilio.notifications.map((told) => ({
      sid: newSid('NO'),
      account_sid: this.#sid,
      call_sid: call.sid,
      api_version: '2010-04-01',
      message_text: '',
      more_info: `https://www.twilio.com/docs/errors/${told.error_code}`,
      request_method: 'POST',
      request_url: '',
      message_date: at,
      date_created: at,
      date_updated: at,
      ...told,
    }));
  }

  #delete(call) {
    if (!call.over) return fail(409, 20409, 'The call is in progress');
    this.calls.delete(call.sid);
    return empty(204);
  }

  #list(request) {
    for (const name of request.search.keys())
      if (!LIST_QUERY.includes(name)) this.#breach(request, 'query', `unknown parameter ${name}`);
    const q = (name) => request.search.get(name);
    const day = (date) => date?.toISOString().slice(0, 10);
    const inTime = (name, date) =>
      (!q(name) || day(date) === q(name).slice(0, 10)) &&
      (!q(`${name}<`) || (date && date <= new Date(q(`${name}<`)))) &&
      (!q(`${name}>`) || (date && date >= new Date(q(`${name}>`))));
    const found = [...this.calls.values()]
      .reverse()
      .sort((a, b) => b.created - a.created)
      .filter(
        (c) =>
          (!q('To') || c.to === q('To')) &&
          (!q('From') || c.from === q('From')) &&
          (!q('Status') || c.status === q('Status')) &&
          !q('ParentCallSid') &&
          inTime('StartTime', c.startedAt) &&
          inTime('EndTime', c.endedAt),
      );
    return this.#page(
      request,
      'calls',
      found.map((c) => c.toJson()),
    );
  }

  /** Twilio's list envelope. */
  #page(request, name, items) {
    const size = Math.min(Math.max(Number(request.search.get('PageSize') ?? 50), 1), 1000);
    const page = Math.max(Number(request.search.get('Page') ?? 0), 0);
    const uri = (n) => {
      const search = new URLSearchParams(request.search);
      search.set('PageSize', size);
      search.set('Page', n);
      return `${request.path}?${search}`;
    };
    const shown = items.slice(page * size, (page + 1) * size);
    return json(200, {
      [name]: shown,
      page,
      page_size: size,
      start: page * size,
      end: Math.max(0, page * size + shown.length - 1),
      uri: uri(page),
      first_page_uri: uri(0),
      next_page_uri: (page + 1) * size < items.length ? uri(page + 1) : null,
      previous_page_uri: page > 0 ? uri(page - 1) : null,
    });
  }

  #account() {
    const { type, status } = this.#settings.twilio;
    return json(200, {
      sid: this.#sid,
      friendly_name: 'Sandbox',
      owner_account_sid: this.#sid,
      status,
      type,
      auth_token: this.#world.authToken,
      date_created: CREATED,
      date_updated: CREATED,
      uri: `/2010-04-01/Accounts/${this.#sid}.json`,
      subresource_uris: {},
    });
  }

  #numbers(request) {
    const { phoneNumber } = this.#world;
    const wanted = request.search.get('PhoneNumber');
    if (wanted && !phoneNumber.includes(wanted.replaceAll('*', ''))) return [];
    return [
      {
        sid: this.#numberSid,
        account_sid: this.#sid,
        phone_number: phoneNumber,
        friendly_name: phoneNumber,
        api_version: '2010-04-01',
        capabilities: { voice: true, sms: false, mms: false, fax: false },
        status: 'in-use',
        type: 'local',
        origin: 'twilio',
        beta: false,
        date_created: CREATED,
        date_updated: CREATED,
        voice_receive_mode: 'voice',
        voice_url: null,
        voice_method: 'POST',
        status_callback: '',
        address_requirements: 'none',
        uri: `/2010-04-01/Accounts/${this.#sid}/IncomingPhoneNumbers/${this.#numberSid}.json`,
      },
    ];
  }

  #verified(request) {
    const wanted = request.search.get('PhoneNumber');
    return this.#settings.twilio.verified
      .filter((n) => !wanted || n === wanted)
      .map((n) => {
        const sid = `PN${Buffer.from(n).toString('hex').padEnd(32, '0').slice(0, 32)}`;
        return {
          sid,
          account_sid: this.#sid,
          phone_number: n,
          friendly_name: n,
          date_created: CREATED,
          date_updated: CREATED,
          uri: `/2010-04-01/Accounts/${this.#sid}/OutgoingCallerIds/${sid}.json`,
        };
      });
  }

  #country(request, { iso }) {
    const name = /^[A-Z]{2}$/.test(iso)
      ? new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(iso)
      : undefined;
    if (!name) return this.#notFound(request);
    const url = `${this.#world.listener().url}/v1/DialingPermissions/Countries/${iso}`;
    return json(200, {
      iso_code: iso,
      name,
      continent: null,
      country_codes: (CODES[iso] ?? []).map((c) => `+${c}`),
      low_risk_numbers_enabled: !this.#denies(iso),
      high_risk_special_numbers_enabled: false,
      high_risk_tollfraud_numbers_enabled: false,
      url,
      links: { highrisk_special_prefixes: `${url}/HighRiskSpecialPrefixes` },
    });
  }
}

export const DENIED_COUNTRIES = Object.keys(DENIED);
