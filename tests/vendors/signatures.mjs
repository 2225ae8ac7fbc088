// How each vendor signs what it sends to a webhook, and nothing else.
import { createHmac } from 'node:crypto';

/**
 * X-Twilio-Signature of a form POST: base64 HMAC-SHA1 over the URL (without its fragment) followed by
 * every name and value, sorted by name; the values of a repeated name are sorted and said once each.
 * @param {string} authToken the account's primary token, also when REST uses an API key
 * @param {string} url as configured by the customer
 * @param {Iterable<[string, string]>} params decoded form fields
 */
export function twilioSignature(authToken, url, params = []) {
  const byName = new Map();
  for (const [name, value] of params) {
    byName.set(name, (byName.get(name) ?? new Set()).add(value));
  }
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  let data = url.split('#')[0];
  for (const name of [...byName.keys()].sort(order)) {
    for (const value of [...byName.get(name)].sort(order)) data += name + value;
  }
  return createHmac('sha1', authToken).update(data, 'utf8').digest('base64');
}

/** X-Ultravox-Webhook-Signature: one lower-case hex HMAC-SHA256 of body and timestamp for each secret. */
export function ultravoxSignature(secrets, body, timestamp) {
  return secrets
    .map((secret) => createHmac('sha256', secret).update(body, 'utf8').update(timestamp, 'utf8').digest('hex'))
    .join(',');
}
