// The border to web/web-call.js, which boot.js hands over as Module['webCall']. Its names are quoted: it
// is not part of what Closure renames.
mergeInto(LibraryManager.library, {
  $WC: {
    call: null,
    // In the order of web_call.h.
    MICROPHONE: ['ok', 'denied', 'dismissed', 'system', 'missing', 'busy', 'insecure_context', 'cancelled', 'failed'],
    PHASE: ['connecting', 'idle', 'listening', 'thinking', 'speaking', 'reconnecting', 'disconnecting'],
    PROBLEM: ['mic_lost', 'mic_silenced', 'mic_heard', 'mic_replaced', 'mic_chosen', 'speaker_gone', 'speaker_chosen', 'no_meter',
      'audio_blocked', 'audio_heard', 'not_connected', 'device_failed', 'sdk'],
    ENDED: ['us', 'far_end', 'network', 'join_refused', 'join_timeout', 'microphone', 'page', 'already_in_call', 'sdk_failed'],
    TOOL_ERROR: ['', 'undefined', 'implementation-error'],

    open: function() { return WC.call = WC.call || Module['webCall'](WC.tell); },
    list: function(devices) {
      return PF.text(devices.map(function(d) { return d['id'] + '\x1f' + d['name'] + '\x1e'; }).join(''));
    },
    /** Everything the wrapper has to say comes in here: a kind and its values. */
    tell: function(kind, id, a, b, c, d, e) {
      PF.enter(function() {
        if (kind === 'microphone') _on_call_microphone(WC.MICROPHONE.indexOf(a), PF.text(b));
        else if (kind === 'devices') _on_call_devices(WC.list(a), WC.list(b));
        else if (kind === 'status') _on_call_status(id, WC.PHASE.indexOf(a));
        else if (kind === 'transcript') _on_call_transcript(id, a, b ? 1 : 0, c === 'text' ? 1 : 0, d ? 1 : 0, PF.text(e));
        else if (kind === 'tool') _on_call_tool(id, PF.text(a), PF.text(b), PF.text(c));
        else if (kind === 'debug') _on_call_debug(id, PF.text(a));
        else if (kind === 'levels') _on_call_levels(id, a, b);
        else if (kind === 'quality') _on_call_quality(id, a, b, c);
        else if (kind === 'latency') _on_call_latency(id, a);
        else if (kind === 'problem') _on_call_problem(id, WC.PROBLEM.indexOf(a), PF.text(b));
        else if (kind === 'ended') _on_call_ended(id, WC.ENDED.indexOf(a), PF.text(b));
      });
    },
  },
  js_call_prepare__deps: ['$WC', '$PF'],
  js_call_prepare: function(device) { WC.open()['prepare'](UTF8ToString(device)); },
  js_call_release__deps: ['$WC'],
  js_call_release: function() { WC.open()['release'](); },
  js_call_list_devices__deps: ['$WC'],
  js_call_list_devices: function() { WC.open()['listDevices'](); },
  js_call_start__deps: ['$WC'],
  js_call_start: function(id, url, flags, microphone, speaker, tools, timeout) {
    WC.open()['start'](id, UTF8ToString(url), {
      'micMuted': !!(flags & 1), 'speakerMuted': !!(flags & 2), 'debug': !!(flags & 4),
      'microphone': UTF8ToString(microphone), 'speaker': UTF8ToString(speaker),
      'tools': UTF8ToString(tools).split('\x1e').slice(0, -1), 'joinTimeout': timeout,
    });
  },
  js_call_leave__deps: ['$WC'],
  js_call_leave: function() { WC.open()['leave'](); },
  js_call_mute__deps: ['$WC'],
  js_call_mute: function(speaker, muted) { WC.open()[speaker ? 'muteSpeaker' : 'muteMicrophone'](!!muted); },
  js_call_use__deps: ['$WC'],
  js_call_use: function(speaker, device) { WC.open()[speaker ? 'useSpeaker' : 'useMicrophone'](UTF8ToString(device)); },
  js_call_say__deps: ['$WC'],
  js_call_say: function(text, defer) { WC.open()['sendText'](UTF8ToString(text), !!defer); },
  js_call_output__deps: ['$WC'],
  js_call_output: function(text) { WC.open()['setOutputMedium'](text ? 'text' : 'voice'); },
  js_call_levels__deps: ['$WC'],
  js_call_levels: function(wanted) { WC.open()['wantLevels'](!!wanted); },
  js_call_answer__deps: ['$WC'],
  js_call_answer: function(invocation, result, type, reaction, error, message) {
    WC.open()['answerTool']({
      'invocationId': UTF8ToString(invocation), 'result': UTF8ToString(result), 'responseType': UTF8ToString(type),
      'agentReaction': UTF8ToString(reaction), 'errorType': WC.TOOL_ERROR[error], 'errorMessage': UTF8ToString(message),
    });
  },
});
