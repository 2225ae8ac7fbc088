// The unmodified Ultravox SDK in Chromium against the stand-in: real WebRTC, real sound.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { client, until } from './client.mjs';
import { openBrowser } from './browser.mjs';
import { startVendors } from '../vendors.mjs';

const ORDER_TOOL = {
  temporaryTool: {
    modelToolName: 'updateOrder',
    description: 'Writes the order down.',
    client: {},
    dynamicParameters: [
      {
        name: 'orderDetailsData',
        location: 'PARAMETER_LOCATION_BODY',
        required: true,
        schema: { type: 'array', items: { type: 'object' } },
      },
    ],
  },
};

let vendors, api, browser;
before(async () => {
  [vendors, browser] = await Promise.all([startVendors(), openBrowser()]);
  api = client(vendors);
});
after(async () => {
  await browser?.close();
  await vendors?.close();
});

async function join(body = {}, options = {}, tools = {}) {
  const { body: call } = await api.ultravox('POST', '/api/calls', body);
  const page = await browser.page();
  await page.evaluate(([url, o, t]) => window.join(url, o, t), [call.joinUrl, options, tools]);
  const waitFor = (look, arg) => page.waitForFunction(look, arg, { timeout: 15_000, polling: 50 });
  const errors = async () => (await page.evaluate(() => window.log)).filter((l) => /UNHANDLED|ERROR/.test(l));
  const get = async () => (await api.ultravox('GET', `/api/calls/${call.callId}`)).body;
  return { call, page, waitFor, errors, get };
}

/** The loudest of what the page's audio element plays within half a second, in dB. */
const loudness = (page) =>
  page.evaluate(async () => {
    const context = (window.context ??= new AudioContext());
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(session.audioElement.srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    let peak = -Infinity;
    for (const end = performance.now() + 500; performance.now() < end;) {
      await new Promise((next) => setTimeout(next, 20));
      analyser.getFloatFrequencyData(bins);
      peak = Math.max(peak, ...bins);
    }
    return peak;
  });

test('the agent greets audibly, answers text, takes an order through the client tool and says goodbye', async () => {
  const { call, page, waitFor, errors, get } = await join(
    { selectedTools: [ORDER_TOOL] },
    { debug: true },
    { updateOrder: 'Updated the order details.' },
  );
  await waitFor(() => session.status === 'speaking' && session.audioElement.srcObject); // word and sound come on ways of their own
  assert.ok((await loudness(page)) > -70, 'the greeting is heard');
  assert.equal((await get()).clientVersion, 'web_0.5.0');
  assert.ok((await get()).joined);

  await page.evaluate(() => session.sendText('two glazed donuts and a coffee without sugar')); // interrupts the greeting
  await waitFor(() => session.transcripts.at(-1).isFinal && session.transcripts.at(-1).text.startsWith('Got it'));
  assert.deepEqual(await page.evaluate(() => toolCalls), [
    {
      orderDetailsData: [
        { name: 'Glazed donut', quantity: 2, price: 1.29, specialInstructions: '' },
        { name: 'Coffee', quantity: 1, price: 1.89, specialInstructions: 'without sugar' },
      ],
    },
  ]);
  assert.ok((await page.evaluate(() => log)).includes('data debug'));
  const greeting = await page.evaluate(() => session.transcripts[0]);
  assert.ok(
    greeting.isFinal && 'Welcome to the sandbox donut counter.'.startsWith(greeting.text.slice(0, 20)),
    greeting.text,
  );

  await page.evaluate(() => session.sendText('bye'));
  await waitFor(() => session.status === 'disconnected');
  assert.equal((await get()).endReason, 'agent_hangup');
  const { results } = (await api.ultravox('GET', `/api/calls/${call.callId}/messages?mode=in_call`)).body;
  assert.deepEqual(
    results.map((m) => m.role.replace('MESSAGE_ROLE_', '')),
    ['AGENT', 'USER', 'TOOL_CALL', 'TOOL_RESULT', 'AGENT', 'USER', 'AGENT'],
  );
  assert.deepEqual(await errors(), []);
  assert.deepEqual(vendors.problems, []);
  assert.deepEqual(vendors.journal.violations, []);
});

test('text output is silent, the microphone arrives until it is muted, leaving ends the call as a hangup', async () => {
  const { page, waitFor, errors, get } = await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' });
  await waitFor(() => session.transcripts[0]?.isFinal && session.transcripts[0].medium === 'text');
  const mic = () => vendors.web.stats().at(-1);
  /** How many of the next 30 packets carry sound. */
  const sound = async () => {
    const before = { ...mic() };
    await until(() => mic().micPackets >= before.micPackets + 30);
    return mic().micSound - before.micSound;
  };
  await until(async () => (await sound()) > 5); // the fake microphone beeps
  await page.evaluate(() => session.muteMic());
  await until(async () => mic().muted && (await sound()) === 0);
  await page.evaluate(() => session.sendText('x'.repeat(1500)));
  await waitFor(() => session.transcripts.at(-1).text.length > 1500 && session.transcripts.at(-1).isFinal);
  await page.evaluate(() => session.leaveCall());
  await until(async () => (await get()).endReason === 'hangup');
  assert.deepEqual(await errors(), []);
  assert.deepEqual(vendors.problems, []);
});

test('a join goes wrong on order, and so does a running call', async () => {
  vendors.reset();
  for (const mode of ['refuse', 'close']) {
    await api.control('POST', '/join', { mode });
    const { waitFor, page } = await join();
    await waitFor(() => log.includes('status disconnected'));
    await page.close();
  }
  await api.control('POST', '/join', { mode: 'silent' });
  const silent = await join();
  const call = await join({ initialOutputMedium: 'MESSAGE_MEDIUM_TEXT' });
  await call.waitFor(() => session.status === 'listening');
  assert.equal(await silent.page.evaluate(() => session.status), 'connecting');

  await api.control('POST', '/web', { does: 'raw', text: '{not json' });
  await call.waitFor(() => log.some((l) => l.includes('SyntaxError')));
  const packets = () => vendors.web.stats().at(-1).micPackets;
  const before = await until(() => packets() > 20 && packets());
  await api.control('POST', '/web', { does: 'reconnect' });
  await until(() => packets() < before); // another room counts anew
  await until(() => packets() > 10);
  await until(async () => {
    // what is sent while livekit-client still thinks it reconnects, it loses
    await call.page.evaluate(() => session.sendText('are you still there'));
    return call.page
      .waitForFunction(() => session.transcripts.some((t) => t.text === 'You said: are you still there'), undefined, {
        timeout: 700,
      })
      .catch(() => false);
  });
  await api.control('POST', '/web', { does: 'leave-room' });
  await api.control('POST', '/web', { does: 'close-join' });
  await call.waitFor(() => session.status === 'disconnected');
  await until(async () => (await call.get()).endReason === 'hangup');
  assert.deepEqual(vendors.problems, []);
});
