// A headless Chromium with a page that holds the unmodified Ultravox SDK, bundled from web/'s own packages.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { launch } from '../../e2e/browser.mjs';

const fromWeb = createRequire(new URL('../../../web/package.json', import.meta.url));

const PAGE = `<!doctype html><meta charset="utf-8"><title>call</title><script type="module">
window.log = [];
addEventListener('unhandledrejection', (e) => log.push('UNHANDLED ' + e.reason?.name + ' ' + e.reason?.message));
addEventListener('error', (e) => log.push('ERROR ' + e.message));
window.join = async (joinUrl, options, tools = {}) => {
  const { UltravoxSession } = await import('./sdk.mjs');
  const s = window.session = new UltravoxSession(options?.debug ? { additionalMessages: new Set(['debug']) } : {});
  s.addEventListener('status', () => log.push('status ' + s.status));
  s.addEventListener('data_message', (e) => log.push('data ' + e.message.type));
  window.toolCalls = [];
  for (const [name, result] of Object.entries(tools)) s.registerToolImplementation(name, (p) => { toolCalls.push(p); return result; });
  s.joinCall(joinUrl);
};
</script>`;

async function bundle() {
  const { build } = fromWeb('esbuild');
  const out = await build({
    stdin: {
      contents: "export { UltravoxSession } from 'ultravox-client'",
      resolveDir: new URL('../../../web/', import.meta.url).pathname,
    },
    bundle: true,
    format: 'esm',
    write: false,
    target: 'es2022',
    logLevel: 'error',
  });
  return out.outputFiles[0].contents;
}

/** {page(), close()}: each page is a fresh context on a page with window.join(joinUrl, options, tools). */
export async function openBrowser(args = []) {
  const sdk = await bundle();
  const server = createServer((req, res) => {
    const script = req.url === '/sdk.mjs';
    res.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' }).end(script ? sdk : PAGE);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await launch({ args });
  return {
    async page() {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      await page.waitForFunction(() => window.join);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
