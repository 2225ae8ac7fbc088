// The proxy's middle without sockets or threads: what the simulator drives. A real store, a real
// hub, the real rest.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "proxy/app.h"
#include "proxy/store/faults.h"
#include "tests/sim/callback.h"

namespace voxdial::sim {

class Middle {
 public:
  /// A start of the process. `world` and `config` outlive this. `server`: its id among several on
  /// one database; empty: it is alone. The error is the store's.
  static Result<std::unique_ptr<Middle>> start(const World& world, const Config& config,
                                               const std::string& file, StoreFaults& faults,
                                               const std::string& server);

  StoredReply place(const Attempt& attempt) { return app_.calls.place(attempt); }
  Result<Call> end(const std::string& id, HangUpWhy why) {
    return app_.calls.hang_up(everybody, id, why);
  }
  /// The HTTP status that the vendor gets.
  int hear(const Callback& callback);
  /// Does what is due, one after the other; milliseconds until there is more, or nothing while
  /// nothing is owed.
  std::optional<Millis> run_due();
  /// Whether something is due that another server has leased: what becomes of it nobody tells.
  bool others_owe();
  static constexpr int hands = 4;  ///< how many may work at a time

  Store& store() { return app_.store; }

 private:
  Middle(const World& world, const Config& config, std::unique_ptr<Store> store);
  static inline const Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

  App app_;
};

}  // namespace voxdial::sim
