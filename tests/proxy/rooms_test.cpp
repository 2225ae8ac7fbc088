// The small pure rooms of the proxy: the log, the plan of a call, the circuit breaker, the agents.
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>

#include "proxy/calls/plan.h"
#include "proxy/calls/updates.h"
#include "proxy/cli/cli.h"
#include "proxy/doctor.h"
#include "proxy/upkeep.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/common/health.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("a request's settings go over the preset's and the length is capped") {
  Desk desk;
  Agent preset;
  preset.id = preset.name = "p";
  preset.settings.system_prompt = "preset";
  preset.settings.voice = "Ann";
  preset.settings.max_duration_s = 9'000;
  CallRequest request;
  request.settings.system_prompt = "mine";
  const auto plan = plan_call(request, preset, "call_1", desk.config);
  REQUIRE(plan);
  CHECK(plan->ultravox.settings.system_prompt == "mine");
  CHECK(plan->ultravox.settings.voice == "Ann");
  CHECK(plan->max_duration_s == 1'800);
  CHECK_FALSE(plan->twilio);
  CHECK_FALSE(plan->ultravox.callbacks);
}

TEST_CASE("a phone call's join address outlives queue and ringing, and Twilio's limit the talk") {
  Desk desk;
  desk.config.public_base_url = "https://calls.example";
  CallRequest request;
  request.medium = {.type = MediumType::twilio, .phone_number = "+12025550100", .region = {}};
  request.settings.voicemail = Voicemail::leave_message;
  const auto plan = plan_call(request, std::nullopt, "call_1", desk.config);
  REQUIRE(plan);
  REQUIRE(plan->twilio);
  CHECK(plan->ultravox.join_timeout_s > desk.config.ring_timeout_s + 5);
  CHECK(plan->twilio->time_limit_s > plan->max_duration_s);
  CHECK(plan->twilio->status_callback == "https://calls.example/api/twilio/status?call=call_1");
  CHECK(plan->twilio->amd_callback == "https://calls.example/api/twilio/amd?call=call_1");
  CHECK(plan->twilio->wait_for_beep);
  CHECK(plan->ultravox.settings.system_prompt->find("leaveVoicemail") != std::string::npos);
  REQUIRE(plan->ultravox.callbacks);
  CHECK(plan->ultravox.callbacks->secrets[0].find(ultravox_key) == std::string::npos);
}

TEST_CASE("an agent made for one kind of call is refused for the other, in words") {
  Desk desk;
  Agent preset;
  preset.name = "Bakery counter";
  preset.media = {MediumType::web};
  CallRequest request;
  request.medium = {.type = MediumType::twilio, .phone_number = "+12025550100", .region = {}};
  const auto plan = plan_call(request, preset, "call_1", desk.config);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().field == "agent");
  CHECK(plan.error().message.find("Bakery counter") != std::string::npos);
}

TEST_CASE("a vendor that fails again and again pauses new calls until it is heard of again") {
  std::int64_t clock = 1'000;
  Health health([&] { return clock; });
  int told = 0;
  health.on_change = [&](const VendorHealth&) { ++told; };
  const SendResult down = Unexpected<SendFailure>{{}};
  for (int i = 0; i < 4; ++i) health.note(Vendor::twilio, down);
  CHECK_FALSE(health.paused_s(Vendor::twilio));
  health.note(Vendor::twilio, down);
  CHECK(health.paused_s(Vendor::twilio).value_or(0) > 0);
  CHECK_FALSE(health.paused_s(Vendor::ultravox));
  CHECK_FALSE(health.now().twilio_ok);
  clock += 11'000;
  CHECK_FALSE(health.paused_s(Vendor::twilio));  // one may try
  CHECK(health.paused_s(Vendor::twilio));        // the next waits
  health.note(Vendor::twilio, VendorReply{.status = 404, .headers = {}, .body = {}});
  CHECK_FALSE(health.paused_s(Vendor::twilio));
  CHECK(health.now().twilio_ok);
  CHECK(told == 2);
}

