// HTTP requests: an id now, one FetchReply in the inbox later, whatever happens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxdial::platform {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

struct FetchRequest {
  std::string method = "GET";
  std::string url;  ///< "/api/calls"; cookies go along to the own origin only
  std::vector<Header> headers;
  std::string body;                   ///< UTF-8 text; not sent when empty
  std::uint32_t timeout_ms = 15'000;  ///< for the whole exchange, body included
  bool outlives_page = false;         ///< may be ordered on PageLeaving; body below 64 KB
  friend bool operator==(const FetchRequest&, const FetchRequest&) = default;
};

enum class FetchFailure : std::uint8_t {
  none,     ///< there is an answer, perhaps one of 400 and more
  network,  ///< no answer: refused, cut, no name, offline. Whether the server acted is not known
  timeout,  ///< no (whole) answer in time. Whether the server acted is not known
  aborted,  ///< by abort_fetch
};

struct FetchReply {
  std::uint32_t id = 0;
  FetchFailure failure = FetchFailure::none;
  int status = 0;  ///< 0 exactly when there is a failure
  std::string body;
  // By Date.now(): when the request went, when the head of its answer came. Between them the server
  // wrote its own time; 0 where it did not.
  double sent_at = 0, heard_at = 0, server_time = 0;
  friend bool operator==(const FetchReply&, const FetchReply&) = default;
};

/// Sends; never retries. Ids start at 1 and are never used again.
std::uint32_t fetch(const FetchRequest& request);
/// The reply then says `aborted`, unless it was in the inbox already.
void abort_fetch(std::uint32_t id);

}  // namespace voxdial::platform
