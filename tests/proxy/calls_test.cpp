#include "proxy/calls/calls.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <future>
#include <thread>

#include "proxy/calls/updates.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

void check_no_secret(const std::string& text) {
  CAPTURE(text);
  CHECK(text.find("secret-join-token") == text.npos);
  CHECK(text.find(ultravox_key) == text.npos);
  CHECK(text.find(twilio_token) == text.npos);
}

/// One way in which a vendor can fail, and what we make of it at each of the two steps.
struct Failure {
  std::string name;
  std::function<SendResult()> answer;
  ErrorCode at_ultravox;
  ErrorCode at_twilio;
};

const std::vector<Failure>& failures() {
  using K = SendFailure::Kind;
  const auto reply = [](int status, std::string body) {
    return [=] { return SendResult(FakeVendors::reply(status, body)); };
  };
  static const std::vector<Failure> table = {
      {"refuses the connection", [] { return FakeVendors::lost(K::not_sent); },
       ErrorCode::vendor_unreachable, ErrorCode::vendor_unreachable},
      {"never answers", [] { return FakeVendors::lost(K::no_answer); }, ErrorCode::vendor_timeout,
       ErrorCode::outcome_unknown},
      {"answers no HTTP", [] { return FakeVendors::lost(K::bad_answer); },
       ErrorCode::vendor_bad_reply, ErrorCode::outcome_unknown},
      {"says 500", reply(500, "oops"), ErrorCode::vendor_failed, ErrorCode::outcome_unknown},
      {"says 401", reply(401, R"({"code":20003,"message":"no"})"), ErrorCode::vendor_unauthorized,
       ErrorCode::vendor_unauthorized},
      {"says 429", reply(429, R"({"code":20429})"), ErrorCode::vendor_busy, ErrorCode::vendor_busy},
      {"sends bad JSON", reply(201, "{\"sid\":"), ErrorCode::vendor_bad_reply,
       ErrorCode::outcome_unknown},
      {"sends the wrong shape", reply(201, R"({"sid":7,"callId":[]})"), ErrorCode::vendor_bad_reply,
       ErrorCode::outcome_unknown},
      {"sends nothing", reply(201, ""), ErrorCode::vendor_bad_reply, ErrorCode::outcome_unknown},
  };
  return table;
}

}  // namespace

TEST_CASE(
    "a web call is created at Ultravox alone and its join URL is answered once, never stored") {
  Desk desk;
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::web));
  REQUIRE(answer.http_status == 201);
  const auto placed = decode<CallPlaced>(answer.body);
  REQUIRE(placed);
  CHECK(placed->ultravox.join_url == join_url);
  CHECK(placed->status == CallStatus::queued);
  CHECK(desk.vendors.seen.size() == 1);
  check_no_secret(desk.log);
}

TEST_CASE("a phone call is created at Ultravox, then dialled, and its join URL stays here") {
  Desk desk;
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
  REQUIRE(answer.http_status == 201);
  const auto placed = decode<CallPlaced>(answer.body);
  REQUIRE(placed);
  CHECK(placed->ultravox.join_url.empty());
  REQUIRE(placed->twilio);
  CHECK(placed->twilio->sid == twilio_sid);
  CHECK(placed->status == CallStatus::queued);
  REQUIRE(desk.vendors.seen.size() == 2);
  CHECK(desk.vendors.seen[1].body.find("To=%2B12025550100") != std::string::npos);
  check_no_secret(answer.body);
  check_no_secret(desk.log);
  CHECK(desk.log.find("2025550100") == std::string::npos);
}

TEST_CASE("placing a call waits for the disk as seldom as safety allows") {
  Desk desk;
  const auto commits = [&](MediumType medium, const std::string& key) {
    const std::int64_t before = desk.faults.commits;
    REQUIRE(desk.calls->place(Desk::attempt(medium, key)).http_status == 201);
    return desk.faults.commits - before;
  };
  CHECK(commits(MediumType::web, "w") == 2);     // the attempt; the call with its answer
  CHECK(commits(MediumType::twilio, "p") == 3);  // and before dialling, what the agent's call is
}

