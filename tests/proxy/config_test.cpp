#include "proxy/config/config.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "proxy/config/text_file.h"

using namespace voxdial;

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

ConfigReport read(const Values& values, const Values& files = {}) {
  return read_config(
      [&](std::string_view name) {
        const auto it = values.find(name);
        return it == values.end() ? std::nullopt : std::optional(it->second);
      },
      [&](const std::string& path) {
        const auto it = files.find(path);
        return it == files.end() ? std::nullopt : std::optional(it->second);
      });
}

Values complete() {
  return {{"ULTRAVOX_API_KEY", "abcdefgh.0123456789abcdef0123456789abcdef"},
          {"TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"},
          {"TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"},
          {"TWILIO_PHONE_NUMBER", "+1 202 555 0143"}};
}

Values with(std::string name, std::string value) {
  Values values = complete();
  values[std::move(name)] = std::move(value);
  return values;
}

}  // namespace

TEST_CASE("a complete environment configures both kinds of call") {
  const auto report = read(complete());
  CHECK(report.problems.empty());
  CHECK(report.config.phone);
  CHECK(report.config.twilio_number == "+12025550143");
  CHECK(report.config.phone_policy.own_region == "US");
  CHECK(report.config.twilio_voice_base_url == "https://voice.twilio.com");
  CHECK_FALSE(report.config.sandbox);
  CHECK(report.config.listen_address == "127.0.0.1");
  CHECK(report.config.limits.spend_day == 50'000'000);
  CHECK(report.config.price_phone_per_minute == 65'000);
}

TEST_CASE("every limit on calls can be set by its own name") {
  const std::pair<const char*, int CallLimits::*> rows[] = {
      {"LIMIT_CALLS_PER_USER_HOUR", &CallLimits::person_hour},
      {"LIMIT_CALLS_PER_USER_DAY", &CallLimits::person_day},
      {"LIMIT_CALLS_PER_ADDRESS_HOUR", &CallLimits::address_hour},
      {"LIMIT_CALLS_PER_ADDRESS_DAY", &CallLimits::address_day},
      {"LIMIT_CALLS_PER_DESTINATION_HOUR", &CallLimits::destination_hour},
      {"LIMIT_CALLS_PER_DESTINATION_DAY", &CallLimits::destination_day},
      {"LIMIT_CONCURRENT_CALLS", &CallLimits::everyone_live},
      {"LIMIT_MINUTES_PER_DAY", &CallLimits::minutes_day}};
  for (const auto& [name, limit] : rows) {
    CAPTURE(name);
    const auto report = read(with(name, "7"));
    CHECK(report.problems.empty());
    CHECK(report.config.limits.*limit == 7);
    CHECK_FALSE(read(with(name, "-1")).problems.empty());
  }
}

TEST_CASE("what is read and what .env.example explains are the same settings") {
  std::set<std::string, std::less<>> asked;
  const Values values = complete();
  const auto report = read_config(
      [&](std::string_view name) {
        asked.emplace(name);
        const auto it = values.find(name);
        return it == values.end() ? std::nullopt : std::optional(it->second);
      },
      [](const std::string&) { return std::optional<std::string>(); });
  for (const std::string& name : report.secrets) CHECK(asked.erase(name + "_FILE") == 1);
  CHECK(report.secrets.size() == 5);

  std::set<std::string, std::less<>> explained;
  std::istringstream lines{std::string(example_settings)};
  std::string before;
  for (std::string line; std::getline(lines, line); before = line) {
    if (line.empty() || line.starts_with('#')) continue;
    CAPTURE(line);
    CHECK(before.starts_with("# "));
    CHECK(explained.insert(line.substr(0, line.find('='))).second);
  }
  CHECK(asked == explained);
}

TEST_CASE("every setting has an effect: somebody reads what was set") {
  const auto source = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    REQUIRE(file.is_open());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return std::regex_replace(text, std::regex("//[^\n]*"), "");
  };
  const std::filesystem::path proxy = VOXDIAL_SOURCE_DIR "/proxy";
  const std::string table = source(proxy / "config/config.h");
  const std::string derived = source(proxy / "config/config.cpp");
  std::set<std::string> read;
  const std::regex member(R"((?:\.|->)(\w+)\b(?!\s*=[^=]))");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(proxy)) {
    const std::filesystem::path& path = entry.path();
    if (path.parent_path() == proxy / "config") continue;
    if (path.extension() != ".cpp" && path.extension() != ".h") continue;
    const std::string text = source(path);
    for (std::sregex_iterator at(text.begin(), text.end(), member), end; at != end; ++at) {
      read.insert((*at)[1]);
    }
  }
  int settings_found = 0;
  const std::regex row(R"re(read\.\w+\("(\w+)", c\.(?:\w+\.)?(\w+))re");
  for (std::sregex_iterator at(table.begin(), table.end(), row), end; at != end; ++at) {
    ++settings_found;
    const std::string name = (*at)[2];
    CAPTURE((*at)[1].str(), name);
    const std::regex follows_from_it("\\bc\\.\\w+ = [^;]*\\bc\\." + name + "\\b");
    CHECK((read.contains(name) || std::regex_search(derived, follows_from_it)));
  }
  std::istringstream lines{std::string(example_settings)};
  int settings_there = 0;
  for (std::string line; std::getline(lines, line);) {
    settings_there += !line.empty() && !line.starts_with('#');
  }
  CHECK(settings_found == settings_there);
}

