#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/crypto/digest.h"
#include "proxy/vendors/twilio/webhook.h"

using namespace voxdial;
using namespace voxdial::twilio;

namespace {

const Secret token(std::string("12345"));
const std::string address = "https://mycompany.com/myapp.php?foo=1&bar=2";
const std::string good = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const Form params = {{"CallSid", "CA1234567890ABCDE"},
                     {"Caller", "+14158675309"},
                     {"Digits", "1234"},
                     {"From", "+14158675309"},
                     {"To", "+18005551212"}};

/// The signature Twilio would make over exactly this text.
std::string sign(const std::string& text) {
  return crypto::to_base64(crypto::hmac_sha1(token, text));
}

/// `text` with its byte at `i` changed to another printable one.
std::string changed(std::string text, std::size_t i) {
  text[i] = text[i] == 'x' ? 'y' : 'x';
  return text;
}

}  // namespace

// The vectors of Twilio's own SDK (twilio-node spec/validation.spec.js).
TEST_CASE("A form callback signed by Twilio is accepted", "[signature]") {
  struct Row {
    std::string url;
    std::string signature;
  };
  const Row row = GENERATE(
      Row{"https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
      Row{"https://mycompany.com:1234/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
      Row{"https://mycompany.com/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w="},
      Row{"http://mycompany.com/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="},
      Row{"http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="});
  CAPTURE(row.url, row.signature);
  CHECK(signature_valid(token, row.url, params, row.signature));
}

TEST_CASE("Repeated parameters are signed once each and in order", "[signature]") {
  CHECK(signature_valid(
      token, address,
      {{"MessagingBinding.Address", "+1325xxxxxxx"}, {"MessagingBinding.Address", "+1415xxxxxxx"}},
      "83O6e2vORAoJHUNzJjDWN1jz+BA="));
  CHECK(signature_valid(
      token, address,
      {{"MessagingBinding.Address", "+1415xxxxxxx"}, {"MessagingBinding.Address", "+1325xxxxxxx"}},
      "83O6e2vORAoJHUNzJjDWN1jz+BA="));
  CHECK(signature_valid(token, address,
                        {{"Sid", "CA123"},
                         {"SidAccount", "AC123"},
                         {"Digits", "5678"},
                         {"Digits", "1234"},
                         {"Digits", "1234"}},
                        "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
}

TEST_CASE("Our address is accepted as signed with its port and without", "[signature]") {
  struct Row {
    std::string url;
    std::string written;
  };
  const std::string path = "/api/twilio/status?call=c1";
  const Row row = GENERATE_COPY(
      Row{"https://voice.example.com" + path, "https://voice.example.com" + path},
      Row{"https://voice.example.com" + path, "https://voice.example.com:443" + path},
      Row{"https://voice.example.com:8443" + path, "https://voice.example.com" + path},
      Row{"https://voice.example.com:8443" + path, "https://voice.example.com:8443" + path},
      Row{"http://localhost" + path, "http://localhost:80" + path},
      Row{"wss://voice.example.com" + path, "wss://voice.example.com" + path},
      Row{"wss://voice.example.com" + path, "wss://voice.example.com:443" + path},
      Row{"https://[::1]:8443" + path, "https://[::1]" + path},
      Row{"https://[::1]" + path, "https://[::1]:443" + path});
  CAPTURE(row.url, row.written);
  CHECK(signature_valid(token, row.url, {}, sign(row.written)));
  CHECK(signature_valid(token, row.url, {{"a", "1"}}, sign(row.written + "a1")));
  CHECK_FALSE(signature_valid(token, row.url, {{"a", "1"}}, sign(row.written)));
}

TEST_CASE("Another port than ours is another address", "[signature]") {
  const std::string written = "https://mycompany.com:8443/";
  CHECK_FALSE(signature_valid(token, "https://mycompany.com/", {}, sign(written)));
  CHECK_FALSE(signature_valid(token, "https://mycompany.com:8444/", {}, sign(written)));
}

TEST_CASE("A callback with any byte changed is refused", "[signature]") {
  REQUIRE(signature_valid(token, address, params, good));
  for (std::size_t i = 0; i < address.size(); ++i) {
    CAPTURE(changed(address, i));
    CHECK_FALSE(signature_valid(token, changed(address, i), params, good));
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(changed(good, i));
    CHECK_FALSE(signature_valid(token, address, params, changed(good, i)));
  }
  for (std::size_t field = 0; field < params.size(); ++field) {
    Form other = params;
    auto& [name, value] = other[field];
    for (std::string* text : {&name, &value}) {
      const std::string was = *text;
      for (std::size_t i = 0; i < was.size(); ++i) {
        *text = changed(was, i);
        CAPTURE(name, value);
        CHECK_FALSE(signature_valid(token, address, other, good));
      }
      *text = was;
    }
  }
}

TEST_CASE("What Twilio did not sign is refused", "[signature]") {
  CHECK_FALSE(signature_valid(token, address, params, ""));
  CHECK_FALSE(signature_valid(token, address, params, "WRONG_SIGNATURE"));
  CHECK_FALSE(signature_valid(token, address, params, good.substr(0, good.size() - 1)));
  CHECK_FALSE(signature_valid(token, address, params, good + "="));
  CHECK_FALSE(signature_valid(token, address, params, " " + good));
  CHECK_FALSE(signature_valid(token, address + "&x=1", params, good));
  CHECK_FALSE(signature_valid(token, "http://mycompany.com/myapp.php?foo=1&bar=2", params, good));
  CHECK_FALSE(signature_valid(Secret(std::string("12346")), address, params, good));
  CHECK_FALSE(signature_valid(token, address, {}, good));
  Form more = params;
  more.emplace_back("Extra", "1");
  CHECK_FALSE(signature_valid(token, address, more, good));
  CHECK_FALSE(signature_valid(token, "not a url", params, sign("not a url")));
  CHECK_FALSE(signature_valid(token, "ftp://x/", {}, sign("ftp://x/")));
}

TEST_CASE("Without a token nothing is valid, however it was signed", "[signature]") {
  const std::string signed_with_nothing =
      crypto::to_base64(crypto::hmac_sha1(Secret(), "https://mycompany.com/"));
  CHECK_FALSE(signature_valid(Secret(), "https://mycompany.com/", {}, signed_with_nothing));
}
