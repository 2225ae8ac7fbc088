// A LiveKit-compatible room for one browser and one built-in agent: as much of the signal protocol (v1, one
// peer connection, livekit-client 2.17 and newer) and of an SFU as a voice call needs. It carries sound and
// JSON messages; what they mean is the agent's business.
import { gunzipSync } from 'node:zlib';
import { EventEmitter } from 'node:events';
import { networkInterfaces } from 'node:os';
import * as lk from '@livekit/protocol';
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket, useOPUS, useVP8 } from 'werift';
import { isSound } from './speech-meter.mjs';

const LOOPBACK = '127.0.0.1';
const AGENT = { sid: 'PA_agent', identity: 'agent', track: 'TR_agent_audio' };
const USER = { sid: 'PA_user', identity: 'user' };
const MIC_TRACK = 'TR_user_mic';
const SERVER = new lk.ServerInfo({ version: '1.9.0', protocol: 16, edition: lk.ServerInfo_Edition.Standard });
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]); // one Opus frame of 20 ms
const FRAME_MS = 20;
const FRAME_SAMPLES = 960; // of 48 kHz
const RESUME_MS = 5000; // how long the room waits for a client whose signal line was cut

/** The JoinRequest that a v1 client puts into its URL. */
export function parseJoinRequest(text) {
  const wrapped = lk.WrappedJoinRequest.fromBinary(Buffer.from(text, 'base64url'));
  const zipped = wrapped.compression === lk.WrappedJoinRequest_Compression.GZIP;
  return lk.JoinRequest.fromBinary(zipped ? gunzipSync(wrapped.joinRequest) : wrapped.joinRequest);
}

/**
 * Where this machine's browser meets the room. Firefox uses no loopback address for media (its preference
 * media.peerconnection.ice.loopback is off), so it is met at an address of this machine that has a network.
 */
function addressFor(browser) {
  if (!/firefox/i.test(browser)) return LOOPBACK;
  const all = Object.values(networkInterfaces()).flat();
  return all.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? LOOPBACK;
}

/**
 * Firefox offers what shares another section's address with port 0 and `bundle-only` (RFC 8843, 7.2.1), which werift
 * takes for a section that is refused.
 */
function withoutBundleOnly(sdp) {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => (/^a=bundle-only/m.test(section) ? section.replace(/^(m=\w+) 0 /, '$1 9 ') : section))
    .join('');
}

/** Puts what an SFU's answer says, and werift's does not, into the answer that the client gets. */
function finishAnswer(sdp, agentMid, address) {
  const [session, ...sections] = sdp.split(/^(?=m=)/m);
  return (
    session +
    sections
      .map((section) => {
        const mid = /^a=mid:(.*?)\r?$/m.exec(section)?.[1];
        const local = section.replace(/^a=candidate:.*\r?\n/gm, (c) => (c.includes(` ${address} `) ? c : ''));
        if (local.startsWith('m=application')) return local;
        // an inactive section stays usable (port 9), or the client would have to recycle it
        const open = local.replace(/^(m=\w+) 0 /, '$1 9 ').replace(/^a=msid:.*\r?\n/gm, '');
        // the client finds the participant by the stream's name, and the track by the answer's mid map
        return mid === agentMid ? `${open}a=msid:${AGENT.sid}|${AGENT.track} ${AGENT.track}\r\n` : open;
      })
      .join('')
  );
}

/**
 * Events: 'open' (messages can flow), 'message' (object from the browser), 'mic' (bytes of one 20 ms packet),
 * 'mute' (bool), 'signal' (case, value), 'resumed', 'problem' (Error), 'close' (why).
 */
export class Room extends EventEmitter {
  stats = { micPackets: 0, micBytes: 0, micSound: 0, sentPackets: 0 }; // micSound: packets with sound in them
  muted = false;
  #ws;
  #address;
  #opus; // the payload type that the client gives it
  #pc;
  #channel;
  #ended = false;
  #grace;
  #mic;
  #transceiver;
  #work = Promise.resolve(); // signal messages are handled one after the other
  #timer;
  #queue = [];
  #packets = 0;
  #rtp = { sequence: 1, time: 1 };

