// Says so when the program of the page does not arrive or is not understood, and until then that it is on its way. A classic
// script in old words, because a browser that knows no modules is one such case; it runs before them (both are deferred),
// so it misses nothing.
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

  var show = function() {
    var slow = document.getElementById('slow');
    if (slow) slow.remove();
    document.getElementById('failed').hidden = false;
  };
  if (!('noModule' in document.createElement('script'))) return show();
  addEventListener('error', function(event) {
    // A part that was not got, or a program that did not start. What fails later tells by itself.
    if (event.target.tagName === 'SCRIPT' || (event.target === window && !window.started)) show();
  }, true);
})();
