#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/crypto/digest.h"
#include "proxy/crypto/password.h"

using namespace voxdial;
using namespace voxdial::crypto;

namespace {

Secret secret(std::string text) { return Secret(std::move(text)); }

// Cheap enough for a test; the default costs 20 ms.
constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1, .lanes = 1};
const std::string salt = "0123456789abcdef";

}  // namespace

// FIPS 180-4 examples; RFC 2202 and RFC 4231 test cases 1, 2, 3 and 6.
TEST_CASE("Digests agree with their standards", "[crypto]") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(hmac_sha1(secret(std::string(20, '\x0b')), "Hi There")) ==
        "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(to_hex(hmac_sha1(secret("Jefe"), "what do ya want for nothing?")) ==
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(to_hex(hmac_sha256("", "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// RFC 4648 section 10.
TEST_CASE("Base 64 agrees with its standard", "[crypto]") {
  struct Row {
    const char* plain;
    const char* coded;
    const char* url;
  };
  const Row row = GENERATE(
      Row{"", "", ""}, Row{"f", "Zg==", "Zg"}, Row{"fo", "Zm8=", "Zm8"}, Row{"foo", "Zm9v", "Zm9v"},
      Row{"foob", "Zm9vYg==", "Zm9vYg"}, Row{"fooba", "Zm9vYmE=", "Zm9vYmE"},
      Row{"foobar", "Zm9vYmFy", "Zm9vYmFy"}, Row{"\xFB\xFF\xFE", "+//+", "-__-"});
  CHECK(to_base64(row.plain) == row.coded);
  CHECK(to_base64url(row.plain) == row.url);
}

TEST_CASE("Bytes past ASCII show in hex", "[crypto]") {
  CHECK(to_hex(std::string("\x00\x7f\x80\xff", 4)) == "007f80ff");
}

TEST_CASE("Equality looks at every byte and at the length", "[crypto]") {
  CHECK(constant_time_equal("", ""));
  CHECK(constant_time_equal("abc", "abc"));
  CHECK_FALSE(constant_time_equal("abc", "abd"));
  CHECK_FALSE(constant_time_equal("abc", "xbc"));
  CHECK_FALSE(constant_time_equal("abc", "abcd"));
  CHECK_FALSE(constant_time_equal("", "a"));
}

TEST_CASE("A derived key is stable, of its purpose and of its key", "[crypto]") {
  const Secret key = secret("key");
  CHECK(derive_key(key, "a") == derive_key(secret("key"), "a"));
  CHECK(derive_key(key, "a").size() == 64);
  CHECK(derive_key(key, "a") != derive_key(key, "b"));
  CHECK(derive_key(key, "a") != derive_key(secret("kez"), "a"));
}

TEST_CASE("A password is known by its hash", "[crypto]") {
  const auto hash = password_hash("correct horse", salt, cheap);
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  CHECK(password_verify("correct horse", *hash));
  CHECK_FALSE(password_verify("correct hors", *hash));
  CHECK_FALSE(password_verify("correct horse ", *hash));
  CHECK_FALSE(password_verify("", *hash));
  CHECK(*password_hash("correct horse", "another salt 16b", cheap) != *hash);
}

TEST_CASE("Any bytes can be a password", "[crypto]") {
  const std::string password = GENERATE(std::string(), std::string("a\0b", 3),
                                        std::string("\xFF\xFE"), std::string(1000, 'x'));
  const auto hash = password_hash(password, salt, cheap);
  REQUIRE(hash);
  CHECK(password_verify(password, *hash));
  CHECK_FALSE(password_verify(password + "x", *hash));
}

TEST_CASE("The default cost is what the header says", "[crypto]") {
  const auto hash = password_hash("x", salt);
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(password_verify("x", *hash));
}

TEST_CASE("Text that is no Argon2id hash, or asks for too much, matches nothing", "[crypto]") {
  const std::string encoded = GENERATE(
      as<std::string>{}, "", "x", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$MDEyMzQ1Njc$AAAA",
      "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=64,t=1,p=1$", "$argon2id$v=19$m=64,t=1",
      "$argon2id$v=19$m=4000000,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aaaaaaaaaaaaaaaaaaaaaa",
      "$argon2id$v=19$m=64,t=4000000,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aaaaaaaaaaaaaaaaaaaaaa",
      "$argon2id$v=19$m=99999999999,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aaaaaaaaaaaaaaaaaaaa",
      "$argon2id$v=19$m=64,t=1,p=-1$MDEyMzQ1Njc4OWFiY2RlZg$aaaaaaaaaaaaaaaaaaaa");
  CAPTURE(encoded);
  CHECK_FALSE(password_verify("x", encoded));
}

TEST_CASE("A salt that is too short is an error, not a weak hash", "[crypto]") {
  CHECK_FALSE(password_hash("x", "short", cheap));
}
