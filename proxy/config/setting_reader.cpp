#include "proxy/config/setting_reader.h"

#include <algorithm>
#include <sstream>

#include "proxy/access/network.h"
#include "proxy/config/text_file.h"
#include "proxy/policy/number.h"
#include "shared/ascii.h"

namespace voxdial {
namespace {

std::string trim(std::string_view text) { return std::string(trimmed(text, " \t\r\n")); }

/// What .env.example says for `name`.
std::string default_of(std::string_view name) {
  const std::string line = '\n' + std::string(name) + '=';
  const auto at = example_settings.find(line);
  if (at == example_settings.npos) return {};
  const std::string_view rest = example_settings.substr(at + line.size());
  return std::string(rest.substr(0, rest.find('\n')));
}

/// Keys are visible ASCII. What else stands in one was pasted beside it, and would be refused by
/// the vendor without a word about the reason.
bool is_key(std::string_view s) {
  return std::all_of(s.begin(), s.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\''; });
}

/// "12.345" in millionths; money is never a floating-point number here.
std::optional<Micros> millionths(std::string_view s) {
  const auto dot = s.find('.');
  std::string fraction(dot == s.npos ? std::string_view("0") : s.substr(dot + 1));
  if (fraction.empty() || fraction.size() > 6) return {};
  fraction.append(6 - fraction.size(), '0');
  const auto whole = whole_number(s.substr(0, dot));
  const auto part = whole_number(fraction);
  if (!whole || !part || *whole > 1'000'000) return {};
  return *whole * 1'000'000 + *part;
}

/// "21:30" in minutes.
std::optional<int> clock_time(std::string_view s) {
  if (s.size() != 5 || s[2] != ':') return {};
  const auto hour = whole_number(s.substr(0, 2));
  const auto minute = whole_number(s.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return {};
  return static_cast<int>(*hour * 60 + *minute);
}

/// The name in "vox.example.com", "vox.example.com:8080", "https://vox.example.com/", "::1" or
/// "[::1]"; empty when there is none, or more than a name.
std::string name_of_host(std::string_view item) {
  const std::string host(item);
  auto url = read_url(host.find("://") == host.npos ? "http://" + host : host);
  if (!url) url = read_url("http://[" + host + "]");
  return url && url->target == "/" ? url->host : std::string();
}

}  // namespace

std::string SettingReader::value(std::string_view name) {
  std::string trimmed = trim(environment_(name).value_or(""));
  return trimmed.empty() ? default_of(name) : trimmed;
}

std::string SettingReader::secret(const char* name) {
  secrets.emplace_back(name);
  auto given = environment_(name);
  const std::string file_name = std::string(name) + "_FILE";
  if (const std::string path = trim(environment_(file_name).value_or("")); !path.empty()) {
    if (given && !trim(*given).empty()) {
      problem(file_name, "is set beside " + std::string(name), "Set one of the two.");
    }
    given = file(file_name.c_str(), path);
  }
  std::string trimmed = given ? trim(*given) : std::string();
  if (given) wipe(*given);
  return trimmed;
}

std::optional<std::string> SettingReader::file(const char* name, const std::string& path) {
  auto text = read_file_(path);
  if (!text) {
    problem(name, "names a file that cannot be read",
            "Check the path and that this user may read it.");
  } else if (const std::string wrong = make_plain_text(*text); !wrong.empty()) {
    problem(name, "names a file that " + wrong, "Save it as UTF-8.");
    wipe(*text);
    return {};
  }
  return text;
}

void SettingReader::name(const char* name, std::string& out) { out = lower(value(name)); }

void SettingReader::host(const char* name, std::string& out) {
  const std::string written = lower(value(name));
  out = name_of_host(written);
  if (!out.empty() && (written == out || written == '[' + out + ']')) return;
  problem(name, "is neither an address nor a host name",
          "Write the address alone, e.g. 0.0.0.0, :: or 192.168.1.5; the port goes into PORT.");
}

void SettingReader::number(const char* name, int& out, int least, int most) {
  const auto n = whole_number(value(name));
  if (n && *n >= least && *n <= most) {
    out = static_cast<int>(*n);
    return;
  }
  problem(name,
          "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
          "Write such a number, or remove the line for the default.");
}

void SettingReader::money(const char* name, Micros& out) {
  const auto amount = millionths(value(name));
  out = amount.value_or(0);
  if (amount) return;
  problem(name, "is not an amount of money", "Write it like 12.50, without a currency.");
}

void SettingReader::yes_no(const char* name, bool& out) {
  const std::string word = lower(value(name));
  out = word == "yes";
  if (!out && word != "no") problem(name, "is neither yes nor no", "Write yes or no.");
}

void SettingReader::quiet_hours(const char* name, PhonePolicy& out) {
  const std::string span = value(name);
  out.quiet_hours = span != "off";
  if (!out.quiet_hours) return;
  const auto dash = std::min(span.find('-'), span.size());
  const auto from = clock_time(span.substr(0, dash));
  const auto to = clock_time(std::string_view(span).substr(std::min(dash + 1, span.size())));
  if (!from || !to || *from == *to) {
    problem(name, "is not a span of time", "Write it like 21:00-08:00, or off.");
    return;
  }
  out.quiet_from_minute = *from;
  out.quiet_to_minute = *to;
}

void SettingReader::key(const char* name, Secret& out) {
  std::string text = secret(name);
  if (!is_key(text) || text.starts_with(std::string(name) + '=')) {
    problem(name, "holds a space, a quote or another character that no key has",
            "Copy the key alone.");
  }
  out = Secret(std::move(text));
}

void SettingReader::database(const char* name, Secret& out) {
  std::string url = secret(name);
  if (!url.empty() && !url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
    problem(name, "does not begin with postgresql://",
            "Write postgresql://name:password@host/database, or leave it out for a file in "
            "DATA_DIR.");
  }
  out = Secret(std::move(url));
}

void SettingReader::sid(const char* name, std::string& out, std::string_view prefix) {
  out = value(name);
  const bool hex = std::all_of(out.begin() + std::min<std::ptrdiff_t>(2, std::ssize(out)),
                               out.end(), [](char c) { return hex_digit(c) >= 0; });
  if (out.empty() || (out.size() == 34 && out.starts_with(prefix) && hex)) return;
  problem(name, "is not " + std::string(prefix) + " and 32 hex digits",
          "Copy it from the Twilio console.");
}

void SettingReader::phone_number(const char* name, std::string& out) {
  out = value(name);
  if (out.empty()) return;
  if (std::string e164 = canonical_number(out); !e164.empty()) {
    out = std::move(e164);
    return;
  }
  problem(name, "is not a phone number in E.164",
          "Write it with + and country code, e.g. +14155550123.");
}

void SettingReader::phone_list(const char* name, std::vector<std::string>& out) {
  std::string file_path;
  path(name, file_path);
  if (file_path.empty()) return;
  std::istringstream lines(file(name, file_path).value_or(""));
  int line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    // However it is written here, it must be found however it is typed.
    if (std::string e164 = canonical_number(line); !e164.empty()) {
      out.push_back(std::move(e164));
    } else {
      problem(name, "has no phone number on line " + std::to_string(line_number),
              "Write one number a line, with + and country code.");
    }
  }
  std::sort(out.begin(), out.end());
}

