// The reader's language, and the words of pages that are plain HTML.
//
// `tables` of such a page is what `import tables from 'words:NAME'` gives: { en: { key: text }, de: ... }, made by
// web/build.mjs from "pages" in the files of wasm-ui/core/words. Elements carry their key as data-word, and that of their
// name as data-label; the English is put into them by the build, for browsers that run no script.

const base = (code) => code.split('-')[0].toLowerCase();

/** The language to show, of those in `tables`: the one chosen, else the first of the browser's that there is, else English. */
export function languageFor(chosen, offered, tables) {
  if (chosen in tables) return chosen;
  for (const wanted of offered) {
    const found = Object.keys(tables).find((code) => base(code) === base(wanted));
    if (found) return found;
  }
  return 'en';
}

/** How the person's own country writes the language ("de-AT"), where the browser tells. */
export const localeFor = (language, offered) => offered.find((wanted) => base(wanted) === base(language)) ?? language;

/** The one that was chosen in the settings counts on every page. */
export function readersLanguage(tables) {
  let chosen = '';
  try {
    chosen = localStorage.language ?? '';
  } catch {
    // this browser keeps nothing
  }
  return languageFor(chosen, navigator.languages, tables);
}

/** Puts the reader's words into the elements below `root`. Answers the table: word.key. */
export function sayWords(tables, root = document) {
  const language = readersLanguage(tables), words = tables[language];
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll('[data-word], [data-label]')) {
    const { word, label } = element.dataset;
    if (word in words) element.textContent = words[word];
    if (label in words) element.setAttribute('aria-label', words[label]);
  }
  return words;
}

/** A text with its {names} filled in. */
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
