// One vendor's HTTP listener on 127.0.0.1: reads a request whole, notes it in the journal, meets the
// ordered faults, asks the vendor's route for a reply. It knows no vendor's rules.
import { createServer } from 'node:http';
import { spoil } from './faults.mjs';

const BODY_LIMIT = 1 << 20;

/** A reply with a JSON body. */
export const json = (status, value, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(value)),
});
export const empty = (status, headers = {}) => ({ status, headers, body: Buffer.alloc(0) });

/**
 * The first of `routes` ([method, pattern, act]) that fits. `pattern` is a path with `:name` parts.
 * Gives {act, params}, or {methods} when only the method is wrong, or undefined.
 */
export function findRoute(routes, method, path) {
  const methods = [];
  for (const [m, pattern, act] of routes) {
    const found = new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`).exec(path);
    if (!found) continue;
    if (m === method) return { act, params: { ...found.groups } };
    methods.push(m);
  }
  return methods.length ? { methods } : undefined;
}

export class Listener {
  #server;
  #port;
  #options;
  #sockets = new Set();

  /**
   * @param {object} options
   * @param {string} options.vendor name in journal and faults
   * @param {(request) => object} options.answer gives {status, headers, body, fault?}; may be async
   * @param {() => Date} [options.clock] what the Date header tells
   * @param {Function} [options.upgrade] as http.Server's 'upgrade' event
   */
  constructor(options) {
    this.#options = options;
  }

  get port() {
    return this.#port;
  }
  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens the port; after close() the same one again. */
  async listen(port = this.#port ?? 0) {
    if (this.#server) return;
    const server = createServer((req, res) => this.#serve(req, res));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    if (this.#options.upgrade) server.on('upgrade', this.#options.upgrade);
    await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
    this.#port = server.address().port;
    this.#server = server;
  }

  /** Refuses new connections and cuts those there are, upgraded ones too. */
  async close() {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((done) => server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(req, res) {
    const { vendor, journal, faults, clock } = this.#options;
    if (clock) res.setHeader('date', clock().toUTCString());
    const chunks = [];
    let size = 0;
    try {
      for await (const chunk of req) {
        size += chunk.length;
        if (size <= BODY_LIMIT) chunks.push(chunk);
      }
    } catch {
      return; // the client went away in the middle
    }
    const url = new URL(req.url, 'http://127.0.0.1');
    const request = {
      method: req.method,
      path: url.pathname,
      query: url.search.slice(1),
      search: url.searchParams,
      headers: req.headers,
      body: Buffer.concat(chunks),
      tooLarge: size > BODY_LIMIT,
    };
    const entry = journal?.request(vendor, request);
    const fault = faults?.take(vendor, request);
    let reply = empty(200);
    if (!fault || fault.processed) reply = await this.#ask(request);
    if (fault?.kind === 'ignored') reply = await this.#ask({ ...request, method: 'GET' });
    if (fault?.kind === 'late') faults.later(fault.seconds ?? 5, () => this.#ask(request));
    const met = fault ?? reply.fault;
    if (entry) entry.status = met ? met.kind : reply.status;
    if (res.destroyed) return;
    if (met) return spoil(res, reply, met);
    const body = req.method === 'HEAD' ? undefined : reply.body;
    res
      .writeHead(reply.status, {
        ...reply.headers,
        ...(reply.status === 204 ? {} : { 'content-length': reply.body.length }),
      })
      .end(body);
  }

  async #ask(request) {
    const { vendor, answer } = this.#options;
    try {
      return await answer(request);
    } catch (error) {
      console.error(`${vendor} stand-in:`, error);
      return json(500, { detail: 'the stand-in itself failed', error: String(error) });
    }
  }
}
