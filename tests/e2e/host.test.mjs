// web/host.js and its parts under node: what the program orders is done, and what comes of it is told.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { createCallOrders } from '../../web/call-orders.js';
import { decodeText } from '../../web/files.js';
import { createHost } from '../../web/host.js';

const browser = ['location', 'history', 'localStorage', 'sessionStorage', 'document', 'addEventListener', 'removeEventListener', 'open', 'isSecureContext', 'Notification', 'navigator'];
const before = browser.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
const put = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

globalThis.crypto ??= webcrypto; // node 18 has it by import only

class Store {
  setItem(key, value) { this[key] = value; }
  removeItem(key) { delete this[key]; }
}

let said, host, listeners, call, number;

beforeEach(() => {
  said = [];
  listeners = {};
  put('location', { hash: '#history/a%20b', search: '?model=m&showDebugMessages=true', assign: mock.fn() });
  put('history', { pushState: mock.fn(), replaceState: mock.fn() });
  put('localStorage', new Store());
  put('sessionStorage', new Store());
  put('document', { documentElement: {} });
  put('open', mock.fn());
  put('isSecureContext', true);
  put('navigator', { languages: ['en-GB', 'de'], registerProtocolHandler: mock.fn() });
  put('Notification', { permission: 'default', requestPermission: async () => 'granted' });
  put('addEventListener', (type, listener) => { listeners[type] = listener; });
  call = {};
  const webCall = async (tell) => createCallOrders(tell, (told) => Object.assign(call, { tell: told, orders: [] }, Object.fromEntries(
    ['prepare', 'start', 'sendText', 'answerTool', 'shutDown'].map((name) => [name, (...values) => call.orders.push([name, ...values])]),
  )));
  const events = async (tell) => (call.stream = tell, { open: () => tell('state', 'connecting', 0) });
  host = createHost((text, settle) => said.push([JSON.parse(text), settle]), { events, webCall, number: () => number() });
});
afterEach(() => mock.restoreAll());
after(() => before.forEach(([name, descriptor]) => (descriptor ? Object.defineProperty(globalThis, name, descriptor) : delete globalThis[name])));

const nextWord = async () => {
  while (!said.length) await new Promise((done) => setImmediate(done));
  return said.shift()[0];
};

test('the first word is what was remembered and what the address says; a tab hides what the browser keeps', () => {
  localStorage.setItem('theme', 'dark');
  localStorage.setItem('region', 'DE');
  sessionStorage.setItem('region', 'FR');
  const { now, ...rest } = host.launched();
  assert.ok(Math.abs(now - Date.now()) < 60_000);
  assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
    route: 'history/a b', notifications: 'default', phoneLinks: true, model: 'm', showDebugMessages: 'true', stored: [{ key: 'theme', value: 'dark' }, { key: 'region', value: 'FR' }],
  });
});

test('leave to notify is asked for when ordered, phone links are offered, and a page that may do neither says so', async () => {
  host.carry({ effect: 'askToNotify' });
  assert.deepEqual(await nextWord(), { event: 'notifyAnswered', consent: 'granted' });
  location.origin = 'https://calls.example';
  host.carry({ effect: 'takePhoneLinks' });
  assert.deepEqual(navigator.registerProtocolHandler.mock.calls[0].arguments, ['tel', 'https://calls.example/#call/%s']);
  put('isSecureContext', false);
  const { notifications, phoneLinks } = host.launched();
  assert.deepEqual([notifications, phoneLinks], ['missing', false]);
});

test('a browser that keeps nothing is no obstacle', () => {
  Object.defineProperty(globalThis, 'localStorage', { get() { throw new Error('forbidden'); }, configurable: true });
  host.carry({ effect: 'storeSetting', key: 'a', value: 'b' });
  assert.deepEqual(host.launched().stored, []);
});

test('a setting is kept, for the tab alone or for good, and an empty one is forgotten', () => {
  host.carry({ effect: 'storeSetting', key: 'a', value: '1' });
  host.carry({ effect: 'storeSetting', key: 'b', value: '2', thisTab: true });
  assert.equal(localStorage.a, '1');
  assert.equal(sessionStorage.b, '2');
  host.carry({ effect: 'storeSetting', key: 'a', value: '' });
  assert.ok(!('a' in localStorage));
});

