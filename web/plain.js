// The plain page: places, shows and ends calls with nothing but HTML, through the API that the full page uses. For
// browsers that cannot draw the full page, and for whoever prefers this one.
import { createEvents } from './events.js';
import { createWebCall } from './web-call.js';

window.started = true; // early.js has nothing more to watch for

const WHY = {
  webgl: 'This browser cannot draw the full page: it offers no WebGL 2, or hardware acceleration is switched off.',
  old: 'This browser cannot run the full page: it lacks WebAssembly as browsers have had it since 2022.',
};
const STATES = {
  requested: 'Starting', queued: 'Queued', ringing: 'Ringing', talking: 'Talking', completed: 'Ended', busy: 'Busy',
  'no-answer': 'No answer', canceled: 'Cancelled', failed: 'Failed', unknown: 'Unknown',
};
const LIVE = new Set(['requested', 'queued', 'ringing', 'talking']);
const MICROPHONE = {
  denied: 'This site may not use the microphone. Allow it at the left of the address bar, then try again.',
  dismissed: 'The question for the microphone was closed. Press again, and answer with Allow.',
  system: 'The system keeps the microphone from this browser. Allow it in the system’s privacy settings.',
  missing: 'No microphone was found. Plug one in, then try again.',
  insecure_context: 'Browsers give a microphone only to pages that came over https or from this machine.',
};
const ENDED_WHY = { us: 'pressed', far_end: 'agent_left', page: 'tab_closed' }; // anything else: the line was lost
const PROBLEMS = {
  mic_lost: 'The microphone was unplugged.', mic_silenced: 'The microphone is silent: the system or another program muted it.',
  audio_blocked: 'The browser holds the sound back. Click anywhere to hear the agent.',
};

const $ = (selector, from = document) => from.querySelector(selector);
const form = $('form');
const calls = new Map(); // id -> { call, card, lines }
let config = null, agents = [], check = null, pending = null; // pending: the request that had no answer, { key, body }
let web = null; // the id of this page's web call

class Refused extends Error {}

/** What the server answers; its own sentence when it refuses. */
async function ask(path, { body, headers, method = body === undefined ? 'GET' : 'POST', keepalive } = {}) {
  const reply = await fetch(path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
    credentials: 'same-origin',
    keepalive,
  });
  if (reply.status === 401) location.assign('/login');
  const text = await reply.text();
  if (reply.ok) return text ? JSON.parse(text) : null;
  let sentence = `The server answered with status ${reply.status}.`;
  try {
    sentence = JSON.parse(text).error.message;
  } catch {
    // something in between has answered
  }
  throw new Refused(sentence);
}
const lost = 'The voxdial server does not answer. Check the connection, then try again.';
const sentence = (error) => (error instanceof Refused ? error.message : lost);

// ---- the calls

const whom = ({ medium, to }) => (medium === 'web' ? 'Web call' : to || 'Phone call');

function card(call) {
  const known = calls.get(call.id);
  if (known) return known;
  const made = { call, card: $('#card').content.firstElementChild.cloneNode(true), lines: new Map() };
  calls.set(call.id, made);
  made.card.setAttribute('aria-label', `Call: ${whom(call)}`);
  $('h3', made.card).textContent = whom(call);
  $('.end', made.card).onclick = () => end(made, 'pressed');
  $('.mute', made.card).onclick = (event) => {
    const muted = event.target.getAttribute('aria-pressed') !== 'true';
    event.target.setAttribute('aria-pressed', muted);
    webCall.muteMicrophone(muted);
  };
  $('.say', made.card).onsubmit = (event) => {
    event.preventDefault();
    say(made, $('input', event.target));
  };
  $('#calls').prepend(made.card);
  $('#none').hidden = true;
  return made;
}

function show(entry) {
  const { call, card: el } = entry;
  const live = LIVE.has(call.status);
  const state = entry.phase && live ? entry.phase : STATES[call.status];
  const words = [state, call.ending && live && 'Ending', call.end?.sentence, call.warning].filter(Boolean).join('. ');
  if ($('.state', el).textContent !== words) $('.state', el).textContent = words;
  for (const part of ['.say', '.end']) $(part, el).hidden = !live;
  $('.mute', el).hidden = !live || web !== call.id;
}

/** Of two copies the higher version is the news. */
function hear(call) {
  if (!calls.has(call.id) && !LIVE.has(call.status)) return;
  const fresh = !calls.has(call.id);
  const entry = card(call);
  if ((entry.call.version ?? 0) > (call.version ?? 0)) return;
  entry.call = call;
  show(entry);
  if (fresh || !LIVE.has(call.status)) catchUp(entry);
  if (!LIVE.has(call.status) && web === call.id) webCall.leave();
}

