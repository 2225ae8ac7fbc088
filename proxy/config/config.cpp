#include "proxy/config/config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "proxy/access/network.h"
#include "proxy/config/text_file.h"
#include "proxy/policy/number.h"
#include "shared/ascii.h"
#include "shared/countries.h"

namespace voxdial {
namespace {

constexpr std::array table = {
    // vendors
    Variable{"ULTRAVOX_API_KEY", "", "Ultravox API key (app.ultravox.ai, Settings, API keys).",
             true},
    Variable{"TWILIO_ACCOUNT_SID", "",
             "Twilio account SID, AC and 32 hex digits. Leave all Twilio values empty for web "
             "calls only."},
    Variable{"TWILIO_AUTH_TOKEN", "",
             "Twilio auth token. Needed to check the signatures of Twilio's callbacks even when an "
             "API key is used.",
             true},
    Variable{"TWILIO_PHONE_NUMBER", "",
             "The caller number, in E.164 (+14155550123): one you own or verified at Twilio."},
    Variable{"TWILIO_API_KEY_SID", "",
             "Optional Twilio API key (SK and 32 hex digits), used for requests instead of the "
             "auth token."},
    Variable{"TWILIO_API_KEY_SECRET", "", "The secret of that API key.", true},
    Variable{"ULTRAVOX_BASE_URL", "https://api.ultravox.ai",
             "Where Ultravox is. Plain http is accepted for this machine only."},
    Variable{"TWILIO_BASE_URL", "https://api.twilio.com",
             "Where Twilio is, e.g. https://api.dublin.ie1.twilio.com. Plain http is accepted for "
             "this machine only."},
    // addresses
    Variable{"PUBLIC_BASE_URL", "",
             "The https address under which the vendors reach this proxy. Optional: callbacks make "
             "state changes faster, polling works without."},
    Variable{"LISTEN_ADDRESS", "127.0.0.1",
             "The address to listen on. Anything but this machine needs a login."},
    Variable{"PORT", "8080", "The port to listen on; 0 takes any free one."},
    Variable{"TLS_CERT_FILE", "",
             "Certificate chain (PEM) to serve https directly. The microphone needs https off "
             "localhost."},
    Variable{"TLS_KEY_FILE", "", "Its private key (PEM)."},
    Variable{"ALLOWED_HOSTS", "",
             "Further host names this proxy answers to, separated by commas. Any but localhost "
             "needs a login."},
    Variable{"TRUSTED_PROXIES", "",
             "Addresses or CIDR blocks of reverse proxies whose forwarded headers are believed, "
             "separated by commas."},
    Variable{"IDENTITY_HEADER", "",
             "A header in which a trusted proxy names the person, e.g. x-forwarded-user."},
    // files
    Variable{"DATA_DIR", "data", "Where calls, the audit and people are stored."},
    Variable{"DATABASE_URL", "",
             "A PostgreSQL database (15 or newer) for the record instead of a file in DATA_DIR: "
             "postgresql://name:password@host/database.",
             true},
    Variable{"WEB_ROOT", "build/web", "Where the built page is."},
    Variable{"AGENTS_DIR", "proxy/agents",
             "Where the shipped agent presets are (JSON files). What is edited on the page is kept "
             "in DATA_DIR."},
    // what may be called
    Variable{"ALLOWED_REGIONS", "",
             "Countries that may be called (ISO codes, separated by commas). Empty: the caller "
             "number's own."},
    Variable{"DENIED_PREFIXES", "",
             "Numbers never called, by prefix in E.164, separated by commas (+1900,+4470)."},
    Variable{"DO_NOT_CALL_FILE", "", "A file with one E.164 number a line that is never called."},
    Variable{
        "QUIET_HOURS", "21:00-08:00",
        "The night at the destination, when nobody is called without an override; off to disable."},
    Variable{"ALLOW_PERSONAL_NUMBERS", "no",
             "Whether personal numbers (such as +44 70) may be called: yes or no."},
    Variable{"ALLOW_UNLISTED_NUMBERS", "no",
             "Whether numbers newer than the number database may be called, longer ones too: yes "
             "or no."},
    Variable{"TWILIO_TEST_CREDENTIALS", "no",
             "Whether the Twilio values are test credentials, so that Twilio's magic numbers work: "
             "yes or no."},
    // limits
    Variable{"MAX_CALL_SECONDS", "1800", "The longest call, in seconds; sent to both vendors."},
    Variable{"RING_TIMEOUT_SECONDS", "30", "How long a phone rings before it counts as no answer."},
    Variable{"LIMIT_CALLS_PER_USER_HOUR", "60",
             "Calls one person may place in an hour; 0 is no limit, here and below."},
    Variable{"LIMIT_CALLS_PER_USER_DAY", "300", "Calls one person may place in a day."},
    Variable{"LIMIT_CALLS_PER_ADDRESS_HOUR", "120", "Calls from one network address in an hour."},
    Variable{"LIMIT_CALLS_PER_ADDRESS_DAY", "0", "Calls from one network address in a day."},
    Variable{"LIMIT_CALLS_PER_DESTINATION_HOUR", "0", "Calls to one number in an hour."},
    Variable{"LIMIT_CALLS_PER_DESTINATION_DAY", "10", "Calls to one number in a day."},
    Variable{"LIMIT_CONCURRENT_CALLS", "5", "Calls that may be live at once."},
    Variable{"LIMIT_MINUTES_PER_DAY", "1000",
             "Minutes of all calls in a day; a call reserves its longest length until it ends."},
    Variable{"LIMIT_SPEND_PER_DAY", "50.00",
             "Estimated spend of all calls in a day, in the account's currency."},
    Variable{"PRICE_WEB_PER_MINUTE", "0.05", "The estimate for a minute of a web call."},
    Variable{"PRICE_PHONE_PER_MINUTE", "0.065",
             "The estimate for a minute of a phone call, both vendors together."},
    // the record
    Variable{"RETENTION_DAYS", "0",
             "Days after which calls and transcripts are forgotten; 0 keeps them."},
    Variable{
        "RECORDING_NOTICE",
        "Tell the other side that the call is recorded. In many places you need their consent.",
        "The line shown beside the recording switch."},
};

bool is_hex(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return hex_digit(c) >= 0; });
}

