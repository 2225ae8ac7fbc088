#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/vendors/ultravox/ultravox.h"

using namespace voxdial;
using namespace voxdial::ultravox;

namespace {

constexpr Millis now = 1'768'478'400'000;  // 2026-01-15T12:00:00Z
const std::string id = "1b2c3d4e-0000-4000-8000-000000000001";
const std::string join = "wss://voice.ultravox.ai/calls/" + id;

VendorReply reply(int status, std::string body, Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

std::string call_json(const std::string& more = "") {
  return R"({"callId":")" + id + R"(","joinUrl":")" + join +
         R"(","created":"2026-01-15T11:00:00.000000Z")" + more + "}";
}

/// What no parser may take for an answer.
std::string nonsense() {
  const std::string deep(100'000, '[');
  return GENERATE_COPY(as<std::string>{}, "", "null", "42", "\"x\"", "[]", "not json", "{",
                       "{\"a\":}", "\xFF\xFE", "{\"a\":\"\xFF\"}", "<html>502</html>", deep,
                       "{\"a\":" + deep, "{}", R"({"callId":null,"results":null})",
                       R"({"callId":42,"results":42,"activeCalls":"x"})",
                       R"({"callId":["x"],"results":{},"activeCalls":[]})",
                       R"({"callId":"../../x","results":"x","activeCalls":-1})",
                       R"({"callId":"","results":true,"activeCalls":1e99})");
}

}  // namespace

TEST_CASE("A created call is read", "[ultravox]") {
  const auto call = parse_created_call(reply(201, call_json()), now);
  REQUIRE(call);
  CHECK(call->call_id == id);
  CHECK(call->join_url == join);
  CHECK(call->created == "2026-01-15T11:00:00.000000Z");
  CHECK(call->created_at == now - 3'600'000);
  CHECK(call->joined_at == 0);
  CHECK(call->ended_at == 0);
}

TEST_CASE("An ended call is read whole", "[ultravox]") {
  const auto call = parse_call(
      reply(200, call_json(R"(,"joined":"2026-01-15T11:00:05Z","ended":"2026-01-15T11:01:05.5Z",)"
                           R"("endReason":"agent_hangup","billedDuration":"60.500s",)"
                           R"("billingStatus":"BILLING_STATUS_BILLED","recordingEnabled":true,)"
                           R"("systemPrompt":"x","callbacks":{"ended":{"secrets":["s"]}})")),
      now);
  REQUIRE(call);
  CHECK(call->joined_at == now - 3'595'000);
  CHECK(call->ended_at == now - 3'534'500);
  CHECK(call->end_reason == "agent_hangup");
}

TEST_CASE("A created call needs 201, an id and an address that can be joined", "[ultravox]") {
  const auto code = [](int status, const std::string& body) {
    const auto call = parse_created_call(reply(status, body), now);
    return call ? "ok" : std::string(wire_name(call.error().code));
  };
  CHECK(code(201, call_json()) == "ok");
  CHECK(code(200, call_json()) == "vendor_bad_reply");
  CHECK(code(202, call_json()) == "vendor_bad_reply");
  CHECK(code(201, R"({"callId":"x"})") == "vendor_bad_reply");
  CHECK(code(201, R"({"callId":"x","joinUrl":null})") == "vendor_bad_reply");
  CHECK(code(201, R"({"callId":"x","joinUrl":"https://h/"})") == "vendor_bad_reply");
  CHECK(code(201, R"({"callId":"x","joinUrl":"wss://h/\"/><Dial/>"})") == "vendor_bad_reply");
  CHECK(code(201, R"({"callId":"x","joinUrl":"wss://h/\u0000"})") == "ok");  // the NUL is dropped
  CHECK(code(201, R"({"joinUrl":"wss://h/"})") == "vendor_bad_reply");
  CHECK(code(404, "{}") == "vendor_refused");
  CHECK(code(302, "") == "vendor_bad_reply");
}

TEST_CASE("Nonsense is no answer of any kind", "[ultravox]") {
  const std::string body = nonsense();
  CAPTURE(body.substr(0, 60));
  CHECK(parse_created_call(reply(201, body), now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_call(reply(200, body), now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_messages(reply(200, body), 0, now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_voices(reply(200, body), now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_models(reply(200, body), now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_account(reply(200, body), now).error().code == ErrorCode::vendor_bad_reply);
  CHECK_FALSE(parse_webhook(body));
  // As a refusal's body it changes nothing.
  CHECK(map_failure(reply(400, body), now).code == ErrorCode::vendor_refused);
}

TEST_CASE("Odd members of a call read as unknown", "[ultravox]") {
  const std::string odd =
      GENERATE(as<std::string>{}, "42", "-1", "true", "[]", "{}", "\"\"", "\"x\"", "\"-5s\"",
               "\"1.2.3s\"", "\"s\"", "\"1e5s\"", "\"1234567890123s\"");
  CAPTURE(odd);
  const auto call =
      parse_call(reply(200, call_json(R"(,"joined":)" + odd + R"(,"ended":)" + odd)), now);
  REQUIRE(call);
  CHECK(call->joined_at == 0);
  CHECK(call->ended_at == 0);
}

TEST_CASE("Messages become transcript lines that keep their place", "[ultravox]") {
  const auto page = parse_messages(
      reply(200, R"({"next":"https://evil.example/api/calls/x/messages?pageSize=5&cursor=a%2Bb%3D",
        "results":[
        {"role":"MESSAGE_ROLE_AGENT","text":"Hello","wallClockTimespan":{"start":"1.5s","end":"2s"}},
        {"role":"MESSAGE_ROLE_UNSPECIFIED","text":"?"},
        {"role":"MESSAGE_ROLE_USER","text":"Hi","timespan":{"start":"3s"}},
        {"role":"MESSAGE_ROLE_TOOL_CALL","text":"{}","toolName":"hangUp","invocationId":"i1",
         "wallClockTimespan":{"start":"0s","end":"-1s"}},
        {"role":"MESSAGE_ROLE_TOOL_RESULT","text":"ok","toolName":"hangUp","invocationId":"i1"},
        7, null]})"),
      10, now);
  REQUIRE(page);
  CHECK(page->next_cursor == "a+b=");
  REQUIRE(page->entries.size() == 4);
  using Role = TranscriptEntry::Role;
  CHECK(page->entries[0] == TranscriptEntry{.index = 10,
                                            .role = Role::agent,
                                            .text = "Hello",
                                            .tool_name = "",
                                            .invocation_id = "",
                                            .final = true,
                                            .at_ms = 1500,
                                            .end_ms = 2000});
  CHECK(page->entries[1].index == 12);
  CHECK(page->entries[1].role == Role::user);
  CHECK(page->entries[1].at_ms == 3000);
  CHECK(page->entries[1].end_ms == 0);
  CHECK(page->entries[2].role == Role::tool_call);
  CHECK(page->entries[2].tool_name == "hangUp");
  CHECK(page->entries[2].at_ms == 1);  // 0 would be: unknown
  CHECK(page->entries[2].end_ms == 0);
  CHECK(page->entries[3].index == 14);
  CHECK(page->entries[3].invocation_id == "i1");
}

TEST_CASE("Long texts are cut between characters, and lose their NULs", "[ultravox]") {
  const std::string letter = "\xC3\xA9";
  std::string text = "x";
  for (int i = 0; i < 40'000; ++i) text += letter;
  const auto page =
      parse_messages(reply(200, R"({"results":[{"role":"MESSAGE_ROLE_USER","text":")" + text +
                                    R"("},{"role":"MESSAGE_ROLE_USER","text":"a\u0000b"}]})"),
                     0, now);
  REQUIRE(page);
  CHECK(page->entries[0].text.size() == 32 * 1024 - 1);
  CHECK(page->entries[0].text.substr(page->entries[0].text.size() - 2) == letter);
  CHECK(page->entries[1].text == "ab");
}

TEST_CASE("A text that was cut through an emoji costs one character, not its page", "[ultravox]") {
  const auto page = parse_messages(
      reply(
          200,
          R"({"results":[{"role":"MESSAGE_ROLE_AGENT","text":"a\ud83d b\udc4d \ud83d\ud83d\udc4d \\ud83d"},)"
          R"({"role":"MESSAGE_ROLE_USER","text":"\uD83D"}]})"),
      0, now);
  REQUIRE(page);
  REQUIRE(page->entries.size() == 2);
  CHECK(page->entries[0].text == "a\uFFFD b\uFFFD \uFFFD\U0001F44D \\ud83d");
  CHECK(page->entries[1].text == "\uFFFD");
}

TEST_CASE("The end of a list has no cursor", "[ultravox]") {
  const std::string next =
      GENERATE(as<std::string>{}, "null", "\"\"", "42", "\"https://h/api\"", "\"https://h/?x=1\"",
               "\"https://h/?xcursor=1\"", "\"https://h/#cursor=1\"");
  CAPTURE(next);
  const auto page = parse_models(reply(200, R"({"next":)" + next + R"(,"results":[]})"), now);
  REQUIRE(page);
  CHECK(page->next_cursor.empty());
}

TEST_CASE("Words that come too early or too late say so", "[ultravox]") {
  CHECK(parse_sent(reply(204, ""), now));
  CHECK(parse_sent(reply(200, "{}"), now));
  CHECK(parse_sent(reply(422, R"({"detail":"x"})"), now).error().code == ErrorCode::call_not_live);
  CHECK(parse_sent(reply(404, ""), now).error().code == ErrorCode::not_found);
  CHECK(parse_sent(reply(403, ""), now).error().code == ErrorCode::vendor_unauthorized);
  CHECK(parse_sent(reply(302, ""), now).error().code == ErrorCode::vendor_bad_reply);
}

TEST_CASE("A recording is audio, here or elsewhere", "[ultravox]") {
  const auto here = parse_recording(reply(200, "RIFF", {{"content-type", "audio/wav"}}), now);
  REQUIRE(here);
  CHECK(here->location.empty());
  CHECK(here->content_type == "audio/wav");
  CHECK(parse_recording(reply(200, "RIFF", {{"content-type", "Audio/WAV; x=y"}}), now)
            ->content_type == "audio/wav");
  const auto elsewhere =
      parse_recording(reply(302, "", {{"location", "https://storage.example/x?sig=1"}}), now);
  REQUIRE(elsewhere);
  CHECK(elsewhere->location == "https://storage.example/x?sig=1");
  CHECK(parse_recording(reply(302, "", {{"location", "http://127.0.0.1:9/x"}}), now));
  CHECK(parse_recording(reply(404, ""), now).error().code == ErrorCode::no_recording);
  CHECK(parse_recording(reply(425, ""), now).error().code == ErrorCode::no_recording);
  CHECK(parse_recording(reply(416, ""), now).error().code == ErrorCode::range_not_satisfiable);
  CHECK(parse_recording(reply(206, "IF", {{"content-type", "audio/wav"}}), now));
}

TEST_CASE("What is no audio does not pass for a recording", "[ultravox]") {
  const VendorReply odd =
      GENERATE(reply(200, "<script>", {{"content-type", "text/html"}}), reply(200, "x"),
               reply(200, "", {{"content-type", "audio/wav"}}),
               reply(200, "x", {{"content-type", "audio/wav\r\nx: y"}}),
               reply(200, "x", {{"content-type", "audio/\"><script>"}}), reply(302, ""),
               reply(302, "", {{"location", "http://storage.example/x"}}),
               reply(302, "", {{"location", "file:///etc/passwd"}}),
               reply(302, "", {{"location", "https://storage.example:99999/x"}}),
               reply(302, "", {{"location", "https://storage.example/x y"}}),
               reply(302, "", {{"location", "/relative"}}), reply(304, ""));
  CAPTURE(odd.status, odd.headers.empty() ? "" : odd.headers[0].second);
  CHECK(parse_recording(odd, now).error().code == ErrorCode::vendor_bad_reply);
  CHECK(parse_voice_preview(odd, now).error().code == ErrorCode::vendor_bad_reply);
}

TEST_CASE("Voices and models are read, incomplete ones left out", "[ultravox]") {
  const auto voices = parse_voices(reply(200, R"({"next":"https://h/?cursor=2","results":[
        {"voiceId":"v1","name":"Mark","description":null,"primaryLanguage":"en-US",
         "provider":"eleven_labs","previewUrl":"https://h/p"},
        {"voiceId":"v2","name":"Ann","previewUrl":""},
        {"voiceId":"../x","name":"Bad"},{"voiceId":"v3"},{"name":"x"},null,3]})"),
                                   now);
  REQUIRE(voices);
  CHECK(voices->next_cursor == "2");
  REQUIRE(voices->items.size() == 2);
  CHECK(voices->items[0] == Voice{.id = "v1",
                                  .name = "Mark",
                                  .description = "",
                                  .language = "en-US",
                                  .provider = "eleven_labs",
                                  .preview = true});
  CHECK_FALSE(voices->items[1].preview);
  const auto models =
      parse_models(reply(200, R"({"results":[{"name":"ultravox-v0.7"},{"name":""},{},1]})"), now);
  REQUIRE(models);
  CHECK(models->items == std::vector<std::string>{"ultravox-v0.7"});
}

TEST_CASE("The account is read", "[ultravox]") {
  const auto account = parse_account(
      reply(200, R"({"activeCalls":2,"allowedConcurrentCalls":5,"freeTimeRemaining":"1260s",)"
                 R"("hasActiveSubscription":false,"subscriptionTier":null})"),
      now);
  REQUIRE(account);
  CHECK(account->active_calls == 2);
  CHECK(account->allowed_concurrent_calls == 5);
  CHECK(account->free_seconds_remaining == 1260);
  CHECK_FALSE(account->has_active_subscription);
  const auto paid = parse_account(
      reply(200, R"({"activeCalls":0,"allowedConcurrentCalls":null,"freeTimeRemaining":"soon"})"),
      now);
  REQUIRE(paid);
  CHECK_FALSE(paid->allowed_concurrent_calls);
  CHECK_FALSE(paid->free_seconds_remaining);
}

TEST_CASE("A free time that is no duration reads as unknown", "[ultravox]") {
  const std::string odd = GENERATE(as<std::string>{}, "42", "true", "[]", "{}", "\"\"", "\"x\"",
                                   "\"1.2.3s\"", "\"s\"", "\"1e5s\"", "\"1234567890123s\"");
  CAPTURE(odd);
  const auto account =
      parse_account(reply(200, R"({"activeCalls":0,"freeTimeRemaining":)" + odd + "}"), now);
  REQUIRE(account);
  CHECK_FALSE(account->free_seconds_remaining);
}

TEST_CASE("A webhook tells of a call, and never where to join it", "[ultravox]") {
  const auto event =
      parse_webhook(R"({"event":"call.ended","call":)" +
                    call_json(R"(,"ended":"2026-01-15T12:00:00Z","endReason":"hangup")") + "}");
  REQUIRE(event);
  CHECK(event->event == "call.ended");
  CHECK(event->call.call_id == id);
  CHECK(event->call.end_reason == "hangup");
  CHECK(event->call.ended_at == now);
  CHECK(event->call.join_url.empty());
  CHECK(parse_webhook(R"({"event":"call.ended","call":{}})").error().field == "call.callId");
  CHECK(parse_webhook(R"({"call":{"callId":"x"}})").error().field == "event");
}

TEST_CASE("Every refusal has its meaning and nobody's words", "[ultravox]") {
  struct Row {
    int status;
    ErrorCode code;
  };
  using enum ErrorCode;
  const Row row =
      GENERATE(Row{400, vendor_refused}, Row{401, vendor_unauthorized}, Row{402, vendor_account},
               Row{403, vendor_unauthorized}, Row{404, not_found}, Row{405, vendor_refused},
               Row{409, vendor_refused}, Row{422, vendor_refused}, Row{425, vendor_busy},
               Row{429, vendor_busy}, Row{500, vendor_failed}, Row{502, vendor_failed},
               Row{503, vendor_busy}, Row{504, vendor_failed}, Row{200, vendor_bad_reply},
               Row{302, vendor_bad_reply}, Row{0, vendor_bad_reply});
  CAPTURE(row.status);
  const Error error =
      map_failure(reply(row.status, R"({"detail":"secret words"})", {{"retry-after", "9"}}), now);
  CHECK(error.code == row.code);
  CHECK(error.provider == Provider{"ultravox", row.status});
  CHECK(error.message.find("secret") == std::string::npos);
  CHECK(error.retry_after_s.has_value() ==
        (row.status == 425 || row.status == 429 || row.status >= 500));
}

TEST_CASE("A refused setting is named by its field alone", "[ultravox]") {
  const auto error = [](const std::string& body) { return map_failure(reply(400, body), now); };
  CHECK(error(R"({"voice":["no voice secret"]})").field == "voice");
  CHECK(error(R"({"voice":["no voice secret"]})").code == ErrorCode::invalid_field);
  CHECK(error(R"({"voice":["no voice secret"]})").message.find("secret") == std::string::npos);
  CHECK(error(R"({"detail":"Unknown model secret"})").field == "model");
  CHECK(error(R"({"detail":"no"})").code == ErrorCode::vendor_refused);
  CHECK(error(R"({"callbacks":["bad"]})").code == ErrorCode::vendor_refused);
}
