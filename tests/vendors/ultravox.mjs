// Ultravox's REST service as far as a proxy uses it. State: the calls. Rules of a request are in
// ultravox-validate.mjs, the life of a call in ultravox-call.mjs, the join socket in web-join.mjs.
import { AGENTS, MODELS, VOICES, findVoices } from './ultravox-catalog.mjs';
import { UUID } from './checks.mjs';
import { agentCallProblems, callProblems, dataMessageProblems, queryProblems } from './ultravox-validate.mjs';
import { toolNameOf } from './ultravox-tools.mjs';
import { isBuiltIn, HANG_UP_TOOL, UltravoxCall } from './ultravox-call.mjs';
import { empty, findRoute, json } from './http.mjs';
import { previewWav, recordingWav } from './wav.mjs';

const RETRY_AFTER = '5';
const ANY = /^.+$/s;
const PAGE = { cursor: /^[\w=-]*$/, pageSize: /^[1-9]\d{0,3}$/ };
const LISTS = {
  calls: {
    ...PAGE,
    agentIds: UUID,
    durationMax: ANY,
    durationMin: ANY,
    fromDate: ANY,
    toDate: ANY,
    metadata: ANY,
    search: ANY,
    sort: /^-?\w+$/,
    timeOfDayEnd: ANY,
    timeOfDayStart: ANY,
    voiceId: UUID,
  },
  messages: { ...PAGE, mode: /^(last_stage|in_call)$/ },
  events: { ...PAGE, minimum_severity: /^(debug|info|warning|error)$/, type: ANY },
  voices: {
    ...PAGE,
    billingStyle: /^VOICE_BILLING_STYLE_(INCLUDED|EXTERNAL)$/,
    ownership: /^(private|public)$/,
    primaryLanguage: ANY,
    provider: /^(lmnt|cartesia|google|respeecher|eleven_labs|inworld)$/,
    search: ANY,
  },
  agents: { ...PAGE, search: ANY, sort: ANY },
};
const CREATE = { enableGreetingPrompt: /^(true|false)$/, priorCallId: UUID, throttle: ANY };
const SEVERITIES = ['debug', 'info', 'warning', 'error'];
const notFound = (what) => json(404, { detail: `No ${what} matches the given query.` });

