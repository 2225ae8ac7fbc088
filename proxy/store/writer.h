// Group commit: whoever wants to write queues up, and the first in the queue writes for all who
// stand behind it at that moment, in one transaction. They are woken when it is committed, and the
// next in the queue goes on. A disk that syncs 5,000 times a second so carries 80,000 rows a
// second, all of them durable; and nobody hands anything over when nobody else writes. Work that
// fails, which is rare, undoes the transaction; the others' is done again without it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>

#include "proxy/store/db.h"
#include "proxy/thread_annotations.h"

namespace voxdial::db {

/// A piece of work inside a transaction that somebody else opens and commits. An error undoes what
/// it wrote, and only that. It may be run again from the start when the transaction is lost under
/// it or another's work failed, so it must set what it puts out every time.
using Work = std::function<Result<void>(Db&)>;

/// What is to become of the log after a piece of work: it stays as it is, or is moved into the
/// database before the caller returns.
enum class Log : std::uint8_t { kept, emptied };

class Writer {
 public:
  /// `db` has the schema already; `open` gives another when this one is doubtful.
  Writer(std::unique_ptr<Db> db, Open open);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Returns when the work is durable, or with the reason why nothing of it is.
  Result<void> write(const Work& work, Log log = Log::kept);

 private:
  struct Job;
  void run(std::span<Job*> jobs) noexcept;
  std::optional<Error> begin();
  void tidy();

  const Open open_;
  std::unique_ptr<Db> db_;  // whoever is first in the queue has it; empty after a doubtful failure

  Mutex mutex_;
  std::deque<Job*> queue_ GUARDED_BY(mutex_);
  Condition tidier_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  int log_pages_ GUARDED_BY(mutex_) = 0;
  std::uint64_t batches_ GUARDED_BY(mutex_) = 0;
  std::thread tidying_;  // last: runs tidy()
};

}  // namespace voxdial::db
