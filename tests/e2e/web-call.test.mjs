// The rules of web/web-call.js, each awkward case provoked: the unmodified ultravox-client over a fake room, with a
// real join socket and Chromium's real permissions and microphone tracks.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { NO_SOCKET, closePage, launch, newPage } from './browser.mjs';
import { serveWebCallPage } from './web-call-page.mjs';

let browser;
let site;
let page;
let expected; // problems the test causes on purpose

before(async () => { [browser, site] = await Promise.all([launch(), serveWebCallPage()]); });
after(async () => {
  await browser?.close();
  site?.close();
});

const OPTIONS = { micMuted: false, speakerMuted: false, debug: false, microphone: '', speaker: '', tools: ['showOffer'], joinTimeout: 20000 };

beforeEach(async () => {
  Object.assign(site, { greet: true, sockets: [] });
  expected = [];
  page = await newPage(browser);
  await page.clock.install(); // watchdogs are waited for by turning the clock
  await page.addInitScript(() => {
    // Every microphone this page was ever given; ask: what the browser answers, when a test wants to choose.
    window.microphones = [];
    window.ask = null;
    if (!window.MediaDevices) return; // the blank page before ours
    const media = MediaDevices.prototype;
    const real = media.getUserMedia;
    media.getUserMedia = async function (constraints) {
      window.asked = [...(window.asked ?? []), constraints];
      await window.ask?.();
      const stream = await real.call(this, constraints);
      window.microphones.push(...stream.getTracks());
      return stream;
    };
  });
  await page.goto(site.url);
});
afterEach(async () => {
  await closePage(page, expected);
});

const events = (kind) => page.evaluate((k) => window.events.filter((e) => !k || e[0] === k), kind);
const happened = (kind, ...values) =>
  page.waitForFunction(([k, v]) => window.events.some((e) => e[0] === k && v.every((x, i) => x === null || e[i + 2] === x)), [kind, values], { polling: 20, timeout: 10000 });
const liveMicrophones = () => page.evaluate(() => window.microphones.filter((track) => track.readyState === 'live').length);
const say = (message) => page.evaluate((m) => window.livekit.rooms.at(-1).say(m), message);
const sent = () => page.evaluate(() => window.livekit.rooms.at(-1).sent);
const order = (name, ...values) => page.evaluate(([n, v]) => { window.call[n](...v); }, [name, values]);
const start = (more = {}, id = 1, url = site.joinUrl) => order('start', id, url, { ...OPTIONS, ...more });
const roomIsUp = (count = 1) => page.waitForFunction((n) => window.livekit.rooms[n - 1]?.published, count, { polling: 20 });

/** From here on the page's time passes only in clock.runFor, however slow the machine is. */
const stopTheClock = async () => page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1000);

/** A call that listens. */
async function connected(more, id = 1) {
  await order('prepare', '');
  await happened('microphone', 'ok');
  await start(more, id);
  await roomIsUp(id);
  await say({ type: 'state', state: 'listening' });
  await happened('status', 'listening');
}
/** The one end of the call, and silence after it. */
async function endedBy(by, detail = /./) {
  await happened('ended', by);
  const all = await events();
  const ends = all.filter((e) => e[0] === 'ended');
  assert.equal(ends.length, 1, JSON.stringify(ends));
  assert.match(ends[0][3], detail);
  assert.equal(all.at(-1)[0], 'ended', 'nothing after the end');
  assert.equal(await liveMicrophones(), 0, 'the microphone is off');
}

