// WAV sound for voice previews and recordings: 8 kHz, 8 bit, one channel, as the fixtures are.
import { readFileSync } from 'node:fs';

const RATE = 8000;
const HEADER = 44;
const SILENCE = 0x80;

const samplesOf = (name) => {
  const bytes = readFileSync(new URL(`./fixtures/${name}.wav`, import.meta.url));
  return bytes.subarray(bytes.indexOf('data', 12, 'latin1') + 8);
};

function wav(samples) {
  const h = Buffer.alloc(HEADER);
  h.write('RIFF', 0);
  h.writeUInt32LE(HEADER - 8 + samples.length, 4);
  h.write('WAVEfmt ', 8);
  h.writeUInt32LE(16, 16);
  h.writeUInt16LE(1, 20); // PCM
  h.writeUInt16LE(1, 22); // channels
  h.writeUInt32LE(RATE, 24);
  h.writeUInt32LE(RATE, 28); // bytes a second
  h.writeUInt16LE(1, 32);
  h.writeUInt16LE(8, 34);
  h.write('data', 36);
  h.writeUInt32LE(samples.length, 40);
  return Buffer.concat([h, samples]);
}

export const previewWav = () => wav(samplesOf('voice-agent'));

/** As long as the talk (at most two minutes), a voice wherever a spoken message began. */
export function recordingWav(messages, lengthSeconds) {
  const samples = Buffer.alloc(Math.ceil(Math.min(Math.max(lengthSeconds, 0.5), 120) * RATE), SILENCE);
  const voices = { MESSAGE_ROLE_AGENT: samplesOf('voice-agent'), MESSAGE_ROLE_USER: samplesOf('voice-callee') };
  for (const m of messages) {
    if (m.timespan && voices[m.role]) voices[m.role].copy(samples, Math.floor(parseFloat(m.timespan.start) * RATE));
  }
  return wav(samples);
}
