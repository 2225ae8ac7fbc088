// The loop and the border (bridge.h). All other libraries of the room stand on $PF.
//
// Library objects hold plain data and functions only: Emscripten writes them out as text.
mergeInto(LibraryManager.library, {
  $PF: {
    raf: 0,          // a pending animation frame
    posted: false,   // a pending frame of a hidden tab
    timer: 0, due: 0,
    busy: false,     // a frame is being drawn
    dead: false,     // the program has failed: nothing calls into it any more
    frames: 0,       // drawn so far
    channel: null,
    encoder: null,
    host: null,      // web/host.js: carries out effects, tells events
    root: null,      // the element that holds everything
    scale: 1,        // CSS pixels in one of the program's: the text size that the user wants

    /** Runs something that may call into the program; the first failure stops everything. */
    enter: function(run) {
      if (PF.dead) return;
      try {
        return run();
      } catch (e) {
        PF.die(e);
      }
    },
    die: function(e) {
      if (PF.dead) return;
      PF.dead = true;
      PF.busy = false;
      if (PF.raf) cancelAnimationFrame(PF.raf);
      clearTimeout(PF.timer);
      PF.stop('crash', e);
    },
    /** Tells the page (web/boot.js) that the program cannot go on, and why. */
    stop: function(kind, reason) {
      window.dispatchEvent(new CustomEvent('voxdial-stop', { detail: { kind: kind, reason: reason } }));
    },
    on: function(target, type, listener, options) {
      target.addEventListener(type, function(e) { PF.enter(function() { listener(e); }); }, options);
    },

    color: function(rgb) { return '#' + (0x1000000 + rgb).toString(16).slice(1); },
    /** A string as a Text (bridge.h). */
    text: function(s) {
      var bytes = (PF.encoder = PF.encoder || new TextEncoder()).encode(s);
      var p = _on_text(bytes.length);
      HEAPU8.set(bytes, p + 4);
      return p;
    },

    // A frame at the browser's next repaint; a hidden tab has none, there a message of our own does.
    ask: function() {
      if (PF.dead || PF.raf || PF.posted) return;
      if (document.hidden) {
        PF.posted = true;
        PF.channel.port2.postMessage(0);
      } else {
        PF.raf = requestAnimationFrame(PF.frame);
      }
    },
    askIn: function(ms) {
      var due = performance.now() + ms;
      if (PF.timer && PF.due <= due) return;
      clearTimeout(PF.timer);
      PF.due = due;
      PF.timer = setTimeout(function() { PF.timer = 0; PF.ask(); }, ms);
    },
    frame: function() {
      PF.raf = 0;
      PF.posted = false;
      PF.enter(PF.draw);
    },
    draw: function() {
      if (PF.raf) {  // this frame is the one that was wanted
        cancelAnimationFrame(PF.raf);
        PF.raf = 0;
      }
      PF.busy = true;
      PF.frames++;
      var next = _on_frame();
      PF.busy = false;
      if (next === 0 && document.hidden) PF.askIn(250);  // nobody sees an animation
      else if (next === 0) PF.ask();
      else if (next > 0) PF.askIn(next);
      return next;
    },
    /** Frames inside the event that made them wanted: the first sees it, the second shows its effect. */
    now: function() {
      if (PF.busy) PF.ask();
      else if (PF.draw() === 0) PF.draw();
    },
  },

  js_enter__deps: ['$PF'],
  js_enter: function(run) { PF.enter(function() { {{{ makeDynCall('v', 'run') }}}(); }); },
  js_door_open__deps: ['$PF', '$BR', '$PT'],
  js_door_open: function() {
    PF.host = Module['host'](function(event, settle) {
      PF.enter(function() { _on_event(PF.text(event), settle); });
    });
    PF.host.orders.claimKeys = function(order) { PT.claimed = order.codes; };
    PF.host.tell(Object.assign({ event: 'launched', page: BR.facts }, PF.host.launched()), 1);
  },
  js_send__deps: ['$PF'],
  js_send: function(effect) { PF.host.carry(JSON.parse(UTF8ToString(effect))); },
  js_start__deps: ['$PF'],
  js_start: function() {
    PF.channel = new MessageChannel();
    PF.channel.port1.onmessage = PF.frame;
    PF.on(document, 'visibilitychange', function() {
      if (PF.raf) {  // asked for while visible: it would not come now
        cancelAnimationFrame(PF.raf);
        PF.raf = 0;
      }
      PF.ask();
    });
    PF.draw();
    Module['drawn']();
  },
  js_request_frame__deps: ['$PF'],
  js_request_frame: function() { PF.ask(); },
});
