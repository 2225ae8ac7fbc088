// The plain page: places, shows and ends calls with nothing but HTML, through the API that the full page uses. For
// browsers that cannot draw the full page, and for whoever prefers this one.
import tables from 'words:plain';
import { createEvents } from './events.js';
import { randomKey } from './http.js';
import { formatsOf, languageOfReader, loadWords } from './language.js';
import { filled, sayWords } from './page-words.js';
import { localeFor } from './reader.js';
import { createWebCall } from './web-call.js';

window.started = true; // early.js has nothing more to watch for

const language = languageOfReader();
const formats = formatsOf(localeFor(language, navigator.languages));
const words = sayWords(tables, language);
sayWords(tables, language, document.getElementById('card').content); // which is no part of the page
addEventListener('languagechange', () => location.reload()); // calls stay what they are

const WHY = { webgl: words.plain_no_webgl, old: words.plain_too_old };
const STATES = {
  requested: words.plain_starting, queued: words.plain_queued, ringing: words.plain_ringing, talking: words.plain_talking,
  completed: words.plain_ended, busy: words.plain_busy, 'no-answer': words.plain_no_answer, canceled: words.plain_canceled,
  failed: words.plain_failed, unknown: words.plain_unknown,
};
const PHASES = {
  connecting: words.plain_connecting, listening: words.plain_listening, thinking: words.plain_thinking, speaking: words.plain_speaking,
  reconnecting: words.plain_reconnecting, disconnecting: words.plain_ending,
};
const LIVE = new Set(['requested', 'queued', 'ringing', 'talking']);
const MICROPHONE = {
  denied: words.plain_mic_denied, dismissed: words.plain_mic_dismissed, system: words.plain_mic_system, missing: words.plain_mic_missing,
  insecure_context: words.plain_mic_insecure, elsewhere: words.plain_mic_elsewhere,
};
const PROBLEMS = { mic_lost: words.plain_mic_lost, mic_silenced: words.plain_mic_silenced, audio_blocked: words.plain_audio_blocked };

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
  let sentence = filled(words.plain_status, { status: reply.status });
  try {
    const { message, code } = JSON.parse(text).error;
    sentence = said(message, code);
  } catch {
    // something in between has answered
  }
  throw new Refused(sentence);
}
const sentence = (error) => (error instanceof Refused ? error.message : words.plain_unreachable);

/** What the server says, in the reader's language where the table has it, as the full page does (core/words/words.cpp). */
let fromServer = new Map();
function said(english, code) {
  const [whole, before, brackets, after] = /^(.*?)( \(.*?\))(.*)$/.exec(english ?? '') ?? [];
  return fromServer.get(english) ?? (whole && fromServer.has(before + after) ? fromServer.get(before + after) + brackets : fromServer.get(code) ?? english);
}

// ---- the calls

const whom = ({ medium, to, toInternational }) => (medium === 'web' ? words.plain_web_call : toInternational || to || words.plain_phone_call);

