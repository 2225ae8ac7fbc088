#include "proxy/cli/do_not_call.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

int command(Desk& desk, std::vector<std::string_view> words, std::string* said = nullptr) {
  std::istringstream in;
  std::ostringstream out;
  const int status =
      do_not_call_command({in, out, out, desk.world, *desk.store}, words, desk.config.phone_policy);
  if (said != nullptr) *said = out.str();
  return status;
}

}  // namespace

TEST_CASE("a number put on the do-not-call list in any dress cannot be called in any other") {
  Desk desk;
  desk.config.phone_policy.allowed_regions = {"US", "MX"};
  std::string said;
  REQUIRE(command(desk, {"donotcall", "add", "+52 1 55 1234 5678", "asked us to stop"}, &said) ==
          0);
  CHECK(said.find("+525512345678") != std::string::npos);
  REQUIRE(command(desk, {"donotcall", "add", "(202) 555-0100"}) == 0);
  for (const char* number : {"+525512345678", "+5215512345678", "+1 202 555 0100"}) {
    CAPTURE(number);
    Attempt attempt = Desk::attempt(MediumType::twilio, number);
    attempt.request.medium.phone_number = number;
    CHECK(decode<Error>(desk.calls->place(attempt).body)->code == ErrorCode::do_not_call);
  }
  CHECK(desk.vendors.seen.empty());

  REQUIRE(command(desk, {"donotcall", "list"}, &said) == 0);
  CHECK(said.find("+12025550100") != std::string::npos);
  REQUIRE(command(desk, {"donotcall", "remove", "+1 (202) 555 0100"}) == 0);
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 201);
  const auto audit = desk.store->audit({{}, false, true}, 0, 50);
  REQUIRE(audit);
  CHECK(audit->entries.back().kind == "do_not_call_added");
  CHECK(audit->entries.back().number == "+525512345678");
}

TEST_CASE("what is no number is not put on the list, and an unknown word explains itself") {
  Desk desk;
  std::string said;
  CHECK(command(desk, {"donotcall", "add", "nobody"}, &said) == 1);
  CHECK(said.find("no phone number") != std::string::npos);
  // Two numbers, and one without quotes: the second is no reason for the first.
  CHECK(command(desk, {"donotcall", "add", "+12025550100", "+12125550123"}, &said) == 1);
  CHECK(command(desk, {"donotcall", "add", "+49421", "1234567"}, &said) == 1);
  CHECK(said.find("One number at a time") != std::string::npos);
  CHECK(command(desk, {"donotcall"}, &said) == 2);
  CHECK(said.find("donotcall add NUMBER") != std::string::npos);
  CHECK(desk.store->do_not_call_list()->empty());
}

TEST_CASE(
    "a number taken off the list is not promised to be callable where it never was, or is not") {
  Desk desk;
  std::string said;
  CHECK(command(desk, {"donotcall", "remove", "+12025550100"}, &said) == 1);
  CHECK(said.find("+12025550100 is not on the list.") != std::string::npos);
  REQUIRE(command(desk, {"donotcall", "add", "+12025550100"}) == 0);
  desk.config.phone_policy.do_not_call = {"+12025550100"};
  CHECK(command(desk, {"donotcall", "remove", "+12025550100"}, &said) == 0);
  CHECK(said.find("DO_NOT_CALL_FILE still names it") != std::string::npos);
}
