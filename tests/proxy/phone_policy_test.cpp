// The phone policy as an operator sets it: what it allows besides, and what it forbids.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/config.h"
#include "proxy/policy/number.h"
#include "tests/proxy/phone_fixture.h"

using namespace voxdial;
using namespace voxdial::phone_test;

TEST_CASE("Personal numbers are called where the policy allows them", "[phone]") {
  PhonePolicy policy = wide;
  policy.allow_personal_numbers = true;
  CHECK(check_phone("+447012345678", "", policy, 0).allowed);
  CHECK(check_phone("+15212345678", "", policy, 0).allowed);
  CHECK_FALSE(check_phone("+449098790000", "", policy, 0).allowed);
}

TEST_CASE("A number newer than the numbering data says so, and can be allowed", "[phone]") {
  // Area code 983 (Colorado) is younger than the metadata.
  PhonePolicy policy = policy_for({"US"});
  PhoneCheck verdict = check_phone("+19835550123", "", policy, 0);
  CHECK(code_of(verdict) == "invalid_number");
  CHECK(verdict.e164 == "+19835550123");
  CHECK(verdict.reason->message.find("numbering data") != std::string::npos);
  CHECK(verdict.reason->message.find("ALLOW_UNLISTED_NUMBERS") != std::string::npos);

  policy.allow_unlisted_numbers = true;
  verdict = check_phone("+19835550123", "", policy, 0);
  CHECK(verdict.allowed);
  CHECK(verdict.type == "unknown");

  SECTION("but not what is no number at all, nor what never is dialled") {
    const std::vector<Row> rows = {{"+1911", "", "", "number_not_allowed"},
                                   {"+1 911 555 0123", "", "", "number_not_allowed"},
                                   {"+14159111234", "", "", "invalid_number"},
                                   {"+1415555267", "", "", "invalid_number"},
                                   {"+999123456", "", "", "invalid_number"},
                                   {"+17005551234", "", "+17005551234", "number_not_allowed"},
                                   {"+881999999999", "", "+881999999999", "number_not_allowed"}};
    check_rows(rows, policy);
  }
  SECTION("also one that is longer than its country's numbers were") {
    PhonePolicy beninese = policy_for({"BJ"});
    beninese.allow_unlisted_numbers = true;
    // Benin has put 01 in front of its eight digits.
    check_rows({{"+2290121234567", "", "+2290121234567", "ok"},
                {"+229 01 95 12 34 56", "", "+2290195123456", "ok"},
                {"01 95 12 34 56", "BJ", "+2290195123456", "ok"},
                {"00 229 01 95 12 34 56", "US", "+2290195123456", "ok"},
                {"+22901951234567890", "", "", "invalid_number"},  // sixteen digits
                {"+229 0121", "", "", "invalid_number"},
                {"+229 117", "", "", "number_not_allowed"}},
               beninese);
    check_rows({{"+2290121234567", "", "+2290121234567", "region_not_allowed"}}, policy);
    // North American numbers have ten digits for good.
    CHECK(code_of(check_phone("+120255501001", "", policy, 0)) == "invalid_number");
  }
  SECTION("where several countries share the code, all of them must be allowed") {
    PhonePolicy french = policy_for({"RE"});
    french.allow_unlisted_numbers = true;
    CHECK(code_of(check_phone("+26201234567890", "", french, 0)) == "region_not_allowed");
    french.allowed_regions = {"RE", "YT"};
    CHECK(code_of(check_phone("+26201234567890", "", french, 0)) == "ok");
  }
  SECTION("an unlisted number among premium numbers is premium, digits behind one change nothing") {
    PhonePolicy british = policy_for({"GB"});
    british.allow_unlisted_numbers = true;
    CHECK(code_of(check_phone("+4490987900001", "", british, 0)) == "number_not_allowed");
    const PhoneCheck neighbour = check_phone("+449139999999", "", british, 0);
    CHECK(code_of(neighbour) == "number_not_allowed");
  }
  SECTION("and not what is longer than any number can be") {
    PhonePolicy german = policy_for({"DE"});
    german.allow_unlisted_numbers = true;
    CHECK(code_of(check_phone("+49301234567890123", "", german, 0)) == "invalid_number");
    CHECK(code_of(check_phone("0301234567890123", "DE", german, 0)) == "invalid_number");
    // Found by fuzzing: zeros that a second reading would drop.
    CHECK(code_of(check_phone("000000778", "DE", german, 0)) == "invalid_number");
  }
  SECTION("an unlisted area needs the regions of all its neighbours") {
    // 65x: Jamaica's 658 is as near as California's 650.
    CHECK(code_of(check_phone("+16545550123", "", policy, 0)) == "region_not_allowed");
  }
}