TEST_CASE("without Twilio values web calls work and the reason for no phone is in words") {
  const auto report = read({{"ULTRAVOX_API_KEY", "key"}});
  CHECK(report.problems.empty());
  CHECK_FALSE(report.config.phone);
  CHECK(report.config.phone_off_reason.find("TWILIO_ACCOUNT_SID") != std::string::npos);
}

TEST_CASE("an API key signs the requests while the account stays in the path") {
  auto values = complete();
  values["TWILIO_API_KEY_SID"] = "SK0123456789abcdef0123456789abcdef";
  values["TWILIO_API_KEY_SECRET"] = "key-secret";
  const auto report = read(values);
  CHECK(report.problems.empty());
  CHECK(report.config.twilio_user == "SK0123456789abcdef0123456789abcdef");
  CHECK(report.config.twilio_password.reveal() == "key-secret");
}

TEST_CASE("both vendors on this machine make a sandbox") {
  auto values = complete();
  values["ULTRAVOX_BASE_URL"] = "http://127.0.0.1:4000";
  CHECK_FALSE(read(values).config.sandbox);
  values["TWILIO_BASE_URL"] = "http://localhost:4001/";
  const auto report = read(values);
  CHECK(report.problems.empty());
  CHECK(report.config.sandbox);
  CHECK(report.config.twilio_base_url == "http://localhost:4001");
}

TEST_CASE("addresses are kept as browsers write them, however the operator did") {
  CHECK(read(with("PUBLIC_BASE_URL", "https://Calls.Example:443/")).config.public_base_url ==
        "https://calls.example");
  CHECK(read(with("PUBLIC_BASE_URL", "https://calls.example:8443")).config.public_base_url ==
        "https://calls.example:8443");
}

TEST_CASE("files are read as their editors save them") {
  const std::string key = "abcdefgh.0123456789abcdef0123456789abcdef";
  const std::string mark = "\xEF\xBB\xBF";
  Values values = with("DO_NOT_CALL_FILE", "dnc");
  values["ULTRAVOX_API_KEY"] = "";
  values["ULTRAVOX_API_KEY_FILE"] = "key";
  const std::string numbers = "+12025550101\r\n# not these\r\n+12025550102";
  const auto list =
      GENERATE_COPY(numbers, mark + numbers, std::string("+12025550101\r+12025550102\r"),
                    mark + "+12025550101\n+12025550102\n");
  const auto report = read(values, {{"dnc", list}, {"key", mark + key + "\r\n"}});
  CHECK(report.problems.empty());
  CHECK(report.config.phone_policy.do_not_call ==
        std::vector<std::string>{"+12025550101", "+12025550102"});
  CHECK(report.config.ultravox_key.reveal() == key);
}

