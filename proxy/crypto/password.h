// Passwords of people: Argon2id (RFC 9106), stored as the usual text "$argon2id$v=19$m=...".
#pragma once

#include <string>
#include <string_view>

#include "shared/result.h"

namespace voxdial::crypto {

/// Memory and passes: OWASP's floor for Argon2id (19 MiB, 2 passes, 1 lane), about 20 ms.
struct PasswordCost {
  unsigned memory_kib = 19 * 1024;
  unsigned passes = 2;
  unsigned lanes = 1;
};

/// The text to store. `salt` is 16 random bytes. Errors: internal (out of memory).
Result<std::string> password_hash(std::string_view password, std::string_view salt,
                                  PasswordCost cost = {});

/// Whether `password` made `encoded`. False for text that is no Argon2id hash or asks for more than
/// 256 MiB, 16 passes or 16 lanes.
bool password_verify(std::string_view password, std::string_view encoded);

/// As slow as a failed password_verify: for a name that does not exist, so that time does not tell.
void password_verify_nothing(std::string_view password);

}  // namespace voxdial::crypto