bool is_sid(std::string_view s, std::string_view prefix) {
  return s.size() == 34 && s.substr(0, 2) == prefix && is_hex(s.substr(2));
}

/// Keys are visible ASCII. What else stands in one was pasted beside it, and would be refused by
/// the vendor without a word about the reason.
bool is_key(std::string_view s) {
  return std::all_of(s.begin(), s.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\''; });
}

std::string trim(std::string_view s) {
  constexpr std::string_view space = " \t\r\n";
  const auto a = s.find_first_not_of(space);
  if (a == s.npos) return {};
  return std::string(s.substr(a, s.find_last_not_of(space) - a + 1));
}

std::vector<std::string> split_list(std::string_view s) {
  std::vector<std::string> items;
  while (!s.empty()) {
    const auto comma = s.find(',');
    if (auto item = trim(s.substr(0, comma)); !item.empty()) items.push_back(std::move(item));
    s = comma == s.npos ? std::string_view{} : s.substr(comma + 1);
  }
  return items;
}

std::optional<int> whole_number(std::string_view s, int least, int most) {
  int n = 0;
  const auto [end, status] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (status != std::errc{} || end != s.data() + s.size() || n < least || n > most) return {};
  return n;
}

/// "12.345" in millionths; money is never a floating-point number here.
std::optional<Micros> money(std::string_view s) {
  const auto dot = s.find('.');
  const auto whole = whole_number(s.substr(0, dot), 0, 1'000'000);
  std::string fraction(dot == s.npos ? std::string_view("0") : s.substr(dot + 1));
  if (!whole || fraction.empty() || fraction.size() > 6) return {};
  fraction.append(6 - fraction.size(), '0');
  const auto millionths = whole_number(fraction, 0, 999'999);
  if (!millionths) return {};
  return Micros{*whole} * 1'000'000 + *millionths;
}

/// "21:30" in minutes.
std::optional<int> clock_time(std::string_view s) {
  if (s.size() != 5 || s[2] != ':') return {};
  const auto hour = whole_number(s.substr(0, 2), 0, 23);
  const auto minute = whole_number(s.substr(3), 0, 59);
  if (!hour || !minute) return {};
  return *hour * 60 + *minute;
}

/// Reads the variables one by one and collects what is wrong with them.
class Variables {
 public:
  Variables(const Environment& environment, const ReadFile& read_file)
      : environment_(environment), read_file_(read_file) {}

  void problem(std::string_view name, std::string what, std::string remedy) {
    problems.push_back({std::string(name), std::move(what), std::move(remedy)});
  }

  /// The trimmed value, the fallback, or the content of NAME_FILE.
  std::string text(std::string_view name) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const Variable& v) { return v.name == name; });
    auto value = environment_(name);
    if (row->secret) {
      const std::string file_name = std::string(name) + "_FILE";
      if (const auto path = environment_(file_name); path && !trim(*path).empty()) {
        if (value && !trim(*value).empty()) {
          problem(file_name, "is set beside " + std::string(name), "Set one of the two.");
        }
        value = read_file_(trim(*path));
        if (!value) {
          problem(file_name, "names a file that cannot be read",
                  "Check the path and that this user may read it.");
        } else if (const std::string wrong = plain_text(*value); !wrong.empty()) {
          problem(file_name, "names a file that " + wrong, "Save it as UTF-8.");
          wipe(*value);
          return {};
        }
      }
    }
    std::string trimmed = value ? trim(*value) : std::string{};
    if (row->secret && value) wipe(*value);
    return trimmed.empty() ? std::string(row->fallback) : trimmed;
  }

  int number(std::string_view name, int least, int most) {
    const auto n = whole_number(text(name), least, most);
    if (!n) {
      problem(name,
              "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
              "Write such a number, or remove the line for the default.");
    }
    return n.value_or(least);
  }

  Micros amount(std::string_view name) {
    const auto n = money(text(name));
    if (!n) problem(name, "is not an amount of money", "Write it like 12.50, without a currency.");
    return n.value_or(0);
  }

  bool yes_no(std::string_view name) {
    const std::string value = lower(text(name));
    if (value != "yes" && value != "no") problem(name, "is neither yes nor no", "Write yes or no.");
    return value == "yes";
  }

  /// An http(s) address without path, query or trailing slash, as a browser writes an origin; http
  /// only for this machine.
  std::string base_url(std::string_view name) {
    std::string url_text = text(name);
    while (!url_text.empty() && url_text.back() == '/') url_text.pop_back();
    if (url_text.empty()) return url_text;
    const auto url = read_url(url_text);
    const bool http = url && url->scheme == "http";
    if (!url || url->target != "/" || (!http && url->scheme != "https") ||
        url_text.find_first_of("?#") != url_text.npos) {
      problem(name, "is not an address like https://example.com",
              "Write scheme and host, and a port from 1 to 65535 if needed; no path.");
    } else if (http && !is_loopback_host(url->host)) {
      problem(name, "uses plain http", "Use https: over http the keys would travel in the clear.");
    }
    return url ? origin_of(*url) : url_text;
  }

  /// A key, by itself.
  std::string key(std::string_view name) {
    std::string value = text(name);
    if (!is_key(value)) {
      problem(name, "holds a space, a quote or another character that no key has",
              "Copy the key alone.");
    }
    return value;
  }

  std::optional<std::string> file(const std::string& path) { return read_file_(path); }

  std::vector<ConfigProblem> problems;

 private:
  const Environment& environment_;
  const ReadFile& read_file_;
};

