// The scripted agent in a room of paper: no sound, no browser, every message seen.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { until } from './client.mjs';
import { Pace } from '../pace.mjs';
import { UltravoxCall } from '../ultravox-call.mjs';
import { WebAgent } from '../web-agent.mjs';

const loud = (i) => 90 + ((i * 37) % 50); // bytes of a packet of speech
const MUTED = 3;

/** A room that plays `playMs` for everything, and keeps what is said. */
class PaperRoom extends EventEmitter {
  said = [];
  #stop = () => {};
  constructor(playMs) {
    super();
    this.playMs = playMs;
  }
  say(message) {
    this.said.push(message);
  }
  play() {
    return new Promise((done) => {
      const timer = setTimeout(done, this.playMs);
      this.#stop = () => (clearTimeout(timer), done());
    });
  }
  stopPlaying() {
    this.#stop();
  }
  finals(role) {
    return this.said.filter((m) => m.type === 'transcript' && m.final && (!role || m.role === role)).map((m) => m.text);
  }
  of(type) {
    return this.said.filter((m) => m.type === type);
  }
}

function meet(t, request = {}, { playMs = 1, asked = [] } = {}) {
  const pace = new Pace(50);
  const webhooks = { send() {} };
  const call = new UltravoxCall(request, { pace, webhooks, joinBase: 'ws://127.0.0.1:1' });
  const room = new PaperRoom(playMs);
  const agent = new WebAgent({ call, pace, asked: new Set(asked) });
  agent.attach(room);
  call.join('web_test');
  room.emit('open');
  t.after(() => {
    call.end('hangup');
    pace.stop();
  });
  const type = (text) => room.emit('message', { type: 'input_text_message', text, deferResponse: false });
  return { call, room, agent, type };
}
const clientTool = (name, more = {}) => ({ temporaryTool: { modelToolName: name, client: {}, ...more } });
const roles = (call) => call.messages.map((m) => m.role.replace('MESSAGE_ROLE_', ''));

test('the agent greets with the text it is given, word by word and then as a whole', async (t) => {
  const { room, call } = meet(t, { firstSpeakerSettings: { agent: { text: 'Good day to you.' } } }, { playMs: 60 });
  await until(() => room.finals('agent').length);
  assert.deepEqual(room.finals('agent'), ['Good day to you.']);
  assert.deepEqual(
    room.said.filter((m) => m.type === 'state').map((m) => m.state),
    ['listening', 'speaking', 'listening'],
  );
  assert.equal(room.of('call_started')[0].callId, call.id);
  assert.deepEqual(room.of('debug'), []);
  assert.deepEqual(roles(call), ['AGENT']);
});

test('a user who is to speak first is waited for, and helped when silent', async (t) => {
  const silent = meet(t, { firstSpeakerSettings: { user: { fallback: { delay: '5s', text: 'Are you there?' } } } });
  const quick = meet(t, { firstSpeakerSettings: { user: { fallback: { delay: '5s', text: 'Are you there?' } } } });
  quick.type('hello');
  await until(() => silent.room.finals('agent').length && quick.room.finals('agent').length);
  assert.deepEqual(silent.room.finals('agent'), ['Are you there?']);
  assert.deepEqual(quick.room.finals(), ['hello', 'You said: hello']);
});

test('speech becomes a user transcript, first open and then final, and is answered', async (t) => {
  const { room, call } = meet(t, { firstSpeakerSettings: { user: {} } });
  for (let i = 0; i < 40; i++) room.emit('mic', loud(i));
  assert.deepEqual(
    room.of('transcript').map((m) => [m.role, m.text, m.final]),
    [['user', '(hearing you)', false]],
  );
  for (let i = 0; i < 30; i++) room.emit('mic', MUTED);
  await until(() => room.finals('agent').length);
  assert.deepEqual(room.finals(), ['(heard you)', 'I heard you. Please go on.']);
  assert.equal(
    new Set(
      room
        .of('transcript')
        .filter((m) => m.role === 'user')
        .map((m) => m.ordinal),
    ).size,
    1,
  );
  assert.deepEqual(roles(call), ['USER', 'AGENT']);
});

