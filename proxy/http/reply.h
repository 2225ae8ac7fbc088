// What goes out: a Response as httplib sends it, and the headers that every reply has.
#pragma once

#include <httplib.h>

#include <string>

#include "proxy/http/connection.h"
#include "proxy/http/message.h"

namespace voxdial::http {

/// What every reply carries, as lines with their ends.
std::string security_headers(const ServerOptions& options);

/// Makes `from` the reply to the request that `connection` is at.
void hand_to_httplib(Response from, Connection& connection, httplib::Response& to);

}  // namespace voxdial::http
