// What pages are told of, written beside what it tells of. Only for proxy/store.
#pragma once

#include "proxy/events/event.h"
#include "proxy/store/db.h"
#include "shared/api.h"

namespace voxdial {

/// The next event. In the transaction that makes it true.
void append_news(db::Db& db, Millis at, const events::Event& event);

}  // namespace voxdial
