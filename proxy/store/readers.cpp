#include "proxy/store/readers.h"

namespace voxdial::db {

Result<std::unique_ptr<Db>> Readers::lease() {
  {
    const MutexLock lock(mutex_);
    const int losses = losses_;
    const auto is_free = [this]() REQUIRES(mutex_) { return !idle_.empty() || unopened_ > 0; };
    if (!is_free()) {
      free_.wait(mutex_, [&]() REQUIRES(mutex_) { return is_free() || losses_ != losses; });
      if (losses_ != losses) return fail(*last_loss_);
    }
    if (!idle_.empty()) {
      auto db = std::move(idle_.back());
      idle_.pop_back();
      return db;
    }
    --unopened_;
  }
  auto opened = open_();
  if (!opened) {
    tell_waiting(opened.error());
    give_back(nullptr);
  }
  return opened;
}

void Readers::tell_waiting(const Error& lost) {
  {
    const MutexLock lock(mutex_);
    ++losses_;
    last_loss_ = lost;
  }
  free_.notify_all();
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
