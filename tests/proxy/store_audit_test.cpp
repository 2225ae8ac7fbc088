// The audit: append-only, chained, and still whole after old rows were removed.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "shared/e164.h"
#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

std::string without_triggers() {
  if (on_postgres()) return "DROP TRIGGER audit_no_change ON audit;";
  return "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;";
}

AuditEntry entry_at(Millis at, const std::string& detail) {
  return {0, at, "login", "ann", "192.0.2.1", "", "", detail};
}

std::unique_ptr<Store> ten_rows(const Folder& folder) {
  auto store = open_store(options_for(folder));
  for (int i = 1; i <= 10; ++i)
    REQUIRE(store->record_audit(entry_at(noon + i, "row " + std::to_string(i))));
  return store;
}

AuditCheck verified(Store& store) {
  const auto check = store.verify_audit();
  if (!check) FAIL(check.error().message);
  return *check;
}

/// Whether it says that this is the first row that is not as it was.
bool names_row(const AuditCheck& check, std::int64_t seq) {
  const std::string row = std::to_string(seq);
  return check.what.starts_with("Audit row " + row + " ") ||
         check.what.starts_with("Audit rows before " + row + " ");
}

TEST_CASE("an empty audit holds together") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const AuditCheck check = verified(*store);
  CHECK(check.intact);
  CHECK(check.rows == 0);
}

TEST_CASE("rows come newest first, in pages, with numbers masked for those who may not see them") {
  Folder folder;
  auto store = ten_rows(folder);
  AuditEntry entry = entry_at(noon + 11, "row 11");
  entry.number = "+14155550123";
  REQUIRE(store->record_audit(entry));
  auto page = store->audit({"sue", false, false}, 0, 4);
  REQUIRE(page);
  REQUIRE(page->entries.size() == 4);
  CHECK(page->entries[0].seq == 11);
  CHECK(page->entries[0].number == mask_number("+14155550123"));
  CHECK(page->next_before == 8);
  page = store->audit(everything, page->next_before, 4);
  CHECK(page->entries[0].seq == 7);
  page = store->audit(everything, 4, 4);
  CHECK(page->entries.size() == 3);
  CHECK(page->next_before == 0);
}

TEST_CASE("the rows cannot be changed or removed with plain SQL") {
  Folder folder;
  auto store = ten_rows(folder);
  const char* const attempt = GENERATE("UPDATE audit SET detail = 'nothing' WHERE seq = 3",
                                       "DELETE FROM audit WHERE seq = 3", "DELETE FROM audit",
                                       "UPDATE audit SET seq = 100 WHERE seq = 10");
  CHECK(meddle(folder, attempt).find("the audit is append-only") != std::string::npos);
  CHECK(verified(*store).rows == 10);
}

TEST_CASE("whoever takes the triggers away is found out, at the first broken row") {
  Folder folder;
  auto store = ten_rows(folder);
  struct Tampering {
    const char* sql;
    std::int64_t broken;
  };
  const auto tampering = GENERATE(
      Tampering{"UPDATE audit SET detail = 'nothing' WHERE seq = 3", 3},
      Tampering{"UPDATE audit SET at = at - 1 WHERE seq = 1", 1},
      Tampering{"UPDATE audit SET person = kind, kind = person WHERE seq = 5", 5},
      Tampering{
          "UPDATE audit SET person = person || 'x', address = substr(address, 2) WHERE seq = 5", 5},
      Tampering{"UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 10",
                10},
      Tampering{"DELETE FROM audit WHERE seq = 4", 4},
      Tampering{"DELETE FROM audit WHERE seq <= 2", 1},
      Tampering{"UPDATE audit SET seq = 11 WHERE seq = 10", 10},
      Tampering{
          "INSERT INTO audit SELECT 11, at, kind, person, address, call_id, number, detail, hash "
          "FROM audit WHERE seq = 10",
          11},
      Tampering{"INSERT INTO audit_checkpoints SELECT seq, at, hash FROM audit WHERE seq = 4; "
                "DELETE FROM audit WHERE seq <= 4",
                5});
  CAPTURE(tampering.sql);
  REQUIRE(meddle(folder, without_triggers() + tampering.sql).empty());
  const AuditCheck check = verified(*store);
  CHECK_FALSE(check.intact);
  CHECK(names_row(check, tampering.broken));
}

