// The WebGL2 canvas (canvas.h), and what draws ImGui's triangles on it.
mergeInto(LibraryManager.library, {
  $CV: {
    el: null,
    gl: null,
    size: null,    // the place of the shader's size of the page
    textures: [],  // by the numbers canvas.cpp gives them
    CURSORS: ['default', 'text', 'move', 'ns-resize', 'ew-resize', 'nesw-resize', 'nwse-resize', 'pointer', 'wait', 'progress',
      'not-allowed'],
    // A vertex is a place in CSS px from the top left corner, a place on the texture and a colour.
    VERTEX: '#version 300 es\n' +
      'layout(location=0) in highp vec2 place;layout(location=1) in highp vec2 from;layout(location=2) in lowp vec4 colour;' +
      'uniform highp vec2 size;out highp vec2 at;out lowp vec4 ink;' +
      'void main(){at=from;ink=colour;gl_Position=vec4(place*size+vec2(-1,1),0,1);}',
    PIXEL: '#version 300 es\n' +
      'uniform lowp sampler2D atlas;in highp vec2 at;in lowp vec4 ink;out lowp vec4 pixel;' +
      'void main(){pixel=ink*texture(atlas,at);}',

    /** All that a new context needs; nothing of this changes afterwards. */
    prepare: function() {
      var gl = CV.gl, program = gl.createProgram();
      [[gl.VERTEX_SHADER, CV.VERTEX], [gl.FRAGMENT_SHADER, CV.PIXEL]].forEach(function(part) {
        var shader = gl.createShader(part[0]);
        gl.shaderSource(shader, part[1]);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
      });
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
        throw new Error('the shaders do not link: ' + gl.getProgramInfoLog(program));
      }
      gl.useProgram(program);
      CV.size = gl.getUniformLocation(program, 'size');
      CV.textures = [];
      gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
      for (var i = 0; i < 3; i++) gl.enableVertexAttribArray(i);
      gl.enable(gl.BLEND);
      gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    },
    bind: function(texture) { CV.gl.bindTexture(CV.gl.TEXTURE_2D, CV.textures[texture]); },
  },
  /** Side length of the largest texture; 0 without WebGL2. */
  js_canvas_open__deps: ['$CV', '$PF'],
  js_canvas_open: function() {
    var el = CV.el = document.createElement('canvas');
    el.className = 'vd-canvas';
    el.setAttribute('aria-hidden', 'true');
    CV.gl = el.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false,
      powerPreference: 'low-power' });
    if (!CV.gl) {
      PF.stop('webgl', '');
      return 0;
    }
    CV.prepare();
    PF.root.insertBefore(el, PF.root.firstChild);
    PF.on(el, 'webglcontextlost', function(e) {
      e.preventDefault();  // or it is never given back
      _on_context_lost();
    });
    PF.on(el, 'webglcontextrestored', function() {
      CV.prepare();
      _on_context_restored();
    });
    return CV.gl.getParameter(CV.gl.MAX_TEXTURE_SIZE);
  },
  js_canvas_size__deps: ['$CV', '$PF'],
  js_canvas_size: function(w, h) {
    CV.el.width = w;
    CV.el.height = h;
  },
  js_canvas_cursor__deps: ['$CV', '$PF'],
  js_canvas_cursor: function(cursor) { PF.root.style.cursor = CV.CURSORS[cursor] || 'default'; },

  js_texture_make__deps: ['$CV'],
  js_texture_make: function(texture, w, h) {
    var gl = CV.gl;
    CV.textures[texture] = gl.createTexture();
    CV.bind(texture);
    [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER].forEach(function(filter) { gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR); });
    [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T].forEach(function(wrap) { gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE); });
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, w, h, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
  },
  js_texture_drop__deps: ['$CV'],
  js_texture_drop: function(texture) {
    CV.gl.deleteTexture(CV.textures[texture]);
    delete CV.textures[texture];
  },
  js_texture_write__deps: ['$CV'],
  js_texture_write: function(texture, x, y, w, h, row, pixels) {
    var gl = CV.gl;
    CV.bind(texture);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, row);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, w, h, gl.RGBA, gl.UNSIGNED_BYTE, HEAPU8, pixels);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  },

  js_draw_begin__deps: ['$CV'],
  js_draw_begin: function(ratio, red, green, blue) {
    var gl = CV.gl, w = CV.el.width, h = CV.el.height;
    gl.viewport(0, 0, w, h);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.uniform2f(CV.size, 2 * ratio / w, -2 * ratio / h);
  },
  js_draw_mesh__deps: ['$CV'],
  js_draw_mesh: function(vertices, vertex_bytes, indices, index_bytes) {
    var gl = CV.gl;
    gl.bufferData(gl.ARRAY_BUFFER, HEAPU8, gl.STREAM_DRAW, vertices, vertex_bytes);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, HEAPU8, gl.STREAM_DRAW, indices, index_bytes);
  },
  js_draw_piece__deps: ['$CV'],
  js_draw_piece: function(texture, left, top, right, bottom, vertices, indices, count) {
    var gl = CV.gl;
    CV.bind(texture);
    gl.scissor(left, CV.el.height - bottom, right - left, bottom - top);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 20, vertices);
    gl.vertexAttribPointer(1, 2, gl.FLOAT, false, 20, vertices + 8);
    gl.vertexAttribPointer(2, 4, gl.UNSIGNED_BYTE, true, 20, vertices + 16);
    gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_SHORT, indices);
  },
});
