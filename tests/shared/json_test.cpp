// What is refused before anybody looks for fields, and that refusing it is cheap.
#include "shared/json.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>

#include "shared/codec.h"

namespace voxdial {
namespace {

constexpr JsonLimits roomy{1 << 20, 64, 1 << 20};

std::string nested(int levels, char open, char close) {
  return std::string(static_cast<std::size_t>(levels), open) +
         std::string(static_cast<std::size_t>(levels), close);
}

std::string nested_objects(int levels) {
  std::string text;
  for (int i = 1; i < levels; ++i) text += R"({"a":)";
  return text + "{}" + std::string(static_cast<std::size_t>(levels - 1), '}');
}

const std::vector<std::string> malformed = {
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "{]",
    "[}",
    "[1,]",
    "{\"a\":1,}",
    "[,1]",
    "{,}",
    "[1 2]",
    "{\"a\" 1}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":'b'}",
    "{1:2}",
    "{null:1}",
    "[1]]",
    "{}{}",
    "{} x",
    "nul",
    "nulll",
    "True",
    "NULL",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "undefined",
    "[NaN]",
    "{\"a\":NaN}",
    // comments and other dialects
    "// c\n{}",
    "{} // c",
    "/* c */{}",
    "{\"a\":/**/1}",
    "#\n{}",
    "[1;2]",
    "`a`",
    // numbers
    "01",
    "-",
    "+1",
    ".5",
    "5.",
    "1.e5",
    "1e",
    "1e+",
    "0x10",
    "1_000",
    "- 1",
    "--1",
    "00",
    "-01",
    "1.2.3",
    "1e999",
    "-1e999",
    "[1e400]",
    "1E+9999999999",
    // strings
    "\"",
    "\"a",
    "a\"",
    "\"\\\"",
    "\"\\x41\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\U0041\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud83dx\"",
    "\"a\nb\"",
    "\"a\tb\"",
    std::string("\"a\0b\"", 5),
    std::string("\0", 1),
    std::string("{}\0", 3),
    "\"\x1f\"",
    "\"\\'\"",
    // not UTF-8
    "\"\x80\"",
    "\"\xC3\"",
    "\"\xC0\xAF\"",
    "\"\xE0\x80\xAF\"",
    "\"\xED\xA0\x80\"",
    "\"\xF5\x80\x80\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xFF\"",
    "\"\xF0\x9F\x98\"",
    "\xC3\xA9",
    // byte order marks
    "\xEF\xBB\xBF{}",
    "\xEF\xBB{}",
    std::string("\xFF\xFE{\0}\0", 6),
};

const std::vector<std::string> well_formed = {
    "null",
    "true",
    " false ",
    "0",
    "-0",
    "-0.0",
    "1",
    "-1",
    "1.5",
    "1e5",
    "1E-5",
    "1e+5",
    "0.1e1",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "123456789012345678901234567890",
    "1e-999",
    "\"\"",
    "\"a\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0041\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uD83D\\uDE00\"",
    "\"\xF0\x9F\x98\x80\"",
    "\"\xC3\xA9\"",
    "\"\xEE\x80\x80\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\x7f\"",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "{\"\":{}}",
    " \t\r\n[ 1 , 2 ] \n",
    "{\"a\":{\"b\":[1,null,\"c\"]}}",
    "{\"a\":1,\"A\":2}",
};

TEST_CASE("malformed JSON is refused and said to be so") {
  for (const std::string& text : malformed) {
    CAPTURE(text);
    const auto value = parse_json(text, roomy);
    REQUIRE_FALSE(value.has_value());
    CHECK(wire_name(value.error().code) == "invalid_json");
  }
}

TEST_CASE("well-formed JSON comes back as it was written") {
  for (const std::string& text : well_formed) {
    CAPTURE(text);
    const auto value = parse_json(text, roomy);
    REQUIRE(value.has_value());
    CHECK(*value == JsonValue::parse(text));
    const auto again = parse_json(to_text(*value), roomy);
    REQUIRE(again.has_value());
    CHECK(to_text(*again) == to_text(*value));
  }
}

TEST_CASE("members keep their order, and numbers are written in one way") {
  CHECK(
      to_text(*parse_json(
          R"( { "b" : 1.50 , "a" : 1E2, "big": 18446744073709551615, "least": -9223372036854775808 } )",
          roomy)) ==
      R"({"b":1.5,"a":100.0,"big":18446744073709551615,"least":-9223372036854775808})");
}

TEST_CASE("whole numbers and others are told apart") {
  CHECK(parse_json("600", roomy)->is_number_integer());
  CHECK(parse_json("600.0", roomy)->is_number_float());
  CHECK(parse_json("6e2", roomy)->is_number_float());
  CHECK(parse_json("18446744073709551616", roomy)->is_number_float());
}

TEST_CASE("depth is limited for arrays and objects alike") {
  for (const int depth : {1, 24, 64}) {
    CHECK(parse_json(nested(depth, '[', ']'), {1000, depth, 1000}).has_value());
    CHECK_FALSE(parse_json(nested(depth + 1, '[', ']'), {1000, depth, 1000}).has_value());
    CHECK(parse_json(nested_objects(depth), {1000, depth, 1000}).has_value());
    CHECK_FALSE(parse_json(nested_objects(depth + 1), {1000, depth, 1000}).has_value());
  }
  const auto bomb = parse_json(nested(400'000, '[', ']'), {1 << 20, 24, 1 << 20});
  REQUIRE_FALSE(bomb.has_value());
  CHECK(bomb.error().message == "The JSON is nested deeper than 24 levels.");
  CHECK_FALSE(parse_json(std::string(1 << 20, '['), {1 << 20, 24, 1 << 20}).has_value());
}

TEST_CASE("the number of values is limited, wherever they stand") {
  std::string million = "{";
  for (int i = 0; i < 1'000'000; ++i) million += "\"" + std::to_string(i) + "\":0,";
  million.back() = '}';
  const auto members = parse_json(million, {million.size(), 24, 2000});
  REQUIRE_FALSE(members.has_value());
  CHECK(members.error().code == ErrorCode::payload_too_large);

  std::string list = "[";
  for (int i = 0; i < 2000; ++i) list += "0,";
  list.back() = ']';
  CHECK_FALSE(parse_json(list, {list.size(), 24, 2000}).has_value());
  CHECK(parse_json(list, {list.size(), 24, 2001}).has_value());
}

TEST_CASE("a request over its limits is refused before it is looked into") {
  const auto large = decode<CallRequest>(std::string(max_request_bytes + 1, ' '));
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().code == ErrorCode::payload_too_large);
  const auto deep = decode<CallRequest>(nested_objects(max_json_depth + 1));
  REQUIRE_FALSE(deep.has_value());
  CHECK(deep.error().code == ErrorCode::invalid_json);
  std::string wide = "{";
  for (int i = 0; i < max_json_fields; ++i) wide += "\"k" + std::to_string(i) + "\":{},";
  wide.back() = '}';
  const auto many = decode<CallRequest>(wide);
  REQUIRE_FALSE(many.has_value());
  CHECK(many.error().code == ErrorCode::payload_too_large);
}

TEST_CASE("a name given twice is refused at any depth, by its path") {
  const struct {
    std::string json, path;
  } rows[] = {
      {R"({"a":1,"a":1})", "a"},
      {R"({"a":1,"b":2,"a":{}})", "a"},
      {R"({"a":1,"\u0061":2})", "a"},
      {R"({"a":{"b":{"c":1,"c":2}}})", "a.b.c"},
      {R"({"a":[{},{"b":[0,1,{"c":1,"d":[],"c":2}]}]})", "a[1].b[2].c"},
      {R"([[{"x":1,"x":1}]])", "[0][0].x"},
      {R"({"":1,"":2})", ""},
      {R"({"a":{"":{"b":1,"b":2}}})", "a.b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.json);
    const auto value = parse_json(row.json, roomy);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == ErrorCode::invalid_field);
    CHECK(value.error().field == row.path);
  }
  CHECK(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})", roomy).has_value());
}

TEST_CASE("NUL is refused in texts and names, by its path") {
  const struct {
    std::string json, path;
  } rows[] = {
      {R"("\u0000")", ""},
      {R"({"a":"x\u0000"})", "a"},
      {R"({"a":{"b":["ok",{"c":"\u0000"}]}})", "a.b[1].c"},
      {R"(["a","\u0000"])", "[1]"},
      {R"([["a",[0]],[0,"\u0000"]])", "[1][1]"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.json);
    const auto value = parse_json(row.json, roomy);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == ErrorCode::invalid_field);
    CHECK(value.error().field == row.path);
  }
  CHECK_FALSE(parse_json(R"({"a\u0000b":1})", roomy).has_value());
}

TEST_CASE("a stranger's field name is not repeated at any length, nor cut within a character") {
  const std::string name = std::string(63, 'a') + "é" + std::string(10'000, 'b');
  const auto result = decode<CallRequest>("{\"" + name + "\":1}");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().field == std::string(63, 'a') + "...");
  CHECK(decode<Error>(encode(result.error())).has_value());
}

TEST_CASE("a number's text reads back as the same number, and is short") {
  std::uint64_t bits = 1;
  for (int i = 0; i < 20'000; ++i) {
    bits = bits * 6364136223846793005U + 1442695040888963407U;
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = to_text(value);
    CAPTURE(text);
    REQUIRE(parse_json(text, roomy) == Result<JsonValue>(value));
    REQUIRE(text.size() <= 24);
  }
}

}  // namespace
}  // namespace voxdial
