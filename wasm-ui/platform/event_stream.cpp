#include "wasm-ui/platform/event_stream.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
void js_stream_open(std::uint32_t id, const char* url, const char* last_event_id,
                    std::uint32_t silence_ms);
void js_stream_close(std::uint32_t id);
}

namespace voxdial::platform {

std::uint32_t open_stream(const std::string& url, const std::string& last_event_id,
                          std::uint32_t silence_ms) {
  static std::uint32_t last_id = 0;
  js_stream_open(++last_id, url.c_str(), last_event_id.c_str(), silence_ms);
  return last_id;
}

void close_stream(std::uint32_t id) { js_stream_close(id); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_stream_state(std::uint32_t id, int state, int status,
                                          double retry_ms) {
  post(StreamChanged{id, static_cast<StreamState>(state), status,
                     static_cast<std::uint32_t>(retry_ms)});
}

EMSCRIPTEN_KEEPALIVE void on_stream_message(std::uint32_t id, Text event, Text data,
                                            Text last_event_id) {
  post(StreamMessage{id, taken(event), taken(data), taken(last_event_id)});
}

}  // extern "C"

}  // namespace voxdial::platform
