// What voxdial is measured beside (scripts/bench-proxy b): the usual way, a Next.js route that makes the Ultravox
// call and lets Twilio's library dial. It has no limit and no record. Made from npm once, in build/bench-next.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Server, environment, root } from './bench-server.mjs';

// Only Twilio's address is bent to the stub's: its library has no setting for that.
const ROUTE = `import { NextResponse } from 'next/server';
import twilio from 'twilio';

const { ULTRAVOX_BASE_URL, ULTRAVOX_API_KEY, TWILIO_BASE_URL } = process.env;
class Redirected extends twilio.RequestClient {
  request(options: any) {
    return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', TWILIO_BASE_URL) });
  }
}
const phone = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN, { httpClient: new Redirected() });

export async function POST(request: Request) {
  try {
    const { medium, ...config } = await request.json();
    const dial = medium?.type === 'twilio';
    if (dial && !/^\\+[1-9]\\d{6,14}$/.test(medium.phoneNumber ?? '')) {
      return NextResponse.json({ error: 'Invalid phone number' }, { status: 400 });
    }
    const created = await fetch(ULTRAVOX_BASE_URL + '/api/calls', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-Key': ULTRAVOX_API_KEY! },
      body: JSON.stringify(dial ? { ...config, medium: { twilio: {} }, firstSpeakerSettings: { user: {} } } : config),
      cache: 'no-store',
    });
    if (!created.ok) return NextResponse.json({ error: 'Ultravox refused the call' }, { status: created.status });
    const ultravox = await created.json();
    if (!dial) return NextResponse.json(ultravox);
    const twiml = '<Response><Connect><Stream url="' + ultravox.joinUrl + '"/></Connect></Response>';
    const call = await phone.calls.create({ twiml, to: medium.phoneNumber, from: process.env.TWILIO_PHONE_NUMBER! });
    return NextResponse.json({ ...ultravox, twilio: { sid: call.sid, status: call.status } });
  } catch (error) {
    return NextResponse.json({ error: String(error) }, { status: 500 });
  }
}
`;

/** Makes and builds the Next.js application, once; its folder, or nothing and why in words. */
export function nextApp() {
  const folder = path.join(root, 'build/bench-next');
  if (existsSync(path.join(folder, '.next/BUILD_ID'))) return folder;
  mkdirSync(path.join(folder, 'app/api/ultravox'), { recursive: true });
  writeFileSync(path.join(folder, 'app/api/ultravox/route.ts'), ROUTE);
  writeFileSync(
    path.join(folder, 'app/layout.js'),
    'export default ({ children }) => <html><body>{children}</body></html>;\n',
  );
  writeFileSync(
    path.join(folder, 'next.config.js'),
    'module.exports = { eslint: { ignoreDuringBuilds: true }, typescript: { ignoreBuildErrors: true } };\n',
  );
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  const run = (command, ...args) =>
    execFileSync(command, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: '1',
        ULTRAVOX_BASE_URL: 'http://127.0.0.1:9',
        TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
        TWILIO_AUTH_TOKEN: '0',
      },
    });
  console.log('(making the Next.js application in build/bench-next, once: a minute or two)');
  try {
    run(
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      'next@14',
      'react@18',
      'react-dom@18',
      'twilio@5',
      'typescript@5',
      '@types/react@18',
      '@types/node@20',
    );
    run('npx', 'next', 'build');
  } catch (error) {
    console.log(
      `The Next.js application cannot be made (${String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .pop()}): only our numbers.`,
    );
    return undefined;
  }
  return folder;
}

export async function startNext(folder, vendorsUrl) {
  const port = await new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
  const server = new Server(
    process.execPath,
    ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)],
    {
      cwd: folder,
      env: {
        ...environment(''),
        TWILIO_BASE_URL: vendorsUrl,
        ULTRAVOX_BASE_URL: vendorsUrl,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
      },
    },
  );
  await server.said(/Ready in/);
  server.url = `http://127.0.0.1:${port}`;
  return server;
}