TEST_CASE(
    "a call that rings and cannot be recorded is ended, and is not said to be over before it is") {
  Desk desk;
  desk.vendors.twilio_create = [&](const VendorRequest&) {
    desk.faults.keep_failing = true;
    desk.faults.fail_at = desk.faults.steps + 1;
    return FakeVendors::reply(201, FakeVendors::twilio_call("queued"));
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
  CHECK(decode<Error>(answer.body)->code == ErrorCode::store_unavailable);
  CHECK(decode<Error>(answer.body)->message.find("being ended") != std::string::npos);
  int refusals = 0;
  desk.vendors.twilio_update = [&](const VendorRequest&) {
    if (++refusals < 3) return FakeVendors::lost();
    return SendResult(FakeVendors::reply(200, FakeVendors::twilio_call("canceled")));
  };
  desk.run(10'000);  // the store still fails
  CHECK(refusals == 3);
  desk.faults.fail_at = 0;
  desk.run(10'000);  // and works again: nothing of it is lost
  CHECK(desk.all_calls().at(0).status == CallStatus::canceled);
}

TEST_CASE("a press repeated after a crash that came before anything was dialled may be repeated") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  Desk desk;
  desk.vendors.ultravox_create = [&](const VendorRequest&) -> SendResult {
    desk.faults.keep_failing = true;  // a killed process writes nothing any more
    desk.faults.fail_at = desk.faults.steps + 1;
    throw std::runtime_error("kill -9");
  };
  CHECK_THROWS(desk.calls->place(Desk::attempt(medium)));
  desk.faults.fail_at = 0;
  desk.open();
  desk.vendors.seen.clear();
  const StoredReply again = desk.calls->place(Desk::attempt(medium));
  CHECK(decode<Error>(again.body)->code == ErrorCode::conflict);
  CHECK(desk.calls->place(Desk::attempt(medium)) == again);
  CHECK(desk.vendors.seen.empty());
}

TEST_CASE("every failure of Ultravox is answered, recorded and dials nothing") {
  const auto failure = GENERATE(from_range(failures()));
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  CAPTURE(failure.name);
  Desk desk;
  desk.vendors.ultravox_create = [&](const VendorRequest&) { return failure.answer(); };
  const StoredReply answer = desk.calls->place(Desk::attempt(medium));
  CHECK(answer.http_status == http_status(failure.at_ultravox));
  const auto error = decode<Error>(answer.body);
  REQUIRE(error);
  CHECK(error->code == failure.at_ultravox);
  CHECK(error->message.size() > 20);
  CHECK(desk.vendors.dials() == 0);
  const auto calls = desk.all_calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].status == CallStatus::failed);
  CHECK_FALSE(calls[0].end.sentence.empty());
  check_no_secret(answer.body);
  check_no_secret(desk.log);
}

TEST_CASE("every failure of Twilio is answered and recorded, and the phone is asked to ring once") {
  const auto failure = GENERATE(from_range(failures()));
  CAPTURE(failure.name);
  Desk desk;
  desk.vendors.twilio_create = [&](const VendorRequest&) { return failure.answer(); };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
  const auto error = decode<Error>(answer.body);
  REQUIRE(error);
  CHECK(error->code == failure.at_twilio);
  CHECK(answer.http_status == http_status(failure.at_twilio));
  CHECK(desk.vendors.dials() == 1);
  const auto calls = desk.all_calls();
  REQUIRE(calls.size() == 1);
  if (failure.at_twilio == ErrorCode::outcome_unknown) {
    // It may ring: it stays live and is watched until Twilio tells.
    CHECK_FALSE(is_terminal(calls[0].status));
    CHECK_FALSE(calls[0].warning.empty());
  } else {
    CHECK(calls[0].status == CallStatus::failed);
  }
  check_no_secret(answer.body);
  check_no_secret(desk.log);
}

