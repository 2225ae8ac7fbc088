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
  std::array<Job*, most_in_a_batch> jobs = batch;  // run() leaves out those that fail
  run(std::span(jobs).first(count));
  Job* next = nullptr;
  {
    const MutexLock lock(mutex_);
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!queue_.empty()) next = queue_.front();
    ++batches_;
    const int before = std::exchange(log_pages_, db_ == nullptr ? 0 : db_->log_pages());
    const bool enough = before < quiet_log_pages && log_pages_ >= quiet_log_pages;
    if (enough || log_pages_ >= most_log_pages) tidier_.notify_one();
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

void Writer::run(std::span<Job*> jobs) noexcept {
  if (const auto error = begin()) {
    for (Job* job : jobs) job->outcome = fail(*error);
    return;
  }
  Db& db = *db_;
  const auto fails = [&](Job* job) {
    job->outcome = run_guarded(job->work, db);
    if (db.failed()) job->outcome = fail(db.take_error());
    return !*job->outcome;
  };
  const auto failed = std::find_if(jobs.begin(), jobs.end(), fails);
  if (failed != jobs.end()) {
    db.rollback();
    std::copy(failed + 1, jobs.end(), failed);
    if (jobs.size() > 1) run(jobs.first(jobs.size() - 1));
    return;
  }
  db.commit();
  if (!db.failed()) {
    for (Job* job : jobs) {
      if (job->log == Log::emptied) job->outcome = db.checkpoint();
    }
    return;
  }
  const Error lost = db.take_error();
  db.rollback();
  if (jobs.size() == 1 || db.outcome_is_unknown()) {
    for (Job* job : jobs) job->outcome = fail(lost);
    return;
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) run(jobs.subspan(i, 1));
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

}  // namespace voxdial::db
