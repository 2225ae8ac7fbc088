// The phone policy, row by row: one number in one dress, and what becomes of it.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/policy/number.h"
#include "tests/proxy/phone_fixture.h"

using namespace voxdial;
using namespace voxdial::phone_test;

TEST_CASE("Ordinary numbers of many countries are understood and allowed", "[phone]") {
  check_rows(
      {
          {"+14155552671", "", "+14155552671", "ok"},
          {"+1 415 555 2671", "", "+14155552671", "ok"},
          {"+1 (415) 555-2671", "", "+14155552671", "ok"},
          {"+1.415.555.2671", "", "+14155552671", "ok"},
          {"  +14155552671  ", "", "+14155552671", "ok"},
          {"+ 1 415 555 2671", "", "+14155552671", "ok"},
          {"(415) 555-2671", "US", "+14155552671", "ok"},
          {"415-555-2671", "us", "+14155552671", "ok"},
          {"1 415 555 2671", "US", "+14155552671", "ok"},
          {"+1 1 415 555 2671", "", "+14155552671", "ok"},
          {"011 44 20 7183 8750", "US", "+442071838750", "ok"},
          {"0044 20 7183 8750", "GB", "+442071838750", "ok"},
          {"0044 20 7183 8750", "DE", "+442071838750", "ok"},
          {"+14165550123", "", "+14165550123", "ok"},
          {"+18765551234", "", "+18765551234", "ok"},
          {"+17875550123", "", "+17875550123", "ok"},
          {"+12025550143", "", "+12025550143", "ok"},
          {"+442071838750", "", "+442071838750", "ok"},
          {"+4402071838750", "", "+442071838750", "ok"},
          {"+44 (0)20 7183 8750", "", "+442071838750", "ok"},
          {"020 7183 8750", "GB", "+442071838750", "ok"},
          {"+447400123456", "", "+447400123456", "ok"},
          {"07400 123456", "GB", "+447400123456", "ok"},
          {"+447781123456", "", "+447781123456", "ok"},
          {"+4930123456", "", "+4930123456", "ok"},
          {"030/123456", "DE", "+4930123456", "ok"},
          {"+4915123456789", "", "+4915123456789", "ok"},
          {"+33123456789", "", "+33123456789", "ok"},
          {"01 23 45 67 89", "FR", "+33123456789", "ok"},
          {"+33612345678", "", "+33612345678", "ok"},
          {"+390612345678", "", "+390612345678", "ok"},
          {"06 1234 5678", "IT", "+390612345678", "ok"},
          {"+393123456789", "", "+393123456789", "ok"},
          {"+34810123456", "", "+34810123456", "ok"},
          {"+34612345678", "", "+34612345678", "ok"},
          {"+61212345678", "", "+61212345678", "ok"},
          {"+61412345678", "", "+61412345678", "ok"},
          {"0412 345 678", "AU", "+61412345678", "ok"},
          {"+6432345678", "", "+6432345678", "ok"},
          {"+64211234567", "", "+64211234567", "ok"},
          {"+81312345678", "", "+81312345678", "ok"},
          {"+819012345678", "", "+819012345678", "ok"},
          {"+917410410123", "", "+917410410123", "ok"},
          {"+918123456789", "", "+918123456789", "ok"},
          {"+551123456789", "", "+551123456789", "ok"},
          {"+5511961234567", "", "+5511961234567", "ok"},
          {"+525512345678", "", "+525512345678", "ok"},
          {"+52 1 55 1234 5678", "", "+525512345678", "ok"},
          {"+541123456789", "", "+541123456789", "ok"},
          {"+5491123456789", "", "+5491123456789", "ok"},
          {"+27101234567", "", "+27101234567", "ok"},
          {"+27711234567", "", "+27711234567", "ok"},
          {"+2348021234567", "", "+2348021234567", "ok"},
          {"+254712123456", "", "+254712123456", "ok"},
          {"+201001234567", "", "+201001234567", "ok"},
          {"+6561234567", "", "+6561234567", "ok"},
          {"+6581234567", "", "+6581234567", "ok"},
          {"+85221234567", "", "+85221234567", "ok"},
          {"+41212345678", "", "+41212345678", "ok"},
          {"+41781234567", "", "+41781234567", "ok"},
          {"+431234567890", "", "+431234567890", "ok"},
          {"+43664123456", "", "+43664123456", "ok"},
          {"+31101234567", "", "+31101234567", "ok"},
          {"+31612345678", "", "+31612345678", "ok"},
          {"+3212345678", "", "+3212345678", "ok"},
          {"+32470123456", "", "+32470123456", "ok"},
          {"+468123456", "", "+468123456", "ok"},
          {"+46701234567", "", "+46701234567", "ok"},
          {"+4721234567", "", "+4721234567", "ok"},
          {"+4740612345", "", "+4740612345", "ok"},
          {"+4532123456", "", "+4532123456", "ok"},
          {"+358131234567", "", "+358131234567", "ok"},
          {"+358412345678", "", "+358412345678", "ok"},
          {"+48123456789", "", "+48123456789", "ok"},
          {"+48512345678", "", "+48512345678", "ok"},
          {"+35312345678", "", "+35312345678", "ok"},
          {"+353850123456", "", "+353850123456", "ok"},
          {"+351212345678", "", "+351212345678", "ok"},
          {"+351912345678", "", "+351912345678", "ok"},
          {"02/212 345 67", "SK", "+421221234567", "ok"},
          {"+74951234567", "", "+74951234567", "ok"},
          {"+79123456789", "", "+79123456789", "ok"},
          {"+861012345678", "", "+861012345678", "ok"},
          {"+8613123456789", "", "+8613123456789", "ok"},
          {"+8222123456", "", "+8222123456", "ok"},
          {"+821020000000", "", "+821020000000", "ok"},
          {"+97221234567", "", "+97221234567", "ok"},
          {"+971501234567", "", "+971501234567", "ok"},
          {"+905012345678", "", "+905012345678", "ok"},
          {"+302123456789", "", "+302123456789", "ok"},
          {"+3612345678", "", "+3612345678", "ok"},
          {"+420212345678", "", "+420212345678", "ok"},
          {"+18005551234", "", "+18005551234", "ok"},
          {"+80012345678", "", "+80012345678", "ok"},
      },
      wide);
}

