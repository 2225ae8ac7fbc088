// Turns web/ and the compiled interface into build/web, the folder the proxy serves.
//
//   node web/build.mjs            bundle, hash, compress
//   node web/build.mjs --check    afterwards fail when a download is over its budget
//
// What the sources may say, and what becomes of it:
//   index.html             src="x" and href="x" of a file beside it, or of voxdial.wasm, become /assets/x with a hash
//   *.js, *.css named there   bundled by esbuild; `import('./y.js')` becomes a chunk of its own, loaded when called
//   'voxdial-wasm'         the module that Emscripten wrote (default export: its factory)
//   VOXDIAL_WASM_URL       a constant: the address of the hashed voxdial.wasm, for the factory's locateFile
//   other files            copied under a hashed name
//
// Everything below /assets/ has its content's hash in its name and may be kept for ever; index.html may not.
// Beside each file lies a .br and a .gz of it where that is smaller.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const web = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(web);
const wasmFolder = path.join(root, 'build/wasm');
const output = path.join(root, 'build/web');
const stamp = path.join(root, 'build/web.stamp');

/** The most there may be, in bytes of brotli: to the first usable frame, and the web-call SDK on top of it. */
const budgets = { firstFrame: 220_000, webCall: 130_000 };

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

async function filesBelow(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(file)));
    else found.push(file);
  }
  return found.sort();
}

/** One hash over every input, so that a second build has nothing to do. */
async function inputsHash() {
  const inputs = [...(await filesBelow(web)), ...['voxdial.mjs', 'voxdial.wasm'].map((f) => path.join(wasmFolder, f))];
  const hash = createHash('sha256');
  for (const file of inputs) hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex');
}

/** @returns {Promise<Map<string, Buffer>>} every file of the output, by its path below build/web */
async function bundle() {
  const files = new Map();
  const page = await readFile(path.join(web, 'index.html'), 'utf8');
  const references = [...page.matchAll(/\b(?:src|href)="(?:\.\/)?([^"/:#?][^":#?]*)"/g)].map((match) => match[1]);
  const addresses = new Map();

  const keep = (name, bytes) => {
    const { name: stem, ext } = path.parse(name);
    const address = `assets/${stem}.${hashOf(bytes)}${ext}`;
    files.set(address, bytes);
    addresses.set(name, `/${address}`);
  };
  keep('voxdial.wasm', await readFile(path.join(wasmFolder, 'voxdial.wasm')));

  const bundled = references.filter((name) => /\.(js|css)$/.test(name));
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: bundled.map((name) => path.join(web, name)),
    outdir: path.join(output, 'assets'),
    entryNames: '[name].[hash]',
    chunkNames: '[name].[hash]',
    assetNames: '[name].[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome100', 'firefox100', 'safari15.4'],
    minify: true,
    legalComments: 'linked',
    metafile: true,
    write: false,
    alias: { 'voxdial-wasm': path.join(wasmFolder, 'voxdial.mjs') },
    define: { VOXDIAL_WASM_URL: JSON.stringify(addresses.get('voxdial.wasm')) },
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    logLevel: 'warning',
  });
  for (const file of result.outputFiles) files.set(path.relative(output, file.path), Buffer.from(file.contents));
  for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (entryPoint) addresses.set(path.relative('web', entryPoint), `/${path.relative('build/web', file)}`);
  }

  for (const name of references) {
    if (addresses.has(name)) continue;
    if (!existsSync(path.join(web, name))) throw new Error(`index.html refers to ${name}, which is not in web/`);
    keep(name, await readFile(path.join(web, name)));
  }
  const finished = page.replace(/\b(src|href)="(?:\.\/)?([^"/:#?][^":#?]*)"/g, (_, kind, name) => `${kind}="${addresses.get(name)}"`);
  files.set('index.html', Buffer.from(finished));
  return { files, outputs: result.metafile.outputs };
}

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_LGBLOCK]: 20, // code is alike throughout: longer blocks than brotli guesses are better
    },
  });

async function write(files) {
  const fresh = `${output}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(path.join(fresh, 'assets'), { recursive: true });
  const sizes = new Map();
  for (const [name, bytes] of files) {
    await writeFile(path.join(fresh, name), bytes);
    const compressed = { '.br': brotli(bytes), '.gz': gzipSync(bytes, { level: 9 }) };
    for (const [extension, smaller] of Object.entries(compressed)) {
      if (smaller.length < bytes.length) await writeFile(path.join(fresh, name + extension), smaller);
    }
    sizes.set(name, Math.min(bytes.length, compressed['.br'].length));
  }
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
  return sizes;
}

/** What a browser downloads before the first frame, and what the first web call adds to it. */
function downloads(outputs, sizes) {
  const later = new Set();
  const first = new Set(['index.html', ...[...sizes.keys()].filter((name) => name.endsWith('.wasm'))]);
  const follow = (file, into) => {
    const name = path.relative('build/web', file);
    if (first.has(name) || into.has(name)) return;
    into.add(name);
    for (const { path: target, kind } of outputs[file].imports) {
      if (outputs[target] && kind !== 'dynamic-import') follow(target, into);
    }
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint && !isDynamicOnly(outputs, file)) follow(file, first);
  }
  for (const file of Object.keys(outputs)) if (/\.(js|css)$/.test(file)) follow(file, later);
  const sum = (names) => [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  return { firstFrame: sum(first), webCall: sum(later) };
}

const isDynamicOnly = (outputs, file) =>
  Object.values(outputs).some(({ imports }) => imports.some((i) => i.path === file && i.kind === 'dynamic-import'));

const hash = await inputsHash();
let built = null;
if (existsSync(stamp) && existsSync(path.join(output, 'index.html'))) {
  const previous = JSON.parse(await readFile(stamp, 'utf8'));
  if (previous.hash === hash) built = previous.built;
}
if (!built) {
  const { files, outputs } = await bundle();
  built = downloads(outputs, await write(files));
  await writeFile(stamp, JSON.stringify({ hash, built }));
}

let over = false;
for (const [name, budget] of Object.entries(budgets)) {
  const verdict = built[name] > budget ? 'OVER' : 'within';
  over ||= built[name] > budget;
  console.log(`${name}: ${built[name]} bytes brotli, ${verdict} the budget of ${budget}`);
}
if (over && process.argv.includes('--check')) process.exitCode = 1;
