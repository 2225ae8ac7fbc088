#include "tests/sim/stage.h"

#include <ctime>

namespace voxdial::sim {
namespace {

std::string formatted(Millis at, const char* format) {
  const auto seconds = static_cast<std::time_t>(at / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

}  // namespace

bool Stage::strikes(Fault fault) {
  const int occasion = ++occasions_[fault];
  for (const Forced& forced : plan.forced) {
    if (forced.fault == fault && forced.verb == Verb::any && forced.strikes(occasion)) return true;
  }
  return plan.rate(fault) > 0 && !calm() && dice.chance(plan.rate(fault));
}

std::string rfc2822(Millis at) { return formatted(at, "%a, %d %b %Y %H:%M:%S +0000"); }

std::string http_date(Millis at) { return formatted(at, "%a, %d %b %Y %H:%M:%S GMT"); }

std::string rfc3339(Millis at) {
  const std::string millis = std::to_string(1000 + at % 1000).substr(1);
  return formatted(at, "%Y-%m-%dT%H:%M:%S.") + millis + "000Z";
}

std::string json_time(Millis at, std::string (*format)(Millis)) {
  return at == 0 ? "null" : '"' + format(at) + '"';
}

std::multimap<std::string, std::string> fields_of(std::string_view form) {
  const auto decoded = [](std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%' && i + 2 < text.size()) {
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
      } else {
        out += text[i] == '+' ? ' ' : text[i];
      }
    }
    return out;
  };
  std::multimap<std::string, std::string> out;
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals != pair.npos)
      out.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
  }
  return out;
}

std::string field(const std::multimap<std::string, std::string>& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

}  // namespace voxdial::sim
