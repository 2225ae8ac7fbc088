// The browser's half of the program: carries out what it orders, and tells it what happens.
//
// An order is an effect of wasm-ui/core/effect.h by its name, as the object that wasm-ui/core/wire_codec.cpp writes; what
// comes of it is an event that the same file reads. Pointers, drawing and the accessible mirror have their own ways
// (wasm-ui/platform).
import { createEvents } from './events.js';
import { copyText, download, pickTextFile } from './files.js';
import { createHttp } from './http.js';
import { formatsOf, countriesOf, languageFor, loadWords, localeFor, wordsOf } from './language.js';
import { createSound, playEndTone } from './sound.js';

/** How many more frames are drawn after an event, so that the picture comes to rest (wasm-ui/platform/bridge.h). */
const METER = 0, NEWS = 1, INPUT = 2;

const askFirst = (event) => event.preventDefault();

const MAX_IMPORT_BYTES = 256 * 1024;

/** Half a character and NUL are no text of JSON as the program reads it. */
const whole = (name, value) => (typeof value === 'string' && /[\0\p{Surrogate}]/u.test(value)
  ? new TextDecoder().decode(new TextEncoder().encode(value)).replaceAll('\0', '\ufffd')
  : value);

/** What web-call.js says, as events. The id in front is that of a call: there is one at a time. */
const CALL = {
  microphone: (state, detail) => [{ event: 'microphoneChecked', state, detail }],
  devices: (microphones, speakers) => [{ event: 'devicesListed', microphones, speakers }],
  status: (phase) => [{ event: 'phaseChanged', phase }],
  transcript: (ordinal, fromAgent, medium, final, text) => [{ event: 'heard', ordinal, fromAgent: !!fromAgent, final: !!final, text }],
  tool: (name, invocationId, parameters) => [{ event: 'toolInvoked', name, invocationId, parameters }],
  debug: (text) => [{ event: 'debugHeard', text }],
  levels: (microphone, agent) => [{ event: 'levelsMeasured', microphone, agent }, METER],
  quality: (roundTripMs, jitterMs, loss) => [{ event: 'qualityMeasured', roundTripMs, jitterMs, loss }, METER],
  latency: (ms) => [{ event: 'latencyMeasured', ms }, METER],
  problem: (problem, detail) => [{ event: 'problemMet', problem, detail }],
  ended: (by) => [{ event: 'webCallEnded', by }],
};

/** The place in the program, kept behind the address's '#'. */
function route() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

/** Plain http from another host has no randomUUID. RFC 9562, version 4. */
function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
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

/** A download of its own, which later.js begins when the first picture is there. */
const loadWebCall = (tell) => import('./web-call.js').then(({ createWebCall }) => createWebCall(tell));

/**
 * @param hear  (text, settle): an event as JSON
 * @param make  the parts that tests replace
 */
export function createHost(hear, make = { events: createEvents, webCall: loadWebCall }) {
  const tell = (event, settle = NEWS) => hear(JSON.stringify(event, whole), settle);
  const http = createHttp((reply) => tell({ event: 'httpReplied', ...reply }));
  const sound = createSound((state) => tell({ event: 'audioChanged', state }));
  const timers = {};
  let format = formatsOf('en'), language = null; // the one asked for last
  let events = null, webCall = null, loading = null, calls = 0;

  /** Orders for the web call, one after the other as soon as its code is there. */
  const call = (carryOut) => {
    loading ??= make.webCall((kind, id, ...values) => tell(...CALL[kind](...values))).then((made) => (webCall = made));
    loading.then(carryOut).catch((error) => {
      if (!webCall) loading = null; // the next order tries again
      tell({ event: 'microphoneChecked', state: 'failed', detail: String(error) });
    });
  };

  const orders = {
    httpCall: http,
    openEvents() {
      events ??= make.events((kind, what, more) => tell(kind === 'state'
        ? { event: 'streamChanged', state: what, unauthenticated: more === 401 }
        : { event: 'eventArrived', kind: what, data: more }));
      events.open();
    },
    makeKey() { tell({ event: 'keyMade', key: randomId() }); },

    prepareMicrophone({ device }) { call((it) => it.prepare(device)); },
    releaseMicrophone() { call((it) => it.release()); },
    startWebCall({ joinUrl, ...options }) { call((it) => it.start(++calls, joinUrl, { joinTimeout: 20_000, ...options })); },
    leaveWebCall() { call((it) => it.leave()); },
    muteMicrophone({ muted }) { call((it) => it.muteMicrophone(muted)); },
    muteSpeaker({ muted }) { call((it) => it.muteSpeaker(muted)); },
    useMicrophone({ device }) { call((it) => it.useMicrophone(device)); },
    useSpeaker({ device }) { call((it) => it.useSpeaker(device)); },
    listDevices() { call((it) => it.listDevices()); },
    sendText({ text }) { call((it) => it.sendText(text, false)); },
    setOutput({ text }) { call((it) => it.setOutputMedium(text ? 'text' : 'voice')); },
    wantLevels({ wanted }) { call((it) => it.wantLevels(wanted)); },
    answerTool({ invocationId, result, known, error }) {
      call((it) => it.answerTool({
        invocationId, result, responseType: '', agentReaction: '',
        errorType: error && (known ? 'implementation-error' : 'undefined'), errorMessage: error,
      }));
    },

    setTimer({ timer, ms }) {
      clearTimeout(timers[timer]);
      timers[timer] = setTimeout(() => tell({ event: 'timerFired', timer }), ms);
    },
    copyText({ text }) { copyText(text, (ok) => tell({ event: 'copied', ok })); },
    download,
    pickFile() {
      pickTextFile('.json,application/json', MAX_IMPORT_BYTES, (text, failure) => tell({ event: 'filePicked', text, failure }));
    },
    playAudio({ url }) { sound.play(url); },
    stopAudio() { sound.stop(); },
    /** In the press: a question that a page asks by itself is one that browsers hide. */
    askToNotify() { Notification.requestPermission().then((consent) => tell({ event: 'notifyAnswered', consent })); },
    notify({ call: id, ...note }) { import('./later.js').then(({ notify }) => notify({ tag: id, ...note }, () => tell({ event: 'liveSelected', id }))); },
    takePhoneLinks() { navigator.registerProtocolHandler('tel', `${location.origin}/#call/%s`); },
    playEndTone,
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
    useLanguage({ language: chosen, regions }) {
      const code = languageFor(chosen, navigator.languages);
      const show = ({ words, said }, shown = code) => {
        const locale = localeFor(shown, navigator.languages);
        document.documentElement.lang = shown;
        format = formatsOf(locale);
        tell({ event: 'languageLoaded', language: shown, words, said, countries: countriesOf(locale, regions) });
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

  addEventListener('popstate', () => tell({ event: 'routeChanged', route: route() }, INPUT));

  return {
    orders,
    tell,
    format: (name, value, of) => format(name, value, of),
    carry({ effect, ...order }) { orders[effect](order); },
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
