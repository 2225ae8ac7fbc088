#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/twilio/codes.h"
#include "proxy/vendors/twilio/twilio.h"

using namespace voxdial;
using namespace voxdial::twilio;

namespace {

constexpr Millis now = 1'768'478'400'000;  // 2026-01-15T12:00:00Z
const std::string sid = "CA0123456789abcdef0123456789abcdef";

VendorReply reply(int status, std::string body, Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

VendorReply refusal(int status, int code) {
  return reply(status,
               R"({"code":)" + std::to_string(code) +
                   R"(,"message":"secret words of +14155552671","more_info":"https://x/",)" +
                   R"("status":)" + std::to_string(status) + "}");
}

const std::string call_body =
    R"({"sid":"CA0123456789abcdef0123456789abcdef","status":"completed","to":"+14155552671",)"
    R"("from":"+12025550143","duration":"42","price":"-0.0140","price_unit":"USD",)"
    R"("answered_by":"human","date_created":"Thu, 15 Jan 2026 11:00:00 +0000",)"
    R"("start_time":"Thu, 15 Jan 2026 11:00:05 +0000","end_time":"Thu, 15 Jan 2026 11:00:47 +0000",)"
    R"("queue_time":"0","direction":"outbound-api","parent_call_sid":null})";

}  // namespace

TEST_CASE("A call is read with what we keep of it", "[twilio]") {
  const auto call = parse_call(reply(200, call_body), now);
  REQUIRE(call);
  CHECK(*call == twilio::Call{{.price = "-0.0140", .price_unit = "USD"},
                              sid,
                              "completed",
                              "+14155552671",
                              "+12025550143",
                              42,
                              "human",
                              "outbound-api",
                              now - 3'600'000,
                              now - 3'553'000});
}

TEST_CASE("A price is an amount, written as text or as a number, or it is none", "[twilio]") {
  const auto price = [](const std::string& json) {
    return parse_call(
               reply(200, R"({"sid":")" + sid + R"(","status":"completed","price":)" + json + "}"),
               now)
        ->price;
  };
  CHECK(price(R"("-0.0140")") == "-0.0140");
  CHECK(price("-0.014") == "-0.014");
  CHECK(price(R"("0.0000")") == "0.0000");
  CHECK(price("1") == "1");
  for (const char* none :
       {R"("<b>1</b>")", R"("NaN")", R"("1e9")", R"("-0,014")", R"("-")", R"("1.")", R"(".5")",
        R"("=1+1")", "1e300", "null", "true", "[1]", R"("--1")", R"("123456789012345678901")"}) {
    CAPTURE(none);
    CHECK(price(none).empty());
  }
}

TEST_CASE("A new call has nulls where nothing is known", "[twilio]") {
  const auto call = parse_created_call(
      reply(201, R"({"sid":")" + sid +
                     R"(","status":"queued","to":"+14155552671","from":"+12025550143",)"
                     R"("duration":null,"price":null,"answered_by":null,"start_time":null,)"
                     R"("end_time":null,"date_created":null})"),
      now);
  REQUIRE(call);
  CHECK(call->status == "queued");
  CHECK(call->duration_s == 0);
  CHECK(call->price.empty());
  CHECK(call->created_at == 0);
}

