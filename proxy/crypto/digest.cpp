#include "proxy/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace voxdial::crypto {
namespace {

using Buffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string bytes_of(const Buffer& buffer, unsigned size) {
  return {reinterpret_cast<const char*>(buffer.data()), size};
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view data) {
  Buffer out;
  unsigned size = 0;
  // An empty key has a null pointer in some string_views, which OpenSSL would read as "the last
  // key".
  const char* key_data = key.empty() ? "" : key.data();
  const auto* made =
      HMAC(digest, key_data, static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), &size);
  // Fails only when the digest does not exist in this build of OpenSSL.
  assert(made != nullptr);
  return made == nullptr ? std::string() : bytes_of(out, size);
}

}  // namespace

std::string sha256(std::string_view data) {
  Buffer out;
  unsigned size = 0;
  const int made = EVP_Digest(data.data(), data.size(), out.data(), &size, EVP_sha256(), nullptr);
  assert(made == 1);
  return made == 1 ? bytes_of(out, size) : std::string();
}

std::string hmac_sha1(const Secret& key, std::string_view data) {
  return hmac(EVP_sha1(), key.reveal(), data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  return hmac(EVP_sha256(), key, data);
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out.pop_back();
  return out;
}

std::string to_base64url(std::string_view bytes) {
  std::string out = to_base64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  std::erase(out, '=');
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string derive_key(const Secret& key, std::string_view purpose) {
  return to_hex(hmac_sha256(key.reveal(), purpose));
}

}  // namespace voxdial::crypto
