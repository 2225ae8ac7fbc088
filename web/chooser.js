// A list to search and choose from, in an element over the canvas: an ARIA combobox with its listbox, worked by keys,
// pointers and screen readers. The program says what there is to choose; what is typed stays here.

const PAGE = 8; // rows, by PageUp and PageDown

/** Without case and accents: "Åland" is found by "al". */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * The options in whose words every typed word begins one. Those whose code was typed come first, then those whose label
 * begins so.
 * @param {{ value: string, label: string, mark: string, hint: string }[]} options
 */
export function matching(options, typed) {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  const found = options.filter(({ value, label, hint }) => {
    const words = plain(`${label} ${hint} ${value}`).split(/[\s(),:.\u00b7-]+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part) || word.replace('+', '').startsWith(part)));
  });
  const start = plain(typed.trim());
  const rank = ({ value, label, hint }) => {
    if (start && [value, hint, hint.slice(1)].some((code) => plain(code) === start)) return 0;
    return plain(label).startsWith(start) ? 1 : 2;
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

/**
 * @param {HTMLElement} box  becomes the dialog
 * @param {(value: string | null) => void} done  what was chosen, or null: closed
 */
export function openChooser(box, done) {
  const make = (tag, look, words = '') => Object.assign(document.createElement(tag), { className: look, textContent: words });
  const input = make('input', ''), list = make('ul', ''), none = make('p', 'none');
  const id = `list-${Math.random().toString(36).slice(2)}`;
  let all = [], shown = [], active = 0, chosen = '', open = true;

  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-modal', 'true');
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-expanded': 'true', 'aria-controls': id, 'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'go', dir: 'auto' })) {
    input.setAttribute(name, value);
  }
  list.id = id;
  list.setAttribute('role', 'listbox');
  none.setAttribute('role', 'status');
  box.append(input, list, none);

  function close(value) {
    if (!open) return;
    open = false;
    done(value);
  }

  function activate(index) {
    list.children[active]?.setAttribute('aria-selected', 'false');
    active = Math.max(0, Math.min(index, shown.length - 1));
    const row = list.children[active];
    row?.setAttribute('aria-selected', 'true');
    row?.scrollIntoView({ block: 'nearest' });
    if (row) input.setAttribute('aria-activedescendant', row.id);
    else input.removeAttribute('aria-activedescendant');
  }

  function show(kept) {
    shown = matching(all, input.value);
    list.replaceChildren(...shown.map(({ label, mark, hint }, index) => {
      const row = make('li', '');
      row.setAttribute('role', 'option');
      row.setAttribute('aria-selected', 'false');
      row.id = `${id}-${index}`;
      if (mark) row.append(Object.assign(make('span', 'mark', mark), { ariaHidden: 'true' }));
      row.append(Object.assign(make('span', 'label', label), { dir: 'auto' }));
      if (hint) row.append(make('span', 'hint', ` ${hint}`));
      return row;
    }));
    none.hidden = shown.length > 0;
    activate(Math.max(0, shown.findIndex(({ value }) => value === kept)));
  }

  input.addEventListener('input', () => show(input.value ? null : chosen));
  box.addEventListener('keydown', (event) => {
    event.stopPropagation(); // the page's own keys wait
    if (event.isComposing) return;
    const last = shown.length - 1;
    const to = { ArrowDown: active === last ? 0 : active + 1, ArrowUp: active ? active - 1 : last, PageDown: active + PAGE, PageUp: active - PAGE }[event.key];
    if (to !== undefined) activate(to);
    else if (event.key === 'Enter' && shown[active]) close(shown[active].value);
    else if (event.key === 'Escape' || (event.key === 'k' && (event.ctrlKey || event.metaKey))) close(null);
    else if (event.key !== 'Tab') return;
    event.preventDefault();
  });
  // The input keeps the focus.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const row = event.target.closest('li');
    if (row) close(shown[[...list.children].indexOf(row)].value);
  });

  return {
    close: () => close(null),
    name(words) {
      for (const element of [box, input, list]) element.setAttribute('aria-label', words);
    },
    options(options, placeholder, value, nothing) {
      const fresh = !all.length, kept = fresh ? value : shown[active]?.value;
      [all, input.placeholder, chosen, none.textContent] = [options, placeholder, value, nothing];
      show(kept);
      if (fresh) input.focus({ preventScroll: true });
    },
  };
}