TEST_CASE("A call that makes no sense is refused", "[twilio]") {
  const std::string deep(100'000, '[');
  const std::string body = GENERATE_COPY(
      as<std::string>{}, "", "null", "42", "[]", "{}", "not json", "{\"sid\":", "\xFF\xFE",
      R"({"sid":null,"status":"queued"})", R"({"sid":42,"status":"queued"})",
      R"({"sid":"AC0123456789abcdef0123456789abcdef","status":"queued"})",
      R"({"sid":"CA0/../1","status":"queued"})", R"({"sid":"CA","status":""})",
      R"({"sid":"CA0123456789abcdef0123456789abcdef"})",
      R"({"sid":"CA0123456789abcdef0123456789abcdef","status":7})",
      R"({"sid":["CA0123456789abcdef0123456789abcdef"],"status":{}})", deep, "{\"a\":" + deep);
  CAPTURE(body.substr(0, 60));
  const auto call = parse_call(reply(200, body), now);
  REQUIRE_FALSE(call);
  CHECK(call.error().code == ErrorCode::vendor_bad_reply);
  CHECK(call.error().provider == Provider{"twilio", 200});
  // The same after a create request: somebody's telephone may ring.
  const auto created = parse_created_call(reply(201, body), now);
  REQUIRE_FALSE(created);
  CHECK(created.error().code == ErrorCode::outcome_unknown);
}

TEST_CASE("Odd values of a call read as unknown", "[twilio]") {
  const std::string odd =
      GENERATE(as<std::string>{}, "-1", "\"-1\"", "1e99", "99999999999999999999", "\"42s\"", "\"\"",
               "[42]", "{}", "true", "3.5");
  CAPTURE(odd);
  const auto call = parse_call(reply(200, R"({"sid":")" + sid + R"(","status":"busy","duration":)" +
                                              odd + R"(,"date_created":)" + odd + "}"),
                               now);
  REQUIRE(call);
  CHECK(call->duration_s == 0);
  CHECK(call->created_at == 0);
}

TEST_CASE("Every code of the table has its own meaning", "[twilio]") {
  struct Row {
    int code;
    int status;
    ErrorCode ours;
  };
  using enum ErrorCode;
  const std::vector<Row> rows = {{10001, 403, vendor_account},
                                 {20005, 401, vendor_account},
                                 {10002, 400, trial_restriction},
                                 {10004, 429, too_many_calls},
                                 {20001, 400, vendor_refused},
                                 {20003, 401, vendor_unauthorized},
                                 {20008, 403, vendor_unauthorized},
                                 {20403, 403, vendor_unauthorized},
                                 {20404, 404, not_found},
                                 {20409, 409, conflict},
                                 {20429, 429, vendor_busy},
                                 {70005, 403, vendor_busy},
                                 {21201, 400, invalid_number},
                                 {21202, 400, number_not_allowed},
                                 {21203, 400, geo_permission},
                                 {21205, 400, vendor_refused},
                                 {21208, 400, vendor_refused},
                                 {21210, 400, caller_number_refused},
                                 {21211, 400, invalid_number},
                                 {21212, 400, caller_number_refused},
                                 {21213, 400, caller_number_refused},
                                 {21214, 400, destination_refused},
                                 {21215, 400, geo_permission},
                                 {21216, 400, destination_blocked},
                                 {21217, 400, invalid_number},
                                 {21218, 400, vendor_refused},
                                 {21219, 400, trial_restriction},
                                 {21220, 400, call_not_live},
                                 {21221, 400, vendor_refused},
                                 {21234, 400, vendor_refused},
                                 {21262, 400, vendor_refused},
                                 {21263, 400, vendor_refused},
                                 {22005, 400, vendor_busy},
                                 {13223, 400, invalid_number},
                                 {13224, 400, destination_refused},
                                 {13225, 400, destination_blocked},
                                 {13226, 400, invalid_number},
                                 {13227, 400, geo_permission},
                                 {13247, 400, caller_number_refused},
                                 {13805, 400, trial_restriction},
                                 {12100, 400, vendor_refused},
                                 {12200, 400, vendor_refused},
                                 {31900, 400, vendor_failed},
                                 {31901, 400, vendor_failed},
                                 {31902, 400, vendor_failed},
                                 {31904, 400, vendor_failed},
                                 {31910, 400, vendor_failed},
                                 {31920, 400, vendor_failed},
                                 {31921, 400, vendor_failed},
                                 {31922, 400, vendor_failed},
                                 {31923, 400, vendor_failed},
                                 {31924, 400, vendor_failed},
                                 {31941, 400, vendor_failed},
                                 {31950, 400, vendor_failed},
                                 {31951, 400, vendor_failed},
                                 {32014, 400, vendor_failed},
                                 {32015, 400, vendor_failed},
                                 {32016, 400, destination_refused},
                                 {32017, 400, destination_blocked},
                                 {32018, 400, vendor_refused},
                                 {32019, 400, vendor_refused},
                                 {32001, 400, vendor_busy},
                                 {32002, 400, vendor_refused},
                                 {32007, 400, vendor_refused},
                                 {32009, 400, destination_refused},
                                 {32011, 400, destination_refused},
                                 {32100, 400, trial_restriction},
                                 {32203, 400, destination_blocked},
                                 {32204, 400, caller_number_refused},
                                 {32205, 400, geo_permission},
                                 {32206, 400, caller_number_refused},
                                 {573002, 400, trial_restriction},
                                 {573005, 400, trial_restriction}};
  for (const Row& row : rows) {
    CAPTURE(row.code);
    REQUIRE(find_code(row.code) != nullptr);
    const auto call = parse_created_call(refusal(row.status, row.code), now);
    REQUIRE_FALSE(call);
    CHECK(call.error().code == row.ours);
    CHECK(call.error().provider == Provider{"twilio", row.code});
    CHECK(call.error().message.find("secret") == std::string::npos);
    CHECK(call.error().message.find("4155552671") == std::string::npos);
    CHECK(call.error().message.size() > 20);
  }
  CHECK(find_code(20500)->ours == vendor_failed);
  CHECK(find_code(20503)->ours == vendor_failed);
  CHECK(find_code(0) == nullptr);
  CHECK(find_code(99999999) == nullptr);
}

TEST_CASE("Twilio's words are known, others are not guessed at", "[twilio]") {
  CHECK(status_of("queued") == CallStatus::queued);
  CHECK(status_of("initiated") == CallStatus::ringing);
  CHECK(status_of("ringing") == CallStatus::ringing);
  CHECK(status_of("in-progress") == CallStatus::talking);
  CHECK(status_of("completed") == CallStatus::completed);
  CHECK(status_of("busy") == CallStatus::busy);
  CHECK(status_of("failed") == CallStatus::failed);
  CHECK(status_of("no-answer") == CallStatus::no_answer);
  CHECK(status_of("canceled") == CallStatus::canceled);
  for (const char* word : {"", "answered", "cancelled", "Queued", "unknown"}) {
    CHECK_FALSE(status_of(word).has_value());
  }
}

TEST_CASE("What is wrong with the number names its field", "[twilio]") {
  CHECK(map_failure(refusal(400, 21211), now).field == "medium.phoneNumber");
  CHECK(map_failure(refusal(400, 21214), now).field == "medium.phoneNumber");
  CHECK(map_failure(refusal(400, 21210), now).field.empty());
}

TEST_CASE("Unknown codes and bare statuses go by the status", "[twilio]") {
  struct Row {
    int status;
    ErrorCode ours;
  };
  using enum ErrorCode;
  const Row row =
      GENERATE(Row{400, vendor_refused}, Row{401, vendor_unauthorized}, Row{402, vendor_account},
               Row{403, vendor_unauthorized}, Row{404, not_found}, Row{405, vendor_refused},
               Row{409, conflict}, Row{418, vendor_refused}, Row{429, vendor_busy},
               Row{500, vendor_failed}, Row{502, vendor_failed}, Row{503, vendor_failed},
               Row{599, vendor_failed}, Row{200, vendor_bad_reply}, Row{302, vendor_bad_reply},
               Row{0, vendor_bad_reply}, Row{101, vendor_bad_reply});
  CAPTURE(row.status);
  CHECK(map_failure(reply(row.status, ""), now).code == row.ours);
  CHECK(map_failure(reply(row.status, ""), now).provider == Provider{"twilio", row.status});
  CHECK(map_failure(reply(row.status, "<html>"), now).code == row.ours);
  CHECK(map_failure(reply(row.status, R"({"code":"x"})"), now).code == row.ours);
  if (row.status >= 400) {
    CHECK(map_failure(refusal(row.status, 21999), now).code == row.ours);
    CHECK(map_failure(refusal(row.status, 21999), now).provider == Provider{"twilio", 21999});
  }
}

TEST_CASE("Whether a telephone may ring after a create request", "[twilio]") {
  // Twilio's side failed: the call may exist.
  for (const int status : {500, 502, 503, 504}) {
    CAPTURE(status);
    const auto call = parse_created_call(reply(status, "oops"), now);
    CHECK(call.error().code == ErrorCode::outcome_unknown);
    CHECK(call.error().provider == Provider{"twilio", status});
  }
  CHECK(parse_created_call(refusal(503, 20503), now).error().code == ErrorCode::outcome_unknown);
  // Refused, or sent elsewhere: it does not.
  for (const int status : {301, 302, 307, 400, 401, 403, 404, 429}) {
    CAPTURE(status);
    CHECK(parse_created_call(reply(status, ""), now).error().code != ErrorCode::outcome_unknown);
  }
}

TEST_CASE("Retry-After is honoured and kept sensible", "[twilio]") {
  const auto wait = [](int status, std::string value) {
    return map_failure(reply(status, "", {{"retry-after", std::move(value)}}), now).retry_after_s;
  };
  CHECK(wait(429, "7") == 7);
  CHECK(wait(503, "7") == 7);
  CHECK(wait(429, "0") == 1);
  CHECK(wait(429, "99999") == 3600);
  CHECK(wait(429, "99999999999999999999") == 3600);
  CHECK(wait(429, "Thu, 15 Jan 2026 12:00:30 GMT") == 30);
  CHECK(wait(429, "Thu, 15 Jan 2026 11:00:30 GMT") == 1);
  CHECK(wait(429, "Thu, 15 Jan 2099 11:00:30 GMT") == 3600);
  CHECK_FALSE(wait(429, "soon"));
  CHECK_FALSE(wait(429, "-5"));
  CHECK_FALSE(wait(429, "1.5"));
  CHECK_FALSE(wait(429, ""));
  CHECK_FALSE(wait(400, "7"));
}

TEST_CASE("A hang-up of a call that is over says so", "[twilio]") {
  const auto ended = parse_call(refusal(400, 21220), now);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::call_not_live);
  CHECK(parse_call(reply(200, call_body), now)->sid == sid);
}

TEST_CASE("A list of calls is read as far as it makes sense, its times in our clock", "[twilio]") {
  const auto item = [](const std::string& id, const std::string& when) {
    return R"({"sid":"CA)" + id + R"(","status":"queued","date_created":")" + when + "\"}";
  };
  const std::string body = R"({"calls":[)" + item("1", "Thu, 15 Jan 2026 11:59:00 +0000") + "," +
                           item("2", "Thu, 15 Jan 2026 12:00:01 +0000") + "," +
                           item("3", "Thu, 15 Jan 2026 12:00:02 +0000") +
                           R"(,{"sid":"PN1"},7,null],"page":0})";
  const auto calls = parse_calls(reply(200, body), now);
  REQUIRE(calls);
  REQUIRE(calls->size() == 3);
  CHECK((*calls)[1].sid == "CA2");
  CHECK((*calls)[1].created_at == now + 1'000);
  // Twilio's clock, or ours, is ten minutes off: its Date says so.
  VendorReply ahead = reply(200, body);
  ahead.headers = {{"date", "Thu, 15 Jan 2026 12:10:00 GMT"}};
  CHECK((*parse_calls(ahead, now))[1].created_at == now + 1'000 - 600'500);
  VendorReply exact = reply(200, body);
  exact.headers = {{"date", "Thu, 15 Jan 2026 12:00:01 GMT"}};
  CHECK((*parse_calls(exact, now))[1].created_at == now + 1'000 - 1'500);
  CHECK(parse_calls(reply(200, R"({"calls":[]})"), now)->empty());
  CHECK_FALSE(parse_calls(reply(200, R"({"calls":{}})"), now));
  CHECK_FALSE(parse_calls(reply(200, "{}"), now));
}

TEST_CASE("The account's facts are read", "[twilio]") {
  CHECK(parse_account(reply(200, R"({"status":"active","type":"Trial","auth_token":"x"})"), now) ==
        Result<Account>(Account{"active", "Trial"}));
  CHECK_FALSE(parse_account(reply(200, R"({"type":"Full"})"), now));
  CHECK(parse_balance(reply(200, R"({"balance":"-1.25","currency":"USD"})"), now) ==
        Result<Balance>(Balance{"-1.25", "USD"}));
  CHECK_FALSE(parse_balance(reply(200, R"({"balance":null})"), now));
  CHECK(*parse_numbers(
            reply(200, R"({"incoming_phone_numbers":[{"phone_number":"+12025550143"},{},3]})"),
            now) == std::vector<std::string>{"+12025550143"});
  CHECK(parse_numbers(reply(200, R"({"outgoing_caller_ids":[]})"), now)->empty());
  CHECK_FALSE(parse_numbers(reply(200, "{}"), now));
  const auto permissions = parse_dialing_permissions(
      reply(200, R"({"low_risk_numbers_enabled":true,"high_risk_special_numbers_enabled":false})"),
      now);
  REQUIRE(permissions);
  CHECK(permissions->low_risk);
  CHECK_FALSE(parse_dialing_permissions(reply(200, "{}"), now));
  const auto noted = [](const char* list) {
    return *parse_notifications(reply(200, std::string(R"({"notifications":)") + list + "}"), now);
  };
  CHECK(noted(R"([{"error_code":"31920"},{"error_code":"0"},{}])") == Notifications{31920, 0});
  // An error before a warning, whichever is newer; a callback that failed never is the cause.
  CHECK(noted(R"([{"log":"1","error_code":"13227"},{"log":"0","error_code":"21215"}])") ==
        Notifications{21215, 0});
  CHECK(noted(R"([{"log":"1","error_code":"11200"},{"log":"0","error_code":"21215"}])") ==
        Notifications{21215, 11200});
  CHECK(noted(R"([{"log":"0","error_code":"15003"},{"log":"1","error_code":"13224"}])") ==
        Notifications{13224, 15003});
  CHECK(noted(R"([{"log":"1","error_code":"11205"}])") == Notifications{0, 11205});
  CHECK(parse_account(refusal(401, 20003), now).error().code == ErrorCode::vendor_unauthorized);
}

TEST_CASE("A request without an answer says whether it may have dialled", "[twilio]") {
  using Kind = SendFailure::Kind;
  const VendorRequest create = create_call("AC1", {}), fetch = fetch_call("AC1", "CA1");
  const auto code = [&](Kind kind, bool dials) {
    return no_reply(dials ? create : fetch, {.kind = kind, .what = "secret"}).code;
  };
  CHECK(code(Kind::not_sent, true) == ErrorCode::vendor_unreachable);
  CHECK(code(Kind::not_sent, false) == ErrorCode::vendor_unreachable);
  CHECK(code(Kind::no_answer, true) == ErrorCode::outcome_unknown);
  CHECK(code(Kind::no_answer, false) == ErrorCode::vendor_timeout);
  CHECK(code(Kind::bad_answer, true) == ErrorCode::outcome_unknown);
  CHECK(code(Kind::bad_answer, false) == ErrorCode::vendor_bad_reply);
  const Error error = no_reply(fetch, {.kind = Kind::no_answer, .what = "secret"});
  CHECK(error.provider == Provider{"twilio", 0});
  CHECK(error.message.find("secret") == std::string::npos);
}
