#include "proxy/store/values.h"

#include <utility>

#include "shared/e164.h"

namespace voxdial {

bool may_see(const Reader& reader, const Call& call) {
  return !reader.only_own || call.user == reader.user;
}

Call as_seen_by(const Reader& reader, Call call) {
  if (!reader.whole_numbers && !call.to.empty()) {
    call.to = mask_number(call.to);
    call.to_international.clear();
  }
  return call;
}

std::string_view role_name(Role role) { return role == Role::supervisor ? "supervisor" : "caller"; }

std::optional<Role> role_from_name(std::string_view name) {
  if (name == "caller") return Role::caller;
  if (name == "supervisor") return Role::supervisor;
  return std::nullopt;
}

}  // namespace voxdial
