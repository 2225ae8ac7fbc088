// The browser's half of the program: carries out what it orders, and tells it what happens.
//
// An order is an effect of wasm-ui/core/effect.h by its name, as the object that wasm-ui/core/wire_codec.cpp writes; what
// comes of it is an event that the same file reads. Pointers, drawing and the accessible mirror have their own ways
// (wasm-ui/platform).
import { createHttp, randomKey } from './http.js';
import { formatsOf, languageOf, loadWords, wordsOf } from './language.js';
import { localeFor } from './reader.js';

/** How many more frames are drawn after an event, so that the picture comes to rest (wasm-ui/platform/bridge.h). */
const METER = 0, NEWS = 1, INPUT = 2;

const askFirst = (event) => event.preventDefault();

const MAX_IMPORT_BYTES = 256 * 1024;

/** Half a character and NUL are no text of JSON as the program reads it. */
const whole = (name, value) => (typeof value === 'string' && /[\0\p{Surrogate}]/u.test(value)
  ? new TextDecoder().decode(new TextEncoder().encode(value)).replaceAll('\0', '\ufffd')
  : value);

/** The place in the program, kept behind the address's '#'. */
function route() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

/** What this browser keeps for us, hidden by what this tab keeps. Reading already throws where it is forbidden. */
function stored() {
  const all = {};
  for (const store of ['localStorage', 'sessionStorage']) {
    try {
      Object.assign(all, globalThis[store]);
    } catch {
      // nothing is kept here
    }
  }
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}

// Downloads of their own: the stream of news beside the first requests, the web call when the first picture is there
// (later.js begins it), and what presses want with them.
const loadEvents = (tell) => import('./events.js').then(({ createEvents }) => createEvents(tell));
const loadWebCall = (tell) => import('./call-orders.js').then(({ createCallOrders }) => createCallOrders(tell));
const loadNumber = () => import('./number.js');
const later = () => import('./later.js');

/** Fetches what nobody would press for again, until it is there. */
function eventually(load, use, failed = () => {}) {
  load().then(use, () => {
    failed();
    setTimeout(eventually, 3000, load, use, failed);
  });
}

/**
 * @param hear  (text, settle): an event as JSON
 * @param make  the parts that tests replace
 */
