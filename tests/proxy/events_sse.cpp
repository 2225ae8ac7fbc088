// The text of an event: what a browser reads back is what was put in, whatever that was.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/events/sse.h"

namespace voxdial::events {
namespace {

TEST_CASE("an event is its id, its kind and its data") {
  CHECK(encode_event(7, "call", "{\"id\":\"call_1\"}") ==
        "id: 7\nevent: call\ndata: {\"id\":\"call_1\"}\n\n");
  CHECK(encode_event(0, "reload", "") == "event: reload\ndata: \n\n");
}

TEST_CASE("line breaks of any kind stay inside the data") {
  const std::string data = GENERATE(as<std::string>(), "a\nid: 99", "a\rid: 99", "a\r\nid: 99");
  CHECK(encode_event(1, "x", data) == "id: 1\nevent: x\ndata: a\ndata: id: 99\n\n");
  CHECK(encode_event(1, "x", "a\n\ndata: b\n") ==
        "id: 1\nevent: x\ndata: a\ndata: \ndata: data: b\ndata: \n\n");
}

TEST_CASE("a kind cannot break out of its line") {
  CHECK(encode_event(1, "ca\nll: x\r", "d") == "id: 1\nevent: callx\ndata: d\n\n");
}

TEST_CASE("an id holds the epoch and the sequence, and fits a JavaScript number") {
  CHECK(event_id(0xffff'ffff, 0xffff'ffff) == (std::uint64_t{1} << 53) - 1);
  CHECK(event_id(3, 5) == (std::uint64_t{3} << 32) + 5);
}

TEST_CASE("Last-Event-ID is a number of ours, absent or unknown") {
  CHECK(parse_event_id("") == 0);
  CHECK(parse_event_id("12884901893") == event_id(3, 5));
  for (const char* odd : {"x", "1x", " 1", "-1", "1.0", "99999999999999999999999"}) {
    CHECK(parse_event_id(odd) == unknown_event_id);
  }
}

}  // namespace
}  // namespace voxdial::events
