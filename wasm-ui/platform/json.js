// json.cpp's half in JavaScript.
mergeInto(LibraryManager.library, {
  js_json_read__deps: ['$PF'],
  js_json_read: function(text, length) {
    // What on_json is told: the kinds of JsonValue, then these two.
    var KEY = 7, CLOSE = 8;
    var tell = function(kind, number, words) { return _on_json(kind, +number, words === undefined ? 0 : PF.text(words)); };
    var walk = function(value) {
      if (value === null) return tell(0, 0);
      switch (typeof value) {
        case 'boolean': return tell(1, value);
        case 'number': return tell(Number.isSafeInteger(value) ? 2 : 3, value, String(value));
        case 'string': return tell(4, 0, value);
      }
      return (Array.isArray(value)
        ? tell(5, 0) && value.every(walk)
        : tell(6, 0) && Object.keys(value).every(function(key) { return tell(KEY, 0, key) && walk(value[key]); })
      ) && tell(CLOSE, 0);
    };
    try {
      var whole = JSON.parse(UTF8ToString(text, length));
    } catch (e) {
      return 0;
    }
    walk(whole);
    return 1;
  },
  js_json_number__deps: ['$PF'],
  js_json_number: function(value) { return PF.text(String(value)); },
});
