// See scripts/bench-page.
import { launch, newPage } from '../tests/e2e/browser.mjs';
import { startHouse } from '../tests/e2e/house.mjs';

const ROWS = 1000, LINES = 2000;
const REST_MS = 3000;

/** In the page: what each frame and each press cost the main thread, when it was seen, and the memory of all textures. */
function watch() {
  window.frames_ms = [];
  const request = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => request.call(window, (now) => {
    const start = performance.now();
    draw(now);
    window.frames_ms.push(performance.now() - start);
  });
  window.shown_ms = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (/^(pointerup|click|keydown)$/.test(name)) window.shown_ms.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });
  // The picture that a press changes is drawn before its event is over, or at the next repaint: the last command to draw
  // until then is when it is handed over.
  window.drawn_ms = [];
  let last = 0;
  const { drawElements } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.drawElements = function (...given) {
    drawElements.apply(this, given);
    last = performance.now();
  };
  addEventListener('pointerup', ({ timeStamp }) => {
    request.call(window, () => setTimeout(() => window.drawn_ms.push(last - timeStamp)));
  }, { capture: true });
  window.most_bytes = 0;
  const gl = WebGL2RenderingContext.prototype, sizes = new Map();
  let bound = null;
  const { bindTexture, texImage2D, deleteTexture } = gl;
  const count = () => { window.most_bytes = Math.max(window.most_bytes, [...sizes.values()].reduce((sum, size) => sum + size, 0)); };
  gl.bindTexture = function (target, texture) {
    bound = texture;
    return bindTexture.call(this, target, texture);
  };
  gl.texImage2D = function (...given) {
    sizes.set(bound, given[3] * given[4] * 4);
    count();
    return texImage2D.apply(this, given);
  };
  gl.deleteTexture = function (texture) {
    sizes.delete(texture);
    return deleteTexture.call(this, texture);
  };
}

const call = (i, agentName) => ({
  id: `c${i}`, version: 1, medium: i % 3 ? 'twilio' : 'web', status: ['completed', 'busy', 'no-answer'][i % 3], agent: 'assistant', agentName,
  to: i % 3 ? `+1202555${String(100 + (i % 100)).padStart(4, '0')}` : '', toRegion: 'US', createdAt: new Date(1.7e12 - i * 6e5).toISOString(),
});
/** Letters that are seldom met twice: Chinese from U+4E00 on. */
const rare = (i) => String.fromCodePoint(...Array.from({ length: 20 }, (_, k) => 0x4e00 + ((i * 20 + k) % 20_000)));

async function open(browser, house, at, answers, look = {}) {
  const page = await newPage(browser, look);
  await page.addInitScript(watch);
  for (const [where, json] of Object.entries(answers)) await page.route(where, (route) => route.fulfill({ json }));
  await page.goto(`${house.url}/#${at}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(500);
  return page;
}

async function scrolled(page, times, step) {
  await page.mouse.move(500, 500);
  await page.evaluate(() => { window.frames_ms.length = 0; });
  for (let i = 0; i < times; i++) {
    await page.mouse.wheel(0, step);
    await page.waitForTimeout(25);
  }
  return page.evaluate(() => window.frames_ms);
}
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const quantiles = (ms) => {
  const sorted = [...ms].sort((a, b) => a - b);
  return { n: ms.length, p50: at(sorted, 0.5), p95: at(sorted, 0.95) };
};

const results = [];
const tell = (what, value, budget, unit, more = '') => results.push({ what, value, budget, unit, more });

const [browser, house] = await Promise.all([launch(), startHouse()]);
try {
  const rows = Array.from({ length: ROWS }, (_, i) => call(i, 'Assistant'));
  let page = await open(browser, house, 'history', { '**/api/calls?*': { calls: rows } });
  let cost = quantiles(await scrolled(page, 120, 240));
  tell(`a frame with ${ROWS} rows, CPU p50`, cost.p50, 4, 'ms', `p95 ${cost.p95.toFixed(1)} ms of ${cost.n} frames`);

  for (let i = 0; i < 10; i++) {
    for (const name of ['Settings', 'History']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.waitForTimeout(120);
    }
  }
  const { drawn, shown, graphics } = await page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2');
    const renderer = gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    return { drawn: window.drawn_ms, shown: window.shown_ms, graphics: renderer };
  });
  cost = quantiles(drawn);
  tell('from a press to the changed picture drawn, p95 of 20', cost.p95, 50, 'ms', `p50 ${cost.p50.toFixed(1)} ms`);
  // What a processor draws in place of a graphics card is slow whatever the page does.
  const software = /SwiftShader|llvmpipe|softpipe/i.test(graphics);
  tell('and until the screen shows it, the longest', Math.max(16, ...shown), software ? Infinity : 50, 'ms', software ? 'drawn without a graphics card' : 'less than 16 counts as 16');

  await page.mouse.move(5, 790);
  await page.waitForTimeout(1500);
  await page.evaluate(() => { window.frames_ms.length = 0; });
  await page.waitForTimeout(REST_MS);
  tell('frames in 3 s at rest', (await page.evaluate(() => window.frames_ms.length)), 0, '');
  await page.context().close();

  const entries = Array.from({ length: LINES }, (_, index) => ({
    index, role: index % 2 ? 'user' : 'agent', text: `Line ${index}: the words of a call go on and on, and are broken into lines.`, final: true,
  }));
  page = await open(browser, house, 'history/c0', {
    '**/api/calls?*': { calls: rows },
    '**/api/calls/c0': { call: call(0, 'Assistant'), timeline: [] },
    '**/api/calls/c0/messages': { callId: 'c0', entries },
  });
  await page.locator('li', { hasText: `Line ${LINES - 1}:` }).waitFor({ state: 'attached' });
  cost = quantiles(await scrolled(page, 120, 240));
  tell(`a frame with ${LINES} transcript lines, CPU p50`, cost.p50, 4, 'ms', `p95 ${cost.p95.toFixed(1)} ms of ${cost.n} frames`);
  await page.context().close();

  // Every row in other letters, on a sharp screen: more glyphs than there is room for.
  page = await open(browser, house, 'history', { '**/api/calls?*': { calls: rows.map((_, i) => call(i, rare(i))) } }, { dpr: 3 });
  await scrolled(page, 150, 300);
  tell('memory of the textures at most', (await page.evaluate(() => window.most_bytes)) / 2 ** 20, 32, 'MB', `${ROWS * 20} letters, three pixels a point`);
  await page.context().close();
} finally {
  await browser.close();
  await house.close();
}

for (const { what, value, budget, unit, more } of results) {
  const verdict = budget === Infinity ? 'without' : value <= budget ? 'within' : 'OVER';
  console.log(`${what}: ${Number(value.toFixed(1))} ${unit} (${verdict} the budget of ${budget} ${unit}${more && `; ${more}`})`.replace(/ +/g, ' '));
}
if (process.argv.includes('--check') && results.some(({ value, budget }) => value > budget)) process.exitCode = 1;
