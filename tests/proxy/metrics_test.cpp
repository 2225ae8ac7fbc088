#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "tests/proxy/counter.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("what a monitoring system reads: calls placed, refused and ended, and the vendors") {
  Counter counter;
  counter.place_phone();
  REQUIRE(counter.ask("POST", "/api/calls", R"({"medium":{"type":"twilio","phoneNumber":"12"}})")
              .status >= 400);
  counter.config.limits.everyone_live = 1;
  REQUIRE(counter.ask("POST", "/api/calls", "{}").status == 429);
  const std::string text = counter.ask("GET", "/metrics").body;
  CAPTURE(text);
  for (const char* line :
       {"voxdial_calls_placed_total{medium=\"twilio\"} 1", "voxdial_calls_live 1",
        "voxdial_calls_refused_total{code=\"invalid_number\"} 1", "voxdial_vendor_up{",
        "voxdial_vendor_request_duration_seconds_count{outcome=\"2xx\",vendor=\"twilio\"} 1",
        "voxdial_calls_refused_total{code=\"too_many_calls\"} 1", "voxdial_due_rows ",
        "voxdial_store_operation_duration_seconds_count{operation=\"write\"} ",
        "voxdial_store_operation_duration_seconds_count{operation=\"read\"} ",
        "voxdial_event_streams 0"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
  // A call was recorded, and that took a time.
  CHECK(text.find("duration_seconds_count{operation=\"write\"} 0") == std::string::npos);
  CHECK(text.find("+1") == std::string::npos);
  CHECK(text.find("call_") == std::string::npos);
}

TEST_CASE(
    "metrics are named as Prometheus asks: a unit or a total at the end, each with its help") {
  Counter counter;
  counter.place_phone();
  std::istringstream lines(counter.ask("GET", "/metrics").body);
  std::set<std::string> helped;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, what, name, type;
    words >> mark >> what >> name >> type;
    if (what == "HELP") helped.insert(name);
    if (what != "TYPE") continue;
    CAPTURE(line);
    CHECK(helped.count(name) == 1);
    CHECK(name.starts_with("voxdial_"));
    CHECK(name.ends_with("_total") == (type == "counter"));
    CHECK(name.ends_with("_seconds") == (type == "histogram"));
  }
  CHECK(helped.size() >= 8);
}

TEST_CASE("alert rules and dashboard speak of metrics that there are") {
  Counter counter;
  counter.place_phone();
  counter.config.limits.everyone_live = 1;
  REQUIRE(counter.ask("POST", "/api/calls", "{}").status == 429);
  const std::string text = counter.ask("GET", "/metrics").body;
  for (const char* name : {"alerts.yaml", "dashboard.json"}) {
    std::ifstream file(std::string(VOXDIAL_SOURCE_DIR "/scripts/deploy/") + name);
    const std::string rules{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(rules.size() > 1'000);
    const std::regex metric("voxdial_[a-z_]+");
    for (std::sregex_iterator found(rules.begin(), rules.end(), metric), end; found != end;
         ++found) {
      const std::string word = found->str();
      CAPTURE(name, word);
      if (word == "voxdial_token" || word == "voxdial_calls_ended_total") continue;
      CHECK(text.find("\n" + word) != std::string::npos);
    }
  }
}
