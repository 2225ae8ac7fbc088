#include "proxy/feed.h"

#include <cstdlib>
#include <utility>

#include "shared/codec.h"

namespace voxdial {
namespace {

/// Without a ring of the bell, the database is asked so often.
constexpr int poll_ms = 500;
constexpr std::int64_t clock_good_for_ms = 5'000;
/// An answer that took longer tells the time too badly; a difference below is none.
constexpr std::int64_t slow_answer_ms = 500;
constexpr Millis clock_noise_ms = 20;

}  // namespace

Feed::Feed(Store& store, events::Hub& hub, const World& world, std::atomic<Millis>& database_time)
    : store_(store), hub_(hub), world_(world), database_time_(database_time) {}

Feed::~Feed() {
  stopping_ = true;
  store_.wake_for_news();
  if (thread_.joinable()) thread_.join();
}

Result<void> Feed::start() {
  if (!store_.is_shared()) return {};
  read_clock();
  if (auto there = read(); !there) return there;
  thread_ = std::thread([this] { run(); });
  return {};
}

void Feed::read_clock() {
  const std::int64_t asked_at = world_.steady_ms();
  const auto clock = store_.clock();
  clock_read_at_ = world_.steady_ms();
  if (!clock || !*clock || clock_read_at_ - asked_at > slow_answer_ms) return;
  const Millis at_zero = **clock - (asked_at + clock_read_at_) / 2;
  if (std::abs(at_zero - database_time_) > clock_noise_ms) database_time_ = at_zero;
}

Result<void> Feed::read() {
  for (;;) {
    auto page = store_.news(last_, world_.now());
    if (!page) return fail(std::move(page).error());
    if (page->epoch != epoch_) {
      epoch_ = page->epoch;
      hub_.begin_epoch(epoch_);
      if (std::exchange(last_, 0) != 0) continue;
    }
    if (page->news.empty()) return {};
    for (News& news : page->news) {
      last_ = news.number;
      hub_.feed(news.number, std::move(news.event));
    }
  }
}

void Feed::tell(const Result<void>& read) {
  if (away_ != read.has_value()) return;
  away_ = !away_;
  hub_.show("record", away_ ? encode(read.error()) : "{}");
  world_.log({.level = away_ ? LogLine::Level::error : LogLine::Level::info,
              .event = away_ ? "record_away" : "record_back",
              .fields = {{"why", away_ ? read.error().message : ""}}});
}

void Feed::run() {
  while (!stopping_) {
    store_.wait_for_news(poll_ms);
    if (stopping_) return;
    if (world_.steady_ms() - clock_read_at_ >= clock_good_for_ms) read_clock();
    tell(read());  // what could not be read the next round finds
  }
}

}  // namespace voxdial
