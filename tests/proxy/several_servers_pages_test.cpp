// What several servers on one PostgreSQL tell their pages: all of them the same, in one order.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>

#include "proxy/events/sse.h"
#include "proxy/feed.h"
#include "tests/proxy/desk.h"
#include "tests/proxy/http_fixture.h"
#include "tests/proxy/postgres_cluster.h"

namespace voxdial::test {
namespace {

using testing::RawClient;
using testing::steady_now;
using testing::TestServer;

http::Response stream(const http::Request& request, events::Hub& hub) {
  events::Ticket ticket;
  ticket.whole_numbers = true;
  ticket.last_id = events::parse_event_id(request.header("last-event-id"));
  return testing::stream_reply(hub, std::move(ticket), "");
}

/// A server's record, hub and feed, and pages that listen.
struct Listening {
  StoreFaults faults;
  std::unique_ptr<Store> store;
  TestServer server{stream, {}, {.fed = true}};
  World world;
  std::atomic<Millis> database_time{0};
  std::optional<Feed> feed;

  Listening(const std::string& url, const std::string& name, const std::string& listen_url = {}) {
    StoreOptions options;
    options.url = Secret(std::string(url));
    options.listen_url = Secret(std::string(listen_url));
    options.server = name;
    options.faults = &faults;
    auto opened = Store::open(options);
    REQUIRE(opened);
    store = std::move(*opened);
    world.now = [] { return Millis{0}; };
    world.steady_ms = [] { return steady_now(); };
    world.log = [](const LogLine&) {};
    feed.emplace(*store, server.hub, world, database_time);
    REQUIRE(feed->start());
  }

