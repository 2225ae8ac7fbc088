#include "proxy/store/writer.h"

#include <semaphore.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace voxdial::db {
namespace {

// The log is moved into the database by a thread of its own, so that no caller is the one who pays:
// from 4 MB on once it has been quiet for a while, from 16 MB on in any case.
constexpr int quiet_log_pages = 2'000;
constexpr int most_log_pages = 8'000;
constexpr auto quiet = std::chrono::milliseconds(200);
constexpr std::size_t most_in_a_batch = 64;

Result<void> run_guarded(const Work& work, Db& db) {
  try {
    return work(db);
  } catch (const std::exception&) {  // out of memory: the work is undone, the thread lives on
    return fail(ErrorCode::store_unavailable,
                "The server has no memory left to record calls, so it places none.");
  }
}

}  // namespace

/// Somebody in the queue, who sleeps until it is their turn to write for all, or until somebody has
/// written for them.
struct Writer::Job {
  Job(const Work& what, Log then) : work(what), log(then) { ::sem_init(&woken, 0, 0); }
  ~Job() { ::sem_destroy(&woken); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  void sleep() {
    while (::sem_wait(&woken) != 0) {
    }
  }
  /// The job may be gone when this returns. A semaphore, because whoever a condition wakes would
  /// first meet its waker at the mutex.
  void wake() { ::sem_post(&woken); }

  const Work& work;
  const Log log;
  std::optional<Result<void>> outcome;
  bool is_done = false;
  ::sem_t woken;
};

Writer::Writer(std::unique_ptr<Db> db, Open open)
    : open_(std::move(open)), db_(std::move(db)), tidying_([this] { tidy(); }) {}

Writer::~Writer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    tidier_.notify_one();
  }
  tidying_.join();
}

Result<void> Writer::write(const Work& work, Log log) {
  Job job(work, log);
  bool first = false;
  {
    const MutexLock lock(mutex_);
    first = queue_.empty();
    queue_.push_back(&job);
  }
  if (!first) job.sleep();
  if (job.is_done) return std::move(*job.outcome);

  std::array<Job*, most_in_a_batch> batch;
  std::size_t count = 0;
  {
    const MutexLock lock(mutex_);
    count = std::min(queue_.size(), batch.size());
    std::copy_n(queue_.begin(), count, batch.begin());
  }
  run(std::span(batch).first(count));
  Job* next = nullptr;
  {
    const MutexLock lock(mutex_);
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!queue_.empty()) next = queue_.front();
    ++batches_;
    log_pages_ = db_ == nullptr ? 0 : db_->log_pages();
    if (log_pages_ >= quiet_log_pages) tidier_.notify_one();
  }
  if (next != nullptr) next->wake();
  for (std::size_t i = 1; i < count; ++i) {
    batch[i]->is_done = true;
    batch[i]->wake();
  }
  return std::move(*job.outcome);
}

void Writer::tidy() {
  const Work nothing = [](Db&) -> Result<void> { return {}; };
  MutexLock lock(mutex_);
  for (;;) {
    tidier_.wait(mutex_,
                 [this]() REQUIRES(mutex_) { return stopping_ || log_pages_ >= quiet_log_pages; });
    const std::uint64_t before = batches_;
    const bool full = tidier_.wait_for(mutex_, quiet, [this]() REQUIRES(mutex_) {
      return stopping_ || log_pages_ >= most_log_pages;
    });
    if (stopping_) return;
    if (!full && batches_ != before) continue;
    lock.unlock();
    (void)write(nothing, Log::emptied).has_value();  // if not, the rows stay in the log
    lock.lock();
  }
}

void Writer::run(std::span<Job* const> jobs) noexcept {
  if (const auto error = begin()) {
    for (Job* job : jobs) job->outcome = fail(*error);
  } else if (const auto lost = work_and_commit(jobs)) {
    // The transaction is gone, and with it the work of those who did nothing wrong: each by itself,
    // unless it may have been done.
    const bool again = jobs.size() > 1 && !db_->outcome_is_unknown();
    if (!again) {
      for (Job* job : jobs) job->outcome = fail(*lost);
    } else {
      for (std::size_t i = 0; i < jobs.size(); ++i) run(jobs.subspan(i, 1));
    }
  } else {
    for (Job* job : jobs) {
      if (job->log == Log::emptied && *job->outcome) job->outcome = db_->checkpoint();
    }
  }
}

std::optional<Error> Writer::begin() {
  if (db_ == nullptr || db_->suspect()) {
    db_.reset();
    auto opened = open_();
    if (!opened) return std::move(opened).error();
    db_ = std::move(*opened);
  }
  if (auto reason = db_->forbidden()) return reason;
  db_->begin_write();
  if (!db_->failed()) return std::nullopt;
  Error error = db_->take_error();
  db_->rollback();
  return error;
}

std::optional<Error> Writer::work_and_commit(std::span<Job* const> jobs) {
  Db& db = *db_;
  const bool alone = jobs.size() == 1;  // undoing its work is undoing everything
  for (Job* job : jobs) {
    if (!alone) db.mark();
    if (db.failed()) break;
    job->outcome = run_guarded(job->work, db);
    if (db.failed()) {
      Error error = db.take_error();
      job->outcome = fail(error);
      if (!db.in_transaction()) return error;  // a full disk ends the whole transaction by itself
    }
    if (alone && !*job->outcome) {
      db.rollback();
      return std::nullopt;
    }
    if (alone) break;
    if (!*job->outcome) db.undo();
    db.unmark();
  }
  db.commit();
  if (!db.failed()) return std::nullopt;
  Error error = db.take_error();
  db.rollback();
  return error;
}

}  // namespace voxdial::db