async function catchUp({ call: { id } }) {
  const transcript = await ask(`/api/calls/${id}/messages`).catch(() => null);
  for (const line of transcript?.entries ?? []) hearLine(id, line);
}

function hearLine(id, { index, role, text, toolName, own = false }) {
  const entry = calls.get(id);
  if (!entry || (entry.own && !own)) return; // the words of our own call come from the call itself, sooner
  const log = $('.log', entry.card);
  const atEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 8;
  let li = entry.lines.get(index);
  if (!li) {
    li = document.createElement('li');
    const later = [...entry.lines.keys()].filter((other) => other > index);
    log.firstElementChild.insertBefore(li, entry.lines.get(Math.min(...later)) ?? null);
    entry.lines.set(index, li);
  }
  const who = { agent: 'Agent: ', user: entry.call.medium === 'web' ? 'You: ' : 'Person: ' }[role] ?? `${toolName || 'Tool'}: `;
  li.textContent = who + text;
  if (atEnd) log.scrollTop = log.scrollHeight;
}

async function end(entry, why) {
  const { id } = entry.call;
  entry.call = { ...entry.call, ending: true };
  show(entry);
  if (web === id) webCall.leave();
  try {
    hear(await ask(`/api/calls/${id}/hangup`, { body: { why }, keepalive: why === 'tab_closed' }));
  } catch (error) {
    entry.call = { ...entry.call, ending: false };
    show(entry);
    $('.remark', entry.card).textContent = `${sentence(error)} Press End call again.`;
  }
}

async function say({ call: { id }, card: el }, field) {
  if (web === id) webCall.sendText(field.value);
  try {
    if (web !== id) await ask(`/api/calls/${id}/messages`, { body: { kind: 'text', text: field.value } });
    field.value = '';
    $('.remark', el).textContent = '';
  } catch (error) {
    $('.remark', el).textContent = sentence(error);
  }
}

// ---- our own web call

const phases = {
  connecting: 'Connecting', listening: 'Listening', thinking: 'Thinking', speaking: 'Speaking', reconnecting: 'Reconnecting', disconnecting: 'Ending',
};
let prepared = null; // what the answer about the microphone goes to
const told = {
  microphone(state, detail) {
    if (state === 'ok') prepared?.resolve();
    else prepared?.reject(new Refused(MICROPHONE[state] ?? `The microphone could not be opened. ${detail}`));
  },
  status(phase) {
    const entry = calls.get(web);
    if (!entry) return;
    entry.phase = phases[phase];
    show(entry);
  },
  transcript(index, fromAgent, medium, final, text) { hearLine(web, { index, role: fromAgent ? 'agent' : 'user', text, own: true }); },
  problem(problem, detail) {
    const entry = calls.get(web);
    if (entry) $('.remark', entry.card).textContent = PROBLEMS[problem] ?? '';
    if (detail) console.warn(`voxdial: ${problem}, ${detail}`);
  },
  ended(by) {
    const entry = calls.get(web);
    web = null;
    if (!entry) return;
    if (by === 'network' || by.startsWith('join') || by === 'sdk_failed') $('.remark', entry.card).textContent = 'The agent could not be reached, or the line to it broke.';
    if (LIVE.has(entry.call.status) && by !== 'us') end(entry, ENDED_WHY[by] ?? 'line_lost');
    show(entry);
  },
};
const webCall = createWebCall((kind, id, ...values) => told[kind]?.(...values));

// ---- the form

const medium = () => form.elements.medium.value;

async function checkNumber() {
  const number = form.elements.number.value.trim();
  const mine = (check = number ? { number, answer: ask('/api/phone/check', { body: { phoneNumber: number, region: config.defaultRegion } }) } : null);
  if (!mine) return void ($('#verdict').textContent = '');
  try {
    const answer = await mine.answer;
    if (check !== mine) return;
    $('#verdict').textContent = [answer.international, answer.localTime && `local time ${answer.localTime}`, answer.reason?.message].filter(Boolean).join(' · ');
    $('#night').hidden = !answer.quietHours;
  } catch (error) {
    if (check === mine) $('#verdict').textContent = sentence(error);
  }
}

