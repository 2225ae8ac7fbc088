#include "tests/sim/story.h"

#include <cstdio>

namespace voxdial::sim {
namespace {

std::string clock(Millis since) {
  char text[40];
  std::snprintf(text, sizeof text, "%3lld:%02lld.%03lld", static_cast<long long>(since / 60'000),
                static_cast<long long>(since / 1000 % 60), static_cast<long long>(since % 1000));
  return text;
}

}  // namespace

void Story::tell(Millis at, std::string_view who, std::string what) {
  lines_.push_back({at, std::string(who), std::move(what)});
}

std::string Story::text(std::string_view end) const {
  constexpr std::size_t first = 200, last = 80;  // of a story that goes on and on
  std::string out = "  min:s        who       what\n";
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (i == first && lines_.size() > first + last) {
      i = lines_.size() - last;
      out += "               ...\n";
    }
    std::string who = lines_[i].who;
    who.resize(std::max<std::size_t>(9, who.size()), ' ');
    out += clock(lines_[i].at - start_) + "  " + who + " " + lines_[i].what + "\n";
  }
  return out + std::string(end) + "\n";
}

}  // namespace voxdial::sim
