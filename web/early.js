// Says so when the program of the page does not arrive or is not understood. A classic script in old words, because a
// browser that knows no modules is one such case; it runs before them (both are deferred), so it misses nothing.
(function() {
  // In the reader's language, where that still arrives: browsers fetch no script that is text.
  var translate = function() {
    var script = document.createElement('script');
    script.src = document.getElementById('early-words').src;
    document.head.appendChild(script);
  };
  var show = function() {
    if (!document.getElementById('failed').hidden) return; // its words did not arrive either
    var slow = document.getElementById('slow');
    if (slow) slow.remove();
    document.getElementById('failed').hidden = false;
    translate();
  };
  if (!('noModule' in document.createElement('script'))) return show();
  setTimeout(function() { if (document.getElementById('slow')) translate(); }, 7000);
  addEventListener('error', function(event) {
    // A part that was not got, or a program that did not start. What fails later tells by itself.
    if (event.target.tagName === 'SCRIPT' || (event.target === window && !window.started)) show();
  }, true);
})();
