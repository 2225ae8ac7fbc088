// Loads the program, and says so plainly when it cannot run or has stopped.
//
// Names from outside: 'voxdial-wasm' is the module Emscripten wrote, VOXDIAL_WASM_URL its binary's address
// (both put in by build.mjs). The program tells its end by a 'voxdial-stop' event on the window
// (wasm-ui/platform/bridge.js).
import createProgram from 'voxdial-wasm';
import { createHost } from './host.js';
import { languageOfReader, loadWords } from './language.js';

window.started = true; // early.js has nothing more to watch for
let host = null; // a crash must still be able to hang up
let stopped = false;
// Until later.js is there.
let keepTyped = () => {};

function stop(kind, reason) {
  if (stopped) return; // the first reason is the one that counts
  stopped = true;
  host?.shutDown();
  // A page that can do without what is missing here.
  if (kind === 'webgl' || kind === 'old') return location.replace(`/plain.html?why=${kind}`);
  import('./stop.js').then(({ showStop }) => showStop(kind, reason, keepTyped, languageOfReader), () => {
    document.getElementById('failed').hidden = false;
  }).then(finishLoading);
}

function finishLoading() {
  document.getElementById('loading')?.remove();
  document.getElementById('slow')?.remove();
  document.getElementById('voxdial').removeAttribute('aria-busy');
}

/** Fetches the words beside the program, so that the first picture is in the right language; without them it is English. */
const fetchWords = () => loadWords(languageOfReader()).catch(() => {});

/** Compiles while it arrives; where the server's type is wrong, after it has arrived. */
async function compiled() {
  const response = await fetch(VOXDIAL_WASM_URL, { credentials: 'same-origin' });
  if (!response.ok) throw new TypeError(`${response.status} for the program`);
  if (response.headers.get('content-type')?.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

addEventListener('voxdial-stop', (event) => stop(event.detail.kind, event.detail.reason));

if (typeof WebAssembly !== 'object' || !WebAssembly.compileStreaming) {
  stop('old', '');
} else {
  // No memory for the program: nobody waits for Emscripten's promise of it.
  const failed = ({ reason }) => stop('crash', reason ?? 'no reason');
  addEventListener('unhandledrejection', failed);
  let drawn; // the first picture is there
  const later = new Promise((resolve) => { drawn = resolve; }).then(() => {
    removeEventListener('unhandledrejection', failed);
    finishLoading();
    return import('./later.js');
  });
  later.then((it) => { keepTyped = it.settle(); }, () => {});
  Promise.all([compiled(), fetchWords()]).then(([wasm]) => {
    createProgram({ wasm, host: (hear) => (host = createHost(hear)), later, drawn });
  }).catch((error) => stop(error instanceof WebAssembly.CompileError ? 'old' : 'load', String(error)));
}
