#include "proxy/crypto/password.h"

#include <argon2.h>

#include <charconv>
#include <cstdint>
#include <optional>

namespace voxdial::crypto {
namespace {

constexpr std::size_t hash_bytes = 32;
constexpr PasswordCost most{.memory_kib = 256 * 1024, .passes = 16, .lanes = 16};

/// Takes `prefix` and the number behind it off `text`.
std::optional<unsigned> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// The library spends whatever the text asks for; a users file with a slipped digit must not take
/// the server down.
bool affordable(std::string_view encoded) {
  const auto version = take_number(encoded, "$argon2id$v=");
  const auto memory = take_number(encoded, "$m=");
  const auto passes = take_number(encoded, ",t=");
  const auto lanes = take_number(encoded, ",p=");
  return version && memory && passes && lanes && *memory <= most.memory_kib &&
         *passes <= most.passes && *lanes <= most.lanes && encoded.size() <= 200;
}

}  // namespace

Result<std::string> password_hash(std::string_view password, std::string_view salt,
                                  PasswordCost cost) {
  std::string encoded(
      argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes,
                        static_cast<std::uint32_t>(salt.size()), hash_bytes, Argon2_id),
      '\0');
  const int status = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes,
                                           password.data(), password.size(), salt.data(),
                                           salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (status != ARGON2_OK) {
    return fail(ErrorCode::internal,
                std::string("The password could not be hashed: ") + argon2_error_message(status));
  }
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool password_verify(std::string_view password, std::string_view encoded) {
  if (!affordable(encoded)) return false;
  return argon2id_verify(std::string(encoded).c_str(), password.data(), password.size()) ==
         ARGON2_OK;
}

void password_verify_nothing(std::string_view password) {
  // The hash is thrown away; its price is what counts. A fixed salt will do for that.
  (void)password_hash(password, "0123456789abcdef").has_value();
}

}  // namespace voxdial::crypto
