// What is used of httplib 0.41 here: bind, accept loop and task queue; the private virtual
// process_and_close_socket, which gets each connection; the protected process_request, which reads
// one request from any Stream and answers it; the protected svr_sock_; and the handlers it calls on
// the way, in this order: the set-up (reads the head again and judges it), Expect, pre-routing
// (refuses), the route, the error or exception handler, post-routing (just before the reply).
#include "proxy/http/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <list>
#include <system_error>
#include <thread>
#include <utility>

#include "proxy/http/certificate.h"
#include "proxy/http/connection.h"
#include "proxy/http/connection_table.h"
#include "proxy/http/guard.h"
#include "proxy/http/reply.h"
#include "proxy/thread_annotations.h"
#include "proxy/url.h"

static_assert(CPPHTTPLIB_LISTEN_BACKLOG >= 1024, "a burst of event streams needs the backlog");
static_assert(CPPHTTPLIB_HEADER_MAX_LENGTH >= 32 * 1024, "localhost's cookies are many");

namespace voxdial::http {
namespace {

/// Descriptors kept free for the store and for connections to vendors.
constexpr int spare_descriptors = 1'024;
/// An idle connection's thread keeps what it has for so long.
constexpr int wakeful_ms = 500;
/// What the kernel keeps of a reply that its reader has no room for: by itself it would take 4 MB.
constexpr int most_unsent = 128 * 1024;
/// Between two tries to accept, when the system has no descriptor or no memory left.
constexpr auto accept_pause = std::chrono::milliseconds(20);

/// Gives the part of this thread's stack that nothing stands on back to the system: a request may
/// have needed 30 KB of it, and a thousand connections may be idle.
void give_back_stack() {
  constexpr std::uintptr_t page = 4'096;
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* lowest = nullptr;
  std::size_t size = 0;
  ::pthread_attr_getstack(&attributes, &lowest, &size);
  ::pthread_attr_destroy(&attributes);
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const std::uintptr_t unused = here - page - reinterpret_cast<std::uintptr_t>(lowest);
  ::madvise(lowest, unused & ~(page - 1), MADV_DONTNEED);
}

/// Asks the system for as many descriptors as it will give, and says how many that is.
int raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
}

/// The connection that this thread serves, for the handlers that httplib calls.
thread_local Connection* serving = nullptr;

}  // namespace

// -------------------------------------------------------------------------------- the server

class Server::Impl final : private httplib::Server {
 public:
  Impl(ServerOptions options, http::Handler handler, SteadyClock steady_ms,
       std::function<void(const std::string&)> on_exception);
  ~Impl() override {
    if (listening_ >= 0) ::close(listening_);
    if (tls_) httplib::tls::free_context(tls_);
  }

  Result<int> bind();
  void run();
  void stop();
  Counts counts() const { return connections_.counts(); }

 private:
  /// A thread for each connection. httplib's own pool would let those of a burst queue behind
  /// connections that are not over for a minute.
  class Threads final : public httplib::TaskQueue {
   public:
    explicit Threads(Impl& server) : server_(server) {}
    bool enqueue(std::function<void()> serve) override { return server_.start(std::move(serve)); }
    void shutdown() override {}  // run() waits for them, listen() may come again

   private:
    Impl& server_;
  };

  void set_handlers();
  bool start(std::function<void()> serve) EXCLUDES(mutex_);
  bool process_and_close_socket(socket_t fd) override;
  void serve(std::unique_ptr<Connection> connection);
  bool serve_request(Connection& connection);
  bool wait_for_request(Connection& connection, int patience_ms);
  void join_finished() REQUIRES(mutex_);
  void refuse(const Error& why, httplib::Response& response);
  void report(std::exception_ptr thrown) const;

  const ServerOptions options_;
  const std::string common_headers_;
  const http::Handler handler_;
  const SteadyClock steady_ms_;
  const std::function<void(const std::string&)> on_exception_;
  httplib::tls::ctx_t tls_ = nullptr;
  int listening_ = -1;   ///< ours for good; httplib gets a copy, which it closes
  int descriptors_ = 0;  ///< how many connections may use, those given away included
  std::atomic<bool> stopping_{false};

  ConnectionTable connections_;
  Mutex mutex_;
  Condition changed_;
  std::list<std::thread> threads_ GUARDED_BY(mutex_), finished_ GUARDED_BY(mutex_);
};

Server::Impl::Impl(ServerOptions options, http::Handler handler, SteadyClock steady_ms,
                   std::function<void(const std::string&)> on_exception)
    : options_(std::move(options)),
      common_headers_(security_headers(options_)),
      handler_(std::move(handler)),
      steady_ms_(std::move(steady_ms)),
      on_exception_(std::move(on_exception)),
      connections_(options_.max_connections_per_peer) {
  set_tcp_nodelay(true);
  set_payload_max_length(options_.max_body);
  // Without SO_REUSEPORT, httplib's default: with it two servers can share a port unnoticed. The
  // rest is the connections', which have it from the socket that listens.
  set_socket_options([](socket_t fd) {
    httplib::set_socket_opt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    httplib::set_socket_opt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, most_unsent);
  });
  new_task_queue = [this] { return new Threads(*this); };
  set_handlers();
}

