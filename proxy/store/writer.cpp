#include "proxy/store/writer.h"

#include <chrono>
#include <exception>

namespace voxdial::db {
namespace {

// The log is moved into the database when nobody is waiting: from 4 MB on once it has been quiet
// for a while, so that the next caller is not the one who pays; from 16 MB on in any case.
constexpr int idle_log_pages = 2'000;
constexpr int most_log_pages = 8'000;
constexpr auto quiet = std::chrono::milliseconds(200);

Result<void> run_guarded(const Work& work, Db& db) {
  try {
    return work(db);
  } catch (const std::exception&) {  // out of memory: the work is undone, the thread lives on
    return fail(ErrorCode::store_unavailable,
                "The server has no memory left to record calls, so it places none.");
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<Db> db, Open open)
    : open_(std::move(open)), db_(std::move(db)), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> Writer::write(const Work& work, Log log) {
  Job job{&work, log, std::nullopt};
  std::shared_ptr<Batch> batch;
  {
    const MutexLock lock(mutex_);
    if (waiting_ == nullptr) waiting_ = std::make_shared<Batch>();
    batch = waiting_;
    batch->jobs.push_back(&job);
  }
  wake_.notify_one();
  const MutexLock lock(batch->mutex);
  batch->bell.wait(batch->mutex, [&]() REQUIRES(batch->mutex) { return batch->done; });
  return std::move(*job.outcome);
}

void Writer::loop() {
  for (;;) {
    std::shared_ptr<Batch> batch;
    {
      MutexLock lock(mutex_);
      const auto wanted = [this]() REQUIRES(mutex_) { return waiting_ != nullptr || stopping_; };
      if (log_pages() >= idle_log_pages && !wake_.wait_for(mutex_, quiet, wanted)) {
        lock.unlock();
        move_log();
        lock.lock();
      }
      wake_.wait(mutex_, wanted);
      if (waiting_ == nullptr) return;
      batch = std::move(waiting_);
    }
    run(batch->jobs);
    for (Job* job : batch->jobs) {
      if (job->log == Log::emptied && *job->outcome) job->outcome = db_->checkpoint();
    }
    {
      const MutexLock lock(batch->mutex);
      batch->done = true;
    }
    batch->bell.notify_all();
    if (log_pages() >= most_log_pages) move_log();
  }
}

void Writer::run(std::span<Job* const> jobs) {
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
    job->outcome = run_guarded(*job->work, db);
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

/// Nobody waits for it, and nothing is lost when it fails: the rows stay in the log.
void Writer::move_log() { static_cast<void>(db_->checkpoint()); }

int Writer::log_pages() const { return db_ == nullptr ? 0 : db_->log_pages(); }

}  // namespace voxdial::db
