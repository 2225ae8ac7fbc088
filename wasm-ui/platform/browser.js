// The page, its preferences and small services (browser.h).
mergeInto(LibraryManager.library, {
  $BR: {
    facts: null,      // of the page, as the model knows them
    keyboard: false,  // a phone's keyboard is up
    insets: null,     // an element that CSS gives the phone's insets as padding

    media: function(query) { return window.matchMedia(query); },
    tell: function() {
      var view = window.visualViewport, css = getComputedStyle(BR.insets);
      // With an on-screen keyboard the visual viewport shrinks and the layout does not. A page that
      // the user has zoomed (scale > 1) keeps its size: there the visual viewport is only a window on it.
      var keyboard = view && view.scale <= 1.01 && window.innerHeight - view.height > 80;
      var height = keyboard ? view.height : window.innerHeight;
      PF.root.style.height = height + 'px';
      // The user's size of text, which is 16 px unless the browser's settings say otherwise.
      var scale = PF.scale = Math.max(0.5, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
      PF.root.style.setProperty('--zoom', scale);
      var inset = function(side) { return (parseFloat(css['padding' + side]) || 0) / scale; };
      var facts = {
        width: window.innerWidth / scale, height: height / scale, pixelRatio: (window.devicePixelRatio || 1) * scale,
        insetTop: inset('Top'), insetRight: inset('Right'), insetBottom: keyboard ? 0 : inset('Bottom'), insetLeft: inset('Left'),
        dark: BR.media('(prefers-color-scheme: dark)').matches,
        reducedMotion: BR.media('(prefers-reduced-motion: reduce)').matches,
        moreContrast: BR.media('(prefers-contrast: more)').matches || BR.media('(forced-colors: active)').matches,
        touch: BR.media('(pointer: coarse)').matches, hidden: document.hidden, online: navigator.onLine,
        secure: window.isSecureContext,
      };
      if (JSON.stringify(facts) !== JSON.stringify(BR.facts)) {
        BR.facts = facts;
        _on_page(facts.width, facts.height, facts.pixelRatio, facts.hidden);
        if (PF.host) PF.host.tell({ event: 'pageChanged', page: facts }, 2);
      }
      if (keyboard && !BR.keyboard) ME.reveal();
      BR.keyboard = keyboard;
    },
    // A media query for one exact pixel ratio tells when it is left; then a new one is needed.
    watchRatio: function() {
      PF.on(BR.media('(resolution: ' + window.devicePixelRatio + 'dppx)'), 'change',
        function() { BR.watchRatio(); BR.tell(); }, { once: true });
    },
  },

  js_browser_open__deps: ['$PF', '$BR', '$ME'],
  js_browser_open: function() {
    PF.root = document.getElementById('voxdial');
    BR.insets = document.createElement('div');
    BR.insets.className = 'vd-insets';
    PF.root.appendChild(BR.insets);
    ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)', '(prefers-contrast: more)',
      '(forced-colors: active)', '(pointer: coarse)'].forEach(function(query) { PF.on(BR.media(query), 'change', BR.tell); });
    ['resize', 'online', 'offline', 'pageshow'].forEach(function(type) { PF.on(window, type, BR.tell); });
    PF.on(document, 'visibilitychange', BR.tell);
    if (window.visualViewport) PF.on(window.visualViewport, 'resize', BR.tell);
    // iOS scrolls the page to show a field above the keyboard; the views do that, the page stays.
    PF.on(window, 'scroll', function() { window.scrollTo(0, 0); });
    PF.on(window, 'pagehide', function() { PF.host.tell({ event: 'pageLeft' }, 1); PF.draw(); });
    BR.watchRatio();
    BR.tell();
  },

  js_monotonic_ms: function() { return performance.now(); },
  js_wall_ms: function() { return Date.now(); },
  js_format__deps: ['$PF'],
  js_format: function(name, value, of) { return PF.text(PF.host.format(UTF8ToString(name), value, UTF8ToString(of))); },

  js_set_theme_color__deps: ['$PF'],
  js_set_theme_color: function(rgb) {
    var color = PF.color(rgb);
    document.querySelectorAll('meta[name=theme-color]').forEach(function(meta) {
      meta.content = color;
      meta.removeAttribute('media');
    });
    document.documentElement.style.backgroundColor = color;
    // What the browser draws itself (the list of a select, scroll bars) follows the theme in use, which the
    // user may have chosen against the system's.
    document.documentElement.style.colorScheme = (rgb >> 8 & 255) < 128 ? 'dark' : 'light';
  },
});