void read_twilio(Variables& r, Config& c) {
  const std::size_t before = r.problems.size();
  c.twilio_account_sid = r.text("TWILIO_ACCOUNT_SID");
  std::string token = r.key("TWILIO_AUTH_TOKEN");
  const std::string number = r.text("TWILIO_PHONE_NUMBER");
  const std::string key_sid = r.text("TWILIO_API_KEY_SID");
  std::string key_secret = r.key("TWILIO_API_KEY_SECRET");
  c.twilio_base_url = r.base_url("TWILIO_BASE_URL");
  c.twilio_voice_base_url = c.twilio_base_url;
  if (const auto at = c.twilio_base_url.find("//api."); at != std::string::npos) {
    c.twilio_voice_base_url.replace(at, 6, "//voice.");
  }

  if (c.twilio_account_sid.empty() && token.empty() && number.empty() && key_sid.empty() &&
      key_secret.empty()) {
    c.phone_off_reason =
        "Phone calls are off: no Twilio values are set. Fill in TWILIO_ACCOUNT_SID, "
        "TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER in .env and restart.";
    return;
  }
  if (!is_sid(c.twilio_account_sid, "AC")) {
    r.problem("TWILIO_ACCOUNT_SID",
              c.twilio_account_sid.empty() ? "is missing while other Twilio values are set"
                                           : "is not AC and 32 hex digits",
              "Copy it from the Twilio console, or remove all Twilio values for web calls only.");
  }
  if (token.empty() && key_sid.empty()) {
    r.problem("TWILIO_AUTH_TOKEN", "is missing while other Twilio values are set",
              "Copy it from the Twilio console.");
  }
  c.twilio_number = canonical_number(number);
  if (c.twilio_number.empty()) {
    r.problem("TWILIO_PHONE_NUMBER",
              number.empty() ? "is missing while other Twilio values are set"
                             : "is not a phone number in E.164",
              "Write it with + and country code, e.g. +14155550123.");
  }
  if (key_sid.empty() != key_secret.empty()) {
    r.problem(key_sid.empty() ? "TWILIO_API_KEY_SID" : "TWILIO_API_KEY_SECRET",
              "is missing while its other half is set", "Set both or neither.");
  } else if (!key_sid.empty() && !is_sid(key_sid, "SK")) {
    r.problem("TWILIO_API_KEY_SID", "is not SK and 32 hex digits",
              "Copy it from the Twilio console.");
  }
  c.phone = r.problems.size() == before;
  c.twilio_user = key_sid.empty() ? c.twilio_account_sid : key_sid;
  c.twilio_password = Secret(key_sid.empty() ? token : std::move(key_secret));
  c.twilio_auth_token = Secret(std::move(token));
}

