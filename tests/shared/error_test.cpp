#include "shared/error.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "shared/result.h"

namespace voxdial {
namespace {

TEST_CASE("every error has a name of its own, a status and a sentence") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::sdk_unavailable); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    CAPTURE(wire_name(code));
    CHECK(names.insert(wire_name(code)).second);
    CHECK(error_code(wire_name(code)) == code);
    const int status = http_status(code);
    CHECK((status == 0 || (status >= 400 && status <= 599)));
    REQUIRE_FALSE(sentence(code).empty());
    CHECK(sentence(code).back() == '.');
    CHECK(make_error(code).message == sentence(code));
  }
  CHECK_FALSE(error_code("").has_value());
  CHECK_FALSE(error_code("Internal").has_value());
}

TEST_CASE("a result holds a value or an error, and compares by both") {
  const Result<int> value = 5;
  REQUIRE(value.has_value());
  CHECK(*value == 5);
  const Result<int> error = fail(ErrorCode::not_found, "Not there.", "id");
  REQUIRE_FALSE(error);
  CHECK(error.error().field == "id");
  CHECK(value != error);
  CHECK(error == Result<int>(fail(ErrorCode::not_found, "Not there.", "id")));
  CHECK(error != Result<int>(fail(ErrorCode::not_found)));

  Result<std::string> text = std::string("moved");
  CHECK(text->size() == 5);
  CHECK(std::move(text).value() == "moved");

  CHECK(Result<void>().has_value());
  const Result<void> failed = fail(ErrorCode::internal);
  CHECK_FALSE(failed.has_value());
  CHECK(failed.error().code == ErrorCode::internal);
}

}  // namespace
}  // namespace voxdial
