// Glyphs by Canvas 2D (canvas_font.cpp). The font stacks are the page's own (voxdial.css), so that text
// on the canvas and text in the native fields are set in the same faces.
mergeInto(LibraryManager.library, {
  $CF: {
    STYLES: [['400', '--vd-face'], ['600', '--vd-face'], ['400', '--vd-mono']],
    stacks: [],
    canvas: null, context: null, font: '', image: null,
    blind: false,  // reading pixels back gives noise

    /** The context with that font set. */
    use: function(style, em) {
      var font = CF.STYLES[style][0] + ' ' + em + 'px ' + CF.stacks[style], x = CF.context;
      if (font !== CF.font) {
        x.font = CF.font = font;
        x.fontKerning = 'none';  // glyphs are set one by one
        x.fillStyle = '#fff';
      }
      return x;
    },
    // Draws a glyph with its own corner (left, top) at the canvas's corner.
    draw: function(style, em, glyph, left, top, w, h) {
      if (w > CF.canvas.width || h > CF.canvas.height) {  // growing it forgets the font
        CF.canvas.width = Math.max(CF.canvas.width, w);
        CF.canvas.height = Math.max(CF.canvas.height, h);
        CF.font = '';
      }
      var x = CF.use(style, em);
      x.clearRect(0, 0, w, h);
      x.fillText(glyph, -left, -top);
      return x;
    },
  },
  js_font_open__deps: ['$CF'],
  js_font_open: function() {
    var css = getComputedStyle(document.documentElement);
    CF.stacks = CF.STYLES.map(function(style) { return css.getPropertyValue(style[1]).trim() || 'sans-serif'; });
    CF.canvas = document.createElement('canvas');
    CF.canvas.width = CF.canvas.height = 128;
    // Without the hint each reading waits for the graphics card: 50 times slower.
    CF.context = CF.canvas.getContext('2d', { willReadFrequently: true });
    // Is what is read what was written? Mild protections change a bit here and there; that does no harm.
    var x = CF.context, wrong = 0;
    x.fillStyle = '#fff';
    x.fillRect(2, 2, 8, 8);
    var p = x.getImageData(0, 0, 12, 12).data;
    for (var i = 0; i < 144; i++) {
      var inside = i % 12 >= 2 && i % 12 < 10 && i >= 24 && i < 120;
      if (Math.abs(p[i * 4 + 3] - (inside ? 255 : 0)) > 8) wrong++;
    }
    CF.blind = wrong > 0;
    return wrong ? 0 : 1;
  },
  js_font_metrics__deps: ['$CF'],
  js_font_metrics: function(style, out) {
    // At 100 px, as one browser gives whole numbers only.
    var m = CF.use(style, 100).measureText('Hg');
    HEAPF32[out >> 2] = m.fontBoundingBoxAscent / 100;
    HEAPF32[(out >> 2) + 1] = m.fontBoundingBoxDescent / 100;
  },
  js_font_advance__deps: ['$CF'],
  js_font_advance: function(style, em, codepoint) {
    return CF.use(style, em).measureText(String.fromCodePoint(codepoint)).width;
  },
  js_font_raster__deps: ['$CF'],
  js_font_raster: function(style, em, codepoint, out) {
    var glyph = String.fromCodePoint(codepoint), m = CF.use(style, em).measureText(glyph), o = out >> 2;
    HEAPF32[o + 4] = m.width;
    HEAPF32[o + 5] = 0;
    var l = -m.actualBoundingBoxLeft, r = m.actualBoundingBoxRight, a = m.actualBoundingBoxAscent,
      d = m.actualBoundingBoxDescent;
    if (!(r > l) || !(a > -d)) return 0;
    // One pixel more on each side for what smoothing adds.
    var left = Math.floor(l) - 1, top = Math.floor(-a) - 1, w = Math.ceil(r) + 1 - left, h = Math.ceil(d) + 1 - top;
    // Emoji bring their own colours; everything else is a shape in white.
    if (CF.blind) {
      HEAPF32[o + 5] = /\p{Emoji_Presentation}/u.test(glyph) ? 1 : 0;
    } else {
      var p = (CF.image = CF.draw(style, em, glyph, left, top, w, h).getImageData(0, 0, w, h)).data;
      for (var i = 0; codepoint > 0x2000 && i < p.length; i += 4) {
        if (p[i + 3] > 128 && (p[i] !== p[i + 1] || p[i] !== p[i + 2])) {
          HEAPF32[o + 5] = 1;
          break;
        }
      }
    }
    HEAPF32[o] = left;
    HEAPF32[o + 1] = top;
    HEAPF32[o + 2] = w;
    HEAPF32[o + 3] = h;
    return 1;
  },
  js_font_copy__deps: ['$CF'],
  js_font_copy: function(to, coloured) {
    var p = CF.image.data;
    if (coloured) HEAPU8.set(p, to);
    else for (var i = 3; i < p.length; i += 4) HEAPU8[to++] = p[i];
  },
  js_font_upload__deps: ['$CF', '$GL'],
  js_font_upload: function(texture, style, em, codepoint, left, top, x, y, w, h) {
    CF.draw(style, em, String.fromCodePoint(codepoint), left, top, w, h);
    GLctx.bindTexture(GLctx.TEXTURE_2D, GL.textures[texture]);
    GLctx.texSubImage2D(GLctx.TEXTURE_2D, 0, x, y, w, h, GLctx.RGBA, GLctx.UNSIGNED_BYTE, CF.canvas);
  },
});
