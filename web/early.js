// Says so when the program of the page does not arrive or is not understood. A classic script, because a browser that
// knows no modules is one such case; it runs before them (both are deferred), so it misses nothing.
(function() {
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
