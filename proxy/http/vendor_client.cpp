// What is used of httplib 0.41 here: one httplib::Client per connection, send(Request) and, for a
// body in pieces, open_stream(), and these hooks:
// - header writer: puts the credential on the wire, and is where a request begins. A second call
//   for the same request is httplib's silent retry after a TLS close
//   (Error::SSLPeerCouldBeClosed_), which could dial twice, and is refused.
// - socket options: hands over each new socket, for the watchdog.
#include "proxy/http/vendor_client.h"

#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>

#include "proxy/crypto/digest.h"
#include "proxy/thread_annotations.h"
#include "proxy/url.h"
#include "shared/ascii.h"

static_assert(CPPHTTPLIB_EXPECT_100_THRESHOLD == 0,
              "with its default a body over 1 KB waits up to a second for 100 Continue");

namespace voxdial::http {
namespace {

/// World's monotonic clock, in milliseconds.
using Clock = std::function<std::int64_t()>;

/// How often the watchdog looks; only while a request is under way.
constexpr auto watchdog_tick = std::chrono::milliseconds(50);

constexpr std::size_t piece_bytes = 32 * 1024;

/// httplib and the clock count in whole milliseconds.
constexpr std::int64_t rounding_ms = 2;

struct StoreDeleter {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using Store = std::unique_ptr<X509_STORE, StoreDeleter>;

// ------------------------------------------------------------------------------ addresses

/// The whole header line of the credentials: "X-API-Key: ...\r\n".
Secret credential_line(const VendorEndpoint& endpoint) {
  std::string line;
  if (const auto* key = std::get_if<HeaderKey>(&endpoint.credentials)) {
    line.reserve(key->name.size() + key->value.size() + 4);
    line.append(key->name).append(": ").append(key->value.reveal()).append("\r\n");
  } else if (const auto* basic = std::get_if<BasicAuth>(&endpoint.credentials)) {
    std::string pair;
    pair.reserve(basic->user.size() + 1 + basic->password.size());
    pair.append(basic->user).append(":").append(basic->password.reveal());
    std::string encoded = crypto::to_base64(pair);
    line.reserve(encoded.size() + 32);
    line.append("Authorization: Basic ").append(encoded).append("\r\n");
    wipe(pair);
    wipe(encoded);
  }
  return Secret(std::move(line));
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// ------------------------------------------------------------------------------ the deadline

/// Cuts sockets whose deadline has passed, from outside of httplib: its own timeouts are per read,
/// per write and per handshake step, and a vendor that drips can stretch each of them.
class Watchdog {
 public:
  struct Entry {
    std::int64_t deadline_ms = 0;
    int fd = -1;  ///< our own duplicate, so that it is never somebody else's socket
    bool cut = false;
  };

  explicit Watchdog(Clock clock) : clock_(std::move(clock)), thread_([this] { run(); }) {}
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
    if (entries_.empty()) changed_.notify_all();
    entries_.insert(&entry);
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
  void run() {
    MutexLock lock(mutex_);
    while (!stop_) {
      if (entries_.empty()) {
        changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return stop_ || !entries_.empty(); });
        continue;
      }
      changed_.wait_for(mutex_, watchdog_tick, [this]() REQUIRES(mutex_) { return stop_; });
      const std::int64_t now = clock_();
      for (Entry* entry : entries_) {
        if (entry->cut || now < entry->deadline_ms) continue;
        entry->cut = true;
        if (entry->fd >= 0) shutdown(entry->fd, SHUT_RDWR);
      }
    }
  }

