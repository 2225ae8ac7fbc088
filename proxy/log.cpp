#include "proxy/log.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "proxy/thread_annotations.h"
#include "shared/time_text.h"
#include "shared/utf8.h"

namespace voxdial {
namespace {

constexpr std::size_t longest_value = 300;
constexpr int strangers_a_minute = 60;
constexpr auto a_moment = std::chrono::milliseconds(10);
constexpr auto longest_farewell = std::chrono::seconds(1);

/// How many bytes at the start of `text`, which is valid UTF-8, are a character that cannot be
/// seen: a control, the end of a line in some reader's eyes, or one that turns the direction of
/// what follows.
std::size_t unseen(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) < 0x20 || at(0) == 0x7f) return 1;
  if (at(0) == 0xC2 && at(1) < 0xA0) return 2;  // U+0080..9F
  if (text.starts_with("\xE2\x80") &&
      ((at(2) >= 0x8B && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE))) {
    return 3;  // U+200B..F, U+2028..E
  }
  if (text.starts_with("\xE2\x81") && at(2) >= 0xA0 && at(2) <= 0xAF) return 3;  // U+2060..F
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;                               // U+FEFF
}

std::string one_word(std::string_view given) {
  const bool shortened = given.size() > longest_value;
  const std::string value = replace_invalid_utf8(cut(given, longest_value));
  constexpr std::string_view hex = "0123456789abcdef";
  bool plain = !value.empty();
  std::string text;
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t hidden = unseen(rest);
    plain =
        plain && hidden == 0 && std::string_view(" \"=\\").find(rest[0]) == std::string_view::npos;
    for (const char c : rest.substr(0, hidden)) {
      const auto byte = static_cast<unsigned char>(c);
      text += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    }
    if (hidden == 0) {
      if (rest[0] == '"' || rest[0] == '\\') text += '\\';
      text += rest[0];
    }
    rest.remove_prefix(hidden == 0 ? 1 : hidden);
  }
  if (shortened) text += "...";
  return plain ? text : '"' + text + '"';
}

/// False when it could not be written. Waits as long as the other side takes.
bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // somebody who shares it has set it so
      pollfd room{.fd = file, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string format_log_line(const LogLine& line, Millis now) {
  constexpr std::string_view levels[] = {"info", "warning", "error"};
  std::string text = to_rfc3339(now);
  text += ' ';
  text += levels[static_cast<int>(line.level)];
  text += ' ';
  text += line.event;
  for (const auto& [key, value] : line.fields) text += ' ' + key + '=' + one_word(value);
  return text;
}

struct LogWriter::Queue {
  /// With a descriptor of its own, which stays what it is for as long as the thread writes to it.
  Queue(int out, std::function<Millis()> clock, std::size_t most)
      : file(::fcntl(out, F_DUPFD_CLOEXEC, 0)), now(std::move(clock)), most_bytes(most) {}
  ~Queue() { ::close(file); }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  void work() {
    MutexLock lock(mutex);
    for (;;) {
      changed.wait(mutex, [this]() REQUIRES(mutex) { return stop || !waiting.empty(); });
      if (waiting.empty()) break;
      // The lines of a moment are one write, and one waking of this thread.
      changed.wait_for(mutex, a_moment, [this]() REQUIRES(mutex) { return stop; });
      std::string text = std::exchange(waiting, {});
      const std::uint64_t lost = std::exchange(dropped, 0);
      lock.unlock();
      if (lost > 0) {
        text += format_log_line(
                    {LogLine::Level::warning, "log_lines_lost", {{"count", std::to_string(lost)}}},
                    now()) +
                '\n';
      }
      write_all(file, text);  // a log that cannot be written has nowhere to say so
      lock.lock();
    }
    done = true;
    changed.notify_all();
  }

  /// Whether a line by a stranger is one too many of this minute.
  bool too_many(const LogLine& line, Millis at) REQUIRES(mutex) {
    if (at / 60'000 != minute) {
      minute = at / 60'000;
      by_strangers = 0;
      if (const auto count = std::exchange(unsaid, 0); count > 0) {
        waiting += format_log_line({.level = LogLine::Level::warning,
                                    .event = "strangers_not_logged",
                                    .fields = {{"count", std::to_string(count)}}},
                                   at) +
                   '\n';
      }
    }
    if (!line.by_stranger || ++by_strangers <= strangers_a_minute) return false;
    ++unsaid;
    return true;
  }

  const int file;
  const std::function<Millis()> now;
  const std::size_t most_bytes;
  Mutex mutex;
  Condition changed;
  std::string waiting GUARDED_BY(mutex);  ///< whole lines
  std::uint64_t dropped GUARDED_BY(mutex) = 0;
  Millis minute GUARDED_BY(mutex) = 0;
  int by_strangers GUARDED_BY(mutex) = 0;      ///< lines of this minute
  std::uint64_t unsaid GUARDED_BY(mutex) = 0;  ///< lines of theirs that were too many
  bool stop GUARDED_BY(mutex) = false;
  bool done GUARDED_BY(mutex) = false;
};

LogWriter::LogWriter(int file, std::function<Millis()> now, std::size_t most_waiting_bytes)
    : queue_(std::make_shared<Queue>(file, std::move(now), most_waiting_bytes)) {
  std::thread([queue = queue_] { queue->work(); }).detach();
}

LogWriter::~LogWriter() {
  Queue& queue = *queue_;
  MutexLock lock(queue.mutex);
  queue.stop = true;
  queue.changed.notify_all();
  queue.changed.wait_for(queue.mutex, longest_farewell,
                         [&queue]() REQUIRES(queue.mutex) { return queue.done; });
}

void LogWriter::write(const LogLine& line) {
  const Millis now = queue_->now();
  const std::string text = format_log_line(line, now) + '\n';
  MutexLock lock(queue_->mutex);
  const bool first = queue_->waiting.empty();
  if (queue_->too_many(line, now)) return;
  if (queue_->waiting.size() + text.size() > queue_->most_bytes) {
    ++queue_->dropped;
    return;
  }
  queue_->waiting += text;
  if (first) queue_->changed.notify_all();
}

}  // namespace voxdial
