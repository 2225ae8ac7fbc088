// The scripted agent of a web call: greets, answers what is typed or spoken, takes donut orders through the
// client tool updateOrder, runs any client tool on request ("tool NAME {json}"), hangs up on "bye". It speaks
// Ultravox's data messages; the sound goes through a Room.
import { randomUUID } from 'node:crypto';
import { readOpusPackets } from './ogg-opus.mjs';
import { SpeechMeter } from './speech-meter.mjs';
import { seconds } from './checks.mjs';
import { takeOrder, totalOf } from './orders.mjs';

const FRAME_MS = 20;
const THINKING_MS = 250;
const TOOL_TIMEOUT = '2.5s';
const TICK_MS = 100;
const UNHEARD = ['playbackClearBuffer', 'dataConnectionToolInvocation']; // off for WebRTC unless asked for
const OFF = [
  'debug',
  'callEvent',
  'toolUsed',
  'userStartedSpeaking',
  'userStoppedSpeaking',
  'invokingTool',
  ...UNHEARD,
];
/** What a guest of the donut counter is taken to have said, whatever the words were. */
const SPOKEN_ORDER = [
  'Two glazed donuts and a coffee, please.',
  'And a latte without sugar.',
  'That is all, thank you.',
];
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const clips = new Map();
const clip = (name) => {
  if (!clips.has(name)) clips.set(name, readOpusPackets(new URL(`./fixtures/${name}.opus`, import.meta.url)));
  return clips.get(name);
};

export class WebAgent {
  #call;
  #pace;
  #room;
  #asked;
  #medium;
  #meter;
  #ticker;
  #ordinal = 0;
  #turns = [];
  #busy = false;
  #speaking = false;
  #saying;
  #cut = false;
  #started = false;
  #tools = new Map(); // invocationId -> resolve
  #order = [];
  #spoken = 0;
  #hearing;
  #idle = () => {};
  #idleNext = 0;
  #fallback = () => {};

  /** @param {{call, pace, asked: Set<string>}} agent `asked`: the additionalMessages of the join */
  constructor({ call, pace, asked }) {
    this.#call = call;
    this.#pace = pace;
    this.#asked = asked;
    this.#medium = call.request.initialOutputMedium === 'MESSAGE_MEDIUM_TEXT' ? 'text' : 'voice';
    this.#meter = new SpeechMeter((event) => this.#heard(event));
    this.#ticker = setInterval(() => this.#meter.tick(), TICK_MS);
    call.agent = this;
    call.once('ended', () => this.abandon());
  }

  get room() {
    return this.#room;
  }

