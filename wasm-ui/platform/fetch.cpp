#include "wasm-ui/platform/fetch.h"

#include <emscripten.h>

#include "wasm-ui/platform/bridge.h"

extern "C" {
void js_fetch(std::uint32_t id, const char* method, const char* url, const char* headers,
              const char* body, std::uint32_t timeout_ms, int outlives_page);
void js_fetch_abort(std::uint32_t id);
}

namespace voxdial::platform {

std::uint32_t fetch(const FetchRequest& request) {
  static std::uint32_t last_id = 0;
  std::string headers;  // a line each
  for (const Header& header : request.headers) headers += header.name + ':' + header.value + '\n';
  js_fetch(++last_id, request.method.c_str(), request.url.c_str(), headers.c_str(),
           request.body.c_str(), request.timeout_ms, request.outlives_page ? 1 : 0);
  return last_id;
}

void abort_fetch(std::uint32_t id) { js_fetch_abort(id); }

extern "C" {

EMSCRIPTEN_KEEPALIVE void on_fetch(std::uint32_t id, int failure, int status, Text body,
                                   double sent_at, double heard_at, double server_time) {
  post(FetchReply{id, static_cast<FetchFailure>(failure), status, taken(body), sent_at, heard_at,
                  server_time});
}

}  // extern "C"

}  // namespace voxdial::platform
