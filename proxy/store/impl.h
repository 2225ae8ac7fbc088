// What a Store is made of; shared by the files that carry its functions out.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "proxy/store/engine.h"
#include "proxy/store/limits.h"
#include "proxy/store/postgres/bell.h"
#include "proxy/store/readers.h"
#include "proxy/store/store.h"
#include "proxy/store/writer.h"
#include "proxy/thread_annotations.h"

namespace voxdial {

/// A request that placed a call here and has not been answered yet, and those waiting for its
/// reply.
struct UnansweredRequest {
  Mutex mutex;
  Condition bell;
  std::optional<StoredReply> reply GUARDED_BY(mutex);
};

/// Each press of a key that is at work already holds one of the server's threads while it waits
/// for the reply: three hundred must not take them all.
constexpr int most_waiting_presses = 64;

struct Store::Impl {
  Impl(const db::Engine& engine, const StoreOptions& options, std::unique_ptr<db::Db> db)
      : readers(engine.to_read, options.readers, measure, StoreWork::read),
        leasing(engine.to_lease, 1, measure, StoreWork::lease),
        writer(std::move(db), engine.to_write),
        reconcile(options.reconcile),
        server(options.server),
        on_database(!options.url.empty()),
        listen_url(options.listen_url.empty() ? options.url : options.listen_url),
        bell(options.server.empty() ? Secret() : listen_url) {}

  /// Runs `work(Db&) -> Result<T>` in the writer; see db::Work for what it must keep to.
  template <class F>
  auto write(F work) -> decltype(work(std::declval<db::Db&>())) {
    const std::int64_t began = measure.begin();
    std::optional<decltype(work(std::declval<db::Db&>()))> out;
    auto done = writer.write([&](db::Db& db) -> Result<void> {
      out.emplace(work(db));
      if (!*out) return fail(out->error());
      return {};
    });
    measure.end(StoreWork::write, began);
    if (!done) return fail(std::move(done).error());
    return std::move(*out);
  }

  /// Runs `work(Db&)`, which writes leases and nothing else, in a transaction of its own: beside
  /// the writer where the database lets it.
  template <class F>
  auto lease(F work) -> decltype(work(std::declval<db::Db&>())) {
    return on_database ? leasing.read(work) : write(work);
  }

  /// Something was recorded that pages elsewhere are to hear of.
  void ring() {
    if (!server.empty()) bell.ring();
  }

  bool is_placed_here(std::string_view call_id) {
    const MutexLock lock(unanswered_mutex);
    return unanswered.find(call_id) != unanswered.end();
  }

  /// The request that placed this call has its reply: wakes those who wait for it.
  void replied(std::string_view call_id, const StoredReply& reply);

  Measure measure;
  db::Readers readers;
  db::Readers leasing;
  db::Writer writer;
  const Reconcile reconcile;
  const std::string server;  ///< ours among several; empty: there is no other
  const bool on_database;    ///< and not on a file
  const Secret listen_url;
  postgres::Bell bell;
  /// Held while a page of an export is made: a hundred exports use one processor and one
  /// connection between them, and leave the others to calls.
  Mutex exporting;
  InUse in_use;  ///< touched by what the writer runs only

  Mutex unanswered_mutex;
  std::map<std::string, std::shared_ptr<UnansweredRequest>, std::less<>> unanswered  ///< by call id
      GUARDED_BY(unanswered_mutex);
  std::atomic<int> waiting_presses{0};
};

}  // namespace voxdial
