// A few connections for reading. Each read sees one moment of the store and never waits for the
// writer.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/store/db.h"
#include "proxy/store/timing.h"
#include "proxy/thread_annotations.h"

namespace voxdial::db {

class Readers {
 public:
  /// At most `most` connections, opened when first needed. `measure` outlives this.
  Readers(Open open, int most, const Measure& measure, StoreWork kind)
      : open_(std::move(open)), measure_(measure), kind_(kind), unopened_(most) {}

  /// Runs `work(Db&) -> Result<T>` in one read transaction. Waits while all connections are in use;
  /// who waits while the database is found to be away is not the next to find that out, but told
  /// the same.
  template <class F>
  auto read(F&& work) -> decltype(work(std::declval<Db&>())) {
    const std::int64_t began = measure_.begin();
    auto leased = lease();
    if (!leased) return fail(std::move(leased).error());
    Lease mine{*this, std::move(*leased)};
    Db& db = *mine.db;
    db.begin_read();
    const bool reached = !db.failed();  // else not by a new line either
    auto result = work(db);
    db.commit();
    measure_.end(kind_, began);
    if (db.failed()) {
      Error error = db.take_error();
      if (!reached) tell_waiting(error);
      return fail(std::move(error));
    }
    return result;
  }

 private:
  struct Lease {
    Readers& home;
    std::unique_ptr<Db> db;
    ~Lease() { home.give_back(std::move(db)); }
  };
  Result<std::unique_ptr<Db>> lease();
  void give_back(std::unique_ptr<Db> db);
  void tell_waiting(const Error& lost);

  const Open open_;
  const Measure& measure_;
  const StoreWork kind_;
  Mutex mutex_;
  Condition free_;
  std::vector<std::unique_ptr<Db>> idle_ GUARDED_BY(mutex_);
  int unopened_ GUARDED_BY(mutex_);    ///< may still be opened
  int losses_ GUARDED_BY(mutex_) = 0;  ///< of connections
  std::optional<Error> last_loss_ GUARDED_BY(mutex_);
};

}  // namespace voxdial::db
