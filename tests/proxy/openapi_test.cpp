// The description of the HTTP contract is made from the table of routes: nothing can be left out of
// it.
#include <catch2/catch_test_macros.hpp>

#include "proxy/routes/routes.h"
#include "shared/ascii.h"
#include "shared/codec.h"
#include "shared/json.h"

using namespace voxdial;

namespace {

const JsonValue& description() {
  static const JsonValue value = JsonValue::parse(describe_api());
  return value;
}

}  // namespace

TEST_CASE("every route stands in the description with its body, its reply and each of its errors") {
  for (const Route& route : routes()) {
    CAPTURE(route.method, route.path);
    const JsonValue& path = description().at("paths").at(std::string(route.path));
    const JsonValue& operation = path.at(lower(route.method));
    CHECK_FALSE(route.description.name.empty());
    CHECK_FALSE(route.description.summary.empty());
    const bool takes_json = route.body == Body::json || route.body == Body::optional_json;
    CHECK(takes_json == (route.description.takes.schema != nullptr));
    CHECK(operation.contains("requestBody") ==
          (takes_json || route.body == Body::form || route.body == Body::callback));
    const Reply& gives = route.description.gives;
    CHECK((gives.type == "application/json" && route.path != "/api/openapi.json") ==
          (gives.shape.schema != nullptr));
    const JsonValue& responses = operation.at("responses");
    CHECK(responses.contains(std::to_string(gives.status)));
    for (const ErrorCode code : errors_of(route)) {
      CAPTURE(wire_name(code));
      const auto& words = responses.at(std::to_string(http_status(code)))
                              .at("description")
                              .get_ref<const std::string&>();
      CHECK(words.find('`' + std::string(wire_name(code)) + '`') != std::string::npos);
    }
  }
}

TEST_CASE("each parameter of the list of calls is one that it takes, and none is left out") {
  std::string id, allowed;
  const Route* route = find_route("GET", "/api/calls", id, allowed);
  REQUIRE(route != nullptr);
  CallQuery full;
  full.medium = MediumType::web;
  full.status = CallStatus::talking;
  full.live_only = true;
  full.agent = full.q = full.cursor = "x";
  full.from = full.to = 1;
  full.limit = 7;
  std::string query = '&' + encode_query(full);
  for (const Parameter& parameter : route->description.parameters) {
    const std::string start = '&' + std::string(parameter.name) + '=';
    CAPTURE(start, query);
    const auto found = query.find(start);
    REQUIRE(found != std::string::npos);
    query.erase(found, query.find('&', found + 1) - found);
  }
  CHECK(query.empty());
}
