// The sentences of early.js in the reader's language; fetched when they are shown. A classic script in old words, as that is.
import tables from 'words:early';

(function() {
  var wanted = (navigator.languages || [navigator.language]).concat('en'), words;
  try {
    if (localStorage.language) wanted = [localStorage.language].concat(wanted);
  } catch (error) {
    // this browser keeps nothing
  }
  for (var i = 0; !words && i < wanted.length; i++) {
    for (var code in tables) if (!words && code.slice(0, 2) === wanted[i].slice(0, 2)) words = tables[code];
  }
  var said = document.querySelectorAll('[data-word^=early]');
  for (i = 0; i < said.length; i++) said[i].textContent = words[said[i].getAttribute('data-word')];
})();
