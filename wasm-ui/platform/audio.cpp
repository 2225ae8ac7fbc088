#include "wasm-ui/platform/audio.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
void js_audio_play(const char* url);
void js_audio_stop();
}

namespace voxdial::platform {

void play_audio(const std::string& url) { js_audio_play(url.c_str()); }
void stop_audio() { js_audio_stop(); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_audio(Text url, int state) {
  post(AudioChanged{taken(url), static_cast<AudioState>(state)});
}

}  // extern "C"

}  // namespace voxdial::platform
