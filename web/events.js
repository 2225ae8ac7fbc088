// The server's news (server-sent events, WHATWG HTML 9.2) for all tabs of this browser over one stream.
//
// A browser opens six connections to a server over HTTP/1.1, all tabs together, so a stream in each tab starves
// the seventh and End in the sixth. One tab leads, by a Web Lock: it holds the stream and passes on what it hears
// by a BroadcastChannel; when it goes the next one takes the lock and goes on after the last event anybody heard.
// A leader that shows no sign of life (a phone puts hidden tabs to sleep, with their locks) is deposed by a tab
// that is seen. Where there are no Web Locks (plain http to another machine) each tab that is seen holds its own
// stream, and hidden ones let go.
//
// Read with fetch, not with EventSource: that one neither tells a refusal (401) from a cut line nor a line that is
// held back by something in between from one on which nothing happens. The server speaks every 8 s.

const FIRST_WORD_MS = 8_000; // the server speaks at once; what is not there by then is held back
const SILENCE_MS = 17_000; // two of the server's beats are missing
const HELD_MS = 30_000; // a line on which no word ever came is given up for a new one
const RETRY_MAX_MS = 30_000;
const ANSWER_MS = 3_000; // for a leader to show that it lives
const BEAT_MS = 8_000; // how often a leader shows it
const CLOCK_DOUBT_MS = 250; // the page is told of the server's time when it differs from what it was told by more

/** Cuts text into events. A chunk may end anywhere, also between CR and LF. */
export class EventParser {
  #rest = ''; #event = ''; #data = []; #id = null;
  lastId; retryMs = 500;
  /** @param {(event: string, data: string) => void} hear  @param {string} lastId  where to go on */
  constructor(hear, lastId = '') {
    this.hear = hear;
    this.lastId = lastId;
  }
  feed(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#take(line);
  }
  #take(line) {
    if (!line) {
      if (this.#id !== null) this.lastId = this.#id;
      const [event, data] = [this.#event || 'message', this.#data];
      this.#event = '';
      this.#data = [];
      this.#id = null;
      if (data.length) this.hear(event, data.join('\n'));
      return;
    }
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Math.min(Number(value), RETRY_MAX_MS);
  }
}

/**
 * One stream that keeps itself alive. Comes back after 0.5, 1, 2 ... 30 s, each shortened by up to half, at random, so
 * that a restarted server is not run over.
 */
class Line {
  #url; #tell; #hear; #times; #controller = null; #attempt = 0; #timer = 0; #watch = 0; #retryMs = 500; #held = false;
  lastId = '';