  const Clock clock_;
  Mutex mutex_;
  Condition changed_;
  std::unordered_set<Entry*> entries_ GUARDED_BY(mutex_);
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

void set_timeout(httplib::Client& client, int connect_ms, int whole_ms) {
  const auto connect = std::chrono::milliseconds(std::min(connect_ms, whole_ms));
  const auto whole = std::chrono::milliseconds(whole_ms);
  client.set_connection_timeout(connect);
  client.set_read_timeout(whole);
  client.set_write_timeout(whole);
}

/// The body of a reply whose head has come. It holds the connection.
std::function<Result<std::string>()> pieces_of(
    std::shared_ptr<httplib::ClientImpl::StreamHandle> stream, std::size_t most) {
  return [stream = std::move(stream), left = most]() mutable -> Result<std::string> {
    std::string piece(piece_bytes, '\0');
    const ssize_t got = stream->read(piece.data(), piece.size());
    if (got < 0 || static_cast<std::size_t>(got) > left) return fail(ErrorCode::vendor_failed);
    left -= static_cast<std::size_t>(got);
    piece.resize(static_cast<std::size_t>(got));
    return piece;
  };
}

// ------------------------------------------------------------------------------ one connection

/// A client with its at most one connection, and what the hooks note about the request under way.
class VendorConnection {
 public:
  VendorConnection(const Url& address, const Secret& credential, X509_STORE* store,
                   const Clock& clock, Watchdog& watchdog)
      : clock_(clock), watchdog_(watchdog), credential_(credential), client_(origin_of(address)) {
    if (!client_.is_valid()) return;  // there is nothing behind it to be set up
    client_.set_keep_alive(true);
    client_.set_follow_location(false);
    client_.set_tcp_nodelay(true);
    client_.set_path_encode(false);
    client_.set_decompress(false);
    client_.set_socket_options([this](socket_t fd) { on_socket(fd); });
    client_.set_header_writer([this](httplib::Stream& stream, httplib::Headers& headers) {
      return on_headers(stream, headers);
    });
    if (address.scheme == "https") verify(address.host, store);
  }
  ~VendorConnection() {
    if (entry_.fd >= 0) close(entry_.fd);
  }
  VendorConnection(const VendorConnection&) = delete;
  VendorConnection& operator=(const VendorConnection&) = delete;

  SendResult send(const VendorRequest& wanted, int connect_timeout_ms);

  /// Whether the connection may serve another request.
  bool reusable() const { return reusable_; }

 private:
  /// The chain, the host name and the dates are checked inside the handshake, before a byte of ours
  /// is sent, against the one shared store. httplib's own check is off because it would parse the
  /// system's CA bundle again for each client (30 ms), not because nothing is checked.
  void verify(const std::string& host, X509_STORE* store) {
    client_.enable_server_certificate_verification(false);
    auto* context = static_cast<SSL_CTX*>(client_.tls_context());
    if (!context) return;
    SSL_CTX_set1_cert_store(context, store);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    }
  }

  void on_socket(int fd) {
    const int old = entry_.fd;
    watchdog_.set_socket(entry_, dup(fd));
    if (old >= 0) close(old);
  }

  ssize_t on_headers(httplib::Stream& stream, const httplib::Headers& headers) {
    if (begun_ || clock_() >= entry_.deadline_ms) {
      // httplib would wait for an answer all the same.
      if (entry_.fd >= 0) shutdown(entry_.fd, SHUT_RDWR);
      return -1;
    }
    begun_ = true;
    ssize_t written = 0;
    const auto put = [&](std::string_view text) {
      written += stream.write(text.data(), text.size());
    };
    for (const auto& [name, value] : headers) {
      put(name);
      put(": ");
      put(value);
      put("\r\n");
    }
    put(credential_.reveal());  // a whole line with its end, or nothing
    put("\r\n");
    return written;
  }

  Unexpected<SendFailure> explain(httplib::Error error, bool cut) const;

