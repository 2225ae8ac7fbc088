// Minimal Ogg reader: the Opus packets of a file with one stream, headers left out.
import { readFileSync } from 'node:fs';

/** @returns {Buffer[]} packets of 20 ms, as fixtures/make.sh encodes them */
export function readOpusPackets(url) {
  const bytes = readFileSync(url);
  const packets = [];
  let parts = [];
  for (let page = 0; page + 27 <= bytes.length;) {
    if (bytes.toString('latin1', page, page + 4) !== 'OggS') throw new Error(`${url}: not an Ogg page at ${page}`);
    const segments = bytes[page + 26];
    let at = page + 27 + segments;
    for (let i = 0; i < segments; i++) {
      const length = bytes[page + 27 + i];
      parts.push(bytes.subarray(at, at + length));
      at += length;
      if (length < 255) {
        // a shorter segment ends a packet
        packets.push(Buffer.concat(parts));
        parts = [];
      }
    }
    page = at;
  }
  return packets.slice(2); // OpusHead, OpusTags
}
