// A telephone number as people write and paste it: what it is read as, or why it is not.
#include <phonenumbers/phonenumber.pb.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/policy/number.h"

using namespace voxdial;

namespace {

struct Writing {
  std::string text;
  const char* region;
  const char* e164;
};

void check_read(const std::vector<Writing>& rows) {
  for (const Writing& row : rows) {
    CAPTURE(row.text, row.region);
    const auto number = read_number(row.text, row.region);
    if (!number) FAIL_CHECK(number.error().message);
    if (number) CHECK(e164_of(*number) == row.e164);
    CHECK(canonical_number(row.text, row.region) == row.e164);
  }
}

struct Refused {
  std::string text;
  const char* region;
  const char* word;  ///< of the reason
};

void check_refused(const std::vector<Refused>& rows) {
  for (const Refused& row : rows) {
    CAPTURE(row.text.substr(0, 60), row.region);
    const auto number = read_number(row.text, row.region);
    CHECK_FALSE(number);
    if (number) FAIL_CHECK(e164_of(*number));
    if (number) continue;
    CHECK(number.error().code == ErrorCode::invalid_number);
    CHECK(number.error().field == "medium.phoneNumber");
    CAPTURE(number.error().message);
    CHECK(number.error().message.find(row.word) != std::string::npos);
    CHECK(canonical_number(row.text, row.region).empty());
  }
}

}  // namespace

TEST_CASE("What cannot be seen is dropped, wherever it stands", "[phone]") {
  for (const char* unseen :
       {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069",
        "\u200E", "\u200F", "\u061C", "\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\u00AD"}) {
    const std::string u = unseen;
    check_read({{u + "+12025550101", "", "+12025550101"},
                {"+12025550101" + u, "", "+12025550101"},
                {"+" + u + "1202" + u + "5550101", "", "+12025550101"},
                {u + " 0421" + u + " 1234567" + u, "DE", "+494211234567"}});
  }
}

TEST_CASE("Every blank and every dash stands between digits", "[phone]") {
  for (const char* between : {" ",      "\t",     "\u00A0", "\u1680", "\u2000", "\u2003", "\u2007",
                              "\u2009", "\u200A", "\u202F", "\u205F", "\u3000", "-",      "\u2010",
                              "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\uFE58",
                              "\uFE63", "\uFF0D", ".",      "  ",     " - ",    ") ",     " ("}) {
    const std::string b = between;
    check_read({{"+1" + b + "202" + b + "555" + b + "0101", "", "+12025550101"},
                {"0421" + b + "1234567", "DE", "+494211234567"}});
  }
  for (const char* around : {" ", "\t", "\n", "\r\n", "\u00A0", "\u2028", "\u2029", "\n\n \t"}) {
    const std::string a = around;
    check_read(
        {{a + "+12025550101", "", "+12025550101"}, {"+12025550101" + a, "", "+12025550101"}});
  }
}

TEST_CASE("Prefixes are those of the chosen country, and 00 is the world's", "[phone]") {
  check_read({
      {"0049 421 1234567", "DE", "+494211234567"},
      {"+49 (0) 421 1234567", "DE", "+494211234567"},
      {"+49 (0)421/1234567", "US", "+494211234567"},
      {"0421/1234567", "DE", "+494211234567"},
      {"(0421) 123 45 67", "DE", "+494211234567"},
      {"06 20 123 4567", "HU", "+36201234567"},
      {"8 912 345-67-89", "RU", "+79123456789"},
      {"8 (912) 345-67-89", "RU", "+79123456789"},
      {"7 912 345 67 89", "RU", "+79123456789"},
      {"8 029 491 19 11", "BY", "+375294911911"},
      {"1 415 555 2671", "US", "+14155552671"},
      {"(415) 555-2671", "US", "+14155552671"},
      {"06 1234 5678", "IT", "+390612345678"},
      {"+39 (0)6 1234 5678", "IT", "+390612345678"},
      {"020 7946 0958", "GB", "+442079460958"},
      {"011 86 139 0000 0000", "US", "+8613900000000"},
      {"011 44 20 7946 0958", "CA", "+442079460958"},
      {"0011 44 20 7946 0958", "AU", "+442079460958"},
      {"010 1 202 555 0101", "JP", "+12025550101"},
      {"8 10 49 421 1234567", "RU", "+494211234567"},
      {"00 44 20 7946 0958", "GB", "+442079460958"},
      {"00 1 202 555 0101", "GB", "+12025550101"},
      // Countries that dial another prefix themselves.
      {"00 1 202 555 0101", "US", "+12025550101"},
      {"00 44 20 7946 0958", "US", "+442079460958"},
      {"00 44 20 7946 0958", "AU", "+442079460958"},
      {"0049 421 1234567", "JP", "+494211234567"},
      // A country code that lost its +.
      {"44 20 7946 0958", "GB", "+442079460958"},
      {"36 20 123 4567", "HU", "+36201234567"},
      {"1 202 555 0101", "CA", "+12025550101"},
  });
}