TEST_CASE("What is not a plain number is refused before it is read", "[phone]") {
  check_rows(
      {
          {"", "", "", "invalid_number"},
          {"   ", "US", "", "invalid_number"},
          {"abc", "", "", "invalid_number"},
          {"+", "", "", "invalid_number"},
          {"+1", "", "", "invalid_number"},
          {"++14155552671", "", "", "invalid_number"},
          {"1+4155552671", "US", "", "invalid_number"},
          {"+1415+5552671", "", "", "invalid_number"},
          {"+1415abc2671", "", "", "invalid_number"},
          {"1-800-FLOWERS", "US", "", "invalid_number"},
          {"+1 415 555 2671 ext 5", "", "", "invalid_number"},
          {"+14155552671x5", "", "", "invalid_number"},
          {"+14155552671;ext=5", "", "", "invalid_number"},
          {"+14155552671,,5", "", "", "invalid_number"},
          {"+14155552671#5", "", "", "invalid_number"},
          {"*67 415 555 2671", "US", "", "invalid_number"},
          {"sip:+14155552671@example.com", "", "", "invalid_number"},
          {"client:alice", "", "", "invalid_number"},
          {"+1\xEF\xBC\x94\x31\x35\x35\x35\x35\x32\x36\x37\x31", "", "", "invalid_number"},
          {"\xEF\xBC\x8B\x31\x34\x31\x35\x35\x35\x35\x32\x36\x37\x31", "", "", "invalid_number"},
          {"+1415555267\xD9\xA1", "", "", "invalid_number"},  // Arabic-Indic one
          {"+14155552671\r\nTo: x", "", "", "invalid_number"},
          {"+1415555267'1", "", "", "invalid_number"},
          {"+1415555267<1", "", "", "invalid_number"},
          {"+1415555%32671", "", "", "invalid_number"},
          {"+1415555&2671", "", "", "invalid_number"},
          {"+12345678901234567", "", "", "invalid_number"},
          {"+1415555267100000000000000000000000000000000", "", "", "invalid_number"},
          {"4155552671", "", "", "invalid_number"},
          {"(415) 555-2671", "", "", "invalid_number"},
          {"14155552671", "", "", "invalid_number"},
          {"0014155552671", "", "", "invalid_number"},
          {"4155552671", "ZZ", "", "invalid_number"},
          {"4155552671", "001", "", "invalid_number"},
          {"4155552671", "USA", "", "invalid_number"},
          {"+999123456", "", "", "invalid_number"},
          {"+0123456789", "", "", "invalid_number"},
          {"+2101234567", "", "", "invalid_number"},
          {"+1415555267", "", "", "invalid_number"},
          {"+191", "", "", "invalid_number"},
          {"+1 91", "", "", "invalid_number"},
          {"+44 2", "", "", "invalid_number"},
          {"+141555526712", "", "", "invalid_number"},
          {"5552671", "US", "", "invalid_number"},
          {"+10155552671", "", "", "invalid_number"},
          {"+14150552671", "", "", "invalid_number"},
          {"+14159111234", "", "", "invalid_number"},
          {"+14154111234", "", "", "invalid_number"},
          {"+12115551234", "", "", "invalid_number"},
          {"+44207183875", "", "+44207183875", "invalid_number"},
          {"+4420718387500", "", "", "invalid_number"},
          {"+3312345678", "", "", "invalid_number"},
          {"+49", "", "", "invalid_number"},
          {"011", "US", "", "invalid_number"},
      },
      wide);
}

