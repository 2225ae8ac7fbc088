// Recordings on their way from the vendor to the page.
#include <catch2/catch_test_macros.hpp>

#include "tests/proxy/counter.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("a recording is played through the proxy as it comes, and its address stays here") {
  Counter counter;
  const std::string id = counter.place(R"({"recordingEnabled":true})", "w");
  const std::string bytes = "RIFF0123456789";
  VendorReply storage{.status = 200,
                      .headers = {{"content-type", "audio/wav"}, {"content-length", "14"}},
                      .body = bytes};
  std::string range;
  counter.vendors.ultravox_get = [&](const VendorRequest& request) -> SendResult {
    CHECK(request.in_pieces);
    range = request.range;
    if (request.elsewhere.empty()) {
      CHECK(request.redirect_is_reply);
      return VendorReply{.status = 302,
                         .headers = {{"location", "https://storage.example/secret-address"}},
                         .body = {}};
    }
    CHECK(request.elsewhere == "https://storage.example/secret-address");
    CHECK_FALSE(request.redirect_is_reply);
    return storage;
  };
  const auto play = [&](const std::string& part, const std::string& method = "GET") {
    Headers more;
    if (!part.empty()) more.emplace_back("range", part);
    auto response = counter.ask(method, "/api/calls/" + id + "/recording", {}, more);
    std::string all = response.body;
    for (const auto& [name, value] : response.headers) all += name + value;
    CHECK(all.find("storage.example") == all.npos);
    return response;
  };
  const auto whole = play("");
  CHECK(range.empty());
  CHECK(whole.status == 200);
  CHECK(content(whole) == bytes);
  CHECK(whole.length == 14);
  CHECK(header(whole, "Content-Type") == "audio/wav");
  CHECK(header(whole, "Accept-Ranges") == "bytes");
  CHECK(header(whole, "Cache-Control") == "no-store");
  CHECK(play("", "HEAD").status == 200);
  // A vendor that knows no ranges sends the whole, and the server reads it up to the part.
  CHECK(play("bytes=4-7").in_ranges);
  range = "not asked";
  CHECK_FALSE(play("bytes=0-1,4-7").in_ranges);
  CHECK(range.empty());

  storage = {.status = 206,
             .headers = {{"content-type", "audio/wav"},
                         {"content-length", "4"},
                         {"content-range", "bytes 4-7/14"}},
             .body = "0123"};
  const auto part = play("bytes=4-7");
  CHECK(range == "bytes=4-7");
  CHECK(part.status == 206);
  CHECK_FALSE(part.in_ranges);
  CHECK(content(part) == "0123");
  CHECK(header(part, "Content-Range") == "bytes 4-7/14");
  storage = {.status = 416, .headers = {}, .body = {}};
  CHECK(code(play("bytes=14-")) == ErrorCode::range_not_satisfiable);
  storage = {.status = 200, .headers = {{"content-type", "audio/wav"}}, .body = bytes};

  SECTION("what is no audio does not get through, wherever it comes from") {
    counter.vendors.ultravox_get = [](const VendorRequest&) -> SendResult {
      return VendorReply{
          .status = 200, .headers = {{"content-type", "text/html"}}, .body = "<script>"};
    };
    CHECK(code(play("")) == ErrorCode::vendor_bad_reply);
  }
  SECTION("so many are sent at once, each counted until it is") {
    std::vector<http::Response> under_way;
    while (counter.app->sending < 200) {
      under_way.push_back(play(""));
      REQUIRE(under_way.back().status == 200);
    }
    CHECK(code(play("")) == ErrorCode::overloaded);
    CHECK(code(counter.ask("GET", "/api/calls.csv")) == ErrorCode::overloaded);
    under_way.pop_back();
    CHECK(play("").status == 200);
  }
  SECTION("another caller's recording is not there, a supervisor hears everybody's") {
    counter.vendors.seen.clear();
    for (const Role role : {Role::caller, Role::supervisor}) {
      const std::string name(role_name(role));
      REQUIRE(counter.store->put_user(
          {.name = name, .role = role, .password_hash = "x", .created_at = 1}));
      REQUIRE(counter.store->add_token(
          {.name = name, .token_hash = token_hash("t-" + name), .user = name, .created_at = 1}));
    }
    const auto as = [&](const std::string& name) {
      return counter.ask("GET", "/api/calls/" + id + "/recording", {},
                         {{"authorization", "Bearer t-" + name}});
    };
    CHECK(code(as("caller")) == ErrorCode::not_found);
    CHECK(counter.vendors.seen.empty());
    CHECK(as("supervisor").status == 200);
  }
}
