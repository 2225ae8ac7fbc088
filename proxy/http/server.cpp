#include "proxy/http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proxy/access/network.h"
#include "proxy/http/listener.h"
#include "proxy/http/reply_writer.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/security_headers.h"
#include "proxy/http/socket.h"
#include "proxy/url.h"
#include "shared/ascii.h"

namespace voxdial::http {
namespace {

/// Whether a browser will show the reply to this head as it is: a form, or an address that was
/// entered.
bool asks_for_page(std::string_view head) {
  return lower(head).find("\r\naccept: text/html") != std::string::npos;
}

constexpr std::size_t read_bytes = 16 * 1024;
/// Connections taken per wake-up, so that a burst does not keep a worker from requests.
constexpr int accept_batch = 64;
/// Descriptors kept free for the store and for connections to vendors, of which each takes two.
constexpr std::size_t spare_descriptors = 1'024;

constexpr std::uint64_t listener_id = 0;
constexpr std::uint64_t stop_id = 1;
constexpr std::uint64_t first_connection_id = 2;

/// Drops the first bytes of what was received, and leaves nothing of them behind what stays.
void take(std::string& received, std::size_t bytes) {
  const auto stays = std::move(received.begin() + static_cast<std::ptrdiff_t>(bytes),
                               received.end(), received.begin());
  std::fill(stays, received.end(), '\0');
  received.erase(stays, received.end());
}

struct Connection {
  enum class Phase {
    idle,       ///< between requests, nothing of the next one here (or still in `in`, unread)
    head,       ///< part of a head is here
    body,       ///< the head is read, part of the body is here
    writing,    ///< the reply is on its way
    lingering,  ///< all is said; what still comes is thrown away until the peer closes
  };

  std::uint64_t id = 0;
  std::unique_ptr<Socket> socket;
  std::string peer;
  std::string peer_key;  ///< what it counts under; empty = not counted
  Phase phase = Phase::idle;
  bool parked = false;  ///< waits in epoll; else a worker has it. Guarded by the server's mutex.
  std::int64_t deadline_ms = 0;

  std::string in;           ///< received and not used yet
  std::size_t scanned = 0;  ///< of `in`, looked at for the end of the head
  Head head;
  ChunkedBody chunks;

  std::string out;  ///< reply head, and the body unless it is shared
  std::shared_ptr<const std::string> out_shared;
  std::size_t sent = 0;  ///< of both together
  bool close_after = false;
  std::optional<StreamTicket> stream;  ///< becomes an event stream instead of sending `out` itself
};

/// What the server does with a connection after a worker's turn.
enum class Next { read, write, close, stream };

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// Asks the system for as many descriptors as it will give, and says how many that is.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler, events::Hub& hub,
       std::function<std::int64_t()> steady_ms,
       std::function<void(const std::string&)> on_exception)
      : options_(std::move(options)),
        limits_{.max_url = options_.max_url,
                .max_header_bytes = options_.max_header_bytes,
                .max_headers = options_.max_headers,
                .max_body = options_.max_body},
        common_headers_(security_headers(options_.connect_src,
                                         options_.hsts || !options_.tls_certificate_file.empty())),
        handler_(std::move(handler)),
        hub_(hub),
        steady_ms_(std::move(steady_ms)),
        on_exception_(std::move(on_exception)),
        epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        stop_event_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")) {}

