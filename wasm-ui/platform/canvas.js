// The WebGL2 canvas (canvas.h).
mergeInto(LibraryManager.library, {
  $CV: {
    el: null,
    CURSORS: ['default', 'text', 'move', 'ns-resize', 'ew-resize', 'nesw-resize', 'nwse-resize', 'pointer', 'wait', 'progress',
      'not-allowed'],
  },
  js_canvas_open__deps: ['$CV', '$PF', '$GL'],
  js_canvas_open: function() {
    var el = CV.el = document.createElement('canvas');
    el.className = 'vd-canvas';
    el.setAttribute('aria-hidden', 'true');
    var handle = GL.createContext(el, {
      majorVersion: 2, minorVersion: 0, alpha: false, antialias: false, depth: false, stencil: false,
      premultipliedAlpha: true, preserveDrawingBuffer: false, powerPreference: 'low-power',
      failIfMajorPerformanceCaveat: false, enableExtensionsByDefault: 0,
    });
    if (!handle) {
      PF.stop('webgl', '');
      return 0;
    }
    GL.makeContextCurrent(handle);
    PF.root.insertBefore(el, PF.root.firstChild);
    PF.on(el, 'webglcontextlost', function(e) {
      e.preventDefault();  // or it is never given back
      _on_context_lost();
    });
    PF.on(el, 'webglcontextrestored', function() { _on_context_restored(); });
    return 1;
  },
  js_canvas_size__deps: ['$CV', '$PF'],
  js_canvas_size: function(w, h) {
    CV.el.width = w;
    CV.el.height = h;
  },
  js_canvas_cursor__deps: ['$CV', '$PF'],
  js_canvas_cursor: function(cursor) { PF.root.style.cursor = CV.CURSORS[cursor] || 'default'; },
});
