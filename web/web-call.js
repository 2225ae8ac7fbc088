// Web calls on top of the Ultravox SDK. The orders are the methods here, the events go to `tell(kind, id, ...values)`.
// The microphone and the list of devices are here; what a running call needs (call.js) is loaded when the first one is
// about to be placed. One call at a time:
//
//   1. prepare(device, beside), in the click. -> 'microphone' (state, detail): ok; denied, dismissed, system, missing, busy,
//      insecure_context, cancelled (by release), failed; elsewhere: another tab is in a call, and not `beside` it is wanted. The call is created only when it is ok; the microphone stays
//      open until start, release or 30 s.
//   2. start(id, joinUrl, options) -> 'status' (connecting, listening, thinking, speaking, reconnecting, disconnecting;
//      idle: the agent is gone, the end follows), 'transcript' (each replaces the one with the same ordinal), 'tool'
//      (answered once; after 20 s the agent is told that it failed), 'debug', and up to 15 times a second while wanted, seen
//      and changed 'levels' (0..1; 0: no speech), every 2 s 'quality' (round trip and jitter in ms, loss 0..1; -1: not known), 'latency'
//      (ms from the end of the person's speech to the agent's first sound), 'problem'.
//   3. 'ended' (by, detail), exactly once: us, far_end, network (broke and did not come back), join_refused, join_timeout,
//      microphone (could not be opened when joining), page (went away), already_in_call, sdk_failed.
//
// A 'problem' ends nothing. mic_lost, mic_silenced (muted from outside), mic_replaced (the chosen one is gone), speaker_gone,
// no_meter and audio_blocked (no sound before a click) hold until mic_heard, mic_chosen, speaker_chosen or audio_heard
// take them back; not_connected, device_failed (the one before stays) and sdk happened once.
//
// Rules kept here and in call.js because the SDK does not keep them:
//   - the microphone is asked for first, in the click; what went wrong has a name
//   - one session per call; nothing is heard of a call after its one `ended`
//   - a call that does not come up within joinTimeout ends; a silent end is noticed
//   - it is known who ended a call
//   - no microphone stays open, whenever and however a call is left
//   - every tool invocation is answered; no rejection reaches the page
import { forgiving } from './meters.js';
import { lendMicrophone, listDevices, microphoneState, openMicrophone, stopStream, words } from './microphone.js';
import { otherTabTalks, tellOtherTabs } from './other-tabs.js';

const HOLD_MICROPHONE_MS = 30_000; // between the user's yes and the call

/**
 * @param tell      (kind, id, ...values): events; id is 0 for those that belong to no call
 * @param loadCall  gives call.js; loaded once, on first use
 */
