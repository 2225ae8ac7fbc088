#include "shared/utf8.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "shared/percent.h"

namespace voxdial {
namespace {

TEST_CASE("a text is cut between its characters") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abc", 2) == "ab");
  CHECK(cut("a\xC3\xA9", 2) == "a");
  CHECK(cut("\xF0\x9F\x98\x80", 3).empty());
  CHECK(cut("\xE2\x82\xAC!", 3) == "\xE2\x82\xAC");
}

TEST_CASE("a text is as long as it has characters") {
  CHECK(characters("") == 0);
  CHECK(characters("a\xD7\x90\xE3\x81\x82\xF0\x9F\x98\x80") == 4);
}

TEST_CASE("well-formed UTF-8 stays as it is") {
  const std::string text = GENERATE(as<std::string>{}, "", "abc", "\x7F", "\xC2\x80", "\xDF\xBF",
                                    "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                    "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", std::string("a\0b", 3));
  CAPTURE(text);
  CHECK(is_utf8(text));
  CHECK(replace_invalid_utf8(text) == text);
}

// The rows with several bytes are those of the Unicode standard, section 3.9, tables 3-8 to 3-11.
TEST_CASE("each piece of UTF-8 that is none is replaced once") {
  struct Row {
    std::string text;
    int pieces;
  };
  const Row row = GENERATE(
      Row{"\x80", 1}, Row{"\xFF", 1}, Row{"\xC3", 1}, Row{"\xE2\x82", 1}, Row{"\xF0\x9F\x98", 1},
      Row{"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82", 8}, Row{"\xED\xA0\x80\xED\xBF\xBF\xED\xAF", 8},
      Row{"\xF4\x91\x92\x93\xFF", 5}, Row{"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF", 4});
  CAPTURE(row.text);
  std::string replaced;
  for (int i = 0; i < row.pieces; ++i) replaced += "\xEF\xBF\xBD";
  CHECK_FALSE(is_utf8(row.text));
  CHECK(replace_invalid_utf8(row.text) == replaced);
  CHECK(replace_invalid_utf8("a" + row.text + "b") == "a" + replaced + "b");
}

TEST_CASE("any byte comes back from an address or a form") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const std::string encoded = percent_encode(bytes);
  CHECK(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-._~%") == std::string::npos);
  CHECK(form_decoded(encoded) == bytes);
  CHECK(percent_encode("a b/\xC3\xA9~") == "a%20b%2F%C3%A9~");
  CHECK(form_decoded("a+b%2f%c3%A9") == "a b/\xC3\xA9");
}

TEST_CASE("a percent sign without two digits behind it is refused") {
  const std::string text =
      GENERATE(as<std::string>{}, "%", "%4", "%zz", "a%4", "%%41", "%-1", "%4 ");
  CAPTURE(text);
  CHECK_FALSE(form_decoded(text));
}

}  // namespace
}  // namespace voxdial
