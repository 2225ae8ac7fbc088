// The certificate of a server that speaks https itself.
#pragma once

#include <httplib.h>

#include <string>

#include "shared/result.h"

namespace voxdial::http {

/// What the server's TLS sessions are made from; null when both names are empty: plain http.
/// `certificate` and `key` are PEM files. The caller frees it. Errors: internal, in words.
Result<httplib::tls::ctx_t> tls_context(const std::string& certificate, const std::string& key);

}  // namespace voxdial::http
