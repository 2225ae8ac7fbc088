#include "proxy/store/page_events.h"

#include "proxy/store/values.h"
#include "shared/codec.h"

namespace voxdial {

events::Event call_event(const Call& call) {
  const Reader sees_masked{.user = {}, .only_own = false, .whole_numbers = false};
  return {.kind = "call",
          .owner = call.user,
          .for_everyone = false,
          .masked = encode(as_seen_by(sees_masked, call)),
          .whole = call.to.empty() ? "" : encode(call)};
}

events::Event transcript_event(const std::string& owner, const Transcript& lines) {
  return {.kind = "transcript",
          .owner = owner,
          .for_everyone = false,
          .masked = encode(lines),
          .whole = {}};
}

events::Event agents_event() {
  return {.kind = "agents", .owner = {}, .for_everyone = true, .masked = "{}", .whole = {}};
}

}  // namespace voxdial