function showForm() {
  const phone = medium() === 'twilio';
  $('#phone').hidden = !phone;
  const suits = ({ media }) => !media?.length || media.includes(medium());
  const chosen = agents.find(({ id }) => id === form.elements.agent.value);
  if (!chosen || !suits(chosen)) form.elements.agent.value = (agents.find(suits) ?? agents[0])?.id;
  $('form > button').textContent = phone ? 'Call' : 'Start web call';
  $('#error').textContent = phone && !config.phone ? config.phoneOffReason : '';
}

/** The number as the server reads it; it says itself why it may not be called. */
async function numberToCall() {
  const number = form.elements.number.value.trim();
  if (!number) throw new Refused('Type the number to call.');
  if (check?.number !== number) checkNumber();
  const { e164, allowed, quietHours, reason } = await check.answer;
  if (!allowed && !(quietHours && form.elements.night.checked)) throw new Refused(reason?.message ?? 'This number may not be called.');
  return e164;
}

async function place() {
  const body = { agent: form.elements.agent.value, medium: { type: medium() } };
  if (body.medium.type === 'twilio') {
    body.medium.phoneNumber = await numberToCall();
    body.quietHoursOverride = form.elements.night.checked;
  } else {
    if (web) throw new Refused('You are in a web call. End it to start another.');
    await new Promise((resolve, reject) => {
      prepared = { resolve, reject };
      webCall.prepare('');
    });
  }
  // Without an answer the same press is repeated under the same key: no second call is placed.
  if (pending?.text !== JSON.stringify(body)) pending = { key: randomKey(), text: JSON.stringify(body) };
  const key = pending.key;
  try {
    const placed = await ask('/api/calls', { body, headers: { 'idempotency-key': key } });
    pending = null;
    started(placed, body);
  } catch (error) {
    if (error instanceof Refused) pending = null;
    if (body.medium.type === 'web') webCall.release();
    throw error;
  }
}

function started({ id, medium: type, status, ultravox }, body) {
  const entry = card({ id, medium: type, status, to: body.medium.phoneNumber, version: 0 });
  if (type === 'web') {
    web = id;
    entry.own = true;
    webCall.start(1, ultravox.joinUrl, { joinTimeout: 20_000, microphone: '', speaker: '', micMuted: false, speakerMuted: false, tools: [], debug: false });
  }
  show(entry);
}

/** Plain http from another host has no randomUUID. */
const randomKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

form.onchange = showForm;
// While it is typed, and not when the field is left: what a press is aimed at must not move away under it.
let typing = 0;
form.elements.number.oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(checkNumber, 350);
};
form.onsubmit = async (event) => {
  event.preventDefault();
  const button = event.submitter ?? $('form > button');
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  button.disabled = true;
  $('#error').textContent = '';
  try {
    await place();
  } catch (error) {
    $('#error').textContent = error instanceof Refused ? error.message : 'The voxdial server’s answer did not arrive. Press again to find out: the same call is not placed twice.';
  }
  form.ariaBusy = 'false';
  button.disabled = false;
};

// ---- the start

/** Shows the live calls, and gives the event after which the stream goes on. */
async function listCalls() {
  const { calls: live, lastEventId } = await ask('/api/calls?live=true&limit=100');
  for (const call of live.reverse()) hear(call);
  for (const { call } of calls.values()) {
    if (LIVE.has(call.status) && !live.some(({ id }) => id === call.id)) ask(`/api/calls/${call.id}`).then((detail) => hear(detail.call), () => {});
  }
  return lastEventId;
}

const heard = {
  call: hear,
  transcript: ({ callId, entries }) => entries.forEach((line) => hearLine(callId, line)),
  reload: () => listCalls().catch(() => {}),
};

async function begin() {
  const why = WHY[new URLSearchParams(location.search).get('why')];
  if (why) $('#why').prepend(`${why} `);
  [config, { agents }] = await Promise.all([ask('/api/config'), ask('/api/agents')]);
  for (const { id, name } of agents) form.elements.agent.add(new Option(name, id));
  if (config.sandbox) $('#line').textContent = 'Sandbox: no real call is placed.';
  form.hidden = false;
  showForm();
  const after = await listCalls();
  createEvents((kind, what, data) => {
    if (kind === 'message') return heard[what]?.(JSON.parse(data));
    const bad = what !== 'live' && what !== 'connecting';
    $('#line').textContent = bad ? 'Not live: the connection to the server is lost; reconnecting.' : config.sandbox ? 'Sandbox: no real call is placed.' : '';
  }).open(after);
}
begin().catch((error) => {
  $('#error').textContent = sentence(error);
  $('#line').textContent = sentence(error);
});