TEST_CASE("a file in UTF-16 is called that, and nothing of it is shown") {
  const std::string utf16("\xFF\xFEs\0e\0c\0r\0e\0t\0", 14);
  const std::string unmarked = utf16.substr(2);
  const auto& bytes = GENERATE_COPY(utf16, unmarked);
  Values values = with("DO_NOT_CALL_FILE", "dnc");
  values["ULTRAVOX_API_KEY"] = "";
  values["ULTRAVOX_API_KEY_FILE"] = "key";
  const auto report = read(values, {{"dnc", bytes}, {"key", bytes}});
  for (const std::string name : {"DO_NOT_CALL_FILE", "ULTRAVOX_API_KEY_FILE"}) {
    const auto found = std::find_if(report.problems.begin(), report.problems.end(),
                                    [&](const ConfigProblem& p) { return p.variable == name; });
    REQUIRE(found != report.problems.end());
    CHECK(found->what.find("UTF-16") != std::string::npos);
    CHECK(found->remedy == "Save it as UTF-8.");
    CHECK(found->what.find("secret") == std::string::npos);
  }
}

TEST_CASE("a certificate with a byte order mark, which OpenSSL would not find, is named") {
  Values values = with("TLS_CERT_FILE", "cert");
  values["TLS_KEY_FILE"] = "key";
  const std::string pem = "-----BEGIN CERTIFICATE-----";
  CHECK(read(values, {{"cert", pem}, {"key", pem}}).problems.empty());
  const auto report = read(values, {{"cert", "\xEF\xBB\xBF" + pem}, {"key", pem}});
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].variable == "TLS_CERT_FILE");
  CHECK(report.problems[0].what.find("byte order mark") != std::string::npos);
}

TEST_CASE("every wrong value is reported with its variable and a remedy") {
  struct Row {
    std::string name, value, says;
  };
  const auto row = GENERATE(values<Row>({
      {"ULTRAVOX_API_KEY", "", "is missing"},
      {"ULTRAVOX_API_KEY", "two words", "space"},
      {"ULTRAVOX_BASE_URL", "http://example.com", "plain http"},
      {"ULTRAVOX_BASE_URL", "http://127.evil.example", "plain http"},
      {"ULTRAVOX_BASE_URL", "https://user@example.com", "not an address"},
      {"ULTRAVOX_BASE_URL", "ftp://example.com", "not an address"},
      {"ULTRAVOX_BASE_URL", "https://example.com:99999", "not an address"},
      {"PUBLIC_BASE_URL", "https://example.com:99999", "not an address"},
      {"PUBLIC_BASE_URL", "https://example.com:0", "not an address"},
      {"PUBLIC_BASE_URL", "https://example.com:", "not an address"},
      {"PUBLIC_BASE_URL", "https://example.com?x", "not an address"},
      {"PUBLIC_BASE_URL", "https://example.com#x", "not an address"},
      {"TWILIO_BASE_URL", "https://example.com/path", "not an address"},
      {"TWILIO_ACCOUNT_SID", "AC123", "is not AC"},
      {"TWILIO_ACCOUNT_SID", "", "is missing while"},
      {"TWILIO_AUTH_TOKEN", "", "is missing while"},
      {"TWILIO_PHONE_NUMBER", "", "is missing while"},
      {"TWILIO_PHONE_NUMBER", "555", "E.164"},
      {"TWILIO_API_KEY_SID", "SK0123456789abcdef0123456789abcdef", "other half"},
      {"LISTEN_ADDRESS", "0.0.0.0:80", "neither an address"},
      {"LISTEN_ADDRESS", "*", "neither an address"},
      {"PORT", "http", "whole number"},
      {"PORT", "70000", "whole number"},
      {"TLS_CERT_FILE", "cert.pem", "other half"},
      {"IDENTITY_HEADER", "X-User", "without TRUSTED_PROXIES"},
      {"TRUSTED_PROXIES", "10.0.0.0/33", "no address"},
      {"ALLOWED_REGIONS", "US,XX", "no ISO country code"},
      {"DENIED_PREFIXES", "900", "no prefix"},
      {"QUIET_HOURS", "late", "not a span"},
      {"QUIET_HOURS", "25:00-08:00", "not a span"},
      {"ALLOW_PERSONAL_NUMBERS", "maybe", "neither yes nor no"},
      {"MAX_CALL_SECONDS", "5", "whole number"},
      {"LIMIT_SPEND_PER_DAY", "1e9", "amount of money"},
      {"LIMIT_SPEND_PER_DAY", "1.2345678", "amount of money"},
  }));
  CAPTURE(row.name, row.value);
  const auto report = read(with(row.name, row.value));
  REQUIRE_FALSE(report.problems.empty());
  bool found = false;
  for (const auto& problem : report.problems) {
    CHECK_FALSE(problem.remedy.empty());
    found = found || problem.what.find(row.says) != std::string::npos;
  }
  CHECK(found);
}

