// Sound files, one at a time: the preview of a voice, the recording of a call. And the tone at a call's end.

/** @param tell  'playing'; then once 'stopped' (at the end) or 'failed', unless something else is played or it is stopped */
export function createSound(tell) {
  let now = null;
  const sound = {
    play(url) {
      sound.stop();
      const element = (now = new Audio());
      const told = (state) => {
        if (now !== element) return;
        if (state !== 'playing') now = null;
        tell(state);
      };
      element.addEventListener('playing', () => told('playing'));
      element.addEventListener('ended', () => told('stopped'));
      element.addEventListener('error', () => told('failed'));
      element.src = url;
      element.play().catch(() => told('failed'));
    },
    stop() {
      now?.pause();
      now?.removeAttribute('src'); // stops fetching it
      now = null;
    },
  };
  return sound;
}

let audio = null; // made when a tone is first wanted: before somebody has touched the page it stays silent

/** Two short, quiet notes. */
export async function playEndTone() {
  if (!globalThis.AudioContext) return;
  audio ??= new AudioContext();
  await audio.resume().catch(() => {});
  for (const [frequency, after] of [[660, 0], [440, 0.16]]) {
    const at = audio.currentTime + after, tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  }
}
