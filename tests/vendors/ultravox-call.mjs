// One Ultravox call: who may join it and until when, what was said, how it ended, its callbacks. It does
// not know how audio travels: an agent (web-agent.mjs or phone-talk.mjs) plays the far side.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { seconds } from './checks.mjs';
import { toolNameOf } from './ultravox-tools.mjs';
import { ultravoxSignature } from './signatures.mjs';

const BILLED_AFTER = 2; // seconds from the end to call.billed
const RETRY_FIRST = 30; // seconds; doubles, ten times
const RETRIES = 10;
const BUILT_IN = ['hangUp', 'leaveVoicemail', 'playDtmfSounds', 'coldTransfer', 'warmTransfer', 'queryCorpus'];
export const HANG_UP_TOOL = '56294126-5a7d-4948-b67d-3b7e13d55ea7';
const duration = (s) =>
  `${Math.max(0, s)
    .toFixed(3)
    .replace(/\.?0+$/, '')}s`;

export const isBuiltIn = (name) => BUILT_IN.includes(name);

/** Events: 'joined', 'message' (message), 'ended' (reason). */
export class UltravoxCall extends EventEmitter {
  id = randomUUID();
  stageId = randomUUID();
  created;
  joined = null;
  ended = null;
  endReason = null;
  messages = [];
  events = [];
  clientVersion = null;
  agent = null; // takes part while the call lives: {userText, forced, hangUp, say}
  #pace;
  #webhooks;
  #clock;
  #neverEnds;
  #settings;
  #cancels = [];
  #joinedAt;
  #endedAt;
  #billed = false;
  #state;

  /**
   * @param {object} request the validated body of POST /api/calls
   * @param {object} world {pace, webhooks, joinBase, agentInfo?, clock?, neverEnds?} joinBase as ws://127.0.0.1:PORT
   */
  constructor(request, world) {
    const { pace, webhooks, joinBase, agentInfo = null, clock = () => new Date(), neverEnds = () => false } = world;
    super();
    this.created = clock();
    this.#clock = clock;
    this.#neverEnds = neverEnds;
    this.request = request;
    this.agentInfo = agentInfo;
    this.isPhone = Boolean(request.medium?.twilio);
    // Twilio takes wss only, so a phone call's address says so although nothing listens for TLS here
    this.joinUrl = this.isPhone
      ? `${joinBase.replace('ws:', 'wss:')}/calls/${this.id}/telephony`
      : `${joinBase}/calls/${this.id}`;
    this.#pace = pace;
    this.#webhooks = webhooks;
    this.#state = request.initialState ?? {};
    this.#settings = { joinTimeout: request.joinTimeout ?? '30s', maxDuration: request.maxDuration ?? '3600s' };
    this.#after(seconds(this.#settings.joinTimeout), () => this.end('unjoined'));
    for (const m of request.initialMessages ?? []) this.#push({ ...m });
    this.initialCount = this.messages.length;
    this.event('info', 'call_created', 'Call created.');
  }

  get joinable() {
    return !this.joined && !this.ended;
  }
  get live() {
    return Boolean(this.joined) && !this.ended;
  }
  /** Seconds since it was joined, as played. */
  get elapsed() {
    return this.joined ? (this.#endedAt ?? this.#pace.now()) - this.#joinedAt : 0;
  }
  get tools() {
    return this.request.selectedTools ?? [];
  }
  tool(name) {
    return this.tools.find((t) => toolNameOf(t) === name || (name === 'hangUp' && t.toolId === HANG_UP_TOOL));
  }
  get maxDuration() {
    return seconds(this.#settings.maxDuration);
  }

  #after(s, act) {
    this.#cancels.push(this.#pace.after(s, act));
  }

  /** The client is in; false when it may not be (joined once already, expired, over). */
  join(clientVersion = null) {
    if (!this.joinable) return false;
    this.#cancels.splice(0).forEach((cancel) => cancel());
    this.joined = this.#clock();
    this.#joinedAt = this.#pace.now();
    this.clientVersion = clientVersion;
    this.#after(this.maxDuration, () => this.#timeUp());
    this.event('info', 'call_joined', 'Call joined.');
    this.emit('joined');
    this.#callback('joined');
    return true;
  }

  async #timeUp() {
    const text = this.request.timeExceededMessage;
    if (text && this.agent) await this.agent.say(text);
    this.end('timeout');
  }

  /** Records what was said or done; `took` is how many seconds (as played) it lasted. */
  addMessage(message, took = 0) {
    if (this.ended) return undefined;
    const span = { start: duration(this.elapsed - took), end: duration(this.elapsed) };
    const m = this.#push({ ...message, timespan: span, wallClockTimespan: span });
    this.emit('message', m);
    return m;
  }

