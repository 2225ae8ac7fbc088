// What the vendors saw: every request, every breach of a vendor's rules, every call really placed and
// every webhook sent. Tests read it to prove "0 violations" and "none dialled twice". It keeps whole
// bodies, so it is for made-up data only; a sandbox that runs for days forgets the oldest requests.

const KEPT = 20_000; // requests, and webhooks

export class Journal {
  requests = [];
  violations = [];
  dialled = new Map(); // To -> sids, in the order placed
  webhooks = [];

  /** Notes a request; the entry's `status` is filled in when it is answered. */
  request(vendor, { method, path, query, headers, body }) {
    const { authorization, 'x-api-key': key, ...harmless } = headers;
    const entry = {
      at: new Date().toISOString(),
      vendor,
      method,
      path,
      query,
      headers: harmless,
      authenticated: Boolean(authorization ?? key),
      body: body.toString('utf8'),
      status: null,
    };
    keep(this.requests, entry);
    return entry;
  }

  violation(vendor, request, rule, detail) {
    this.violations.push({
      at: new Date().toISOString(),
      vendor,
      method: request.method,
      path: request.path,
      rule,
      detail,
    });
  }

  webhook(hook, outcome) {
    const { vendor, event, call, url } = hook;
    keep(this.webhooks, { at: new Date().toISOString(), vendor, event, call, url, outcome });
  }

  dial(to, sid) {
    this.dialled.set(to, [...(this.dialled.get(to) ?? []), sid]);
  }

  clear() {
    this.requests.length = 0;
    this.violations.length = 0;
    this.dialled.clear();
    this.webhooks.length = 0;
  }
}

function keep(list, entry) {
  list.push(entry);
  if (list.length > KEPT) list.shift();
}