  ~Impl() {
    stop();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !running_; });
    }
    connections_.clear();
    close(stop_event_);
    close(epoll_);
  }

  Result<int> bind() {
    if (options_.tls_certificate_file.empty() != options_.tls_key_file.empty()) {
      return fail(ErrorCode::internal, "TLS needs both a certificate and a key.");
    }
    if (!options_.tls_certificate_file.empty()) {
      auto tls = TlsContext::load(options_.tls_certificate_file, options_.tls_key_file);
      if (!tls) return fail(tls.error());
      tls_ = std::move(*tls);
    }
    const std::size_t descriptors = raise_descriptor_limit();
    descriptors_ = descriptors - std::min(descriptors / 2, spare_descriptors);
    return listener_.bind(options_.address, options_.port);
  }

  void run() {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      running_ = true;
      watch(EPOLL_CTL_ADD, listener_.fd(), EPOLLIN | EPOLLONESHOT, listener_id);
      watch(EPOLL_CTL_ADD, stop_event_, EPOLLIN, stop_id);
      start_worker();
    }
    std::thread housekeeper([this] { keep_house(); });
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_.load(); });
    }
    drain();
    housekeeper.join();
    const std::uint64_t one = 1;
    checked(static_cast<int>(write(stop_event_, &one, sizeof one)), "eventfd");
    // No worker starts another one any more, so the list stands still.
    for (std::thread& worker : workers_) worker.join();
    const std::lock_guard lock(mutex_);
    connections_.clear();
    running_ = false;
    changed_.notify_all();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }

  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }

 private:
  // ---------------------------------------------------------------- epoll and the workers

  void watch(int operation, int fd, std::uint32_t events, std::uint64_t id) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.u64 = id;
    epoll_ctl(epoll_, operation, fd, &wanted);
  }

  /// REQUIRES: mutex_ is held.
  void start_worker() {
    if (drained_ || workers_.size() >= std::max(1u, options_.workers)) return;
    ++idle_workers_;
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: requests wait for one of those there are.
      --idle_workers_;
    }
  }

  /// Every worker waits on the same epoll set, which wakes one of them per event: no queue and no
  /// hand-over between threads. The last idle one that leaves starts the next, so a burst of slow
  /// requests gets as many threads as it needs, up to the limit.
  void work() {
    for (;;) {
      epoll_event event{};
      const int count = epoll_wait(epoll_, &event, 1, -1);
      if (count <= 0) continue;
      if (event.data.u64 == stop_id) return;
      if (--idle_workers_ == 0) {
        const std::lock_guard lock(mutex_);
        start_worker();
      }
      if (event.data.u64 == listener_id) {
        accept_some();
      } else if (const std::shared_ptr<Connection> connection = claim(event.data.u64)) {
        settle(connection, advance(*connection));
      }
      ++idle_workers_;
    }
  }

  /// Takes a parked connection out of epoll's hands; nothing when somebody else has it or it is
  /// gone.
  std::shared_ptr<Connection> claim(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(id);
    if (found == connections_.end() || !found->second->parked) return nullptr;
    found->second->parked = false;
    return found->second;
  }

  void settle(const std::shared_ptr<Connection>& connection, Next next) {
    Connection& c = *connection;
    if (next == Next::stream) {
      hand_over(connection);
      return;
    }
    const std::lock_guard lock(mutex_);
    const bool unwanted = cut_ || (stopping_ && c.phase == Connection::Phase::idle);
    if (next == Next::close || unwanted) {
      forget(c.id);
      return;
    }
    c.parked = true;
    const std::uint32_t direction = next == Next::write ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
    watch(EPOLL_CTL_MOD, c.socket->fd(), direction | EPOLLONESHOT, c.id);
  }

  /// REQUIRES: mutex_ is held. The socket closes when the last owner lets go.
  void forget(std::uint64_t id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    const std::string& key = found->second->peer_key;
    if (!key.empty()) {
      const auto peers = per_peer_.find(key);
      if (--peers->second == 0) per_peer_.erase(peers);
    }
    connections_.erase(found);
    if (stopping_ && connections_.empty()) changed_.notify_all();
  }

  // ---------------------------------------------------------------- new connections

  void accept_some() {
    for (int i = 0; i < accept_batch; ++i) {
      const std::optional<Listener::Accepted> accepted = listener_.accept();
      if (!accepted) {
        // The connection stays in the backlog and epoll would say so at once, again and again.
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        break;
      }
      take_in(accepted->fd, accepted->peer);
    }
    const std::lock_guard lock(mutex_);
    if (!stopping_) watch(EPOLL_CTL_MOD, listener_.fd(), EPOLLIN | EPOLLONESHOT, listener_id);
  }

  void take_in(int fd, const std::string& peer) {
    auto connection = std::make_shared<Connection>();
    Connection& c = *connection;
    c.socket = tls_ ? tls_->socket(fd) : plain_socket(fd);
    c.peer = peer;
    c.deadline_ms = steady_ms_() + options_.header_timeout_ms;
    const bool trusted =
        options_.trusted_peer ? options_.trusted_peer(peer) : is_loopback_host(peer);
    const bool counted = options_.max_connections_per_peer > 0 && !trusted;
    if (counted) c.peer_key = counting_address(peer);

    const std::size_t streams = hub_.counts().streams;
    const std::lock_guard lock(mutex_);
    const bool full = connections_.size() >= options_.max_connections ||
                      connections_.size() + streams >= descriptors_;
    if (stopping_ || (full && !evict_idle())) return;
    if (counted) {
      std::size_t& own = per_peer_[c.peer_key];
      if (own >= options_.max_connections_per_peer) return;
      ++own;
    }
    c.id = next_id_++;
    c.parked = true;
    if (connections_.empty()) changed_.notify_all();  // the housekeeper starts its rounds
    connections_.emplace(c.id, connection);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, c.id);
  }

  /// Makes room by closing the idle connection that has waited longest. REQUIRES: mutex_ is held.
  bool evict_idle() {
    const Connection* oldest = nullptr;
    for (const auto& [id, c] : connections_) {
      if (!c->parked || c->phase != Connection::Phase::idle) continue;
      if (!oldest || c->deadline_ms < oldest->deadline_ms) oldest = c.get();
    }
    if (!oldest) return false;
    forget(oldest->id);
    return true;
  }

  // ---------------------------------------------------------------- one connection's turn

  /// Goes as far as it can without waiting. The caller owns the connection.
  Next advance(Connection& c) {
    for (;;) {
      switch (c.phase) {
        case Connection::Phase::writing: {
          if (!flush(c)) return Next::close;
          if (c.sent < total_out(c)) return Next::write;
          finish_reply(c);
          if (c.phase == Connection::Phase::idle) {
            // Bytes of a next request have come already. It goes to the end of the queue, so that
            // one client's requests do not hold up everybody else's.
            if (!c.in.empty()) return Next::write;
            if (!c.socket->buffered()) return Next::read;
          }
          break;
        }
        case Connection::Phase::lingering:
          return c.socket->drain() ? Next::read : Next::close;
        case Connection::Phase::idle:
        case Connection::Phase::head:
        case Connection::Phase::body: {
          if (!c.in.empty() && read_request(c)) {
            if (c.stream) return Next::stream;
            break;
          }
          std::array<char, read_bytes> bytes;  // not initialised: 16 KB a request
          const long got = c.socket->read(bytes.data(), bytes.size());
          if (got < 0) return Next::close;
          if (got == 0) return c.socket->read_wants_room() ? Next::write : Next::read;
          c.in.append(bytes.data(), static_cast<std::size_t>(got));
          explicit_bzero(bytes.data(), static_cast<std::size_t>(got));  // a password, maybe
          break;
        }
      }
    }
  }

  /// Reads what is in `in`. True when that led to a reply, false when more bytes are needed.
  bool read_request(Connection& c) {
    if (c.phase == Connection::Phase::idle) {
      c.phase = Connection::Phase::head;
      c.deadline_ms = steady_ms_() + options_.header_timeout_ms;
    }
    if (c.phase == Connection::Phase::head) {
      const auto end = find_head(c.in, c.scanned, limits_);
      if (!end) return refuse(c, end.error());
      if (!*end) return false;
      const std::string_view text = std::string_view(c.in).substr(0, **end);
      Result<Head> head = parse_head(text, limits_);
      if (!head) return refuse(c, head.error(), asks_for_page(text));
      take(c.in, **end);
      c.scanned = 0;
      c.head = std::move(*head);
      c.head.request.peer = c.peer;
      c.head.request.tls = tls_ != nullptr;
      c.chunks = ChunkedBody();
      c.phase = Connection::Phase::body;
      c.deadline_ms = steady_ms_() + options_.body_timeout_ms;
      // The 25 bytes always fit into a healthy socket's empty buffer; a client that does not get
      // them may send the body all the same.
      if (c.head.expect_continue && c.in.empty()) c.socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    Request& request = c.head.request;
    if (c.head.chunked) {
      const Result<std::size_t> taken = c.chunks.feed(c.in, request.body, limits_.max_body);
      const bool as_page = request.header("accept").starts_with("text/html");
      if (!taken) return refuse(c, taken.error(), as_page);
      take(c.in, *taken);
      if (!c.chunks.done()) return false;
    } else {
      if (c.in.size() < c.head.content_length) return false;
      request.body = c.in.substr(0, c.head.content_length);
      take(c.in, c.head.content_length);
    }
    c.close_after = !c.head.keep_alive;
    reply(c, handle(request));
    return true;
  }

  Response handle(const Request& request) {
    std::string what;
    try {
      return handler_(request);
    } catch (const std::exception& exception) {
      what = exception.what();
    } catch (...) {
      what = "an exception of no known type";
    }
    if (on_exception_) on_exception_(what);
    return error(make_error(ErrorCode::internal));
  }

  /// Answers what the server itself does not accept; nothing more is read from that client, because
  /// where its next request begins is anybody's guess.
  bool refuse(Connection& c, const Error& reason, bool as_page = false) {
    c.close_after = true;
    c.in.clear();
    Response response = as_page ? error_page(reason) : error(reason);
    if (reason.code == ErrorCode::method_not_allowed) {
      response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE");
    }
    reply(c, std::move(response));
    return true;
  }

  void reply(Connection& c, Response response) {
    const bool endless = response.stream.has_value();
    if (response.stream && !c.head.head_only) {
      if (const Result<void> admitted = hub_.admit(*response.stream); admitted) {
        c.stream = std::move(response.stream);
        c.close_after = true;  // the stream ends with the connection
      } else {
        reply(c, error(admitted.error()));
        return;
      }
    }
    if (stopping_) c.close_after = true;
    c.out = reply_head(response, common_headers_, c.close_after, endless);
    c.out_shared = nullptr;
    if (!c.head.head_only && !c.stream) {
      c.out += response.body;
      c.out_shared = std::move(response.shared_body);
    }
    c.head = Head();
    c.sent = 0;
    c.phase = Connection::Phase::writing;
    c.deadline_ms = steady_ms_() + options_.reply_timeout_ms +
                    static_cast<std::int64_t>(total_out(c) * 1000 / options_.slowest_reply);
  }

  static std::size_t total_out(const Connection& c) {
    return c.out.size() + (c.out_shared ? c.out_shared->size() : 0);
  }

  /// Sends until the socket is full; false when the peer is gone.
  static bool flush(Connection& c) {
    while (c.sent < total_out(c)) {
      const bool in_out = c.sent < c.out.size();
      const std::string_view part =
          in_out ? std::string_view(c.out).substr(c.sent)
                 : std::string_view(*c.out_shared).substr(c.sent - c.out.size());
      const long taken = c.socket->write(part);
      if (taken < 0) return false;
      c.sent += static_cast<std::size_t>(taken);
      if (static_cast<std::size_t>(taken) < part.size()) break;
    }
    return true;
  }

  void finish_reply(Connection& c) {
    std::string().swap(c.out);
    c.out_shared = nullptr;
    if (c.close_after) {
      // Closing at once, with bytes of the client unread, would make the kernel throw the reply
      // away.
      c.socket->finish();
      c.phase = Connection::Phase::lingering;
      c.deadline_ms = steady_ms_() + options_.linger_timeout_ms;
    } else {
      if (c.in.empty()) std::string().swap(c.in);
      c.phase = Connection::Phase::idle;
      c.deadline_ms = steady_ms_() + options_.idle_timeout_ms;
    }
  }

  void hand_over(const std::shared_ptr<Connection>& connection) {
    Connection& c = *connection;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, c.socket->fd(), nullptr);
    {
      const std::lock_guard lock(mutex_);
      forget(c.id);
    }
    hub_.adopt(std::move(c.socket), *c.stream, std::move(c.out));
  }

  // ---------------------------------------------------------------- deadlines and the end

  int tick_ms() const {
    const int shortest =
        std::min({options_.header_timeout_ms, options_.body_timeout_ms, options_.reply_timeout_ms,
                  options_.idle_timeout_ms, options_.linger_timeout_ms});
    return std::clamp(shortest / 4, 5, 1'000);
  }

  /// Looks for expired deadlines once per tick, and sleeps while there is no connection at all.
  void keep_house() {
    const auto tick = std::chrono::milliseconds(tick_ms());
    std::unique_lock lock(mutex_);
    while (!drained_) {
      if (connections_.empty()) {
        changed_.wait(lock, [this] { return drained_ || !connections_.empty(); });
      } else {
        changed_.wait_for(lock, tick, [this] { return drained_; });
      }
      const std::vector<std::shared_ptr<Connection>> late = take_expired(steady_ms_());
      lock.unlock();
      for (const auto& connection : late) {
        refuse(*connection, make_error(ErrorCode::timeout_reading));
        settle(connection, advance(*connection));
      }
      lock.lock();
    }
  }

  /// Closes what is silent for too long, and claims what is to be told so. REQUIRES: mutex_ is
  /// held.
  std::vector<std::shared_ptr<Connection>> take_expired(std::int64_t now) {
    std::vector<std::shared_ptr<Connection>> told;
    std::vector<std::uint64_t> closed;
    for (const auto& [id, c] : connections_) {
      if (!c->parked || c->deadline_ms > now) continue;
      if (c->phase == Connection::Phase::head || c->phase == Connection::Phase::body) {
        c->parked = false;
        told.push_back(c);
      } else {
        closed.push_back(id);
      }
    }
    for (const std::uint64_t id : closed) forget(id);
    return told;
  }

  void drain() {
    hub_.close_all();
    std::unique_lock lock(mutex_);
    listener_.close();
    std::vector<std::uint64_t> idle;
    for (const auto& [id, c] : connections_) {
      if (c->parked && c->phase == Connection::Phase::idle && c->in.empty()) idle.push_back(id);
    }
    for (const std::uint64_t id : idle) forget(id);
    changed_.wait_for(lock, std::chrono::milliseconds(options_.drain_timeout_ms),
                      [this] { return connections_.empty(); });
    cut_ = true;
    drained_ = true;
    changed_.notify_all();
  }

  const ServerOptions options_;
  const RequestLimits limits_;
  const std::string common_headers_;
  const Handler handler_;
  events::Hub& hub_;
  const std::function<std::int64_t()> steady_ms_;
  const std::function<void(const std::string&)> on_exception_;
  const int epoll_;
  const int stop_event_;
  std::unique_ptr<TlsContext> tls_;
  Listener listener_;
  std::size_t descriptors_ = 0;  ///< how many connections and streams may use

  std::atomic<std::size_t> idle_workers_{0};
  std::atomic<bool> stopping_{false};  ///< no new connections; replies say Connection: close

  mutable std::mutex mutex_;  // guards from here
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::map<std::string, std::size_t> per_peer_;
  std::vector<std::thread> workers_;
  std::uint64_t next_id_ = first_connection_id;
  bool running_ = false;
  bool drained_ = false;  ///< the housekeeper is to end, no worker starts another
  bool cut_ = false;      ///< no connection is parked any more
};

Server::Server(ServerOptions options, Handler handler, events::Hub& hub,
               std::function<std::int64_t()> steady_ms,
               std::function<void(const std::string& what)> on_exception)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), hub,
                                   std::move(steady_ms), std::move(on_exception))) {}
Server::~Server() = default;

Result<int> Server::bind() { return impl_->bind(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }
std::size_t Server::connections() const { return impl_->connections(); }

}  // namespace voxdial::http