describe('before the call', () => {
  test('the microphone is asked for first and handed to the call, asked for once', async () => {
    await connected();
    assert.equal(await page.evaluate(() => window.asked.length), 1);
    assert.equal(await liveMicrophones(), 1);
    await order('leave');
    await endedBy('us', /^$/);
  });

  for (const [name, state] of [['NotAllowedError', 'denied'], ['NotFoundError', 'missing'], ['NotReadableError', 'busy'], ['OverconstrainedError', 'missing'], ['TypeError', 'failed']]) {
    test(`${name} is told as ${state}`, async () => {
      await page.evaluate((n) => {
        window.ask = () => { throw new DOMException('no', n); };
        navigator.permissions.query = async () => ({ state: 'denied' });
      }, name);
      await order('prepare', '');
      await happened('microphone', state);
      assert.equal((await events('microphone')).length, 1);
    });
  }

  test('a question that is asked anew has one answer', async () => {
    await page.evaluate(() => { window.grants = []; window.ask = () => new Promise((yes) => window.grants.push(yes)); });
    for (const nth of [1, 2]) {
      await order('prepare', '');
      await page.waitForFunction((asked) => window.grants.length === asked, nth, { polling: 20 });
    }
    await page.evaluate(() => window.grants.forEach((grant) => grant()));
    await happened('microphone', 'ok');
    await page.waitForFunction(() => window.microphones.length === 2 && window.microphones.filter((track) => track.readyState === 'live').length === 1, null, { polling: 20 });
    assert.equal((await events('microphone')).length, 1);
    await order('release');
  });

  test('a page without media devices says insecure context only where it is one', async () => {
    await page.evaluate(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
    await order('prepare', '');
    await happened('microphone', 'failed'); // 127.0.0.1 is secure
    await page.evaluate(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
    await order('prepare', '');
    await happened('microphone', 'insecure_context');
  });

  test('a permission given after letting go leaves nothing recording', async () => {
    await page.evaluate(() => { window.ask = () => new Promise((yes) => { window.grant = yes; }); });
    await order('prepare', '');
    await page.waitForFunction(() => window.grant);
    await order('release');
    await happened('microphone', 'cancelled');
    await page.evaluate(() => window.grant());
    await page.waitForFunction(() => window.microphones.length === 1, null, { polling: 20 });
    await page.waitForFunction(() => window.microphones[0].readyState === 'ended', null, { polling: 20 });
    assert.equal((await events('microphone')).length, 1);
  });

  test('a microphone nobody uses is let go after half a minute', async () => {
    await order('prepare', '');
    await happened('microphone', 'ok');
    await stopTheClock();
    await page.clock.runFor(28_000);
    assert.equal(await liveMicrophones(), 1);
    await page.clock.runFor(2_000);
    assert.equal(await liveMicrophones(), 0);
  });

  test('devices are listed with their names once allowed', async () => {
    await order('prepare', '');
    await happened('microphone', 'ok');
    await order('listDevices');
    await happened('devices');
    const [, , microphones] = (await events('devices')).at(-1);
    assert.ok(microphones.length >= 1 && microphones.every((d) => d.id && d.name), JSON.stringify(microphones));
    assert.ok(microphones.every((d) => d.id !== 'default'));
  });
});

describe('in the call', () => {
  test('states, transcript and debug messages arrive; the final mark does without words', async () => {
    await connected({ debug: true });
    assert.equal(site.sockets[0].joinedWith.get('additionalMessages'), 'debug');
    await say({ type: 'state', state: 'speaking' });
    await say({ type: 'transcript', role: 'agent', medium: 'voice', delta: 'Hel', final: false, ordinal: 0 });
    await say({ type: 'transcript', role: 'agent', medium: 'voice', delta: 'lo', final: false, ordinal: 0 });
    await say({ type: 'transcript', role: 'agent', medium: 'voice', delta: '', final: true, ordinal: 0 });
    await say({ type: 'transcript', role: 'user', medium: 'text', text: 'hi', final: true, ordinal: 1 });
    await say({ type: 'debug', message: 'thought' });
    assert.deepEqual(await events('transcript'), [
      ['transcript', 1, 0, true, 'voice', false, 'Hel'],
      ['transcript', 1, 0, true, 'voice', false, 'Hello'],
      ['transcript', 1, 0, true, 'voice', true, 'Hello'],
      ['transcript', 1, 1, false, 'text', true, 'hi'],
    ]);
    assert.deepEqual(await events('status'), [['status', 1, 'connecting'], ['status', 1, 'listening'], ['status', 1, 'speaking']]);
    assert.deepEqual(await events('debug'), [['debug', 1, 'thought']]);
  });

  test('a tool is answered once, in the terms of the SDK', async () => {
    await connected();
    await say({ type: 'client_tool_invocation', toolName: 'showOffer', invocationId: 'i1', parameters: { id: 7 } });
    assert.deepEqual(await events('tool'), [['tool', 1, 'showOffer', 'i1', '{"id":7}']]);
    const answer = { invocationId: 'i1', result: 'shown', responseType: '', agentReaction: 'listens', errorType: '', errorMessage: '' };
    await order('answerTool', answer);
    await order('answerTool', answer);
    assert.deepEqual(await sent(), [{ type: 'client_tool_result', invocationId: 'i1', result: 'shown', agentReaction: 'listens' }]);
  });

  test('an unknown tool and one that never answers are told to the agent', async () => {
    await connected();
    await say({ type: 'client_tool_invocation', toolName: 'other', invocationId: 'i1', parameters: {} });
    await say({ type: 'client_tool_invocation', toolName: 'showOffer', invocationId: 'i2', parameters: {} });
    await page.clock.runFor(20_000);
    const results = await sent();
    assert.deepEqual(results.map((m) => [m.invocationId, m.errorType]), [['i1', 'undefined'], ['i2', 'implementation-error']]);
    assert.equal((await events('tool')).length, 1);
  });

  test('text and output medium go out when connected, and are refused aloud when not', async () => {
    await order('sendText', 'too early', false);
    await start();
    await order('sendText', 'still too early', false);
    await roomIsUp();
    await say({ type: 'state', state: 'listening' });
    await order('sendText', 'hello', false);
    await order('setOutputMedium', 'text');
    assert.deepEqual(await sent(), [{ type: 'input_text_message', text: 'hello' }, { type: 'set_output_medium', medium: 'text' }]);
    assert.equal((await events('problem')).filter((e) => e[2] === 'not_connected').length, 2);
  });

  test('muting before the call is there holds in the call, and can be undone', async () => {
    await order('prepare', '');
    await happened('microphone', 'ok');
    await start({ micMuted: true, speakerMuted: true });
    await roomIsUp();
    const state = () => page.evaluate(() => [window.livekit.micTracks[0].isMuted, window.livekit.rooms[0].agentEnabled]);
    assert.deepEqual(await state(), [true, false]);
    await order('muteMicrophone', false);
    assert.equal((await state())[0], false);
  });

  test('another microphone can be chosen; one that is gone is a problem and not an end', async () => {
    await connected();
    await order('useMicrophone', 'mic-2');
    await order('useMicrophone', 'gone');
    await happened('problem', 'device_failed');
    assert.deepEqual(await page.evaluate(() => window.livekit.micTracks[0].devices), [{ exact: 'mic-2' }]);
    assert.deepEqual(await events('ended'), []);
  });

  test('a microphone that is unplugged is told', async () => {
    await connected();
    await page.evaluate(() => window.livekit.micTracks[0].emit('ended'));
    await happened('problem', 'mic_lost');
  });

  test('reconnecting is shown, and the state before comes back', async () => {
    await connected();
    await page.evaluate(() => window.livekit.rooms[0].emit('signalReconnecting'));
    await page.evaluate(() => window.livekit.rooms[0].emit('reconnected'));
    assert.deepEqual((await events('status')).map((e) => e[2]).slice(1), ['listening', 'reconnecting', 'listening']);
  });

  test('a broken message and a second room_info change nothing', async () => {
    await connected();
    await say('{"type":');
    site.sockets[0].send(JSON.stringify({ type: 'room_info', roomUrl: 'ws://other', token: 't' }));
    site.sockets[0].send('nonsense');
    await page.waitForFunction(() => window.events.filter((e) => e[0] === 'problem' && e[2] === 'sdk').length === 2, null, { polling: 20 });
    assert.equal(await page.evaluate(() => window.livekit.rooms.length), 1);
    assert.deepEqual(await events('ended'), []);
  });

  test('blocked sound is told and starts with the next click', async () => {
    await connected();
    await page.evaluate(() => {
      const room = window.livekit.rooms[0];
      room.canPlaybackAudio = false;
      room.emit('audioPlaybackChanged');
    });
    await happened('problem', 'audio_blocked');
    await page.mouse.click(10, 10);
    assert.equal(await page.evaluate(() => window.livekit.rooms[0].audioStarted), 1);
  });

  test('levels asked for while the SDK still loads are told', async () => {
    await order('prepare', '');
    await happened('microphone', 'ok');
    await page.evaluate(([url, options]) => {
      window.call.start(1, url, options);
      window.call.wantLevels(true);
    }, [site.joinUrl, OPTIONS]);
    await roomIsUp();
    await page.clock.runFor(500);
    await happened('levels');
  });

  test('levels are told only while somebody asks, quality every two seconds', async () => {
    await connected();
    await page.clock.runFor(3000);
    assert.deepEqual(await events('levels'), []);
    await happened('quality', 42);
    await order('wantLevels', true);
    await page.clock.runFor(500);
    await page.waitForFunction(() => window.events.some((e) => e[0] === 'levels'), null, { polling: 20 });
    const [, , microphone, agent] = (await events('levels')).at(-1);
    assert.ok(microphone >= 0 && microphone <= 1 && agent === 0, `${microphone} ${agent}`);
  });

  test('what the SDK forgets to wait for does not reach the page', async () => {
    await page.evaluate(() => { window.livekit.publish = () => Promise.reject(Object.assign(new Error('publishing timed out'), { name: 'PublishTrackError', code: 408 })); });
    await order('prepare', '');
    await happened('microphone', 'ok');
    await start();
    await happened('problem', 'sdk');
  });
});

describe('the end', () => {
  test('hanging up while connecting ends by us', async () => {
    expected = [NO_SOCKET];
    site.greet = false;
    await order('prepare', '');
    await happened('microphone', 'ok');
    await start();
    await order('leave');
    await endedBy('us', /^$/);
  });

  test('hanging up while the browser still asks leaves nothing recording', async () => {
    await page.evaluate(() => { window.ask = () => new Promise((yes) => { window.grant = yes; }); });
    await start(); // without prepare: the SDK asks
    await page.waitForFunction(() => window.grant);
    await order('leave');
    await endedBy('us', /^$/);
    await page.evaluate(() => window.grant());
    await page.waitForFunction(() => window.microphones.length === 1 && window.microphones[0].readyState === 'ended', null, { polling: 20 });
    assert.equal((await events('ended')).length, 1);
  });

  test('a microphone refused in the call ends it as such', async () => {
    await page.evaluate(() => { window.ask = () => { throw new DOMException('no', 'NotAllowedError'); }; });
    await start();
    await endedBy('microphone', /^(system|dismissed)/);
  });

  test('a join socket that is refused ends the call', async () => {
    expected = [/WebSocket connection/, NO_SOCKET];
    await start({}, 1, site.joinUrl.replace('/join', '/elsewhere'));
    await endedBy('join_refused', /1006/);
  });

  test('a broken join address ends the call', async () => {
    await start({}, 1, 'not an address');
    await endedBy('sdk_failed', /URL/);
  });

  test('a service that says nothing ends the call after the join timeout', async () => {
    site.greet = false;
    await order('prepare', '');
    await happened('microphone', 'ok');
    await stopTheClock();
    await start();
    await page.clock.runFor(19_000);
    assert.deepEqual(await events('ended'), []);
    await page.clock.runFor(2_000);
    await endedBy('join_timeout');
  });

  test('a room that cannot be reached ends the call', async () => {
    await page.evaluate(() => { window.livekit.connect = async () => { throw Object.assign(new Error('could not establish signal connection'), { name: 'ConnectionError', code: 1 }); }; });
    await order('prepare', '');
    await happened('microphone', 'ok');
    await start();
    await endedBy('join_refused', /signal connection/);
  });

  test('a room that never connects does not keep the microphone', async () => {
    await page.evaluate(() => { window.livekit.connect = () => new Promise(() => {}); });
    await start();
    await page.waitForFunction(() => window.microphones.length === 1, null, { polling: 20 });
    await page.clock.runFor(21_000);
    await endedBy('join_timeout');
  });

  test('the service hanging up is the far end, a cut line the network', async () => {
    await connected();
    site.sockets[0].close(1000, 'bye');
    await endedBy('far_end', /1000, bye/);
  });
  test('a cut join socket is the network', async () => {
    await connected();
    site.sockets[0].terminate();
    await endedBy('network', /1006/);
  });

  for (const [reason, by] of [[5, 'far_end'], [4, 'far_end'], [9, 'network'], [undefined, 'network']]) {
    test(`a room closed with reason ${reason} ends the call by ${by}`, async () => {
      await connected();
      await page.evaluate((r) => window.livekit.rooms[0].emit('disconnected', r ?? undefined), reason);
      await endedBy(by, /room was closed/);
    });
  }

  test('an agent that goes idle for good ends the call, one that comes back does not', async () => {
    await connected();
    await stopTheClock();
    await say({ type: 'state', state: 'idle' });
    await page.clock.runFor(3_000);
    await say({ type: 'state', state: 'listening' });
    await page.clock.runFor(10_000);
    assert.deepEqual(await events('ended'), []);
    await say({ type: 'state', state: 'idle' });
    await page.clock.runFor(6_000);
    await endedBy('far_end', /gone/);
  });

  test('leaving the page ends the call', async () => {
    await connected();
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide')));
    await endedBy('page', /^$/);
  });

  test('an SDK that cannot be loaded ends the call, and is tried again', async () => {
    await page.evaluate(() => {
      let tries = 0;
      window.start(async () => {
        tries++;
        throw new TypeError(`try ${tries}`);
      });
    });
    await start({}, 1);
    await happened('ended', 'sdk_failed');
    await start({}, 2);
    await page.waitForFunction(() => window.events.filter((e) => e[0] === 'ended').length === 2, null, { polling: 20 });
    assert.deepEqual((await events('ended')).map((e) => e[3]), ['TypeError: try 1', 'TypeError: try 2']);
  });

  test('a second call while one runs is refused, and one after it works', async () => {
    await connected();
    await start({}, 9);
    await page.clock.runFor(10);
    assert.deepEqual(await events('ended'), [['ended', 9, 'already_in_call', '']]);
    await order('leave');
    await happened('ended', 'us');
    await connected({}, 2);
    await say({ type: 'state', state: 'thinking' });
    assert.deepEqual((await events('status')).at(-1), ['status', 2, 'thinking']);
    await order('leave');
    await page.waitForFunction(() => window.events.filter((e) => e[0] === 'ended' && e[2] === 'us').length === 2, null, { polling: 20 });
    assert.equal(await liveMicrophones(), 0);
    assert.equal(await page.evaluate(() => Object.hasOwn(navigator.mediaDevices, 'getUserMedia')), false, 'the page is as it was');
  });
});