/// The name in "vox.example.com", "vox.example.com:8080", "https://vox.example.com/", "::1" or
/// "[::1]"; empty when there is none, or more than a name.
std::string name_of_host(const std::string& host) {
  auto url = read_url(host.find("://") == host.npos ? "http://" + host : host);
  if (!url) url = read_url("http://[" + host + "]");
  return url && url->target == "/" ? url->host : std::string();
}

void read_addresses(Variables& r, Config& c) {
  c.public_base_url = r.base_url("PUBLIC_BASE_URL");
  c.listen_address = lower(r.text("LISTEN_ADDRESS"));
  c.port = r.number("PORT", 0, 65535);
  c.tls_cert_file = r.text("TLS_CERT_FILE");
  c.tls_key_file = r.text("TLS_KEY_FILE");
  if (c.tls_cert_file.empty() != c.tls_key_file.empty()) {
    r.problem(c.tls_cert_file.empty() ? "TLS_CERT_FILE" : "TLS_KEY_FILE",
              "is missing while its other half is set", "Set both or neither.");
  }
  for (const auto& [name, path] :
       {std::pair{"TLS_CERT_FILE", c.tls_cert_file}, {"TLS_KEY_FILE", c.tls_key_file}}) {
    if (path.empty()) continue;
    const auto pem = r.file(path);
    if (!pem) {
      r.problem(name, "names a file that cannot be read",
                "Check the path and that this user may read it.");
    } else if (pem->starts_with("\xef\xbb\xbf") || pem->starts_with("\xff\xfe") ||
               pem->starts_with("\xfe\xff")) {
      r.problem(name,
                "names a file that begins with a byte order mark, which OpenSSL does not read",
                "Save it as UTF-8 without a byte order mark, or as ASCII.");
    }
  }
  for (const auto& host : split_list(r.text("ALLOWED_HOSTS"))) {
    std::string name = name_of_host(host);
    if (name.empty()) {
      r.problem("ALLOWED_HOSTS", "holds \"" + host + "\", which is no host name",
                "Write names alone, separated by commas, e.g. vox.example.com.");
      continue;
    }
    c.allowed_hosts.push_back(std::move(name));
  }
  c.trusted_proxies = split_list(r.text("TRUSTED_PROXIES"));
  for (const auto& network : c.trusted_proxies) {
    if (!is_network(network)) {
      r.problem("TRUSTED_PROXIES", "holds \"" + network + "\", which is no address or CIDR block",
                "Write e.g. 10.0.0.5 or 10.0.0.0/8.");
    }
  }
  c.identity_header = lower(r.text("IDENTITY_HEADER"));
  if (!c.identity_header.empty() && c.trusted_proxies.empty()) {
    r.problem("IDENTITY_HEADER", "is set without TRUSTED_PROXIES",
              "Name the reverse proxy's address: otherwise anybody could send the header.");
  }
}

