// updateOrder: the agent shows the order as it understands it. Each call carries the whole order.
#include "wasm-ui/core/tools/codec.h"
#include "wasm-ui/core/tools/registry.h"

namespace voxdial::ui {
namespace {

constexpr ClientToolSpec::Parameter parameters[] = {
    {"orderDetailsData",
     R"({"description":"The whole order, not only what changed.","type":"array","items":)"
     R"({"type":"object","properties":{)"
     R"("name":{"type":"string"},"quantity":{"type":"number"},)"
     R"("specialInstructions":{"type":"string"},)"
     R"("price":{"type":"number","description":"Of one, in dollars."}},)"
     R"("required":["name","quantity","price"]}})"}};

Result<std::string> run(Panels& panels, std::string_view json) {
  Result<Order> order = decode_order(json);
  if (!order) return fail(order.error());
  panels.order = std::move(*order);
  return std::string("Updated the order details.");
}

}  // namespace

ClientToolSpec update_order_tool() {
  return {
      "updateOrder",
      "Shows the order on the customer's screen. Use it every time an item is confirmed, changed "
      "or removed, with the whole order each time.",
      parameters, run};
}

}  // namespace voxdial::ui
