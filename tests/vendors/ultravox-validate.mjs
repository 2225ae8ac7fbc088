// What Ultravox accepts in a request body, as its OpenAPI document and its guides state it: names, types,
// enumerations, the duration format, the "exactly one of" rules. No state, no I/O.
import {
  is,
  text,
  flag,
  int32,
  number,
  between,
  matching,
  length,
  duration,
  positive,
  uuid,
  url,
  anything,
  isObject,
  free,
  choice,
  list,
  map,
  object,
  oneOf,
  atMostOneOf,
  need,
  all,
  checked,
} from './checks.mjs';
import { selectedTools } from './ultravox-tools.mjs';

// ---- voices

const dictionary = object({ dictionaryId: text, versionId: text });
const externalVoice = object(
  {
    elevenLabs: object({
      voiceId: text,
      model: text,
      speed: between(0.7, 1.2),
      useSpeakerBoost: flag,
      style: number,
      similarityBoost: number,
      stability: number,
      pronunciationDictionaries: list(dictionary),
      optimizeStreamingLatency: int32,
      maxSampleRate: int32,
      enableSsmlParsing: flag,
    }),
    cartesia: object({
      voiceId: text,
      model: text,
      speed: between(-1, 1),
      emotion: text,
      emotions: list(text),
      generationConfig: object({
        volume: between(0.5, 2),
        speed: between(0.6, 1.5),
        emotion: text,
        pronunciationDictId: text,
      }),
    }),
    lmnt: object({ voiceId: text, model: text, speed: between(0.25, 2), conversational: flag }),
    google: object({ voiceId: text, speakingRate: between(0.25, 2) }),
    inworld: object({
      voiceId: text,
      modelId: text,
      speakingRate: between(0.5, 1.5),
      temperature: between(0, 2),
      applyTextNormalization: flag,
    }),
    respeecher: object({
      voiceId: text,
      model: text,
      seed: int32,
      temperature: number,
      topK: int32,
      topP: between(0, 1),
      minP: between(0, 1),
      presencePenalty: between(0, 2),
      repetitionPenalty: between(1, 2),
      frequencyPenalty: between(0, 2),
    }),
    generic: object({
      url,
      headers: map(text),
      body: free,
      responseSampleRate: int32,
      responseWordsPerMinute: int32,
      responseMimeType: text,
      jsonAudioFieldPath: text,
      jsonByteEncoding: choice('JSON_BYTE_ENCODING_', 'UNSPECIFIED', 'BASE64', 'HEX'),
    }),
  },
  oneOf('elevenLabs', 'cartesia', 'lmnt', 'google', 'inworld', 'respeecher', 'generic'),
);

// ---- the rest of a call

const message = object(
  {
    role: choice('MESSAGE_ROLE_', 'UNSPECIFIED', 'USER', 'AGENT', 'TOOL_CALL', 'TOOL_RESULT'),
    text,
    invocationId: text,
    toolName: text,
    errorDetails: text,
    medium: choice('MESSAGE_MEDIUM_', 'UNSPECIFIED', 'VOICE', 'TEXT'),
    callStageMessageIndex: int32,
    callStageId: text,
    callState: free,
    timespan: object({ start: duration, end: duration }),
    wallClockTimespan: object({ start: duration, end: duration }),
    metadata: free,
  },
  need('role'),
);
const dataMessages = object(
  Object.fromEntries(
    [
      'pong',
      'state',
      'transcript',
      'clientToolInvocation',
      'dataConnectionToolInvocation',
      'playbackClearBuffer',
      'callStarted',
      'debug',
      'callEvent',
      'toolUsed',
      'userStartedSpeaking',
      'userStoppedSpeaking',
      'invokingTool',
    ].map((n) => [n, flag]),
  ),
);
const dtmfHandling = object(
  {
    ignore: flag,
    userTextMessage: object({ text, urgency: choice('URGENCY_', 'UNSPECIFIED', 'IMMEDIATE', 'SOON', 'LATER') }),
  },
  atMostOneOf('ignore', 'userTextMessage'),
);
const outgoing = object({ to: text, from: text, additionalParams: free }, need('to', 'from'));
const medium = object(
  {
    webRtc: object({ dataMessages }),
    twilio: object({ outgoing, dtmfHandling }),
    telnyx: object({ outgoing, dtmfHandling }),
    plivo: object({ outgoing, dtmfHandling }),
    exotel: object({ dtmfHandling }),
    serverWebSocket: object(
      {
        inputSampleRate: int32,
        outputSampleRate: int32,
        clientBufferSizeMs: int32,
        dataMessages,
        mediaIdleTimeout: positive,
      },
      need('inputSampleRate'),
    ),
    sip: object(
      {
        incoming: free,
        outgoing: object({ to: text, from: text, username: text, password: text }, need('to', 'from')),
      },
      oneOf('incoming', 'outgoing'),
    ),
  },
  atMostOneOf('webRtc', 'twilio', 'telnyx', 'plivo', 'exotel', 'serverWebSocket', 'sip'),
);
const greeting = { text, prompt: text, delay: positive };
const firstSpeakerSettings = object(
  {
    agent: object({ uninterruptible: flag, ...greeting }, atMostOneOf('text', 'prompt')),
    user: object({ fallback: object(greeting, atMostOneOf('text', 'prompt')) }),
  },
  oneOf('agent', 'user'),
);
const callback = object({ url, secrets: list(length(1, 120)) }, need('url'));
const outputMedium = choice('MESSAGE_MEDIUM_', 'UNSPECIFIED', 'VOICE', 'TEXT');
const metadata = (value, place, problems) => {
  map(text)(value, place, problems);
  if (isObject(value))
    for (const n of Object.keys(value))
      if (n.startsWith('ultravox.')) problems.push(`${place}.${n}: keys may not start with "ultravox."`);
};
/** Fields that a call and a call of a stored agent have in common. */
const common = {
  initialMessages: list(message),
  metadata,
  medium,
  joinTimeout: positive,
  maxDuration: positive,
  recordingEnabled: flag,
  initialOutputMedium: outputMedium,
  firstSpeakerSettings,
  experimentalSettings: free,
  voice: text,
  voiceOverrides: externalVoice,
  dataConnection: object(
    {
      websocketUrl: matching('a ws or wss URL', /^wss?:\/\/./),
      headers: map(text),
      dataMessages,
      audioConfig: object({
        sampleRate: int32,
        channelMode: choice('CHANNEL_MODE_', 'UNSPECIFIED', 'MIXED', 'SEPARATED'),
      }),
    },
    need('websocketUrl'),
  ),
  callbacks: object({ joined: callback, ended: callback, billed: callback }),
  retentionPolicy: choice('CALL_RETENTION_POLICY_', 'UNSPECIFIED', 'RETAIN', 'AUTO_DELETE'),
  sharedSecrets: list(length(16, 127)),
};
const voiceRules = (call, place, problems) => {
  if (call.voice !== undefined && call.externalVoice !== undefined)
    problems.push('voice and externalVoice may not both be set');
  if (call.voiceOverrides !== undefined && call.voice === undefined)
    problems.push('voiceOverrides: only valid together with voice');
};
const speakerRule = (call, place, problems) => {
  if (!isObject(call.firstSpeakerSettings) || !/_(AGENT|USER)$/.test(call.firstSpeaker ?? '')) return;
  const said = call.firstSpeaker.split('_').at(-1).toLowerCase();
  if (!(said in call.firstSpeakerSettings)) problems.push('firstSpeaker and firstSpeakerSettings disagree');
};
const isPhone = (m) => isObject(m) && ['twilio', 'telnyx', 'plivo', 'exotel', 'sip'].some((k) => k in m);
/** Client tools need a client that runs them: no telephone medium has one. */
const clientToolRule = (tools, place, call, problems) => {
  if (!isPhone(call.medium) || !Array.isArray(tools)) return;
  tools.forEach((t, i) => {
    if (t?.temporaryTool?.client) problems.push(`${place}[${i}]: client tools are not supported on telephony calls`);
  });
};

