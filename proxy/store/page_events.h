// What pages are told of, each kind of event once: the recorder of a server alone publishes them,
// servers that share a record write them into it (news.h).
#pragma once

#include <string>

#include "proxy/events/event.h"
#include "shared/api.h"

namespace voxdial {

/// A call as it is now.
events::Event call_event(const Call& call);
/// Lines of a transcript that are new, or other than before.
events::Event transcript_event(const std::string& owner, const Transcript& lines);
/// Which agents there are is to be asked for again.
events::Event agents_event();

}  // namespace voxdial