TEST_CASE("a dial whose answer was lost is found again at Twilio") {
  Desk desk;
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::lost(); };
  desk.vendors.twilio_find = [](const VendorRequest&) {
    return FakeVendors::reply(
        200, "{\"calls\":[" +
                 FakeVendors::twilio_call("ringing",
                                          R"(,"to":"+12025550100","from":"+12025550143",)"
                                          R"("date_created":"Sun, 22 Nov 2026 09:33:20 +0000")") +
                 "]}");
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
  REQUIRE(answer.http_status == 201);
  CHECK(decode<CallPlaced>(answer.body)->twilio->sid == twilio_sid);
  CHECK(desk.all_calls().at(0).status == CallStatus::ringing);
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("the same key dials once, and a repeated press gets the first answer") {
  const auto medium = GENERATE(MediumType::web, MediumType::twilio);
  Desk desk;
  const StoredReply first = desk.calls->place(Desk::attempt(medium));
  const StoredReply second = desk.calls->place(Desk::attempt(medium));
  CHECK(second.http_status == 201);
  CHECK(decode<CallPlaced>(second.body)->id == decode<CallPlaced>(first.body)->id);
  CHECK(decode<CallPlaced>(second.body)->ultravox.join_url ==
        decode<CallPlaced>(first.body)->ultravox.join_url);
  CHECK(desk.vendors.dials() == (medium == MediumType::twilio ? 1 : 0));

  desk.open();  // a restart forgets nothing
  CHECK(decode<CallPlaced>(desk.calls->place(Desk::attempt(medium)).body)->id ==
        decode<CallPlaced>(first.body)->id);

  Attempt other = Desk::attempt(medium);
  other.body_hash = "another";
  CHECK(decode<Error>(desk.calls->place(other).body)->code == ErrorCode::idempotency_mismatch);
}

TEST_CASE("a press repeated after the rules have changed still gets the first answer") {
  Desk desk;
  const StoredReply first = desk.calls->place(Desk::attempt(MediumType::twilio));
  REQUIRE(first.http_status == 201);
  desk.config.phone_policy.denied_prefixes = {"+1202"};
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio)) == first);
  for (int i = 0; i < 5; ++i) {
    desk.health->note(Vendor::twilio, SendResult(Unexpected<SendFailure>{{}}));
  }
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio)) == first);
  CHECK(desk.calls->place(Desk::attempt(MediumType::twilio, "key-2")).http_status == 503);
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("many presses of one web call's key do not take everybody's requests to Ultravox") {
  Desk desk;
  const Attempt attempt = Desk::attempt(MediumType::web);
  const StoredReply first = desk.calls->place(attempt);
  REQUIRE(first.http_status == 201);
  std::promise<void> ultravox_answers;
  const std::shared_future<void> answers = ultravox_answers.get_future().share();
  const auto right = desk.vendors.ultravox_get;
  desk.vendors.ultravox_get = [&](const VendorRequest& request) {
    answers.wait();
    return right(request);
  };
  constexpr int presses = 100;
  constexpr int may_ask = 32;
  std::atomic<int> told{0};
  std::promise<void> others_are_told;
  std::vector<std::future<StoredReply>> all;
  for (int i = 0; i < presses; ++i) {
    all.push_back(std::async(std::launch::async, [&] {
      StoredReply answer = desk.calls->place(attempt);
      if (++told == presses - may_ask) others_are_told.set_value();
      return answer;
    }));
  }
  others_are_told.get_future().wait();  // though Ultravox has not answered
  ultravox_answers.set_value();
  int served = 0;
  for (auto& press : all) {
    const StoredReply answer = press.get();
    if (answer.http_status == 201) {
      CHECK(answer.body == first.body);
      ++served;
    } else {
      const auto error = decode<Error>(answer.body);
      REQUIRE(error);
      CHECK(error->code == ErrorCode::overloaded);
      CHECK(error->retry_after_s.value_or(0) > 0);
    }
  }
  CHECK(served == may_ask);
  CHECK(desk.calls->place(attempt).body == first.body);
}

