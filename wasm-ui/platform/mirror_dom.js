// The mirror's elements (mirror_dom.h, mirror_dom.cpp): reads Records, writes the DOM. What happens to them is told by
// mirror_events.js.
mergeInto(LibraryManager.library, {
  $MD: {
    // By Role: [tag, ARIA role, what it is]. b: pressed like a button, n: native field, w: carries its
    // words as text, g: holds others, l: a log, p: a panel over everything else, a: a sound.
    KINDS: [
      ['h', '', 'w'], ['div', '', 'w'], ['button', '', 'b'], ['a', '', 'b'], ['button', 'switch', 'b'],
      ['button', 'checkbox', 'b'], ['button', 'radio', 'b'], ['div', 'radiogroup', 'g'], ['nav', '', 'g'],
      ['main', '', 'g'], ['aside', '', 'g'], ['input', '', 'n'], ['textarea', '', 'n'], ['select', '', 'n'],
      ['input', '', 'n'], ['div', 'meter', ''], ['div', 'status', 'w'], ['div', 'alert', 'w'], ['div', '', 'l'],
      ['ul', 'list', 'g'], ['li', 'listitem', 'w'], ['div', 'group', 'g'], ['div', 'tooltip', 'w'],
      ['div', '', 'p'], ['audio', '', 'a'],
    ],
    // Places in KINDS that need more than the table says.
    LINK: 3, TOGGLE: 4, CHECKBOX: 5, RADIO: 6, RADIOGROUP: 7, MAIN: 9, TEXTBOX: 11, TEXTAREA: 12, SELECT: 13, SLIDER: 14, METER: 15,
    TOOLTIP: 22, CHOOSER: 23,
    // By Input: which keyboard, and what it calls Enter.
    MODES: ['text', 'text', 'text', 'tel', 'search'],
    ENTER: ['done', 'done', 'send', 'go', 'search'],
    // MirrorEvent::Kind
    ACTIVATE: 0, CHANGE: 1, SUBMIT: 2, FOCUS: 3, BLUR: 4, SCROLL_INTO_VIEW: 5, SCROLL_KEY: 6, MEASURED: 7, CLOSED: 8,

    root: null,
    map: {},        // id -> node: { id, el, box (where its children go), role, kind, words, last, cut, ... }
    groups: [],     // radiogroups written since begin
    panel: null,    // the node of an open chooser: nothing else can be reached
    writing: false, // the program writes into a field: nobody has typed that
    lost: null,     // where the element was that had the focus and is gone
    title: null,    // of a screen that has come since begin

    node: function(target) {
      while (target && target !== MD.root) {
        if (target.vd) return MD.map[target.vd];
        target = target.parentNode;
      }
      return null;
    },
    /** A button that works as long as it is held: a finger on it may slide. */
    holds: function(target) {
      var node = MD.node(target);
      return !!node && node.hold;
    },
    tell: function(kind, node, value) { _on_mirror_event(kind, node.id, value ? PF.text(value) : 0); },
    attr: function(el, name, value) {
      if (value === null) el.removeAttribute(name);
      else if (el.getAttribute(name) !== value) el.setAttribute(name, value);
    },

    make: function(id, role, level) {
      var row = MD.KINDS[role], kind = row[2], el = document.createElement(row[0] === 'h' ? 'h' + (level || 2) : row[0]);
      var node = { id: id, el: el, role: role, kind: kind, words: kind === 'w' ? el : null, last: null, cut: false,
        composing: false, parent: null };
      el.vd = id;
      if (level === 1) MD.title = el;
      el.className = 'vd' + (kind ? ' vd-' + kind : '');
      if (row[1]) el.setAttribute('role', row[1]);
      if (row[0] === 'button') el.type = 'button';
      if (role === MD.SLIDER) {
        el.type = 'range';
      } else if (kind === 'n') {
        el.autocomplete = 'off';
        MD.prose(el, role === MD.TEXTAREA);
        el.dir = 'auto';
      } else if (role === MD.TOOLTIP) {
        el.className += ' vd-tooltip';
      } else if (kind === 'l') {
        node.log = MD.log(node);
      } else if (kind === 'p') {
        MD.panel = node;
        node.chooser = MD.chooser(node);
      } else if (kind === 'a') {
        el.controls = true;
        el.preload = 'metadata';
        // 3: what came cannot be played. Firefox says so too where there is nothing to hear it with, and plays on.
        PF.on(el, 'error', function() { if (el.error.code !== 3) MD.tell(MD.CLOSED, node); });
      }
      return MD.map[id] = node;
    },
    prose: function(el, yes) {
      el.setAttribute('autocapitalize', yes ? 'sentences' : 'off');
      el.spellcheck = yes;
    },
    /** While a panel is open nothing else can be reached. */
    block: function() {
      for (var el = MD.root.firstElementChild; el; el = el.nextElementSibling) el.inert = !!MD.panel && el !== MD.panel.el;
    },
    tag: function(name, look, words) {
      var el = document.createElement(name);
      if (look) el.className = look;
      if (words) el.textContent = words;
      return el;
    },

    /** What web/later.js makes of a node, which may be a moment away: until then orders wait. */
    late: function(node, methods, make, failed) {
      var real = null, waiting = [], out = {};
      methods.forEach(function(method) {
        out[method] = function() {
          if (real) real[method].apply(real, arguments);
          else waiting.push([method, arguments]);
        };
      });
      Module['later'].then(function(later) {
        if (MD.map[node.id] !== node) return;
        real = make(later);
        waiting.forEach(function(order) { real[order[0]].apply(real, order[1]); });
      }, failed);
      return out;
    },
    chooser: function(node) {
      var back = document.activeElement;  // soon nothing but the list can have the focus
      var done = function(value) {
        MD.panel = null;
        MD.block();
        if (back.isConnected) back.focus({ preventScroll: true });  // until the program, which is told now, wants it elsewhere
        PF.enter(function() {
          MD.tell(value === null ? MD.CLOSED : MD.CHANGE, node, value);
          PF.now();
        });
      };
      return MD.late(node, ['name', 'options', 'close'], function(later) { return later.openChooser(node.el, done); },
        function() { done(null); });
    },
    log: function(node) {
      return MD.late(node, ['name', 'follow', 'newest', 'lines'], function(later) {
        return later.openLog(node.el, function(height) { PF.enter(function() { MD.tell(MD.MEASURED, node, height); }); });
      });
    },

    // Puts a node after its elder sibling. An element that has the focus would lose it by being
    // moved, so then the ones in its way go to the end, where their own turn comes.
    place: function(node, parent) {
      var box = parent ? parent.el : MD.root, home = parent || MD;
      var want = home.last ? home.last.nextSibling : box.firstChild;
      if (want !== node.el) {
        if (node.el.parentNode === box && node.el.contains(document.activeElement)) {
          while (want !== node.el) {
            var next = want.nextSibling;
            box.appendChild(want);
            want = next;
          }
        } else {
          box.insertBefore(node.el, want);
        }
      }
      home.last = node.el;
    },

    words: function(node, name, description) {
      if (node.log) return node.log.name(name);
      if (node.chooser) {
        node.chooser.name(name);
        node.description = description;
        return;
      }
      if (node.words) {
        node.words.textContent = name;
      } else {
        MD.attr(node.el, 'aria-label', name || null);
      }
      MD.attr(node.el, 'aria-description', description || null);
    },
    state: function(node, flags, input, number, min, max, step) {
      var el = node.el, disabled = !!(flags & 1), yes = function(bit) { return flags & bit ? 'true' : 'false'; };
      node.disabled = disabled;
      node.hold = !!(flags & 64);
      if (node.log) node.log.follow(!!(flags & 128));
      // A field that is closed for a moment keeps the keyboard's focus; a list of choices cannot be closed otherwise.
      if (node.role === MD.SELECT) el.disabled = disabled;
      else MD.attr(el, 'aria-disabled', disabled ? 'true' : null);
      if (node.role === MD.TEXTBOX || node.role === MD.TEXTAREA) el.readOnly = disabled;
      if (node.role === MD.TOGGLE || node.role === MD.CHECKBOX || node.role === MD.RADIO) MD.attr(el, 'aria-checked', yes(2));
      if (node.role === MD.LINK) MD.attr(el, 'aria-current', flags & 2 ? 'page' : null);
      MD.attr(el, 'aria-expanded', flags & 8 ? yes(4) : null);
      MD.attr(el, 'aria-invalid', flags & 16 ? 'true' : null);
      MD.attr(el, 'aria-busy', flags & 32 ? 'true' : null);
      if (node.role === MD.TEXTBOX) {
        el.type = input === 3 ? 'tel' : 'text';
        MD.attr(el, 'inputmode', MD.MODES[input]);
        MD.attr(el, 'enterkeyhint', MD.ENTER[input]);
        MD.prose(el, input === 1 || input === 2);
      } else if (node.role === MD.SLIDER) {
        el.min = min;
        el.max = max;
        el.step = Math.round(step * 1000) / 1000 || 'any';
        if (Math.abs(el.value - number) > step / 2) el.value = Math.round(number * 1000) / 1000;
        el.style.setProperty('--share', 100 * (number - min) / (max - min) + '%');
      } else if (node.role === MD.METER) {
        MD.attr(el, 'aria-valuemin', '' + min);
        MD.attr(el, 'aria-valuemax', '' + max);
        MD.attr(el, 'aria-valuenow', '' + Math.round(number * 1000) / 1000);
      }
    },
    options: function(node, text, placeholder, value) {
      if (node.chooser) {
        node.chooser.options(text.split('\x1e').slice(0, -1).map(function(option) {
          var parts = option.split('\x1f');
          return { value: parts[0], label: parts[1], mark: parts[2], hint: parts[3] };
        }), placeholder, value, node.description);
      } else if (node.role === MD.SELECT) {
        node.el.textContent = '';
        text.split('\x1e').slice(0, -1).forEach(function(option) {
          var parts = option.split('\x1f');
          node.el.add(new Option(parts[1], parts[0]));
        });
        if (placeholder) {
          var none = new Option(placeholder, '');
          none.disabled = none.hidden = true;
          node.el.add(none);
        }
      } else if (node.kind === 'n' && node.role !== MD.SLIDER) {
        node.el.placeholder = placeholder;
      } else if (node.log) {
        node.log.newest(placeholder);
      } else if (node.role === MD.MAIN) {
        MD.skip.textContent = placeholder;
      }
    },
    // The model may have formatted what was typed ("+14155550123" to "+1 415 555 0123"): caret and selection
    // stay behind the same letter or digit.
    value: function(node, value) {
      var el = node.el;
      if (node.role === MD.SLIDER) return MD.attr(el, 'aria-valuetext', value);
      if (node.composing || el.value === value) return;
      if (node.role === MD.SELECT || document.activeElement !== el) {
        el.value = value;
        if (el.selectedIndex < 0) el.value = '';  // the placeholder
        return;
      }
      var solid = function(s) { return s.replace(/[^\p{L}\p{N}+]/gu, '').length; }, old = el.value;
      var moved = function(to) {
        if (to === old.length) return value.length;
        var before = solid(old.slice(0, to)), at = 0;
        while (at < value.length && solid(value.slice(0, at)) < before) at++;
        return at;
      };
      var start = moved(el.selectionStart), end = moved(el.selectionEnd);
      // As if it was typed: what is set otherwise takes the way back (Ctrl+Z) with it.
      MD.writing = true;
      el.select();
      if (!document.execCommand('insertText', false, value) || el.value !== value) el.value = value;
      MD.writing = false;
      el.setSelectionRange(start, end);
    },
    px: function(v) { return Math.round(v * 100) / 100 + 'px'; },
    put: function(node, x, y, w, h, top, right, bottom, left) {
      var s = node.el.style;
      s.left = MD.px(x);
      s.top = MD.px(y);
      s.width = MD.px(w);
      s[node.chooser ? 'maxHeight' : 'height'] = MD.px(h);
      if (node.chooser) return;
      node.cut = top + right + bottom + left > 1;
      // A cut region would cut what it holds as well, which has its own cut.
      if (node.kind !== 'g') {
        s.clipPath = node.cut ? 'inset(' + [top, right, bottom, left].map(MD.px).join(' ') + ')' : '';
      }
    },

    choices: function(box, role) {
      var out = [];
      for (var el = box.firstElementChild; el; el = el.nextElementSibling) {
        var node = MD.map[el.vd];
        if (node && node.role === role) out.push(node);
      }
      return out;
    },
    /** A radiogroup is one Tab stop: the chosen one, or the first. */
    rove: function(group) {
      var all = MD.choices(group.el, MD.RADIO);
      var stop = all.filter(function(n) { return n.el.getAttribute('aria-checked') === 'true'; })[0] || all[0];
      all.forEach(function(n) {
        var index = n === stop ? 0 : -1;
        if (n.el.tabIndex !== index) n.el.tabIndex = index;
      });
    },
    middle: function(el) {
      var r = el.getBoundingClientRect();
      return [r.left + r.width / 2, r.top + r.height / 2];
    },
    /** Rather what is at the same height; of a log its nearest line counts, not its middle. */
    nearest: function(to, wanted) {
      var best = null, least = Infinity;
      for (var id in MD.map) {
        var node = MD.map[id];
        if (!wanted(node)) continue;
        (node.log ? node.el.querySelectorAll('li') : [node.el]).forEach(function(el) {
          var at = MD.middle(el), far = Math.hypot((at[0] - to[0]) / 8, at[1] - to[1]);
          if (far < least) {
            least = far;
            best = node;
          }
        });
      }
      return best;
    },
    /** What had the focus is gone: the new screen's title has it now, or the button nearest to where it was, so that the
        keyboard need not begin anew. */
    inherit: function(from) {
      if (MD.title) return MD.focus(MD.title);
      var best = MD.nearest(from, function(node) { return node.kind === 'b' && !node.disabled && node.el.tabIndex >= 0; });
      if (best) MD.focus(best.el);
    },
    focus: function(el) {
      if (el.tabIndex < 0 && !/^(A|BUTTON|INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) el.tabIndex = -1;
      el.focus({ preventScroll: true });
    },
    open: function() {
      var root = MD.root = MD.tag('div', 'vd-mirror'), skip = MD.skip = MD.tag('a', 'vd-skip');
      skip.href = '#content';
      root.id = 'content';
      PF.on(skip, 'click', function(e) {
        e.preventDefault();
        var first = root.querySelector('main button, main a, main input, main select, main textarea, main [role=log]');
        if (first) first.focus({ preventScroll: true });
      });
      PF.root.appendChild(skip);
      PF.root.appendChild(root);
      ME.listen(root);
    },
  },

  js_mirror_remove__deps: ['$MD', '$PF'],
  js_mirror_remove: function(id) {
    var node = MD.map[id >>>= 0];  // C++ counts without a sign, the border to JavaScript with one
    if (node === MD.panel) node.chooser.close();
    // Removing an element that has the focus tells nobody.
    if (node.el.contains(document.activeElement)) {
      MD.lost = MD.middle(document.activeElement);
      document.activeElement.blur();
    }
    node.el.remove();
    delete MD.map[id];
  },
  js_mirror_begin__deps: ['$MD', '$ME', '$PF', '$PT'],
  js_mirror_begin: function() {
    if (!MD.root) MD.open();
    MD.last = MD.title = null;
    MD.groups = [];
    for (var id in MD.map) MD.map[id].last = null;
  },
  js_mirror_node__deps: ['$MD', '$PF'],
  js_mirror_node: function(record) {
    var u = record >> 2, id = HEAPU32[u], changed = HEAPU32[u + 3];
    var parent = MD.map[HEAPU32[u + 1]], node = MD.map[id] || MD.make(id, HEAPU32[u + 2], HEAPU32[u + 5]);
    var flags = HEAPU32[u + 4], s = function(i) { return UTF8ToString(HEAPU32[u + i]); };
    node.parent = parent;
    MD.place(node, parent);
    if (changed & 1) MD.words(node, s(7), s(8));
    if (changed & 2) {
      MD.state(node, flags, HEAPU32[u + 6], HEAPF32[u + 12], HEAPF32[u + 13], HEAPF32[u + 14], HEAPF32[u + 15]);
    }
    if (changed & 4 && node.role === MD.LINK) MD.attr(node.el, 'href', s(9));
    if (changed & 16) {
      MD.put(node, HEAPF32[u + 16], HEAPF32[u + 17], HEAPF32[u + 18], HEAPF32[u + 19], HEAPF32[u + 20], HEAPF32[u + 21],
        HEAPF32[u + 22], HEAPF32[u + 23]);
    }
    if (changed & 8) MD.options(node, s(11), s(10), s(9));  // a list is scrolled to what is chosen: placed before
    if (changed & 4 && node.kind === 'a') MD.attr(node.el, 'src', s(9));
    if (changed & 4 && node.kind === 'n') MD.value(node, s(9));
    if (changed & 32) node.el.style.fontSize = HEAPF32[u + 24] + 'px';
    if (node.role === MD.RADIOGROUP) MD.groups.push(node);
  },
  js_mirror_end__deps: ['$MD'],
  js_mirror_end: function() {
    MD.groups.forEach(MD.rove);
    if (MD.panel) MD.block();
    if (MD.lost && document.activeElement === document.body) MD.inherit(MD.lost);
    MD.lost = null;
  },
  js_mirror_focus__deps: ['$MD'],
  js_mirror_focus: function(id) {
    var node = MD.map[id >>> 0];
    if (!node) return 0;
    if (document.activeElement === node.el) return 1;
    MD.focus(node.el);
    return document.activeElement === node.el ? 1 : 0;
  },
  /** All lines of a log from one on. */
  js_mirror_lines__deps: ['$MD'],
  js_mirror_lines: function(id, from, lines) {
    MD.map[id >>> 0].log.lines(from, UTF8ToString(lines).split('\x1e').slice(0, -1));
  },
  js_mirror_token__deps: ['$PF'],
  js_mirror_token: function(name, rgb) {
    document.documentElement.style.setProperty('--' + UTF8ToString(name), PF.color(rgb));
  },
});