TEST_CASE("whatever bytes a stranger sends, the row is written and the chain holds") {
  Folder folder;
  auto store = open_store(options_for(folder));
  const std::string bytes("a\0b\xff\xed\xa0\x80", 7);
  REQUIRE(store->record_audit({0, noon, "login", bytes, bytes, bytes, bytes, bytes}));
  REQUIRE(store->record_audit(entry_at(noon, "next")));
  CHECK(verified(*store).intact);
  CHECK(store->audit(everything, 0, 10)->entries.at(1).detail ==
        "a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("words cannot wander from one column to the next") {
  Folder folder;
  auto store = open_store(options_for(folder));
  AuditEntry entry = entry_at(noon, "");
  entry.client_address = "x,:y";
  REQUIRE(store->record_audit(entry));
  REQUIRE(meddle(folder, without_triggers() + "UPDATE audit SET person = 'ann,:x', address = 'y'")
              .empty());
  CHECK(names_row(verified(*store), 1));
}

TEST_CASE("the head hash tells when rows were cut off the end") {
  Folder folder;
  auto store = ten_rows(folder);
  const std::string head = verified(*store).head_hash;
  CHECK(head.size() == 64);
  REQUIRE(meddle(folder, without_triggers() + "DELETE FROM audit WHERE seq > 8").empty());
  const AuditCheck check = verified(*store);
  CHECK(check.intact);
  CHECK(check.rows == 8);
  CHECK(check.head_hash != head);
}

TEST_CASE("retention removes what is old, keeps what is not, and the chain still holds") {
  Folder folder;
  auto store = open_store(options_for(folder));
  for (int i = 0; i < 1'200; ++i) {
    const std::string id = "old_" + std::to_string(i);
    NewCall call = phone_call(id);
    call.idempotency_key = id;
    place(*store, call, noon);
    if (i != 7) {
      const StoredReply answer{201, "x"};
      REQUIRE(store->record_update(id, news_of(CallStatus::busy, noon + minute), &answer));
    }
  }
  REQUIRE(store->record_transcript("old_1",
                                   {{0, TranscriptEntry::Role::agent, "Hi", "", "", true, 0}}));
  const Millis later = noon + 40 * day;
  place(*store, phone_call("new_1"), later);

  const auto pruned = store->prune(later - 30 * day, later);
  REQUIRE(pruned);
  CHECK(pruned->calls == 1'199);
  CHECK(pruned->audit_rows == 2'399);
  CHECK_FALSE(store->find_call("old_1")->has_value());
  CHECK(store->find_call("old_7")->has_value());  // still live: never forgotten
  CHECK(store->find_call("new_1")->has_value());
  AuditCheck check = verified(*store);
  CHECK(check.intact);
  CHECK(check.rows == 2);  // new_1's, and the pruning's own
  CHECK(meddle(folder, "SELECT 1 FROM timeline GROUP BY call_seq HAVING COUNT(*) > 5").empty());

  // Again at once: nothing to do. Later: the chain goes on from the second checkpoint.
  const auto again = store->prune(later - 30 * day, later);
  CHECK(again->calls == 0);
  CHECK(again->audit_rows == 0);
  const Millis much_later = later + 40 * day;
  place(*store, phone_call("newer_1"), much_later);
  CHECK(store->prune(much_later - 30 * day, much_later)->audit_rows == 2);
  store.reset();
  store = open_store(options_for(folder));
  check = verified(*store);
  CHECK(check.intact);
  CHECK(check.rows == 2);

  // The checkpoint itself cannot be moved unnoticed.
  REQUIRE(
      meddle(
          folder,
          "UPDATE audit_checkpoints SET hash = (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1)")
          .empty());
  CHECK_FALSE(verified(*store).intact);
}

TEST_CASE("the last two days stay whatever is asked") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  tell(*store, "call_1", news_of(CallStatus::busy, noon));
  const auto pruned = store->prune(noon + 10 * day, noon + day);
  REQUIRE(pruned);
  CHECK(pruned->calls == 0);
  CHECK(pruned->audit_rows == 0);
}

TEST_CASE("a pruned file keeps nothing of the removed words") {
  Folder folder;
  auto store = open_store(options_for(folder));
  place(*store, phone_call("call_1"), noon);
  tell(*store, "call_1", news_of(CallStatus::busy, noon));
  REQUIRE(store->record_transcript(
      "call_1", {{0, TranscriptEntry::Role::user, "my secret illness", "", "", true, 0}}));
  REQUIRE(store->prune(noon + 10 * day, noon + 30 * day));
  if (on_postgres()) SKIP("its files are the database's own business");
  store.reset();  // closing moves the log into the file
  std::FILE* file = std::fopen(folder.file().c_str(), "rb");
  REQUIRE(file != nullptr);
  std::string bytes(1 << 20, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  std::fclose(file);
  CHECK(bytes.size() > 4096);
  CHECK(bytes.find("my secret illness") == std::string::npos);
}

TEST_CASE("a flood of refusals is counted, not written down, and another's refusals still are") {
  Folder folder;
  auto store = open_store(options_for(folder));
  Refusal refusal;
  refusal.client_address = "192.0.2.66";
  refusal.code = ErrorCode::invalid_json;
  refusal.stranger = GENERATE(false, true);
  const std::size_t written = refusal.stranger ? 1 : 1'000;
  for (int i = 0; i < 1'300; ++i) REQUIRE(store->record_refusal(refusal, noon + i));
  const auto rows = [&] { return store->audit(everything, 0, 500)->entries; };
  const auto count = [&] { return static_cast<std::size_t>(verified(*store).rows); };
  CHECK(count() == written);
  Refusal other = refusal;
  other.code = ErrorCode::do_not_call;
  REQUIRE(store->record_refusal(other, noon + 4'000));
  other = refusal;
  other.client_address = "192.0.2.67";
  REQUIRE(store->record_refusal(other, noon + 4'000));
  CHECK(count() == written + 2);

  SECTION("the count is written when the address is refused again in a later minute") {
    REQUIRE(store->record_refusal(refusal, noon + 2 * minute));
    CHECK(count() == written + 4);
    CHECK(rows().at(0).kind == "call_refused");
    CHECK(rows().at(1).kind == "refusals_counted");
    CHECK(rows().at(1).client_address == "192.0.2.66");
    CHECK(rows().at(1).detail.rfind(std::to_string(1'300 - written) + " more: invalid_json", 0) ==
          0);
  }
  SECTION("or by the upkeep, once, also after a restart") {
    store.reset();
    store = open_store(options_for(folder));
    REQUIRE(store->sum_up_refusals(noon + 2 * minute));
    REQUIRE(store->sum_up_refusals(noon + 3 * minute));
    CHECK(count() == written + 3);
    CHECK(rows().at(0).kind == "refusals_counted");
  }
  CHECK(verified(*store).intact);
}

TEST_CASE("strangers from very many addresses leave as few rows, and hide nobody else's refusals") {
  Folder folder;
  auto store = open_store(options_for(folder));
  Refusal refusal;
  refusal.code = ErrorCode::unauthenticated;
  refusal.stranger = true;
  const bool one_site = GENERATE(true, false);
  for (int i = 0; i < 2'000; ++i) {
    refusal.client_address =
        one_site ? "2001:db8::" + std::to_string(i + 1)
                 : "192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    REQUIRE(store->record_refusal(refusal, noon + i));
  }
  const std::int64_t written = one_site ? 1 : 200;
  CHECK(verified(*store).rows == written);
  Refusal persons = refusal;
  persons.user = "ann";
  persons.stranger = false;
  REQUIRE(store->record_refusal(persons, noon + 5'000));
  CHECK(verified(*store).rows == written + 1);
  REQUIRE(store->sum_up_refusals(noon + 2 * minute));
  const auto newest = store->audit(everything, 0, 1)->entries.at(0);
  CHECK(verified(*store).rows == written + 2);
  CHECK(newest.kind == "refusals_counted");
  CHECK(newest.client_address == (one_site ? "2001:db8::/64" : ""));
  CHECK(newest.detail.rfind(std::to_string(2'000 - written) + " more: unauthenticated", 0) == 0);
}

TEST_CASE("calls refused by a limit are a flood like any other") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CallLimits limits;
  limits.person_hour = 1;
  place(*store, phone_call("call_0"), noon, limits);
  for (int i = 1; i <= 1'100; ++i) {
    REQUIRE_FALSE(store->begin_call(phone_call("call_" + std::to_string(i)), limits, noon));
  }
  CHECK(verified(*store).rows == 1'001);
}

}  // namespace
}  // namespace voxdial::store_test