void Server::Impl::set_handlers() {
  set_header_writer([this](httplib::Stream& stream, httplib::Headers& headers) {
    stream.write(common_headers_.data(), common_headers_.size());
    return httplib::detail::write_headers(stream, headers);
  });
  set_expect_100_continue_handler([](const httplib::Request&, httplib::Response& response) {
    return response.status = serving->fault ? http_status(serving->fault->code) : 100;
  });
  set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
    if (!serving->fault) return HandlerResponse::Unhandled;
    refuse(*serving->fault, response);
    return HandlerResponse::Handled;
  });
  const auto answer = [this](const httplib::Request& parsed, httplib::Response& response) {
    serving->request.body = parsed.body;
    hand_to_httplib(handler_(serving->request), *serving, response);
  };
  Get("/", answer), Post("/", answer), Put("/", answer), Patch("/", answer), Delete("/", answer);
  set_exception_handler(
      [this](const httplib::Request&, httplib::Response& response, std::exception_ptr thrown) {
        report(std::move(thrown));
        hand_to_httplib(error(make_error(ErrorCode::internal)), *serving, response);
      });
  // What httplib itself refuses has no body yet.
  set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    const int status = response.status;
    refuse(serving->fault  ? *serving->fault
           : status == 413 ? make_error(ErrorCode::payload_too_large)
           : status == 414 ? make_error(ErrorCode::uri_too_long)
           : status == 415 ? make_error(ErrorCode::unsupported_media_type)
           : status == 416 ? make_error(ErrorCode::range_not_satisfiable)
                           : make_error(ErrorCode::invalid_header),
           response);
    if (status == 416 && serving->whole_size > 0) {
      response.set_header("Content-Range", "bytes */" + std::to_string(serving->whole_size));
    }
  });
  set_post_routing_handler([this](const httplib::Request& parsed, httplib::Response& response) {
    Connection& connection = *serving;
    if (response.status == 204 || response.status == 304 || connection.take_over) {
      response.headers.erase("Content-Length");
    }
    if (parsed.method == "HEAD" && !connection.whole_size) response.headers.erase("Accept-Ranges");
    connection.last = response.status >= 400 || connection.chunks || parsed.version != "HTTP/1.1" ||
                      stopping_ || (connection.take_over && parsed.method != "HEAD") ||
                      lists(connection.request.header("connection"), "close");
    response.headers.erase("Keep-Alive");
    response.headers.erase("Connection");
    if (connection.last) response.set_header("Connection", "close");
    connection.set_deadline(options_.reply_timeout_ms);
  });
}

void Server::Impl::report(std::exception_ptr thrown) const {
  std::string what = "an exception of no known type";
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  if (on_exception_) on_exception_(what);
}

void Server::Impl::refuse(const Error& why, httplib::Response& response) {
  const bool as_page = serving->request.header("accept").starts_with("text/html");
  response.headers.clear();
  hand_to_httplib(as_page ? error_page(why) : error(why), *serving, response);
  if (why.code == ErrorCode::method_not_allowed) response.set_header("Allow", std::string(methods));
}

Result<int> Server::Impl::bind() {
  const auto tls = tls_context(options_.tls_certificate_file, options_.tls_key_file);
  if (!tls) return fail(tls.error());
  tls_ = *tls;
  const int descriptors = raise_descriptor_limit();
  descriptors_ = descriptors - std::min(descriptors / 2, spare_descriptors);
  std::string host = options_.address;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  errno = 0;
  const int port = options_.port == 0                  ? bind_to_any_port(host)
                   : bind_to_port(host, options_.port) ? options_.port
                                                       : -1;
  if (port < 0) {
    const std::string reason = errno == EADDRINUSE ? "the port is in use"
                               : errno == 0        ? "the address cannot be resolved"
                                                   : std::strerror(errno);
    return fail(ErrorCode::internal, "Cannot listen on " + options_.address + " port " +
                                         std::to_string(options_.port) + ": " + reason);
  }
  listening_ = svr_sock_;
  return port;
}

/// httplib stops listening for good on the errors that accept(2) asks to retry; then it listens
/// again, and no connection that waits in the kernel's queue is lost.
void Server::Impl::run() {
  while (!stopping_) {
    svr_sock_ = ::fcntl(listening_, F_DUPFD_CLOEXEC, 0);
    listen_after_bind();
    httplib::Server::stop();  // forgets that listening has failed
    if (!stopping_) std::this_thread::sleep_for(accept_pause);
  }
  MutexLock lock(mutex_);
  const auto nobody = [this]() REQUIRES(mutex_) { return threads_.empty(); };
  changed_.wait_for(mutex_, std::chrono::milliseconds(options_.drain_timeout_ms), nobody);
  connections_.cut_all();
  changed_.wait(mutex_, nobody);
  join_finished();
  ::close(std::exchange(listening_, -1));
}

