// The second peer of scripts/bench-proxy b: the same work as ours on Fastify and better-sqlite3 (bench-fastify/).
// Made from npm once, in build/bench-fastify; better-sqlite3 is compiled from the source in its package against the
// headers of the node that runs this, so that nothing is fetched from anywhere else.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { Server, environment, root, scratch } from './bench-server.mjs';

/** Makes the peer, once; its folder, or nothing and why in words. */
export function fastifyApp() {
  const folder = path.join(root, 'build/bench-fastify');
  const sqlite = path.join(folder, 'node_modules/better-sqlite3');
  cpSync(path.join(root, 'scripts/bench-fastify'), folder, { recursive: true });
  if (existsSync(path.join(sqlite, 'build/Release/better_sqlite3.node'))) return folder;
  const run = (cwd, command, ...args) =>
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000 });
  console.log('(making the Fastify peer in build/bench-fastify, once: some minutes, SQLite is compiled)');
  try {
    run(folder, 'npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts');
    const headers = path.dirname(path.dirname(process.execPath)); // include/node is beside bin/node
    const npm = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
    const gyp = path.join(npm, 'npm/node_modules/node-gyp/bin/node-gyp.js');
    run(sqlite, process.execPath, gyp, 'rebuild', '--release', `--nodedir=${headers}`);
  } catch (error) {
    const why = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .pop();
    console.log(`The Fastify peer cannot be made (${why}): it is left out.`);
    return undefined;
  }
  return folder;
}

export async function startFastify(folder, vendorsUrl) {
  const env = { ...environment(scratch(), { ultravox: vendorsUrl }), NODE_ENV: 'production' };
  const server = new Server(process.execPath, ['server.mjs'], { cwd: folder, env });
  server.url = (await server.said(/(https?:\S+)\/\n/))[1];
  return server;
}
