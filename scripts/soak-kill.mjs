// See scripts/soak-kill.
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { startHouse } from '../tests/e2e/house.mjs';
import { binary, scratch, sleep, wideLimits } from './bench-server.mjs';
import { conclude, dice, soak, TIMES_FASTER } from './soak.mjs';

const seconds = Number(process.argv[2] ?? 60);
if (!(seconds >= 1 && seconds <= 3600)) {
  console.error('soak-kill: how many seconds, 1 to 3600');
  process.exit(2);
}
const randomInt = dice(Date.now());
const dataDir = scratch();
const house = await startHouse({ speed: TIMES_FASTER, env: { DATA_DIR: dataDir, ...wideLimits } });

let kills = 0;
async function killer() {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await sleep(randomInt(20, 900));
    await house.stop('SIGKILL');
    kills++;
    await house.start();
  }
}

const rows = (sql) =>
  JSON.parse(
    execFileSync(
      'python3',
      [
        '-c',
        'import json,sqlite3,sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))',
        path.join(dataDir, 'voxdial.db'),
        sql,
      ],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    ),
  );

console.log(`${seconds} s of kills, then the settling`);
const { problems, summary } = await soak({
  house,
  urls: [house.url],
  randomInt,
  trouble: killer,
  rows,
  close: () => house.stop(),
});
const verified = spawnSync(binary, ['audit', 'verify'], { env: { DATA_DIR: dataDir }, encoding: 'utf8' });
if (verified.status !== 0) problems.push(`audit verify: ${verified.stdout}${verified.stderr}`);
const lines = house.log.filter((line) => /handler_threw|terminate|assert/i.test(line));
problems.push(...lines.map((line) => `the proxy said: ${line}`));
console.log([`${kills} kills`, ...summary, verified.stdout.trim()].join('\n'));
await house.close();
conclude(problems);