  RawClient page(const std::string& last_id = {}) {
    RawClient client = server.connect();
    client.say("GET /api/events HTTP/1.1\r\nHost: a\r\n" +
               (last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n") + "\r\n");
    client.read_reply(true);
    return client;
  }
};

NewCall web_call(const std::string& id) {
  NewCall call;
  call.id = id;
  call.user = "ann";
  call.max_duration_s = 60;
  return call;
}

constexpr Millis noon = 1'795'000'000'000;

std::string id_of(const std::string& event) { return event.substr(4, event.find('\n') - 4); }

TEST_CASE("PostgreSQL: what one server records, the pages of all are told, the same in one order") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one");
  Listening other(url, "other");
  RawClient here = one.page();
  RawClient there = other.page();
  here.read_to("\n\n");
  const std::string greeting = there.read_to("\n\n");
  // The bell may still be on its way to be hung up.
  const auto first = one.store->begin_call(web_call("call_0"), {}, noon);
  REQUIRE(first);
  CHECK(here.read_to("\n\n") == there.read_to("\n\n"));
  REQUIRE(one.store->begin_call(web_call("call_1"), {}, noon));
  const std::string heard = there.read_to("\n\n");
  CHECK(heard.find("\"id\":\"call_1\"") != heard.npos);
  CHECK(here.read_to("\n\n") == heard);

  // Both write at once.
  constexpr int calls = 40;
  std::thread second_writer([&] {
    for (int i = 0; i < calls; ++i) {
      (void)other.store->begin_call(web_call("call_b" + std::to_string(i)), {}, noon);
    }
  });
  for (int i = 0; i < calls; ++i) {
    (void)one.store->begin_call(web_call("call_a" + std::to_string(i)), {}, noon);
  }
  second_writer.join();
  std::uint64_t last = std::stoull(id_of(heard));
  std::string middle;
  for (int i = 0; i < 2 * calls; ++i) {
    const std::string event = here.read_to("\n\n");
    CHECK(event == there.read_to("\n\n"));
    CHECK(std::stoull(id_of(event)) == ++last);
    if (i == calls) middle = id_of(event);
  }

  // A page goes on at another server, and at one that has only just begun.
  Listening third(url, "third");
  for (Listening* server : {&one, &other, &third}) {
    RawClient again = server->page(middle);
    CHECK(again.read_to("\n\n") == "retry: 2000\n\n");
    CHECK(std::stoull(id_of(again.read_to("\n\n"))) == std::stoull(middle) + 1);
  }
}

TEST_CASE("PostgreSQL: a server that waits for news is woken by what another records") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Desk one{{}, url, "one"};
  Desk other{{}, url, "other"};
  one.store->wait_for_news(20);
  other.store->wait_for_news(20);  // both listen
  REQUIRE(one.store->begin_call(web_call("call_1"), {}, noon));
  one.store->wait_for_news(20);  // who waits passes on what was recorded
  const std::int64_t began = steady_now();
  other.store->wait_for_news(60'000);
  CHECK(steady_now() - began < 30'000);
}

TEST_CASE(
    "PostgreSQL: without a bell the pages are told by and by, and of another record to reload") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one", "postgresql:///?host=/nowhere");
  Listening other(url, "other", "postgresql:///?host=/nowhere");
  RawClient there = other.page();
  const std::string greeting = there.read_to("\n\n");
  REQUIRE(one.store->begin_call(web_call("call_1"), {}, noon));
  const std::string heard = there.read_to("\n\n");
  REQUIRE(postgres_test::carry_out(url, "UPDATE epoch SET number = number + 1").empty());
  CHECK(there.is_closed());
  RawClient again = other.page(id_of(heard));
  CHECK(again.read_to("\n\n").find("event: reload") != std::string::npos);
}

TEST_CASE(
    "PostgreSQL: where a standby gives an event's number again, pages reload before they are told "
    "of it") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one");
  RawClient page = one.page();
  page.read_to("\n\n");
  REQUIRE(one.store->begin_call(web_call("call_1"), {}, noon));
  const std::string lost = page.read_to("\n\n");
  // The standby has never heard of the event, and what is recorded first is no new call.
  REQUIRE(postgres_test::carry_out(
              url, "BEGIN; DELETE FROM news; UPDATE epoch SET made_on = '1/00000001'; COMMIT")
              .empty());
  CallUpdate update;
  update.at = noon;
  update.warning = "given its number";
  REQUIRE(one.store->record_update("call_1", update));
  CHECK(page.is_closed());
  RawClient again = one.page(id_of(lost));
  CHECK(again.read_to("\n\n").find("event: reload") != std::string::npos);
  CHECK(one.store->doubt(noon)->since != 0);
}

TEST_CASE(
    "PostgreSQL: through a pooler that changes sessions all holds, with its own bell or by "
    "looking") {
  const std::string schema = postgres_test::new_schema();
  const std::string direct = postgres_test::url_of(schema);
  const std::string pooled = postgres_test::pooled_url_of(schema);
  const bool bell = GENERATE(true, false);
  Listening one(pooled, "one", bell ? direct : "");
  Listening other(pooled, "other", bell ? direct : "");
  RawClient here = one.page();
  RawClient there = other.page();
  here.read_to("\n\n");
  there.read_to("\n\n");
  CallLimits limits;
  limits.everyone_live = 20;
  std::atomic<int> placed{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 40; ++i) {
    crowd.emplace_back([&, i] {
      Store& store = i % 2 == 0 ? *one.store : *other.store;
      const std::string id = "call_" + std::to_string(i);
      const bool mine = store.begin_call(web_call(id), limits, noon).has_value();
      placed += mine ? 1 : 0;
      if (mine) (void)store.find_call(id).has_value();
    });
  }
  for (auto& thread : crowd) thread.join();
  CHECK(placed == 20);
  for (int i = 0; i < 20; ++i) CHECK(here.read_to("\n\n") == there.read_to("\n\n"));
  CallUpdate update;
  update.at = noon;
  update.warning = "heard";
  REQUIRE(one.store->record_update(one.store->live_calls()->front().call.id, update));
  CHECK(there.read_to("\n\n").find("heard") != std::string::npos);
  CHECK(one.store->verify_audit()->intact);
}

TEST_CASE("PostgreSQL: what pages are told of is kept for a while, and a gap makes them reload") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one");
  RawClient page = one.page();
  page.read_to("\n\n");
  REQUIRE(one.store->begin_call(web_call("call_1"), {}, noon));
  const std::string first = page.read_to("\n\n");
  REQUIRE(postgres_test::carry_out(url, "UPDATE news SET number = 9727").empty());
  REQUIRE(one.store->begin_call(web_call("call_2"), {}, noon));  // 9728 is a multiple of 512
  CHECK(page.is_closed());
  CHECK(one.page(id_of(first)).read_to("\n\n").find("event: reload") != std::string::npos);
  REQUIRE(postgres_test::carry_out(url, "UPDATE news SET number = number - 9000").empty());
  REQUIRE(
      postgres_test::carry_out(url, "UPDATE news SET number = 10239 WHERE number = 728").empty());
  REQUIRE(one.store->begin_call(web_call("call_3"), {}, noon));
  CHECK(postgres_test::number(url, "SELECT COUNT(*) FROM news") == 2);
}

TEST_CASE("PostgreSQL: all servers go by the database's clock, whatever their own says") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one");
  const Millis theirs =
      postgres_test::number(url, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
  const Millis ours = one.database_time + steady_now();
  CHECK(std::abs(ours - theirs) < 60'000);
}

TEST_CASE("PostgreSQL: pages are told while the database is away, and once it is back") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Listening one(url, "one");
  RawClient page = one.page();
  page.read_to("\n\n");
  one.faults.keep_failing = true;
  one.faults.fail_at = 1;
  const std::string away = page.read_to("\n\n");
  CHECK(away.find("event: record\ndata: {\"error\":{\"code\":\"store_unavailable\"") == 0);
  CHECK(away.find("cannot be reached, so no call is placed") != away.npos);
  RawClient late = one.page();  // who comes meanwhile is told as well
  late.read_to("\n\n");
  CHECK(late.read_to("\n\n") == away);
  one.faults.fail_at = 0;
  CHECK(page.read_to("\n\n") == "event: record\ndata: {}\n\n");
}

}  // namespace
}  // namespace voxdial::test
