#include "shared/end_reason.h"

#include "shared/wire_words.h"

namespace voxdial {

std::string_view wire_name(EndedBy by) { return ended_by_words[static_cast<std::size_t>(by)]; }
std::optional<EndedBy> ended_by(std::string_view wire_name) {
  return from_word<EndedBy>(ended_by_words, wire_name);
}

}  // namespace voxdial
