// HTTP over plain sockets, with as little work of its own as a measurement on two cores needs: kept-alive connections
// that post one request after the other, and vendors that answer at once. It reads what our own servers and Node's send
// (Content-Length or chunks, whole heads), nothing else; scripts/bench-proxy uses it.
import { randomUUID } from 'node:crypto';
import net from 'node:net';

/** Where the first whole message in `text` (latin1) ends, and its parts; nothing while it is incomplete. */
function takeMessage(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const start = text.slice(0, head);
  const at = head + 4;
  if (/\r\ntransfer-encoding: chunked/i.test(start)) {
    const last = text.indexOf('0\r\n\r\n', at);
    return last < 0 ? undefined : { start, body: text.slice(at, last), end: last + 5 };
  }
  const end = at + Number(/\r\ncontent-length: (\d+)/i.exec(start)?.[1] ?? 0);
  return text.length < end ? undefined : { start, body: text.slice(at, end), end };
}

/** One kept-alive connection: `post(path, body, headers)` answers {status, body, ms}; one at a time. */
export class Line {
  #text = '';
  #done = null;

  constructor(url) {
    const { hostname, port, host } = new URL(url);
    this.host = host;
    this.socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text) => {
      this.#text += text;
      const message = takeMessage(this.#text);
      if (!message) return;
      this.#text = this.#text.slice(message.end);
      const ms = performance.now() - this.began;
      this.#done({ status: Number(message.start.slice(9, 12)), body: message.body, ms });
    });
    const lost = (error) => this.fail?.(error ?? new Error('the server closed the connection'));
    this.socket.on('error', lost).on('close', () => lost());
  }

  post(path, body, headers = {}) {
    const lines = Object.entries({
      host: this.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    });
    const head = `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    return new Promise((done, fail) => {
      this.#done = done;
      this.fail = fail;
      this.began = performance.now();
      this.socket.write(head + body);
    });
  }
  close() {
    this.fail = null;
    this.socket.destroy();
  }
}

/**
 * Ultravox and Twilio at one address, as quick as can be: both create requests are answered at once, and whoever asks
 * about a call is told that it goes on. `spent` counts the milliseconds between a request's arrival and its reply.
 */
export async function startInstantVendors() {
  const vendors = { url: '', created: 0, dialled: 0, spent: 0 };
  const ultravox = (id) =>
    JSON.stringify({
      callId: id,
      created: new Date().toISOString(),
      joined: null,
      ended: null,
      joinUrl: `wss://127.0.0.1:9/calls/${id}`,
    });
  const twilio = (sid) => JSON.stringify({ sid, status: 'queued', to: '+12025550100', from: '+15005550006' });

  function answer(start) {
    const [method, path] = start.split(' ', 2);
    if (method === 'POST' && path === '/api/calls') {
      vendors.created++;
      return [201, ultravox(randomUUID())];
    }
    if (method === 'POST') {
      vendors.dialled++;
      return [201, twilio(`CA${randomUUID().replaceAll('-', '')}`)];
    }
    if (path.includes('/messages')) return [200, '{"results":[],"next":null,"total":0}'];
    const sid = /\/Calls\/(CA\w+)\.json/.exec(path);
    if (sid) return [200, twilio(sid[1])];
    const id = /^\/api\/calls\/([\w-]+)/.exec(path);
    return id ? [200, ultravox(id[1])] : [404, '{}'];
  }

  const server = net.createServer({ noDelay: true }, (socket) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('data', (more) => {
      const began = performance.now();
      text += more;
      for (let message = takeMessage(text); message; message = takeMessage(text)) {
        text = text.slice(message.end);
        const [status, body] = answer(message.start);
        socket.write(
          `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      }
      vendors.spent += performance.now() - began;
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  vendors.url = `http://127.0.0.1:${server.address().port}`;
  return vendors;
}