void Server::Impl::stop() {
  const MutexLock lock(mutex_);
  if (stopping_.exchange(true)) return;
  if (listening_ >= 0) ::shutdown(listening_, SHUT_RDWR);  // accept() fails from here on
  connections_.close_idle();
}

bool Server::Impl::start(std::function<void()> serve) {
  const MutexLock lock(mutex_);
  join_finished();
  if (threads_.size() >= options_.max_connections && !connections_.close_longest_idle())
    return false;
  const auto own = threads_.emplace(threads_.end());
  try {
    *own = std::thread([this, own, serve = std::move(serve)] {
      try {
        serve();
      } catch (...) {
        report(std::current_exception());
      }
      const MutexLock done(mutex_);
      finished_.splice(finished_.end(), threads_, own);
      changed_.notify_all();
    });
  } catch (const std::system_error&) {  // the system gives no more threads
    threads_.erase(own);
    return false;
  }
  return true;
}

void Server::Impl::join_finished() {
  for (std::thread& thread : finished_) thread.join();  // it has nothing left to do
  finished_.clear();
}

bool Server::Impl::process_and_close_socket(socket_t fd) {
  std::string peer;
  int port = 0;
  httplib::detail::get_remote_ip_and_port(fd, peer, port);
  if (peer.starts_with("::ffff:")) peer.erase(0, 7);   // IPv4 on a socket for both
  peer.resize(std::min(peer.size(), peer.find('%')));  // the interface of a link-local one
  httplib::detail::set_nonblocking(fd, true);
  httplib::tls::session_t session = tls_ ? httplib::tls::create_session(tls_, fd) : nullptr;
  if (session) SSL_set_accept_state(static_cast<SSL*>(session));
  auto connection =
      std::make_unique<Connection>(fd, std::move(peer), session, steady_ms_, options_);
  // The system gives the lowest number that is free: one this high says how many are in use.
  if (fd < descriptors_ && (session || !tls_)) serve(std::move(connection));
  return true;
}

void Server::Impl::serve(std::unique_ptr<Connection> connection) {
  Connection& c = *connection;
  const std::string key = options_.counts_under      ? options_.counts_under(c.peer)
                          : is_loopback_host(c.peer) ? std::string()
                                                     : c.peer;
  if (!connections_.add(c, key)) return;
  {
    const httplib::detail::scope_exit gone([&] { connections_.remove(c); });
    int patience_ms = options_.header_timeout_ms;
    while (wait_for_request(c, patience_ms) && serve_request(c)) {
      patience_ms = options_.idle_timeout_ms;
    }
    if (!c.take_over && !stopping_) c.finish();
  }
  if (const auto take_over = std::move(c.take_over)) {
    c.give_away();
    take_over(std::move(connection));
  }
}

bool Server::Impl::wait_for_request(Connection& connection, int patience_ms) {
  if (!connections_.set_idle(connection)) return false;
  // Most who come again come at once. For the others nothing is held but what sleeping takes.
  const int at_once_ms = std::min(patience_ms, wakeful_ms);
  connection.set_deadline(at_once_ms);
  bool came = connection.wait_readable();
  if (!came && at_once_ms < patience_ms) {
    connection.give_away();
    give_back_stack();
    connection.set_deadline(patience_ms - at_once_ms);
    came = connection.wait_readable();
  }
  connections_.set_busy(connection);
  return came;
}

/// True when another request may come.
bool Server::Impl::serve_request(Connection& connection) {
  connection.begin_request();
  serving = &connection;
  bool closed = false;
  const bool answered = process_request(
      connection, connection.peer, 0, {}, 0, stopping_, closed, [&](httplib::Request& parsed) {
        connection.parsed = &parsed;
        connection.request.peer = connection.peer;
        connection.request.tls = tls_ != nullptr;
        const auto fine = read_head(parsed, connection.head, options_, connection.request);
        if (!fine) connection.fault = fine.error();
        if (!connection.request.header("transfer-encoding").empty()) connection.chunks.emplace();
        parsed.path = "/";  // which addresses there are is not for httplib to say
        connection.set_deadline(options_.body_timeout_ms);
      });
  serving = nullptr;
  connection.parsed = nullptr;
  if (!answered || connection.head.starts_with("HEAD ")) connection.take_over = nullptr;
  return answered && !closed && !connection.last && !connection.take_over;
}

Server::Server(ServerOptions options, Handler handler, SteadyClock steady_ms,
               std::function<void(const std::string& what)> on_exception)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(steady_ms),
                                   std::move(on_exception))) {}
Server::~Server() = default;

Result<int> Server::bind() { return impl_->bind(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }
Server::Counts Server::counts() const { return impl_->counts(); }

}  // namespace voxdial::http