void read_do_not_call(Variables& r, PhonePolicy& policy) {
  const std::string path = r.text("DO_NOT_CALL_FILE");
  if (path.empty()) return;
  auto text = r.file(path);
  if (!text) {
    r.problem("DO_NOT_CALL_FILE", "cannot be read",
              "Check the path and that this user may read it.");
    return;
  }
  if (const std::string wrong = plain_text(*text); !wrong.empty()) {
    r.problem("DO_NOT_CALL_FILE", wrong, "Save it as UTF-8.");
    return;
  }
  std::istringstream lines(*text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    // However it is written here, it must be found however it is typed.
    std::string canonical = canonical_number(line);
    if (canonical.empty()) {
      r.problem("DO_NOT_CALL_FILE", "has no phone number on line " + std::to_string(number),
                "Write one number a line, with + and country code.");
      continue;
    }
    policy.do_not_call.push_back(std::move(canonical));
  }
  std::sort(policy.do_not_call.begin(), policy.do_not_call.end());
}

void read_policy(Variables& r, Config& c) {
  for (auto& region : split_list(r.text("ALLOWED_REGIONS"))) {
    for (char& ch : region) ch = static_cast<char>(ch >= 'a' && ch <= 'z' ? ch - 32 : ch);
    if (country(region) == nullptr) {
      r.problem("ALLOWED_REGIONS", "holds \"" + region + "\", which is no ISO country code",
                "Write two-letter codes, e.g. US,CA,GB.");
    }
    c.phone_policy.allowed_regions.push_back(std::move(region));
  }
  for (auto& prefix : split_list(r.text("DENIED_PREFIXES"))) {
    if (prefix.size() < 2 || prefix[0] != '+' ||
        prefix.find_first_not_of("0123456789", 1) != std::string::npos) {
      r.problem("DENIED_PREFIXES", "holds \"" + prefix + "\", which is no prefix in E.164",
                "Write + and digits, e.g. +1900.");
    }
    c.phone_policy.denied_prefixes.push_back(std::move(prefix));
  }
  read_do_not_call(r, c.phone_policy);
  c.phone_policy.caller_number = c.twilio_number;
  const std::string quiet = r.text("QUIET_HOURS");
  if (quiet == "off") {
    c.phone_policy.quiet_hours = false;
  } else {
    const auto dash = quiet.find('-');
    const auto from = clock_time(quiet.substr(0, dash));
    const auto to = dash == quiet.npos ? std::nullopt : clock_time(quiet.substr(dash + 1));
    if (!from || !to || *from == *to) {
      r.problem("QUIET_HOURS", "is not a span of time", "Write it like 21:00-08:00, or off.");
    } else {
      c.phone_policy.quiet_from_minute = *from;
      c.phone_policy.quiet_to_minute = *to;
    }
  }
  c.phone_policy.allow_personal_numbers = r.yes_no("ALLOW_PERSONAL_NUMBERS");
  c.phone_policy.allow_unlisted_numbers = r.yes_no("ALLOW_UNLISTED_NUMBERS");
  c.phone_policy.test_credentials = r.yes_no("TWILIO_TEST_CREDENTIALS");
}

