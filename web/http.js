// Requests: an id now, one reply later, whatever happens. Never tries again.

/** The name of a press, so that it counts once however often it is sent. Plain http from another host has no randomUUID. */
export const randomKey = () => crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-');

/**
 * @param reply  ({ id, failure: 'none' | 'network' | 'timeout', status, body, sentAt, heardAt, serverTime }): between the
 *               first two times, by Date.now(), the server wrote the third; 0 where it did not
 */
export function createHttp(reply) {
  return async ({ id, method, url, headers, body, timeoutMs, outlivesPage }) => {
    const controller = new AbortController();
    let late = false, sentAt = 0, heardAt = 0;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, timeoutMs); // for the whole exchange, body included
    try {
      sentAt = Date.now();
      const response = await fetch(url, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...Object.fromEntries(headers.map(({ name, value }) => [name, value])) },
        body,
        credentials: 'same-origin',
        keepalive: outlivesPage,
        signal: controller.signal,
      });
      heardAt = Date.now();
      const text = await response.text();
      const serverTime = Date.parse(response.headers.get('server-time')) || 0;
      reply({ id, failure: 'none', status: response.status, body: text, sentAt, heardAt, serverTime });
    } catch {
      reply({ id, failure: late ? 'timeout' : 'network' });
    } finally {
      clearTimeout(timer);
    }
  };
}
