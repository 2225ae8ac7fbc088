// Tells sound and speech from silence by the size of Opus packets, without decoding them. Seen from Chromium:
// 60 to 150 bytes, each another, for speech; one and the same size (3, 17, up to 56 bytes) for a muted or quiet
// microphone. Counted in packets of 20 ms rather than in time, so that a busy machine changes nothing.
// Chromium's fake microphone (340 ms of beep, 160 ms of silence) is sound, but is not taken for speech, so
// tests without a voice stay without one.

const SOUND_BYTES = 60;
const WINDOW = 30; // packets
const START = 24; // with sound among them: half a second of speech
const QUIET = 25; // packets in a row that end it
const GONE_MS = 800; // the same when no packets come at all

/** Whether a packet carries sound, given the size of the one before. */
export const isSound = (bytes, before) => bytes >= SOUND_BYTES && bytes !== before;

export class SpeechMeter {
  #before = 0;
  #window = [];
  #quiet = 0;
  #speaking = false;
  #last;
  #heard;

  /** @param {(event: 'start' | 'end') => void} heard */
  constructor(heard) {
    this.#heard = heard;
  }

  packet(bytes, now = performance.now()) {
    const sound = isSound(bytes, this.#before);
    this.#before = bytes;
    this.#last = now;
    this.#quiet = sound ? 0 : this.#quiet + 1;
    this.#window.push(sound);
    if (this.#window.length > WINDOW) this.#window.shift();
    if (!this.#speaking && this.#window.filter(Boolean).length >= START) {
      this.#speaking = true;
      this.#heard('start');
    } else if (this.#speaking && this.#quiet >= QUIET) this.#end();
  }

  /** To be called now and then: a microphone that was taken away sends nothing. */
  tick(now = performance.now()) {
    if (this.#speaking && now - this.#last > GONE_MS) this.#end();
  }

  /** Forgets what it heard so far, as while the agent itself speaks. */
  reset() {
    this.#window.length = 0;
    this.#quiet = 0;
    this.#speaking = false;
  }

  #end() {
    this.reset();
    this.#heard('end');
  }
}
