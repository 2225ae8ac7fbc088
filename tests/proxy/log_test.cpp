#include "proxy/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>

using namespace voxdial;

namespace {

std::string value_as_written(std::string value) {
  const std::string line = format_log_line({.event = "x", .fields = {{"v", std::move(value)}}}, 0);
  return line.substr(line.find(" v=") + 3);
}

/// A pipe; what was written into it until its other end was closed.
struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_in();
  }
  void close_in() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  /// What is there, or comes next; empty at the end.
  std::string some() {
    std::string bytes(65536, '\0');
    const ssize_t n = ::read(ends[0], bytes.data(), bytes.size());
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  std::string all() {
    close_in();
    std::string text;
    for (std::string more = some(); !more.empty(); more = some()) text += more;
    return text;
  }
  int ends[2] = {-1, -1};
};

int times(const std::string& text, std::string_view what) {
  int count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// By the notes that are there whole.
int lost_lines(const std::string& text) {
  constexpr std::string_view note = "log_lines_lost count=";
  int count = 0;
  for (auto at = text.find(note); at != text.npos && text.find('\n', at) != text.npos;
       at = text.find(note, at + 1)) {
    count += std::stoi(text.substr(at + note.size()));
  }
  return count;
}

Millis no_time() { return 0; }

const LogLine line{.event = "news", .fields = {{"n", std::string(200, 'x')}}};

}  // namespace

TEST_CASE("no value can forge a line of the log", "[log]") {
  const std::string text = format_log_line(
      {.level = LogLine::Level::warning,
       .event = "call_refused",
       .fields = {{"user", "ada\n2026 info call_placed"}, {"q", "a\"b=c"}, {"empty", ""}}},
      0);
  CHECK(text ==
        "1970-01-01T00:00:00.000Z warning call_refused user=\"ada\\x0a2026 info call_placed\" "
        "q=\"a\\\"b=c\" empty=\"\"");
}

TEST_CASE("what a reader cannot see, or takes for a line's end, is written out", "[log]") {
  CHECK(value_as_written("Zoë") == "Zoë");
  CHECK(value_as_written("\u0085") == "\"\\xc2\\x85\"");
  CHECK(value_as_written("a\u2028b") == "\"a\\xe2\\x80\\xa8b\"");
  CHECK(value_as_written("\u202Eabc") == "\"\\xe2\\x80\\xaeabc\"");
  CHECK(value_as_written("\u2066\uFEFF") == "\"\\xe2\\x81\\xa6\\xef\\xbb\\xbf\"");
  CHECK(value_as_written("\u20AC") == "\u20AC");
  CHECK(value_as_written("a\xff") == "a\uFFFD");
  CHECK(value_as_written("a\xc2") == "a\uFFFD");
}

TEST_CASE("a long value is cut between two characters", "[log]") {
  CHECK(value_as_written(std::string(1000, 'a')) == std::string(300, 'a') + "...");
  CHECK(value_as_written(std::string(299, 'a') + "éé") == std::string(299, 'a') + "...");
}

TEST_CASE("lines are written in their order, and none is lost at the end", "[log]") {
  Pipe pipe;
  {
    LogWriter log(pipe.ends[1], no_time);
    for (int i = 0; i < 100; ++i) log.write({.event = "line" + std::to_string(i), .fields = {}});
  }
  std::string wanted;
  for (int i = 0; i < 100; ++i)
    wanted += "1970-01-01T00:00:00.000Z info line" + std::to_string(i) + '\n';
  CHECK(pipe.all() == wanted);
}

TEST_CASE("a log that nobody reads holds nobody up, and says how much was lost", "[log]") {
  Pipe pipe;
  // Some programs leave what they share with others in this state.
  if (GENERATE(false, true)) REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0);
  constexpr int lines = 5'000;  // over a megabyte: more than a pipe and the queue hold
  {
    LogWriter log(pipe.ends[1], no_time, 100'000);
    for (int i = 0; i < lines; ++i) log.write(line);  // returns, though nobody has read yet
    // Now somebody reads: every line has either come through or been counted.
    std::string text;
    while (times(text, "info news") + lost_lines(text) < lines) text += pipe.some();
    CHECK(lost_lines(text) > 0);
    log.write({.event = "after", .fields = {}});
    while (times(text, "info after\n") == 0) text += pipe.some();
    CHECK(times(text, "info news") + lost_lines(text) == lines);
  }
}

TEST_CASE("at the end a log that nobody reads is left after a second", "[log]") {
  Pipe pipe;
  {
    LogWriter log(pipe.ends[1], no_time);
    for (int i = 0; i < 2'000; ++i) log.write(line);
  }
  CHECK_FALSE(pipe.all().empty());
}

TEST_CASE("a log whose reader is gone is no reason to stop", "[log]") {
  Pipe pipe;
  ::close(std::exchange(pipe.ends[0], -1));
  LogWriter log(pipe.ends[1], no_time);
  for (int i = 0; i < 100; ++i) log.write(line);
  SUCCEED();
}

TEST_CASE("what strangers do fills no log: sixty lines a minute, and how many more there were") {
  Pipe pipe;
  std::atomic<Millis> now{60'000'000};
  {
    LogWriter log(pipe.ends[1], [&] { return now.load(); });
    const LogLine stranger{.event = "login_failed", .fields = {}, .by_stranger = true};
    for (int i = 0; i < 1'000; ++i) log.write(stranger);
    log.write({.event = "call_placed", .fields = {}});
    now += 60'000;
    log.write(stranger);
    log.write({.event = "call_placed", .fields = {}});
  }
  const std::string text = pipe.all();
  CHECK(times(text, "login_failed") == 61);
  CHECK(times(text, "call_placed") == 2);
  CHECK(times(text, "strangers_not_logged count=940\n") == 1);
  CHECK(text.find("strangers_not_logged") < text.rfind("login_failed"));
}
