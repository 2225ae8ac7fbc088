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

TEST_CASE("numbers are grouped for reading") {
  const struct {
    const char *number, *grouped;
  } rows[] = {
      {"+14155550123", "+1 415 555 0123"},   {"+442071838750", "+44 20 7183 8750"},
      {"+447911123456", "+44 7911 123456"},  {"+33123456789", "+33 1 23 45 67 89"},
      {"+79123456789", "+7 912 345 67 89"},  {"+61412345678", "+61 412 345 678"},
      {"+61212345678", "+61 2 1234 5678"},   {"+8613812345678", "+86 138 1234 5678"},
      {"+919876543210", "+91 98765 43210"},  {"+4930123456", "+49 301 234 56"},
      {"+493012345678", "+49 301 234 5678"}, {"+24740123", "+247 401 23"},
      {"not a number", "not a number"},      {"", ""},
  };
  for (const auto& row : rows) CHECK(group_number(row.number) == row.grouped);
}

TEST_CASE("grouping loses no digit") {
  for (const std::string_view code : {"1", "44", "49", "247", "881", "998"}) {
    for (int length = 7; length <= 15; ++length) {
      std::string number = '+' + std::string(code);
      while (number.size() < static_cast<std::size_t>(length) + 1) {
        number += static_cast<char>('1' + number.size() % 9);
      }
      const std::string grouped = group_number(number);
      CAPTURE(grouped);
      CHECK('+' + digits_of(grouped) == number);
      CHECK(grouped.rfind('+' + std::string(code) + ' ', 0) == 0);
      CHECK(grouped.substr(grouped.rfind(' ')).size() > 2);  // no digit stands alone at the end
    }
  }
}

}  // namespace
}  // namespace voxdial
