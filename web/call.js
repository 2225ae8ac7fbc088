// One web call, over the Ultravox SDK. With the SDK a chunk of its own, which web-call.js loads for the first call.
import { setLogLevel } from 'livekit-client';
import { Meters } from './meters.js';
import { Session } from './session.js';

setLogLevel('warn'); // it tells the console about every step, addresses included

const TOOL_ANSWER_MS = 20_000;
const IDLE_MS = 5_000; // an agent that is gone, until the call counts as ended
const LEAVE_MS = 2_000; // for the room's goodbye
const ECHO_MS = 3_000; // late rejections of a call that is over

const ALIVE = new Set(['listening', 'thinking', 'speaking']);
const PHASES = new Set(['connecting', 'idle', 'disconnecting', ...ALIVE]);

// livekit's DisconnectReason, by number: those that the other side decided.
const FAR_END_REASONS = new Set([3, 4, 5, 10]); // server shutdown, participant removed, room deleted, room closed

/**
 * From start() to its `ended`; whoever makes one has told that it is connecting. Orders may come before start().
 * It is handed what it needs of microphone.js, which the page has already: an import would make a third download of it.
 */
export class Call {
  #tell; #options; #microphone; #stream; #loan = null; #session = null; #room = null; #agentTrack = null; #micTrack = null; #context; #meters = null;
  #alive = false; #over = false; #phase = 'connecting'; #shown = 'connecting'; #reconnecting = false;
  #transcript = new Map(); // ordinal -> { agent, medium, final, text }
  #tools = new Map(); // invocation id -> the timer that answers if nobody does
  #replaced; #measured = true; #watched = null;
  #timers = new Set(); #joinTimer = 0; #idleTimer = 0; #unlock = null; #onOver; #tellLast; #levelsWanted;
  micMuted; speakerMuted;

  constructor({ id, url, options, stream, replaced, context, levelsWanted, tell, onOver, microphone }) {
    this.id = id;
    this.url = url;
    this.#options = options;
    this.#microphone = microphone;
    this.#stream = stream;
    this.#replaced = replaced;
    this.#context = context;
    this.#onOver = onOver;
    this.#levelsWanted = levelsWanted;
    this.micMuted = options.micMuted;
    this.speakerMuted = options.speakerMuted;
    this.#tell = (kind, ...values) => { if (!this.#over) tell(kind, id, ...values); };
    this.#tellLast = (...values) => tell('ended', id, ...values);
  }

  start() {
    addEventListener('unhandledrejection', this.#onRejection);
    this.#joinTimer = this.#later(this.#options.joinTimeout, () => this.end('join_timeout', 'no sign of an agent'));
    this.#loan = this.#microphone.lend(this.#stream, this.#options.microphone);
    try {
      const extras = new Set(this.#options.debug ? ['debug'] : []);
      const session = new Session({ audioContext: this.#context, additionalMessages: extras }, {
        room: (room) => this.#watchRoom(room),
        published: (track) => this.#onPublished(track),
        socketClosed: (event) => this.#onSocketClosed(event),
        failed: (error) => this.#onJoinFailed(error),
        broken: (error) => this.#tell('problem', 'sdk', this.#microphone.words(error)),
      });
      this.#session = session;
      session.addEventListener('status', () => this.#onStatus(session.status));
      session.addEventListener('data_message', (event) => this.#onData(event));
      if (this.micMuted) session.muteMic();
      if (this.speakerMuted) session.muteSpeaker();
      if (this.#options.speaker) this.useSpeaker(this.#options.speaker, true);
      session.joinCall(this.url);
    } catch (error) {
      return this.end('sdk_failed', this.#microphone.words(error));
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
      this.#tell('problem', 'mic_chosen', '');
    } catch (error) {
      this.#tell('problem', 'device_failed', this.#microphone.words(error));
    }
    this.#watchMicrophone();
  }
  /** `saved`: the choice is an earlier day's; when it is gone the call goes on with the default. */
  async useSpeaker(device, saved = false) {
    this.#options.speaker = device;
    try {
      // Chromium takes an id of nothing that is here for an element that plays nothing yet.
      if (saved && !(await this.#microphone.list()).speakers.some(({ id }) => id === device)) throw new DOMException('it is not here', 'NotFoundError');
      await this.#session?.audioElement?.setSinkId?.(device);
      if (!saved) this.#tell('problem', 'speaker_chosen', '');
    } catch (error) {
      this.#tell('problem', saved ? 'speaker_gone' : 'device_failed', this.#microphone.words(error));
    }
  }
  /** The sound of this call cannot be measured here; it is heard all the same. */
  cannotMeasure(detail) {
    if (!this.#measured) return;
    this.#measured = false;
    console.warn(`voxdial: no meters, ${detail}`);
    this.#tell('problem', 'no_meter', detail);
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
      this.#tell('problem', 'not_connected', this.#microphone.words(error));
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
      this.#tell('problem', 'sdk', this.#microphone.words(error));
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
    this.#microphone.stop(this.#stream);
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
    if (this.#replaced || this.#loan.replaced) this.#tell('problem', 'mic_replaced', '');
    track?.on?.('ended', () => this.#tell('problem', 'mic_lost', 'the microphone was taken away'));
    track?.on?.('restarted', () => this.#watchMicrophone());
    this.#watchMicrophone();
  }
  /**
   * A phone call, a headset's key or the system can mute a microphone from outside: its track goes on and sends silence.
   * The track is another one when the device is.
   */
  #watchMicrophone() {
    const track = this.#micTrack?.mediaStreamTrack;
    if (!track || track === this.#watched) return;
    this.#watched = track;
    const look = () => {
      if (track === this.#watched) this.#tell('problem', track.muted ? 'mic_silenced' : 'mic_heard', '');
    };
    track.addEventListener('mute', look);
    track.addEventListener('unmute', look);
    if (track.muted) look();
  }
  #onSocketClosed({ code, reason }) {
    const detail = `the join socket was closed (${code}${reason ? `, ${reason}` : ''})`;
    if (!this.#room) return this.end('join_refused', detail);
    // 1000 is somebody's decision; 1006 a line that broke, 1001, 1011 and their like a service that went down.
    this.end(code === 1000 ? 'far_end' : 'network', detail);
  }
  async #onJoinFailed(error) {
    const refused = this.#loan.error;
    if (refused) return this.end('microphone', `${await this.#microphone.state(refused)}: ${this.#microphone.words(refused)}`);
    this.end(this.#alive ? 'network' : 'join_refused', this.#microphone.words(error));
  }
  // The SDK starts things without waiting for them; what they come to arrives here.
  #onRejection = (event) => {
    const { name = '', message = '' } = event.reason ?? {};
    const livekit = (typeof event.reason?.code === 'number' && /Error$|^ConnectionError/.test(name))
      || message.startsWith('Cancelled publication'); // the room ended while the microphone was being announced
    if (name === 'NotAllowedError' && /play|interact|gesture/i.test(message)) this.#onAudioBlocked(message);
    else if (name !== 'AbortError' && name !== 'NotAllowedError' && !livekit && !/^(Connection|Publish|Negotiation|Signal|UnexpectedConnection)/.test(name)) {
      return; // not the call's
    } else if (!this.#over && name !== 'AbortError') this.#tell('problem', 'sdk', this.#microphone.words(event.reason));
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
      this.#tell('problem', 'audio_heard', '');
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