export class Ultravox {
  calls = new Map();
  #deleted = new Map();
  #world;
  #journal;
  #settings;
  #key;
  #routes = [
    ['GET', '/api/accounts/me', () => this.#account()],
    ['GET', '/api/calls', (r) => this.#list(r, [...this.calls.values()].map((c) => c.toJson()).reverse(), LISTS.calls)],
    ['POST', '/api/calls', (r) => this.#create(r)],
    ['GET', '/api/calls/:id', (r, p) => this.#withCall(p, (c) => json(200, c.toJson()))],
    ['DELETE', '/api/calls/:id', (r, p) => this.#withCall(p, (c) => this.#delete(c))],
    ['GET', '/api/calls/:id/messages', (r, p) => this.#withCall(p, (c) => this.#messages(r, c))],
    ['GET', '/api/calls/:id/events', (r, p) => this.#withCall(p, (c) => this.#events(r, c))],
    ['GET', '/api/calls/:id/recording', (r, p) => this.#withCall(p, (c) => this.#recording(c))],
    ['POST', '/api/calls/:id/send_data_message', (r, p) => this.#withCall(p, (c) => this.#dataMessage(r, c))],
    [
      'GET',
      '/api/deleted_calls/:id',
      (r, p) => (this.#deleted.has(p.id) ? json(200, this.#deleted.get(p.id)) : notFound('DeletedCall')),
    ],
    [
      'GET',
      '/api/voices',
      (r) =>
        this.#list(
          r,
          findVoices(r.search).map((v) => this.#voice(v)),
          LISTS.voices,
        ),
    ],
    ['GET', '/api/voices/:id', (r, p) => this.#withVoice(p, (v) => json(200, this.#voice(v)))],
    [
      'GET',
      '/api/voices/:id/preview',
      (r, p) =>
        this.#withVoice(p, () => ({ status: 200, headers: { 'content-type': 'audio/wav' }, body: previewWav() })),
    ],
    [
      'GET',
      '/api/models',
      (r) =>
        this.#list(
          r,
          MODELS.map((name) => ({ name })),
          PAGE,
        ),
    ],
    ['GET', '/api/agents', (r) => this.#list(r, AGENTS, LISTS.agents)],
    ['GET', '/api/agents/:id', (r, p) => this.#withAgent(p, (a) => json(200, a))],
    ['POST', '/api/agents/:id/calls', (r, p) => this.#withAgent(p, (a) => this.#createOfAgent(r, a))],
  ];

  /** @param {object} world {pace, webPace, webhooks, journal, settings, clock(), apiKey, listener()} */
  constructor(world) {
    this.#world = world;
    this.#journal = world.journal;
    this.#settings = world.settings;
    this.#key = world.apiKey;
  }

  /** Answers any request but the join sockets. */
  answer(request) {
    const { path, headers } = request;
    if (path.startsWith('/recordings/')) return this.#publicRecording(path);
    if (path === '/rtc/v1/validate')
      return { status: 200, headers: { 'access-control-allow-origin': '*' }, body: Buffer.from('success') };
    const route = findRoute(this.#routes, request.method, path);
    if (!route) {
      this.#breach(request, 'path', 'no such endpoint');
      return json(404, { detail: 'Not Found' });
    }
    if (headers['x-api-key'] === undefined) {
      this.#breach(
        request,
        'auth',
        headers['x-unsafe-api-key'] ? 'X-Unsafe-API-Key publishes the key' : 'no X-API-Key',
      );
      return json(401, { detail: 'Authentication credentials were not provided.' });
    }
    if (headers['x-api-key'] !== this.#key) {
      this.#breach(request, 'auth', 'wrong X-API-Key');
      return json(403, { detail: 'Invalid API key' });
    }
    if (route.methods) {
      this.#breach(request, 'method', `allowed: ${route.methods.join(', ')}`);
      return json(405, { detail: `Method "${request.method}" not allowed.` }, { allow: route.methods.join(', ') });
    }
    return route.act(request, route.params);
  }

  clear() {
    for (const call of this.calls.values()) {
      call.agent?.abandon?.();
      call.abandon();
    }
    this.calls.clear();
    this.#deleted.clear();
  }

  /** The phone call whose joinUrl this is, whatever its state. */
  byJoinUrl(url) {
    return [...this.calls.values()].find((c) => c.isPhone && c.joinUrl === url);
  }

  #breach(request, rule, detail) {
    this.#journal.violation('ultravox', request, rule, detail);
  }

  #refuse(request, problems, rule = 'body') {
    for (const p of problems) this.#breach(request, rule, p);
    return json(400, { detail: problems.join('; ') });
  }

  #withCall({ id }, act) {
    const call = this.calls.get(id);
    return call ? act(call) : notFound('Call');
  }
  #withVoice({ id }, act) {
    const voice = VOICES.find((v) => v.voiceId === id);
    return voice ? act(voice) : notFound('Voice');
  }
  #withAgent({ id }, act) {
    const agent = AGENTS.find((a) => a.agentId === id);
    return agent ? act(agent) : notFound('Agent');
  }

  /** The JSON body, or a reply that says why there is none. */
  #body(request) {
    const type = request.headers['content-type'] ?? '';
    if (request.tooLarge) return { reply: json(413, { detail: 'Request body too large.' }) };
    if (!/^application\/json\s*(;\s*charset=utf-8)?$/i.test(type)) {
      this.#breach(request, 'content-type', type || 'none');
      return { reply: json(415, { detail: `Unsupported media type "${type}" in request.` }) };
    }
    try {
      return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body)) };
    } catch (error) {
      return { reply: this.#refuse(request, [`JSON parse error - ${error.message}`], 'json') };
    }
  }

  #account() {
    const active = [...this.calls.values()].filter((c) => !c.ended).length;
    const s = this.#settings.ultravox;
    return json(200, {
      accountId: '0c5e0f6e-33a5-4d0c-b3f5-000000000001',
      name: 'Sandbox',
      billingUrl: 'https://sandbox.invalid/billing',
      freeTimeUsed: s.freeTimeUsed,
      freeTimeRemaining: s.freeTimeRemaining,
      hasActiveSubscription: s.hasActiveSubscription,
      subscriptionTier: s.hasActiveSubscription ? 'PAYGO' : null,
      subscriptionCadence: null,
      subscriptionExpiration: null,
      subscriptionScheduledUpdate: null,
      subscriptionRenewal: null,
      activeCalls: active,
      allowedConcurrentCalls: s.allowedConcurrentCalls,
      allowedVoices: null,
      allowedCorpora: null,
    });
  }

  #create(request) {
    const { value, reply } = this.#body(request);
    if (reply) return reply;
    const problems = [...queryProblems(request.search, CREATE), ...callProblems(value)];
    if (problems.length) return this.#refuse(request, problems);
    const prior = request.search.get('priorCallId');
    if (prior !== null) {
      if (value.initialMessages)
        return this.#refuse(request, ['initialMessages may not be set together with priorCallId']);
      if (!this.calls.has(prior)) return json(400, { detail: 'priorCallId: no such call' });
      const { request: before, messages } = this.calls.get(prior);
      const history = messages.map(({ timespan, wallClockTimespan, callStageMessageIndex, callStageId, ...m }) => m);
      return this.#start({ ...before, initialMessages: history, ...value });
    }
    return this.#start(value);
  }

  #createOfAgent(request, agent) {
    const { value, reply } = this.#body(request);
    if (reply) return reply;
    const problems = [...queryProblems(request.search, { throttle: ANY }), ...agentCallProblems(value)];
    if (problems.length) return this.#refuse(request, problems);
    const { name, created, updated, medium, ...template } = agent.callTemplate;
    const { templateContext, toolOverrides = {}, agentId, ...overrides } = value;
    const gone = (t) => toolOverrides.removeAll || toolOverrides.remove?.includes(toolNameOf(t));
    const selectedTools = [...template.selectedTools.filter((t) => !gone(t)), ...(toolOverrides.add ?? [])];
    return this.#start({ ...template, ...overrides, selectedTools }, { agentId: agent.agentId, name: agent.name });
  }

  /** What only the account knows: voices, models, tools, capacity. A wish that fails here is no breach. */
  #start(body, agentInfo) {
    const unknown = [];
    if (body.voice !== undefined && !VOICES.some((v) => v.voiceId === body.voice || v.name === body.voice))
      unknown.push(`voice: no voice "${body.voice}"`);
    if (body.model !== undefined && !MODELS.includes(body.model)) unknown.push(`model: no model "${body.model}"`);
    for (const t of body.selectedTools ?? []) {
      if ((t.toolName && !isBuiltIn(t.toolName)) || (t.toolId && t.toolId !== HANG_UP_TOOL))
        unknown.push(`selectedTools: no tool "${t.toolName ?? t.toolId}"`);
    }
    if (unknown.length) return json(400, { detail: unknown.join('; ') });
    const cap = this.#settings.ultravox.allowedConcurrentCalls;
    if (cap !== null && [...this.calls.values()].filter((c) => !c.ended).length >= cap) {
      return json(429, { detail: 'Maximum number of concurrent calls reached.' }, { 'retry-after': RETRY_AFTER });
    }
    const { pace, webPace, webhooks, clock, listener } = this.#world;
    const call = new UltravoxCall(body, {
      pace: body.medium?.twilio ? pace : webPace,
      webhooks,
      clock,
      neverEnds: () => this.#settings.ultravox.neverEnds,
      agentInfo,
      joinBase: listener().url.replace('http', 'ws'),
    });
    this.calls.set(call.id, call);
    return json(201, call.toJson());
  }

