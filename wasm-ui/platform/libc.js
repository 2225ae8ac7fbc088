// libc.cpp's half in JavaScript.
mergeInto(LibraryManager.library, {
  js_libc_number__deps: [].concat(LibraryManager.library['$UTF8ToString'] ? ['$UTF8ToString'] : []),
  js_libc_number: function(text) {
    return parseFloat(UTF8ToString(text));
  },
});