TEST_CASE("long after the pause, too, one attempt at a time finds out how the vendor is") {
  std::int64_t clock = 1'000;
  Health health([&] { return clock; });
  for (int i = 0; i < 5; ++i) {
    health.note(Vendor::twilio, SendResult(Unexpected<SendFailure>{{}}));
  }
  clock += 3'600'000;
  int through = 0;
  for (int press = 0; press < 1'000; ++press) through += health.paused_s(Vendor::twilio) ? 0 : 1;
  CHECK(through == 1);
  clock += 10'000;
  CHECK_FALSE(health.paused_s(Vendor::twilio));
}

TEST_CASE("what we held back ourselves says nothing of the vendor, and is told in its own words") {
  std::int64_t clock = 1'000;
  Health health([&] { return clock; });
  const SendFailure crowded{SendFailure::Kind::crowded, "too many requests under way"};
  for (int i = 0; i < 50; ++i)
    health.note(Vendor::ultravox, SendResult(Unexpected<SendFailure>{crowded}));
  CHECK_FALSE(health.paused_s(Vendor::ultravox));
  CHECK(health.now().ultravox_ok);
  VendorRequest request;
  request.rings = true;
  const Error error = no_reply(request, crowded);
  CHECK(error.code == ErrorCode::overloaded);
  CHECK(error.message.find("Nothing was dialled") != std::string::npos);
  CHECK(error.retry_after_s.value_or(0) > 0);
}

TEST_CASE("while a vendor is paused a call is refused before anything is recorded or sent") {
  Desk desk;
  for (int i = 0; i < 5; ++i) {
    desk.health->note(Vendor::twilio, SendResult(Unexpected<SendFailure>{{}}));
  }
  const auto error = decode<Error>(desk.calls->place(Desk::attempt(MediumType::twilio)).body);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::circuit_open);
  CHECK(error->retry_after_s.value_or(0) > 0);
  CHECK(desk.vendors.seen.empty());
  CHECK(desk.calls->place(Desk::attempt(MediumType::web)).http_status == 201);
}

TEST_CASE("the shipped agents are valid and a saved edit stands in for one until it is reset") {
  Desk desk;
  Shipped shipped = read_shipped_agents(VOXDIAL_SOURCE_DIR "/proxy/agents");
  CHECK(shipped.problems.empty());
  REQUIRE(shipped.agents.size() == 3);
  Agents agents(shipped.agents, *desk.store);
  const Editor ada{.user = "ada", .client_address = "192.0.2.1", .may_change_all = true};
  Agent edited = *agents.find("assistant").value();
  edited.settings.voice = "Boxer";
  REQUIRE(agents.save(edited, ada, desk.clock));
  CHECK(agents.find("assistant").value()->settings.voice == "Boxer");
  CHECK(agents.find("assistant").value()->edited);
  CHECK(agents.list()->agents.size() == 3);
  REQUIRE(agents.remove("assistant", ada, desk.clock));
  CHECK_FALSE(agents.find("assistant").value()->settings.voice);
  CHECK(agents.remove("assistant", ada, desk.clock).error().code == ErrorCode::conflict);
  CHECK(agents.remove("nobody", ada, desk.clock).error().code == ErrorCode::not_found);
}

