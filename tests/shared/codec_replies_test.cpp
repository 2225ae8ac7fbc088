#include <catch2/catch_test_macros.hpp>

#include "shared/codec.h"
#include "tests/shared/samples.h"

namespace voxdial {
namespace {

/// There and back, also with a field more than this version knows, at the top and in what it holds.
template <class T, class Decode>
void survives(Decode decode, const T& value) {
  const std::string json = encode(value);
  CAPTURE(json);
  const auto back = decode(json);
  REQUIRE(back.has_value());
  CHECK(*back == value);
  CHECK(encode(*back) == json);

  std::string newer = "{\"fieldOfTheFuture\":{\"a\":[1,2.5,null]},";
  newer += json == "{}" ? "\"x\":0}" : json.substr(1);
  const auto from_newer = decode(newer);
  REQUIRE(from_newer.has_value());
  CHECK(*from_newer == value);
}

template <class Decode>
void refused(Decode decode, const std::string& json, const std::string& field) {
  CAPTURE(json);
  const auto result = decode(json);
  REQUIRE_FALSE(result.has_value());
  CHECK(wire_name(result.error().code) == "bad_reply");
  CHECK(result.error().field == field);
  CHECK(result.error().message == sentence(ErrorCode::bad_reply));
}

Call minimal_call() {
  Call call;
  call.id = "c";
  return call;
}

TEST_CASE("a placed call survives the way to JSON and back") {
  CallPlaced web;
  web.id = "c-1";
  web.status = CallStatus::queued;
  web.ultravox = {"u-1", "2026-11-22T10:57:24.123456Z", "wss://voice.example/calls/u-1"};
  survives(decode<CallPlaced>, web);
  CallPlaced phone = web;
  phone.medium = MediumType::twilio;
  phone.ultravox.join_url.clear();
  phone.twilio = CallPlaced::Twilio{"CA0123", "queued"};
  survives(decode<CallPlaced>, phone);
  CHECK(encode(phone) == R"({"id":"c-1","medium":"twilio","status":"queued",)"
                         R"("ultravox":{"callId":"u-1","created":"2026-11-22T10:57:24.123456Z"},)"
                         R"("twilio":{"sid":"CA0123","status":"queued"}})");
}

TEST_CASE("an answer of another kind is not taken for an empty one") {
  const std::string other = encode(samples::error());
  refused(decode<CallPlaced>, other, "id");
  refused(decode<CallPlaced>, R"({"id":"c"})", "ultravox");
  refused(decode<CallDetail>, other, "call");
  refused(decode<CallPage>, other, "calls");
  refused(decode<Transcript>, R"({"callId":"c"})", "entries");
  refused(decode<ServerConfig>, other, "sandbox");
  refused(decode<AgentList>, other, "agents");
  refused(decode<VoiceList>, other, "voices");
  refused(decode<ModelList>, other, "models");
  refused(decode<DoctorReport>, other, "checks");
  refused(decode<PhoneCheck>, other, "allowed");
  refused(decode<VendorHealth>, other, "ultravoxOk");
}

TEST_CASE("a call survives the way to JSON and back") {
  survives(decode<Call>, samples::call());
  survives(decode<Call>, minimal_call());
  for (int status = 0; status <= static_cast<int>(CallStatus::unknown); ++status) {
    Call call = minimal_call();
    call.status = static_cast<CallStatus>(status);
    survives(decode<Call>, call);
  }
  for (int by = 0; by <= static_cast<int>(EndedBy::server); ++by) {
    Call call = minimal_call();
    call.end.by = static_cast<EndedBy>(by);
    survives(decode<Call>, call);
  }
}

TEST_CASE("what has not happened to a call is not in its JSON") {
  const std::string json = encode(minimal_call());
  CHECK(
      json ==
      R"({"id":"c","version":0,"medium":"web","status":"requested","recording":false,"ending":false,)"
      R"("leftVoicemail":false})");
}

TEST_CASE("a call's known fields are read strictly") {
  refused(decode<Call>, "{}", "id");
  refused(decode<Call>, R"({"id":""})", "id");
  refused(decode<Call>, R"({"id":"c","version":-1})", "version");
  refused(decode<Call>, R"({"id":"c","version":1.0})", "version");
  refused(decode<Call>, R"({"id":"c","version":18446744073709551615})", "version");
  refused(decode<Call>, R"({"id":"c","status":"no_answer"})", "status");
  refused(decode<Call>, R"({"id":"c","createdAt":1795345044123})", "createdAt");
  refused(decode<Call>, R"({"id":"c","endedAt":"2026-02-30T00:00:00Z"})", "endedAt");
  refused(decode<Call>, R"({"id":"c","maxDuration":"3000000000s"})", "maxDuration");
  refused(decode<Call>, R"({"id":"c","recording":null})", "recording");
  refused(decode<Call>, R"({"id":"c","end":{"by":"god"}})", "end.by");
  refused(decode<Call>, R"({"id":"c","end":{"code":"busy"}})", "end.by");
  refused(decode<Call>, R"({"id":"c","end":{"by":"nobody-yet","code":"busy"}})", "end.by");
  refused(decode<Call>, R"({"id":"c","to":[]})", "to");
  refused(decode<Call>, "[]", "");
  refused(decode<Call>, "", "");
  refused(decode<Call>, R"({"id":"c")", "");
}

TEST_CASE("a call's detail and pages of calls survive the way to JSON and back") {
  survives(decode<CallDetail>,
           CallDetail{samples::call(),
                      {{1'795'345'044'123, "requested", "voxdial", "Asked for."},
                       {1'795'345'045'000, "twilio_status", "twilio", "ringing"}}});
  survives(decode<CallPage>, CallPage{});
  survives(decode<CallPage>, CallPage{{samples::call(), minimal_call()}, "after-2", "77"});
  refused(decode<CallPage>, R"({"calls":[{"id":"a"},{"id":"b","ending":"x"}]})", "calls[1].ending");
  refused(decode<CallPage>, R"({"calls":[{"id":"a"},7]})", "calls[1]");
}

TEST_CASE("a page of five hundred calls is within a reply's limits") {
  CallPage page;
  page.calls.assign(500, samples::call());
  const auto back = decode<CallPage>(encode(page));
  REQUIRE(back.has_value());
  CHECK(*back == page);
}

TEST_CASE("a transcript survives the way to JSON and back") {
  using Role = TranscriptEntry::Role;
  survives(decode<Transcript>,
           Transcript{"c-1",
                      {{0, Role::agent, "Hello", "", "", true, 1200},
                       {1, Role::user, "Hm\n\"yes\"", "", "", false, 0},
                       {2, Role::tool_call, "{}", "hangUp", "i-1", true, 5},
                       {3, Role::tool_result, "ok", "hangUp", "i-1", true, 6}}});
  refused(decode<Transcript>, R"({"callId":"c","entries":[{"index":2147483648}]})",
          "entries[0].index");
  refused(decode<Transcript>, R"({"callId":"c","entries":[{"role":"narrator"}]})",
          "entries[0].role");
}

TEST_CASE("the configuration survives the way to JSON and back") {
  survives(decode<ServerConfig>, ServerConfig{});
  survives(decode<ServerConfig>, ServerConfig{"1.0.0",
                                              true,
                                              true,
                                              "Set TWILIO_ACCOUNT_SID.",
                                              "+14155550123",
                                              "US",
                                              "maria",
                                              "supervisor",
                                              true,
                                              3600,
                                              "This call is recorded.",
                                              {false, true}});
  refused(decode<ServerConfig>, R"({"sandbox":true,"vendors":{"ultravoxOk":true,"twilioOk":0}})",
          "vendors.twilioOk");
}

TEST_CASE("agents, voices, models and the doctor's report survive the way to JSON and back") {
  Agent stored;
  stored.id = "ultravox:5f2c";
  stored.name = "Stored there";
  survives(decode<AgentList>, AgentList{{samples::agent(), stored}});
  survives(decode<VoiceList>, VoiceList{{{"v-1", "Mark", "Calm", "en", "ElevenLabs", true},
                                         {"v-2", "", "", "", "", false}}});
  survives(decode<ModelList>, ModelList{{"ultravox-v0.7", "ultravox-v0.6"}});
  using State = DoctorCheck::State;
  survives(
      decode<DoctorReport>,
      DoctorReport{1'795'345'044'123,
                   {{State::ok, "ultravox_key", "Ultravox key", "Accepted.", "", "key_accepted"},
                    {State::warning, "a", "", "", ""},
                    {State::failed, "b", "", "", "Do this.", "c", {{"seconds", "42"}}},
                    {State::unknown, "c", "", "", "", "", {}, "vendor_timeout"}}});
  survives(decode<VendorHealth>, VendorHealth{false, true});
  survives(decode<ServerTime>, ServerTime{1'700'000'000'123});
  refused(decode<ModelList>, R"({"models":["a",1]})", "models[1]");
  refused(decode<VoiceList>, R"({"voices":[{"name":"x"}]})", "voices[0].id");
}

TEST_CASE("the deepest tool a request may hold is still within reach in a list of agents") {
  std::string schema = "{}";
  for (int i = 1; i < 16; ++i) schema = R"({"a":)" + schema + "}";
  Agent agent = samples::agent();
  agent.settings.selected_tools->back().temporary_tool->dynamic_parameters[0].schema = {schema};
  CHECK(decode<Agent>(encode(agent)) == Result<Agent>(agent));
  survives(decode<AgentList>, AgentList{{agent}});
}

TEST_CASE("a number's check survives the way to JSON and back") {
  survives(decode<PhoneCheck>, PhoneCheck{});
  survives(decode<PhoneCheck>, PhoneCheck{false, "+14155550123", "+1 415-555-0123", "US", "mobile",
                                          "23:05", true, samples::error()});
}

TEST_CASE("every error survives the way to JSON and back in one envelope") {
  survives(decode<Error>, samples::error());
  for (int code = 0; code <= static_cast<int>(ErrorCode::sdk_unavailable); ++code) {
    survives(decode<Error>, make_error(static_cast<ErrorCode>(code)));
  }
  CHECK(
      encode(samples::error()) ==
      R"({"error":{"code":"geo_permission","message":"Not enabled.","field":"medium.phoneNumber",)"
      R"("provider":{"name":"twilio","code":21215},"retryAfter":30}})");
}

TEST_CASE("an error this page has never heard of keeps its sentence") {
  const auto error = decode<Error>(R"({"error":{"code":"brand_new","message":"Do this."}})");
  REQUIRE(error.has_value());
  CHECK(error->code == ErrorCode::internal);
  CHECK(error->message == "Do this.");
}

TEST_CASE("what is no error envelope is a bad reply") {
  refused(decode<Error>, "{}", "error");
  refused(decode<Error>, R"({"error":"no"})", "error");
  refused(decode<Error>, R"({"error":{"message":"x"}})", "error.code");
  refused(decode<Error>, R"({"error":{"code":"internal","retryAfter":"1"}})", "error.retryAfter");
  refused(decode<Error>, "<html>502 Bad Gateway</html>", "");
}

TEST_CASE("texts are escaped so that they read back exactly") {
  Call call = minimal_call();
  for (int c = 1; c < 0x80; ++c) call.warning += static_cast<char>(c);
  call.warning += "é€😀\u2028";
  survives(decode<Call>, call);
}

}  // namespace
}  // namespace voxdial
