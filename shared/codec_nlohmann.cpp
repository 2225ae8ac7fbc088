// JSON text and numbers, natively: nlohmann reads and writes them.
#include <nlohmann/json.hpp>

#include "shared/json_tree.h"

namespace voxdial {
namespace {

/// nlohmann's SAX interface, passed on.
struct Listener {
  JsonTree& tree;

  bool null() { return tree.null(); }
  bool boolean(bool truth) { return tree.boolean(truth); }
  bool number_integer(std::int64_t number) { return tree.integer(number); }
  bool number_unsigned(std::uint64_t number) {
    if (number <= std::uint64_t{INT64_MAX}) return tree.integer(static_cast<std::int64_t>(number));
    return tree.real(static_cast<double>(number), std::to_string(number));
  }
  bool number_float(double number, const std::string& text) { return tree.real(number, text); }
  bool string(std::string& text) { return tree.string(std::move(text)); }
  bool binary(nlohmann::json::binary_t&) { return false; }  // no such thing in a text
  bool start_object(std::size_t) { return tree.open(JsonValue::Kind::object); }
  bool start_array(std::size_t) { return tree.open(JsonValue::Kind::array); }
  bool end_object() { return tree.close(); }
  bool end_array() { return tree.close(); }
  bool key(std::string& name) { return tree.key(std::move(name)); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    return tree.not_json(position);
  }
};

}  // namespace

void read_json(std::string_view text, JsonTree& tree) {
  Listener listener{tree};
  nlohmann::json::sax_parse(text, &listener);
}

std::string number_text(double value) {
  std::string text = nlohmann::json(value).dump();
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace voxdial
