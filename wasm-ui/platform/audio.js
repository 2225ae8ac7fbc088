// One sound file at a time (audio.h).
mergeInto(LibraryManager.library, {
  $AU: {
    PLAYING: 0, ENDED: 1, FAILED: 2,  // AudioState
    now: null,  // { url, el }
    tell: function(sound, state) {
      if (AU.now !== sound) return;
      if (state !== AU.PLAYING) AU.now = null;
      PF.enter(function() { _on_audio(PF.text(sound.url), state); });
    },
  },
  js_audio_play__deps: ['$AU', '$PF', 'js_audio_stop'],
  js_audio_play: function(url) {
    _js_audio_stop();
    var sound = AU.now = { url: UTF8ToString(url), el: new Audio() };
    ['playing', 'ended', 'error'].forEach(function(type, state) {
      sound.el.addEventListener(type, function() { AU.tell(sound, state); });
    });
    sound.el.src = sound.url;
    sound.el.play().catch(function() { AU.tell(sound, AU.FAILED); });
  },
  js_audio_stop__deps: ['$AU', '$PF'],
  js_audio_stop: function() {
    var sound = AU.now;
    if (!sound) return;
    AU.now = null;
    sound.el.pause();
    sound.el.removeAttribute('src');  // stops fetching it
  },
});
