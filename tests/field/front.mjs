// The proxy as its operator runs it, with people named, in a setting of its own: what its front tests share.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { proxyBinary, startHouse } from '../e2e/house.mjs';
import { by, see } from './browsers.mjs';

export const PASSWORD = 'correct horse battery staple';

/** `voxdial user ...` and `token ...`, as the operator types them. */
export function operator(house, ...words) {
  const { status, stdout, stderr } = spawnSync(proxyBinary, words, { env: house.environment, input: `${PASSWORD}\n`, encoding: 'utf8', timeout: 20_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** A house whose people are ada, a supervisor, and bob, a caller; `env` as it will be once they are named. */
export async function startFront(env = {}) {
  const house = await startHouse();
  operator(house, 'user', 'add', 'ada', 'supervisor');
  operator(house, 'user', 'add', 'bob');
  await house.stop();
  Object.assign(house.environment, env);
  await house.start();
  house.port = house.environment.PORT;
  return house;
}

/** Waits until the page is at this address. */
export const arrive = (page, url) => page.waitForFunction((wanted) => location.href === wanted, {}, url);

/** What a person does who stands before the form. */
export async function logIn(page, name = 'ada', password = PASSWORD) {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await Promise.all([page.waitForNavigation(), page.locator(by('button', 'Log in')).click()]);
}

/** The page itself, which only somebody who is logged in gets. */
export const seeCallScreen = (page) => see(page, 'link', 'Settings');