  #push(message) {
    const m = { ...message, callStageMessageIndex: this.messages.length, callStageId: this.stageId };
    this.messages.push(m);
    return m;
  }

  /** A tool call and, when it is known, its result. */
  addToolCall(toolName, args, invocationId = randomUUID()) {
    this.addMessage({ role: 'MESSAGE_ROLE_TOOL_CALL', text: JSON.stringify(args), toolName, invocationId });
    return invocationId;
  }
  addToolResult(toolName, invocationId, text, errorDetails) {
    this.addMessage({
      role: 'MESSAGE_ROLE_TOOL_RESULT',
      text,
      toolName,
      invocationId,
      ...(errorDetails ? { errorDetails } : {}),
    });
  }

  setState(state) {
    this.#state = { ...this.#state, ...state };
  }

  event(severity, type, text, extras = null) {
    const at = duration(this.elapsed);
    this.events.push({
      callId: this.id,
      callStageId: this.stageId,
      callTimestamp: at,
      wallClockTimestamp: at,
      severity,
      type,
      text,
      extras,
    });
  }

  /** Ends it, once; later reasons do not count. */
  end(reason) {
    if (this.ended || this.#neverEnds()) return;
    this.#endedAt = this.joined ? this.#pace.now() : undefined;
    this.ended = this.#clock();
    this.endReason = reason;
    this.#cancels.splice(0).forEach((cancel) => cancel());
    this.event(reason.endsWith('_error') ? 'error' : 'info', 'call_ended', `Call ended: ${reason}.`);
    this.emit('ended', reason);
    this.#callback('ended');
    this.#pace.after(BILLED_AFTER, () => {
      this.#billed = true;
      this.#callback('billed');
    });
  }

  /** Forgets its timers, as the vendor's end would. */
  abandon() {
    this.#cancels.splice(0).forEach((cancel) => cancel());
    this.removeAllListeners();
  }

  #callback(kind) {
    const target = this.request.callbacks?.[kind];
    if (!target) return;
    const body = JSON.stringify({ event: `call.${kind}`, call: this.toJson() });
    const secrets = target.secrets?.length ? target.secrets : [this.id]; // the vendor makes one up when none is given
    this.#webhooks.send({
      vendor: 'ultravox',
      event: `call.${kind}`,
      call: this.id,
      url: target.url,
      body,
      contentType: 'application/json',
      sign: () => {
        const timestamp = this.#clock().toISOString();
        return {
          'x-ultravox-webhook-timestamp': timestamp,
          'x-ultravox-webhook-signature': ultravoxSignature(secrets, body, timestamp),
        };
      },
      retry: (outcome, attempt) =>
        (outcome >= 200 && outcome < 300) || attempt > RETRIES ? undefined : RETRY_FIRST * 2 ** (attempt - 1),
    });
  }

  #billing() {
    if (!this.#billed) return { billedDuration: null, billingStatus: 'BILLING_STATUS_PENDING' };
    if (!this.joined) return { billedDuration: '0s', billingStatus: 'BILLING_STATUS_FREE_ZERO_EFFECTIVE_DURATION' };
    return { billedDuration: `${Math.ceil(this.elapsed / 6) * 6}s`, billingStatus: 'BILLING_STATUS_BILLED' };
  }

  /** The vendor's Call object. */
  toJson() {
    const r = this.request;
    const iso = (date) => date && date.toISOString().replace('Z', '000Z');
    return {
      callId: this.id,
      clientVersion: this.clientVersion,
      created: iso(this.created),
      joined: iso(this.joined),
      ended: iso(this.ended),
      endReason: this.endReason,
      ...this.#billing(),
      billedSideInputTokens: null,
      billedSideOutputTokens: null,
      firstSpeaker: r.firstSpeakerSettings?.user ? 'FIRST_SPEAKER_USER' : (r.firstSpeaker ?? 'FIRST_SPEAKER_AGENT'),
      firstSpeakerSettings:
        r.firstSpeakerSettings ?? (r.firstSpeaker === 'FIRST_SPEAKER_USER' ? { user: {} } : { agent: {} }),
      inactivityMessages: r.inactivityMessages ?? [],
      initialOutputMedium: r.initialOutputMedium ?? 'MESSAGE_MEDIUM_VOICE',
      joinTimeout: this.#settings.joinTimeout,
      joinUrl: r.medium?.twilio?.outgoing ? null : this.joinUrl,
      languageHint: r.languageHint ?? null,
      maxDuration: this.#settings.maxDuration,
      medium: r.medium ?? { webRtc: {} },
      model: r.model ?? 'ultravox-v0.7',
      recordingEnabled: r.recordingEnabled ?? false,
      retentionPolicy: r.retentionPolicy === 'CALL_RETENTION_POLICY_AUTO_DELETE' ? 'auto_delete' : 'retain',
      systemPrompt: r.systemPrompt ?? null,
      temperature: r.temperature ?? 0,
      timeExceededMessage: r.timeExceededMessage ?? null,
      voice: r.voice ?? null,
      externalVoice: r.externalVoice ?? null,
      voiceOverrides: r.voiceOverrides ?? null,
      transcriptOptional: true,
      vadSettings: r.vadSettings ?? null,
      shortSummary: this.ended && this.joined ? 'A rehearsal in the sandbox.' : null,
      summary: this.ended && this.joined ? 'A rehearsal in the sandbox; nobody was called.' : null,
      agent: this.agentInfo,
      agentId: this.agentInfo?.agentId ?? null,
      experimentalSettings: r.experimentalSettings ?? null,
      metadata: r.metadata ?? {},
      initialState: this.#state,
      requestContext: {},
      dataConnectionConfig: r.dataConnection ?? null,
      callbacks: r.callbacks ?? null,
      sipDetails: null,
    };
  }
}
