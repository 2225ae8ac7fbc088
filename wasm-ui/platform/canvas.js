// The WebGL2 canvas (canvas.h): its context, its size in the screen's own pixels.
mergeInto(LibraryManager.library, {
  $CV: {
    el: null,
    // In CSS pixels times the ratio a box may be a pixel off; only the observer knows it exactly.
    observe: function() {
      var exact = 'devicePixelContentBoxSize' in ResizeObserverEntry.prototype;
      new ResizeObserver(function(entries) {
        PF.enter(function() {
          var entry = entries[0], ratio = window.devicePixelRatio || 1;
          var pixels = function(side) {
            return exact ? entry.devicePixelContentBoxSize[0][side] : Math.round(entry.contentBoxSize[0][side] * ratio);
          };
          _on_canvas_size(pixels('inlineSize'), pixels('blockSize'));
          PF.now();  // before the browser paints: a canvas of another size is empty
        });
      }).observe(CV.el, exact ? { box: 'device-pixel-content-box' } : {});
    },
  },
  /** 0 without WebGL2. */
  js_canvas_open__deps: ['$CV', '$PF', '$GL'],
  js_canvas_open: function() {
    var el = CV.el = document.createElement('canvas');
    el.className = 'vd-canvas';
    el.setAttribute('aria-hidden', 'true');
    var context = GL.createContext(el, { alpha: false, antialias: false, depth: false, stencil: false,
      powerPreference: 'low-power', majorVersion: 2, minorVersion: 0, enableExtensionsByDefault: false });
    if (!context) {
      PF.stop('webgl', '');
      return 0;
    }
    GL.makeContextCurrent(context);
    // ImGui's renderer asks for the state it changes, to put it back. Nobody else draws here, so that is what a new
    // context has; asking the browser each time would wait for the graphics card, twenty times a frame.
    ['getParameter', 'isEnabled'].forEach(function(name) {
      var ask = GLctx[name], known = {};
      GLctx[name] = function(what) { return what in known ? known[what] : known[what] = ask.call(GLctx, what); };
    });
    PF.root.insertBefore(el, PF.root.firstChild);
    PF.on(el, 'webglcontextlost', function(e) {
      e.preventDefault();  // or it is never given back
      _on_context_lost();
    });
    PF.on(el, 'webglcontextrestored', function() { _on_context_restored(); });
    CV.observe();
    return 1;
  },
  js_canvas_size__deps: ['$CV'],
  js_canvas_size: function(w, h) {
    CV.el.width = w;
    CV.el.height = h;
  },
});
