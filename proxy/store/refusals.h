// Writing down refusals from inside a transaction, without letting a flood of them fill the disk.
#pragma once

#include <string_view>

#include "proxy/store/db.h"
#include "proxy/store/values.h"

namespace voxdial {

/// What a person who was let in can be refused in a minute, from one address and for one reason,
/// before the rest is only counted: no hand, and hardly a script, presses so often.
constexpr int persons_refusals_a_minute = 1'000;
/// The same for those whom nobody let in.
constexpr int strangers_refusals_a_minute = 1;

/// Appends `entry` to the audit, or, once this address (an IPv6 site) had `rows_a_minute` rows for
/// this reason in this minute, counts it; the count becomes a row ("refusals_counted") when the
/// minute is over. Strangers have 200 rows a minute in all, from however many addresses they come.
void append_refusal(db::Db& db, const AuditEntry& entry, std::string_view reason,
                    int rows_a_minute);

}  // namespace voxdial
