#include "wasm-ui/core/tools/codec.h"

#include <optional>
#include <utility>

#include "shared/json.h"

namespace voxdial::ui {
namespace {

// What an agent sends is made up by a language model: anything may be in it.
constexpr JsonLimits limits{.bytes = 64 * 1024, .depth = 8, .values = 2000};
constexpr std::size_t max_items = 200;
constexpr double max_quantity = 10'000;
constexpr double max_price = 1e6;

Unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::invalid_field, std::move(what));
}

const JsonValue* member(const JsonValue& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<double> number_of(const JsonValue& object, std::string_view name, double max) {
  const JsonValue* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (!(number >= 0 && number <= max)) return std::nullopt;
  return number;
}

Result<OrderItem> item_of(const JsonValue& value) {
  if (!value.is_object()) return wrong("Each item must be an object.");
  OrderItem item;
  item.name = text_of(value, "name");
  if (item.name.empty()) return wrong("Each item needs a name.");
  const auto quantity = number_of(value, "quantity", max_quantity);
  if (!quantity) return wrong("Each item needs a quantity from 0 to 10000.");
  item.quantity = static_cast<int>(*quantity);
  const auto price = number_of(value, "price", max_price);
  if (!price) return wrong("Each item needs a price from 0 to 1000000.");
  item.price = *price;
  item.note = text_of(value, "specialInstructions");
  return item;
}

Result<JsonValue> parameters_of(std::string_view text) {
  Result<JsonValue> value = parse_json(text, limits);
  if (!value || !value->is_object()) return wrong("The parameters must be a JSON object.");
  return value;
}

}  // namespace

Result<Order> decode_order(std::string_view text) {
  const Result<JsonValue> parameters = parameters_of(text);
  if (!parameters) return fail(parameters.error());
  const JsonValue* data = member(*parameters, "orderDetailsData");
  if (data == nullptr) return wrong("orderDetailsData is missing.");
  Result<JsonValue> from_text = JsonValue{};
  if (data->is_string()) {
    from_text = parse_json(data->get_ref<const std::string&>(), limits);
    if (!from_text) return wrong("orderDetailsData must be a list of items.");
    data = &*from_text;
  }
  if (!data->is_array()) return wrong("orderDetailsData must be a list of items.");
  if (data->size() > max_items) return wrong("The order has too many items.");
  Order order;
  for (const JsonValue& value : *data) {
    Result<OrderItem> item = item_of(value);
    if (!item) return fail(item.error());
    order.items.push_back(std::move(*item));
  }
  return order;
}

Result<Note> decode_note(std::string_view text) {
  const Result<JsonValue> parameters = parameters_of(text);
  if (!parameters) return fail(parameters.error());
  Note note{text_of(*parameters, "title"), text_of(*parameters, "text")};
  if (note.text.empty()) return wrong("text is missing.");
  return note;
}

}  // namespace voxdial::ui