TEST_CASE("A refusal says which rule was broken", "[phone]") {
  const auto message = [](const char* text) {
    return check_phone(text, "", wide, 0).reason->message;
  };
  CHECK(message("+1415abc2671").find("Letters") != std::string::npos);
  CHECK(message("+14155552671x5").find("Extensions") != std::string::npos);
  CHECK(message("+1415555267\xD9\xA1").find("not a plain digit") != std::string::npos);
  CHECK(message("+1415555&2671").find("round brackets only") != std::string::npos);
  CHECK(message("4155552671").find("Begin with +") != std::string::npos);
  CHECK(message("1+4155552671").find("at the beginning") != std::string::npos);
  CHECK(message("+999123456").find("no such country code") != std::string::npos);
  CHECK(message("+3312345").find("too short") != std::string::npos);
}

TEST_CASE("Emergency and short numbers are refused in any dress", "[phone]") {
  check_rows(
      {
          {"911", "", "", "number_not_allowed"},
          {"911", "US", "", "number_not_allowed"},
          {"9 1 1", "US", "", "number_not_allowed"},
          {"9-1-1", "US", "", "number_not_allowed"},
          {"(911)", "US", "", "number_not_allowed"},
          {"1911", "US", "", "number_not_allowed"},
          {"0911", "US", "", "number_not_allowed"},
          {"+911", "", "", "number_not_allowed"},
          {"+1911", "", "", "number_not_allowed"},
          {"+1 911", "", "", "number_not_allowed"},
          {"+1 (911)", "", "", "number_not_allowed"},
          {"+1 1 911", "", "", "number_not_allowed"},
          {"+1 911 666 6666", "", "", "number_not_allowed"},
          {"9116666666", "US", "", "number_not_allowed"},
          {"911", "CA", "", "number_not_allowed"},
          {"112", "US", "", "number_not_allowed"},
          {"112", "DE", "", "number_not_allowed"},
          {"0112", "DE", "", "number_not_allowed"},
          {"110", "DE", "", "number_not_allowed"},
          {"+112", "", "", "number_not_allowed"},
          {"+49112", "", "", "number_not_allowed"},
          {"+49110", "", "", "number_not_allowed"},
          {"+49 0112", "", "", "number_not_allowed"},
          {"+44112", "", "", "number_not_allowed"},
          {"+44999", "", "", "number_not_allowed"},
          {"+44 0 999", "", "", "number_not_allowed"},
          {"999", "GB", "", "number_not_allowed"},
          {"112", "GB", "", "number_not_allowed"},
          {"+3315", "", "", "number_not_allowed"},
          {"17", "FR", "", "number_not_allowed"},
          {"+3318", "", "", "number_not_allowed"},
          {"000", "AU", "", "number_not_allowed"},
          {"+61000", "", "", "number_not_allowed"},
          {"+61112", "", "", "number_not_allowed"},
          {"111", "NZ", "", "number_not_allowed"},
          {"+64111", "", "", "number_not_allowed"},
          {"110", "JP", "", "number_not_allowed"},
          {"+81119", "", "", "number_not_allowed"},
          {"100", "IN", "", "number_not_allowed"},
          {"+91112", "", "", "number_not_allowed"},
          {"190", "BR", "", "number_not_allowed"},
          {"+55193", "", "", "number_not_allowed"},
          {"10111", "ZA", "", "number_not_allowed"},
          {"117", "CH", "", "number_not_allowed"},
          {"+41144", "", "", "number_not_allowed"},
          // short service numbers
          {"116117", "DE", "", "number_not_allowed"},
          {"411", "US", "", "number_not_allowed"},
          {"+1411", "", "", "number_not_allowed"},
          {"988", "US", "", "number_not_allowed"},
          {"22000", "US", "", "number_not_allowed"},
          {"118500", "GB", "", "number_not_allowed"},
          {"+44118500", "", "", "number_not_allowed"},
          {"3611", "FR", "", "number_not_allowed"},
      },
      wide);
}

