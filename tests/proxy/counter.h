// The desk with every route in front of it: a request in, a response out, without sockets.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "proxy/routes/routes.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

namespace voxdial::test {

struct Counter : Desk {
  http::StaticFiles files;
  Access access;
  ultravox::Catalogue catalogue;
  App app;

  static http::StaticFiles empty(const std::string& folder) {
    auto loaded = http::StaticFiles::load(folder);
    REQUIRE(loaded);
    return std::move(*loaded);
  }

  Counter()
      : files(empty(folder.path)),
        access(config, world, *store),
        catalogue(world),
        app{.config = config,
            .world = world,
            .store = *store,
            .hub = hub,
            .agents = *agents,
            .recorder = *recorder,
            .calls = *calls,
            .access = access,
            .catalogue = catalogue,
            .health = health,
            .files = files,
            .border = {.hosts = {"localhost"},
                       .public_origin = "https://calls.example",
                       .trusted_proxies = {}}} {
    config.public_base_url = "https://calls.example";
  }

  http::Response ask(std::string method, std::string path, std::string body = {},
                     http::Headers more = {}) {
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
    return respond(app, request);
  }

  std::string place(const std::string& body, const std::string& key) {
    const auto placed = ask("POST", "/api/calls", body, {{"idempotency-key", key}});
    REQUIRE(placed.status == 201);
    return decode_call_placed(placed.body)->id;
  }

  std::string place_phone(const std::string& key = "p") {
    return place(R"({"medium":{"type":"twilio","phoneNumber":"+12025550100"}})", key);
  }
};

inline ErrorCode code(const http::Response& response) {
  const auto error = decode_error(response.body);
  REQUIRE(error);
  return error->code;
}

}  // namespace voxdial::test
