// What is used of httplib 0.41 here: bind_to_port / bind_to_any_port (name lookup, socket options,
// bind, listen with CPPHTTPLIB_LISTEN_BACKLOG) and the protected svr_sock_ they leave behind. Its
// own accept loop is not run: it stops listening for good on the errors accept(2) asks to retry,
// and spins when descriptors run out.
#include "proxy/http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

static_assert(CPPHTTPLIB_LISTEN_BACKLOG >= 1024, "a burst of event streams needs the backlog");

namespace voxdial::http {
namespace {

std::string numeric_address(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    // An IPv4 peer of a dual-stack socket is shown as what it is.
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
    return text.data();
  }
  return {};
}

}  // namespace

class Listener::Impl : public httplib::Server {
 public:
  int fd() const { return svr_sock_; }
  void close() {
    const socket_t fd = svr_sock_.exchange(INVALID_SOCKET);
    if (fd != INVALID_SOCKET) ::close(fd);
  }
};

Listener::Listener() : impl_(std::make_unique<Impl>()) {
  // Without SO_REUSEPORT, httplib's default: with it two servers can share a port unnoticed.
  impl_->set_socket_options([](socket_t fd) {
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
}

Listener::~Listener() { close(); }

Result<int> Listener::bind(const std::string& address, int port) {
  std::string host = address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  errno = 0;
  const int bound = port == 0                         ? impl_->bind_to_any_port(host)
                    : impl_->bind_to_port(host, port) ? port
                                                      : -1;
  if (bound < 0) {
    const std::string reason = errno == EADDRINUSE ? "the port is in use"
                               : errno == 0        ? "the address cannot be resolved"
                                                   : std::strerror(errno);
    return fail(ErrorCode::internal,
                "Cannot listen on " + address + " port " + std::to_string(port) + ": " + reason);
  }
  fcntl(impl_->fd(), F_SETFL, fcntl(impl_->fd(), F_GETFL) | O_NONBLOCK);
  return bound;
}

int Listener::fd() const { return impl_->fd(); }

std::optional<Listener::Accepted> Listener::accept() {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  // Any error means: nothing to take now. accept(2) lists a dozen that belong to the connection
  // that failed and not to us.
  const int fd = accept4(impl_->fd(), reinterpret_cast<sockaddr*>(&address), &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return std::nullopt;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return Accepted{fd, numeric_address(address)};
}

void Listener::close() { impl_->close(); }

}  // namespace voxdial::http
