// What happened, in words: a line an event, told only of a seed that failed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"

namespace voxdial::sim {

class Story {
 public:
  explicit Story(Millis start) : start_(start) {}

  void tell(Millis at, std::string_view who, std::string what);
  /// The lines, and `end` as the last one. Of a very long story the middle is left out.
  std::string text(std::string_view end) const;

 private:
  struct Line {
    Millis at;
    std::string who, what;
  };
  Millis start_;
  std::vector<Line> lines_;
};

}  // namespace voxdial::sim
