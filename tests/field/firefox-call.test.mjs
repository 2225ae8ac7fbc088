// The sandbox's web call in Firefox, as it comes: without candidates at the loopback address.
import { after, before, test } from 'node:test';
import { startHouse } from '../e2e/house.mjs';
import { until } from '../e2e/person.mjs';
import { closePage, press, see, startBrowser } from './browsers.mjs';

let firefox;
let house;

before(async () => {
  [firefox, house] = await Promise.all([startBrowser('firefox'), startHouse()]);
});
after(async () => {
  await firefox?.close();
  await house?.close();
});

test('a web call in Firefox is heard on both sides, and ends', async () => {
  const page = await firefox.newPage();
  await page.goto(house.url);
  await press(page, 'button', 'Start web call');
  await page.waitForFunction(() => [...document.querySelectorAll('[role=status]')].some((el) => el.textContent === 'Listening'));
  await page.waitForFunction(() => [...document.querySelectorAll('li')].some((el) => el.textContent.startsWith('Agent: Hello')));
  const packets = () => house.vendors.web.stats().at(-1).micPackets;
  await until(() => packets() > 50, 'a second of the microphone is heard');
  await press(page, 'button', 'End call');
  await page.waitForFunction(() => [...document.querySelectorAll('[role=status]')].some((el) => el.textContent === 'Ended'));
  await see(page, 'button', 'Call again');
  await closePage(page, [/favicon/]);
});
