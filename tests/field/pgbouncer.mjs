// Debian's PgBouncer before a test's PostgreSQL, in transaction mode: each transaction may get another connection.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './field.mjs';
import { newFolder, somebody } from './postgres.mjs';

const binary = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((file) => existsSync(file)) ?? 'pgbouncer';

export async function startPgBouncer(postgres) {
  const folder = newFolder('pgbouncer');
  const [conf, log] = ['pgbouncer.ini', 'log'].map((file) => path.join(folder, file));
  writeFileSync(
    conf,
    `[databases]
* = host=${postgres.folder} user=voxdial
[pgbouncer]
listen_addr =
unix_socket_dir = ${folder}
listen_port = 5432
auth_type = any
pool_mode = transaction
default_pool_size = 4
logfile = ${log}
`,
  );
  const child = spawn(binary, ['-q', conf], { cwd: '/', ...somebody, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const cleanUp = () => child.kill('SIGKILL');
  process.on('exit', cleanUp);
  await until(() => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended (${child.exitCode}): ${readFileSync(log, 'utf8')}`);
    return existsSync(path.join(folder, '.s.PGSQL.5432'));
  }, 'PgBouncer listens');
  return {
    url: `postgresql://voxdial@/postgres?host=${folder}`,
    async close() {
      child.kill('SIGQUIT');
      await ended;
      process.off('exit', cleanUp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
