// The conversation of an answered phone call: a written script of two voices, played without sound at the
// call's pace. What is sent into the call over REST is taken up between two lines. Owns nothing but the
// script; ends through call.end() (agent, line) or `hungUp` (callee).
import { toolNameOf } from './ultravox-tools.mjs';
import { isBuiltIn } from './ultravox-call.mjs';

const SECONDS_A_WORD = 0.3;
const SECONDS_A_LINE = 0.6;
const SECONDS_OF_THOUGHT = 0.5; // of those of a line, before the agent speaks
const LATER = 30; // seconds of silence after which the agent speaks again in an endless talk

const agent = (text) => ({ by: 'agent', text });
const callee = (text) => ({ by: 'callee', text });

/** Who says the first word, as the call asks for it. */
function opening(call) {
  const { user, agent: first } = call.request.firstSpeakerSettings ?? {};
  const standard = 'Hello, this is the sandbox agent, calling for a rehearsal. Is now a good time?';
  if (!user) return [agent(first?.text ?? standard)];
  return [callee('Hello?'), agent(user.fallback?.text ?? standard)];
}

/** A call of a tool that the customer chose; nobody is asked, the answer is made up. */
function toolTurn(call) {
  const tool = call.tools.find((t) => t.temporaryTool?.http);
  if (!tool) return [];
  const args = Object.fromEntries(
    (tool.temporaryTool.dynamicParameters ?? []).map((p) => [p.name, sampleOf(p.schema)]),
  );
  return [{ tool: toolNameOf(tool), args, result: 'ok' }, agent('I have noted that.')];
}
const sampleOf = (schema) =>
  ({ string: 'sandbox', number: 1, integer: 1, boolean: true, array: [], object: {} })[schema.type] ??
  schema.enum?.[0] ??
  null;

/** Ends by the agent's hangUp tool where the call has it, else the callee goes. */
const farewell = (call, reason) =>
  call.tool('hangUp')
    ? [{ tool: 'hangUp', args: { reason }, result: 'Call ended.' }, { end: 'agent' }]
    : [callee('Goodbye.'), { end: 'callee' }];

const TALKS = {
  ordinary: (call) => [
    ...opening(call),
    callee('Yes, go ahead.'),
    agent('Thank you. Nobody is on the line with us, so nothing can go wrong. Did you hear me well?'),
    callee('Yes, that is fine.'),
    ...toolTurn(call),
    agent('Then the rehearsal is complete. Thank you, and goodbye.'),
    ...farewell(call, 'The rehearsal is complete.'),
  ],
  calleeLeaves: (call) => [...opening(call), callee('Sorry, I have no time.'), { end: 'callee' }],
  agentLeaves: (call) => [...opening(call), agent('I have what I need. Goodbye.'), { end: 'agent' }],
  lineBreaks: (call) => [...opening(call), callee('Yes, go ah'), { end: 'line' }],
  endless: (call) => [...opening(call), callee('Yes, take your time.'), { silence: LATER }],
  voicemail: (call) => {
    const box = callee(
      'You have reached the voice mailbox of a made-up person. Please leave a message after the tone.',
    );
    const leave = call.tool('leaveVoicemail');
    const message =
      leave?.parameterOverrides?.message ?? 'Hello, this is the sandbox agent. I will try again tomorrow. Goodbye.';
    if (leave)
      return [
        box,
        { tool: 'leaveVoicemail', args: { message }, result: 'Message left.' },
        agent(message),
        { end: 'agent' },
      ];
    const told = `${call.request.systemPrompt} ${call.tool('hangUp')?.descriptionOverride}`;
    if (call.tool('hangUp') && /voicemail|machine/i.test(told))
      return [
        box,
        { tool: 'hangUp', args: { reason: 'Voicemail answered.' }, result: 'Call ended.' },
        { end: 'agent' },
      ];
    return [box, ...opening(call).filter((l) => l.by === 'agent'), { silence: 6 }, { end: 'callee' }];
  },
};

export class PhoneTalk {
  #call;
  #pace;
  #lines;
  #hungUp;
  #cancel;
  #saying;
  #inserted = [];

  /** @param {{call, pace, name: string, hungUp: () => void}} talk `hungUp`: the callee put the phone down */
  constructor({ call, pace, name, hungUp }) {
    this.#call = call;
    this.#pace = pace;
    this.#hungUp = hungUp;
    this.#lines = TALKS[name](call);
    call.agent = this;
    call.once('ended', () => this.abandon());
    this.#next();
  }

  abandon() {
    this.#cancel?.();
    this.#lines = [];
  }

  userText(text, urgency) {
    this.#call.addMessage({ role: 'MESSAGE_ROLE_USER', text, medium: 'MESSAGE_MEDIUM_TEXT' });
    if (urgency !== 'later') this.#insert(agent(`I was told: ${text}`), urgency);
  }

  forced(content, urgency) {
    if (content) this.#insert(agent(content), urgency);
  }

  hangUp(message) {
    this.#lines = [...(message ? [agent(message)] : []), { end: 'agent' }];
    this.#interrupt();
  }

  /** The last words before the time limit ends the call. */
  async say(text) {
    this.#call.addMessage({ role: 'MESSAGE_ROLE_AGENT', text, medium: 'MESSAGE_MEDIUM_VOICE' });
  }

  #insert(line, urgency) {
    this.#inserted.push(line);
    if (urgency === 'immediate' || this.#saying?.silence) this.#interrupt();
  }

  /** Breaks off the line that is being said. */
  #interrupt() {
    this.#cancel?.();
    this.#next();
  }

  #next() {
    const line = (this.#saying = this.#inserted.shift() ?? this.#lines.shift());
    if (!line) {
      // an endless talk: silence, and now and then a word
      this.#lines = [agent('I am still here.'), { silence: LATER }];
      return this.#next();
    }
    if (line.end) return this.#end(line.end);
    if (line.tool) {
      const id = this.#call.addToolCall(line.tool, line.args);
      this.#call.addToolResult(line.tool, id, line.result);
      this.#call.event('info', isBuiltIn(line.tool) ? 'built_in_tool' : 'tool', `Used tool ${line.tool}.`);
      return this.#wait(0.3);
    }
    if (line.silence) return this.#wait(line.silence);
    const took = SECONDS_A_LINE + SECONDS_A_WORD * line.text.split(' ').length;
    const thought = line.by === 'agent' ? SECONDS_OF_THOUGHT : 0;
    this.#wait(took, () =>
      this.#call.addMessage(
        {
          role: line.by === 'agent' ? 'MESSAGE_ROLE_AGENT' : 'MESSAGE_ROLE_USER',
          text: line.text,
          medium: 'MESSAGE_MEDIUM_VOICE',
        },
        took - thought,
      ),
    );
  }

  #wait(seconds, act = () => {}) {
    this.#cancel = this.#pace.after(seconds, () => {
      act();
      if (!this.#call.ended) this.#next();
    });
  }

  #end(who) {
    if (who === 'agent') this.#call.end('agent_hangup');
    else if (who === 'line') this.#call.end('connection_error');
    else this.#hungUp();
  }
}