void SettingReader::items(const char* name, std::vector<std::string>& out, const char* is_none,
                          const char* remedy, std::string (*canonical)(std::string_view item)) {
  const std::string list = value(name);
  for (const std::string_view item : list_items(list)) {
    std::string written = canonical(item);
    if (written.empty()) {
      problem(name, "holds \"" + std::string(item) + "\", which is " + is_none, remedy);
    } else {
      out.push_back(std::move(written));
    }
  }
}

void SettingReader::prefixes(const char* name, std::vector<std::string>& out) {
  items(name, out, "no prefix in E.164", "Write + and digits, e.g. +1900.",
        [](std::string_view item) {
          const bool good = item.starts_with('+') && whole_number(item.substr(1));
          return std::string(good ? item : std::string_view());
        });
}

void SettingReader::regions(const char* name, std::vector<std::string>& out) {
  items(name, out, "no ISO country code", "Write two-letter codes, e.g. US,CA,GB.", known_region);
}

void SettingReader::hosts(const char* name, std::vector<std::string>& out) {
  items(name, out, "no host name", "Write names alone, separated by commas, e.g. vox.example.com.",
        name_of_host);
}

void SettingReader::networks(const char* name, std::vector<std::string>& out) {
  items(name, out, "no address or CIDR block", "Write e.g. 10.0.0.5 or 10.0.0.0/8.",
        [](std::string_view item) {
          return std::string(is_network(item) ? item : std::string_view());
        });
}

void SettingReader::origin(const char* name, std::string& out) {
  out = value(name);
  while (out.ends_with('/')) out.pop_back();
  if (out.empty()) return;
  const auto url = read_url(out);
  const bool http = url && url->scheme == "http";
  if (!url || url->target != "/" || (!http && url->scheme != "https") ||
      out.find_first_of("?#") != out.npos) {
    problem(name, "is not an address like https://example.com",
            "Write scheme and host, and a port from 1 to 65535 if needed; no path.");
  } else if (http && !is_loopback_host(url->host)) {
    problem(name, "uses plain http", "Use https: over http the keys would travel in the clear.");
  }
  if (url) out = origin_of(*url);
}

void SettingReader::path(const char* name, std::string& out) {
  out = value(name);
  if (!out.starts_with('~')) return;
  problem(name, "begins with ~, which only a shell replaces", "Write the whole path.");
}

void SettingReader::pem_file(const char* name, std::string& out) {
  path(name, out);
  if (out.empty()) return;
  const auto pem = read_file_(out);
  if (!pem) {
    problem(name, "names a file that cannot be read",
            "Check the path and that this user may read it.");
  } else if (pem->starts_with("\xef\xbb\xbf") || pem->starts_with("\xff\xfe") ||
             pem->starts_with("\xfe\xff")) {
    problem(name, "names a file that begins with a byte order mark, which OpenSSL does not read",
            "Save it as UTF-8 without a byte order mark, or as ASCII.");
  }
}

}  // namespace voxdial
