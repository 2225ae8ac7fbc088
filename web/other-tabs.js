// Whether another tab of this browser is in a web call: each holds a lock while it is, which goes with the tab.
const KIND = 'voxdial web call ';
const OURS = KIND + Math.random();

export async function otherTabTalks() {
  const { held } = (await navigator.locks?.query()) ?? { held: [] }; // none on a page that is not secure
  return held.some(({ name }) => name.startsWith(KIND) && name !== OURS);
}

/** @returns what takes it back */
export function tellOtherTabs() {
  let over;
  const call = new Promise((done) => { over = done; });
  navigator.locks?.request(OURS, () => call).catch(() => {});
  return over;
}