export function createWebCall(tell, loadCall = () => import('./call.js')) {
  let call = null; // a Call, or one whose code is still on its way: { waiting: orders for it, end }
  let asked = null; // the microphone asked for and not yet used: { stream, replaced, timer }
  let context = null;
  let levelsWanted = false;
  let code = null;

  const load = () => (code ??= loadCall().catch((error) => {
    code = null; // the next call tries again
    throw error;
  }));
  // One context for all calls: the SDK makes one for each and never closes it. In a gesture, or it is silent.
  const audio = () => {
    context ??= forgiving(new AudioContext(), (error) => give('cannotMeasure', words(error)));
    context.resume().catch(() => {});
    return context;
  };
  const take = () => {
    const { stream = null, replaced = false, timer } = asked ?? {};
    clearTimeout(timer);
    asked = null;
    return { stream, replaced };
  };
  const tellDevices = async () => {
    const { microphones, speakers } = await listDevices();
    tell('devices', 0, microphones, speakers);
  };
  let watching = false;
  /** Gives an order to the call, if there is one; an order for one that is still coming waits for it. */
  const give = (name, value, more) => {
    if (!call) return false;
    if (call.waiting) call.waiting.push([name, value, more]);
    else call[name](value, more);
    return true;
  };

  const orders = {
    async prepare(device, beside = false) {
      stopStream(take().stream); // a question that is still open is answered by this one's answer
      const mine = (asked = { stream: null, replaced: false, timer: 0 });
      load().catch(() => {}); // start_call tells if it fails
      try {
        if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('this page has no access to microphones', 'NotSupportedError');
        audio();
        if (!beside && (await otherTabTalks())) {
          if (asked !== mine) return;
          asked = null;
          return tell('microphone', 0, 'elsewhere', '');
        }
        if (asked !== mine) return;
        const { stream, replaced } = await openMicrophone(device);
        if (asked !== mine) return stopStream(stream); // let go of meanwhile
        Object.assign(mine, { stream, replaced });
        mine.timer = setTimeout(() => stopStream(take().stream), HOLD_MICROPHONE_MS);
        tell('microphone', 0, 'ok', '');
        if (watching) tellDevices(); // they have names now
      } catch (error) {
        const state = await microphoneState(error);
        if (asked !== mine) return;
        asked = null;
        tell('microphone', 0, state, words(error));
      }
    },
    release() {
      if (!asked) return;
      const open = !asked.stream;
      stopStream(take().stream);
      if (open) tell('microphone', 0, 'cancelled', '');
    },
    listDevices() {
      if (!watching) navigator.mediaDevices?.addEventListener?.('devicechange', tellDevices);
      watching = true;
      return tellDevices();
    },
    start(id, url, options) {
      if (call) return void setTimeout(() => tell('ended', id, 'already_in_call', ''));
      if (asked && !asked.stream) orders.release();
      const untell = tellOtherTabs();
      const over = (ended) => {
        untell();
        if (call === ended) call = null;
        context?.suspend().catch(() => {}); // lets the system's audio device rest
      };
      const { stream, replaced } = take();
      const begun = performance.now();
      const coming = {
        waiting: [],
        async end(by, detail = '') {
          clearTimeout(timer);
          stopStream(stream);
          over(coming);
          await null; // whoever gave the order is done with it first
          tell('ended', id, by, detail);
        },
      };
      call = coming;
      const timer = setTimeout(() => coming.end('join_timeout', 'no sign of an agent'), options.joinTimeout);
      tell('status', id, 'connecting');
      load().then(({ Call }) => {
        if (call !== coming) return;
        clearTimeout(timer);
        options.joinTimeout -= performance.now() - begun;
        const made = new Call({
          id, url, options, stream, replaced, context: audio(), levelsWanted, tell, onOver: over,
          microphone: { lend: lendMicrophone, list: listDevices, state: microphoneState, stop: stopStream, words },
        });
        for (const [name, value, more] of coming.waiting) made[name](value, more);
        call = made;
        made.start();
      }).catch((error) => call === coming && coming.end('sdk_failed', words(error)));
    },
    leave() { call?.end('us'); },
    muteMicrophone(muted) { give('muteMicrophone', muted); },
    muteSpeaker(muted) { give('muteSpeaker', muted); },
    useMicrophone(device) { give('useMicrophone', device); },
    useSpeaker(device) { give('useSpeaker', device); },
    sendText(text, defer) { give('sendText', text, defer) || tell('problem', 0, 'not_connected', 'there is no call'); },
    setOutputMedium(medium) { give('setOutputMedium', medium) || tell('problem', 0, 'not_connected', 'there is no call'); },
    wantLevels(wanted) {
      levelsWanted = wanted;
      give('wantLevels', wanted);
    },
    answerTool(answer) { give('answerTool', answer); },
    /** The page goes away or the program has failed: nothing stays open. */
    shutDown() {
      orders.release();
      call?.end('page');
    },
  };
  addEventListener('pagehide', orders.shutDown);
  // The call hangs in this page: it ends with it, so going away is asked about.
  addEventListener('beforeunload', (event) => call && event.preventDefault());
  return orders;
}
