// A record that has lost its last calls: they are found at the vendors, and never dialled again.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/calls/adopt.h"
#include "shared/codec.h"
#include "shared/time_text.h"
#include "tests/proxy/desk.h"
#include "tests/proxy/postgres_cluster.h"

namespace voxdial::test {
namespace {

std::string agents_call(const std::string& id, const std::string& ours, Millis at,
                        const std::string& medium = "twilio") {
  return R"({"callId":")" + id + R"(","created":")" + to_rfc3339(at) + R"(","joined":")" +
         to_rfc3339(at + 3'000) + R"(","maxDuration":"240s","medium":{")" + medium +
         R"(":{}},"metadata":{"voxdial.call":")" + ours + R"("}})";
}

std::string http_date(Millis at) {
  const std::time_t seconds = static_cast<std::time_t>(at / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &utc)};
}

std::string phones_call(const std::string& sid, Millis at) {
  return R"({"sid":")" + sid + R"(","status":"in-progress","to":"+12025550100",)" +
         R"("from":"+12025550143","direction":"outbound-api","date_created":")" + http_date(at) +
         "\"}";
}

constexpr const char* second_id = "0c0e0000-0000-4000-8000-000000000002";
constexpr const char* second_sid = "CA0123456789abcdef0123456789abcd02";

/// A desk whose vendors have the calls of a record that is gone.
struct Restored {
  Desk desk;
  std::string agents, phones;
  bool vendors_answer = true;

  explicit Restored(const std::string& url = {}) : desk({}, url, url.empty() ? "" : "one") {
    desk.vendors.ultravox_get = [this](const VendorRequest& request) -> SendResult {
      if (!vendors_answer) return FakeVendors::reply(500, "{}");
      if (request.path.starts_with("/api/calls?"))
        return FakeVendors::reply(200, R"({"results":[)" + agents + R"(],"next":null})");
      return FakeVendors::reply(200, agents_call(request.path.substr(11), "", desk.clock));
    };
    desk.vendors.twilio_find = [this](const VendorRequest&) {
      return FakeVendors::reply(200, R"({"calls":[)" + phones + "]}");
    };
    desk.vendors.twilio_get = [](const VendorRequest&) {
      return FakeVendors::reply(200, FakeVendors::twilio_call("in-progress"));
    };
  }
  Adopter& adopter() { return desk.app->adopter; }
};

