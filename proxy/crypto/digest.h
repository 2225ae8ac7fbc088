// Digests, keyed digests and their texts. The only code besides proxy/http that knows OpenSSL.
//
// Bytes travel as std::string. A Secret is opened here and nowhere else but in proxy/http.
#pragma once

#include <string>
#include <string_view>

#include "proxy/config/secret.h"

namespace voxdial::crypto {

std::string sha256(std::string_view data);                             ///< 32 bytes
std::string hmac_sha1(const Secret& key, std::string_view data);       ///< 20 bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  ///< 32 bytes

std::string to_hex(std::string_view bytes);        ///< lower case
std::string to_base64(std::string_view bytes);     ///< RFC 4648 4, padded
std::string to_base64url(std::string_view bytes);  ///< RFC 4648 5, without padding

/// Takes the same time wherever the first difference is; lengths are not secret.
bool constant_time_equal(std::string_view a, std::string_view b);

/// A key for one purpose out of another: 64 hex digits of HMAC-SHA256(key, purpose). Stable across
/// restarts, says nothing about `key`. E.g. derive_key(config.ultravox_key, "ultravox callbacks").
std::string derive_key(const Secret& key, std::string_view purpose);

}  // namespace voxdial::crypto