  const Clock& clock_;
  Watchdog& watchdog_;
  const Secret credential_;
  Watchdog::Entry entry_;
  bool begun_ = false;  ///< the request's first bytes were handed to the socket
  bool reusable_ = false;
  std::string refusal_;     ///< why we stopped taking the answer
  httplib::Client client_;  // last: its hooks use the members above
};

SendResult VendorConnection::send(const VendorRequest& wanted, int connect_timeout_ms) {
  if (!client_.is_valid())
    return Unexpected<SendFailure>{{SendFailure::Kind::not_sent, "no such address"}};
  httplib::Request request;
  request.method = wanted.method;
  request.path = wanted.path;
  request.body = wanted.body;
  request.headers = {{"User-Agent", "voxdial"}};
  if (!wanted.content_type.empty()) request.headers.emplace("Content-Type", wanted.content_type);
  if (!wanted.range.empty()) request.headers.emplace("Range", wanted.range);
  VendorReply reply;
  const auto too_large = [&](std::size_t size) {
    if (size > wanted.max_reply_bytes) refusal_ = "the reply is too large";
    return !refusal_.empty();
  };
  request.response_handler = [&](const httplib::Response& head) {
    return !too_large(head.get_header_value_u64("Content-Length"));
  };
  request.content_receiver = [&](const char* data, std::size_t size, std::size_t, std::size_t) {
    if (too_large(reply.body.size() + size)) return false;
    reply.body.append(data, size);
    return true;
  };

  begun_ = reusable_ = false;
  refusal_.clear();
  set_timeout(client_, connect_timeout_ms, wanted.timeout_ms);
  entry_.cut = false;
  entry_.deadline_ms = clock_() + wanted.timeout_ms;
  watchdog_.add(entry_);
  httplib::Response head;
  httplib::Error error = httplib::Error::Success;
  bool answered = false;
  try {
    if (wanted.in_pieces) {
      auto stream = std::make_shared<httplib::ClientImpl::StreamHandle>(
          client_.open_stream(request.method, request.path, {}, request.headers));
      error = stream->error;
      if (stream->is_valid()) head = *stream->response;
      answered = stream->is_valid() && request.response_handler(head);
      reply.next_piece = pieces_of(std::move(stream), wanted.max_reply_bytes);
    } else {
      answered = client_.send(request, head, error);
    }
  } catch (const std::exception&) {
    error = httplib::Error::Unknown;
  }
  const bool cut = watchdog_.remove(entry_) || clock_() + rounding_ms >= entry_.deadline_ms;
  if (!answered) return explain(error, cut);
  if (head.status >= 300 && head.status < 400 && !wanted.redirect_is_reply) {
    return Unexpected<SendFailure>{{SendFailure::Kind::bad_answer, "a redirect"}};
  }
  reply.status = head.status;
  for (const auto& [name, value] : head.headers) reply.headers.emplace_back(lower(name), value);
  // A reply that only the end of the connection ends leaves nothing to reuse, one in pieces
  // neither.
  reusable_ = !wanted.in_pieces && head.get_header_value("Connection") != "close";
  return reply;
}

Unexpected<SendFailure> VendorConnection::explain(httplib::Error error, bool cut) const {
  using Kind = SendFailure::Kind;
  if (!begun_) return {{Kind::not_sent, cut ? "connect timeout" : httplib::to_string(error)}};
  if (!refusal_.empty()) return {{Kind::bad_answer, refusal_}};
  if (cut) return {{Kind::no_answer, "timeout"}};
  return {{Kind::no_answer, "connection lost: " + httplib::to_string(error)}};
}

/// A reply whose pieces hold `place` until they are let go of.
SendResult held(SendResult result, std::shared_ptr<void> place) {
  if (result && result->next_piece) {
    result->next_piece = [next = std::move(result->next_piece), place = std::move(place)] {
      return next();
    };
  }
  return result;
}

}  // namespace

// -------------------------------------------------------------------------------- the pools

struct VendorClient::Impl {
  explicit Impl(Clock steady_ms) : clock(std::move(steady_ms)), watchdog(clock) {}

  struct Idle {
    std::unique_ptr<VendorConnection> connection;
    std::int64_t since_ms = 0;
  };
  struct Pool {
    Vendor vendor = Vendor::ultravox;
    bool voice_host = false;
    Url address;
    Secret credential;
    Mutex mutex;
    std::vector<Idle> idle GUARDED_BY(mutex);  ///< most lately used last
    std::size_t in_flight GUARDED_BY(mutex) = 0;
  };

  /// A connection to an address a vendor named, of its own and without any key; none where that is
  /// not to be fetched. Only stand-ins on this machine may name it: a vendor cannot make the proxy
  /// ask its own host.
  std::unique_ptr<VendorConnection> elsewhere(const Pool& pool, const Url& address) {
    const bool local = is_loopback_host(address.host);
    if (local != is_loopback_host(pool.address.host) ||
        (address.scheme != "https" && !(local && address.scheme == "http"))) {
      return nullptr;
    }
    return std::make_unique<VendorConnection>(address, Secret(), store.get(), clock, watchdog);
  }

  Pool* find(const VendorRequest& request) {
    for (const auto& pool : pools) {
      if (pool->vendor == request.vendor && pool->voice_host == request.voice_host)
        return pool.get();
    }
    return nullptr;
  }

  /// Whether one more request may be under way; leave() must follow.
  bool enter(Pool& pool) const {
    const MutexLock lock(pool.mutex);
    if (pool.in_flight >= options.max_in_flight) return false;
    ++pool.in_flight;
    return true;
  }
  static void leave(Pool& pool) {
    const MutexLock lock(pool.mutex);
    --pool.in_flight;
  }

  void give_back(Pool& pool, std::unique_ptr<VendorConnection> connection) const {
    if (!connection->reusable()) return;
    const MutexLock lock(pool.mutex);
    if (pool.idle.size() < options.max_idle) pool.idle.push_back({std::move(connection), clock()});
  }

