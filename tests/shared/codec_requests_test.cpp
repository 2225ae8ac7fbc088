#include <catch2/catch_test_macros.hpp>

#include "shared/codec.h"
#include "tests/shared/samples.h"

namespace voxdial {
namespace {

struct Bad {
  std::string json;
  ErrorCode code;
  std::string field;
};

template <class Decode>
void refused(Decode decode, const std::vector<Bad>& rows) {
  for (const Bad& row : rows) {
    CAPTURE(row.json.substr(0, 200));
    const auto result = decode(row.json);
    REQUIRE_FALSE(result.has_value());
    CHECK(wire_name(result.error().code) == wire_name(row.code));
    CHECK(result.error().field == row.field);
    CHECK_FALSE(result.error().message.empty());
  }
}

constexpr auto invalid = ErrorCode::invalid_field;
constexpr auto missing = ErrorCode::missing_field;
constexpr auto unknown = ErrorCode::unknown_field;

std::string tools(const std::string& inside) { return R"({"selectedTools":[)" + inside + "]}"; }
std::string client_tool(const std::string& inside) {
  return tools(R"({"temporaryTool":{"modelToolName":"a","client":{},)" + inside + "}}");
}
std::string text_of(std::size_t bytes) { return '"' + std::string(bytes, 'a') + '"'; }

TEST_CASE("a call request survives the way to JSON and back") {
  CallRequest minimal;
  CHECK(decode<CallRequest>(encode(minimal)) == Result<CallRequest>(minimal));
  CHECK(decode<CallRequest>("{}") == Result<CallRequest>(minimal));
  for (const CallRequest& request : {samples::web_request(), samples::phone_request()}) {
    const auto back = decode<CallRequest>(encode(request));
    REQUIRE(back.has_value());
    CHECK(*back == request);
    CHECK(encode(*back) == encode(request));
  }
}

TEST_CASE("the JSON of a call request is Ultravox's settings, with preset and medium") {
  CallRequest request;
  request.agent = "assistant";
  request.settings.temperature = 0.1;
  request.settings.max_duration_s = 600;
  request.settings.first_speaker_settings = FirstSpeaker{false, "Hello?", "", 8, false};
  request.medium = {MediumType::twilio, "0415 555 0123", "AU"};
  CHECK(encode(request) ==
        R"({"agent":"assistant","temperature":0.1,"maxDuration":"600s",)"
        R"("firstSpeakerSettings":{"user":{"fallback":{"text":"Hello?","delay":"8s"}}},)"
        R"("medium":{"type":"twilio","phoneNumber":"0415 555 0123","region":"AU"},)"
        R"("quietHoursOverride":false})");
}

TEST_CASE("a text may have as many characters as its rule says, in any script") {
  const auto agent = [](std::size_t letters) {
    std::string name;
    for (std::size_t i = 0; i < letters; ++i) name += "\xD7\x90";
    return decode<Agent>(R"({"id":"a","name":")" + name + "\"}");
  };
  CHECK(agent(80).has_value());
  const auto longer = agent(81);
  REQUIRE_FALSE(longer.has_value());
  CHECK(longer.error().message.find("at most 80 characters") != std::string::npos);
}

TEST_CASE("every setting of a call request refuses what it cannot be, by name") {
  refused(decode<CallRequest>,
          {
              {R"({"systemPrompt":5})", invalid, "systemPrompt"},
              {R"({"systemPrompt":null})", invalid, "systemPrompt"},
              {R"({"systemPrompt":)" + text_of(32 * 1024 + 1) + "}", invalid, "systemPrompt"},
              {R"({"systemPrompt":"a\u0000b"})", invalid, "systemPrompt"},
              {R"({"model":""})", invalid, "model"},
              {R"({"model":["ultravox"]})", invalid, "model"},
              {R"({"model":)" + text_of(101) + "}", invalid, "model"},
              {R"({"model":"a\nb"})", invalid, "model"},
              {R"({"voice":true})", invalid, "voice"},
              {R"({"voice":""})", invalid, "voice"},
              {R"({"voice":)" + text_of(101) + "}", invalid, "voice"},
              {R"({"voice":"\u007f"})", invalid, "voice"},
              {R"({"languageHint":"en_US"})", invalid, "languageHint"},
              {R"({"languageHint":""})", invalid, "languageHint"},
              {R"({"languageHint":"en-Latn-US-x-very"})", invalid, "languageHint"},
              {R"({"temperature":"0.5"})", invalid, "temperature"},
              {R"({"temperature":1.01})", invalid, "temperature"},
              {R"({"temperature":-0.01})", invalid, "temperature"},
              {R"({"temperature":2})", invalid, "temperature"},
              {R"({"temperature":1e300})", invalid, "temperature"},
              {R"({"temperature":123456789012345678901234567890})", invalid, "temperature"},
              {R"({"temperature":true})", invalid, "temperature"},
              {R"({"timeExceededMessage":)" + text_of(1025) + "}", invalid, "timeExceededMessage"},
              {R"({"recordingEnabled":1})", invalid, "recordingEnabled"},
              {R"({"recordingEnabled":"true"})", invalid, "recordingEnabled"},
              {R"({"initialOutputMedium":"voice"})", invalid, "initialOutputMedium"},
              {R"({"agent":7})", invalid, "agent"},
              {R"({"agent":)" + text_of(129) + "}", invalid, "agent"},
              {R"({"agent":"a\r\nb"})", invalid, "agent"},
              {R"({"quietHoursOverride":0})", invalid, "quietHoursOverride"},
              {R"({"callKey":"x"})", unknown, "callKey"},
              {R"({"joinUrl":"wss://x"})", unknown, "joinUrl"},
              {R"({"settings":{}})", unknown, "settings"},
              {R"({"SystemPrompt":"x"})", unknown, "SystemPrompt"},
              {R"({"":1})", unknown, ""},
          });
}

TEST_CASE("durations are whole seconds in the vendor's form") {
  for (const char* good : {"600s", "600.0s", "600.000000000s"}) {
    const auto request = decode<CallRequest>(R"({"maxDuration":")" + std::string(good) + "\"}");
    REQUIRE(request.has_value());
    CHECK(request->settings.max_duration_s == 600);
  }
  for (const char* bad : {"\"600\"",
                          "600",
                          "\"600.5s\"",
                          "\"600.s\"",
                          "\"600.0000000000s\"",
                          "\"0600s\"",
                          "\"-600s\"",
                          "\"+600s\"",
                          "\" 600s\"",
                          "\"600s \"",
                          "\"10m\"",
                          "\"s\"",
                          "\"\"",
                          "\"9s\"",
                          "\"14401s\"",
                          "\"999999999999s\"",
                          "\"99999999999999999999s\"",
                          "\"6e2s\"",
                          "\"0x10s\"",
                          "null"}) {
    refused(decode<CallRequest>,
            {{R"({"maxDuration":)" + std::string(bad) + "}", invalid, "maxDuration"}});
  }
}

TEST_CASE("the medium is flat and its number stands with the phone alone") {
  refused(decode<CallRequest>,
          {
              {R"({"medium":"web"})", invalid, "medium"},
              {R"({"medium":{"type":"sip"}})", invalid, "medium.type"},
              {R"({"medium":{"type":"twilio"}})", missing, "medium.phoneNumber"},
              {R"({"medium":{"type":"twilio","phoneNumber":""}})", missing, "medium.phoneNumber"},
              {R"({"medium":{"type":"twilio","phoneNumber":14155550123}})", invalid,
               "medium.phoneNumber"},
              {R"({"medium":{"type":"twilio","phoneNumber":)" + text_of(257) + "}}", invalid,
               "medium.phoneNumber"},
              {R"({"medium":{"type":"twilio","phoneNumber":"1","region":"us"}})", invalid,
               "medium.region"},
              {R"({"medium":{"type":"web","region":"US"}})", invalid, "medium.region"},
              {R"({"medium":{"type":"web","phoneNumber":"+14155550123"}})", invalid,
               "medium.phoneNumber"},
              {R"({"medium":{"phoneNumber":"+14155550123"}})", invalid, "medium.phoneNumber"},
              {R"({"medium":{"type":"web","config":{}}})", unknown, "medium.config"},
              {R"({"voicemail":"hang-up"})", invalid, "voicemail"},
              {R"({"voicemailMessage":"Bye"})", invalid, "voicemailMessage"},
              {R"({"voicemail":"hang_up","medium":{"type":"twilio","phoneNumber":"+1"}})", invalid,
               "voicemail"},
          });
}

TEST_CASE("initial messages have a speaker and a text") {
  std::string many = R"({"initialMessages":[)";
  for (int i = 0; i < 101; ++i) many += R"({"role":"MESSAGE_ROLE_USER","text":"a"},)";
  many.back() = ']';
  refused(decode<CallRequest>,
          {
              {R"({"initialMessages":{}})", invalid, "initialMessages"},
              {R"({"initialMessages":["hello"]})", invalid, "initialMessages[0]"},
              {R"({"initialMessages":[{"text":"a"}]})", missing, "initialMessages[0].role"},
              {R"({"initialMessages":[{"role":"MESSAGE_ROLE_USER","text":"a"},{"role":"USER"}]})",
               invalid, "initialMessages[1].role"},
              {R"({"initialMessages":[{"role":"MESSAGE_ROLE_USER","text":1}]})", invalid,
               "initialMessages[0].text"},
              {R"({"initialMessages":[{"role":"MESSAGE_ROLE_USER","medium":"x"}]})", unknown,
               "initialMessages[0].medium"},
              {many + "}", invalid, "initialMessages"},
          });
}

TEST_CASE("a tool is exactly one thing and cannot make the vendor call an address") {
  const std::string deep = R"("parameterOverrides":)" + [] {
    std::string json;
    for (int i = 0; i < 16; ++i) json += R"({"a":)";
    return json + "{}" + std::string(16, '}');
  }();
  std::string many;
  for (int i = 0; i < 33; ++i) many += R"({"toolId":"a"},)";
  many.pop_back();
  refused(
      decode<CallRequest>,
      {
          {R"({"selectedTools":{}})", invalid, "selectedTools"},
          {tools("{}"), invalid, "selectedTools[0]"},
          {tools(R"({"toolId":"a","toolName":"b"})"), invalid, "selectedTools[0]"},
          {tools(R"({"toolName":"hangUp","authTokens":{"x":"y"}})"), unknown,
           "selectedTools[0].authTokens"},
          {tools(R"({"toolName":1})"), invalid, "selectedTools[0].toolName"},
          {tools(R"({"toolName":)" + text_of(65) + "}"), invalid, "selectedTools[0].toolName"},
          {tools(R"({"toolId":"a\tb"})"), invalid, "selectedTools[0].toolId"},
          {tools(R"({"toolName":"a","nameOverride":"end call"})"), invalid,
           "selectedTools[0].nameOverride"},
          {tools(R"({"toolName":"a","descriptionOverride":)" + text_of(4097) + "}"), invalid,
           "selectedTools[0].descriptionOverride"},
          {tools(R"({"toolName":"a","parameterOverrides":[]})"), invalid,
           "selectedTools[0].parameterOverrides"},
          {tools(R"({"toolName":"a",)" + deep + "}"), invalid,
           "selectedTools[0].parameterOverrides"},
          {tools(R"({"toolName":"a","parameterOverrides":{"a":)" + text_of(16 * 1024) + "}}"),
           invalid, "selectedTools[0].parameterOverrides"},
          {tools(R"({"toolName":"a"},{"toolName":"a"})"), invalid, "selectedTools[1]"},
          {tools(R"({"toolName":"a"},{"toolName":"b","nameOverride":"a"})"), invalid,
           "selectedTools[1]"},
          {tools(many), invalid, "selectedTools"},
          {tools(R"({"temporaryTool":{"modelToolName":"a"}})"), missing,
           "selectedTools[0].temporaryTool.client"},
          {tools(R"({"temporaryTool":{"client":{}}})"), missing,
           "selectedTools[0].temporaryTool.modelToolName"},
          {tools(R"({"temporaryTool":{"modelToolName":"a b","client":{}}})"), invalid,
           "selectedTools[0].temporaryTool.modelToolName"},
          {tools(R"({"temporaryTool":{"modelToolName":"a","client":{"x":1}}})"), invalid,
           "selectedTools[0].temporaryTool.client"},
          {client_tool(R"("http":{"baseUrlPattern":"http://127.0.0.1"})"), unknown,
           "selectedTools[0].temporaryTool.http"},
          {client_tool(R"("dynamicParameters":[{"schema":{}}])"), missing,
           "selectedTools[0].temporaryTool.dynamicParameters[0].name"},
          {client_tool(R"("dynamicParameters":[{"name":"a"}])"), missing,
           "selectedTools[0].temporaryTool.dynamicParameters[0].schema"},
          {client_tool(R"("dynamicParameters":[{"name":"a","schema":true}])"), invalid,
           "selectedTools[0].temporaryTool.dynamicParameters[0].schema"},
          {client_tool(
               R"("dynamicParameters":[{"name":"a","schema":{},"location":"PARAMETER_LOCATION_PATH"}])"),
           invalid, "selectedTools[0].temporaryTool.dynamicParameters[0].location"},
          {client_tool(R"("dynamicParameters":[{"name":"a","schema":{},"required":"yes"}])"),
           invalid, "selectedTools[0].temporaryTool.dynamicParameters[0].required"},
      });
}

TEST_CASE("a tool of the page is refused on a phone call, with a sentence") {
  const auto result = decode<CallRequest>(
      R"({"medium":{"type":"twilio","phoneNumber":"+14155550123"},"selectedTools":[{"toolName":"hangUp"},)"
      R"({"temporaryTool":{"modelToolName":"updateOrder","client":{}}}]})");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().field == "selectedTools[1].temporaryTool");
  CHECK(result.error().message.find("cannot work on a phone call") != std::string::npos);
}

TEST_CASE("exactly one side opens the conversation, with words or an instruction") {
  refused(
      decode<CallRequest>,
      {
          {R"({"firstSpeakerSettings":{}})", invalid, "firstSpeakerSettings"},
          {R"({"firstSpeakerSettings":{"agent":{},"user":{}}})", invalid, "firstSpeakerSettings"},
          {R"({"firstSpeakerSettings":{"agent":{"text":"a","prompt":"b"}}})", invalid,
           "firstSpeakerSettings.agent.prompt"},
          {R"({"firstSpeakerSettings":{"user":{"fallback":{"text":"a","prompt":"b"}}}})", invalid,
           "firstSpeakerSettings.user.fallback.prompt"},
          {R"({"firstSpeakerSettings":{"agent":{"delay":"301s"}}})", invalid,
           "firstSpeakerSettings.agent.delay"},
          {R"({"firstSpeakerSettings":{"user":{"uninterruptible":true}}})", unknown,
           "firstSpeakerSettings.user.uninterruptible"},
          {R"({"firstSpeakerSettings":{"user":{"fallback":{"uninterruptible":true}}}})", unknown,
           "firstSpeakerSettings.user.fallback.uninterruptible"},
          {R"({"firstSpeakerSettings":"FIRST_SPEAKER_USER"})", invalid, "firstSpeakerSettings"},
      });
  const auto user = decode<CallRequest>(R"({"firstSpeakerSettings":{"user":{}}})");
  REQUIRE(user.has_value());
  CHECK_FALSE(user->settings.first_speaker_settings->agent);
  CHECK(encode(*user).find(R"("firstSpeakerSettings":{"user":{}})") != std::string::npos);
}

TEST_CASE("a request to say something survives the way to JSON and back") {
  using Kind = SayRequest::Kind;
  for (const SayRequest& say :
       {SayRequest{Kind::text, "Hello", "immediate"}, SayRequest{Kind::say, "One moment", "later"},
        SayRequest{Kind::wrap_up, "", "soon"}, SayRequest{Kind::goodbye, "Good-bye!", "soon"}}) {
    CHECK(decode<SayRequest>(encode(say)) == Result<SayRequest>(say));
  }
  CHECK(decode<SayRequest>(R"({"text":"Hi"})")->urgency == "soon");
  refused(decode<SayRequest>, {
                                  {"{}", missing, "text"},
                                  {R"({"kind":"say"})", missing, "text"},
                                  {R"({"kind":"say","text":""})", missing, "text"},
                                  {R"({"kind":"shout","text":"a"})", invalid, "kind"},
                                  {R"({"text":)" + text_of(4097) + "}", invalid, "text"},
                                  {R"({"text":"a","urgency":"now"})", invalid, "urgency"},
                                  {R"({"text":"a","urgency":""})", invalid, "urgency"},
                                  {R"({"text":"a","toolCalls":[]})", unknown, "toolCalls"},
                              });
}

TEST_CASE("a request to end a call says why, and is a press of End when it does not") {
  for (const HangUpWhy why :
       {HangUpWhy::pressed, HangUpWhy::line_lost, HangUpWhy::agent_left, HangUpWhy::tab_closed}) {
    CHECK(decode<HangUpRequest>(encode(HangUpRequest{why})) ==
          Result<HangUpRequest>(HangUpRequest{why}));
  }
  CHECK(encode(HangUpRequest{HangUpWhy::line_lost}) == R"({"why":"line_lost"})");
  CHECK(decode<HangUpRequest>("{}")->why == HangUpWhy::pressed);
  refused(decode<HangUpRequest>, {{R"({"why":"bored"})", invalid, "why"},
                                  {R"({"why":3})", invalid, "why"},
                                  {R"({"reason":"pressed"})", unknown, "reason"}});
}

TEST_CASE("a request to check a number survives the way to JSON and back") {
  for (const PhoneCheckRequest& check :
       {PhoneCheckRequest{"(415) 555-0123", "US"}, PhoneCheckRequest{"+44 20 7183 8750", ""}}) {
    CHECK(decode<PhoneCheckRequest>(encode(check)) == Result<PhoneCheckRequest>(check));
  }
  refused(decode<PhoneCheckRequest>,
          {
              {"{}", missing, "phoneNumber"},
              {R"({"phoneNumber":""})", invalid, "phoneNumber"},
              {R"({"phoneNumber":)" + text_of(257) + "}", invalid, "phoneNumber"},
              {R"({"phoneNumber":"1","region":"us"})", invalid, "region"},
              {R"({"phoneNumber":"1","region":"USA"})", invalid, "region"},
              {R"({"phoneNumber":"1","country":"US"})", unknown, "country"},
          });
}

TEST_CASE("an agent survives the way to JSON and back") {
  Agent minimal;
  minimal.id = "a";
  minimal.name = "A";
  for (const Agent& agent : {minimal, samples::agent()}) {
    const auto back = decode<Agent>(encode(agent));
    REQUIRE(back.has_value());
    CHECK(*back == agent);
  }
  refused(
      decode<Agent>,
      {
          {R"({"name":"A"})", missing, "id"},
          {R"({"id":"a"})", missing, "name"},
          {R"({"id":"-a","name":"A"})", invalid, "id"},
          {R"({"id":"A","name":"A"})", invalid, "id"},
          {R"({"id":"../../etc/passwd","name":"A"})", invalid, "id"},
          {R"({"id":)" + text_of(64) + R"(,"name":"A"})", invalid, "id"},
          {R"({"id":"a","name":""})", invalid, "name"},
          {R"({"id":"a","name":)" + text_of(81) + "}", invalid, "name"},
          {R"({"id":"a","name":"A","description":"two\nlines"})", invalid, "description"},
          {R"({"id":"a","name":"A","overview":5})", invalid, "overview"},
          {R"({"id":"a","name":"A","media":["phone"]})", invalid, "media[0]"},
          {R"({"id":"a","name":"A","media":["web","web","web"]})", invalid, "media"},
          {R"({"id":"a","name":"A","builtIn":"no"})", invalid, "builtIn"},
          {R"({"id":"a","name":"A","settings":[]})", invalid, "settings"},
          {R"({"id":"a","name":"A","settings":{"voice":1}})", invalid, "settings.voice"},
          {R"({"id":"a","name":"A","settings":{"selectedTools":[{"toolName":"a"},{"temporaryTool":)"
           R"({"modelToolName":"?","client":{}}}]}})",
           invalid, "settings.selectedTools[1].temporaryTool.modelToolName"},
          {R"({"id":"a","name":"A","apiKey":"x"})", unknown, "apiKey"},
      });
}

TEST_CASE(
    "each setting of a request stands before the agent's, and the agent's where there is none") {
  CallSettings all = samples::phone_request().settings;
  all.selected_tools = samples::settings().selected_tools;
  CHECK(merge({}, all) == all);
  CHECK(merge(all, {}) == all);
  CallSettings other;
  other.system_prompt = "";
  other.temperature = 0;
  other.selected_tools.emplace();
  other.first_speaker_settings.emplace();
  other.recording_enabled = false;
  CallSettings mixed = all;
  mixed.system_prompt = "";
  mixed.temperature = 0;
  mixed.selected_tools->clear();
  mixed.first_speaker_settings = FirstSpeaker{};
  mixed.recording_enabled = false;
  CHECK(merge(all, other) == mixed);
}

}  // namespace
}  // namespace voxdial
