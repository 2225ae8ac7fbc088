// The head of a reply as text: a pure function.
#pragma once

#include <string>
#include <string_view>

#include "proxy/http/message.h"

namespace voxdial::http {

/// Status line, the response's headers, `common_headers` (lines with their ends), Content-Length
/// (none for 204, 304 and endless replies) and the empty line. A header of the response with a
/// character that could end its line is left out: nothing a route puts in can forge another header.
std::string reply_head(const Response& response, std::string_view common_headers, bool close,
                       bool endless);

}  // namespace voxdial::http
