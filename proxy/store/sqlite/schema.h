// The tables, and how a file from an older voxdial becomes one of today's.
#pragma once

#include "proxy/store/db.h"

namespace voxdial::sqlite {

/// Carries out every step the file has not had yet, each in one transaction. Refuses files of a
/// newer voxdial and files that are not ours. Then adds the columns that a call's row has had since
/// (call_row.h). Two programs may do this at once.
/// `most`: no step beyond this one. For tests, which make files of older versions so.
Result<void> bring_up_to_date(db::Db& db, std::int64_t most = INT64_MAX);

}  // namespace voxdial::sqlite