TEST_CASE("Costly and odd numbers are refused by their kind", "[phone]") {
  struct KindRow {
    const char* number;
    const char* type;
  };
  const std::vector<KindRow> rows = {
      {"+19005551234", "premium"},      {"+19002345678", "premium"},
      {"+14159761234", "premium"},      {"+12129761616", "premium"},
      {"+449098790000", "premium"},     {"+449012345678", "premium"},
      {"+448431234567", "premium"},     {"+448712345678", "premium"},
      {"+33891123456", "premium"},      {"+499001234567", "premium"},
      {"+39899123456", "premium"},      {"+34803123456", "premium"},
      {"+34807123456", "premium"},      {"+611900123456", "premium"},
      {"+64900123456", "premium"},      {"+81990123456", "premium"},
      {"+41900123456", "premium"},      {"+43900123456", "premium"},
      {"+31900123456", "premium"},      {"+979123456789", "premium"},
      {"+80812345678", "shared cost"},  {"+491801234567", "shared cost"},
      {"+34901123456", "shared cost"},  {"+611300123456", "shared cost"},
      {"+41840123456", "shared cost"},  {"+881612345678", "satellite"},
      {"+881812345678", "satellite"},   {"+870773111632", "satellite"},
      {"+88213123456", "satellite"},    {"+8821612345678", "satellite"},
      {"+8835100012345", "satellite"},  {"+88312345678", "satellite"},
      {"+61147101234", "satellite"},    {"+16002012345", "satellite"},
      {"+15005550006", "personal"},     {"+15212345678", "personal"},
      {"+447012345678", "personal"},    {"+4970012345678", "personal"},
      {"+41878123456", "personal"},     {"+878101234567890", "personal"},
      {"+447640123456", "pager"},       {"+445512345678", "company-wide"},
      {"+41860123456789", "voicemail"}, {"+17005551234", "non-geographic"}};
  for (const KindRow& row : rows) {
    const PhoneCheck verdict = check_phone(row.number, "", wide, 0);
    CAPTURE(row.number);
    CHECK(verdict.type == row.type);
    CHECK(code_of(verdict) == "number_not_allowed");
    CHECK_FALSE(allowed_but_for_the_hour(verdict));
  }
}

TEST_CASE("A number is shown as people of its country write it", "[phone]") {
  const PhoneCheck check = check_phone("+442071838750", "", wide, 0);
  CHECK(check.international == "+44 20 7183 8750");
  CHECK(check.region == "GB");
  CHECK(check.type == "fixed line");
  CHECK(region_of("+18765551234") == "JM");
  CHECK(region_of("+80012345678") == "001");
  CHECK(region_of("nonsense").empty());
  CHECK(canonical_number("nonsense").empty());
}