  std::unique_ptr<VendorConnection> take(Pool& pool) {
    std::vector<Idle> stale;  // closed after the lock is gone
    {
      const MutexLock lock(pool.mutex);
      const std::int64_t oldest = clock() - options.max_idle_ms;
      const auto fresh = std::find_if(pool.idle.begin(), pool.idle.end(),
                                      [&](const Idle& idle) { return idle.since_ms > oldest; });
      std::move(pool.idle.begin(), fresh, std::back_inserter(stale));
      pool.idle.erase(pool.idle.begin(), fresh);
      if (!pool.idle.empty()) {
        std::unique_ptr<VendorConnection> connection = std::move(pool.idle.back().connection);
        pool.idle.pop_back();
        return connection;
      }
    }
    return std::make_unique<VendorConnection>(pool.address, pool.credential, store.get(), clock,
                                              watchdog);
  }

  VendorClientOptions options;
  const Clock clock;
  Store store;
  Watchdog watchdog;  // outlives the connections below
  std::vector<std::unique_ptr<Pool>> pools;
};

VendorClient::VendorClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VendorClient::~VendorClient() = default;

Result<std::unique_ptr<VendorClient>> VendorClient::create(
    std::vector<VendorEndpoint> endpoints, VendorClientOptions options,
    std::function<std::int64_t()> steady_ms) {
  auto impl = std::make_unique<Impl>(std::move(steady_ms));
  bool tls = false;
  for (VendorEndpoint& endpoint : endpoints) {
    auto pool = std::make_unique<Impl::Pool>();
    const std::optional<Url> address = read_url(endpoint.base_url);
    const bool http = address && address->scheme == "http";
    if (!address || address->target != "/" || (!http && address->scheme != "https")) {
      return fail(ErrorCode::internal,
                  endpoint.base_url + " is not an address like https://api.example.com.");
    }
    if (http && !is_loopback_host(address->host)) {
      return fail(ErrorCode::internal, endpoint.base_url + " must be https: keys are sent to it.");
    }
    tls = tls || address->scheme == "https";
    pool->vendor = endpoint.vendor;
    pool->voice_host = endpoint.voice_host;
    pool->address = *address;
    const auto* key = std::get_if<HeaderKey>(&endpoint.credentials);
    if (key && !is_printable(key->value.reveal())) {
      return fail(ErrorCode::internal, "The " + key->name + " of " +
                                           std::string(vendor_name(endpoint.vendor)) +
                                           " has a space or a character that no key has.");
    }
    pool->credential = credential_line(endpoint);
    impl->pools.push_back(std::move(pool));
  }
  if (tls) {
    impl->store.reset(X509_STORE_new());
    const int loaded = options.ca_file.empty()
                           ? X509_STORE_set_default_paths(impl->store.get())
                           : X509_STORE_load_file(impl->store.get(), options.ca_file.c_str());
    ERR_clear_error();
    if (loaded != 1) {
      return fail(ErrorCode::internal,
                  "The certificate authorities cannot be read" +
                      (options.ca_file.empty() ? std::string(".") : " from " + options.ca_file));
    }
  }
  impl->options = std::move(options);
  return std::unique_ptr<VendorClient>(new VendorClient(std::move(impl)));
}

SendResult VendorClient::send(const VendorRequest& request) {
  using Kind = SendFailure::Kind;
  Impl::Pool* const pool = impl_->find(request);
  if (!pool) return Unexpected<SendFailure>{{Kind::not_sent, "no address for this vendor"}};
  if (!impl_->enter(*pool)) {
    return Unexpected<SendFailure>{{Kind::crowded, "too many requests under way"}};
  }
  // Held for as long as pieces of the reply are still to come.
  const std::shared_ptr<Impl::Pool> place(pool, [](Impl::Pool* left) { Impl::leave(*left); });
  if (request.elsewhere.empty()) {
    std::unique_ptr<VendorConnection> connection = impl_->take(*pool);
    SendResult result = connection->send(request, impl_->options.connect_timeout_ms);
    impl_->give_back(*pool, std::move(connection));
    return held(std::move(result), place);
  }
  const std::optional<Url> address = read_url(request.elsewhere);
  const auto connection = address ? impl_->elsewhere(*pool, *address) : nullptr;
  if (!connection) {
    return Unexpected<SendFailure>{{Kind::not_sent, "an address that is not fetched"}};
  }
  VendorRequest there = request;
  there.path = address->target;
  return held(connection->send(there, impl_->options.connect_timeout_ms), place);
}

}  // namespace voxdial::http
