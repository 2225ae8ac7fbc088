// web/web-call.js over the unmodified SDK and real WebRTC, against the stand-in's agent: what is heard, what arrives,
// and how a call ends when the line or the far end decides.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { startVendors } from '../vendors/vendors.mjs';
import { client, until } from '../vendors/test/client.mjs';
import { NO_SOCKET, closePage, launch, newPage, onlyChromium } from './browser.mjs';
import { serveWebCallPage } from './web-call-page.mjs';

let browser;
let site;
let vendors;
let page;
let expected;

before(async () => {
  [browser, site, vendors] = await Promise.all([launch(), serveWebCallPage({ realRoom: true }), startVendors()]);
});
after(async () => {
  await browser?.close();
  site?.close();
  await vendors?.close();
});
beforeEach(async () => {
  expected = [];
  page = await newPage(browser);
  await page.addInitScript(() => {
    window.microphones = [];
    if (!window.MediaDevices) return; // the blank page before ours
    const real = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      const stream = await real.call(this, constraints);
      window.microphones.push(...stream.getTracks());
      return stream;
    };
  });
  await page.goto(site.url);
});
afterEach(async () => {
  await closePage(page, expected);
  assert.deepEqual(vendors.problems, []);
});

const TOOL = { temporaryTool: { modelToolName: 'updateOrder', description: 'Writes the order down.', client: {},
  dynamicParameters: [{ name: 'orderDetailsData', location: 'PARAMETER_LOCATION_BODY', required: true, schema: { type: 'array', items: { type: 'object' } } }] } };
const OPTIONS = { micMuted: false, speakerMuted: false, debug: true, microphone: '', speaker: '', tools: ['updateOrder'], joinTimeout: 15000 };

const order = (name, ...values) => page.evaluate(([n, v]) => { window.call[n](...v); }, [name, values]);
const happened = (look, arg) => page.waitForFunction(look, arg, { polling: 30, timeout: 15000 });
const ended = async (by) => {
  await happened((b) => window.events.some((e) => e[0] === 'ended' && e[2] === b), by);
  assert.equal(await page.evaluate(() => window.microphones.filter((track) => track.readyState === 'live').length), 0);
  assert.equal(await page.evaluate(() => window.events.filter((e) => e[0] === 'ended').length), 1);
};
async function join(body = {}, options = {}) {
  const { body: call } = await client(vendors).ultravox('POST', '/api/calls', body);
  await order('prepare', '');
  await happened(() => window.events.some((e) => e[0] === 'microphone' && e[2] === 'ok'));
  await order('start', 1, call.joinUrl, { ...OPTIONS, ...options });
  return call;
}
const listening = () => happened(() => window.events.some((e) => e[0] === 'status' && e[2] === 'listening'));

test('both sides are heard, text and the tool go round, the line is measured, and hanging up ends it', onlyChromium('Firefox measures no sound on a machine without loudspeakers'), async () => {
  await join({ selectedTools: [TOOL] });
  await order('wantLevels', true);
  await happened(() => window.events.some((e) => e[0] === 'levels' && e[3] > 0.1)); // the greeting
  await happened(() => window.events.some((e) => e[0] === 'levels' && e[2] > 0.1)); // the fake microphone's beep
  await order('sendText', 'two glazed donuts please', false);
  await happened(() => window.events.some((e) => e[0] === 'tool' && e[2] === 'updateOrder'));
  const [, , , invocationId, parameters] = await page.evaluate(() => window.events.find((e) => e[0] === 'tool'));
  assert.equal(JSON.parse(parameters).orderDetailsData[0].quantity, 2);
  await order('answerTool', { invocationId, result: 'Updated the order details.', responseType: '', agentReaction: '', errorType: '', errorMessage: '' });
  await happened(() => window.events.some((e) => e[0] === 'transcript' && e[3] && e[5] && e[6].startsWith('Got it')));
  await happened(() => window.events.some((e) => e[0] === 'quality' && e[2] >= 0 && e[3] >= 0));
  assert.ok(await page.evaluate(() => window.events.some((e) => e[0] === 'debug')));
  await order('leave');
  await ended('us');
});

test('a muted microphone sends silence from the first packet on, and opens on demand', async () => {
  await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' }, { micMuted: true });
  await listening();
  const stats = () => vendors.web.stats().at(-1);
  await until(() => stats().micPackets > 50); // a second of it
  assert.ok(stats().micBytes < stats().micPackets * 10, JSON.stringify(stats()));
  await order('muteMicrophone', false);
  const before = stats().micBytes;
  await until(() => stats().micBytes > before + 2000);
  await order('leave');
  await ended('us');
});

for (const [word, muted] of [['muted', true], ['opened', false]]) {
  test(`a microphone ${word} between the asking for its track and the reply is ${word} for the room as well`, async () => {
    await page.evaluate((now) => {
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (bytes) {
        send.call(this, bytes);
        const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
        if (!window.microphones[0] || !text.includes(window.microphones[0].id)) return;
        WebSocket.prototype.send = send;
        window.call.muteMicrophone(now);
        window.asked = true;
      };
    }, muted);
    await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' }, { micMuted: !muted });
    await listening();
    await page.waitForFunction(() => window.asked);
    const stats = () => vendors.web.stats().at(-1);
    await until(() => stats().muted === muted);
    const before = { ...stats() };
    await until(() => stats().micPackets > before.micPackets + 50);
    const bytes = (stats().micBytes - before.micBytes) / (stats().micPackets - before.micPackets);
    assert.ok(muted ? bytes < 10 : bytes > 10, `${bytes} bytes a packet`);
    await order('leave');
    await ended('us');
  });
}

test('a line that the service resets comes back by itself', onlyChromium('why the packets of Firefox’s new room are not counted anew is not known'), async () => {
  await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' });
  await listening();
  const packets = () => vendors.web.stats().at(-1).micPackets;
  await until(() => packets() > 10);
  const before = packets();
  vendors.web.act({ does: 'reconnect' });
  await happened(() => window.events.some((e) => e[0] === 'status' && e[2] === 'reconnecting'));
  await happened(() => window.events.filter((e) => e[0] === 'status').at(-1)[2] !== 'reconnecting');
  await until(() => packets() < before); // the new room counts anew
  // The new data channel comes up in its own time, and what is said before is lost: ask until heard.
  await until(async () => {
    await order('sendText', 'still there', false);
    await page.waitForTimeout(500);
    return page.evaluate(() => window.events.some((e) => e[0] === 'transcript' && e[3] && /still there/.test(e[6])));
  });
  await order('leave');
  await ended('us');
});

for (const does of ['leave-room', 'close-join', 'end']) {
  test(`the far end is told as such: ${does}`, async () => {
    expected = [/error reading from signal stream/]; // the room's socket may be closed before the SDK has left
    await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' });
    await listening();
    vendors.web.act({ does });
    await ended('far_end');
  });
}

for (const mode of ['refuse', 'close', 'dead-room']) {
  test(`a join that goes wrong ends the call: ${mode}`, async () => {
    expected = [/WebSocket connection/, /ERR_/, NO_SOCKET];
    vendors.web.spoilNext(mode);
    await join();
    await ended('join_refused');
  });
}

test('a service that stays silent ends the call after the join timeout', async () => {
  vendors.web.spoilNext('silent');
  await join({}, { joinTimeout: 1000 });
  await ended('join_timeout');
});