void read_limits(Variables& r, Config& c) {
  c.max_call_s = r.number("MAX_CALL_SECONDS", 30, 14400);
  c.ring_timeout_s = r.number("RING_TIMEOUT_SECONDS", 5, 600);
  c.limits.person_hour = r.number("LIMIT_CALLS_PER_USER_HOUR", 0, 100'000);
  c.limits.person_day = r.number("LIMIT_CALLS_PER_USER_DAY", 0, 1'000'000);
  c.limits.address_hour = r.number("LIMIT_CALLS_PER_ADDRESS_HOUR", 0, 100'000);
  c.limits.address_day = r.number("LIMIT_CALLS_PER_ADDRESS_DAY", 0, 1'000'000);
  c.limits.destination_hour = r.number("LIMIT_CALLS_PER_DESTINATION_HOUR", 0, 100'000);
  c.limits.destination_day = r.number("LIMIT_CALLS_PER_DESTINATION_DAY", 0, 100'000);
  c.limits.everyone_live = r.number("LIMIT_CONCURRENT_CALLS", 0, 10'000);
  c.limits.minutes_day = r.number("LIMIT_MINUTES_PER_DAY", 0, 10'000'000);
  c.limits.spend_day = r.amount("LIMIT_SPEND_PER_DAY");
  c.price_web_per_minute = r.amount("PRICE_WEB_PER_MINUTE");
  c.price_phone_per_minute = r.amount("PRICE_PHONE_PER_MINUTE");
  c.retention_days = r.number("RETENTION_DAYS", 0, 36'500);
  c.recording_notice = r.text("RECORDING_NOTICE");
}

}  // namespace

std::span<const Variable> variables() { return table; }

ConfigReport read_config(const Environment& environment, const ReadFile& read_file) {
  Variables r(environment, read_file);
  Config c;

  std::string key = r.key("ULTRAVOX_API_KEY");
  if (key.empty()) {
    r.problem(
        "ULTRAVOX_API_KEY", "is missing",
        "Create one at app.ultravox.ai under Settings, API keys; or run ./run without any keys "
        "for the sandbox.");
  }
  c.ultravox_key = Secret(std::move(key));
  c.ultravox_base_url = r.base_url("ULTRAVOX_BASE_URL");
  read_twilio(r, c);
  c.sandbox = is_loopback_host(url_host(c.ultravox_base_url)) &&
              is_loopback_host(url_host(c.twilio_base_url));
  read_addresses(r, c);
  c.data_dir = r.text("DATA_DIR");
  if (std::string url = r.text("DATABASE_URL"); !url.empty()) {
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
      r.problem("DATABASE_URL", "does not begin with postgresql://",
                "Write postgresql://name:password@host/database, or leave it out for a file in "
                "DATA_DIR.");
    }
    c.database_url = Secret(std::move(url));
  }
  if (c.data_dir.starts_with('~')) {
    r.problem("DATA_DIR", "begins with ~, which only a shell replaces", "Write the whole path.");
  }
  c.web_root = r.text("WEB_ROOT");
  c.agents_dir = r.text("AGENTS_DIR");
  read_policy(r, c);
  read_limits(r, c);
  return {.config = std::move(c), .problems = std::move(r.problems)};
}

}  // namespace voxdial
