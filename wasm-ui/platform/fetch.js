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
    var to = UTF8ToString(url), text = UTF8ToString(body), response, sent = 0, heard = 0;
    if (text) options.body = text;
    UTF8ToString(headers).split('\n').forEach(function(line) {
      var colon = line.indexOf(':');
      if (colon > 0) options.headers[line.slice(0, colon)] = line.slice(colon + 1);
    });
    var answer = function(failure, body) {
      if (!FE.running[id]) return;
      delete FE.running[id];
      clearTimeout(timer);
      PF.enter(function() {
        _on_fetch(id, failure, failure ? 0 : response.status, failure ? 0 : PF.text(body), sent, heard,
          failure ? 0 : Date.parse(response.headers.get('server-time')) || 0);
      });
    };
    var timer = setTimeout(function() {
      run.why = FE.TIMEOUT;
      run.controller.abort();
    }, timeout);
    FE.running[id] = run;
    // Inside a promise, as a bad URL or header makes fetch throw at once.
    Promise.resolve().then(function() { sent = Date.now(); return fetch(to, options); })
      .then(function(r) { heard = Date.now(); response = r; return r.text(); })
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
