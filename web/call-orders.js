// Orders for the web call, by the names of wasm-ui/core/effect.h, to web-call.js; and what comes of them, as events.
import { createWebCall } from './web-call.js';

/**
 * What web-call.js says: the event, and whether it moves nothing but a meter. The id in front is that of a call: there is
 * one at a time.
 */
const TOLD = {
  microphone: (state, detail) => [{ event: 'microphoneChecked', state, detail }],
  devices: (microphones, speakers) => [{ event: 'devicesListed', microphones, speakers }],
  status: (phase) => [{ event: 'phaseChanged', phase }],
  transcript: (ordinal, fromAgent, medium, final, text) => [{ event: 'heard', ordinal, fromAgent: !!fromAgent, final: !!final, text }],
  tool: (name, invocationId, parameters) => [{ event: 'toolInvoked', name, invocationId, parameters }],
  debug: (text) => [{ event: 'debugHeard', text }],
  levels: (microphone, agent) => [{ event: 'levelsMeasured', microphone, agent }, true],
  quality: (roundTripMs, jitterMs, loss) => [{ event: 'qualityMeasured', roundTripMs, jitterMs, loss }, true],
  latency: (ms) => [{ event: 'latencyMeasured', ms }, true],
  problem: (problem, detail) => [{ event: 'problemMet', problem, detail }],
  ended: (by) => [{ event: 'webCallEnded', by }],
};

/** @param tell  (event, isMeter) */
export function createCallOrders(tell, make = createWebCall) {
  const it = make((kind, id, ...values) => tell(...TOLD[kind](...values)));
  let calls = 0;
  const orders = {
    prepareMicrophone({ device, beside }) { it.prepare(device, beside); },
    releaseMicrophone() { it.release(); },
    startWebCall({ joinUrl, ...options }) { it.start(++calls, joinUrl, { joinTimeout: 20_000, ...options }); },
    leaveWebCall() { it.leave(); },
    muteMicrophone({ muted }) { it.muteMicrophone(muted); },
    muteSpeaker({ muted }) { it.muteSpeaker(muted); },
    useMicrophone({ device }) { it.useMicrophone(device); },
    useSpeaker({ device }) { it.useSpeaker(device); },
    listDevices() { it.listDevices(); },
    sendText({ text }) { it.sendText(text, false); },
    setOutput({ text }) { it.setOutputMedium(text ? 'text' : 'voice'); },
    wantLevels({ wanted }) { it.wantLevels(wanted); },
    answerTool({ invocationId, result, known, error }) {
      it.answerTool({
        invocationId, result, responseType: '', agentReaction: '',
        errorType: error && (known ? 'implementation-error' : 'undefined'), errorMessage: error,
      });
    },
  };
  return {
    carry({ effect, ...order }) { orders[effect](order); },
    shutDown() { it.shutDown(); },
  };
}