  #delete(call) {
    if (call.live) return json(400, { detail: 'Ongoing calls cannot be deleted.' });
    call.end('unjoined');
    this.calls.delete(call.id);
    const c = call.toJson();
    this.#deleted.set(call.id, {
      callId: c.callId,
      accountId: '0c5e0f6e-33a5-4d0c-b3f5-000000000001',
      created: c.created,
      joined: c.joined,
      ended: c.ended,
      deletionTime: this.#world.clock().toISOString(),
      maxDuration: c.maxDuration,
      endReason: c.endReason,
      recordingEnabled: c.recordingEnabled,
      hadSummary: c.summary !== null,
    });
    return empty(204);
  }

  #messages(request, call) {
    const from = request.search.get('mode') === 'in_call' ? call.initialCount : 0;
    return this.#list(request, call.messages.slice(from), LISTS.messages, this.#settings.ultravox.endlessMessages);
  }

  #events(request, call) {
    const least = SEVERITIES.indexOf(request.search.get('minimum_severity') ?? 'info');
    const type = request.search.get('type');
    return this.#list(
      request,
      call.events.filter((e) => SEVERITIES.indexOf(e.severity) >= least && (!type || e.type === type)),
      LISTS.events,
    );
  }

  #recording(call) {
    if (!call.request.recordingEnabled || !call.ended || !call.joined) return notFound('Recording');
    if (this.#settings.ultravox.recordingRedirect)
      return empty(302, { location: `${this.#world.listener().url}/recordings/${call.id}.wav` });
    return { status: 200, headers: { 'content-type': 'audio/wav' }, body: recordingWav(call.messages, call.elapsed) };
  }

  /** Where a redirect leads: like a storage service's signed address, it wants no key. */
  #publicRecording(path) {
    const call = this.calls.get(path.slice('/recordings/'.length, -'.wav'.length));
    return call
      ? { status: 200, headers: { 'content-type': 'audio/wav' }, body: recordingWav(call.messages, call.elapsed) }
      : notFound('Recording');
  }

  #dataMessage(request, call) {
    const { value, reply } = this.#body(request);
    if (reply) return reply;
    const problems = dataMessageProblems(value);
    if (problems.length) return this.#refuse(request, problems);
    if (!call.live || !call.agent) return json(422, { detail: 'The call is not active.' });
    if (value.type === 'hang_up') call.agent.hangUp(value.message ?? '');
    else if (value.type === 'user_text_message') call.agent.userText(value.text, value.urgency ?? 'soon');
    else call.agent.forced(value.content ?? '', value.urgency ?? 'soon');
    return empty(204);
  }

  #voice(v) {
    return {
      ...v,
      languageLabel: v.primaryLanguage,
      previewUrl: `${this.#world.listener().url}/api/voices/${v.voiceId}/preview`,
      definition: v.provider ? { elevenLabs: { voiceId: v.name } } : {},
    };
  }

  /** One page of `items`; the cursor is the place of its first one. `endless`: what pages after the last one hold. */
  #list(request, items, known, endless = null) {
    const problems = queryProblems(request.search, known);
    if (problems.length) return this.#refuse(request, problems, 'query');
    const size = Math.min(Number(request.search.get('pageSize') ?? this.#settings.ultravox.pageSize), 100);
    const cursor = request.search.get('cursor');
    const start = cursor ? Number(Buffer.from(cursor, 'base64url').toString().replace('at=', '')) : 0;
    if (!Number.isInteger(start) || start < 0) return json(404, { detail: 'Invalid cursor' });
    const page = (at) => {
      const search = new URLSearchParams(request.search);
      search.set('cursor', Buffer.from(`at=${at}`).toString('base64url'));
      return `${this.#world.listener().url}${request.path}?${search}`;
    };
    const results = items.slice(start, start + size);
    if (endless === 'words' && !results.length)
      results.push({ role: 'MESSAGE_ROLE_AGENT', text: `And so on, ${start}.`, callStageMessageIndex: start });
    return json(200, {
      next: endless || start + size < items.length ? page(start + (endless ? results.length || 1 : size)) : null,
      previous: start > 0 ? page(Math.max(0, start - size)) : null,
      results,
      total: items.length,
    });
  }
}