TEST_CASE("many presses with one key at the same moment place one call") {
  Desk desk;
  std::vector<std::thread> threads;
  std::vector<StoredReply> answers(8);
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = desk.calls->place(Desk::attempt(MediumType::twilio)); });
  }
  for (auto& thread : threads) thread.join();
  CHECK(desk.vendors.dials() == 1);
  for (const auto& answer : answers) CHECK(answer.body == answers[0].body);
}

TEST_CASE("a call that cannot be recorded is not dialled, and one that rings unrecorded is ended") {
  // Let the store fail at every step of placing a call in turn.
  Desk probe;
  const std::int64_t before = probe.faults.steps;
  REQUIRE(probe.calls->place(Desk::attempt(MediumType::twilio)).http_status == 201);
  const std::int64_t steps = probe.faults.steps - before;
  REQUIRE(steps > 10);
  for (std::int64_t step = 1; step <= steps; ++step) {
    CAPTURE(step);
    Desk desk;
    desk.faults.keep_failing = true;
    desk.faults.fail_at = desk.faults.steps + step;
    const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio));
    desk.run(2'000);  // ended although nothing can be written down
    desk.faults.fail_at = 0;
    CHECK(desk.vendors.dials() <= 1);
    const auto calls = desk.all_calls();
    if (desk.vendors.dials() == 1) {
      REQUIRE(calls.size() == 1);  // what rang is on record
      if (answer.http_status != 201) {
        bool ended = false;
        for (const auto& request : desk.vendors.seen) {
          ended = ended || request.body.find("Status=c") != std::string::npos;
        }
        CHECK(ended);
      }
    }
    if (answer.http_status != 201) {
      CHECK(decode<Error>(answer.body)->code == ErrorCode::store_unavailable);
    }
    check_no_secret(answer.body);
  }
}

TEST_CASE("something that throws while a call is placed leaves nothing being placed") {
  const bool dialled = GENERATE(false, true);
  Desk desk;
  (dialled ? desk.vendors.twilio_create : desk.vendors.ultravox_create) =
      [](const VendorRequest&) -> SendResult { throw std::bad_alloc(); };
  CHECK_THROWS(desk.calls->place(Desk::attempt(MediumType::twilio)));
  const Call call = desk.all_calls().at(0);
  CHECK_FALSE(desk.store->being_placed(desk.row(call.id), desk.clock));
  // What may have been dialled is looked for; what was not is over.
  CHECK(call.status == (dialled ? CallStatus::requested : CallStatus::failed));
  CHECK(call.warning.empty() != dialled);
}

