// What was said, line by line, in an element that scrolls, selects and shapes by itself. While its end is in view new
// lines come into view; when it is not, a button leads there. Where the call was recorded a line's time plays it from there.

const KINDS = ['agent', 'person', 'tool', 'note']; // LogEntry::Kind (wasm-ui/core/mirror.h)

function tag(name, look = '', words = '') {
  return Object.assign(document.createElement(name), { className: look, textContent: words });
}

/** @param {string} text  as wasm-ui/platform/mirror_dom.cpp joins a LogEntry */
function line(text) {
  const kind = KINDS[text[0]], [who, words, at, aside] = text.slice(3).split('\x1f');
  const row = tag('li', kind + (text[1] === '1' ? ' first' : '')), name = tag('span', 'who', who);
  if (text[2] === '1') row.setAttribute('aria-busy', 'true');
  if (kind === 'tool') {
    const details = tag('details');
    details.append(tag('summary', '', who), tag('code', '', words));
    row.append(words ? details : name);
    return row;
  }
  if (who) {
    name.append(tag('span', 'unseen', ': '));
    row.append(name);
  }
  const bubble = tag('span', 'words', words);
  bubble.dir = 'auto';
  row.append(bubble);
  if (at) {
    const seconds = Math.floor(at / 1000), play = tag('button', 'at', `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`);
    play.type = 'button';
    play.dataset.at = at;
    row.append(play);
  }
  if (aside) row.append(tag('span', 'aside', aside));
  return row;
}

/** Plays the page's recording from there on. */
function playFrom(ms) {
  const recording = document.querySelector('#content audio');
  if (!recording) return;
  recording.currentTime = ms / 1000;
  recording.play().catch(() => {}); // it says so itself
}

/**
 * @param {HTMLElement} element  becomes the log's
 * @param {(height: string) => void} measured  how high all lines are, whenever that changes
 */
export function openLog(element, measured) {
  const box = tag('div'), list = tag('ul'), newest = tag('button', 'vd-newest');
  let follows = false, all = 0, seen = 0, told = '';
  box.setAttribute('role', 'log');
  box.tabIndex = 0;
  box.append(list);
  newest.type = 'button';
  newest.hidden = true;
  element.append(box, newest);

  const atEnd = () => { newest.hidden = !follows || box.scrollTop + box.clientHeight >= box.scrollHeight - 4; };
  box.addEventListener('scroll', atEnd);
  newest.addEventListener('click', () => {
    box.scrollTop = box.scrollHeight;
    box.focus({ preventScroll: true });
  });
  list.addEventListener('click', ({ target }) => {
    const from = target.closest('li')?.querySelector('.at');
    if (from && getSelection().isCollapsed) playFrom(from.dataset.at);
  });
  const watch = new ResizeObserver(() => {
    if (follows && box.scrollTop + seen >= all - 4) box.scrollTop = box.scrollHeight;
    [all, seen] = [box.scrollHeight, box.clientHeight];
    atEnd();
    const height = `${Math.ceil(list.offsetHeight)}`;
    if (height !== told) measured((told = height));
  });
  watch.observe(list);
  watch.observe(box);

  return {
    name(words) { box.setAttribute('aria-label', words); },
    follow(wanted) { follows = wanted; },
    newest(words) { newest.textContent = words; },
    /** All lines from one on. */
    lines(from, texts) {
      while (list.children.length > from) list.lastChild.remove();
      list.append(...texts.map(line));
    },
  };
}