TEST_CASE("after a restore nothing is placed until the calls that the vendors know are adopted") {
  Restored house;
  Desk& desk = house.desk;
  const Millis then = desk.clock - 30'000;
  house.agents = agents_call(second_id, "call_lost", then) + "," +
                 agents_call("0c0e0000-0000-4000-8000-000000000003", "", then) + "," +  // not ours
                 agents_call("0c0e0000-0000-4000-8000-000000000009", "call_old", then - 3'600'000);
  house.phones = phones_call(twilio_sid, then + 2'000);
  CHECK(house.adopter().look());
  REQUIRE(desk.store->be_unsure(then - 5'000));
  house.vendors_answer = false;
  CHECK_FALSE(house.adopter().look());
  const StoredReply refused = desk.calls->place(Desk::attempt(MediumType::twilio));
  CHECK(refused.http_status == 503);
  CHECK(refused.body.find("put back to an earlier state") != refused.body.npos);
  CHECK(desk.all_calls().empty());

  house.vendors_answer = true;
  CHECK(house.adopter().look());
  REQUIRE(desk.all_calls().size() == 1);
  const StoredCall row = desk.row("call_lost");
  CHECK(row.ultravox_call_id == second_id);
  CHECK(row.twilio_sid == twilio_sid);
  CHECK(row.call.to == "+12025550100");
  CHECK(row.call.created_at == then);
  CHECK(row.call.max_duration_s == 240);
  CHECK(desk.store->verify_audit()->intact);
  CHECK(desk.store->audit(everybody, 0, 1)->entries.at(0).kind == "call_adopted");

  // It is watched and ended as any other, and was not dialled again.
  desk.run(3'000);
  CHECK(desk.row("call_lost").call.status == CallStatus::talking);
  REQUIRE(desk.calls->hang_up(everybody, "call_lost"));
  desk.run(3'000);
  CHECK(is_terminal(desk.row("call_lost").call.status));
  CHECK(desk.vendors.dials() == 0);
  CHECK(desk.calls->place(Desk::attempt(MediumType::web)).http_status == 201);
}

TEST_CASE("a telephone whose agent nobody can tell is adopted by itself, and may go on") {
  Restored house;
  Desk& desk = house.desk;
  const Millis then = desk.clock - 30'000;
  house.agents = agents_call(ultravox_id, "call_a", then) + "," +
                 agents_call(second_id, "call_b", then + 1'000) + "," +
                 agents_call("0c0e0000-0000-4000-8000-000000000003", "call_w", then, "webRtc");
  house.phones =
      phones_call(twilio_sid, then + 2'000) + "," + phones_call(second_sid, then + 2'000);
  REQUIRE(desk.store->be_unsure(then));
  CHECK(house.adopter().look());
  CHECK(desk.all_calls().size() == 5);
  CHECK(desk.row("call_w").call.medium == MediumType::web);
  CHECK(desk.row("call_a").twilio_sid.empty());
  const auto phone = desk.store->find_call_by_twilio_sid(twilio_sid);
  REQUIRE(phone);
  REQUIRE(*phone);
  const std::string id = (*phone)->call.id;
  desk.run(5'000);
  CHECK(desk.row(id).call.status == CallStatus::talking);
  CHECK(desk.row(id).wish == Wish::none);
  // Asked again, nothing is adopted twice.
  REQUIRE(desk.store->be_unsure(then));
  CHECK(house.adopter().look());
  CHECK(desk.all_calls().size() == 5);
}

TEST_CASE("a telephone that a call of the record is looking for is that call's, not another one") {
  Restored house;
  Desk& desk = house.desk;
  desk.vendors.twilio_create = [](const VendorRequest&) { return FakeVendors::lost(); };
  desk.calls->place(Desk::attempt(MediumType::twilio));
  REQUIRE(desk.all_calls().size() == 1);
  const std::string id = desk.all_calls().at(0).id;
  REQUIRE(desk.row(id).twilio_sid.empty());
  // One that nobody waits for is there as well: it was made before.
  house.phones = phones_call(twilio_sid, desk.row(id).dialled_at) + "," +
                 phones_call(second_sid, desk.row(id).dialled_at - 20'000);
  REQUIRE(desk.store->be_unsure(desk.clock - 30'000));
  CHECK(house.adopter().look());
  CHECK(desk.all_calls().size() == 2);
  CHECK(*desk.store->find_call_by_twilio_sid(second_sid));

  desk.run(10'000);
  CHECK(desk.row(id).twilio_sid == twilio_sid);
  CHECK(desk.row(id).call.status == CallStatus::talking);
  CHECK(desk.all_calls().size() == 2);
}

/// What Ultravox was told of the last press: the value in its metadata.
std::string told_ultravox(Desk& desk, const std::string& name) {
  std::string body;
  for (const VendorRequest& request : desk.vendors.seen) {
    if (request.vendor == Vendor::ultravox && request.path == "/api/calls") body = request.body;
  }
  const std::string start = '"' + name + R"(":")";
  const auto at = body.find(start);
  if (at == std::string::npos) return {};
  return body.substr(at + start.size(), body.find('"', at + start.size()) - at - start.size());
}

TEST_CASE("a key that is pressed again after its row was lost is told the adopted call") {
  const std::string url =
      GENERATE(false, true) ? postgres_test::url_of(postgres_test::new_schema()) : "";
  CAPTURE(url.empty());
  Restored before, after(url);
  Attempt press = Desk::attempt(MediumType::twilio, "key-of-ann");
  press.user = "ann";
  REQUIRE(before.desk.calls->place(press).http_status == 201);
  const std::string id = before.desk.all_calls().at(0).id;
  const std::string marks = R"("voxdial.press":")" + told_ultravox(before.desk, "voxdial.press") +
                            R"(","voxdial.person":")" +
                            told_ultravox(before.desk, "voxdial.person") + R"(",)";
  CHECK(marks.find("ann") == marks.npos);

  // The record as it was before that press.
  Desk& desk = after.desk;
  const Millis then = desk.clock - 30'000;
  for (const char* name : {"ann", "bob"}) {
    REQUIRE(desk.store->put_user(
        {.name = name, .role = Role::caller, .password_hash = "", .created_at = 1}));
  }
  after.agents = agents_call(second_id, id, then);
  after.agents.insert(after.agents.find(R"("voxdial.call")"), marks);
  after.phones = phones_call(second_sid, then + 2'000);
  REQUIRE(desk.store->be_unsure(then));
  CHECK(after.adopter().look());
  CHECK(desk.row(id).call.user == "ann");

  for (const char* hash : {"hash", "another"}) {  // what was asked then is not known any more
    press.body_hash = hash;
    const StoredReply again = desk.calls->place(press);
    CHECK(again.http_status == 201);
    CHECK(decode<CallPlaced>(again.body)->id == id);
    CHECK(decode<CallPlaced>(again.body)->twilio->sid == second_sid);
  }
  CHECK(desk.vendors.dials() == 0);

  // Another's press with the same key is their own.
  press.user = "bob";
  CHECK(desk.calls->place(press).http_status == 201);
  CHECK(desk.vendors.dials() == 1);
}

TEST_CASE("calls at Twilio are sought page by page, as far back as the record is in doubt") {
  Restored house;
  Desk& desk = house.desk;
  const Millis then = desk.clock - 600'000;
  std::vector<std::string> asked;
  desk.vendors.twilio_find = [&](const VendorRequest& request) -> SendResult {
    asked.push_back(request.path);
    const auto page = std::to_string(asked.size());
    return FakeVendors::reply(
        200, R"({"calls":[)" +
                 (asked.size() == 1 ? phones_call(second_sid, desk.clock)
                  : asked.size() == 2
                      ? phones_call(twilio_sid, then + 2'000)
                      : phones_call("CA0123456789abcdef0123456789abcd03", then - 3'600'000)) +
                 R"(],"next_page_uri":"https://elsewhere.example/x?Page=)" + page + "\"}");
  };
  REQUIRE(desk.store->be_unsure(then));
  CHECK(house.adopter().look());
  REQUIRE(asked.size() == 3);  // the third is from before
  CHECK(asked[1] == "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json?Page=1");
  CHECK(asked[2].ends_with("/Calls.json?Page=2"));
  CHECK(desk.all_calls().size() == 2);
}

TEST_CASE(
    "PostgreSQL: on another database server, or another line of its history, calls are sought") {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  Restored house(url);
  Desk& desk = house.desk;
  CHECK(house.adopter().look());
  CHECK(desk.calls->place(Desk::attempt(MediumType::web)).http_status == 201);
  const Doubt before = *desk.store->doubt(desk.clock);
  CHECK(before.since == 0);
  REQUIRE(postgres_test::carry_out(url, "UPDATE epoch SET made_on = '1/00000001'").empty());
  // Also when a call comes before anybody has looked.
  CHECK(desk.calls->place(Desk::attempt(MediumType::web, "key-2")).http_status == 503);
  const Doubt doubt = *desk.store->doubt(desk.clock);
  CHECK(doubt.since != 0);
  CHECK(doubt.epoch == before.epoch + 1);
  house.agents = agents_call(second_id, "call_lost", desk.clock, "webRtc");
  CHECK(house.adopter().look());
  CHECK(desk.row("call_lost").ultravox_call_id == second_id);
  CHECK(desk.calls->place(Desk::attempt(MediumType::web, "key-3")).http_status == 201);
  CHECK(postgres_test::number(url, "SELECT COUNT(*) FROM audit WHERE kind = 'database_changed'") ==
        1);
}

TEST_CASE("PostgreSQL: whoever may write to the tables may tell which database it is") {
  const std::string schema = postgres_test::new_schema();
  const std::string url = postgres_test::url_of(schema);
  REQUIRE(postgres_test::carry_out(
              url, "CREATE ROLE plain LOGIN; GRANT CREATE, USAGE ON SCHEMA " + schema + " TO plain")
              .empty());
  StoreOptions options;
  std::string plain = url;
  plain.replace(plain.find("voxdial@"), 7, "plain");
  options.url = Secret(std::move(plain));
  options.server = "one";
  const auto opened = Store::open(options);
  REQUIRE(opened);
  const auto doubt = (*opened)->doubt(1);
  REQUIRE(doubt);
  CHECK(doubt->since == 0);
}

}  // namespace
}  // namespace voxdial::test
