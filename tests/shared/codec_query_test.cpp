#include <catch2/catch_test_macros.hpp>

#include "shared/codec.h"

namespace voxdial {
namespace {

TEST_CASE("a query survives the way to an address and back") {
  CHECK(encode_query(CallQuery{}).empty());
  CHECK(decode_call_query("") == Result<CallQuery>(CallQuery{}));
  CallQuery all{MediumType::twilio, CallStatus::no_answer, true, "order-taker", 1'795'345'044'123,
                1'795'345'079'999,  "naïve & 50% = +1 #?", 500,  "c/+="};
  CHECK(decode_call_query(encode_query(all)) == Result<CallQuery>(all));
  CHECK(encode_query({.medium = {}, .status = {}, .agent = {}, .q = "a b&c", .cursor = {}}) ==
        "q=a%20b%26c");
}

TEST_CASE("a query reads what forms and URLSearchParams write") {
  CHECK(decode_call_query("q=a+b")->q == "a b");
  CHECK(decode_call_query("q=%c3%A9")->q == "é");
  CHECK(decode_call_query("q=")->q.empty());
  CHECK(decode_call_query("live=false")->live_only == false);
  CHECK(decode_call_query("from=2026-11-22T10%3A57%3A24%2B02%3A00")->from == 1'795'337'844'000);
}

TEST_CASE("a query's bad parameters are refused by name") {
  const struct {
    std::string query, field;
  } rows[] = {
      {"medium=phone", "medium"},
      {"medium=", "medium"},
      {"status=no_answer", "status"},
      {"status=", "status"},
      {"live=1", "live"},
      {"live", "live"},
      {"from=yesterday", "from"},
      {"from=", "from"},
      {"to=2026-13-01T00:00:00Z", "to"},
      {"limit=0", "limit"},
      {"limit=501", "limit"},
      {"limit=-1", "limit"},
      {"limit=1e2", "limit"},
      {"limit=", "limit"},
      {"limit=99999999999", "limit"},
      {"limit=+5", "limit"},
      {"q=%", "q"},
      {"q=%4", "q"},
      {"q=%zz", "q"},
      {"q=%00", "q"},
      {"q=%0a", "q"},
      {"q=%ff", "q"},
      {"q=%ed%a0%80", "q"},
      {"q=%c0%af", "q"},
      {"q=%f4%90%80%80", "q"},
      {"q=%e2%82", "q"},
      {"q=%7f", "q"},
      {"agent=a&agent=b", "agent"},
      {"cursor=" + std::string(201, 'a'), "cursor"},
      {"q=" + std::string(201, 'a'), "q"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.query);
    const auto query = decode_call_query(row.query);
    REQUIRE_FALSE(query.has_value());
    CHECK(query.error().code == ErrorCode::invalid_field);
    CHECK(query.error().field == row.field);
  }
}

TEST_CASE("a query's unknown parameters are refused") {
  for (const char* text : {"x=1", "Medium=web", "q=a&sort=-created", "=1", "&", "q=a&&", "q%3Da"}) {
    CAPTURE(text);
    const auto query = decode_call_query(text);
    REQUIRE_FALSE(query.has_value());
    CHECK(query.error().code == ErrorCode::unknown_field);
  }
}

}  // namespace
}  // namespace voxdial