TEST_CASE("Only allowed regions are called", "[phone]") {
  SECTION("the caller number's own, when none is named") {
    PhonePolicy policy = policy_for({});
    CHECK(check_phone("+14155552671", "", policy, 0).allowed);
    CHECK(code_of(check_phone("+14165550123", "", policy, 0)) == "region_not_allowed");
    CHECK(code_of(check_phone("+18765551234", "", policy, 0)) == "region_not_allowed");
    CHECK(code_of(check_phone("+442071838750", "", policy, 0)) == "region_not_allowed");
    CHECK(code_of(check_phone("+80012345678", "", policy, 0)) == "region_not_allowed");
  }
  SECTION("nothing, when there is no caller number either") {
    PhonePolicy policy = policy_for({});
    policy.own_region.clear();
    CHECK(code_of(check_phone("+14155552671", "", policy, 0)) == "region_not_allowed");
  }
  SECTION("islands are regions of their own") {
    PhonePolicy policy = policy_for({"GB"});
    CHECK(check_phone("+447400123456", "", policy, 0).allowed);
    CHECK(code_of(check_phone("+447781123456", "", policy, 0)) == "region_not_allowed");
    CHECK(code_of(check_phone("+447624123456", "", policy, 0)) == "region_not_allowed");
  }
  SECTION("Kazakhstan is not Russia") {
    PhonePolicy policy = policy_for({"RU"});
    CHECK(check_phone("+74951234567", "", policy, 0).allowed);
    CHECK(code_of(check_phone("+77123456789", "", policy, 0)) == "region_not_allowed");
  }
}

TEST_CASE("The operator's lists hold in any dress", "[phone]") {
  PhonePolicy policy = wide;
  policy.do_not_call = {canonical_number("+52 1 55 1234 5678"), canonical_number("+442071838750"),
                        "+14155552671"};
  std::sort(policy.do_not_call.begin(), policy.do_not_call.end());
  policy.denied_prefixes = {"+4420", "+12025550"};
  check_rows({{"+14155552671", "", "+14155552671", "do_not_call"},
              {"(415) 555-2671", "US", "+14155552671", "do_not_call"},
              {"+1 1 415 555 2671", "", "+14155552671", "do_not_call"},
              {"011 1 415 555 2671", "GB", "", "invalid_number"},
              {"00 1 415 555 2671", "GB", "+14155552671", "do_not_call"},
              {"+525512345678", "", "+525512345678", "do_not_call"},
              {"+5215512345678", "", "+525512345678", "do_not_call"},
              {"+44 (0)20 7183 8750", "", "+442071838750", "do_not_call"},
              {"+442079460000", "", "+442079460000", "number_not_allowed"},
              {"020 7946 0000", "GB", "+442079460000", "number_not_allowed"},
              {"+12025550143", "", "+12025550143", "number_not_allowed"},
              {"+12025551143", "", "+12025551143", "ok"}},
             policy);
}

TEST_CASE("A do-not-call file holds numbers, not ways to write them", "[phone]") {
  const auto config = read_config(
                          [](std::string_view name) -> std::optional<std::string> {
                            if (name == "DO_NOT_CALL_FILE") return "list";
                            return std::nullopt;
                          },
                          [](const std::string&) -> std::optional<std::string> {
                            return "# asked us\n+52 1 55 1234 5678\n+1 1 415 555 2671  # twice\n";
                          })
                          .config;
  CHECK(config.phone_policy.do_not_call ==
        std::vector<std::string>{"+14155552671", "+525512345678"});
}

TEST_CASE("Twilio's magic numbers work with its test credentials only", "[phone]") {
  PhonePolicy policy = policy_for({"GB"});
  CHECK_FALSE(check_phone("+15005550006", "", policy, 0).allowed);
  policy.test_credentials = true;
  for (char last = '0'; last <= '9'; ++last) {
    CAPTURE(last);
    CHECK(check_phone(std::string("+1500555000") + last, "", policy, 0).allowed);
  }
  CHECK(check_phone("+1 500 555 0006", "", policy, 0).allowed);
  CHECK_FALSE(check_phone("+15005550010", "", policy, 0).allowed);
  CHECK_FALSE(check_phone("+15005560006", "", policy, 0).allowed);
  CHECK_FALSE(check_phone("+14155552671", "", policy, 0).allowed);
}
