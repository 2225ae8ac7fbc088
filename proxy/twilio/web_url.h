// A web address as the URL standard (url.spec.whatwg.org) reads and writes it, as far as Twilio's
// SDK depends on it: Twilio's signatures are over the address in that writing.
//
// Only http and https. Not for fetching anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voxdial::twilio {

struct WebUrl {
  std::string scheme;    ///< "http" or "https"
  std::string username;  ///< percent-encoded, as all below
  std::string password;
  std::string host;                  ///< lower case
  std::string port;                  ///< digits without leading zeros; empty for the scheme's own
  std::string path;                  ///< begins with "/"
  std::optional<std::string> query;  ///< without "?"; may be empty
  std::optional<std::string> fragment;  ///< without "#"; may be empty

  /// The standard's href.
  std::string href() const;
};

/// Nothing for text that is no http(s) URL, and for host names that would need IDNA or are odd
/// spellings of an IP address: no webhook of ours lives there.
std::optional<WebUrl> parse_web_url(std::string_view text);

/// Percent-decoded leniently, as browsers and node do: a % without two hex digits stays, "+" is a
/// space, invalid UTF-8 becomes U+FFFD.
std::string form_decode(std::string_view text);

/// The query in the writing of node's legacy `querystring` module: decoded, values of one name
/// gathered, then written again.
std::string legacy_query(std::string_view query);

/// The first value of `name` in a query, decoded; nothing when it is not there.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace voxdial::twilio
