#include "proxy/store/readers.h"

namespace voxdial::db {

Result<std::unique_ptr<Db>> Readers::lease() {
  {
    const MutexLock lock(mutex_);
    free_.wait(mutex_, [this]() REQUIRES(mutex_) { return !idle_.empty() || unopened_ > 0; });
    if (!idle_.empty()) {
      auto db = std::move(idle_.back());
      idle_.pop_back();
      return db;
    }
    --unopened_;
  }
  auto opened = open_();
  if (!opened) give_back(nullptr);
  return opened;
}

void Readers::give_back(std::unique_ptr<Db> db) {
  if (db != nullptr) db->rollback();
  if (db != nullptr && db->suspect()) db.reset();
  {
    const MutexLock lock(mutex_);
    if (db != nullptr) {
      idle_.push_back(std::move(db));
    } else {
      ++unopened_;
    }
  }
  free_.notify_one();
}

}  // namespace voxdial::db