export function createHost(hear, make = { events: loadEvents, webCall: loadWebCall, number: loadNumber }) {
  const tell = (event, settle = NEWS) => hear(JSON.stringify(event, whole), settle);
  const http = createHttp((reply) => tell({ event: 'httpReplied', ...reply }));
  const timers = {};
  let format = formatsOf('en'), language = null, chosen = ''; // asked for last
  let events = null, sound = null, number = null, ungrouped = null, webCall = null, loading = null;

  /** Orders for the web call, one after the other as soon as its code is there. */
  const call = (order) => {
    loading ??= make.webCall((event, isMeter) => tell(event, isMeter ? METER : NEWS)).then((made) => (webCall = made));
    loading.then((it) => it.carry(order)).catch((error) => {
      if (!webCall) loading = null; // the next order tries again
      tell({ event: 'microphoneChecked', state: 'failed', detail: String(error) });
    });
  };

  const orders = {
    httpCall: http,
    openEvents({ after }) {
      const told = (kind, what, more) => tell(kind === 'state'
        ? { event: 'streamChanged', state: what, unauthenticated: more === 401 }
        : { event: 'eventArrived', kind: what, data: more });
      eventually(async () => (events ??= await make.events(told)), (it) => it.open(after), () => told('state', 'reconnecting', 0));
    },
    makeKey() { tell({ event: 'keyMade', key: randomKey() }); },
    setTimer({ timer, ms }) {
      clearTimeout(timers[timer]);
      timers[timer] = setTimeout(() => tell({ event: 'timerFired', timer }), ms);
    },
    copyText({ text }) {
      const copied = (ok) => tell({ event: 'copied', ok });
      later().then((it) => it.copyText(text, copied), () => copied(false));
    },
    groupNumber({ text, region }) {
      const group = () => tell({ event: 'numberGrouped', typed: text, grouped: number.grouped(text, region) });
      if (number) return group(); // in this very frame: the field does not flicker
      if (!ungrouped) eventually(make.number, (it) => { number = it; ungrouped(); });
      ungrouped = group; // what is in the field when the code comes
    },
    download(file) { later().then((it) => it.download(file), () => {}); },
    pickFile() {
      const picked = (text, failure) => tell({ event: 'filePicked', text, failure });
      later().then((it) => it.pickTextFile('.json,application/json', MAX_IMPORT_BYTES, picked), () => picked('', 'unreadable'));
    },
    playAudio({ url }) {
      const told = (state) => tell({ event: 'audioChanged', state });
      later().then((it) => (sound ??= it.createSound(told)).play(url), () => told('failed'));
    },
    stopAudio() { sound?.stop(); },
    /** In the press: a question that a page asks by itself is one that browsers hide. */
    askToNotify() { Notification.requestPermission().then((consent) => tell({ event: 'notifyAnswered', consent })); },
    notify({ call: id, ...note }) { later().then(({ notify }) => notify({ tag: id, ...note }, () => tell({ event: 'liveSelected', id }))); },
    takePhoneLinks() { navigator.registerProtocolHandler('tel', `${location.origin}/#call/%s`); },
    playEndTone() { later().then((it) => it.playEndTone(), () => {}); },
    pushRoute({ route: to, replace }) {
      if (to === route()) return;
      history[replace ? 'replaceState' : 'pushState'](null, '', `#${encodeURI(to).replaceAll('#', '%23')}`);
    },
    storeSetting({ key, value, thisTab }) {
      try {
        const store = thisTab ? sessionStorage : localStorage;
        if (value) store.setItem(key, value);
        else store.removeItem(key);
      } catch {
        // this browser keeps nothing: private, or full
      }
    },
    useLanguage(order) {
      chosen = order.language;
      const code = languageOf(chosen);
      const show = ({ words, said }, shown = code) => {
        const locale = localeFor(shown, navigator.languages);
        document.documentElement.lang = shown;
        format = formatsOf(locale);
        tell({ event: 'languageLoaded', language: shown, words, said });
        eventually(() => import('./countries.js'), ({ countriesOf }) => {
          if (document.documentElement.lang === shown) tell({ event: 'countriesNamed', countries: countriesOf(locale) });
        });
      };
      const first = language === null;
      language = code;
      if (wordsOf(code)) return show(wordsOf(code));
      if (first) show(wordsOf('en'), 'en'); // until they are here, or for good
      loadWords(code).then(
        (words) => { if (language === code) show(words); },
        () => { if (language === code) tell({ event: 'languageFailed' }); },
      );
    },
    setTitle({ title }) { document.title = title; },
    // Listened to only while it matters: pages that always listen are not kept for Back.
    askBeforeLeaving({ ask }) { (ask ? addEventListener : removeEventListener)('beforeunload', askFirst); },
    /** Leaves for a page of this server, or opens it beside. What the address asks for stays asked for. */
    goTo({ path, newTab }) {
      if (!/^\/(?!\/)/.test(path)) return;
      const to = path.replace(/(?=#|$)/, () => location.search);
      if (newTab) open(to, '_blank', 'noopener');
      else location.assign(to);
    },
  };

  addEventListener('languagechange', () => orders.useLanguage({ language: chosen }));
  addEventListener('popstate', () => tell({ event: 'routeChanged', route: route() }, INPUT));

  return {
    orders,
    tell,
    format: (name, value, of) => format(name, value, of),
    carry({ effect, ...order }) { orders[effect] ? orders[effect](order) : call({ effect, ...order }); },
    /** What was remembered, and what the address says. */
    launched() {
      const query = Object.fromEntries(new URLSearchParams(location.search));
      const { model, showSpeakerMute, showDebugMessages, showUserTranscripts } = query;
      return {
        now: Date.now(), route: route(), stored: stored(), model, showSpeakerMute, showDebugMessages, showUserTranscripts,
        notifications: isSecureContext && globalThis.Notification?.permission || 'missing',
        phoneLinks: isSecureContext && !!navigator.registerProtocolHandler,
      };
    },
    /** The program has failed: nothing stays open. */
    shutDown() { webCall?.shutDown(); },
  };
}
