// Locks that say what they guard. clang checks it (-Wthread-safety, scripts/lint): a member that is
// GUARDED_BY a mutex is touched only where that mutex is held, a function that REQUIRES it is
// called only with it. std::mutex carries none of these marks in GNU's library, hence the thin
// classes here.
//
//   Mutex mutex_;
//   Condition changed_;
//   bool stopping_ GUARDED_BY(mutex_) = false;
//   void grow() REQUIRES(mutex_);    // the caller holds it
//
//   MutexLock lock(mutex_);
//   changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return stopping_; });
//
// See https://clang.llvm.org/docs/ThreadSafetyAnalysis.html; other compilers see no marks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define VOXDIAL_THREAD_MARK(mark) __attribute__((mark))
#else
#define VOXDIAL_THREAD_MARK(mark)
#endif

#define CAPABILITY(name) VOXDIAL_THREAD_MARK(capability(name))
#define SCOPED_CAPABILITY VOXDIAL_THREAD_MARK(scoped_lockable)
#define GUARDED_BY(mutex) VOXDIAL_THREAD_MARK(guarded_by(mutex))
#define REQUIRES(...) VOXDIAL_THREAD_MARK(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) VOXDIAL_THREAD_MARK(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) VOXDIAL_THREAD_MARK(acquire_capability(__VA_ARGS__))
#define RELEASE(...) VOXDIAL_THREAD_MARK(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS VOXDIAL_THREAD_MARK(no_thread_safety_analysis)

namespace voxdial {

class CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

/// Holds a mutex for as long as it lives, but for what lies between unlock() and lock().
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() {
    if (held_) mutex_.unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() RELEASE() {
    held_ = false;
    mutex_.unlock();
  }
  void lock() ACQUIRE() {
    mutex_.lock();
    held_ = true;
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

/// A condition variable. `until` is asked with the mutex held and is marked so: REQUIRES(mutex).
class Condition {
 public:
  template <class Until>
  void wait(Mutex& mutex, Until until) REQUIRES(mutex) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock, until);
    lock.release();  // the caller still holds it
  }
  /// Whether `until` came true within `longest`.
  template <class Until>
  bool wait_for(Mutex& mutex, std::chrono::milliseconds longest, Until until)
      REQUIRES(mutex) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool came = changed_.wait_for(lock, longest, until);
    lock.release();
    return came;
  }
  void notify_one() { changed_.notify_one(); }
  void notify_all() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace voxdial
