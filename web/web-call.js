// Web calls on top of the Ultravox SDK. wasm-ui/platform/web_call.h is the manual: its orders are the methods
// here, its events go to `tell(kind, id, ...values)`.
//
// Rules kept here because the SDK does not keep them:
//   - the microphone is asked for first, in the click; what went wrong has a name
//   - one session per call; nothing is heard of a call after its one `ended`
//   - a call that does not come up within joinTimeout ends; a silent end is noticed
//   - it is known who ended a call
//   - no microphone stays open, whenever and however a call is left
//   - every tool invocation is answered; no rejection reaches the page
import { audioConstraints, lendMicrophone, listDevices, microphoneState, stopStream, words } from './microphone.js';
import { Meters } from './meters.js';
import { createSession } from './session.js';

const HOLD_MICROPHONE_MS = 30_000; // between the user's yes and the call
const TOOL_ANSWER_MS = 20_000;
const IDLE_MS = 5_000; // an agent that is gone, until the call counts as ended
const LEAVE_MS = 2_000; // for the room's goodbye
const ECHO_MS = 3_000; // late rejections of a call that is over

const ALIVE = new Set(['listening', 'thinking', 'speaking']);
const PHASES = new Set(['connecting', 'idle', 'disconnecting', ...ALIVE]);

// livekit's DisconnectReason, by number: those that the other side decided.
const FAR_END_REASONS = new Set([3, 4, 5, 10]); // server shutdown, participant removed, room deleted, room closed

/** One call, from start to its `ended`. */
class Call {
  #tell; #options; #stream; #loan = null; #session = null; #room = null; #agentTrack = null; #micTrack = null; #context; #meters = null;
  #alive = false; #over = false; #phase = 'connecting'; #shown = ''; #reconnecting = false;
  #transcript = new Map(); // ordinal -> { agent, medium, final, text }
  #tools = new Map(); // invocation id -> the timer that answers if nobody does
  #timers = new Set(); #joinTimer = 0; #idleTimer = 0; #unlock = null; #onOver; #tellLast; #levelsWanted;
  micMuted; speakerMuted;

  constructor({ id, url, options, stream, context, levelsWanted, tell, onOver }) {
    this.id = id;
    this.url = url;
    this.#options = options;
    this.#stream = stream;
    this.#context = context;
    this.#onOver = onOver;
    this.#levelsWanted = levelsWanted;
    this.micMuted = options.micMuted;
    this.speakerMuted = options.speakerMuted;
    this.#tell = (kind, ...values) => { if (!this.#over) tell(kind, id, ...values); };
    this.#tellLast = (...values) => tell('ended', id, ...values);
  }