  /** Takes part in `room`; a client that reconnects brings another one. */
  attach(room) {
    this.#room = room;
    room.on('message', (m) => this.#onMessage(m));
    room.on('mic', (bytes) => this.#speaking || this.#meter.packet(bytes));
    room.on('open', () => this.#open());
  }

  abandon() {
    clearInterval(this.#ticker);
    this.#fallback();
    this.#idle();
    this.#turns.length = 0;
    this.#room?.stopPlaying();
    for (const resolve of this.#tools.values()) resolve({ errorType: 'ended' });
    this.#tools.clear();
  }

  // ---- what comes over REST

  async userText(text, urgency) {
    if (urgency === 'immediate') await this.#interrupt();
    this.#transcript('user', 'text', { text, final: true }, this.#ordinal++);
    this.#call.addMessage({ role: 'MESSAGE_ROLE_USER', text, medium: 'MESSAGE_MEDIUM_TEXT' });
    this.#active();
    if (urgency !== 'later') this.#turn(() => this.#answer(text));
  }

  async forced(content, urgency) {
    if (urgency === 'immediate') await this.#interrupt();
    if (content) this.#turn(() => this.#say(content, 'reply'));
  }

  async hangUp(message) {
    await this.#interrupt();
    this.#turn(() => this.#leave(message, 'goodbye'));
  }

  /** The last words before the time limit ends the call. */
  async say(text) {
    await this.#interrupt();
    await new Promise((done) => this.#turn(() => this.#say(text, 'goodbye').then(done)));
  }

  // ---- the session

  #open() {
    if (this.#started) return this.#state('listening'); // back after a reconnect
    this.#started = true;
    if (this.#enabled('callStarted')) this.#room.say({ type: 'call_started', callId: this.#call.id });
    this.#debug(`call ${this.#call.id} joined, model ${this.#call.request.model ?? 'ultravox-v0.7'}`);
    this.#state('listening');
    const { user, agent } = this.#call.request.firstSpeakerSettings ?? {};
    const greet = ({ text } = {}) => this.#turn(() => this.#greet(text));
    if (!user && this.#call.request.firstSpeaker !== 'FIRST_SPEAKER_USER') {
      this.#fallback = this.#pace.after(agent?.delay ? seconds(agent.delay) : 0, () => greet(agent));
    } else if (user?.fallback) {
      this.#fallback = this.#pace.after(seconds(user.fallback.delay ?? '0s'), () => greet(user.fallback));
    }
    this.#watchSilence();
  }

  #greet(text) {
    if (this.#takesOrders)
      return this.#say(text ?? 'Welcome to the sandbox donut counter. What can I get you?', 'counter');
    return this.#say(text ?? 'Hello, this is the sandbox agent. How can I help you today?', 'greeting');
  }

  get #takesOrders() {
    return Boolean(this.#call.tool('updateOrder')?.temporaryTool?.client);
  }

  #onMessage(m) {
    switch (m.type) {
      case 'ping':
        if (this.#enabled('pong')) this.#room.say({ type: 'pong', timestamp: m.timestamp });
        return;
      case 'input_text_message': // what SDK 0.5 sends
        return this.userText(String(m.text), m.deferResponse ? 'later' : 'immediate');
      case 'user_text_message':
        return this.userText(String(m.text), m.urgency ?? 'soon');
      case 'set_output_medium':
        this.#medium = m.medium === 'text' ? 'text' : 'voice';
        return this.#debug(`output medium is ${this.#medium} now`);
      case 'client_tool_result': {
        const done = this.#tools.get(m.invocationId);
        this.#tools.delete(m.invocationId);
        return done?.(m);
      }
      case 'forced_agent_message':
        return this.forced(m.content ?? '', m.urgency ?? 'soon');
      case 'hang_up':
        return this.hangUp(m.message ?? '');
      default:
        this.#call.event('warning', 'unknown_message', `Unknown data message "${m.type}".`);
    }
  }

  #heard(event) {
    if (event === 'start') {
      this.#hearing = this.#ordinal++;
      if (this.#enabled('userStartedSpeaking')) this.#room.say({ type: 'user_started_speaking' });
      return this.#transcript('user', 'voice', { text: '(hearing you)', final: false }, this.#hearing);
    }
    const order = this.#takesOrders ? SPOKEN_ORDER[this.#spoken++] : undefined;
    const text = order ? `(heard you) ${order}` : '(heard you)';
    if (this.#enabled('userStoppedSpeaking')) this.#room.say({ type: 'user_stopped_speaking' });
    this.#transcript('user', 'voice', { text, final: true }, this.#hearing);
    this.#call.addMessage({ role: 'MESSAGE_ROLE_USER', text, medium: 'MESSAGE_MEDIUM_VOICE' });
    this.#active();
    this.#turn(() => (order ? this.#answer(order) : this.#say('I heard you. Please go on.', 'heard')));
  }

  // ---- turns, one after the other

  #turn(act) {
    this.#turns.push(act);
    if (!this.#busy) this.#run();
  }

  /** Breaks off what is being said and what was to come; resolves when what was said is written down. */
  async #interrupt() {
    this.#turns.length = 0;
    if (!this.#saying) return;
    this.#cut = true;
    this.#room.stopPlaying();
    await this.#saying;
  }

  async #run() {
    this.#busy = true;
    for (let act; (act = this.#turns.shift());) await act();
    this.#busy = false;
  }

  async #answer(text) {
    this.#state('thinking');
    this.#debug(`LLM input: ${text}`);
    await wait(THINKING_MS);
    if (/^\s*(good)?bye\b|^\s*hang up\b/i.test(text)) return this.#leave('Thank you for calling. Goodbye.', 'goodbye');
    const [, name, json] = /^tool ([\w-]+)\s*(\{.*\})?$/s.exec(text) ?? [];
    if (name) return this.#useTool(name, json);
    if (this.#takesOrders) {
      const order = takeOrder(text, this.#order);
      if (order !== this.#order) return this.#takeOrder(order);
      if (/\bthat('s| is) (all|it)\b/i.test(text) && this.#order.length)
        return this.#say(`Thank you. Your order is complete, that makes ${totalOf(this.#order)} dollars.`, 'total');
    }
    return this.#say(`You said: ${text}`, 'reply');
  }

  async #takeOrder(order) {
    const result = await this.#invoke('updateOrder', { orderDetailsData: order });
    if (result.errorType)
      return this.#say(`I could not write that down: ${result.errorMessage ?? result.errorType}`, 'tool');
    this.#order = order;
    if (result.agentReaction === 'listens') return this.#state('listening');
    const items = order
      .map((i) => `${i.quantity} ${i.name}${i.specialInstructions ? ` (${i.specialInstructions})` : ''}`)
      .join(', ');
    return this.#say(items ? `Got it: ${items}. Anything else?` : 'Your order is empty now. Anything else?', 'order');
  }

  async #useTool(name, json) {
    if (!this.#call.tool(name)?.temporaryTool?.client)
      return this.#say(`I have no client tool named ${name}.`, 'reply');
    let parameters;
    try {
      parameters = JSON.parse(json ?? '{}');
    } catch {
      return this.#say('The parameters are not JSON.', 'reply');
    }
    const result = await this.#invoke(name, parameters);
    if (result.errorType)
      return this.#say(
        `The tool failed: ${result.errorType}${result.errorMessage ? ` (${result.errorMessage})` : ''}`,
        'tool',
      );
    if (result.responseType === 'hang-up') return this.#call.end('agent_hangup');
    if (result.agentReaction === 'listens') return this.#state('listening');
    return this.#say(`The tool said: ${result.result}`, 'tool');
  }

  /** Asks the client to run a tool; resolves to its client_tool_result, or to {errorType} of ours. */
  async #invoke(toolName, parameters) {
    const invocationId = randomUUID();
    this.#call.addToolCall(toolName, parameters, invocationId);
    if (this.#enabled('invokingTool')) this.#room.say({ type: 'invoking_tool', toolName });
    const limit = this.#call.tool(toolName).temporaryTool.timeout ?? TOOL_TIMEOUT;
    const result = await new Promise((done) => {
      const timer = setTimeout(
        () => {
          this.#tools.delete(invocationId);
          done({ errorType: 'timeout', errorMessage: `no result within ${limit}` });
        },
        seconds(limit) * 1000,
      );
      this.#tools.set(invocationId, (m) => {
        clearTimeout(timer);
        done(m);
      });
      if (this.#enabled('clientToolInvocation'))
        this.#room.say({ type: 'client_tool_invocation', toolName, invocationId, parameters });
    });
    this.#debug(`tool ${toolName}: ${result.errorType ?? 'ok'}`);
    this.#call.addToolResult(
      toolName,
      invocationId,
      String(result.result ?? ''),
      result.errorType && (result.errorMessage ?? result.errorType),
    );
    if (result.updateCallState) this.#call.setState(result.updateCallState);
    return result;
  }

  /** Says farewell and ends the call as the agent. */
  async #leave(text, sound) {
    if (text) await this.#say(text, sound);
    if (this.#call.tool('hangUp'))
      this.#call.addToolResult('hangUp', this.#call.addToolCall('hangUp', {}), 'Call ended.');
    this.#call.end('agent_hangup');
  }

  async #say(text, sound) {
    if (this.#call.ended) return;
    this.#cut = false;
    this.#saying = this.#utter(text, sound);
    await this.#saying;
    this.#saying = undefined;
  }

  async #utter(text, sound) {
    const ordinal = this.#ordinal++;
    const medium = this.#medium;
    const words = text.split(' ');
    const began = this.#pace.now();
    let said = 0;
    const sayWord = () => {
      this.#transcript('agent', medium, { delta: (said ? ' ' : '') + words[said], final: false }, ordinal);
      said++;
    };
    if (medium === 'voice') {
      const frames = clip(sound);
      this.#speaking = true;
      this.#state('speaking');
      const everyWord = setInterval(
        () => said < words.length && sayWord(),
        (frames.length * FRAME_MS) / (words.length + 1),
      );
      await this.#room.play(frames);
      clearInterval(everyWord);
      this.#speaking = false;
      this.#meter.reset();
    }
    if (this.#call.ended) return;
    const whole = this.#cut ? words.slice(0, said).join(' ') : text;
    if (whole) {
      this.#transcript('agent', medium, { text: whole, final: true }, ordinal);
      this.#call.addMessage(
        { role: 'MESSAGE_ROLE_AGENT', text: whole, medium: `MESSAGE_MEDIUM_${medium.toUpperCase()}` },
        this.#pace.now() - began,
      );
    }
    this.#debug(`LLM output: ${whole}`);
    this.#state('listening');
    this.#watchSilence();
  }

  // ---- a silent user

  /** The user did something: whoever waits for that starts anew. */
  #active() {
    this.#fallback();
    this.#idleNext = 0;
    this.#watchSilence();
  }

  /** Waits for the next of the inactivity messages; their durations count from the end of what was said last. */
  #watchSilence() {
    this.#idle();
    const next = this.#call.request.inactivityMessages?.[this.#idleNext];
    if (!next || this.#call.ended) return;
    this.#idle = this.#pace.after(seconds(next.duration), () => {
      this.#idleNext++;
      const ends = next.endBehavior?.startsWith('END_BEHAVIOR_HANG_UP');
      this.#turn(() => (ends ? this.#leave(next.message, 'goodbye') : this.#say(next.message, 'heard')));
    });
  }

  // ---- messages out

  #enabled(name) {
    const wire = name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    return this.#asked.has(wire) || (this.#call.request.medium?.webRtc?.dataMessages?.[name] ?? !OFF.includes(name));
  }

  #state(state) {
    if (!this.#call.ended && this.#enabled('state')) this.#room.say({ type: 'state', state });
  }

  #transcript(role, medium, more, ordinal) {
    if (this.#enabled('transcript')) this.#room.say({ type: 'transcript', role, medium, ordinal, ...more });
  }

  #debug(message) {
    if (this.#enabled('debug')) this.#room.say({ type: 'debug', message });
  }
}
