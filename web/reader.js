// The reader's language.

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
