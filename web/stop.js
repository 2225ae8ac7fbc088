// The page for when the program could not be loaded, or has stopped: what happened, what was typed, and the ways on. A
// download of its own, fetched once the page is there, because without a connection it could not be.
import tables from 'words:stop';
import { sayWords } from './page-words.js';
import css from './stop.css';
import { addStyles } from './styles.js';

const HTML = `<h1></h1><p class="what"></p><p class="next"></p><p hidden data-word="stop_typed"></p><dl hidden></dl>
  <p><button type="button" class="reload" data-word="stop_reload"></button> <button type="button" class="copy" data-word="stop_copy"></button>
  <a href="/plain.html" data-word="stop_plain"></a></p><pre tabindex="0" data-label="stop_details"></pre>`;

/** Query strings and fragments may name people or calls; they are of no use for finding a fault. */
const withoutSecrets = (text) => text.replace(/[?#][^\s)]*?(?=:\d+|[\s)]|$)/g, '').slice(0, 4000);

/** Chromium's stack begins with what happened, Firefox's leaves it out. */
const story = (reason) => {
  const { stack = '' } = reason;
  return stack.includes(reason) ? stack : `${reason}\n${stack}`;
};

/** @param kind  'load' or 'crash' */
export function showStop(kind, reason, keepTyped, languageOfReader) {
  addStyles(css);
  const page = document.createElement('section');
  page.id = 'stop';
  page.setAttribute('role', 'alert');
  page.innerHTML = HTML;
  const part = (selector) => page.querySelector(selector);
  keepTyped(part('dl'));
  const details = reason ? withoutSecrets(`${story(reason)}\n\n${navigator.userAgent}`) : '';
  const copy = part('.copy');
  copy.hidden = !details;
  part('pre').textContent = details;
  let words;
  const say = () => {
    words = sayWords(tables, languageOfReader(), page);
    const crash = kind !== 'load';
    part('h1').textContent = crash ? words.stop_crashed : words.stop_not_loaded;
    part('.what').textContent = crash ? words.stop_crashed_what : words.stop_not_loaded_what;
    part('.next').textContent = crash ? words.stop_crashed_next : words.stop_not_loaded_next;
    document.title = `${part('h1').textContent} - voxdial`;
  };
  say();
  addEventListener('languagechange', say);
  part('.reload').onclick = () => location.reload();
  copy.onclick = () => {
    const done = (ok) => { copy.textContent = ok ? words.stop_copied : words.stop_not_copied; };
    if (navigator.clipboard) navigator.clipboard.writeText(details).then(() => done(true), () => done(false));
    else done(false);
  };
  document.getElementById('voxdial').hidden = true;
  document.body.append(page);
  part('.reload').focus();
}
