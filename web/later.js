// What the page needs only after its first picture, or never: what was typed before a crash, notifications, the service
// worker, transcripts, lists to choose from, scripts that the canvas cannot set by itself, sounds, files. A download of its own.

import css from './later.css';
import { addStyles } from './styles.js';

export { openChooser } from './chooser.js';
export { copyText, download, pickTextFile } from './files.js';
export { openLog } from './log.js';
export { createShaping } from './shaping.js';
export { createSound, playEndTone } from './sound.js';

addStyles(css);

const edited = new WeakSet(); // fields that somebody has typed into

/** The text fields on the screen, each under its label and which of several of that label it is. */
function textFields() {
  const count = {};
  return [...document.querySelectorAll('#voxdial :is(input:not([type=range]), textarea)')].map((field) => {
    const label = field.getAttribute('aria-label') ?? '';
    count[label] = (count[label] ?? 0) + 1;
    return { label, name: `${label} ${count[label]}`, field };
  });
}

/** The program has failed: keeps what was typed for the page that comes after the reload, and shows it in the list. */
function keepTyped(list) {
  const typed = textFields().filter(({ field }) => edited.has(field) && field.value);
  if (!typed.length) return;
  try {
    sessionStorage.typed = JSON.stringify({ at: location.hash, texts: typed.map(({ name, field }) => [name, field.value]) });
  } catch {
    // this browser keeps nothing: it can be copied from the page
  }
  for (const { label, field } of typed) {
    for (const [tag, words] of [['dt', label], ['dd', field.value]]) {
      list.append(document.createElement(tag));
      list.lastChild.textContent = words;
    }
  }
  list.previousElementSibling.hidden = list.hidden = false;
}

/** Gives back what was typed before the page stopped, as soon as its field is there again at the same address. */
function handBack() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.typed ?? 'null');
    sessionStorage.removeItem('typed');
  } catch {
    // this browser keeps nothing
  }
  if (!kept) return;
  const texts = new Map(kept.texts);
  const watch = new MutationObserver(fill);
  function fill() {
    if (location.hash !== kept.at || !texts.size) return watch.disconnect();
    for (const { name, field } of textFields()) {
      const text = texts.get(name);
      if (text === undefined || field.readOnly) continue;
      texts.delete(name);
      if (field.value === text) continue;
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
  }
  watch.observe(document.getElementById('voxdial'), { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] });
  fill();
}

/** Tabs that are seen hold this lock together: a hidden one does not call somebody who is looking at another. */
const SEEN = 'voxdial-seen';
function tellSeen() {
  if (document.hidden) return;
  navigator.locks?.request(SEEN, { mode: 'shared' }, () => new Promise((done) => {
    document.addEventListener('visibilitychange', done, { once: true });
  }));
}

/**
 * Tells somebody who looks elsewhere; a press on it brings this tab back.
 * @param tag  a later one of the same tag takes the place of the first, whichever tab it comes from
 */
export async function notify({ title, body, tag }, pressed) {
  const held = (await navigator.locks?.query())?.held ?? [];
  if (!document.hidden || held.some(({ name }) => name === SEEN)) return;
  const options = { body, tag, icon: document.querySelector('link[rel=apple-touch-icon]')?.href };
  try {
    const note = new Notification(title, options);
    note.onclick = () => {
      focus();
      note.close();
      pressed();
    };
  } catch {
    // On phones only a service worker may (sw.js hears the press).
    await (await navigator.serviceWorker?.getRegistration())?.showNotification(title, options);
  }
}

/** The first picture is there. Answers what is to be done with a list of the page that tells of a fault. */
export function settle() {
  // iOS zooms in on fields below 16 px unless the page forbids zooming; it lets people pinch all the same.
  // Other browsers take the word for it, so only iOS gets it.
  if (/iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1)) {
    document.querySelector('meta[name=viewport]').content += ', maximum-scale=1';
  }
  addEventListener('input', (event) => edited.add(event.target));
  handBack();
  import('./call-orders.js').catch(() => {}); // host.js says so when it is wanted
  import('./stop.js').catch(() => {}); // when it is wanted there may be no connection
  // While the person reads: on a slow line the first web call would wait many seconds for its SDK.
  if (!navigator.connection?.saveData) window.requestIdleCallback?.(() => import('./call.js').catch(() => {}));
  tellSeen();
  document.addEventListener('visibilitychange', tellSeen);
  navigator.serviceWorker?.register('/sw.js').catch((error) => console.warn(`voxdial: no offline page, ${error.message}`));
  return keepTyped;
}