TEST_CASE("a caller changes what they saved, a supervisor everything") {
  Desk desk;
  Agents agents(read_shipped_agents(VOXDIAL_SOURCE_DIR "/proxy/agents").agents, *desk.store);
  const Editor bob{.user = "bob", .client_address = {}, .may_change_all = false};
  const Editor eve{.user = "eve", .client_address = {}, .may_change_all = false};
  const Editor sue{.user = "sue", .client_address = {}, .may_change_all = true};
  Agent mine = *agents.find("assistant").value();
  CHECK(agents.save(mine, bob, desk.clock).error().code == ErrorCode::forbidden);
  CHECK(agents.remove("assistant", bob, desk.clock).error().code == ErrorCode::forbidden);
  mine.id = "mine";
  REQUIRE(agents.save(mine, bob, desk.clock));
  REQUIRE(agents.save(mine, bob, desk.clock));
  CHECK(agents.save(mine, eve, desk.clock).error().code == ErrorCode::forbidden);
  CHECK(agents.remove("mine", eve, desk.clock).error().code == ErrorCode::forbidden);
  REQUIRE(agents.remove("mine", bob, desk.clock));
  REQUIRE(agents.save(mine, eve, desk.clock));
  REQUIRE(agents.save(mine, sue, desk.clock));
  CHECK(agents.remove("mine", eve, desk.clock).error().code == ErrorCode::forbidden);
  mine.id = "assistant";
  REQUIRE(agents.save(mine, sue, desk.clock));
  CHECK(agents.remove("assistant", eve, desk.clock).error().code == ErrorCode::forbidden);
  REQUIRE(agents.remove("assistant", sue, desk.clock));
}

TEST_CASE("an agent's file is read as editors save it, or it is said what is wrong with it") {
  const TemporaryFolder folder;
  const auto shipped_as = [&](const std::string& bytes) {
    std::ofstream(folder.path + "/x.json", std::ios::binary) << bytes;
    return read_shipped_agents(folder.path);
  };
  const std::string json = R"({"id":"x","name":"X",)"
                           "\r\n"
                           R"("settings":{"systemPrompt":"Hello."}})";
  CHECK(shipped_as(json).agents.size() == 1);
  CHECK(shipped_as("\xEF\xBB\xBF" + json).agents.size() == 1);
  const Shipped utf16 = shipped_as(std::string("\xFF\xFE{\0\"\0", 6));
  CHECK(utf16.agents.empty());
  REQUIRE_FALSE(utf16.problems.empty());
  CHECK(utf16.problems[0].find("x.json is left out: it is saved as UTF-16") != std::string::npos);
  CHECK(utf16.problems[0].find("Save it as UTF-8.") != std::string::npos);
  std::filesystem::remove(folder.path + "/x.json");
  REQUIRE(::mkfifo((folder.path + "/x.json").c_str(), 0600) == 0);  // nobody will ever write to it
  std::filesystem::create_directory(folder.path + "/y.json");
  const Shipped none = read_shipped_agents(folder.path);
  REQUIRE(none.problems.size() == 3);
  CHECK(none.problems[0].find("it cannot be read") != std::string::npos);
  CHECK(none.problems[1].find("it cannot be read") != std::string::npos);
}

TEST_CASE("the doctor says what could not be checked instead of calling it ready") {
  Desk desk;
  desk.config.sandbox = false;
  desk.vendors.ultravox_get = [](const VendorRequest&) { return FakeVendors::reply(401, "{}"); };
  desk.vendors.twilio_get = [](const VendorRequest&) {
    return SendResult(Unexpected<SendFailure>{{}});
  };
  const DoctorReport report = examine(desk.config, desk.world, *desk.store, "");
  const auto state = [&](const std::string& id) {
    for (const auto& check : report.checks) {
      if (check.id == id) return check.state;
    }
    return DoctorCheck::State::ok;
  };
  CHECK(state("ultravox_key") == DoctorCheck::State::failed);
  CHECK(state("twilio_key") == DoctorCheck::State::unknown);
  CHECK_FALSE(healthy(report));
  for (const auto& check : report.checks) {
    if (check.state != DoctorCheck::State::ok) CHECK_FALSE(check.remedy.empty());
  }
  CHECK(to_text(report).find("FAILED") != std::string::npos);
}

