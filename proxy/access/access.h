// Who is asking.
//
// Owns the answer to one question, for every request: which person is this, if any. On this machine
// alone (loopback, nobody named) there is no login and the one person may do everything.
#pragma once

#include <string>

#include "proxy/config/config.h"
#include "proxy/http/message.h"
#include "proxy/store/store.h"
#include "proxy/world.h"
#include "shared/result.h"

namespace voxdial {

struct Person {
  std::string name;  ///< empty without login
  Role role = Role::supervisor;
};

/// What this person may read: a caller their own calls with masked numbers, a supervisor
/// everything.
Reader reader(const Person& person);

class Access {
 public:
  /// All references outlive this.
  Access(const Config& config, const World& world, Store& store);

  /// Whether anybody has to log in: people are named or a trusted proxy names them.
  Result<bool> login_needed() const;

  /// The person behind a request. Errors: unauthenticated, store_unavailable.
  Result<Person> identify(const http::Request& request) const;

 private:
  const Config& config_;
  const World& world_;
  Store& store_;
};

}  // namespace voxdial
