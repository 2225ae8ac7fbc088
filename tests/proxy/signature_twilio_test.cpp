#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/crypto/digest.h"
#include "proxy/twilio/web_url.h"
#include "proxy/twilio/webhook.h"
#include "proxy/vendor/vendor_error.h"

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

std::string encoded(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + '=' + percent_encode(value);
  }
  return out;
}

/// The signature Twilio would make over exactly this text.
std::string sign(const std::string& text) {
  return crypto::to_base64(crypto::hmac_sha1(token, text));
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
      Row{"http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
      Row{"https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10="},
      Row{"https://user@mycompany.com/myapp.php?foo=1&bar=2", "2YRLlVAflCqxaNicjMpJcSTgzSs="},
      Row{"https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="},
      Row{"https://mycompany.com/myapp.php?foo=1&bar=2&Body=It's+amazing",
          "TfZzewPq8wqrGlMfyAud8+/IvJ0="});
  CAPTURE(row.url, row.signature);
  CHECK(signature_valid(token, row.url, params, row.signature));
  CHECK(request_signature_valid(token, row.url, encoded(params), row.signature));
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

TEST_CASE("A JSON callback is signed by its address, which holds the body's hash", "[signature]") {
  const std::string body = R"({"property": "value", "boolean": true})";
  const std::string hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  const std::string signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
  CHECK(request_signature_valid(token, address + "&bodySHA256=" + hash, body, signature));
  CHECK(request_signature_valid(token, "https://mycompany.com/myapp.php?bodySHA256=" + hash, body,
                                "y77kIzt2vzLz71DgmJGsen2scGs="));
  const std::string empty_hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  CHECK(request_signature_valid(token, address + "&bodySHA256=" + empty_hash, "{}",
                                "Ldidvp12m26NI7eqEvxnEpkd9Hc="));
  // An empty body counts as "{}", as in the SDK.
  CHECK(request_signature_valid(token, address + "&bodySHA256=" + empty_hash, "",
                                "Ldidvp12m26NI7eqEvxnEpkd9Hc="));

  SECTION("another body is refused") {
    CHECK_FALSE(
        request_signature_valid(token, address + "&bodySHA256=" + hash, body + " ", signature));
  }
  SECTION("a hash of other letters is refused although it is signed") {
    const std::string url = address + "&bodySHA256=" + crypto::to_hex("x");
    CHECK_FALSE(request_signature_valid(token, url, body, sign(url)));
  }
  SECTION("no hash, no JSON callback") {
    CHECK_FALSE(body_signature_valid(token, address, body, sign(address)));
  }
  SECTION("the first of two hashes counts") {
    const std::string url = address + "&bodySHA256=00&bodySHA256=" + hash;
    CHECK_FALSE(request_signature_valid(token, url, body, sign(url)));
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
  CHECK_FALSE(signature_valid(token, "https://mycompany.org/myapp.php?foo=1&bar=2", params, good));
  CHECK_FALSE(signature_valid(Secret(std::string("12346")), address, params, good));
  CHECK_FALSE(signature_valid(token, address, {}, good));
  Form more = params;
  more.emplace_back("Extra", "1");
  CHECK_FALSE(signature_valid(token, address, more, good));
  Form other = params;
  other[2].second = "1235";
  CHECK_FALSE(signature_valid(token, address, other, good));
  // Moving a character from a value to the next name changes nothing that is signed but is another
  // form; only the order of names keeps it apart.
  CHECK_FALSE(signature_valid(token, "not a url", params, sign("not a url")));
  CHECK_FALSE(signature_valid(token, "ftp://x/", {}, sign("ftp://x/")));
}

TEST_CASE("Without a token nothing is valid, however it was signed", "[signature]") {
  const std::string signed_with_nothing =
      crypto::to_base64(crypto::hmac_sha1(Secret(), "https://mycompany.com/"));
  CHECK_FALSE(signature_valid(Secret(), "https://mycompany.com/", {}, signed_with_nothing));
}

TEST_CASE("A body that is no form has no valid signature", "[signature]") {
  CHECK_FALSE(request_signature_valid(token, address, "a=%zz", sign(address + "a%zz")));
  CHECK_FALSE(request_signature_valid(token, address, "a=%00", sign(address + "a" + '\0')));
}

// Each row: the address as configured, and a text over which a signature is accepted. All were
// checked against the SDK, versions 5 and 6.
TEST_CASE("An address is signed as it stands or as browsers write it", "[signature]") {
  struct Row {
    std::string url;
    std::string written;
  };
  const Row row = GENERATE(
      Row{"https://MyCompany.COM/a", "https://mycompany.com/a"},
      Row{"HTTPS://mycompany.com", "https://mycompany.com/"},
      Row{"https://mycompany.com", "https://mycompany.com:443/"},
      Row{"https://mycompany.com:443/a", "https://mycompany.com/a"},
      Row{"https://mycompany.com:443/a", "https://mycompany.com:443/a"},
      Row{"http://mycompany.com:80/a", "http://mycompany.com:80/a"},
      Row{"https://mycompany.com:80/a", "https://mycompany.com:80/a"},
      Row{"https://mycompany.com:80/a", "https://mycompany.com/a"},
      Row{"https://mycompany.com/a/../b/./c", "https://mycompany.com/b/c"},
      Row{"https://mycompany.com/a b", "https://mycompany.com/a%20b"},
      Row{"https://mycompany.com/?q=a b", "https://mycompany.com/?q=a%20b"},
      Row{"https://mycompany.com/?q=\"<>", "https://mycompany.com/?q=%22%3C%3E"},
      Row{"https://mycompany.com/?q=é", "https://mycompany.com/?q=%C3%A9"},
      Row{"https://mycompany.com/?q=%c3%a9", "https://mycompany.com/?q=%C3%A9"},    // legacy
      Row{"https://mycompany.com/?q=a+b", "https://mycompany.com/?q=a%20b"},        // legacy
      Row{"https://mycompany.com/?q=It's", "https://mycompany.com/?q=It's"},        // legacy
      Row{"https://mycompany.com/?q=a:b/c", "https://mycompany.com/?q=a%3Ab%2Fc"},  // legacy
      Row{"https://mycompany.com/?b=1&a=2&b=3", "https://mycompany.com/?b=1&b=3&a=2"},
      Row{"https://mycompany.com/?b=1&2=x&1=y", "https://mycompany.com/?1=y&2=x&b=1"},
      Row{"https://mycompany.com/?flag", "https://mycompany.com/?flag="},
      Row{"https://mycompany.com:8443/?q=a+b", "https://mycompany.com:8443/?q=a%20b"},
      Row{"https://mycompany.com/?q=It's", "https://mycompany.com/?q=It%27s"},
      Row{"https://MyCompany.COM:8443/a b?q='", "https://MyCompany.COM/a b?q='"},
      Row{"https://MyCompany.COM/a/../b", "https://MyCompany.COM:443/a/../b"},
      Row{"https://MyCompany.COM/?q=a+b", "https://mycompany.com:443/?q=a%20b"},
      Row{"https://[::1]:8443/a", "https://[::1]/a"}, Row{"https://[::1]/a", "https://[::1]:443/a"},
      Row{"https://mycompany.com/?", "https://mycompany.com/?"},
      Row{"https://mycompany.com/?", "https://mycompany.com:443/"});
  CAPTURE(row.url, row.written);
  CHECK(signature_valid(token, row.url, {}, sign(row.written)));
  CHECK(signature_valid(token, row.url, {{"a", "1"}}, sign(row.written + "a1")));
}

TEST_CASE("Parameters are signed in the order of JavaScript's sort", "[signature]") {
  // U+1F600 is two surrogates (D83D...), which sort before U+E000.
  const std::string url = "https://mycompany.com/";
  CHECK(signature_valid(token, url, {{"\xEE\x80\x80", "2"}, {"\xF0\x9F\x98\x80", "1"}},
                        sign(url + "\xF0\x9F\x98\x80"
                                   "1"
                                   "\xEE\x80\x80"
                                   "2")));
  CHECK(signature_valid(token, url, {{"a", "1"}, {"B", "2"}, {"10", "3"}, {"2", "4"}},
                        sign(url + "103"
                                   "24"
                                   "B2"
                                   "a1")));
  CHECK(signature_valid(token, url, {{"b", ""}, {"a", ""}}, sign(url + "ab")));
}

TEST_CASE("Odd hosts are no web address of ours", "[signature]") {
  const std::string url = GENERATE(as<std::string>{}, "https://", "https:///", "https://a b/",
                                   "https://exa<mple/", "https://[::1/", "https://h:65536/",
                                   "https://h:8x/", "https://1.2.3/", "//mycompany.com/", "");
  CAPTURE(url);
  CHECK_FALSE(parse_web_url(url).has_value());
}
