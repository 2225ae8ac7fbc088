// The desk with every route in front of it: a request in, a response out, without sockets.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "proxy/cli/people.h"
#include "proxy/routes/routes.h"
#include "shared/codec.h"
#include "shared/json.h"
#include "tests/proxy/desk.h"

namespace voxdial::test {

/// The body, whichever way it is sent.
inline std::string content(const http::Response& response) {
  std::string all = response.body + (response.shared_body ? *response.shared_body : std::string());
  while (response.pieces) {
    const auto piece = response.pieces();
    REQUIRE(piece);
    if (piece->empty()) break;
    all += *piece;
  }
  return all;
}

inline std::string header(const http::Response& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers) {
    if (name == wanted) return value;
  }
  return {};
}

struct Counter : Desk {
  Counter()
      : Desk({.hosts = {"localhost"},
              .public_origin = "https://calls.example",
              .trusted_proxies = {}}) {
    config.public_base_url = "https://calls.example";
  }

  http::Response ask(std::string method, std::string path, std::string body = {},
                     Headers more = {}) {
    http::Request request;
    request.method = std::move(method);
    const auto question = path.find('?');
    request.path = path.substr(0, question);
    if (question != path.npos) request.query = path.substr(question + 1);
    request.headers = std::move(more);
    if (request.header("host").empty()) request.headers.emplace_back("host", "localhost:8080");
    if (!body.empty() && request.header("content-type").empty()) {
      request.headers.emplace_back("content-type", "application/json");
    }
    request.body = std::move(body);
    request.peer = "127.0.0.1";
    http::Response response = respond(*app, request);
    expect_described(request, response);
    return response;
  }

  /// What a route answers with stands in its row, which is what others are told to expect.
  static void expect_described(const http::Request& request, http::Response& response) {
    std::string id, allowed;
    const Route* route = find_route(request.method, request.path, id, allowed);
    if (route == nullptr) return;
    CAPTURE(route->method, route->path, response.status, response.body);
    if (response.status >= 400) {
      const auto error = decode<Error>(response.body);
      if (!error) return;  // a page
      const auto known = errors_of(*route);
      CHECK(std::find(known.begin(), known.end(), error->code) != known.end());
    } else if (const Shape& shape = route->description.gives.shape; shape.schema != nullptr) {
      std::string all = content(response);
      expect_shape(JsonValue::parse(all), JsonValue::parse(shape.schema(SchemaOf::reply)));
      if (!response.pieces) return;
      response.pieces = [all, held = response.pieces]() mutable -> Result<std::string> {
        return std::exchange(all, {});
      };
    }
  }
  static void expect_shape(const JsonValue& value, const JsonValue& schema) {
    if (value.is_array()) {
      for (const JsonValue& item : value) expect_shape(item, schema.at("items"));
    } else if (schema.contains("properties")) {
      for (const auto& [name, member] : value.items()) {
        CAPTURE(name);
        REQUIRE(schema.at("properties").contains(name));
        expect_shape(member, schema.at("properties").at(name));
      }
      for (const JsonValue& name : schema.value("required", JsonValue::array())) {
        CHECK(value.contains(name.get_ref<const std::string&>()));
      }
    } else if (schema.contains("enum")) {
      const JsonValue& words = schema.at("enum");
      CHECK(std::find(words.begin(), words.end(), value) != words.end());
    }
  }

  std::string place(const std::string& body, const std::string& key) {
    const auto placed = ask("POST", "/api/calls", body, {{"idempotency-key", key}});
    REQUIRE(placed.status == 201);
    return decode<CallPlaced>(placed.body)->id;
  }

  std::string place_phone(const std::string& key = "p") {
    return place(R"({"medium":{"type":"twilio","phoneNumber":"+12025550100"}})", key);
  }
};

inline void name_ada(Counter& counter) {
  std::istringstream in("correct horse battery\n");
  std::ostringstream out;
  const std::vector<std::string_view> words = {"user", "add", "ada"};
  REQUIRE(people_command({in, out, out, counter.world, *counter.store}, words) == 0);
}

inline ErrorCode code(const http::Response& response) {
  const auto error = decode<Error>(response.body);
  REQUIRE(error);
  return error->code;
}

}  // namespace voxdial::test
