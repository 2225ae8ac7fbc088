// JSON text and numbers in the page: the browser reads and writes them (shared/json_tree.h).
#include <emscripten.h>

#include "shared/json_tree.h"
#include "wasm-ui/platform/bridge.h"

using voxdial::JsonTree;
using voxdial::JsonValue;
using voxdial::platform::taken;
using voxdial::platform::Text;

namespace {

JsonTree* listening = nullptr;  // while js_json_read runs

enum class Told : std::uint8_t { null, boolean, integer, real, text, array, object, key, close };

}  // namespace

extern "C" {

int js_json_read(const char* text, std::size_t length);
Text js_json_number(double value);

/// One thing after the other; answers whether the listener wants to hear more.
EMSCRIPTEN_KEEPALIVE int on_json(int kind, double number, Text text) {
  JsonTree& tree = *listening;
  std::string words = taken(text);
  switch (static_cast<Told>(kind)) {
    case Told::null:
      return tree.null();
    case Told::boolean:
      return tree.boolean(number != 0);
    case Told::integer:
      return tree.integer(static_cast<std::int64_t>(number));
    case Told::real:
      return tree.real(number, std::move(words));
    case Told::text:
      return tree.string(std::move(words));
    case Told::array:
      return tree.open(JsonValue::Kind::array);
    case Told::object:
      return tree.open(JsonValue::Kind::object);
    case Told::key:
      return tree.key(std::move(words));
    case Told::close:
      return tree.close();
  }
  return 0;
}

}  // extern "C"

namespace voxdial {

void read_json(std::string_view text, JsonTree& tree) {
  listening = &tree;
  if (js_json_read(text.data(), text.size()) == 0) tree.not_json(0);
  listening = nullptr;
}

std::string number_text(double value) { return taken(js_json_number(value)); }

}  // namespace voxdial
