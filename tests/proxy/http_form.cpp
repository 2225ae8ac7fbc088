#include "proxy/http/form.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

using namespace voxdial;
using namespace voxdial::http;

TEST_CASE("a form is taken apart") {
  CHECK(*parse_form("") == Form{});
  CHECK(*parse_form("a=1&b=2") == Form{{"a", "1"}, {"b", "2"}});
  CHECK(*parse_form("a=1&a=2") == Form{{"a", "1"}, {"a", "2"}});
  CHECK(*parse_form("a=&b") == Form{{"a", ""}, {"b", ""}});
  CHECK(*parse_form("&&a=1&") == Form{{"a", "1"}});
  CHECK(*parse_form("a=x+y%2B%C3%A9") == Form{{"a", "x y+\xC3\xA9"}});
  CHECK(*parse_form("a=b=c") == Form{{"a", "b=c"}});
  CHECK(*parse_form("%41=1") == Form{{"A", "1"}});
}

TEST_CASE("a form that is badly written is refused") {
  const std::string body = GENERATE(as<std::string>{}, "a=%", "a=%4", "a=%zz", "%=1", "a=%00",
                                    "a=%FF", "a=\xFF", "a=%C3", "a=%ED%A0%80", "a=%C0%AF");
  CAPTURE(body);
  CHECK(parse_form(body).error().code == ErrorCode::invalid_field);
}

TEST_CASE("a form has its limits") {
  CHECK(parse_form("a=" + std::string(max_form_bytes, 'x')).error().code ==
        ErrorCode::payload_too_large);
  std::string many;
  for (std::size_t i = 0; i < max_form_fields; ++i) many += "a=1&";
  CHECK(parse_form(many));
  CHECK(parse_form(many + "a=1").error().code == ErrorCode::payload_too_large);
}
