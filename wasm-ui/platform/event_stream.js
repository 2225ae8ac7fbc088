// Server-sent events over fetch (event_stream.h).
mergeInto(LibraryManager.library, {
  $ES: {
    CONNECTING: 0, LIVE: 1, RECONNECTING: 2, REFUSED: 3, CLOSED: 4,  // StreamState
    all: {},        // id -> stream
    opened: false,  // whether the page is watched

    tell: function(s, state, status, retry) {
      PF.enter(function() { _on_stream_state(s.id, state, status || 0, retry || 0); });
    },
    connect: function(s) {
      var controller = s.controller = new AbortController(), headers = { 'Accept': 'text/event-stream' };
      clearTimeout(s.timer);
      s.timer = 0;
      if (s.lastId) headers['Last-Event-ID'] = s.lastId;
      ES.hear(s);
      fetch(s.url, { headers: headers, credentials: 'same-origin', cache: 'no-store', signal: controller.signal })
        .then(function(response) {
          if (s.controller !== controller) return;
          var status = response.status;
          if (status === 204) return ES.end(s, ES.CLOSED, 0);
          if (status !== 200 && status !== 429 && status < 500) return ES.end(s, ES.REFUSED, status);
          if (status !== 200) return ES.retry(s, parseFloat(response.headers.get('retry-after')) * 1000);
          s.attempt = 0;
          ES.tell(s, ES.LIVE);
          return ES.read(s, controller, response.body.getReader());
        })
        .then(function() { if (s.controller === controller) ES.retry(s); },
          function() { if (s.controller === controller) ES.retry(s); });
    },
    read: function(s, controller, reader) {
      var decoder = new TextDecoder(), rest = '', field = { event: '', data: [], id: null };
      var next = function() {
        return reader.read().then(function(chunk) {
          if (s.controller !== controller || chunk.done) return;
          ES.hear(s);
          rest += decoder.decode(chunk.value, { stream: true });
          // A CR at the end may be half of a CR LF.
          var lines = rest.split(/\r\n|\n|\r(?!$)/);
          rest = lines.pop();
          lines.forEach(function(line) { ES.line(s, field, line); });
          return next();
        });
      };
      return next();
    },
    line: function(s, field, line) {
      if (!line) {
        if (field.id !== null) s.lastId = field.id;
        if (field.data.length) {
          PF.enter(function() {
            _on_stream_message(s.id, PF.text(field.event || 'message'), PF.text(field.data.join('\n')), PF.text(s.lastId));
          });
        }
        field.event = '';
        field.data = [];
        field.id = null;
        return;
      }
      var colon = line.indexOf(':'), name = colon < 0 ? line : line.slice(0, colon);
      var value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') field.event = value;
      else if (name === 'data') field.data.push(value);
      else if (name === 'id' && value.indexOf('\0') < 0) field.id = value;
      else if (name === 'retry' && /^\d+$/.test(value)) s.base = Math.min(+value, 30000);
    },
    /** Something was heard: the silence starts anew. */
    hear: function(s) {
      clearTimeout(s.silence);
      if (s.silenceMs) s.silence = setTimeout(function() { ES.retry(s); }, s.silenceMs);
    },
    drop: function(s) {
      var controller = s.controller;
      s.controller = null;
      clearTimeout(s.silence);
      clearTimeout(s.timer);
      s.timer = 0;
      if (controller) controller.abort();
    },
    retry: function(s, atLeast) {
      ES.drop(s);
      var ms = Math.min(30000, s.base * Math.pow(2, s.attempt++)) * (0.5 + Math.random() / 2);
      if (atLeast > ms) ms = Math.min(atLeast, 120000);
      ES.tell(s, ES.RECONNECTING, 0, Math.round(ms));
      s.timer = setTimeout(function() { ES.connect(s); }, ms);
    },
    end: function(s, state, status) {
      ES.drop(s);
      delete ES.all[s.id];
      ES.tell(s, state, status);
    },
    each: function(run) { for (var id in ES.all) run(ES.all[id]); },
    /** The network or the tab is back: those that wait try now. */
    hurry: function() {
      if (!document.hidden) ES.each(function(s) { if (s.timer) ES.connect(s); });
    },
  },
  js_stream_open__deps: ['$ES', '$PF'],
  js_stream_open: function(id, url, lastId, silence) {
    if (!ES.opened) {
      ES.opened = true;
      PF.on(window, 'online', ES.hurry);
      PF.on(document, 'visibilitychange', ES.hurry);
      PF.on(window, 'pagehide', function() { ES.each(ES.drop); });
      PF.on(window, 'pageshow', function(e) { if (e.persisted) ES.each(ES.connect); });
    }
    var s = ES.all[id] = { id: id, url: UTF8ToString(url), lastId: UTF8ToString(lastId), silenceMs: silence, base: 500,
      attempt: 0, timer: 0, silence: 0, controller: null };
    ES.tell(s, ES.CONNECTING);
    ES.connect(s);
  },
  js_stream_close__deps: ['$ES'],
  js_stream_close: function(id) {
    if (ES.all[id]) ES.end(ES.all[id], ES.CLOSED, 0);
  },
});