test('each request has one reply: an answer, a line that was cut, or none in time', async () => {
  const order = { effect: 'httpCall', id: 1, method: 'POST', url: '/api/calls', headers: [{ name: 'Idempotency-Key', value: 'k' }], body: '{}', timeoutMs: 5_000 };
  const answered = mock.method(globalThis, 'fetch', async () =>
    new Response('{"a":1}', { status: 201, headers: { 'server-time': '2026-11-22T10:00:00.000Z' } }));
  host.carry(order);
  const { sentAt, heardAt, ...reply } = await nextWord();
  assert.deepEqual(reply, { event: 'httpReplied', id: 1, failure: 'none', status: 201, body: '{"a":1}', serverTime: Date.parse('2026-11-22T10:00:00Z') });
  assert.ok(sentAt <= heardAt);
  const [url, { method, headers, body }] = answered.mock.calls[0].arguments;
  assert.deepEqual({ url, method, headers, body }, {
    url: '/api/calls', method: 'POST', headers: { 'content-type': 'application/json', 'Idempotency-Key': 'k' }, body: '{}',
  });

  mock.method(globalThis, 'fetch', async () => { throw new TypeError('cut'); });
  host.carry({ ...order, id: 2 });
  assert.deepEqual(await nextWord(), { event: 'httpReplied', id: 2, failure: 'network' });

  mock.method(globalThis, 'fetch', (_, { signal }) => new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason))));
  host.carry({ ...order, id: 3, timeoutMs: 1 });
  assert.deepEqual(await nextWord(), { event: 'httpReplied', id: 3, failure: 'timeout' });
});

test('a timer that is set again starts anew', () => {
  const timers = new Map(); // by hand: node 18 forgets to clear those that it mocks
  mock.method(globalThis, 'setTimeout', (ring, ms) => (timers.set(timers.size + 1, { ring, ms }), timers.size));
  mock.method(globalThis, 'clearTimeout', (timer) => timers.delete(timer));
  host.carry({ effect: 'setTimer', timer: 'poll', ms: 100 });
  host.carry({ effect: 'setTimer', timer: 'poll', ms: 70 });
  assert.deepEqual([...timers.values()].map(({ ms }) => ms), [70]);
  assert.deepEqual(said, []);
  timers.values().next().value.ring();
  assert.deepEqual(said.map(([event]) => event), [{ event: 'timerFired', timer: 'poll' }]);
});

test('what is in the field when the code that groups numbers comes is grouped, and from then on at once', async () => {
  const again = [];
  mock.method(globalThis, 'setTimeout', (load, ms, ...given) => again.push(() => load(...given)));
  const group = (text) => host.carry({ effect: 'groupNumber', text, region: 'US' });
  const downloads = [];
  number = () => new Promise((come, fail) => downloads.push({ come, fail }));
  group('20');
  downloads[0].fail(new Error('no connection'));
  while (!again.length) await new Promise((done) => setImmediate(done));
  group('202');
  again[0]();
  group('2025');
  assert.equal(downloads.length, 2);
  downloads[1].come({ grouped: (text, region) => `${region} ${text}` });
  assert.deepEqual(await nextWord(), { event: 'numberGrouped', typed: '2025', grouped: 'US 2025' });
  group('20255');
  assert.deepEqual(said.map(([event]) => event), [{ event: 'numberGrouped', typed: '20255', grouped: 'US 20255' }]);
});

test('a key is made at once, a new one each time', () => {
  host.carry({ effect: 'makeKey' });
  host.carry({ effect: 'makeKey' });
  const keys = said.map(([event]) => event.key);
  for (const key of keys) assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(keys[0], keys[1]);
});

test('a place goes into the history once, and back tells where the tab now is', () => {
  host.carry({ effect: 'pushRoute', route: 'history/a b' });
  assert.equal(history.pushState.mock.callCount(), 0); // there already
  host.carry({ effect: 'pushRoute', route: 'agents/a#1' });
  assert.equal(history.pushState.mock.calls[0].arguments[2], '#agents/a%231');
  host.carry({ effect: 'pushRoute', route: 'doctor', replace: true });
  assert.equal(history.replaceState.mock.calls[0].arguments[2], '#doctor');
  location.hash = '#%zz';
  listeners.popstate();
  assert.deepEqual(said, [[{ event: 'routeChanged', route: '' }, 2]]);
});

test('the page is left for places of its own server only, with what its address asked for', () => {
  host.carry({ effect: 'goTo', path: '//evil.example' });
  host.carry({ effect: 'goTo', path: 'https://evil.example' });
  host.carry({ effect: 'goTo', path: '/login#x' });
  host.carry({ effect: 'goTo', path: '/', newTab: true });
  assert.deepEqual(location.assign.mock.calls.map((c) => c.arguments), [['/login?model=m&showDebugMessages=true#x']]);
  assert.deepEqual(open.mock.calls.map((c) => c.arguments), [['/?model=m&showDebugMessages=true', '_blank', 'noopener']]);
});

test('the browser asks before the page is left while that matters', () => {
  const removed = [];
  put('removeEventListener', (type, listener) => removed.push([type, listener]));
  host.carry({ effect: 'askBeforeLeaving', ask: true });
  const event = { preventDefault: mock.fn() };
  listeners.beforeunload(event);
  assert.equal(event.preventDefault.mock.callCount(), 1);
  host.carry({ effect: 'askBeforeLeaving' });
  assert.deepEqual(removed, [['beforeunload', listeners.beforeunload]]);
});

test('half a character and NUL do not keep an event from being read', () => {
  host.tell({ event: 'debugHeard', text: 'a\ud83d b\0 \\ud83d \ud83d\ude00' });
  assert.equal(said[0][0].text, 'a\ufffd b\ufffd \\ud83d \ud83d\ude00');
});

