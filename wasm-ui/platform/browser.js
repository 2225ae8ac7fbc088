// The page, its preferences and small services (browser.h).
mergeInto(LibraryManager.library, {
  $BR: {
    audio: null,      // for the end tone; made in the first gesture, or it stays silent
    formats: {},      // Intl formatters by style and zone: making one costs a millisecond
    keyboard: false,  // a phone's keyboard is up
    insets: null,     // an element that CSS gives the phone's insets as padding

    media: function(query) { return window.matchMedia(query); },
    tell: function() {
      var view = window.visualViewport, css = getComputedStyle(BR.insets);
      // With an on-screen keyboard the visual viewport shrinks and the layout does not. A page that
      // the user has zoomed (scale > 1) keeps its size: there the visual viewport is only a window on it.
      var keyboard = view && view.scale <= 1.01 && window.innerHeight - view.height > 80;
      var height = keyboard ? view.height : window.innerHeight;
      var flags = [BR.media('(prefers-color-scheme: dark)').matches,
        BR.media('(prefers-reduced-motion: reduce)').matches,
        BR.media('(prefers-contrast: more)').matches || BR.media('(forced-colors: active)').matches,
        BR.media('(pointer: coarse)').matches, document.hidden, navigator.onLine,
        window.isSecureContext];
      var bits = 0;
      for (var i = 0; i < flags.length; i++) if (flags[i]) bits |= 1 << i;
      PF.root.style.height = height + 'px';
      // The user's size of text, which is 16 px unless the browser's settings say otherwise.
      var scale = PF.scale = Math.max(0.5, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
      PF.root.style.setProperty('--zoom', scale);
      var inset = function(side) { return (parseFloat(css['padding' + side]) || 0) / scale; };
      _on_page(window.innerWidth / scale, height / scale, (window.devicePixelRatio || 1) * scale, inset('Top'),
        inset('Right'), keyboard ? 0 : inset('Bottom'), inset('Left'), bits);
      if (keyboard && !BR.keyboard) MD.reveal();
      BR.keyboard = keyboard;
    },
    // A media query for one exact pixel ratio tells when it is left; then a new one is needed.
    watchRatio: function() {
      PF.on(BR.media('(resolution: ' + window.devicePixelRatio + 'dppx)'), 'change',
        function() { BR.watchRatio(); BR.tell(); }, { once: true });
    },
    route: function() {
      try {
        return decodeURIComponent(window.location.hash.slice(1));
      } catch (e) {
        return '';
      }
    },
    context: function() {
      if (!BR.audio && window.AudioContext) BR.audio = new AudioContext();
      return BR.audio;
    },
  },

  js_browser_open__deps: ['$PF', '$BR', '$MD'],
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
    PF.on(window, 'popstate', function() { _on_route(PF.text(BR.route())); });
    PF.on(window, 'pagehide', function() { _on_page_leaving(); PF.now(); });
    BR.watchRatio();
    BR.tell();
  },

  js_monotonic_ms: function() { return performance.now(); },
  js_wall_ms: function() { return Date.now(); },
  js_local_time__deps: ['$PF', '$BR'],
  js_local_time: function(ms, style, zone) {
    var name = UTF8ToString(zone), key = style + name, format = BR.formats[key];
    if (!format) {
      var clock = { hour: '2-digit', minute: '2-digit' };
      var options = [clock, { hour: '2-digit', minute: '2-digit', second: '2-digit' },
        { day: 'numeric', month: 'short', year: 'numeric' },
        { weekday: 'short', day: 'numeric', month: 'short' },
        { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }][style];
      if (name) options.timeZone = name;
      try {
        format = BR.formats[key] = new Intl.DateTimeFormat(navigator.languages || [], options);
      } catch (e) {
        return 0;  // no such zone
      }
    }
    return PF.text(format.format(new Date(ms)));
  },
  js_time_zone__deps: ['$PF'],
  js_time_zone: function() { return PF.text(Intl.DateTimeFormat().resolvedOptions()['timeZone'] || ''); },
  js_language__deps: ['$PF'],
  js_language: function() { return PF.text(navigator.language || ''); },
  js_language_name__deps: ['$PF'],
  js_language_name: function(code) {
    var name = UTF8ToString(code);
    try {
      name = new Intl.DisplayNames('en', { type: 'language' }).of(name) || name;
    } catch (e) {}  // no language at all
    return PF.text(name);
  },

  // Reading localStorage already throws where it is forbidden.
  js_store: function(key, value, thisTab) {
    try {
      var name = UTF8ToString(key), text = UTF8ToString(value), store = thisTab ? window.sessionStorage : window.localStorage;
      if (text) store.setItem(name, text); else store.removeItem(name);
      return 1;
    } catch (e) {
      return 0;
    }
  },
  js_stored__deps: ['$PF'],
  js_stored: function(key) {
    try {
      var name = UTF8ToString(key);
      return PF.text(window.sessionStorage.getItem(name) || window.localStorage.getItem(name) || '');
    } catch (e) {
      return 0;
    }
  },
  js_query__deps: ['$PF'],
  js_query: function(name) {
    return PF.text(new URLSearchParams(window.location.search).get(UTF8ToString(name)) || '');
  },
  js_route__deps: ['$PF', '$BR'],
  js_route: function() { return PF.text(BR.route()); },
  js_set_route__deps: ['$BR'],
  js_set_route: function(route, push) {
    var to = UTF8ToString(route), url = '#' + encodeURI(to).replace(/#/g, '%23');
    if (to === BR.route()) return;
    if (push) window.history.pushState(null, '', url); else window.history.replaceState(null, '', url);
  },
  js_set_title: function(title) { document.title = UTF8ToString(title); },
  js_set_theme_color: function(rgb) {
    var color = '#' + (0x1000000 + rgb).toString(16).slice(1);
    document.querySelectorAll('meta[name=theme-color]').forEach(function(meta) {
      meta.content = color;
      meta.removeAttribute('media');
    });
    document.documentElement.style.backgroundColor = color;
    // What the browser draws itself (the list of a select, scroll bars) follows the theme in use, which the
    // user may have chosen against the system's.
    document.documentElement.style.colorScheme = (rgb >> 8 & 255) < 128 ? 'dark' : 'light';
  },

  js_copy_text__deps: ['$PF'],
  js_copy_text: function(text) {
    var words = UTF8ToString(text), answer = function(ok) { PF.enter(function() { _on_copied(ok); }); };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(words).then(function() { answer(1); }, function() { answer(0); });
      return;
    }
    // Plain http from another host has no clipboard object; the old command still works there.
    var area = document.createElement('textarea'), before = document.activeElement, ok = false;
    area.value = words;
    area.className = 'vd-copy';
    document.body.appendChild(area);
    area.select();
    try {
      ok = document.execCommand('copy');
    } catch (e) {
      ok = false;
    }
    area.remove();
    if (before) before.focus({ preventScroll: true });
    setTimeout(function() { answer(ok ? 1 : 0); });
  },
  js_download: function(name, type, text) {
    var link = document.createElement('a');
    link.download = UTF8ToString(name);
    // The bytes as they are: a decoder would take a byte order mark away.
    var bytes = HEAPU8.slice(text, HEAPU8.indexOf(0, text));
    link.href = URL.createObjectURL(new Blob([bytes], { type: UTF8ToString(type) }));
    link.click();
    setTimeout(function() { URL.revokeObjectURL(link.href); }, 10000);
  },
  js_pick_text_file__deps: ['$PF'],
  js_pick_text_file: function(accept, max) {
    var input = document.createElement('input');
    var answer = function(name, text, failure) {
      PF.enter(function() { _on_file(PF.text(name), PF.text(text), PF.text(failure)); });
    };
    input.type = 'file';
    input.accept = UTF8ToString(accept);
    input.addEventListener('cancel', function() { answer('', '', 'cancelled'); });
    input.addEventListener('change', function() {
      var file = input.files[0];
      if (!file) return answer('', '', 'cancelled');
      if (file.size > max) return answer(file.name, '', 'too_large');
      file.arrayBuffer().then(function(buffer) {
        // Editors on Windows save UTF-16 too, with its mark in front.
        var bytes = new Uint8Array(buffer), mark = bytes[0] << 8 | bytes[1];
        var coding = mark === 0xFFFE ? 'utf-16le' : mark === 0xFEFF ? 'utf-16be' : 'utf-8';
        answer(file.name, new TextDecoder(coding).decode(bytes), '');
      }).catch(function() { answer(file.name, '', 'unreadable'); });
    });
    input.click();
  },

  js_play_end_tone__deps: ['$BR'],
  js_play_end_tone: function() {
    var audio = BR.context();
    if (!audio) return;
    audio.resume().then(function() {
      [[660, 0], [440, 0.16]].forEach(function(note) {
        var at = audio.currentTime + note[1], tone = audio.createOscillator(), gain = audio.createGain();
        tone.frequency.value = note[0];
        gain.gain.setValueAtTime(0, at);
        gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
        tone.connect(gain).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.16);
      });
    }, function() {});
  },
  js_go_to: function(path, newTab) {
    var to = UTF8ToString(path);
    if (!/^\/(?!\/)/.test(to)) return;
    // What the address asks for stays asked for (?showUserTranscripts=false ...).
    to = to.replace(/(?=#|$)/, function() { return window.location.search; });
    if (newTab) window.open(to, '_blank', 'noopener'); else window.location.assign(to);
  },
  js_random_id__deps: ['$PF'],
  js_random_id: function() {
    if (window.crypto.randomUUID) return PF.text(window.crypto.randomUUID());
    // Plain http from another host has no randomUUID. RFC 9562, version 4.
    var bytes = window.crypto.getRandomValues(new Uint8Array(16)), hex = '';
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    for (var i = 0; i < 16; i++) {
      hex += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (256 + bytes[i]).toString(16).slice(1);
    }
    return PF.text(hex);
  },
  js_crash__deps: ['$PF'],
  js_crash: function(reason) {
    var error = new Error(UTF8ToString(reason));
    PF.die(error);
    throw error;  // unwinds the program; nothing calls into it again
  },
  js_log: function(line) { console.log(UTF8ToString(line)); },
});