  /** @param ws the signal socket   @param join its JoinRequest   @param browser its User-Agent */
  constructor(ws, join, browser = '') {
    super();
    this.#ws = ws;
    this.#address = addressFor(browser);
    this.#pc = new RTCPeerConnection({
      codecs: { audio: [useOPUS()], video: [useVP8()] },
      iceServers: [], // werift's own default is a public STUN server
      iceLite: true,
      iceUseIpv6: false,
      iceAdditionalHostAddresses: [this.#address],
      iceInterfaceAddresses: { udp4: this.#address },
      bundlePolicy: 'max-bundle',
    });
    this.#pc.connectionStateChange.subscribe((state) => {
      if (state === 'failed') this.close('peer connection failed');
    });
    this.#pc.onDataChannel.subscribe((channel) => this.#useChannel(channel));
    this.#pc.onTrack.subscribe((track) => this.#useMic(track));
    this.#listen();
    this.#send(
      'join',
      new lk.JoinResponse({
        room: new lk.Room({ sid: 'RM_sandbox', name: 'sandbox' }),
        participant: new lk.ParticipantInfo({
          ...USER,
          state: lk.ParticipantInfo_State.ACTIVE,
          joinedAt: 1n,
          permission: new lk.ParticipantPermission({ canPublish: true, canPublishData: true, canSubscribe: true }),
        }),
        otherParticipants: [
          new lk.ParticipantInfo({
            sid: AGENT.sid,
            identity: AGENT.identity,
            name: 'Agent',
            joinedAt: 1n,
            kind: lk.ParticipantInfo_Kind.AGENT,
            state: lk.ParticipantInfo_State.ACTIVE,
            tracks: [
              new lk.TrackInfo({
                sid: AGENT.track,
                name: 'agent',
                type: lk.TrackType.AUDIO,
                source: lk.TrackSource.MICROPHONE,
                mimeType: 'audio/opus',
              }),
            ],
          }),
        ],
        serverInfo: SERVER,
        pingInterval: 5,
        pingTimeout: 15,
        subscriberPrimary: false,
        fastPublish: true,
      }),
    );
    if (join.publisherOffer) this.#do(() => this.#answer(join.publisherOffer));
  }

  get ended() {
    return this.#ended;
  }

  /** Takes a new signal socket for the running room: the client resumes after its line was cut. */
  resume(ws) {
    clearTimeout(this.#grace);
    this.#ws = ws;
    this.#listen();
    this.#send('reconnect', new lk.ReconnectResponse({ serverInfo: SERVER, lastMessageSeq: 0 }));
    this.emit('resumed');
  }

  /** Sends a JSON message as the agent. */
  say(message) {
    this.sayRaw(JSON.stringify(message));
  }

  /** Sends text that need not be JSON. */
  sayRaw(text) {
    if (this.#ended || this.#channel?.readyState !== 'open') return;
    const user = new lk.UserPacket({ payload: Buffer.from(text) });
    const packet = new lk.DataPacket({
      kind: lk.DataPacket_Kind.RELIABLE,
      sequence: ++this.#packets,
      participantSid: AGENT.sid,
      participantIdentity: AGENT.identity,
      value: { case: 'user', value: user },
    });
    this.#channel.send(Buffer.from(packet.toBinary()));
  }

  /** Queues Opus frames of 20 ms; resolves when the last one has gone out or playing was stopped. */
  play(frames) {
    return new Promise((done) => {
      if (this.#ended || frames.length === 0) return done();
      frames.forEach((frame, i) => this.#queue.push({ frame, done: i === frames.length - 1 ? done : undefined }));
    });
  }

  stopPlaying() {
    for (const { done } of this.#queue.splice(0)) done?.();
  }

  /** Ends the room in LiveKit's terms; `reconnect` asks the client for a new session instead. */
  leave({ reconnect = false } = {}) {
    this.#send(
      'leave',
      new lk.LeaveRequest({
        reason: lk.DisconnectReason.ROOM_DELETED,
        action: reconnect ? lk.LeaveRequest_Action.RECONNECT : lk.LeaveRequest_Action.DISCONNECT,
      }),
    );
  }

  /** Cuts the signal line without a word; sound and messages go on. */
  cutSignal() {
    this.#ws.terminate();
  }

  close(why) {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.stopPlaying();
    this.#ws.close();
    this.#pc.close().catch((error) => this.emit('problem', error));
    this.emit('close', why);
  }

  #do(step) {
    this.#work = this.#work.then(step).catch((error) => this.emit('problem', error));
  }

  #listen() {
    const ws = this.#ws;
    ws.on('message', (bytes) => this.#do(() => this.#onSignal(lk.SignalRequest.fromBinary(bytes))));
    ws.on('close', () => {
      if (ws === this.#ws && !this.#ended) this.#grace = setTimeout(() => this.close('signal closed'), RESUME_MS);
    });
    ws.on('error', (error) => this.emit('problem', error));
  }

  #send(kase, value) {
    if (this.#ws.readyState === this.#ws.OPEN)
      this.#ws.send(new lk.SignalResponse({ message: { case: kase, value } }).toBinary());
  }

  #useChannel(channel) {
    if (channel.label !== '_reliable') return;
    this.#channel = channel;
    channel.onMessage.subscribe((bytes) => {
      try {
        const { value } = lk.DataPacket.fromBinary(bytes);
        if (value.case === 'user') this.emit('message', JSON.parse(Buffer.from(value.value.payload).toString()));
      } catch (error) {
        this.emit('problem', error);
      }
    });
    if (channel.readyState === 'open') this.emit('open');
    else channel.stateChanged.subscribe((state) => state === 'open' && this.emit('open'));
  }

  #useMic(track) {
    if (track.kind !== 'audio' || this.#mic === track) return; // werift tells of it at each negotiation
    this.#mic = track;
    let before = 0;
    track.onReceiveRtp.subscribe((rtp) => {
      const bytes = rtp.payload.length;
      this.stats.micPackets++;
      this.stats.micBytes += bytes;
      if (isSound(bytes, before)) this.stats.micSound++;
      before = bytes;
      this.emit('mic', bytes);
    });
  }

  async #onSignal(request) {
    const { case: kase, value } = request.message;
    this.emit('signal', kase, value);
    switch (kase) {
      case 'offer':
        return this.#answer(value);
      case 'addTrack':
        this.muted = value.muted; // a client may have muted itself before it came
        return this.#send(
          'trackPublished',
          new lk.TrackPublishedResponse({
            cid: value.cid,
            track: new lk.TrackInfo({
              sid: MIC_TRACK,
              name: value.name,
              type: value.type,
              source: value.source,
              muted: value.muted,
              mimeType: 'audio/opus',
              disableRed: true,
            }),
          }),
        );
      case 'mute':
        this.muted = value.muted;
        return this.emit('mute', value.muted);
      case 'pingReq':
        return this.#send(
          'pongResp',
          new lk.Pong({ lastPingTimestamp: value.timestamp, timestamp: BigInt(Date.now()) }),
        );
      case 'leave':
        return this.close('client left');
      // 'trickle' needs nothing: ICE lite never checks, the client's first check says where it is
    }
  }

  async #answer(offer) {
    // werift starts DTLS anew, and fails, when a second answer is set while the first one connects
    if (this.#transceiver) await this.#dtlsUp();
    if (this.#ended) return;
    this.#opus ??= Number(/^a=rtpmap:(\d+) opus/m.exec(offer.sdp)?.[1] ?? 111);
    await this.#pc.setRemoteDescription({ type: 'offer', sdp: withoutBundleOnly(offer.sdp) });
    if (!this.#transceiver) {
      this.#transceiver = this.#pc.getTransceivers().find((t) => t.kind === 'audio' && t.offerDirection === 'sendonly');
      const track = new MediaStreamTrack({ kind: 'audio' });
      await this.#transceiver.sender.replaceTrack(track);
      if (this.#ended) return;
      this.#startSound(track);
    }
    for (const t of this.#pc.getTransceivers()) {
      t.setDirection(t === this.#transceiver ? 'sendonly' : 'recvonly');
      t.usedForSender = true; // or werift gives an idle one's place (and mid) to the next new one
    }
    await this.#pc.setLocalDescription(await this.#pc.createAnswer());
    const { mid } = this.#transceiver;
    this.#send(
      'answer',
      new lk.SessionDescription({
        type: 'answer',
        id: offer.id,
        midToTrackId: { [mid]: AGENT.track },
        sdp: finishAnswer(this.#pc.localDescription.sdp, mid, this.#address),
      }),
    );
  }

  async #dtlsUp() {
    const dtls = this.#transceiver.dtlsTransport;
    while (dtls.state !== 'connected' && !this.#ended) await new Promise((again) => setTimeout(again, 10));
  }

  /** Sends what is queued, else silence, a frame every 20 ms by the clock rather than by the timer's ticks. */
  #startSound(track) {
    const start = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      for (const due = Math.floor((performance.now() - start) / FRAME_MS); sent < due; sent++) {
        const next = this.#queue.shift();
        const header = new RtpHeader({
          payloadType: this.#opus,
          sequenceNumber: this.#rtp.sequence++ & 0xffff,
          timestamp: (this.#rtp.time += FRAME_SAMPLES) >>> 0,
          ssrc: 1,
          marker: false,
        });
        track.writeRtp(new RtpPacket(header, next?.frame ?? SILENCE));
        this.stats.sentPackets++;
        next?.done?.();
      }
    }, FRAME_MS / 2);
  }
}
