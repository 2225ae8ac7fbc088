import { launch } from '../e2e/browser.mjs';
import { startHouse } from '../e2e/house.mjs';
const browser = await launch(); const house = await startHouse();
const page = await browser.newPage();
page.on('console', (m) => console.log('console', m.text())); page.on('pageerror', (e) => console.log('err', e.stack));
page.on('response', (r) => console.log(r.status(), r.url()));
await page.goto(house.url); await page.waitForTimeout(4000);
console.log(await page.evaluate(() => document.body.innerText.slice(0, 1500)));
await browser.close(); await house.close();
