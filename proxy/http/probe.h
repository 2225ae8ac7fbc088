// Whether a proxy on this machine answers.
#pragma once

#include <string>

namespace voxdial::http {

/// Asks for `path` and waits a few seconds; true for a reply of 2xx. Over TLS any certificate will
/// do: it is this machine, and nothing is told.
bool answers(const std::string& address, int port, bool tls, const std::string& path);

}  // namespace voxdial::http