test('an order grows over several spoken turns and is always sent whole', async (t) => {
  const { room } = meet(t, { selectedTools: [clientTool('updateOrder')], firstSpeakerSettings: { user: {} } });
  const speak = async (answers) => {
    for (let i = 0; i < 40; i++) room.emit('mic', loud(i));
    for (let i = 0; i < 30; i++) room.emit('mic', MUTED);
    await until(
      () => room.of('client_tool_invocation').length === answers || room.finals('agent').at(-1)?.includes('complete'),
    );
    const { invocationId } = room.of('client_tool_invocation').at(-1);
    room.emit('message', { type: 'client_tool_result', invocationId, result: 'Updated.' });
    await until(() => room.finals('agent').length === answers);
  };
  await speak(1);
  await speak(2);
  assert.deepEqual(
    room
      .of('client_tool_invocation')
      .map((m) => m.parameters.orderDetailsData.map((i) => `${i.quantity} ${i.name} ${i.specialInstructions}`)),
    [
      ['2 Glazed donut ', '1 Coffee '],
      ['2 Glazed donut ', '1 Coffee ', '1 Latte without sugar'],
    ],
  );
  await speak(3);
  assert.equal(room.finals('agent').at(-1), 'Thank you. Your order is complete, that makes 7.96 dollars.');
});

test('a tool that fails, is unknown, or never answers is spoken of', async (t) => {
  const { room, call, type } = meet(t, {
    selectedTools: [clientTool('lookUp', { timeout: '0.05s' })],
    firstSpeakerSettings: { user: {} },
  });
  type('tool lookUp {"id":7}');
  await until(() => room.of('client_tool_invocation').length);
  const { invocationId, parameters } = room.of('client_tool_invocation')[0];
  assert.deepEqual(parameters, { id: 7 });
  room.emit('message', {
    type: 'client_tool_result',
    invocationId,
    errorType: 'implementation-error',
    errorMessage: 'no such id',
  });
  await until(() => room.finals('agent').includes('The tool failed: implementation-error (no such id)'));
  assert.equal(call.messages.find((m) => m.role === 'MESSAGE_ROLE_TOOL_RESULT').errorDetails, 'no such id');
  type('tool lookUp');
  await until(() => room.finals('agent').includes('The tool failed: timeout (no result within 0.05s)'));
  type('tool other');
  await until(() => room.finals('agent').includes('I have no client tool named other.'));
});

test('what is typed at once interrupts; what may wait waits; what is for later is only noted', async (t) => {
  const { room, agent, type } = meet(
    t,
    { firstSpeakerSettings: { agent: { text: 'one two three four five six seven eight' } } },
    { playMs: 3000 },
  );
  await until(() => room.of('transcript').length > 0);
  agent.userText('for later', 'later');
  agent.userText('soon', 'soon');
  room.playMs = 1;
  type('now');
  await until(() => room.finals('agent').includes('You said: now'));
  const [cut, ...rest] = room.finals('agent');
  assert.ok('one two three four five six seven'.startsWith(cut), cut);
  assert.deepEqual(rest, ['You said: now']);
  assert.deepEqual(room.finals('user'), ['for later', 'soon', 'now']);
});

test('output can be switched to text, and debug lines come when asked for', async (t) => {
  const { room, type } = meet(t, { firstSpeakerSettings: { user: {} } }, { asked: ['debug'] });
  room.emit('message', { type: 'set_output_medium', medium: 'text' });
  room.emit('message', { type: 'ping', timestamp: 12.5 });
  type('hello');
  await until(() => room.finals('agent').length);
  assert.equal(room.of('transcript').findLast((m) => m.role === 'agent').medium, 'text');
  assert.ok(!room.of('state').some((m) => m.state === 'speaking'));
  assert.deepEqual(room.of('pong'), [{ type: 'pong', timestamp: 12.5 }]);
  assert.ok(room.of('debug').some((m) => m.message === 'LLM input: hello'));
});

test('a silent user is spoken to and at last left alone', async (t) => {
  const { room, call } = meet(t, {
    firstSpeakerSettings: { user: {} },
    inactivityMessages: [
      { duration: '5s', message: 'Still there?' },
      { duration: '5s', message: 'Then goodbye.', endBehavior: 'END_BEHAVIOR_HANG_UP_SOFT' },
    ],
  });
  await until(() => call.ended);
  assert.deepEqual(room.finals('agent'), ['Still there?', 'Then goodbye.']);
  assert.equal(call.endReason, 'agent_hangup');
});

test('the time limit is announced before it ends the call; a hang-up over REST says its message first', async (t) => {
  const limited = meet(t, {
    firstSpeakerSettings: { user: {} },
    maxDuration: '5s',
    timeExceededMessage: 'Time is up.',
  });
  const stopped = meet(t, { firstSpeakerSettings: { user: {} }, selectedTools: [{ toolName: 'hangUp' }] });
  stopped.agent.hangUp('I must go.');
  await until(() => limited.call.ended && stopped.call.ended);
  assert.deepEqual([limited.call.endReason, limited.room.finals('agent')], ['timeout', ['Time is up.']]);
  assert.deepEqual([stopped.call.endReason, stopped.room.finals('agent')], ['agent_hangup', ['I must go.']]);
  assert.deepEqual(roles(stopped.call), ['AGENT', 'TOOL_CALL', 'TOOL_RESULT']);
});
