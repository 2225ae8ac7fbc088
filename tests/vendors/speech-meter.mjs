// Tells speech from silence by the size of Opus packets, without decoding them: Chromium's encoder spends
// about 3 bytes on a muted frame and 60 and more on sound. Good enough for a rehearsal, deaf to short beeps.

const LOUD_BYTES = 60;
const WINDOW_MS = 600;
const START_PACKETS = 15; // 300 ms of sound within the window
const QUIET_MS = 500;

export class SpeechMeter {
  #loud = []; // times of the loud packets in the window
  #speaking = false;
  #heard;

  /** @param {(event: 'start' | 'end') => void} heard */
  constructor(heard) {
    this.#heard = heard;
  }

  packet(bytes, now = performance.now()) {
    if (bytes >= LOUD_BYTES) this.#loud.push(now);
    this.tick(now);
  }

  /** To be called now and then: a silent microphone sends few packets, a muted one none. */
  tick(now = performance.now()) {
    while (this.#loud.length && this.#loud[0] < now - WINDOW_MS) this.#loud.shift();
    const last = this.#loud.at(-1) ?? -Infinity;
    if (!this.#speaking && this.#loud.length >= START_PACKETS) {
      this.#speaking = true;
      this.#heard('start');
    } else if (this.#speaking && last < now - QUIET_MS) {
      this.#speaking = false;
      this.#heard('end');
    }
  }

  /** Forgets what it heard, as while the agent itself speaks. */
  reset() {
    this.#loud.length = 0;
    this.#speaking = false;
  }
}
