// Text out of the page and into it: the clipboard, downloads, files. Each needs a press.

/** @param done  (ok), later */
export function copyText(text, done) {
  if (navigator.clipboard) {
    navigator.clipboard.writeText(text).then(() => done(true), () => done(false));
    return;
  }
  // Plain http from another host has no clipboard object; the old command still works there.
  const area = document.createElement('textarea'), before = document.activeElement;
  area.value = text;
  area.className = 'vd-copy';
  document.body.appendChild(area);
  area.select();
  let ok = false;
  try {
    ok = document.execCommand('copy');
  } catch {
    // not allowed
  }
  area.remove();
  before?.focus({ preventScroll: true });
  setTimeout(() => done(ok));
}

export function download({ file, mime, text }) {
  const link = document.createElement('a');
  link.download = file;
  link.href = URL.createObjectURL(new Blob([text], { type: mime }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Editors on Windows save UTF-16 too, with its mark in front. */
export function decodeText(bytes) {
  const mark = (bytes[0] << 8) | bytes[1];
  const coding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(coding).decode(bytes);
}

/** @param done  (text, failure: '' | 'tooLarge' | 'unreadable'); not at all when nothing is chosen */
export function pickTextFile(accept, maxBytes, done) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.addEventListener('change', () => {
    const [file] = input.files;
    if (!file) return;
    if (file.size > maxBytes) return void done('', 'tooLarge');
    file.arrayBuffer().then((buffer) => done(decodeText(new Uint8Array(buffer)), ''), () => done('', 'unreadable'));
  });
  input.click();
}
