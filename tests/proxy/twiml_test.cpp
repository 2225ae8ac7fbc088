#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/vendors/twilio/twilio.h"
#include "proxy/vendors/ultravox/ultravox.h"

using namespace voxdial;

TEST_CASE("The call's audio is connected to the agent", "[twiml]") {
  CHECK(*twilio::twiml_stream("wss://voice.ultravox.ai/calls/1b2c/telephony") ==
        "<Response><Connect><Stream url=\"wss://voice.ultravox.ai/calls/1b2c/telephony\"/>"
        "</Connect></Response>");
  CHECK(*twilio::twiml_stream("ws://127.0.0.1:9000/calls/1") ==
        "<Response><Connect><Stream url=\"ws://127.0.0.1:9000/calls/1\"/></Connect></Response>");
}

TEST_CASE("An ampersand in the address is escaped", "[twiml]") {
  CHECK(twilio::twiml_stream("wss://h/calls/1?a=1&b=2")->find("a=1&amp;b=2\"") !=
        std::string::npos);
}

TEST_CASE("Only an address that cannot break out is used", "[twiml]") {
  const std::string url = GENERATE(
      as<std::string>{}, "", "wss://", "wss:///calls", "https://voice.ultravox.ai/calls/1",
      "WSS://voice.ultravox.ai/1", "ws://voice.ultravox.ai/calls/1", "ws://127.0.0.1.evil.example/",
      "ws://localhost.evil.example/", "//voice.ultravox.ai/1", "javascript:alert(1)",
      "wss://h/\"/><Dial>+19005551234</Dial><Stream url=\"wss://h/", "wss://h/'x", "wss://h/<x",
      "wss://h/>x", "wss://h/a b", "wss://h/a\nb", "wss://h/a\tb", "wss://h/\x01", "wss://h/\x7F",
      "wss://h/\xC3\xA9", "wss://h\\@evil.example/", "wss://user:pass@h/", "wss://h@evil.example/",
      "wss://h:x/", "wss://h:/", "wss://h:123456/", "wss://h:99999/", "wss://h:0/", "wss://127.1/",
      "wss://h:80:80/", "wss://[::1/", "wss://[x]/", "wss://h/#fragment", "wss://h/`x`",
      "wss://h/{x}", " wss://h/", "wss://h/ ");
  CAPTURE(url);
  CHECK_FALSE(ultravox::valid_join_url(url));
  const auto twiml = twilio::twiml_stream(url);
  REQUIRE_FALSE(twiml);
  CHECK(twiml.error().code == ErrorCode::vendor_bad_reply);
  CHECK(twiml.error().provider == Provider{"ultravox", 0});
}

TEST_CASE("A NUL or an endless address is refused", "[twiml]") {
  CHECK_FALSE(twilio::twiml_stream(std::string("wss://h/") + '\0' + "x"));
  CHECK_FALSE(twilio::twiml_stream("wss://h/" + std::string(5000, 'a')));
  CHECK(twilio::twiml_stream("wss://h/" + std::string(1900, 'a')));
}

TEST_CASE("Instructions never pass Twilio's 4000 characters", "[twiml]") {
  const auto twiml = twilio::twiml_stream("wss://h/?" + std::string(1500, '&'));
  CHECK_FALSE(twiml);  // five characters for each
}

TEST_CASE("Usual hosts are fine", "[twiml]") {
  const std::string url =
      GENERATE(as<std::string>{}, "wss://voice.ultravox.ai/calls/1", "wss://h", "wss://h:8443/x",
               "wss://prod-voice-abc.a.run.app/calls/1", "wss://[2001:db8::1]:443/x",
               "ws://localhost:9000/x", "ws://[::1]:9000/x", "ws://127.0.0.1/x");
  CAPTURE(url);
  CHECK(ultravox::valid_join_url(url));
}