  async start(loadSdk) {
    addEventListener('unhandledrejection', this.#onRejection);
    this.#showPhase('connecting');
    this.#joinTimer = this.#later(this.#options.joinTimeout, () => this.end('join_timeout', 'no sign of an agent'));
    this.#loan = lendMicrophone(this.#stream, this.#options.microphone);
    let sdk;
    try {
      sdk = await loadSdk();
    } catch (error) {
      return this.end('sdk_failed', words(error));
    }
    if (this.#over) return;
    try {
      const extras = new Set(this.#options.debug ? ['debug'] : []);
      const session = createSession(sdk.UltravoxSession, { audioContext: this.#context, additionalMessages: extras }, {
        room: (room) => this.#watchRoom(room),
        published: (track) => this.#onPublished(track),
        socketClosed: (event) => this.#onSocketClosed(event),
        failed: (error) => this.#onJoinFailed(error),
        broken: (error) => this.#tell('problem', 'sdk', words(error)),
      });
      this.#session = session;
      session.addEventListener('status', () => this.#onStatus(session.status));
      session.addEventListener('data_message', (event) => this.#onData(event));
      if (this.micMuted) session.muteMic();
      if (this.speakerMuted) session.muteSpeaker();
      if (this.#options.speaker) this.useSpeaker(this.#options.speaker);
      session.joinCall(this.url);
    } catch (error) {
      return this.end('sdk_failed', words(error));
    }
    this.#meters = new Meters(this.#context, {
      micTrack: () => this.#micTrack?.mediaStreamTrack,
      agentTrack: () => this.#session?.audioElement?.srcObject?.getAudioTracks?.()[0],
      micMuted: () => this.micMuted,
      statistics: () => Promise.all([this.#micTrack?.getRTCStatsReport?.(), this.#agentTrack?.getRTCStatsReport?.()]),
    }, this.#tell);
    this.#meters.wanted = this.#levelsWanted;
  }

  // ---- Orders ------------------------------------------------------------------------------------

  muteMicrophone(muted) {
    this.micMuted = muted;
    if (muted) this.#session?.muteMic(); else this.#session?.unmuteMic();
  }
  muteSpeaker(muted) {
    this.speakerMuted = muted;
    if (muted) this.#session?.muteSpeaker(); else this.#session?.unmuteSpeaker();
  }
  async useMicrophone(device) {
    this.#options.microphone = device;
    if (!this.#micTrack) return; // taken when it is opened
    try {
      await this.#micTrack.setDeviceId(device ? { exact: device } : 'default');
    } catch (error) {
      this.#tell('problem', 'device_failed', words(error));
    }
  }
  async useSpeaker(device) {
    this.#options.speaker = device;
    try {
      await this.#session?.audioElement?.setSinkId?.(device);
    } catch (error) {
      this.#tell('problem', 'device_failed', words(error));
    }
  }
  sendText(text, defer) {
    this.#meters?.forgetSpeech();
    this.#connected((session) => (defer ? session.sendText(text, true) : session.sendText(text)));
  }
  setOutputMedium(medium) { this.#connected((session) => session.setOutputMedium(medium)); }
  #connected(order) {
    try {
      if (!this.#session) throw new Error('not joined yet');
      order(this.#session); // throws unless connected
    } catch (error) {
      this.#tell('problem', 'not_connected', words(error));
    }
  }
  wantLevels(wanted) {
    this.#levelsWanted = wanted; // the meters may not be there yet
    if (this.#meters) this.#meters.wanted = wanted;
  }
  answerTool({ invocationId, result, responseType, agentReaction, errorType, errorMessage }) {
    if (!this.#tools.has(invocationId)) return; // answered, or not of this call
    this.#forget(this.#tools.get(invocationId));
    this.#tools.delete(invocationId);
    const reaction = agentReaction ? { agentReaction } : {};
    const answer = errorType ? { errorType, errorMessage } : { result, ...(responseType ? { responseType } : {}), ...reaction };
    try {
      this.#session.sendData({ type: 'client_tool_result', invocationId, ...answer });
    } catch (error) {
      this.#tell('problem', 'sdk', words(error));
    }
  }

  /** Ends the call, once; `by` as in web_call.h. */
  async end(by, detail = '') {
    if (this.#over) return;
    if (this.#session) this.#showPhase('disconnecting');
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#stopUnlocking();
    this.#meters?.stop();
    this.#loan?.stop();
    stopStream(this.#stream);
    this.#micTrack?.stop?.();
    let waiting;
    try {
      const left = Promise.resolve(this.#session?.leaveCall()).catch(() => {});
      await Promise.race([left, new Promise((done) => { waiting = setTimeout(done, LEAVE_MS); })]);
    } catch {
      // it was half made; the microphone and our own state are clean already
    }
    clearTimeout(waiting);
    this.#session?.localAudioTrack?.stop?.();
    setTimeout(() => removeEventListener('unhandledrejection', this.#onRejection), ECHO_MS);
    this.#onOver(this);
    this.#tellLast(by, detail);
  }

  // ---- What happens --------------------------------------------------------------------------------

  #onStatus(status) {
    if (status === 'disconnected') return void this.end('network', 'the session ended without a reason');
    if (!PHASES.has(status) || status === 'disconnecting') return;
    this.#phase = status;
    if (ALIVE.has(status) && !this.#alive) {
      this.#alive = true;
      this.#forget(this.#joinTimer);
    }
    this.#forget(this.#idleTimer);
    if (status === 'idle' && this.#alive) {
      this.#idleTimer = this.#later(IDLE_MS, () => this.end('far_end', 'the agent is gone'));
    }
    if (!this.#reconnecting) this.#showPhase(status);
  }

  #showPhase(phase) {
    if (phase === this.#shown) return;
    this.#shown = phase;
    this.#tell('status', phase);
  }

  #onData(event) {
    const message = event.message;
    switch (message?.type) {
      case 'transcript':
        return this.#onTranscript(message);
      case 'debug':
        return this.#tell('debug', String(message.message ?? ''));
      case 'client_tool_invocation':
        event.preventDefault(); // the SDK would answer without telling the invocation's id
        return this.#onTool(message);
    }
  }
  // Kept here and not read from the SDK: that one overlooks a final message without words.
  #onTranscript({ ordinal, role, medium, text, delta, final }) {
    if (!Number.isInteger(ordinal) || ordinal < 0) return;
    const before = this.#transcript.get(ordinal);
    const now = {
      agent: role ? role === 'agent' : (before?.agent ?? false),
      medium: medium === 'text' ? 'text' : 'voice',
      final: Boolean(final),
      text: text || (before?.text ?? '') + (delta || ''),
    };
    if (!now.text) return;
    this.#transcript.set(ordinal, now);
    this.#tell('transcript', ordinal, now.agent, now.medium, now.final, now.text);
  }
  #onTool({ toolName, invocationId, parameters }) {
    const failed = (errorType, errorMessage) => this.answerTool({ invocationId, errorType, errorMessage });
    this.#tools.set(invocationId, 0);
    if (!this.#options.tools.includes(toolName)) return failed('undefined', `Client tool ${toolName} is not registered`);
    this.#tools.set(invocationId, this.#later(TOOL_ANSWER_MS, () => failed('implementation-error', 'the tool did not answer')));
    this.#tell('tool', toolName, invocationId, JSON.stringify(parameters ?? {}));
  }

  // livekit's events by their names; its enumerations are in the SDK's chunk only.
  #watchRoom(room) {
    this.#room = room;
    const reconnecting = () => {
      this.#reconnecting = true;
      this.#showPhase('reconnecting');
    };
    room.on('reconnecting', reconnecting).on('signalReconnecting', reconnecting);
    room.on('reconnected', () => {
      this.#reconnecting = false;
      this.#showPhase(this.#phase);
    });
    room.on('disconnected', (reason) => {
      const far = FAR_END_REASONS.has(reason);
      if (!this.#alive && !far) return void this.end('join_refused', `the room was closed (${reason ?? 'no reason'})`);
      this.end(far ? 'far_end' : 'network', `the room was closed (${reason ?? 'no reason'})`);
    });
    room.on('trackSubscribed', (track) => { if (track.kind === 'audio') this.#agentTrack = track; });
    room.on('audioPlaybackChanged', () => { if (room.canPlaybackAudio === false) this.#onAudioBlocked(''); });
  }
  #onPublished(track) {
    if (this.#over) return track?.stop?.();
    this.#micTrack = track;
    track?.on?.('ended', () => this.#tell('problem', 'mic_lost', 'the microphone was taken away'));
  }
  #onSocketClosed({ code, reason }) {
    const detail = `the join socket was closed (${code}${reason ? `, ${reason}` : ''})`;
    if (!this.#room) return this.end('join_refused', detail);
    // 1006: the line broke; all others are somebody's decision.
    this.end(code === 1006 ? 'network' : 'far_end', detail);
  }
  #onJoinFailed(error) {
    if (this.#loan.error) return this.end('microphone', `${microphoneState(this.#loan.error)}: ${words(this.#loan.error)}`);
    this.end(this.#alive ? 'network' : 'join_refused', words(error));
  }
  // The SDK starts things without waiting for them; what they come to arrives here.
  #onRejection = (event) => {
    const { name = '', message = '' } = event.reason ?? {};
    const livekit = typeof event.reason?.code === 'number' && /Error$|^ConnectionError/.test(name);
    if (name === 'NotAllowedError' && /play|interact|gesture/i.test(message)) this.#onAudioBlocked(message);
    else if (name !== 'AbortError' && name !== 'NotAllowedError' && !livekit && !/^(Connection|Publish|Negotiation|Signal|UnexpectedConnection)/.test(name)) {
      return; // not the call's
    } else if (!this.#over && name !== 'AbortError') this.#tell('problem', 'sdk', words(event.reason));
    event.preventDefault();
  };
  /** No sound before a gesture: the next one anywhere is taken for it. */
  #onAudioBlocked(detail) {
    if (this.#unlock || this.#over) return;
    this.#tell('problem', 'audio_blocked', detail);
    this.#unlock = () => {
      this.#stopUnlocking();
      this.#context.resume().catch(() => {});
      Promise.resolve(this.#room?.startAudio?.()).catch(() => {});
      this.#session?.audioElement?.play?.().catch(() => {});
    };
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, this.#unlock, { capture: true });
  }
  #stopUnlocking() {
    for (const type of ['pointerdown', 'keydown']) if (this.#unlock) removeEventListener(type, this.#unlock, { capture: true });
    this.#unlock = null;
  }

  #later(ms, run) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
  #forget(timer) {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}

/**
 * @param tell     (kind, id, ...values): events; id is 0 for those that belong to no call
 * @param loadSdk  gives the SDK's module; loaded once, on first use
 */
export function createWebCall(tell, loadSdk = () => import('./ultravox.js')) {
  let call = null;
  let asked = null; // the microphone asked for and not yet used: { stream, timer }
  let context = null;
  let levelsWanted = false;
  let sdk = null;

  const load = () => (sdk ??= loadSdk().catch((error) => {
    sdk = null; // the next call tries again
    throw error;
  }));
  // One context for all calls: the SDK makes one for each and never closes it. In a gesture, or it is silent.
  const audio = () => {
    context ??= new AudioContext();
    context.resume().catch(() => {});
    return context;
  };
  const take = () => {
    const stream = asked?.stream ?? null;
    clearTimeout(asked?.timer);
    asked = null;
    return stream;
  };
  const tellDevices = async () => {
    const { microphones, speakers } = await listDevices();
    tell('devices', 0, microphones, speakers);
  };
  let watching = false;

  const orders = {
    async prepare(device) {
      orders.release();
      const mine = (asked = { stream: null, timer: 0 });
      load().catch(() => {}); // start_call tells if it fails
      try {
        if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('this page has no access to microphones', 'NotSupportedError');
        audio();
        const stream = await navigator.mediaDevices.getUserMedia(audioConstraints(device));
        if (asked !== mine) return stopStream(stream); // let go of meanwhile
        mine.stream = stream;
        mine.timer = setTimeout(() => stopStream(take()), HOLD_MICROPHONE_MS);
        tell('microphone', 0, 'ok', '');
        if (watching) tellDevices(); // they have names now
      } catch (error) {
        if (asked !== mine) return;
        asked = null;
        tell('microphone', 0, microphoneState(error), words(error));
      }
    },
    release() {
      if (!asked) return;
      const open = !asked.stream;
      stopStream(take());
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
      const over = (ended) => {
        if (call === ended) call = null;
        context?.suspend().catch(() => {}); // lets the system's audio device rest
      };
      let made = null;
      try {
        made = new Call({ id, url, options, stream: take(), context: audio(), levelsWanted, tell, onOver: over });
      } catch (error) {
        return void setTimeout(() => tell('ended', id, 'sdk_failed', words(error)));
      }
      call = made;
      call.start(load);
    },
    leave() { call?.end('us'); },
    muteMicrophone(muted) { call?.muteMicrophone(muted); },
    muteSpeaker(muted) { call?.muteSpeaker(muted); },
    useMicrophone(device) { call?.useMicrophone(device); },
    useSpeaker(device) { call?.useSpeaker(device); },
    sendText(text, defer) {
      if (call) call.sendText(text, defer);
      else tell('problem', 0, 'not_connected', 'there is no call');
    },
    setOutputMedium(medium) {
      if (call) call.setOutputMedium(medium);
      else tell('problem', 0, 'not_connected', 'there is no call');
    },
    wantLevels(wanted) {
      levelsWanted = wanted;
      call?.wantLevels(wanted);
    },
    answerTool(answer) { call?.answerTool(answer); },
    /** The page goes away or the program has failed: nothing stays open. */
    shutDown() {
      orders.release();
      call?.end('page');
    },
  };
  addEventListener('pagehide', orders.shutDown);
  return orders;
}
