#include "wasm-ui/platform/event_stream.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
void js_stream_open();
}

namespace voxdial::platform {

void open_stream() { js_stream_open(); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_stream_state(int state, int status) {
  post(StreamChanged{static_cast<StreamState>(state), status});
}

EMSCRIPTEN_KEEPALIVE void on_stream_message(Text event, Text data) {
  post(StreamMessage{taken(event), taken(data)});
}

}  // extern "C"

}  // namespace voxdial::platform
