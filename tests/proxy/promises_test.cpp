// Promises of SECURITY.md that belong to no single room, tried at the front.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "proxy/cli/people.h"
#include "proxy/crypto/digest.h"
#include "tests/proxy/counter.h"

using namespace voxdial;
using namespace voxdial::test;

namespace {

const std::string phone = R"({"medium":{"type":"twilio","phoneNumber":"+12025550100"}})";

std::string files_of(const std::string& folder) {
  std::ostringstream all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }
  return all.str();
}

/// A form as Twilio sends it, with its signature for this path.
http::Response from_twilio(Counter& counter, const std::string& path,
                           const std::vector<std::pair<std::string, std::string>>& sorted) {
  std::string body, text = "https://calls.example" + path;
  for (const auto& [name, value] : sorted) {
    const bool number = value.starts_with('+');
    body += (body.empty() ? "" : "&") + name + "=" + (number ? "%2B" + value.substr(1) : value);
    text += name + value;
  }
  return counter.ask("POST", path, body,
                     {{"content-type", "application/x-www-form-urlencoded"},
                      {"x-twilio-signature", crypto::to_base64(crypto::hmac_sha1(
                                                 Secret(std::string(twilio_token)), text))}});
}

}  // namespace

TEST_CASE("a whole day's work leaves no secret in the files, the log or the answers") {
  Counter counter;
  std::istringstream in("correct horse battery\n");
  std::ostringstream said;
  const std::vector<std::string_view> add = {"user", "add", "ada", "supervisor"};
  REQUIRE(people_command({in, said, said, counter.world, *counter.store}, add) == 0);
  std::ostringstream token_said;
  const std::vector<std::string_view> token_words = {"token", "add", "nightly", "ada"};
  REQUIRE(people_command({in, token_said, said, counter.world, *counter.store}, token_words) == 0);
  const std::string token = token_said.str().substr(0, token_said.str().find('\n'));

  const Headers form = {{"content-type", "application/x-www-form-urlencoded"}};
  const auto in_now =
      counter.ask("POST", "/api/login", "name=ada&password=correct+horse+battery", form);
  REQUIRE(in_now.status == 303);
  CHECK(counter.ask("POST", "/api/login", "name=ada&password=a+wrong+guess", form).status == 401);
  const std::string cookie = header(in_now, "Set-Cookie");
  const std::string session = cookie.substr(0, cookie.find(';'));

  std::string answers;
  for (const std::string& body : {std::string("{}"), phone, std::string("{\"bad\":1}")}) {
    const auto placed = counter.ask("POST", "/api/calls", body,
                                    {{"cookie", session}, {"idempotency-key", body.substr(0, 9)}});
    if (body != "{}") answers += placed.body;  // a web call's page is to get its join URL
  }
  for (const Call& call : counter.all_calls()) {
    counter.run(5'000);
    answers += counter.ask("GET", "/api/calls/" + call.id, {}, {{"cookie", session}}).body;
    answers +=
        counter.ask("POST", "/api/calls/" + call.id + "/hangup", {}, {{"cookie", session}}).body;
  }
  for (const char* path : {"/api/config", "/api/calls", "/api/doctor", "/metrics", "/readyz"}) {
    answers += counter.ask("GET", path, {}, {{"authorization", "Bearer " + token}}).body;
  }
  counter.app.reset();
  const std::string files = files_of(counter.folder.path);
  REQUIRE(files.find("+12025550100") != std::string::npos);  // it is the right folder
  for (const std::string& secret :
       {std::string(ultravox_key), std::string(twilio_token), std::string("secret-join-token"),
        std::string("correct horse battery"), std::string("a wrong guess"), token,
        session.substr(session.find('=') + 1),
        crypto::derive_key(counter.config.ultravox_key, "ultravox callbacks")}) {
    CAPTURE(secret);
    CHECK(files.find(secret) == std::string::npos);
    CHECK(counter.log.find(secret) == std::string::npos);
    CHECK(answers.find(secret) == std::string::npos);
  }
  CHECK(counter.log.find("2025550100") == std::string::npos);
}

TEST_CASE("a limit answers 429 with Retry-After, and a restart forgets none of it") {
  Counter counter;
  counter.config.limits.person_hour = 1;
  CHECK(counter.ask("POST", "/api/calls", phone, {{"idempotency-key", "1"}}).status == 201);
  const auto refused = counter.ask("POST", "/api/calls", phone, {{"idempotency-key", "2"}});
  CHECK(refused.status == 429);
  CHECK(code(refused) == ErrorCode::rate_limited);
  CHECK(std::stoi(header(refused, "Retry-After")) > 3'000);
  counter.open();
  const StoredReply again = counter.calls->place(Desk::attempt(MediumType::twilio, "3"));
  CHECK(again.http_status == 429);
  CHECK(counter.vendors.dials() == 1);
}

TEST_CASE("the address that is counted is the peer's, unless a trusted proxy names another") {
  Counter counter;
  const bool trusted = GENERATE(false, true);
  if (trusted) counter.config.trusted_proxies = {"127.0.0.1"};
  counter.config.limits.address_hour = 1;
  const auto press = [&](const std::string& key, const std::string& forwarded) {
    return counter
        .ask("POST", "/api/calls", phone,
             {{"idempotency-key", key}, {"x-forwarded-for", forwarded}})
        .status;
  };
  CHECK(press("1", "192.0.2.1") == 201);
  CHECK(press("2", "192.0.2.2") == (trusted ? 201 : 429));
  CHECK(press("3", "192.0.2.1") == 429);
}

TEST_CASE("calling at night needs the explicit override, which is on record") {
  Counter counter;
  counter.config.phone_policy.quiet_hours = true;
  counter.clock = 1'795'334'400'000;  // 2026-11-22T08:00:00Z: three at night in Washington
  const auto press = [&](const std::string& more, const std::string& key) {
    return counter.ask("POST", "/api/calls",
                       R"({"medium":{"type":"twilio","phoneNumber":"+12025550100"})" + more + "}",
                       {{"idempotency-key", key}});
  };
  CHECK(code(press("", "1")) == ErrorCode::quiet_hours);
  CHECK(press(R"(,"quietHoursOverride":true)", "2").status == 201);
  const auto audit = counter.store->audit(everybody, 0, 10);
  REQUIRE(audit);
  CHECK(audit->entries.at(0).detail.find("quiet hours overridden") != std::string::npos);
  CHECK(audit->entries.at(1).kind == "call_refused");
  counter.config.phone_policy.denied_prefixes = {"+1202"};
  CHECK(press(R"(,"quietHoursOverride":true)", "3").status == 403);
}

TEST_CASE("a supervisor reads the whole audit page by page, a caller none of it") {
  Counter counter;
  for (int i = 0; i < 150; ++i) {
    counter.place_phone("k" + std::to_string(i));
    CHECK(counter
              .ask("POST", "/api/calls", R"({"medium":{"type":"twilio","phoneNumber":"911"}})",
                   {{"idempotency-key", "r" + std::to_string(i)}})
              .status >= 400);
  }
  const auto first = counter.ask("GET", "/api/audit");
  REQUIRE(first.status == 200);
  CHECK(first.body.find(R"("kind":"call_requested")") != std::string::npos);
  CHECK(first.body.find(R"("number":"+12025550100")") != std::string::npos);
  const auto next = first.body.rfind(R"("nextBefore":)");
  REQUIRE(next != std::string::npos);
  const int before = std::stoi(first.body.substr(next + 13));
  CHECK(before == 101);
  const auto second = counter.ask("GET", "/api/audit?before=" + std::to_string(before));
  CHECK(second.body.find(R"("seq":100,)") != std::string::npos);
  CHECK(second.body.find(R"("nextBefore":0)") != std::string::npos);
  for (const char* odd : {"before=", "before=x", "before=-1", "limit=3", "before=1&x=2"}) {
    CHECK(code(counter.ask("GET", std::string("/api/audit?") + odd)) == ErrorCode::invalid_field);
  }
  REQUIRE(counter.store->put_user(
      {.name = "ada", .role = Role::caller, .password_hash = "x", .created_at = 1}));
  REQUIRE(counter.store->add_token(
      {.name = "t", .token_hash = token_hash("t-ada"), .user = "ada", .created_at = 1}));
  CHECK(counter.ask("GET", "/api/audit", {}, {{"authorization", "Bearer t-ada"}}).status == 403);
}

TEST_CASE("a signed callback about a call we do not know is answered like any other and ignored") {
  Counter counter;
  counter.place_phone();
  const auto before = counter.all_calls();
  const std::string other = "CAffffffffffffffffffffffffffffffff";
  CHECK(from_twilio(counter, "/api/twilio/status",
                    {{"AccountSid", "AC0123456789abcdef0123456789abcdef"},
                     {"CallSid", other},
                     {"CallStatus", "completed"}})
            .status == 204);
  CHECK(from_twilio(counter, "/api/twilio/amd",
                    {{"AccountSid", "AC0123456789abcdef0123456789abcdef"},
                     {"AnsweredBy", "human"},
                     {"CallSid", other}})
            .status == 204);
  CHECK(counter.all_calls() == before);
}

TEST_CASE("a signed callback of another account, or about other numbers, is not about our call") {
  Counter counter;
  counter.place_phone();
  const auto before = counter.all_calls();
  using Fields = std::vector<std::pair<std::string, std::string>>;
  const auto send = [&](const std::string& path, const std::string& account, Fields more) {
    more.insert(more.begin(), {{"AccountSid", account}, {"CallSid", twilio_sid}});
    std::sort(more.begin(), more.end());
    CHECK(from_twilio(counter, path, more).status == 204);
  };
  const std::string ours = "AC0123456789abcdef0123456789abcdef";
  const std::string theirs = "ACffffffffffffffffffffffffffffffff";
  const std::string status = "/api/twilio/status";
  send(status, theirs, {{"CallStatus", "completed"}});
  send(status, ours, {{"CallStatus", "completed"}, {"To", "+12025550199"}});
  send(status, ours, {{"CallStatus", "completed"}, {"From", "+12025550199"}});
  send("/api/twilio/amd", theirs, {{"AnsweredBy", "machine_start"}});
  CHECK(counter.all_calls() == before);
  send(status, ours,
       {{"CallStatus", "completed"},
        {"To", before.at(0).to},
        {"From", counter.config.twilio_number}});
  CHECK(counter.all_calls().at(0).status == CallStatus::completed);
}

TEST_CASE("callbacks in any order, late and doubled, come to the same end") {
  Counter counter;
  counter.place_phone();
  const auto send = [&](const std::string& status) {
    CHECK(from_twilio(counter, "/api/twilio/status",
                      {{"AccountSid", "AC0123456789abcdef0123456789abcdef"},
                       {"CallSid", twilio_sid},
                       {"CallStatus", status}})
              .status == 204);
  };
  for (const char* status : {"in-progress", "ringing", "completed", "initiated", "in-progress",
                             "completed", "busy", "queued"}) {
    send(status);
  }
  CHECK(counter.all_calls().at(0).status == CallStatus::completed);
  const auto audit = counter.store->audit(everybody, 0, 10);
  REQUIRE(audit);
  CHECK(audit->entries.size() == 2);
}

TEST_CASE("readyz says what is wrong: a store that cannot be written, a vendor that is paused") {
  Counter counter;
  CHECK(counter.ask("GET", "/readyz").status == 200);
  for (int i = 0; i < 5; ++i) {
    counter.health->note(Vendor::twilio, SendResult(Unexpected<SendFailure>{{}}));
  }
  CHECK(code(counter.ask("GET", "/readyz")) == ErrorCode::circuit_open);
  counter.clock += 1'000;  // the disk is tried once a second
  counter.faults.code = 13;
  counter.faults.keep_failing = true;
  counter.faults.fail_at = counter.faults.steps + 1;
  CHECK(code(counter.ask("GET", "/readyz")) == ErrorCode::store_unavailable);
  CHECK(counter.ask("GET", "/healthz").status == 200);
  CHECK(counter.ask("POST", "/api/calls", phone, {{"idempotency-key", "1"}}).status == 503);
  CHECK(counter.vendors.seen.empty());
}
