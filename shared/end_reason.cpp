#include "shared/end_reason.h"

#include "shared/wire_words.h"

namespace voxdial {

std::string_view wire_name(EndedBy by) { return ended_by_words[static_cast<std::size_t>(by)]; }

}  // namespace voxdial
