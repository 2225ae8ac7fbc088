// Debian's nginx as people put it in front: a TLS reverse proxy, with the lines that its users write.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const binary = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find((file) => existsSync(file)) ?? 'nginx';

/** A certificate that this machine made for `names`, and its key. */
export async function makeCertificate(folder, names) {
  const [cert, key] = ['cert.pem', 'key.pem'].map((file) => path.join(folder, file));
  const alternatives = names.map((name) => `${net.isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=voxdial test'],
    ...['-addext', `subjectAltName=${alternatives}`, '-keyout', key, '-out', cert],
  ]);
  return { cert, key };
}

let nextPort = 10_000 + (process.pid % 200) * 100; // each test file is a process

/**
 * A port of 127.0.0.1 that nobody listens on. It lies below those that the system gives to whoever names none: nobody
 * gets it between now and its use.
 */
export async function freePort() {
  for (;;) {
    const port = nextPort++;
    const server = net.createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

/**
 * @param {string} upstream the proxy's address, "http://127.0.0.1:8080"
 * @param {object} [options]
 * @param {string} [options.name] the server's name
 * @param {string[]} [options.headers] the proxy_set_header lines, as in the guides
 */
export async function startNginx(upstream, { name = 'vox.example.com', headers = GUIDE_HEADERS } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-nginx-'));
  const { cert, key } = await makeCertificate(folder, [name]);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
${temporary.map((what) => `  ${what}_temp_path ${folder}/${what};`).join('\n')}
  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${name};
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 1h;
${headers.map((line) => `      proxy_set_header ${line};`).join('\n')}
    }
  }
}
`,
  );
  return { url: `https://${name}:${port}`, port, close: await run(folder, port) };
}

/** nginx with the nginx.conf of that folder, listening on `port`; what ends it and removes the folder. */
async function run(folder, port) {
  await chmod(folder, 0o711); // what it keeps in there is its workers', who are nobody
  const arguments_ = ['-p', folder, '-e', path.join(folder, 'error.log'), '-c', path.join(folder, 'nginx.conf')];
  const child = spawn(binary, [...arguments_, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  const answers = () =>
    new Promise((done) => {
      const socket = net.connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`nginx ended (${child.exitCode}): ${await readFile(path.join(folder, 'error.log'), 'utf8').catch(() => '')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  return async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
}

/**
 * nginx as scripts/deploy has it, but for addresses and folders of this machine.
 * @param {number[]} proxies the ports of the two
 * @param {string} name the name people type
 */
export async function startDeployedNginx(proxies, name) {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxdial-nginx-'));
  const { cert, key } = await makeCertificate(folder, [name]);
  const [port, plain] = [await freePort(), await freePort()];
  let conf = await readFile(new URL('../../scripts/deploy/nginx.conf', import.meta.url), 'utf8');
  const here = (there, what) => {
    if (!conf.includes(there)) throw new Error(`scripts/deploy/nginx.conf says nothing of ${there}`);
    conf = conf.replaceAll(there, what);
  };
  here(' /tmp/', ` ${folder}/`);
  here('172.30.17.11:8080', `127.0.0.1:${proxies[0]}`);
  here('172.30.17.12:8080', `127.0.0.1:${proxies[1]}`);
  here('listen 8080;', `listen 127.0.0.1:${plain};`);
  here('listen 8443 ', `listen 127.0.0.1:${port} `);
  here('/run/secrets/tls_certificate', cert);
  here('/run/secrets/tls_key', key);
  here('error_log stderr', `error_log ${folder}/error.log`);
  await writeFile(path.join(folder, 'nginx.conf'), conf);
  return { port, plain, cert: await readFile(cert), close: await run(folder, port) };
}

/** What guides say; `$http_host` keeps the port, which `$host` does not. */
export const GUIDE_HEADERS = [
  'Host $http_host',
  'X-Real-IP $remote_addr',
  'X-Forwarded-For $proxy_add_x_forwarded_for',
  'X-Forwarded-Proto $scheme',
];
