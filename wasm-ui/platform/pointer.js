// Pointers, wheel and keys (pointer.cpp). Everything is listened to on the root, so that presses on the
// mirror's elements reach ImGui as well.
mergeInto(LibraryManager.library, {
  $PT: {
    TYPES: { mouse: 0, touch: 1, pen: 2 },
    NOWHERE: -1e9,
    held: false,       // a button or a finger is down
    touch: null,       // the finger that is down: { id, x, y, dragging, ... }
    fling: 0,          // the animation frame of a fling
    rest: [0, 0],      // fractions of a pixel not yet scrolled: ImGui scrolls whole ones
    claimed: [],       // codes of keys that do nothing else while held outside of text fields

    // Somebody may just have scrolled the mirror's layer (mirror_events.js: scroll) and aims at an element
    // where it is seen now; on the canvas it is still where it was.
    at: function(e) {
      var layer = MD.root || { scrollLeft: 0, scrollTop: 0 };
      _on_pointer_move(e.clientX / PF.scale + layer.scrollLeft, e.clientY / PF.scale + layer.scrollTop,
        PT.TYPES[e.pointerType] || 0);
    },
    scroll: function(dx, dy) {
      var x = Math.trunc(PT.rest[0] += dx), y = Math.trunc(PT.rest[1] += dy);
      PT.rest[0] -= x;
      PT.rest[1] -= y;
      if (x || y) _on_wheel(x, y);
    },
    field: function(el) { return !!el && /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName); },

    /** In what scrolls and selects by itself. */
    native: function(e) { return !!e.target.closest && !!e.target.closest('.vd-l, .vd-p, .vd-a'); },
    down: function(e) {
      PT.endFling();
      PT.rest = [0, 0];
      if (!e.isPrimary || PT.native(e)) return;
      if (MD.panel) {  // a press beside it only closes it, and takes no focus
        window.addEventListener('mousedown', function(later) { later.preventDefault(); }, { once: true, capture: true });
        return MD.panel.chooser.close();
      }
      // A link is opened beside this page: not here as well.
      if ((e.ctrlKey || e.metaKey || e.shiftKey) && e.target.closest('a')) return;
      PT.held = true;
      if (e.pointerType === 'touch') {
        PT.touch = { id: e.pointerId, x: e.clientX, y: e.clientY, x0: e.clientX, y0: e.clientY, dragging: false,
          slider: e.target.type === 'range' || MD.holds(e.target), trail: [] };
      }
      PT.at(e);
      _on_pointer_button(e.button, 1);
      // The list of a select swallows the release, and nothing else wants to see it held down.
      if (e.target.tagName === 'SELECT') _on_pointer_button(e.button, 0);
      PF.now();
    },
    move: function(e) {
      var t = PT.touch;
      if (t && e.pointerId === t.id) return PT.drag(t, e);
      if (!e.isPrimary || e.pointerType === 'touch') return;
      PT.at(e);
    },
    up: function(e) {
      var t = PT.touch;
      if (e.isPrimary) PT.held = false;
      if (t && e.pointerId === t.id) {
        PT.touch = null;
        if (t.dragging) return PT.startFling(t, e.timeStamp);
      }
      if (!e.isPrimary) return;
      PT.at(e);
      _on_pointer_button(e.button, 0);
      PF.now();  // still inside the gesture: microphone, clipboard and sound may be asked for
      if (e.pointerType === 'touch') _on_pointer_move(PT.NOWHERE, 0, 1);  // a lifted finger hovers over nothing
    },
    cancel: function(e) {
      PT.touch = null;
      PT.held = false;
      _on_pointer_move(PT.NOWHERE, 0, PT.TYPES[e.pointerType] || 0);
      _on_pointer_button(0, 0);
    },

    // A finger that moves 8 px scrolls and presses nothing any more: the press is let go nowhere, then
    // the wheel turns under the place where the finger came down.
    drag: function(t, e) {
      if (t.slider) return PT.at(e);
      if (!t.dragging) {
        if (Math.hypot(e.clientX - t.x0, e.clientY - t.y0) < 8) return;
        t.dragging = true;
        t.x = e.clientX;
        t.y = e.clientY;
        _on_pointer_move(PT.NOWHERE, 0, 1);
        _on_pointer_button(0, 0);
        PF.now();
        if (PT.field(document.activeElement) && document.activeElement !== e.target) document.activeElement.blur();
      }
      var dx = (t.x - e.clientX) / PF.scale, dy = (t.y - e.clientY) / PF.scale;
      t.x = e.clientX;
      t.y = e.clientY;
      t.trail.push({ at: e.timeStamp, dx: dx, dy: dy });
      if (t.trail.length > 6) t.trail.shift();
      _on_pointer_move(t.x0 / PF.scale, t.y0 / PF.scale, 1);
      PT.scroll(dx, dy);
    },
    // The fling goes on at the speed of the last 100 ms and dies away with a time constant of 325 ms.
    startFling: function(t, end) {
      var last = t.trail[t.trail.length - 1] || { at: 0 }, first = null, dx = 0, dy = 0;
      t.trail.forEach(function(step) {
        if (last.at - step.at > 100) return;
        if (first) { dx += step.dx; dy += step.dy; } else first = step;
      });
      var ms = first ? last.at - first.at : 0;
      var vx = ms > 0 ? dx / ms : 0, vy = ms > 0 ? dy / ms : 0, then = performance.now();
      if (end - last.at > 80 || BR.media('(prefers-reduced-motion: reduce)').matches) vx = vy = 0;
      var step = function(now) {
        var dt = Math.min(now - then, 50);
        then = now;
        PT.fling = 0;
        PF.enter(function() {
          if (Math.hypot(vx, vy) < 0.03) return _on_pointer_move(PT.NOWHERE, 0, 1);
          PT.scroll(vx * dt, vy * dt);
          vx *= Math.exp(-dt / 325);
          vy *= Math.exp(-dt / 325);
          PT.fling = requestAnimationFrame(step);
        });
      };
      step(then);
    },
    endFling: function() {
      if (PT.fling) cancelAnimationFrame(PT.fling);
      PT.fling = 0;
    },

    wheel: function(e) {
      if (e.ctrlKey || e.metaKey) return;  // zoom is the browser's
      if (PT.native(e)) return;
      var t = e.target;
      var inside = t.tagName === 'TEXTAREA' && t === document.activeElement &&
        (e.deltaY < 0 ? t.scrollTop > 0 : t.scrollTop + t.clientHeight < t.scrollHeight - 1);
      if (inside) return;
      e.preventDefault();
      var k = e.deltaMode === 1 ? 20 : e.deltaMode === 2 ? window.innerHeight : 1;
      PT.at(e);
      PT.scroll((e.shiftKey && !e.deltaX ? e.deltaY : e.deltaX) * k, (e.shiftKey && !e.deltaX ? 0 : e.deltaY) * k);
    },

    /** The keys that scroll a page scroll ours, where the focus lies in it. */
    scrollKey: function(e) {
      var key = e.key === ' ' ? (e.shiftKey ? 'PageUp' : 'PageDown') : e.key;
      if (!/^(PageUp|PageDown|Home|End|ArrowUp|ArrowDown)$/.test(key) || e.defaultPrevented || PT.native(e)) return;
      if (e.ctrlKey || e.altKey || e.metaKey || (e.key === ' ' && e.target.closest('button, a'))) return;
      e.preventDefault();
      var node = MD.node(e.target);
      _on_mirror_event(MD.SCROLL_KEY, node ? node.id : 0, PF.text(key));
    },
    // Something may have swallowed the release of a key.
    keysReleased: function() { PF.host.tell({ event: 'keysReleased' }, 2); },
    key: function(e, down) {
      // An input method is at work: what goes down is its own. What goes up may have gone down before.
      if (down && (e.isComposing || e.keyCode === 229)) return;
      // With one of these a key belongs to the browser or the system, and macOS never tells that it went up.
      if (down && (e.ctrlKey || e.altKey || e.metaKey)) PT.keysReleased();
      var field = PT.field(e.target), modified = e.ctrlKey || e.altKey || e.metaKey;
      // The one key with Ctrl that is ours; on a Mac with Cmd.
      var palette = down && e.key === 'k' && modified && !e.altKey && !e.shiftKey && e.metaKey === /Mac|iP/.test(navigator.platform);
      if (palette) e.preventDefault();
      if (!field && !e.ctrlKey && !e.altKey && !e.metaKey && PT.claimed.includes(e.code)) e.preventDefault();
      if (!e.repeat) PF.host.tell({ event: 'keyPressed', code: e.code, down: down, inField: field, key: modified ? '' : e.key, palette: palette }, 2);
      if (down && !field) PT.scrollKey(e);
      if (!field || palette) PF.now();
      if (down && MD.panel) e.preventDefault();  // the key that opened it is not typed there
    },
  },

  js_pointer_open__deps: ['$PF', '$BR', '$MD', '$PT'],
  js_pointer_open: function() {
    var root = PF.root;
    PF.on(root, 'pointerdown', PT.down);
    // On the window: a drag goes on outside of the root, and outside of the browser's window.
    PF.on(window, 'pointermove', PT.move);
    PF.on(window, 'pointerup', PT.up);
    PF.on(window, 'pointercancel', PT.cancel);
    PF.on(document.documentElement, 'pointerleave', function(e) {
      if (e.pointerType !== 'touch' && !e.buttons) _on_pointer_move(PT.NOWHERE, 0, 0);
    });
    PF.on(root, 'wheel', PT.wheel, { passive: false });
    PF.on(window, 'keydown', function(e) { PT.key(e, true); });
    PF.on(window, 'keyup', function(e) { PT.key(e, false); });
    PF.on(window, 'blur', function() { _on_window_focus(0); PT.keysReleased(); });
    PF.on(window, 'focus', function() { _on_window_focus(1); });
    // Any of these may swallow the release of a key.
    ['compositionstart', 'dragstart', 'contextmenu', 'beforeprint', 'pagehide', 'freeze'].forEach(function(type) {
      PF.on(window, type, PT.keysReleased);
    });
    ['visibilitychange', 'fullscreenchange', 'pointerlockchange'].forEach(function(type) {
      PF.on(document, type, PT.keysReleased);
    });
  },
});
