// The border to web/events.js, which boot.js hands over as Module['events'] (event_stream.h).
mergeInto(LibraryManager.library, {
  $ES: {
    STATE: ['connecting', 'live', 'held', 'reconnecting', 'refused'],  // in the order of StreamState
    events: null,
    tell: function(kind, a, b) {
      PF.enter(function() {
        if (kind === 'state') _on_stream_state(ES.STATE.indexOf(a), b);
        else _on_stream_message(PF.text(a), PF.text(b));
      });
    },
  },
  js_stream_open__deps: ['$ES', '$PF'],
  js_stream_open: function() {
    ES.events = ES.events || Module['events'](ES.tell);
    ES.events['open']();
  },
});