function card(call) {
  const known = calls.get(call.id);
  if (known) return known;
  const made = { call, card: $('#card').content.firstElementChild.cloneNode(true), lines: new Map() };
  calls.set(call.id, made);
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
  const party = whom(call); // the reply to the press does not have the number as it is written
  if ($('h3', el).textContent !== party) $('h3', el).textContent = party;
  el.setAttribute('aria-label', filled(words.plain_call_with, { party }));
  const live = LIVE.has(call.status);
  const state = entry.phase && live ? entry.phase : STATES[call.status];
  const line = [state, call.ending && live && words.plain_ending, said(call.end?.sentence), said(call.warning)].filter(Boolean).join('. ');
  if ($('.state', el).textContent !== line) $('.state', el).textContent = line;
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
  const who = { agent: words.plain_agent, user: entry.call.medium === 'web' ? words.plain_you : words.plain_person }[role] ?? (toolName || words.plain_tool);
  li.textContent = filled(words.plain_line, { who, text });
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
    $('.remark', entry.card).textContent = `${sentence(error)} ${words.plain_end_again}`;
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

let prepared = null; // what the answer about the microphone goes to
let beside = false; // that another tab is in a call was said: the next press wants both
const told = {
  microphone(state, detail) {
    beside = state === 'elsewhere';
    if (state === 'ok') prepared?.resolve();
    else prepared?.reject(new Refused(MICROPHONE[state] ?? `${words.plain_mic_failed} ${detail}`));
  },
  status(phase) {
    const entry = calls.get(web);
    if (!entry) return;
    entry.phase = PHASES[phase];
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
    if (by.startsWith('join') || by === 'sdk_failed') $('.remark', entry.card).textContent = words.plain_not_joined;
    if (by === 'network') $('.remark', entry.card).textContent = words.plain_line_lost;
    if (LIVE.has(entry.call.status) && by !== 'us' && by !== 'page') end(entry, by === 'far_end' ? 'agent_left' : 'line_lost');
    show(entry);
  },
};
const webCall = createWebCall((kind, id, ...values) => told[kind]?.(...values));
// At once: what the call tells of its end comes when the page is gone.
addEventListener('pagehide', () => {
  const entry = calls.get(web);
  if (entry) end(entry, 'tab_closed');
});

// ---- the form

const medium = () => form.elements.medium.value;

const reasonOf = ({ reason }) => reason && said(reason.message, reason.code);

async function checkNumber() {
  const number = form.elements.number.value.trim();
  const mine = (check = number ? { number, answer: ask('/api/phone/check', { body: { phoneNumber: number, region: config.defaultRegion } }) } : null);
  if (!mine) return void ($('#verdict').textContent = '');
  try {
    const answer = await mine.answer;
    if (check !== mine) return;
    $('#verdict').textContent = [answer.international, answer.localTime && filled(words.plain_local_time, { time: formats('timeOfDay', 0, answer.localTime) }), reasonOf(answer)].filter(Boolean).join(' · ');
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
  $('form > button').textContent = phone ? words.plain_call : words.plain_start;
  $('#error').textContent = phone && !config.phone ? said(config.phoneOffReason, 'phone_unavailable') : '';
}

/** The number as the server reads it; it says itself why it may not be called. */
async function numberToCall() {
  const number = form.elements.number.value.trim();
  if (!number) throw new Refused(words.plain_enter_number);
  if (check?.number !== number) checkNumber();
  const answer = await check.answer;
  if (!answer.allowed && !(answer.quietHours && form.elements.night.checked)) throw new Refused(reasonOf(answer) ?? words.plain_not_allowed);
  return answer.e164;
}

async function place() {
  const body = { agent: form.elements.agent.value, medium: { type: medium() } };
  if (body.medium.type === 'twilio') {
    body.medium.phoneNumber = await numberToCall();
    body.quietHoursOverride = form.elements.night.checked;
  } else {
    if (web) throw new Refused(words.plain_in_web_call);
    await new Promise((resolve, reject) => {
      prepared = { resolve, reject };
      webCall.prepare('', beside);
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
    $('#error').textContent = error instanceof Refused ? error.message : words.plain_answer_lost;
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
  if (why) $('#why').textContent = why;
  const table = await loadWords(language).catch(() => ({ said: [] })); // then the server's English is shown
  fromServer = new Map(table.said.map(({ english, text }) => [english, text]));
  [config, { agents }] = await Promise.all([ask('/api/config'), ask('/api/agents')]);
  for (const { id, name } of agents) form.elements.agent.add(new Option(name, id));
  if (config.sandbox) $('#line').textContent = words.plain_sandbox;
  form.hidden = false;
  showForm();
  const after = await listCalls();
  createEvents((kind, what, data) => {
    if (kind === 'message') return heard[what]?.(JSON.parse(data));
    const bad = what !== 'live' && what !== 'connecting';
    $('#line').textContent = bad ? words.plain_reconnecting_events : config.sandbox ? words.plain_sandbox : '';
  }).open(after);
}
begin().catch((error) => {
  $('#error').textContent = sentence(error);
  $('#line').textContent = sentence(error);
});
