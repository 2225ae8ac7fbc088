// The distribution's PostgreSQL, a database server of its own for one test: made, stopped, started again and removed.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './field.mjs';

const versions = '/usr/lib/postgresql';
const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => b - a)[0] : undefined;
const program = (name) => (newest ? path.join(versions, newest, 'bin', name) : name);

const NOBODY = 65534;
export const somebody = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {}; // it refuses to run as root

/** A server on the data in that folder: {socket, url, start(), stop(), pid, query(sql)}; it is not started yet. */
function serverOn(folder, durable) {
  const data = path.join(folder, 'data');
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
  const cleanUp = () => server?.kill('SIGQUIT');
  process.on('exit', cleanUp);
  return {
    folder,
    socket: path.join(folder, '.s.PGSQL.5432'),
    url: `postgresql://voxdial@/postgres?host=${folder}`,
    get pid() {
      return server?.pid;
    },
    get stopped() {
      return server === null;
    },
    async start() {
      const settings = ['-c', 'listen_addresses=', '-c', `fsync=${durable ? 'on' : 'off'}`, '-c', 'shared_buffers=16MB'];
      server = spawn(program('postgres'), ['-D', data, '-k', folder, ...settings], {
        ...options,
        stdio: ['ignore', log, log],
      });
      await until(answers, 'PostgreSQL answers');
    },
    /** As a service that is stopped: every connection is cut. */
    async stop(signal = 'SIGINT') {
      if (!server) return;
      const ended = once(server, 'exit');
      server.kill(signal);
      await ended;
      server = null;
    },
    /** What a query gives, as text. */
    query(sql) {
      const asked = ['-h', folder, '-U', 'voxdial', '-d', 'postgres', '-Atc', sql];
      return execFileSync(program('psql'), asked, { encoding: 'utf8', timeout: 20_000, maxBuffer: 1 << 28 }).trim();
    },
    /** A session of psql's that stays open: `say` waits until these words are answered. */
    session() {
      const asked = ['-h', folder, '-U', 'voxdial', '-d', 'postgres', '-At'];
      const child = spawn(program('psql'), asked, { stdio: ['pipe', 'pipe', 'ignore'] });
      child.stdin.on('error', () => {});
      let said = '';
      child.stdout.on('data', (words) => (said += words));
      return {
        over: once(child, 'exit'),
        async say(sql, answer) {
          child.stdin.write(`${sql}\n`);
          await until(() => said.includes(answer), `the database says ${answer}`);
        },
        close: () => child.kill(),
      };
    },
    /** Every process of it stands still, or goes on. */
    signal(name) {
      const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ');
      for (const pid of [server.pid, ...children.map(Number)]) process.kill(pid, name);
    },
    /** One more server that has everything this one has, started; its `promote` makes a primary of it. */
    async addStandby(name = 'standby') {
      const there = newFolder(name);
      const copy = ['-h', folder, '-U', 'voxdial', '-D', path.join(there, 'data'), '-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
      await promisify(execFile)(program('pg_basebackup'), copy, { ...options, env: { PGAPPNAME: name } });
      const standby = serverOn(there, durable);
      standby.promote = () => standby.query('SELECT pg_promote()');
      await standby.start();
      return standby;
    },
    /** Commits wait for a standby of that name from now on; for none without a name. */
    waitFor(name = '') {
      this.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
      this.query('SELECT pg_reload_conf()');
    },
    async close() {
      await this.stop('SIGQUIT');
      process.off('exit', cleanUp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function newFolder(what) {
  const folder = mkdtempSync(path.join(tmpdir(), `voxdial-${what}-`));
  if (somebody.uid) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

const options = { cwd: '/', ...somebody };

/** `durable`: it waits for the disk, as one that is measured has to. */
export async function startPostgres({ durable = false } = {}) {
  const folder = newFolder('postgres');
  const data = path.join(folder, 'data');
  const make = ['-D', data, '-U', 'voxdial', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(program('initdb'), make, options);
  const server = serverOn(folder, durable);
  await server.start();
  return server;
}
