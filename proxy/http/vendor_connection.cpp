// What is used of httplib 0.41 here: one httplib::Client per connection, send(Request) and, for a
// body in pieces, open_stream(), and these hooks:
// - header writer: puts the credential on the wire, and is where a request begins. A second call
//   for the same request is httplib's silent retry after a TLS close
//   (Error::SSLPeerCouldBeClosed_), which could dial twice, and is refused.
// - socket options: hands over each new socket, for the watchdog.
#include "proxy/http/vendor_connection.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "shared/ascii.h"

static_assert(CPPHTTPLIB_EXPECT_100_THRESHOLD == 0,
              "with its default a body over 1 KB waits up to a second for 100 Continue");

namespace voxdial::http {
namespace {

/// How often the watchdog looks; only while a request is under way.
constexpr auto watchdog_tick = std::chrono::milliseconds(50);

constexpr std::size_t piece_bytes = 32 * 1024;

/// httplib and the clock count in whole milliseconds.
constexpr std::int64_t rounding_ms = 2;

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

}  // namespace

void Watchdog::run() {
  MutexLock lock(mutex_);
  while (!stop_) {
    if (entries_.empty()) {
      asleep_ = true;
      changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return stop_ || !entries_.empty(); });
      asleep_ = false;
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

VendorConnection::VendorConnection(const Url& address, const Secret& credential, X509_STORE* store,
                                   const SteadyClock& clock, Watchdog& watchdog)
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

/// The chain, the host name and the dates are checked inside the handshake, before a byte of ours
/// is sent, against the one shared store. httplib's own check is off because it would parse the
/// system's CA bundle again for each client (30 ms), not because nothing is checked.
void VendorConnection::verify(const std::string& host, X509_STORE* store) {
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

void VendorConnection::on_socket(int fd) {
  const int old = entry_.fd;
  watchdog_.set_socket(entry_, dup(fd));
  if (old >= 0) close(old);
}

ssize_t VendorConnection::on_headers(httplib::Stream& stream, const httplib::Headers& headers) {
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

}  // namespace voxdial::http
