// Turns web/ and the compiled interface into build/web, the folder the proxy serves.
//
//   node web/build.mjs            bundle, hash, compress
//   node web/build.mjs --check    afterwards fail when a download is over its budget
//
// What the sources may say, and what becomes of it:
//   the pages (*.html)     src="x" and href="x" of a file beside it, or of voxdial.wasm, become /assets/x with a hash
//   *.js, *.css named there   bundled by esbuild; `import('./y.js')` becomes a chunk of its own, loaded when called
//   'words:NAME'           words of a page in every language; data-word and data-label of an element are put in in English
//   'voxdial-wasm'         the module that Emscripten wrote (default export: its factory)
//   VOXDIAL_WASM_URL       a constant: the address of the hashed voxdial.wasm, for the factory's locateFile
//   sw.js                  bundled, at the top: a service worker reaches no further than its folder; theme.js there as well
//   icon-192.png           and its like: favicon.svg drawn at that size
//   other files            copied under a hashed name; a .webmanifest's "src" as in a page
//
// Everything below /assets/ has its content's hash in its name and may be kept for ever; what lies at the top may not.
// Beside each file lies a .br and a .gz of it where that is smaller.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Resvg, initWasm } from '@resvg/resvg-wasm';
import * as esbuild from 'esbuild';

const web = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(web);
const wasmFolder = path.join(root, 'build/wasm');
const wordsFolder = path.join(root, 'wasm-ui/core/words');
const output = path.join(root, 'build/web');
const stamp = path.join(root, 'build/web.stamp');

/** The most there may be, in bytes of brotli: to the first usable frame, and on top of it the web-call SDK and a language. */
const budgets = { firstFrame: 220_000, webCall: 130_000, language: 20_000 };

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

if (!existsSync(path.join(wasmFolder, 'voxdial.wasm'))) {
  console.error('The program is not compiled yet: `scripts/build web` does it, and this.');
  process.exit(1);
}

/** One hash over every input, so that a second build has nothing to do. */
async function inputsHash() {
  const inputs = [...(await filesBelow(web)), ...(await filesBelow(wordsFolder)), path.join(root, 'shared/error.h'), ...['voxdial.mjs', 'voxdial.wasm'].map((f) => path.join(wasmFolder, f))];
  const hash = createHash('sha256');
  for (const file of inputs) hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex');
}

