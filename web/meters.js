// Measures a running call by ear and by WebRTC's statistics: levels, agent latency, line quality.

const TICK_MS = 33;
const FLOOR_DB = -60;
const USER_SPEAKS_DB = -45; // after echo cancellation and gain control
const AGENT_SPEAKS_DB = -50; // synthetic speech over silence
const AGENT_PAUSE_MS = 400; // shorter gaps lie within one utterance
const STATS_MS = 2000;

/** How loud a stream is now. Follows the stream when the call exchanges it. */
class Ear {
  #context; #analyser; #source = null; #track = null; #samples = new Float32Array(1024);
  constructor(context) {
    this.#context = context;
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = this.#samples.length;
  }
  /** @param {MediaStreamTrack | undefined} track */
  listenTo(track) {
    if (track === this.#track) return;
    this.close();
    this.#track = track;
    if (!track) return;
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }
  /** dBFS, -Infinity for silence or no track. */
  get db() {
    if (!this.#source) return -Infinity;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return 10 * Math.log10(sum / this.#samples.length);
  }
  close() {
    this.#source?.disconnect();
    this.#source = null;
    this.#track = null;
  }
}

/** 0 for what is no speech, else how loud it is; in steps, so that what sounds alike is told once. */
export const level = (db, speechDb) => (db > speechDb ? Math.min(1, Math.round((1 - db / FLOOR_DB) * 20) / 20) : 0);

/**
 * From the last sound of the user to the first sound of the agent after it. Fed with both loudnesses, it
 * gives the milliseconds when an answer begins, otherwise null.
 */
export class LatencyWatch {
  #userLast = null; // when the user was last heard, since the agent's last turn
  #agentLast = -Infinity;
  forget() { this.#userLast = null; }
  hear(now, userDb, agentDb) {
    const agentBegins = agentDb > AGENT_SPEAKS_DB && now - this.#agentLast > AGENT_PAUSE_MS;
    if (agentDb > AGENT_SPEAKS_DB) this.#agentLast = now;
    if (agentBegins && this.#userLast !== null) {
      const ms = now - this.#userLast;
      this.#userLast = null;
      // Less is not an answer but both speaking at once; more is the agent's own idea.
      return ms >= 80 && ms <= 15000 ? ms : null;
    }
    // What the microphone hears while the agent speaks may be the agent.
    if (userDb > USER_SPEAKS_DB && now - this.#agentLast > AGENT_PAUSE_MS) this.#userLast = now;
    return null;
  }
}

/**
 * One reading of the line from WebRTC's statistics of both directions.
 * @param {{ received: number, lost: number }} before  the last reading's counts; updated
 */
export function lineQuality(sent, received, before) {
  let roundTrip = -1;
  let pairTrip = -1;
  let jitter = -1;
  let loss = -1;
  sent?.forEach((report) => {
    if (report.type === 'remote-inbound-rtp') {
      if (report.roundTripTime > 0) roundTrip = report.roundTripTime * 1000;
      if (report.fractionLost >= 0) loss = report.fractionLost;
    }
    if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime >= 0) {
      pairTrip = report.currentRoundTripTime * 1000;
    }
  });
  received?.forEach((report) => {
    if (report.type !== 'inbound-rtp') return;
    jitter = report.jitter * 1000;
    const got = report.packetsReceived - before.received;
    const lost = report.packetsLost - before.lost;
    before.received = report.packetsReceived;
    before.lost = report.packetsLost;
    if (got >= 0 && got + lost > 0) loss = Math.max(loss, Math.max(0, lost) / (got + lost));
  });
  return { roundTrip: roundTrip >= 0 ? roundTrip : pairTrip, jitter, loss };
}

/** Watches one call from its first sound to stop(). */
export class Meters {
  #source; #tell; #mic; #agent; #latency = new LatencyWatch(); #ticks = 0; #timer; #statsTimer; #counts = { received: 0, lost: 0 }; #told = '';
  wanted = false; // somebody looks at the levels

  /**
   * @param source  { micTrack(), agentTrack(), micMuted(), statistics() } of the call, read at each tick
   * @param tell    (kind, ...values), kind: levels, latency, quality
   */
  constructor(context, source, tell) {
    this.#source = source;
    this.#tell = tell;
    this.#mic = new Ear(context);
    this.#agent = new Ear(context);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#statsTimer = setInterval(() => this.#measure(), STATS_MS);
  }
  #tick() {
    // Timers of a hidden tab come once a second: nobody looks, and latency would be wrong.
    if (document.hidden) return this.#latency.forget();
    this.#mic.listenTo(this.#source.micTrack());
    this.#agent.listenTo(this.#source.agentTrack());
    const muted = this.#source.micMuted();
    const mic = muted ? -Infinity : this.#mic.db;
    const agent = this.#agent.db;
    if (muted) this.#latency.forget();
    const ms = this.#latency.hear(performance.now(), mic, agent);
    if (ms !== null) this.#tell('latency', ms);
    if (!this.wanted || ++this.#ticks % 2 !== 0) return;
    const levels = [level(mic, USER_SPEAKS_DB), level(agent, AGENT_SPEAKS_DB)];
    if (String(levels) === this.#told) return; // while nobody speaks nothing is drawn
    this.#told = String(levels);
    this.#tell('levels', ...levels);
  }
  async #measure() {
    try {
      const [sent, received] = await this.#source.statistics();
      const { roundTrip, jitter, loss } = lineQuality(sent, received, this.#counts);
      if (this.#timer) this.#tell('quality', roundTrip, jitter, loss);
    } catch {
      // the track went away while it was asked
    }
  }
  /** Something other than speech made the agent answer. */
  forgetSpeech() { this.#latency.forget(); }
  stop() {
    clearInterval(this.#timer);
    clearInterval(this.#statsTimer);
    this.#timer = 0;
    this.#mic.close();
    this.#agent.close();
  }
}

/**
 * Firefox cannot connect a microphone and an audio context of different sample rates, and the SDK would lose the call by
 * it. In this context a source that cannot be made is silent instead.
 * @param {AudioContext} context  @param {(error: unknown) => void} unable
 */
export function forgiving(context, unable) {
  const make = context.createMediaStreamSource;
  context.createMediaStreamSource = (stream) => {
    try {
      return make.call(context, stream);
    } catch (error) {
      unable(error);
      return context.createGain();
    }
  };
  return context;
}
