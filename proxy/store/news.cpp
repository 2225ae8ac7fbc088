// News: what pages are told of, where several servers share the record.
//
// Written in the transaction of what it tells of, which begins with the lock that all writers take:
// so numbers have the order in which things became true, without gaps. The bell (postgres/bell.h)
// only says that there may be more; whoever misses it finds out by looking.
#include "proxy/store/news.h"

#include "proxy/store/epoch.h"
#include "proxy/store/impl.h"

namespace voxdial {
namespace {

/// A page that comes back after a pause goes on within these; beyond them it is told to reload.
constexpr std::int64_t news_kept = 8'192;
constexpr std::int64_t news_tidied = 512;
constexpr int most_at_once = 500;
constexpr std::int64_t news_at_first = 2'000;

}  // namespace

void append_news(db::Db& db, Millis at, const events::Event& event) {
  const std::int64_t number = db.number("SELECT COALESCE(MAX(number), 0) + 1 FROM news", 1);
  db.run(
      "INSERT INTO news (number, at, kind, owner, for_everyone, masked, whole) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      number, at, event.kind, event.owner, event.for_everyone, event.masked, event.whole);
  if (number % news_tidied == 0) db.run("DELETE FROM news WHERE number <= ?", number - news_kept);
}

Result<NewsPage> Store::news(std::uint32_t number, Millis now) {
  if (!is_shared()) return NewsPage{};
  bool another = false;
  const auto read = [&](db::Db& db) -> Result<NewsPage> {
    const Seen seen = look_at_epoch(db, impl_->on_database);
    another = seen.another;
    if (another) return NewsPage{};
    NewsPage page{.epoch = seen.doubt.epoch, .news = {}};
    std::int64_t after = number;
    if (number == 0)
      after = db.number("SELECT COALESCE(MAX(number), 0) FROM news", 0) - news_at_first;
    db::Rows rows = db.rows(
        "SELECT number, kind, owner, for_everyone, masked, whole FROM news WHERE number > ? "
        "ORDER BY number LIMIT ?",
        after, most_at_once);
    while (rows.next()) {
      page.news.push_back({.number = static_cast<std::uint32_t>(rows.integer(0)),
                           .event = {.kind = rows.text(1),
                                     .owner = rows.text(2),
                                     .for_everyone = rows.flag(3),
                                     .masked = rows.text(4),
                                     .whole = rows.text(5)}});
    }
    return page;
  };
  for (;;) {
    auto page = impl_->readers.read(read);
    if (!page || !another) return page;
    // A standby that has taken over gives the numbers of events that it never had once more. Nobody
    // is told of them under the epoch in which they meant something else.
    if (auto noted = doubt(now); !noted) return fail(std::move(noted).error());
  }
}

void Store::wait_for_news(int longest_ms) { impl_->bell.wait(longest_ms); }
void Store::wake_for_news() { impl_->bell.ring_here(); }

}  // namespace voxdial