TEST_CASE("Digits that are two existing numbers are neither, and both are named", "[phone]") {
  // 04942 is Suedbrookmerland's area code, 0421 Bremen's.
  check_refused({{"49 421 1234567", "DE", "+49 421 1234567. Begin with +"},
                 {"49 421 1234567", "DE", "read as +49 4942 11234567 or"}});
}

TEST_CASE("A link's number is read, and no more of the link than that", "[phone]") {
  check_read({{"tel:+1-202-555-0101", "", "+12025550101"},
              {"TEL:+1(202)5550101", "", "+12025550101"},
              {"tel: +12025550101", "", "+12025550101"},
              {"\u202Atel:+12025550101\u202C", "", "+12025550101"},
              {"tel:+1%20202%20555%200101", "", "+12025550101"},
              {"tel:%2B1-202-555-0101%20", "", "+12025550101"},
              {"tel:0421-1234567", "DE", "+494211234567"},
              {"tel:421-1234567;phone-context=+49", "US", "+494211234567"},
              {"tel:5550101;phone-context=+1-202", "", "+12025550101"}});
  check_refused({{"tel:+12025550101;ext=5", "", "Extensions"},
                 {"tel:5550101;phone-context=example.com", "US", "Extensions"},
                 {"tel:5550101;phone-context=+1202;ext=5", "US", "Extensions"},
                 {"tel:5550101;isub=1;phone-context=+1202", "US", "Extensions"},
                 {"tel:+12025550101%3Bext=5", "", "Extensions"},
                 {"tel:+1202555%30101%", "", "digits, spaces"},
                 {"tel:+12025550101%-1", "", "digits, spaces"},
                 {"tel:+12025550101%00", "", "digits, spaces"},
                 {"+1%20202%20555%200101", "", "digits, spaces"},
                 {"tel:", "US", "digits"},
                 {"telephone:+12025550101", "", "Letters"},
                 {"callto:+12025550101", "", "Letters"},
                 {"sip:+12025550101@example.com", "", "Letters"}});
}

TEST_CASE("Letters, extensions and lookalikes are refused with words", "[phone]") {
  check_refused({
      {"", "US", "Enter"},
      {" \u00A0\u200B ", "US", "Enter"},
      {"+", "US", "digits"},
      {"()", "US", "digits"},
      {"1-800-FLOWERS", "US", "Letters"},
      {"Tel. 0421 1234567", "DE", "Letters"},
      {"+1 202 555 0101 ext 5", "", "Letters"},
      {"+1 202 555 0101 x5", "", "Extensions"},
      {"+1 202 555 0101 #5", "", "Extensions"},
      {"+12025550101,,5", "", "Extensions"},
      {"+12025550101;ext=5", "", "Extensions"},
      {"*31#12025550101", "US", "Extensions"},
      {"+1202555\uFF10\uFF11\uFF10\uFF11", "", "plain digit"},  // full-width digits
      {"\uFF0B12025550101", "", "plain digit"},                 // full-width plus
      {"+\u0661\u0662\u0660\u0662", "", "plain digit"},         // Arabic-Indic digits
      {"+1202555010\u04CF", "", "plain digit"},                 // a Cyrillic letter
      {"+1202555010\u00B9", "", "plain digit"},                 // a raised one
      {"+12025550101\u20E3", "", "plain digit"},                // a keycap
      {"+1 202 \u2022\u2022\u2022 01 01", "", "plain digit"},   // masked
      {std::string("+1202\xFF") + "5550101", "", "plain digit"},
      {std::string("+1202\0"
                   "5550101",
                   13),
       "", "only"},
      {"+1202555010<b>1", "", "only"},
      {"1+2025550101", "", "at the beginning"},
      {"++12025550101", "", "at the beginning"},
      {"2025550101", "", "Begin with +"},
      {"0012025550101", "", "Begin with +"},
      {"2025550101", "ZZ", "Begin with +"},
      {"2025550101", "001", "Begin with +"},
      {"+0049 421 1234567", "DE", "no such country code"},
      {"+999123456", "", "no such country code"},
      {"+1" + std::string(300, '5'), "", "too long"},
      {"+1" + std::string(200, '5'), "", "at most 15 digits"},
  });
}

TEST_CASE("Two numbers in one paste are neither", "[phone]") {
  check_refused({{"+494211234567 +494217654321", "", "at the beginning"},
                 {"+494211234567\n+494217654321", "", "more than one line"},
                 {"0421 1234567\n0421 7654321", "DE", "more than one line"},
                 {"0421 1234567, 0421 7654321", "DE", "Extensions"},
                 {"0421 1234567; 0421 7654321", "DE", "Extensions"},
                 {"0421 1234567 or 0421 7654321", "DE", "Letters"},
                 {"0421 12345/46", "DE", "second number"},
                 {"0421 1234567/8", "DE", "second number"}});
}
