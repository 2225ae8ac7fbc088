// Time as the stand-in plays it. A pace of 20 lets a phone ring for 0.15 s where it says 3 s, and a
// 90 s joinTimeout pass in 4.5 s. Every timer of a vendor goes through one pace, so that a reset or
// the end of a test leaves none behind. Dates told to the proxy stay real; only lengths are played.

export class Pace {
  #timers = new Set();
  #speed;

  constructor(speed = 1) {
    if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
    this.#speed = speed;
  }

  /** Seconds as played since the process started. */
  now() {
    return (performance.now() / 1000) * this.#speed;
  }

  /** Runs `act` in `seconds` as played; gives a function that calls it off. */
  after(seconds, act) {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        act();
      },
      (seconds * 1000) / this.#speed,
    );
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  stop() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