/** A language's words in the order of english.h, by which the program knows them, each in all its forms. */
const words = {
  name: 'words',
  setup({ onLoad }) {
    onLoad({ filter: /core\/words\/[\w-]+\.json$/ }, async ({ path: file }) => {
      const { words: texts, said } = JSON.parse(await readFile(file, 'utf8'));
      const english = await readFile(path.join(wordsFolder, 'english.h'), 'utf8');
      const keys = [...english.matchAll(/^ {2}[WN]\((\w+),/gm)].map((match) => match[1]);
      const forms = (text) => (typeof text === 'string' ? { other: text } : text ?? {});
      const table = {
        words: keys.map((key) => forms(texts[key])),
        said: Object.entries(said).map(([sentence, text]) => ({ english: sentence, text })),
      };
      return { contents: JSON.stringify(table), loader: 'json' };
    });
  },
};

const readWords = async (language) => JSON.parse(await readFile(path.join(wordsFolder, `${language}.json`), 'utf8'));
/** As web/language.js lists them. */
const LANGUAGES = ['en', ...[...(await readFile(path.join(web, 'language.js'), 'utf8')).matchAll(/words\/([\w-]+)\.json/g)].map((found) => found[1])];

/**
 * The words of pages that are plain HTML, by language and key: the "pages" of a language's file. What English's says "=name"
 * of is the program's word, or the server's error, of that name.
 */
async function pageWords() {
  const english = { words: {}, errors: {} };
  const text = (literal) => JSON.parse(`"${literal}"`);
  for (const [, key, literal] of (await readFile(path.join(wordsFolder, 'english.h'), 'utf8')).matchAll(/^ {2}W\((\w+), *"(.*)"\)/gm)) english.words[key] = text(literal);
  for (const [, key, literal] of (await readFile(path.join(root, 'shared/error.h'), 'utf8')).matchAll(/^ {2}X\((\w+), *\d+, "(.*)"\)/gm)) english.errors[key] = text(literal);
  const { pages } = await readWords('en');
  const all = {};
  for (const language of LANGUAGES) {
    const own = language === 'en' ? { words: english.words, said: english.errors } : await readWords(language);
    all[language] = Object.fromEntries(Object.entries(pages).map(([key, said]) => {
      const [, name] = /^=(\w+)$/.exec(said) ?? [];
      const word = name ? own.words[name] ?? own.said[name] : language === 'en' ? said : own.pages[key];
      if (typeof word !== 'string') throw new Error(`${language}.json has no ${name ?? key}`);
      return [key, word];
    }));
  }
  return all;
}

/** `import tables from 'words:stop'`: of each language, what begins with stop_. */
const wordsOfPages = {
  name: 'words of pages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^words:/ }, ({ path: name }) => ({ path: name.slice(6), namespace: 'words' }));
    onLoad({ filter: /.*/, namespace: 'words' }, async ({ path: group }) => {
      const tables = Object.entries(await pageWords()).map(([language, words]) => [language, Object.fromEntries(Object.entries(words).filter(([key]) => key.startsWith(`${group}_`)))]);
      return { contents: JSON.stringify(Object.fromEntries(tables)), loader: 'json' };
    });
  },
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A page's text with its words: English in what carries a key, and what stands there once for each language. */
async function withWords(text) {
  const all = await pageWords();
  return text
    .replace(/<!-- Once for each language[^>]*-->\n([^]*?)<!-- End\. -->\n/g, (_, part) =>
      Object.entries(all).map(([language, words]) => part.replace(/\{(\w+)\}/g, (_, key) => (key === 'language' ? language : escaped(words[key])))).join(''))
    .replace(/ data-word="(\w+)"([^>]*)>/g, (whole, key) => whole + escaped(all.en[key]))
    .replace(/ data-label="(\w+)"/g, (whole, key) => `${whole} aria-label="${escaped(all.en[key])}"`);
}

/** A style sheet that a script imports is a text (web/styles.js). */
const textOfStyles = {
  name: 'text of styles',
  setup({ onLoad }) {
    onLoad({ filter: /\/(stop|later)\.css$/ }, async ({ path: file }) => ({
      contents: (await esbuild.transform(await readFile(file, 'utf8'), { loader: 'css', minify: true })).code,
      loader: 'text',
    }));
  },
};

/** The icons that the manifest and the page name: the favicon's picture. To the edge where the system cuts it to a shape. */
async function icons() {
  await initWasm(await readFile(new URL(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))));
  const svg = await readFile(path.join(web, 'favicon.svg'), 'utf8');
  const toTheEdge = svg.replace(' rx="8"', '');
  const draw = (picture, width) => Buffer.from(new Resvg(picture, { fitTo: { mode: 'width', value: width } }).render().asPng());
  return {
    'icon-180.png': draw(toTheEdge, 180),
    'icon-192.png': draw(svg, 192),
    'icon-512.png': draw(svg, 512),
    'icon-512-maskable.png': draw(toTheEdge, 512),
  };
}

