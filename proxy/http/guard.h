// What a request says, read as strictly as nobody misreads it. httplib takes more than that.
#pragma once

#include <httplib.h>

#include <string_view>

#include "proxy/http/message.h"
#include "proxy/http/server.h"

namespace voxdial::http {

/// The methods there are, as an Allow header.
constexpr std::string_view methods = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// Fills in method, path, query and headers; all that can be told when the request is refused:
/// because two programs could read it differently, or no honest client sends it, or it is too
/// large. `head` is the same as `parsed`, as it came.
Result<void> read_head(const httplib::Request& parsed, std::string_view head,
                       const ServerOptions& options, Request& request);

/// Whether `word`, in lower case, is an item of a header that is a list.
bool lists(std::string_view header, std::string_view word);

}  // namespace voxdial::http
