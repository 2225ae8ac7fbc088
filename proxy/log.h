// The log: one line an event, `key=value`, made to be read by a person and grepped by a script.
// Never a secret, a whole number, a join URL or a body: the fields are chosen where the line is
// made.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proxy/world.h"

namespace voxdial {

/// "2026-11-22T10:57:24.123Z info call_placed id=call_x medium=twilio to=+1..43". Values with
/// spaces, quotes, '=' or characters that cannot be seen are quoted and escaped, so that no value
/// can forge a line; a value longer than 300 bytes is cut between two characters.
std::string format_log_line(const LogLine& line, Millis now);

/// Writes lines to a descriptor from a thread of its own. Whoever logs never waits: a pipe that
/// nobody reads or a terminal that is held fills a bounded queue, and what does not fit into it is
/// counted, not kept; a line says how many were lost once there is room again. Lines that strangers
/// cause are 60 a minute; the rest are counted too, and the next minute's first line is preceded by
/// their number.
class LogWriter {
 public:
  /// `now` stamps the lines.
  LogWriter(int file, std::function<Millis()> now, std::size_t most_waiting_bytes = 1 << 20);
  /// What waits is written out, for at most a second.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void write(const LogLine& line);

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;  ///< the thread's as well: it may outlive this, held up in a write
};

}  // namespace voxdial