TEST_CASE("the doctor of the sandbox says first that stand-ins answer, and no other says so") {
  Desk desk;
  desk.config.sandbox = true;
  const DoctorCheck first = examine(desk.config, desk.world, *desk.store, "").checks.front();
  CHECK(first.id == "sandbox");
  CHECK(first.state == DoctorCheck::State::warning);
  CHECK(first.detail.find("Stand-ins") != std::string::npos);
  CHECK_FALSE(first.remedy.empty());

  desk.config.sandbox = false;
  for (const auto& check : examine(desk.config, desk.world, *desk.store, "").checks) {
    CHECK(check.finding != "stand_ins");
  }
}

TEST_CASE("the doctor goes out to the public address and takes no other server for this one") {
  Desk desk;
  desk.config.sandbox = false;
  std::function<SendResult(const VendorRequest&)> outside;
  desk.world.send = [&](const VendorRequest& request) {
    return request.elsewhere.empty() ? desk.vendors.send(request) : outside(request);
  };
  const auto address = [&] {
    const DoctorReport report = examine(desk.config, desk.world, *desk.store, "");
    for (const auto& check : report.checks) {
      if (check.id == "public_address") return check;
    }
    return DoctorCheck{};
  };
  CHECK(address().state == DoctorCheck::State::ok);  // none is needed
  CHECK(address().detail.find("polled") != std::string::npos);

  desk.config.public_base_url = "https://calls.example";
  const auto answering = [](const Config& config) {
    return [&config](const VendorRequest& request) -> SendResult {
      const std::string start = "https://calls.example/healthz?challenge=";
      REQUIRE(request.elsewhere.rfind(start, 0) == 0);
      return FakeVendors::reply(
          200, "{\"proof\":\"" + proof_of_identity(config, request.elsewhere.substr(start.size())) +
                   "\"}");
    };
  };
  outside = answering(desk.config);
  CHECK(address().state == DoctorCheck::State::ok);
  Config other = desk.config;
  other.ultravox_key = Secret(std::string("another.key"));
  outside = answering(other);
  CHECK(address().state == DoctorCheck::State::failed);
  outside = [](const VendorRequest&) { return FakeVendors::reply(502, "bad gateway"); };
  CHECK(address().state == DoctorCheck::State::failed);
  outside = [](const VendorRequest&) { return SendResult(Unexpected<SendFailure>{{}}); };
  CHECK(address().state == DoctorCheck::State::failed);
  CHECK(address().remedy.find("https://calls.example") != std::string::npos);
  desk.config.sandbox = true;
  CHECK(address().state == DoctorCheck::State::unknown);
}

TEST_CASE("upkeep forgets log-in tries after a day, also where calls are kept for ever") {
  Desk desk;
  desk.config.retention_days = 0;
  const auto several_tries_at = [&](Millis now) {
    int let_in = 0;
    for (int i = 0; i < 2 * free_login_tries; ++i) {
      if (desk.store->begin_login("ada", "192.0.2.1", now)) ++let_in;
    }
    return let_in;
  };
  REQUIRE(several_tries_at(desk.clock) == free_login_tries);
  desk.clock += 86'400'000;
  tidy(desk.config, desk.world, *desk.store);
  CHECK(several_tries_at(desk.clock - 1) == free_login_tries);
}

TEST_CASE("upkeep forgets calls after the retention period and keeps the audit's chain whole") {
  Desk desk;
  REQUIRE(desk.calls->place(Desk::attempt(MediumType::twilio)).http_status == 201);
  const std::string id = desk.all_calls().at(0).id;
  CallUpdate over = make_update("over", "twilio", "");
  over.status = CallStatus::busy;
  REQUIRE(desk.recorder->record(id, over));
  desk.config.retention_days = 30;
  desk.clock += 29LL * 86'400'000;
  tidy(desk.config, desk.world, *desk.store);
  CHECK(desk.all_calls().size() == 1);
  desk.clock += 2LL * 86'400'000;
  tidy(desk.config, desk.world, *desk.store);
  CHECK(desk.all_calls().empty());
  CHECK(desk.store->verify_audit()->intact);
}
