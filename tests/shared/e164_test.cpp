#include "shared/e164.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cctype>
#include <set>

#include "shared/ascii.h"

namespace voxdial {
namespace {

TEST_CASE("a masked number keeps its country code and last two digits") {
  CHECK(mask_number("+14155552643") == "+1 ••• ••• ••43");
  CHECK(mask_number("+442071838750") == "+44 ••• ••• ••50");
  CHECK(mask_number("+35312345678") == "+353 ••• ••• 78");
  CHECK(mask_number("+24740123") == "+247 ••• 23");
  CHECK(mask_number("+1234567") == "+1 ••• •67");
  CHECK(mask_number("").empty());
}

TEST_CASE("a masked number is known for one, and a whole one is not") {
  for (const char* text : {"+14155552643", "+24740123", "secret"}) {
    CHECK(is_masked(mask_number(text)));
    CHECK_FALSE(is_masked(text));
  }
  CHECK_FALSE(is_masked(""));
}

TEST_CASE("what is no number is masked wholly") {
  for (const char* text : {"+1", "14155552643", "+1415555264x", "sip:maria@example.org",
                           "+0123456789", "+1234567890123456", "secret"}) {
    CHECK(mask_number(text) == "•••");
  }
}

TEST_CASE("at most two digits after the country code can be read in a masked number") {
  for (int length = 7; length <= 15; ++length) {
    for (const char* code : {"1", "49", "353", "881"}) {
      std::string number = std::string("+") + code;
      while (number.size() < static_cast<std::size_t>(length) + 1) number += '7';
      const std::string masked = mask_number(number);
      CHECK(std::count_if(masked.begin(), masked.end(), [](char c) {
              return c >= '0' && c <= '9';
            }) == static_cast<long>(std::string(code).size()) + 2);
    }
  }
}

}  // namespace
}  // namespace voxdial
