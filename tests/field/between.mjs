// What may stand between a browser and the proxy: an intermediary of a few lines that passes everything on, notes
// what was asked, and can hold event streams back as tunnels, virus scanners and buffering proxies do.
import http from 'node:http';

/**
 * @param {string} target  the proxy's address
 * @returns {Promise<{ url: string, asked: { method: string, path: string, body: string }[], streams: number,
 *   hold: '' | 'body' | 'all', speaking: number, choke(): void, close(): Promise<void> }>}  streams: open event streams;
 *   hold: what is kept of those opened from now on, '' lets them through; speaking: open streams through which words
 *   went on; choke: these are kept open and silent from now on
 */
export async function standBetween(target) {
  const between = { url: '', asked: [], streams: 0, hold: '', get speaking() { return flowing.size; } };
  const { hostname, port } = new URL(target);
  const agent = new http.Agent({ keepAlive: true });
  const flowing = new Map(); // the browser's side to the proxy's
  between.choke = () => {
    for (const [response, reply] of flowing) {
      reply.unpipe(response);
      reply.resume();
    }
    flowing.clear();
  };
  const server = http.createServer((request, response) => {
    const note = { method: request.method, path: request.url, body: '' };
    between.asked.push(note);
    const onward = http.request({ hostname, port, agent, method: request.method, path: request.url, headers: request.headers }, (reply) => {
      const stream = reply.headers['content-type'] === 'text/event-stream';
      const hold = stream ? between.hold : '';
      if (stream) {
        between.streams++;
        response.on('close', () => {
          flowing.delete(response);
          between.streams--;
        });
      }
      if (hold === 'all') return;
      response.writeHead(reply.statusCode, reply.headers);
      response.flushHeaders();
      if (hold === 'body') return void reply.resume();
      reply.pipe(response);
      if (stream) reply.once('data', () => flowing.set(response, reply));
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.on('data', (chunk) => (note.body += chunk));
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  between.url = `http://127.0.0.1:${server.address().port}`;
  between.close = () => new Promise((done) => {
    agent.destroy();
    server.close(done);
    server.closeAllConnections();
  });
  return between;
}
