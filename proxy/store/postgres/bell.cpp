#include "proxy/store/postgres/bell.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "proxy/store/postgres/reply.h"

namespace voxdial::postgres {
namespace {

/// Between two tries to get a connection.
constexpr int try_again_ms = 2'000;
/// Looks for a reply to a ring, a poll apart when nothing else happens.
constexpr int most_unanswered = 20;

/// What is written to the eventfd: only a ring of our own is passed on.
constexpr std::uint64_t only_here = 1;
constexpr std::uint64_t everywhere = 1ULL << 32;

}  // namespace

/// A connection that listens.
class Bell::Line {
 public:
  static std::unique_ptr<Line> open(const Secret& url) {
    std::string address(url.reveal());
    const std::array<const char*, 6> names = {"application_name", "connect_timeout",
                                              "keepalives_idle",  "tcp_user_timeout",
                                              "dbname",           nullptr};
    const std::array<const char*, 6> values = {"voxdial bell",  "3",    "5", "3000",
                                               address.c_str(), nullptr};
    std::unique_ptr<Line> line(new Line(PQconnectdbParams(names.data(), values.data(), 1)));
    wipe(address);
    PQsetNoticeProcessor(
        line->connection_, [](void*, const char*) {}, nullptr);
    return line->begin() ? std::move(line) : nullptr;
  }
  ~Line() { PQfinish(connection_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int fd() const { return PQsocket(connection_); }
  bool is_connected() const { return PQstatus(connection_) == CONNECTION_OK; }

  /// In a transaction of its own, which waits for no disk: commits with a ring in them queue up one
  /// behind the other. Not waited for: while one is under way, the next goes after it. False when
  /// the database carries none out any more.
  bool ring() {
    owed_ = true;
    take_rings();
    return unanswered_ < most_unanswered;
  }

  /// Whether another process has rung.
  bool take_rings() {
    bool rung = false;
    PQconsumeInput(connection_);
    while (PQisBusy(connection_) == 0 && Reply(PQgetResult(connection_)) != nullptr) {
    }
    if (PQisBusy(connection_) != 0) {
      if (owed_) ++unanswered_;
    } else if (owed_) {
      const std::string sql =
          "BEGIN; SET LOCAL synchronous_commit = off; NOTIFY " + channel_ + "; COMMIT";
      owed_ = PQsendQuery(connection_, sql.c_str()) == 0;
      unanswered_ = 0;
    }
    while (PGnotify* ring = PQnotifies(connection_)) {
      rung = rung || ring->be_pid != PQbackendPID(connection_);
      PQfreemem(ring);
    }
    return rung;
  }

 private:
  explicit Line(PGconn* connection) : connection_(connection) {}

  bool begin() {
    const Reply self(PQexec(connection_, "SELECT pg_backend_pid(), current_schema()"));
    if (PQresultStatus(self.get()) != PGRES_TUPLES_OK) return false;
    if (is_behind_pooler(connection_, self.get())) return false;
    const std::string name = std::string("voxdial_") + PQgetvalue(self.get(), 0, 1);
    char* quoted = PQescapeIdentifier(connection_, name.data(), name.size());
    if (quoted == nullptr) return false;
    channel_ = quoted;
    PQfreemem(quoted);
    const std::string sql = std::string("SELECT pg_advisory_lock_shared(") + present_lock_class +
                            ", hashtext(current_schema())); LISTEN " + channel_;
    const Reply listening(PQexec(connection_, sql.c_str()));
    return PQresultStatus(listening.get()) == PGRES_COMMAND_OK;
  }

  PGconn* const connection_;
  std::string channel_;
  bool owed_ = false;   ///< a ring
  int unanswered_ = 0;  ///< looks for the reply to the one before it
};

bool can_listen(const Secret& url) { return Bell::Line::open(url) != nullptr; }

Bell::Bell(Secret url) : url_(std::move(url)), woken_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Bell::~Bell() { ::close(woken_); }

void Bell::ring() {
  [[maybe_unused]] const auto ignored = ::write(woken_, &everywhere, sizeof everywhere);
}

void Bell::ring_here() {
  [[maybe_unused]] const auto ignored = ::write(woken_, &only_here, sizeof only_here);
}

bool Bell::listens(int passed_ms) {
  if (line_ != nullptr && line_->is_connected()) return true;
  line_.reset();
  next_try_ms_ -= passed_ms;
  if (url_.empty() || next_try_ms_ > 0) return false;
  next_try_ms_ = try_again_ms;
  line_ = Line::open(url_);
  return line_ != nullptr;
}

void Bell::wait(int longest_ms) {
  const bool listening = listens(longest_ms);
  std::array<pollfd, 2> watched = {pollfd{woken_, POLLIN, 0},
                                   pollfd{listening ? line_->fd() : -1, POLLIN, 0}};
  // What another process rang may have been read already, with a reply to something else.
  if (listening && line_->take_rings()) longest_ms = 0;
  if (::poll(watched.data(), watched.size(), longest_ms) <= 0) return;
  std::uint64_t rings = 0;
  if (::read(woken_, &rings, sizeof rings) == sizeof rings && rings >= everywhere && listening) {
    if (!line_->ring()) line_.reset();
  } else if (listening) {
    line_->take_rings();
  }
}

}  // namespace voxdial::postgres
