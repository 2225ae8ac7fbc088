// Misbehaviour on order: which of the next requests goes wrong, and how. A fault is plain data:
//
//   { vendor?: 'ultravox'|'twilio', method?: 'POST', path?: <regular expression, unanchored>,
//     asks?: <the same, of query and body: 'To=%2B12025550100'>,
//     times?: 1 (or 'always'), lasts?: seconds from now (for ever), skip?: 0 (matching requests let through first),
//     kind, ...its own fields, processed?: bool (whether the vendor acts on the request all the same) }
//
//   kind         processed  what the client sees
//   reset        no         the connection is reset, no reply
//   drop-reply   yes        the same, after the vendor has acted
//   late         no         the same at once; the vendor acts `seconds` (5) afterwards
//   hang         no         nothing, until `seconds` (600) have passed or the client gives up
//   status       no         `status` (500), `headers`, `body` (text or JSON), `contentType`
//   delay        yes        the right reply, `seconds` (1) late
//   bad-json     yes        the right status, half of the JSON
//   wrong-shape  yes        the right status, JSON `body` (default []) of another shape
//   altered      yes        the right reply with `change` merged into its JSON: {sid: '...'}, {calls: {0: {to: '...'}}}
//   ignored      no         what GET of the same path is answered: the resource as it was
//   slow         yes        the right reply, one byte every `seconds` (0.1)
//   huge         yes        the right status, JSON text of `bytes` (20 MB)
//   cut          yes        half of the promised Content-Length, then reset
//   garbage      no         bytes that are not HTTP
//   redirect     no         `status` (302) to `location`
//
// Times here are real seconds. To refuse connections altogether close the vendor's listener (control: down).

const KINDS = {
  reset: false,
  'drop-reply': true,
  late: false,
  hang: false,
  status: false,
  delay: true,
  'bad-json': true,
  'wrong-shape': true,
  altered: true,
  ignored: false,
  slow: true,
  huge: true,
  cut: true,
  garbage: false,
  redirect: false,
};

export class Faults {
  #list = [];
  #timers = new Set();

  add(fault) {
    if (!(fault.kind in KINDS))
      throw new TypeError(`unknown fault kind "${fault.kind}": one of ${Object.keys(KINDS).join(', ')}`);
    const pattern = (text) => (text === undefined ? undefined : new RegExp(text));
    const ordered = {
      processed: KINDS[fault.kind],
      ...fault,
      path: pattern(fault.path),
      asks: pattern(fault.asks),
      left: fault.times ?? (fault.lasts ? 'always' : 1),
      skip: fault.skip ?? 0,
    };
    this.#list.push(ordered);
    if (fault.lasts) this.later(fault.lasts, () => this.#forget(ordered));
  }

  /** The fault this request meets, used up by it, or undefined. */
  take(vendor, { method, path, query = '', body = '' }) {
    const fault = this.#list.find(
      (f) =>
        (f.vendor ?? vendor) === vendor &&
        (f.method ?? method) === method &&
        (f.path?.test(path) ?? true) &&
        (f.asks?.test(`${query}\n${body}`) ?? true),
    );
    if (!fault) return undefined;
    if (fault.skip > 0) {
      fault.skip--;
      return undefined;
    }
    if (fault.left !== 'always' && --fault.left <= 0) this.#forget(fault);
    return fault;
  }

  #forget(fault) {
    this.#list = this.#list.filter((one) => one !== fault);
  }

  /** Runs `act` in so many seconds, unless the faults are cleared before. */
  later(seconds, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, seconds * 1000);
    this.#timers.add(timer);
  }

  clear() {
    this.#list = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** Writes `reply` to `res`, spoiled as `fault` says. */
export function spoil(res, reply, fault) {
  const socket = res.socket;
  const wait = (seconds, act) => {
    const timer = setTimeout(act, seconds * 1000);
    res.on('close', () => clearTimeout(timer));
  };
  const json = { ...reply.headers, 'content-type': 'application/json' };
  delete json['content-length'];
  switch (fault.kind) {
    case 'reset':
    case 'drop-reply':
    case 'late':
      return socket.resetAndDestroy();
    case 'hang':
      return wait(fault.seconds ?? 600, () => socket.destroy());
    case 'garbage':
      return socket.end('\x16\x03\x01 this is not HTTP\r\n\r\n');
    case 'status': {
      const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
      const type = fault.contentType ?? (typeof fault.body === 'string' ? 'text/html' : 'application/json');
      return res.writeHead(fault.status ?? 500, { 'content-type': type, ...fault.headers }).end(text);
    }
    case 'redirect':
      return res.writeHead(fault.status ?? 302, { location: fault.location ?? '/elsewhere' }).end();
    case 'delay':
      return wait(fault.seconds ?? 1, () => res.writeHead(reply.status, reply.headers).end(reply.body));
    case 'bad-json':
      return res.writeHead(reply.status, json).end(reply.body.subarray(0, Math.max(1, reply.body.length >> 1)));
    case 'altered': {
      const body = reply.body.length ? merged(JSON.parse(reply.body), fault.change) : fault.change;
      return res.writeHead(reply.status, json).end(JSON.stringify(body));
    }
    case 'ignored':
      return res.writeHead(reply.status, reply.headers).end(reply.body);
    case 'wrong-shape':
      return res.writeHead(reply.status, json).end(JSON.stringify(fault.body ?? []));
    case 'huge':
      return sendHuge(res.writeHead(reply.status, json), fault.bytes ?? 20_000_000);
    case 'cut':
      res.writeHead(reply.status, { ...json, 'content-length': reply.body.length });
      return res.write(reply.body.subarray(0, reply.body.length >> 1), () => socket.resetAndDestroy());
    case 'slow': {
      res.writeHead(reply.status, { ...json, 'content-length': reply.body.length });
      let at = 0;
      const dripping = setInterval(
        () => {
          if (at < reply.body.length) res.write(reply.body.subarray(at, ++at));
          else res.end();
        },
        (fault.seconds ?? 0.1) * 1000,
      );
      return res.on('close', () => clearInterval(dripping));
    }
  }
}

/** `value` with `change` in it, at any depth; a list is changed by place. */
function merged(value, change) {
  if (!change || typeof change !== 'object' || Array.isArray(change)) return change;
  const into = Array.isArray(value) ? [...value] : { ...value };
  for (const [name, other] of Object.entries(change)) into[name] = merged(into[name], other);
  return into;
}

/** One JSON string of about `bytes`, sent as fast as the client reads. */
function sendHuge(res, bytes) {
  const block = Buffer.alloc(65536, 'x');
  let left = bytes;
  res.write('{"filler":"');
  const more = () => {
    while (left > 0 && !res.destroyed) {
      left -= block.length;
      if (!res.write(block)) return res.once('drain', more);
    }
    res.end('"}');
  };
  more();
}
