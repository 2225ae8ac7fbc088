// Sends the vendors' webhooks, only ever to 127.0.0.1, and misbehaves on order. A webhook is
// { vendor, event, url, body, contentType, headers(url) }. Rules, met in the order given:
//
//   { vendor?, event?: 'ringing'|'call.ended'|..., times?: 'always', does, seconds? }
//
//   does     lose     never sent
//            late     sent `seconds` (5, as played) later
//            double   sent twice, with the same idempotency token
//            reorder  held back until the next webhook of any call has gone out
//            forge    sent with a wrong signature
//
// A customer's public address is reached through `addresses`: {"https://voice.example.com": "http://127.0.0.1:8080"}.
// The signature is made for the public one. Where neither is loopback, nothing is sent.

import { setMaxListeners } from 'node:events';

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(?=[/?#]|$)/;
const DOES = ['lose', 'late', 'double', 'reorder', 'forge'];
const REPLY_MS = 15_000;

export class Webhooks {
  #rules = [];
  #addresses = {};
  #held = [];
  #order = new Map(); // a call's webhooks leave one after the other
  #life = newLife(); // of all that is under way; a reset ends it
  #journal;
  #pace;

  constructor({ journal, pace }) {
    this.#journal = journal;
    this.#pace = pace;
  }

  addRule(rule) {
    if (!DOES.includes(rule.does)) throw new TypeError(`unknown "does": one of ${DOES.join(', ')}`);
    this.#rules.push({ ...rule, left: rule.times ?? 'always' });
  }

  reach(addresses) {
    this.#addresses = { ...addresses };
  }

  clear() {
    this.#life.abort();
    this.#life = newLife();
    this.#rules.length = 0;
    this.#held.length = 0;
    this.#order.clear();
  }

  /**
   * @param {object} hook see above; `call` names the call, `sign()` gives the headers at the time of sending,
   *   `retry(outcome, attempt)` gives the seconds until another try, or undefined for none
   */
  send(hook) {
    const rule = this.#takeRule(hook);
    switch (rule?.does) {
      case 'lose':
        return this.#journal.webhook(hook, 'lost');
      case 'late':
        return void this.#pace.after(rule.seconds ?? 5, () => this.#go(hook));
      case 'double':
        return void (this.#go(hook), this.#go(hook));
      case 'reorder':
        return void this.#held.push(hook);
      case 'forge':
        return this.#go({ ...hook, forged: true });
    }
    this.#go(hook);
    for (const held of this.#held.splice(0)) this.#go(held);
  }

  #takeRule(hook) {
    const at = this.#rules.findIndex(
      (r) => (r.vendor ?? hook.vendor) === hook.vendor && (r.event ?? hook.event) === hook.event,
    );
    if (at < 0) return undefined;
    const rule = this.#rules[at];
    if (rule.left !== 'always' && --rule.left <= 0) this.#rules.splice(at, 1);
    return rule;
  }

  #go(hook) {
    const before = this.#order.get(hook.call) ?? Promise.resolve();
    const life = this.#life.signal;
    const sent = before.then(() => this.#attempt(hook, 1, life));
    this.#order.set(hook.call, sent);
  }

  async #attempt(hook, attempt, life) {
    if (life.aborted) return;
    const target = this.#target(hook.url);
    if (!target) return this.#journal.webhook(hook, 'not sent: not a loopback address');
    const headers = { 'content-type': hook.contentType, ...hook.sign() };
    if (hook.forged)
      for (const name of Object.keys(headers))
        if (/signature$/i.test(name)) headers[name] = headers[name].split('').reverse().join('');
    const outcome = await this.#post(target, headers, hook.body, life);
    if (life.aborted) return;
    this.#journal.webhook(hook, outcome);
    const again = hook.retry?.(outcome, attempt);
    if (again !== undefined) this.#pace.after(again, () => this.#attempt(hook, attempt + 1, life));
  }

  /** The status of the answer, or the name of the failure. */
  async #post(target, headers, body, life) {
    const attempt = new AbortController();
    const giveUp = () => attempt.abort(new DOMException('no answer', 'TimeoutError'));
    const timer = setTimeout(giveUp, REPLY_MS);
    life.addEventListener('abort', giveUp);
    try {
      const reply = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal: attempt.signal });
      await reply.arrayBuffer();
      return reply.status;
    } catch (error) {
      return error.cause?.code ?? error.name;
    } finally {
      clearTimeout(timer);
      life.removeEventListener('abort', giveUp);
    }
  }

  #target(url) {
    const plain = url.split('#')[0];
    for (const [from, to] of Object.entries(this.#addresses)) {
      if (plain.startsWith(from) && LOOPBACK.test(to)) return to + plain.slice(from.length);
    }
    return LOOPBACK.test(plain) ? plain : undefined;
  }
}

/** Any number of webhooks may be under way at once. */
function newLife() {
  const life = new AbortController();
  setMaxListeners(0, life.signal);
  return life;
}