  /** @param tell (state, status): connecting, live, held, reconnecting, refused  @param hear (event, data, id) */
  constructor(url, tell, hear, times) {
    this.#url = url;
    this.#tell = tell;
    this.#hear = hear;
    this.#times = times;
  }
  get open() { return this.#controller !== null; }
  get waiting() { return this.#timer !== 0; }

  async connect() {
    this.drop();
    const mine = (this.#controller = new AbortController());
    const parser = new EventParser((event, data) => this.#hear(event, data, parser.lastId), this.lastId);
    this.#expect(this.#times.firstWord, this.#times.held);
    try {
      const headers = { accept: 'text/event-stream', ...(this.lastId ? { 'last-event-id': this.lastId } : {}) };
      const reply = await fetch(this.#url, { headers, credentials: 'same-origin', cache: 'no-store', signal: mine.signal });
      if (mine !== this.#controller) return;
      if (reply.status !== 200) {
        if (reply.status === 429 || reply.status >= 500) return this.#again(Number(reply.headers.get('retry-after')) * 1000);
        this.drop();
        return this.#tell('refused', reply.status);
      }
      const decoder = new TextDecoder();
      const reader = reply.body.getReader();
      for (let first = true; ; first = false) {
        const { done, value } = await reader.read();
        if (mine !== this.#controller) return;
        if (done) return this.#again();
        this.#expect(this.#times.silence, 0);
        this.#attempt = 0;
        if (first || this.#held) this.#tell('live', 0);
        this.#held = false;
        parser.feed(decoder.decode(value, { stream: true }));
        this.lastId = parser.lastId;
        this.#retryMs = parser.retryMs;
      }
    } catch {
      if (mine === this.#controller) this.#again();
    }
  }
  drop() {
    this.#controller?.abort();
    this.#controller = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#timer = 0;
  }

  /** Something is to be heard within `ms`. What does not come is held back somewhere; `later` another line is tried. */
  #expect(ms, later) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#held = true;
      this.#tell('held', 0);
      this.#watch = setTimeout(() => this.connect(), later);
    }, ms);
  }
  #again(atLeast = 0) {
    this.drop();
    const wait = Math.min(RETRY_MAX_MS, this.#retryMs * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    // A line that was held back and is cut is still held back, until words come through.
    this.#tell(this.#held ? 'held' : 'reconnecting', 0);
    this.#timer = setTimeout(() => this.connect(), Math.max(wait, Math.min(atLeast || 0, 120_000)));
  }
}

/**
 * @param {(kind: 'state' | 'message', ...values: unknown[]) => void} tell  state: (state, status), as Line tells them;
 *   message: (event, data)
 */
export function createEvents(tell, { url = '/api/events', name = 'voxdial-events', times = {} } = {}) {
  const wait = { firstWord: FIRST_WORD_MS, silence: SILENCE_MS, held: HELD_MS, answer: ANSWER_MS, beat: BEAT_MS, ...times };
  const shared = Boolean(navigator.locks && globalThis.BroadcastChannel);
  const seen = () => document.visibilityState === 'visible';
  let channel = null;
  let leading = null; // gives the lock back
  let queued = null; // takes this tab out of the queue for it
  let state = ['connecting', 0];
  let clockTold = NaN;
  let missed = false; // news may have passed while nobody listened for us
  let fresh = true; // what the page knows may be older than what its leader has passed on
  let beat = 0;
  let sign = 0; // until the leader must have shown a sign of life

  const show = (...now) => {
    if (now[0] === 'live' && missed) tell('message', 'reload', '{}');
    if (now[0] === 'live') missed = false;
    if (now[0] !== state[0] || now[1] !== state[1]) tell('state', ...now);
    state = now;
  };
  const pass = (event, data) => {
    if (event === 'clock') {
      const ahead = Date.parse(JSON.parse(data).serverTime) - Date.now();
      if (Math.abs(ahead - clockTold) <= CLOCK_DOUBT_MS) return; // a frame drawn for nothing
      clockTold = ahead;
    }
    tell('message', event, data);
  };
  const post = (message) => channel?.postMessage(message);
  const postState = () => post({ state, lastId: line.lastId });
  const line = new Line(url, (...now) => {
    show(...now);
    if (leading) postState();
  }, (event, data, id) => {
    pass(event, data);
    if (leading) post({ event, data, id });
  }, wait);

  function lead(lock) {
    if (!lock) return undefined;
    queued = null;
    clearTimeout(sign);
    beat = setInterval(postState, wait.beat);
    line.connect();
    return new Promise((done) => (leading = done));
  }
  function resign() {
    clearInterval(beat);
    line.drop();
    leading?.();
    leading = null;
  }
  /** Stands in the queue for the lock; with `steal` it is taken from a leader that is asleep. */
  function queue(steal = false) {
    queued?.abort();
    queued = new AbortController();
    navigator.locks.request(name, steal ? { steal } : { signal: queued.signal }, lead).catch(() => {
      // Deposed, or taken out of the queue by ourselves.
      if (!leading) return;
      resign();
      queue();
      askLeader();
    });
  }
  /** The leader lives, or else somebody who is seen takes over. */
  function expectSign(ms) {
    clearTimeout(sign);
    sign = setTimeout(() => {
      if (leading || !channel) return;
      if (!seen()) return expectSign(wait.silence);
      missed ||= !line.lastId;
      queue(true);
    }, ms);
  }
  function askLeader() {
    post({ ask: true });
    expectSign(wait.answer);
  }
  function hear({ data: message }) {
    if (message.ask) return void (leading && postState());
    if (message.reopen) return void (leading && line.connect());
    if (leading) return;
    expectSign(wait.silence);
    if (message.state) {
      missed ||= fresh && message.lastId !== line.lastId;
      fresh = false;
      show(...message.state);
    }
    if (message.lastId ?? message.id) line.lastId = message.lastId ?? message.id;
    if (message.event) pass(message.event, message.data);
  }

  function start() {
    if (!shared) return void (seen() ? line.connect() : show('held', 0));
    channel = new BroadcastChannel(name);
    channel.onmessage = hear;
    queue();
    askLeader();
  }
  function stop() {
    clearTimeout(sign);
    queued?.abort();
    resign();
    channel?.close();
    channel = null;
  }
  /** The network or the tab is back. */
  function hurry() {
    if (!shared && !seen()) {
      line.drop();
      return show('held', 0);
    }
    if (!seen()) return;
    if (!shared ? !line.open : leading && line.waiting) line.connect();
    else if (shared && !leading) askLeader();
  }

  let started = false;
  return {
    /** Opens the stream, to tell what came after that event; opened again, after a log-in, it starts anew. */
    open(after) {
      line.lastId ||= after;
      if (started) return shared && !leading ? post({ reopen: true }) : void line.connect();
      started = true;
      addEventListener('online', hurry);
      document.addEventListener('visibilitychange', hurry);
      addEventListener('pagehide', stop);
      addEventListener('pageshow', (event) => {
        if (!event.persisted) return;
        missed = true; // the channel was closed: what the others heard meanwhile is not known here
        start();
      });
      start();
    },
  };
}
