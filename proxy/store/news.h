// What pages are told of, written beside what it tells of. Only for proxy/store.
#pragma once

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// The next event. In the transaction that makes it true.
void append_news(db::Db& db, Millis at, const News& news);
/// Of a call that has changed.
void append_call_news(db::Db& db, Millis at, const Call& call);

}  // namespace voxdial