test('the stream of events is told as it is, a log-out by its own word', async () => {
  host.carry({ effect: 'openEvents' });
  while (!said.length) await new Promise((done) => setImmediate(done));
  call.stream('state', 'refused', 401);
  call.stream('message', 'call', '{"id":"c"}');
  assert.deepEqual(said.map(([event]) => event), [
    { event: 'streamChanged', state: 'connecting', unauthenticated: false },
    { event: 'streamChanged', state: 'refused', unauthenticated: true },
    { event: 'eventArrived', kind: 'call', data: '{"id":"c"}' },
  ]);
});

test('where the code of the stream does not arrive, that is told, and it is fetched again', async () => {
  const waited = mock.method(globalThis, 'setTimeout', (again, ms, ...given) => setImmediate(again, ...given));
  let tries = 0;
  const flaky = createHost((text) => said.push([JSON.parse(text)]), {
    events: async (tell) => {
      if (!tries++) throw new Error('cut');
      return { open: () => tell('state', 'connecting', 0) };
    },
  });
  flaky.carry({ effect: 'openEvents' });
  assert.deepEqual(await nextWord(), { event: 'streamChanged', state: 'reconnecting', unauthenticated: false });
  assert.deepEqual(await nextWord(), { event: 'streamChanged', state: 'connecting', unauthenticated: false });
  assert.deepEqual(waited.mock.calls.map(({ arguments: [, ms] }) => ms), [3000]);
});

test('a web call is ordered and told word for word, its meters without drawing more than a frame', async () => {
  host.carry({ effect: 'prepareMicrophone', device: 'd', beside: true });
  host.carry({ effect: 'startWebCall', joinUrl: 'wss://x', tools: ['t'], micMuted: true });
  host.carry({ effect: 'answerTool', invocationId: 'i', result: 'r', known: true, error: '' });
  host.carry({ effect: 'answerTool', invocationId: 'i', result: '', known: false, error: 'none' });
  while (call.orders?.length !== 4) await new Promise((done) => setImmediate(done));
  host.shutDown();
  assert.deepEqual(call.orders, [
    ['prepare', 'd', true],
    ['start', 1, 'wss://x', { joinTimeout: 20_000, tools: ['t'], micMuted: true }],
    ['answerTool', { invocationId: 'i', result: 'r', responseType: '', agentReaction: '', errorType: '', errorMessage: '' }],
    ['answerTool', { invocationId: 'i', result: '', responseType: '', agentReaction: '', errorType: 'undefined', errorMessage: 'none' }],
    ['shutDown'],
  ]);
  call.tell('microphone', 0, 'denied', 'why');
  call.tell('transcript', 1, 4, 1, 'voice', 0, 'Hello');
  call.tell('levels', 1, 0.25, 0.5);
  call.tell('ended', 1, 'far_end', '');
  assert.deepEqual(said, [
    [{ event: 'microphoneChecked', state: 'denied', detail: 'why' }, 1],
    [{ event: 'heard', ordinal: 4, fromAgent: true, final: false, text: 'Hello' }, 1],
    [{ event: 'levelsMeasured', microphone: 0.25, agent: 0.5 }, 0],
    [{ event: 'webCallEnded', by: 'far_end' }, 1],
  ]);
});

test('where the code of web calls does not arrive, the press that wanted it is told, and the next one tries again', async () => {
  let tries = 0;
  host = createHost((text) => said.push([JSON.parse(text)]), { webCall: async () => { throw new Error(`try ${++tries}`); } });
  for (const nth of [1, 2]) {
    host.carry({ effect: 'prepareMicrophone', device: 'd' });
    assert.deepEqual(await nextWord(), { event: 'microphoneChecked', state: 'failed', detail: `Error: try ${nth}` });
  }
});

test('a file is read as UTF-8, or as the UTF-16 that its mark says', () => {
  assert.equal(decodeText(Buffer.from('é')), 'é');
  assert.equal(decodeText(Buffer.from('\ufeffé', 'utf16le')), 'é');
  assert.equal(decodeText(Buffer.from('\ufeffé', 'utf16le').swap16()), 'é');
});

test('a language is shown at once where its words are here, and the browser then writes in it', async () => {
  host.carry({ effect: 'useLanguage', language: '' });
  assert.deepEqual(said.shift()[0], { event: 'languageLoaded', language: 'en', words: [], said: [] });
  assert.equal(document.documentElement.lang, 'en');
  assert.equal(host.format('decimal', 0.5, ''), '0.50');
  const { event, countries } = await nextWord();
  assert.equal(event, 'countriesNamed');
  assert.deepEqual(countries.find(({ region }) => region === 'DE'), { region: 'DE', name: 'Germany', callingCode: '49' });
});

test('a language whose words cannot be fetched is said to be so, and the page is in English till then', async () => {
  host.carry({ effect: 'useLanguage', language: 'de' }); // node does not import a table like that
  assert.equal(said.shift()[0].language, 'en');
  const told = [(await nextWord()).event, (await nextWord()).event];
  assert.deepEqual(told.sort(), ['countriesNamed', 'languageFailed']);
});
