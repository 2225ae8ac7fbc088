#include "proxy/access/access.h"

namespace voxdial {

Reader reader(const Person& person) {
  const bool all = person.role == Role::supervisor;
  return {.user = person.name, .only_own = !all, .whole_numbers = all};
}

Access::Access(const Config& config, const World& world, Store& store)
    : config_(config), world_(world), store_(store) {}

Result<bool> Access::login_needed() const {
  if (!config_.identity_header.empty()) return true;
  const auto users = store_.users();
  if (!users) return fail(users.error());
  return !users->empty();
}

Result<Person> Access::identify(const http::Request&) const {
  const auto needed = login_needed();
  if (!needed) return fail(needed.error());
  if (*needed) return fail(ErrorCode::unauthenticated);
  return Person{};
}

}  // namespace voxdial
