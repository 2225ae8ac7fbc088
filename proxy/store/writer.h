// The one thread that writes: group commit.
//
// Whoever wants to write hands over a piece of work and sleeps; the thread runs everything that is
// waiting in one transaction, each piece in its own savepoint, commits, and only then wakes them. A
// disk that syncs 5,000 times a second so carries 80,000 rows a second, all of them durable.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "proxy/store/db.h"
#include "proxy/thread_annotations.h"

namespace voxdial::db {

/// A piece of work inside a transaction that somebody else opens and commits. An error undoes what
/// it wrote, and only that. It may be run again from the start when the transaction is lost under
/// it, so it must set what it puts out every time.
using Work = std::function<Result<void>(Db&)>;

/// What is to become of the log after a piece of work: it stays as it is, or is moved into the
/// database before the caller returns.
enum class Log : std::uint8_t { kept, emptied };

class Writer {
 public:
  /// `db` has the schema already; `open` gives another when this one is doubtful.
  Writer(std::unique_ptr<Db> db, Open open);
  ~Writer();  ///< finishes what is queued
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Returns when the work is durable, or with the reason why nothing of it is.
  Result<void> write(const Work& work, Log log = Log::kept);

 private:
  struct Job {
    const Work* work;
    Log log;
    std::optional<Result<void>> outcome;
  };
  /// What is committed together, and the bell that wakes exactly its callers.
  struct Batch {
    std::vector<Job*> jobs;  ///< the writer's own once it has taken the batch
    Mutex mutex;
    Condition bell;
    bool done GUARDED_BY(mutex) = false;
  };

  void loop();
  void run(std::span<Job* const> jobs);
  std::optional<Error> begin();
  std::optional<Error> work_and_commit(std::span<Job* const> jobs);
  int log_pages() const;
  void move_log();

  const Open open_;
  std::unique_ptr<Db> db_;  // the thread's own; empty after a doubtful failure

  Mutex mutex_;
  Condition wake_;
  std::shared_ptr<Batch> waiting_ GUARDED_BY(mutex_);  ///< collects jobs until the thread takes it
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: runs loop()
};

}  // namespace voxdial::db