TEST_CASE("a reply about another call is believed in nothing") {
  const std::string foreign = GENERATE(
      as<std::string>(),
      R"({"sid":"CA99","status":"completed","to":"+12025550100","from":"+12025550143"})",
      R"({"sid":"CA0123456789abcdef0123456789abcdef","status":"completed","to":"+12025550199","from":"+12025550143"})",
      R"({"sid":"CA0123456789abcdef0123456789abcdef","status":"completed","to":"+12025550100","from":"+12025550177"})");
  Desk desk;
  const std::string id =
      decode<CallPlaced>(desk.calls->place(Desk::attempt(MediumType::twilio)).body)->id;
  desk.vendors.twilio_get = desk.vendors.twilio_update = [&](const VendorRequest&) {
    return FakeVendors::reply(200, foreign);
  };
  desk.run(5'000);
  CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  REQUIRE(desk.calls->hang_up(everybody, id));
  desk.run(5'000);
  CHECK_FALSE(is_terminal(desk.all_calls().at(0).status));
  desk.vendors.twilio_update = FakeVendors().twilio_update;
  desk.run(20'000);
  CHECK(is_terminal(desk.all_calls().at(0).status));
}

TEST_CASE("a reply to the dial that speaks of another call leaves ours to be looked for") {
  Desk desk;
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio, "first")).http_status == 201);
  const bool same_sid = GENERATE(true, false);  // another row's; else the number is another
  desk.vendors.twilio_create = [same_sid](const VendorRequest&) {
    return FakeVendors::reply(
        201, same_sid
                 ? FakeVendors::twilio_call("queued")
                 : R"({"sid":"CA77","status":"queued","to":"+12025550199","from":"+12025550143"})");
  };
  const StoredReply answer = desk.calls->place(Desk::attempt(MediumType::twilio, "second"));
  CHECK(decode<Error>(answer.body)->code == ErrorCode::outcome_unknown);
  for (const Call& call : desk.all_calls()) CHECK_FALSE(is_terminal(call.status));
}

TEST_CASE("numbers that may not be called are refused, audited and reach no vendor") {
  const std::string number = GENERATE("911", "+1911", "+19005551234", "+881612345678",
                                      "+447012345678", "+442071838750", "+1415abc2671", "+12");
  CAPTURE(number);
  Desk desk;
  Attempt attempt = Desk::attempt(MediumType::twilio);
  attempt.request.medium.phone_number = number;
  const StoredReply answer = desk.calls->place(attempt);
  CHECK(answer.http_status >= 400);
  CHECK(desk.vendors.seen.empty());
  const auto audit = desk.store->audit(everybody, 0, 10);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 1);
  CHECK(audit->entries[0].kind == "call_refused");
}

TEST_CASE("a number is placed as it is checked: read in the country it was typed for") {
  Desk desk;
  desk.config.phone_policy.allowed_regions = {"DE", "HU", "US"};
  desk.config.phone_policy.quiet_hours = false;
  const struct {
    const char *typed, *region, *dialled;
  } rows[] = {{"0049 421 1234567", "DE", "+494211234567"},
              {"06 20 123 4567", "HU", "+36201234567"},
              {"1 415 555 2671", "US", "+14155552671"},
              {"+494211234567", "", "+494211234567"}};
  const auto row = rows[GENERATE(0, 1, 2, 3)];
  CAPTURE(row.typed);
  Attempt attempt = Desk::attempt(MediumType::twilio);
  attempt.request.medium.phone_number = row.typed;
  attempt.request.medium.region = row.region;
  CHECK(desk.calls->check_number(row.typed, row.region).e164 == row.dialled);
  REQUIRE(desk.calls->place(attempt).http_status == 201);
  CHECK(desk.all_calls().at(0).to == row.dialled);
}

TEST_CASE("the refusal of a number that can be read is audited as the number, however written") {
  Desk desk;
  Attempt attempt = Desk::attempt(MediumType::twilio);
  attempt.request.medium.phone_number = "0049 421 1234567";
  attempt.request.medium.region = "DE";
  CHECK(desk.calls->place(attempt).http_status == 403);
  CHECK(desk.store->audit(everybody, 0, 10)->entries.at(0).number == "+494211234567");
}

TEST_CASE("saying something needs a live call and is noted in its timeline") {
  Desk desk;
  const std::string id =
      decode<CallPlaced>(desk.calls->place(Desk::attempt(MediumType::twilio)).body)->id;
  SayRequest say;
  say.text = "Ask about Monday.";
  REQUIRE(desk.calls->say(everybody, id, say));
  CHECK(desk.store->call_detail(everybody, id)->timeline.back().what == "said");
  desk.vendors.data_message = [](const VendorRequest&) { return FakeVendors::reply(422, "{}"); };
  CHECK(desk.calls->say(everybody, id, say).error().code == ErrorCode::call_not_live);
}
