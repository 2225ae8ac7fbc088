// Requests (fetch.h).
mergeInto(LibraryManager.library, {
  $FE: {
    NONE: 0, NETWORK: 1, TIMEOUT: 2, ABORTED: 3,  // FetchFailure
    running: {},  // id -> { controller, why }
  },
  js_fetch__deps: ['$FE', '$PF'],
  js_fetch: function(id, method, url, headers, body, timeout, outlives) {
    var run = { controller: new AbortController(), why: FE.NETWORK };
    var options = { method: UTF8ToString(method), headers: {}, credentials: 'same-origin',
      signal: run.controller.signal, 'keepalive': !!outlives };
    var to = UTF8ToString(url), text = UTF8ToString(body), response;
    if (text) options.body = text;
    UTF8ToString(headers).split('\n').forEach(function(line) {
      var colon = line.indexOf(':');
      if (colon > 0) options.headers[line.slice(0, colon)] = line.slice(colon + 1);
    });
    var answer = function(failure, body) {
      if (!FE.running[id]) return;
      delete FE.running[id];
      clearTimeout(timer);
      var head = function(name) {
        var value = response && !failure && response.headers.get(name);
        return value ? PF.text(value) : 0;
      };
      PF.enter(function() {
        _on_fetch(id, failure, failure ? 0 : response.status, failure ? 0 : PF.text(body), head('content-type'),
          head('retry-after'), head('etag'));
      });
    };
    var timer = setTimeout(function() {
      run.why = FE.TIMEOUT;
      run.controller.abort();
    }, timeout);
    FE.running[id] = run;
    // Inside a promise, as a bad URL or header makes fetch throw at once.
    Promise.resolve().then(function() { return fetch(to, options); })
      .then(function(r) { response = r; return r.text(); })
      .then(function(text) { answer(FE.NONE, text); }, function() { answer(run.why, ''); });
  },
  js_fetch_abort__deps: ['$FE'],
  js_fetch_abort: function(id) {
    var run = FE.running[id];
    if (!run) return;
    run.why = FE.ABORTED;
    run.controller.abort();
  },
});
