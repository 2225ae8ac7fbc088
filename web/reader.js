// The reader's language. In old words, as early-words.js has it too.

var base = function(code) { return code.split('-')[0].toLowerCase(); };

/** The language to show, of those in `tables`: the one chosen, else the first of the browser's that there is, else English. */
export function languageFor(chosen, offered, tables) {
  var languages = Object.keys(tables);
  if (languages.indexOf(chosen) >= 0) return chosen;
  var found = offered.map(function(wanted) {
    return languages.filter(function(code) { return base(code) === base(wanted); })[0];
  });
  return found.filter(Boolean)[0] || 'en';
}

/** How the person's own country writes the language ("de-AT"), where the browser tells. */
export function localeFor(language, offered) {
  return offered.filter(function(wanted) { return base(wanted) === base(language); })[0] || language;
}

/** The one that was chosen in the settings counts on every page. */
export function readersLanguage(tables) {
  var chosen = '';
  try {
    chosen = localStorage.language;
  } catch (error) {
    // this browser keeps nothing
  }
  return languageFor(chosen, navigator.languages || [navigator.language], tables);
}
