// A page with nothing but the web call: what the tests of web/web-call.js open.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import * as esbuild from '../../web/node_modules/esbuild/lib/main.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

async function bundle(alias) {
  const result = await esbuild.build({
    stdin: {
      contents: `
        import { createWebCall } from './web-call.js';
        // connect, publish: what Room.connect and publishTrack do; null succeeds at once
        window.livekit = { rooms: [], micTracks: [], connect: null, publish: null };
        window.events = [];
        window.start = (loadSdk) => { window.call = createWebCall((...event) => window.events.push(event), loadSdk); };
        window.start();`,
      resolveDir: here('../../web'),
    },
    bundle: true,
    format: 'esm',
    write: false,
    alias,
    nodePaths: [here('../../web/node_modules')],
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

/**
 * Serves the page over the fake room, and join sockets at /join that do what the test tells them.
 * @param {{ realRoom?: boolean }} [options]  over livekit-client itself instead
 */
export async function serveWebCallPage({ realRoom = false } = {}) {
  const script = await bundle(realRoom ? {} : { 'livekit-client': here('fake-livekit.mjs') });
  const sockets = new WebSocketServer({ noServer: true });
  const site = { url: '', joinUrl: '', greet: true, sockets: [] };
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>call</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>');
  });
  server.on('upgrade', (request, socket, head) => {
    if (!request.url.startsWith('/join')) return socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.joinedWith = new URL(request.url, 'http://x').searchParams;
      site.sockets.push(ws);
      if (site.greet) ws.send(JSON.stringify({ type: 'room_info', roomUrl: 'ws://room', token: 'token' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  site.url = `http://${host}/`;
  site.joinUrl = `ws://${host}/join`;
  site.close = () => {
    for (const ws of sockets.clients) ws.terminate();
    server.closeAllConnections();
    server.close();
  };
  return site;
}
