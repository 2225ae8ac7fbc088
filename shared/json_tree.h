// A JsonValue while it grows: what a text says, one thing after the other. Internal to the codec
// and to the page's platform, because the text itself is read by whoever does it best on the spot:
// nlohmann natively (codec_nlohmann.cpp), the browser in the page (wasm-ui/platform/json.cpp),
// where a second parser would be 8 KB of the download.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json_value.h"

namespace voxdial {

/// Holds the limits and what is refused although it is JSON: NUL, a name given twice. Every
/// function answers whether to go on.
class JsonTree {
 public:
  explicit JsonTree(const JsonLimits& limits) : limits_(limits) {}

  bool null() { return add(JsonValue::Kind::null) != nullptr; }
  bool boolean(bool truth);
  bool integer(std::int64_t number);
  /// `text`: the number as it was written.
  bool real(double number, std::string text);
  bool string(std::string text);
  /// An array or an object; what follows is in it until close().
  bool open(JsonValue::Kind kind);
  bool close();
  bool key(std::string name);
  /// The text is none from this byte on; 0: nobody knows from where.
  bool not_json(std::size_t position);

  Result<JsonValue> result() &&;

 private:
  JsonValue* add(JsonValue::Kind kind);
  bool no_nul(const std::string& text);
  std::string path_to(std::string_view last) const;
  bool refuse(std::string path, std::string_view why);
  bool stop(ErrorCode code, std::string message, std::string path = {});

  const JsonLimits& limits_;
  JsonValue root_;
  std::vector<JsonValue*> open_;  ///< a parent gets no sibling while a child is open, so these stay
  std::string key_;
  int count_ = 0;
  std::optional<Error> error_;
};

/// Tells `tree` what `text` says, as far as it wants to hear it. RFC 8259; no byte order mark, NUL.
void read_json(std::string_view text, JsonTree& tree);

}  // namespace voxdial