/** The program once more through Binaryen, a newer one than Emscripten brings: 1 KB less to download. */
async function optimised(wasm) {
  const smaller = path.join(root, 'build/voxdial.wasm');
  await promisify(execFile)(process.execPath, [
    fileURLToPath(import.meta.resolve('binaryen')).replace(/index\.js$/, 'bin/wasm-opt'), wasm, '-o', smaller,
    '--flatten', '--rereloop', '-Oz', '-Oz', '--reorder-functions', '--low-memory-unused', '--zero-filled-memory',
    ...['bulk-memory', 'bulk-memory-opt', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'].map((feature) => `--enable-${feature}`),
  ]);
  return readFile(smaller);
}

/** A file beside the page; addresses of others (/plain.html) and of elements (#top) are left alone. */
const REFERENCE = /\b(src|href)="(?:\.\/)?([^"/:#?][^":#?]*)"/g;

const options = {
  absWorkingDir: root,
  outdir: path.join(output, 'assets'),
  entryNames: '[name].[hash]',
  chunkNames: '[name].[hash]',
  assetNames: '[name].[hash]',
  bundle: true,
  format: 'esm',
  target: ['chrome100', 'firefox100', 'safari15.4'],
  minify: true,
  charset: 'utf8',
  legalComments: 'linked',
  metafile: true,
  write: false,
  loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
  plugins: [words, wordsOfPages, textOfStyles],
  logLevel: 'warning',
};

/** @returns every file of the output, by its path below build/web; and what esbuild says of the call screen's */
async function bundle() {
  const files = new Map();
  const made = await icons();
  const addresses = new Map(); // of what is no code: by its name in a source
  const keep = (name, bytes) => {
    const { name: stem, ext } = path.parse(name);
    const address = `assets/${stem}.${hashOf(bytes)}${ext}`;
    files.set(address, bytes);
    addresses.set(name, `/${address}`);
  };
  const addressOf = async (name) => {
    if (!addresses.has(name)) {
      const file = path.join(web, name);
      if (!made[name] && !existsSync(file)) throw new Error(`${name} is named and is not in web/`);
      let bytes = made[name] ?? (await readFile(file));
      if (name.endsWith('.webmanifest')) bytes = Buffer.from(await replaced(bytes.toString(), /"(src)": "([^"/]+)"/g, (_, name) => `"src": "${name}"`));
      keep(name, bytes);
    }
    return addresses.get(name);
  };
  /** `say` gives the new words for a kind of reference and the address. */
  async function replaced(text, pattern, say, own = new Map()) {
    for (const [, , name] of text.matchAll(pattern)) if (!own.has(name)) own.set(name, await addressOf(name));
    return text.replace(pattern, (_, kind, name) => say(kind, own.get(name)));
  }

  /** Pages share no code: what one of them needs of a module costs the others nothing. */
  async function page(name) {
    const text = await withWords(await readFile(path.join(web, name), 'utf8'));
    const code = [...text.matchAll(REFERENCE)].map((match) => match[2]).filter((file) => /\.(js|css)$/.test(file));
    const classic = [...text.matchAll(/<script (?!type="module")[^>]*src="([^"]+)"/g)].map((match) => match[1]);
    const build = (files, more) => esbuild.build({ ...options, entryPoints: files.map((file) => path.join(web, file)), ...more });
    const built = [
      await build(code.filter((file) => !classic.includes(file)), {
        splitting: true,
        alias: { 'voxdial-wasm': path.join(wasmFolder, 'voxdial.mjs') },
        define: { VOXDIAL_WASM_URL: JSON.stringify(addresses.get('voxdial.wasm')) },
      }),
      // For browsers that know no modules: each is whole, and of words that they read.
      await build(classic, { format: 'iife', target: 'es5' }),
    ];
    const own = new Map();
    const outputs = Object.assign({}, ...built.map(({ metafile }) => metafile.outputs));
    for (const file of built.flatMap(({ outputFiles }) => outputFiles)) files.set(path.relative(output, file.path), Buffer.from(file.contents));
    for (const [file, { entryPoint }] of Object.entries(outputs)) {
      if (entryPoint) own.set(path.relative('web', entryPoint), `/${path.relative('build/web', file)}`);
    }
    files.set(name, Buffer.from(await replaced(text, REFERENCE, (kind, address) => `${kind}="${address}"`, own)));
    return { outputs, addresses: [`/${name}`, ...code.map((file) => own.get(file))] };
  }

  keep('voxdial.wasm', await optimised(path.join(wasmFolder, 'voxdial.wasm')));
  const { outputs } = await page('index.html');
  await page('plain.html');
  await page('noscript.html');
  const offline = (await page('offline.html')).addresses;
  const atTheTop = await esbuild.build({
    ...options,
    entryPoints: ['sw.js', 'theme.js'].map((name) => path.join(web, name)), // the proxy's own pages ask for /theme.js
    outdir: output,
    entryNames: '[name]',
    define: {
      OFFLINE_FILES: JSON.stringify(offline),
      OFFLINE_HASH: JSON.stringify(hashOf(Buffer.concat(offline.map((address) => files.get(address.slice(1)))))),
    },
  });
  for (const file of atTheTop.outputFiles) files.set(path.basename(file.path), Buffer.from(file.contents));
  return { files, outputs };
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

/** What a browser downloads before the first frame, and what the first web call and the largest language add to it. */
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
    if (entryPoint && entryPoint !== 'web/early-words.js' && !isDynamicOnly(outputs, file)) follow(file, first);
  }
  for (const [file, { entryPoint }] of Object.entries(outputs)) if (entryPoint === 'web/call.js') follow(file, later);
  const languages = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint?.endsWith('.json'));
  const language = Math.max(...languages.map(([file]) => sizes.get(path.relative('build/web', file))));
  const sum = (names) => [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  return { firstFrame: sum(first), webCall: sum(later), language };
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