const startCall = object(
  {
    ...common,
    systemPrompt: text,
    temperature: between(0, 1),
    model: text,
    externalVoice,
    languageHint: length(2, 16),
    timeExceededMessage: text,
    inactivityMessages: list(
      object(
        {
          duration: positive,
          message: text,
          endBehavior: choice('END_BEHAVIOR_', 'UNSPECIFIED', 'HANG_UP_SOFT', 'HANG_UP_STRICT'),
        },
        need('duration', 'message'),
      ),
    ),
    selectedTools,
    firstSpeaker: choice('FIRST_SPEAKER_', 'UNSPECIFIED', 'AGENT', 'USER'),
    transcriptOptional: flag,
    vadSettings: object({
      turnEndpointDelay: positive,
      minimumTurnDuration: positive,
      minimumInterruptionDuration: positive,
      frameActivationThreshold: between(0.1, 1),
    }),
    initialState: free,
  },
  all(voiceRules, speakerRule, (call, place, problems) =>
    clientToolRule(call.selectedTools, 'selectedTools', call, problems),
  ),
);

const startAgentCall = object(
  {
    ...common,
    templateContext: free,
    agentId: uuid,
    toolOverrides: object(
      { remove: list(text), removeAll: flag, add: selectedTools },
      atMostOneOf('remove', 'removeAll'),
    ),
  },
  all(voiceRules, (call, place, problems) =>
    clientToolRule(call.toolOverrides?.add, 'toolOverrides.add', call, problems),
  ),
);

// ---- data messages sent over REST

const urgency = choice('', 'immediate', 'soon', 'later');
const typed = { type: text };
const dataMessage = {
  hang_up: object({ ...typed, message: text }),
  user_text_message: object({ ...typed, text, urgency, threadId: text }, need('text')),
  forced_agent_message: object({
    ...typed,
    content: text,
    uninterruptible: flag,
    urgency,
    threadId: text,
    toolCalls: list(object({ id: text, name: text, arguments: anything }, need('name', 'arguments'))),
    knownToolResults: list(
      object(
        {
          invocationId: text,
          result: text,
          responseType: text,
          agentReaction: choice('', 'speaks', 'listens', 'speaks-once'),
        },
        need('invocationId', 'result'),
      ),
    ),
  }),
};

/** Problems of a POST /api/calls body; none when it is good. */
export const callProblems = (body) => checked(startCall, body);
/** Problems of a POST /api/agents/{id}/calls body. */
export const agentCallProblems = (body) => checked(startAgentCall, body);
/** Problems of a POST /api/calls/{id}/send_data_message body. */
export function dataMessageProblems(body) {
  if (!isObject(body) || typeof body.type !== 'string') return ['type: required'];
  if (!Object.hasOwn(dataMessage, body.type))
    return [`type: "${body.type}" is not one of ${Object.keys(dataMessage).join(', ')}`];
  return checked(dataMessage[body.type], body);
}

/** Problems of a query string, given the names a route knows and a pattern for each. */
export function queryProblems(search, known) {
  const problems = [];
  for (const name of new Set(search.keys())) {
    const pattern = known[name] ?? (name.startsWith('metadata.') ? known.metadata : undefined);
    if (!pattern) problems.push(`query ${name}: unknown parameter`);
    else if (!search.getAll(name).every((v) => pattern.test(v))) problems.push(`query ${name}: bad value`);
  }
  return problems;
}
