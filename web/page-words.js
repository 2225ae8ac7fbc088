// The words of pages that are plain HTML.
//
// `tables` of such a page is what `import tables from 'words:NAME'` gives: { en: { key: text }, de: ... }, made by
// web/build.mjs from "pages" in the files of wasm-ui/core/words. Elements carry their key as data-word, and that of their
// name as data-label; the English is put into them by the build, for browsers that run no script.

/** Puts the words of a language into the elements below `root`. Answers the table: word.key. */
export function sayWords(tables, language, root = document) {
  const words = tables[language];
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
