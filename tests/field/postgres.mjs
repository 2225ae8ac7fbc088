// The distribution's PostgreSQL, a database server of its own for one test: made, stopped, started again and removed.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './field.mjs';

const versions = '/usr/lib/postgresql';
const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => b - a)[0] : undefined;
const program = (name) => (newest ? path.join(versions, newest, 'bin', name) : name);

const NOBODY = 65534;
const somebody = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {}; // it refuses to run as root

export async function startPostgres() {
  const folder = mkdtempSync(path.join(tmpdir(), 'voxdial-postgres-'));
  if (somebody.uid) chownSync(folder, NOBODY, NOBODY);
  const data = path.join(folder, 'data');
  const options = { cwd: '/', ...somebody };
  const make = ['-D', data, '-U', 'voxdial', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(program('initdb'), make, options);
  const log = openSync(path.join(folder, 'log'), 'a');
  let server = null;

  const answers = async () => {
    try {
      await promisify(execFile)(program('pg_isready'), ['-q', '-h', folder]);
      return true;
    } catch {
      return false;
    }
  };
  async function start() {
    const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'shared_buffers=16MB'];
    server = spawn(program('postgres'), ['-D', data, '-k', folder, ...settings], {
      ...options,
      stdio: ['ignore', log, log],
    });
    await until(answers, 'PostgreSQL answers');
  }
  /** As a service that is stopped: every connection is cut. */
  async function stop(signal = 'SIGINT') {
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
    server = null;
  }
  const cleanUp = () => server?.kill('SIGQUIT');
  process.on('exit', cleanUp);
  await start();
  return {
    url: `postgresql://voxdial@/postgres?host=${folder}`,
    start,
    stop,
    /** What a query gives, as text. */
    query(sql) {
      const asked = ['-h', folder, '-U', 'voxdial', '-d', 'postgres', '-Atc', sql];
      return execFileSync(program('psql'), asked, { encoding: 'utf8' }).trim();
    },
    async close() {
      await stop('SIGQUIT');
      process.off('exit', cleanUp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