TEST_CASE("all mistakes are reported together") {
  auto values = complete();
  values["PORT"] = "x";
  values["QUIET_HOURS"] = "x";
  values["TWILIO_PHONE_NUMBER"] = "x";
  CHECK(read(values).problems.size() == 3);
}

TEST_CASE("a secret can come from a file, and a missing file is a problem") {
  auto values = complete();
  values.erase("ULTRAVOX_API_KEY");
  values["ULTRAVOX_API_KEY_FILE"] = "/run/secrets/key";
  const auto good = read(values, {{"/run/secrets/key", "from-file\n"}});
  CHECK(good.problems.empty());
  CHECK(good.config.ultravox_key.reveal() == "from-file");
  CHECK_FALSE(read(values).problems.empty());
}

TEST_CASE("a file is read whole or not at all") {
  const std::string folder =
      std::filesystem::temp_directory_path() / ("voxdial-files-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::string text(300'000, 'x');
  text[1000] = '\0';
  std::ofstream(folder + "/long", std::ios::binary) << text;
  std::ofstream(folder + "/empty");
  CHECK(read_file(folder + "/long") == text);
  CHECK(read_file(folder + "/empty") == "");
  CHECK_FALSE(read_file(folder));  // what a container mounts where there is no file
  CHECK_FALSE(read_file(folder + "/missing"));
  CHECK_FALSE(read_file("/dev/zero"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("an address to listen on may have the brackets it is written with elsewhere") {
  CHECK(read(with("LISTEN_ADDRESS", "[::1]")).config.listen_address == "::1");
  for (const char* plain : {"::", "0.0.0.0", "192.168.1.5", "localhost"}) {
    CHECK(read(with("LISTEN_ADDRESS", plain)).config.listen_address == plain);
    CHECK(read(with("LISTEN_ADDRESS", plain)).problems.empty());
  }
}

TEST_CASE("a key with something pasted beside it is named, whichever it is") {
  for (const char* name : {"ULTRAVOX_API_KEY", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SECRET"}) {
    for (const std::string& stuck :
         {std::string("abc\u00A0"), std::string("\u200Babc"), std::string("a c"),
          std::string("\"abc\""), std::string("Bearer abc"), std::string("a\nb"),
          std::string(name) + "=abc"}) {
      CAPTURE(name, stuck);
      Values values = with(name, stuck);
      values["TWILIO_API_KEY_SID"] = "SK0123456789abcdef0123456789abcdef";
      values.emplace("TWILIO_API_KEY_SECRET", "abc");
      const auto report = read(values);
      REQUIRE(report.problems.size() == 1);
      CHECK(report.problems[0].variable == name);
      CHECK(report.problems[0].what.find("no key has") != std::string::npos);
    }
    Values values = with(name, "abc\r\n");
    values["TWILIO_API_KEY_SID"] = "SK0123456789abcdef0123456789abcdef";
    values.emplace("TWILIO_API_KEY_SECRET", "abc");
    CHECK(read(values).problems.empty());
  }
}

TEST_CASE("host names are read as people paste them, and what is none is said") {
  const auto report = read(with(
      "ALLOWED_HOSTS", "VOX.example.com, a.example:8443,https://b.example/,[::1],::1,10.0.0.7,"));
  CHECK(report.problems.empty());
  CHECK(report.config.allowed_hosts == std::vector<std::string>{"vox.example.com", "a.example",
                                                                "b.example", "::1", "::1",
                                                                "10.0.0.7"});
  for (const char* wrong : {"*", "*.example.com", "a.example b.example", "10.0.0.0/8",
                            "https://a.example/path", "a.example;b", "127.1"}) {
    CAPTURE(wrong);
    const auto refused = read(with("ALLOWED_HOSTS", wrong));
    REQUIRE(refused.problems.size() == 1);
    CHECK(refused.problems[0].variable == "ALLOWED_HOSTS");
    CHECK(refused.problems[0].what.find(wrong) != std::string::npos);
  }
}

TEST_CASE("a path that only a shell could read is refused") {
  const auto report = read(with("DATA_DIR", "~/voxdial"));
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].variable == "DATA_DIR");
}
