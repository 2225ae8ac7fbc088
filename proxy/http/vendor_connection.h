// One connection to a vendor, and what cuts it when its time is over.
#pragma once

#include <httplib.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "proxy/config/secret.h"
#include "proxy/thread_annotations.h"
#include "proxy/url.h"
#include "proxy/world.h"

namespace voxdial::http {

/// Cuts sockets whose deadline has passed, from outside of httplib: its own timeouts are per read,
/// per write and per handshake step, and a vendor that drips can stretch each of them.
class Watchdog {
 public:
  struct Entry {
    std::int64_t deadline_ms = 0;
    int fd = -1;  ///< our own duplicate, so that it is never somebody else's socket
    bool cut = false;
  };

  explicit Watchdog(SteadyClock clock) : clock_(std::move(clock)), thread_([this] { run(); }) {}
  ~Watchdog() {
    {
      const MutexLock lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void add(Entry& entry) {
    const MutexLock lock(mutex_);
    entries_.insert(&entry);
    if (asleep_) changed_.notify_all();
  }
  /// Whether the entry's socket was cut.
  bool remove(Entry& entry) {
    const MutexLock lock(mutex_);
    entries_.erase(&entry);
    return entry.cut;
  }
  void set_socket(Entry& entry, int fd) {
    const MutexLock lock(mutex_);
    entry.fd = fd;
    if (entry.cut && fd >= 0) shutdown(fd, SHUT_RDWR);
  }

 private:
  void run();

  const SteadyClock clock_;
  Mutex mutex_;
  Condition changed_;
  std::unordered_set<Entry*> entries_ GUARDED_BY(mutex_);
  bool asleep_ GUARDED_BY(mutex_) = false;  ///< until there is an entry
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

/// A client with its at most one connection, and what the hooks note about the request under way.
class VendorConnection {
 public:
  VendorConnection(const Url& address, const Secret& credential, X509_STORE* store,
                   const SteadyClock& clock, Watchdog& watchdog);
  ~VendorConnection() {
    if (entry_.fd >= 0) close(entry_.fd);
  }
  VendorConnection(const VendorConnection&) = delete;
  VendorConnection& operator=(const VendorConnection&) = delete;

  SendResult send(const VendorRequest& wanted, int connect_timeout_ms);

  /// Whether the connection may serve another request.
  bool reusable() const { return reusable_; }

 private:
  void verify(const std::string& host, X509_STORE* store);
  void on_socket(int fd);
  ssize_t on_headers(httplib::Stream& stream, const httplib::Headers& headers);
  Unexpected<SendFailure> explain(httplib::Error error, bool cut) const;

  const SteadyClock& clock_;
  Watchdog& watchdog_;
  const Secret credential_;
  Watchdog::Entry entry_;
  bool begun_ = false;  ///< the request's first bytes were handed to the socket
  bool reusable_ = false;
  std::string refusal_;     ///< why we stopped taking the answer
  httplib::Client client_;  // last: its hooks use the members above
};

}  // namespace voxdial::http
