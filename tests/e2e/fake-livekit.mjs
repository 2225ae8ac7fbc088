// Stands in for 'livekit-client' when the tests bundle the web call: the room is in the page, and the test is the
// other side through window.livekit. Only what ultravox-client 0.5.0 and web/web-call.js touch is here; media,
// permissions and the join socket are real.
export const RoomEvent = { TrackSubscribed: 'trackSubscribed', DataReceived: 'dataReceived' };
export const Track = { Kind: { Audio: 'audio', Video: 'video' }, Source: { Microphone: 'microphone' } };

export function setLogLevel() {}

/** What the test sees and sets, made by web-call-page.mjs. */
const { livekit } = globalThis;

class Emitter {
  #listeners = new Map();
  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return this;
  }
  emit(name, ...values) { for (const listener of this.#listeners.get(name) ?? []) listener(...values); }
}

class LocalAudioTrack extends Emitter {
  kind = 'audio'; isMuted = false; devices = [];
  constructor(stream) {
    super();
    this.mediaStream = stream;
    this.mediaStreamTrack = stream.getAudioTracks()[0];
  }
  setAudioContext() {}
  mute() { this.isMuted = true; }
  unmute() { this.isMuted = false; }
  stop() { this.mediaStreamTrack.stop(); }
  async setDeviceId(id) {
    if (id.exact === 'gone') throw new DOMException('no such device', 'OverconstrainedError');
    this.devices.push(id);
    return true;
  }
  async getRTCStatsReport() { return new Map([['pair', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.042 }]]); }
}

export async function createLocalAudioTrack() {
  const constraints = { audio: { deviceId: { ideal: 'default' } } };
  const track = new LocalAudioTrack(await navigator.mediaDevices.getUserMedia(constraints));
  livekit.micTracks.push(track);
  return track;
}

export class Room extends Emitter {
  options = {};
  remoteParticipants = new Map(); state = 'disconnected'; sent = []; canPlaybackAudio = true; audioStarted = 0;
  constructor() {
    super();
    livekit.rooms.push(this);
    this.localParticipant = {
      publishTrack: async (track) => {
        if (livekit.publish) return livekit.publish(track);
        this.published = track;
        track.sid = 'TR_microphone';
        this.emit('localTrackPublished');
      },
      publishData: async (bytes) => { this.sent.push(JSON.parse(new TextDecoder().decode(bytes))); },
    };
  }
  async connect(url, token) {
    Object.assign(this, { url, token });
    await livekit.connect?.(this);
    this.state = 'connected';
    this.emit('trackSubscribed', { kind: 'audio', attach() {} }, { kind: 'audio', setEnabled: (on) => { this.agentEnabled = on; } });
  }
  async disconnect() {
    this.state = 'disconnected';
    this.emit('disconnected', 1); // CLIENT_INITIATED, as the real one does
  }
  async startAudio() { this.audioStarted++; }
  /** As the agent: a data message; a string goes as it is. */
  say(message) {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.emit('dataReceived', new TextEncoder().encode(text));
  }
}
