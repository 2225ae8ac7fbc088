// Glyphs by Canvas 2D (canvas_font.cpp). The font stacks are the page's own (voxdial.css), so that text
// on the canvas and text in the native fields are set in the same faces.
mergeInto(LibraryManager.library, {
  $CF: {
    STYLES: [['400', '--vd-face'], ['600', '--vd-face'], ['400', '--vd-mono']],
    stacks: [],
    canvas: null, context: null, font: '', image: null,
    blind: false,  // reading pixels back gives noise
    // Line drawings in a square of 240, strokes of one width: the letters from U+E000 on (kit/icons.h).
    ICONS: [
      'M52 40L88 36L104 80L84 98C94 122 118 146 142 156L160 136L204 152L200 188C196 200 188 204 176 204C104 196 ' +
        '44 136 36 64C36 52 40 44 52 40Z',
      'M30 120a90 90 0 1 0 180 0a90 90 0 1 0 -180 0M120 68L120 124L158 144',
      'M80 84a40 40 0 1 0 80 0a40 40 0 1 0 -80 0M44 204C52 164 84 148 120 148C156 148 188 164 196 204',
      'M24 128L76 128L100 60L138 188L162 128L216 128',
      'M30 76L120 76M176 76L210 76M122 76a26 26 0 1 0 52 0a26 26 0 1 0 -52 0M30 164L64 164M120 164L210 164M66 ' +
        '164a26 26 0 1 0 52 0a26 26 0 1 0 -52 0',
      'M30 120a90 90 0 1 0 180 0a90 90 0 1 0 -180 0M32 120L208 120M120 30C72 84 72 156 120 210C168 156 168 84 120 30',
      'M84 66C84 20 156 20 156 66L156 116C156 162 84 162 84 116ZM48 112C52 204 188 204 192 112M120 182L120 216',
      'M84 90L84 116C84 140 106 152 126 148M90 52C104 22 156 26 156 66L156 112M48 112C50 166 104 196 152 ' +
        '172M190 112C190 124 188 134 184 142M120 182L120 216M36 36L204 204',
      'M36 92L76 92L124 52L124 188L76 148L36 148ZM156 88C176 106 176 134 156 152M178 60C216 94 216 146 178 180',
      'M36 92L76 92L124 52L124 188L76 148L36 148ZM160 92L212 148M212 92L160 148',
      'M24 132C72 84 168 84 216 132L200 160L160 150L156 122C132 114 108 114 84 122L80 150L40 160Z',
      'M84 84L204 84L204 204L84 204ZM60 156L36 156L36 36L156 36L156 60',
      'M44 124L98 178L196 68',
      'M56 56L184 184M184 56L56 184',
      'M60 94L120 154L180 94',
      'M94 60L154 120L94 180',
      'M112 52L44 120L112 188M48 120L204 120',
      'M72 44L196 120L72 196Z',
      'M64 64L176 64L176 176L64 176Z',
      'M120 32L120 152M68 104L120 156L172 104M40 204L200 204',
      'M120 160L120 40M68 88L120 36L172 88M40 204L200 204',
      'M120 48L120 192M48 120L192 120',
      'M120 36L216 200L24 200ZM120 96L120 144M120 170L120 174',
      'M30 120a90 90 0 1 0 180 0a90 90 0 1 0 -180 0M120 112L120 168M120 76L120 80',
      'M200 120C200 30 90 8 52 78M40 120C40 210 150 232 188 162M48 32L48 82L98 82M192 208L192 158L142 158',
      'M32 120L208 40L148 204L116 136ZM116 136L208 40',
      'M52 32L188 32L188 208L52 208ZM84 84L156 84M84 124L156 124M84 164L124 164',
      'M44 196L54 148L164 38L202 76L92 186ZM136 66L174 104',
      'M40 64L200 64M92 64L96 36L144 36L148 64M60 64L70 204L170 204L180 64M100 100L104 168M140 100L136 168',
    ],
    ICON: 0xE000,
    icon: function(glyph) { return CF.ICONS[glyph.codePointAt(0) - CF.ICON]; },
    ICON_SIZE: 1.25,  // em
    WIDEST: 2046,     // device px, of a glyph: a longer run is cut there

    shaping: null,    // web/shaping.js, which comes after the first picture
    late: false,      // it has come: what was drawn without it is drawn anew
    /** What a code point shows: itself, or a run of words. */
    glyph: function(codepoint) {
      return CF.shaping && CF.shaping.run(codepoint) || { text: String.fromCodePoint(codepoint), single: true, layer: 0, rightToLeft: false };
    },
    /** The context with that font set, for a glyph. */
    use: function(style, em, glyph) {
      var font = CF.STYLES[style][0] + ' ' + em + 'px ' + CF.stacks[style], x = CF.context;
      if (font !== CF.font) {
        x.font = CF.font = font;
        x.fillStyle = '#fff';
        x.textAlign = 'left';
      }
      x.fontKerning = glyph.single ? 'none' : 'auto';  // single ones are set one by one
      x.direction = glyph.rightToLeft ? 'rtl' : 'ltr';
      return x;
    },
    // Draws a glyph with its own corner (left, top) at the canvas's corner.
    draw: function(style, em, glyph, left, top, w, h) {
      if (w > CF.canvas.width || h > CF.canvas.height) {  // growing it forgets the font
        CF.canvas.width = Math.max(CF.canvas.width, w);
        CF.canvas.height = Math.max(CF.canvas.height, h);
        CF.font = '';
      }
      var x = CF.use(style, em, glyph);
      x.clearRect(0, 0, w, h);
      var icon = CF.icon(glyph.text);
      if (icon) {
        x.save();
        x.scale(w / 240, h / 240);
        x.strokeStyle = '#fff';
        x.lineWidth = Math.max(18, 240 / w);
        x.lineJoin = x.lineCap = 'round';
        x.stroke(new Path2D(icon));
        x.restore();
      } else {
        x.fillText(glyph.text, -left, -top);
      }
      return x;
    },
    /** The pixels of a glyph drawn with that corner. */
    pixels: function(style, em, glyph, left, top, w, h) {
      return CF.draw(style, em, glyph, left, top, w, h).getImageData(0, 0, w, h);
    },
    /** Those of a run's letters or of its pictures alone. */
    layer: function(style, em, glyph, left, top, w, h) {
      return CF.shaping.layer(glyph.layer, function(ink) {
        CF.context.fillStyle = ink;
        var image = CF.pixels(style, em, glyph, left, top, w, h);
        CF.context.fillStyle = '#fff';
        return image;
      });
    },
  },
  js_font_open__deps: ['$CF', '$PF'],
  js_font_open: function() {
    var css = getComputedStyle(document.documentElement);
    Module['later'].then(function(later) {
      CF.shaping = later.createShaping();
      CF.late = true;
      PF.ask();
    }, function() {});
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
    var m = CF.use(style, 100, CF.glyph(72)).measureText('Hg');
    HEAPF32[out >> 2] = m.fontBoundingBoxAscent / 100;
    HEAPF32[(out >> 2) + 1] = m.fontBoundingBoxDescent / 100;
  },
  js_font_advance__deps: ['$CF'],
  js_font_advance: function(style, em, codepoint) {
    var glyph = CF.glyph(codepoint);
    if (CF.icon(glyph.text)) return Math.round(em * CF.ICON_SIZE);
    return glyph.layer === 2 ? 0 : CF.use(style, em, glyph).measureText(glyph.text).width;
  },
  js_font_raster__deps: ['$CF'],
  js_font_raster: function(style, em, codepoint, out) {
    var glyph = CF.glyph(codepoint), o = out >> 2;
    if (CF.icon(glyph.text)) {
      // Its middle stands at the height of a capital's.
      var size = Math.round(em * CF.ICON_SIZE);
      HEAPF32.set([0, -Math.round(em * 0.36 + size / 2), size, size, size, 0], o);
      if (!CF.blind) CF.image = CF.pixels(style, em, glyph, 0, 0, size, size);
      return 1;
    }
    var m = CF.use(style, em, glyph).measureText(glyph.text);
    HEAPF32[o + 4] = glyph.layer === 2 ? 0 : m.width;  // the letters follow over it
    HEAPF32[o + 5] = 0;
    var l = -m.actualBoundingBoxLeft, r = m.actualBoundingBoxRight, a = m.actualBoundingBoxAscent,
      d = m.actualBoundingBoxDescent;
    if (!(r > l) || !(a > -d)) return 0;
    if (!glyph.single) {  // Firefox tells the size of the first part that runs one way only
      r = Math.max(r, m.width);
      a = Math.max(a, m.fontBoundingBoxAscent);
      d = Math.max(d, m.fontBoundingBoxDescent);
    }
    // One pixel more on each side for what smoothing adds.
    var left = Math.floor(l) - 1, top = Math.floor(-a) - 1, h = Math.ceil(d) + 1 - top;
    var w = Math.min(Math.ceil(r) + 1 - left, CF.WIDEST);
    // Emoji bring their own colours; everything else is a shape in white.
    if (CF.blind) {
      if (glyph.layer === 2) return 0;  // they stand among the letters, in their colour
      HEAPF32[o + 5] = !glyph.layer && /\p{Emoji_Presentation}|\ufe0f/u.test(glyph.text) ? 1 : 0;
    } else if (glyph.layer) {
      CF.image = CF.layer(style, em, glyph, left, top, w, h);
      HEAPF32[o + 5] = glyph.layer === 2 ? 1 : 0;
    } else {
      var p = (CF.image = CF.pixels(style, em, glyph, left, top, w, h)).data;
      for (var i = 0; codepoint > 0x2000 && i < p.length; i += 4) {
        if (p[i + 3] > 128 && Math.min(p[i], p[i + 1], p[i + 2]) < 240) {
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
  js_font_shape__deps: ['$CF', '$PF'],
  js_font_shape: function(text, style, em, width, wrap) {
    var words = UTF8ToString(text), run = { single: false, rightToLeft: false };
    if (!CF.shaping) return PF.text(words);
    var measure = function(part) { return CF.use(style, em, run).measureText(part).width; };
    if (wrap) words = CF.shaping.wrapped(words, width, measure);
    else if (width > 0) words = CF.shaping.shortened(words, width, measure);
    return PF.text(CF.shaping.shape(words));
  },
  js_font_flags__deps: ['$CF'],
  js_font_flags: function() {
    var flag = { text: '\u{1f1e9}\u{1f1ea}', single: false, rightToLeft: false };
    var p = CF.pixels(0, 20, flag, 0, -20, 40, 30).data, colours = 0;
    for (var i = 0; i < p.length; i += 4) if (Math.abs(p[i] - p[i + 2]) > 32) colours++;
    return CF.blind || colours > 40 ? 1 : 0;
  },
  js_font_runs__deps: ['$CF'],
  js_font_runs: function() { return CF.late ? 1 << 20 : CF.shaping ? CF.shaping.count : 0; },
  js_font_forget__deps: ['$CF'],
  js_font_forget: function() {
    CF.late = false;
    if (CF.shaping) CF.shaping.forget();
  },
  js_font_copy__deps: ['$CF'],
  js_font_copy: function(to, coloured) {
    var p = CF.image.data;
    if (coloured) HEAPU8.set(p, to);
    else for (var i = 3; i < p.length; i += 4) HEAPU8[to++] = p[i];
  },
  js_font_upload__deps: ['$CF', '$GL'],
  js_font_upload: function(texture, style, em, codepoint, left, top, x, y, w, h) {
    CF.draw(style, em, CF.glyph(codepoint), left, top, w, h);
    GLctx.bindTexture(GLctx.TEXTURE_2D, GL.textures[texture]);
    GLctx.texSubImage2D(GLctx.TEXTURE_2D, 0, x, y, w, h, GLctx.RGBA, GLctx.UNSIGNED_BYTE, CF.canvas);
  },
});
