// Reading: who sees what, filters, search, pages that stay right, files to take away.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "shared/codec.h"
#include "shared/e164.h"
#include "store_fixture.h"

namespace voxdial::store_test {
namespace {

const Reader supervisor{"sue", false, true};
const Reader caller{"ann", true, false};

std::vector<std::string> ids(const CallPage& page) {
  std::vector<std::string> out;
  for (const Call& call : page.calls) out.push_back(call.id);
  return out;
}

std::vector<std::string> found(Store& store, const Reader& reader, const CallQuery& query) {
  const auto page = store.list_calls(reader, query);
  if (!page) FAIL(page.error().message);
  return ids(*page);
}

using Ids = std::vector<std::string>;

/// Four calls: two of ann's by phone, one of bob's, one on the web; one has ended.
std::unique_ptr<Store> some_history(const Folder& folder) {
  auto store = open_store(options_for(folder));
  NewCall call = phone_call("call_1");
  place(*store, call, noon);
  call.id = "call_2";
  call.to = "+442071838750";
  place(*store, call, noon + hour);
  call.id = "call_3";
  call.user = "bob";
  call.agent = "50%_off";
  call.agent_name = "Half \"price\", really";
  place(*store, call, noon + 2 * hour);
  call = phone_call("call_4");
  call.medium = MediumType::web;
  call.to.clear();
  place(*store, call, noon + 3 * hour);
  tell(*store, "call_1", news_of(CallStatus::busy, noon + minute));
  return store;
}

TEST_CASE("newest first; a caller sees only the own calls and masked numbers") {
  Folder folder;
  auto store = some_history(folder);
  CHECK(found(*store, supervisor, {}) == Ids{"call_4", "call_3", "call_2", "call_1"});
  CHECK(found(*store, caller, {}) == Ids{"call_4", "call_2", "call_1"});
  const auto own = store->list_calls(caller, {});
  CHECK(own->calls[2].to == mask_number("+14155550123"));
  CHECK(own->calls[0].to.empty());
  CHECK(store->list_calls(supervisor, {})->calls[3].to == "+14155550123");
  CHECK(store->call_detail(caller, "call_1")->call.to == mask_number("+14155550123"));
  CHECK(store->call_detail(caller, "call_3").error().code == ErrorCode::not_found);
  CHECK(store->call_detail(supervisor, "call_x").error().code == ErrorCode::not_found);
}

TEST_CASE("filters, alone and together") {
  Folder folder;
  auto store = some_history(folder);
  CallQuery query;
  SECTION("medium") {
    query.medium = MediumType::web;
    CHECK(found(*store, supervisor, query) == Ids{"call_4"});
    query.medium = MediumType::twilio;
    CHECK(found(*store, caller, query) == Ids{"call_2", "call_1"});
  }
  SECTION("status") {
    query.status = CallStatus::busy;
    CHECK(found(*store, supervisor, query) == Ids{"call_1"});
    query.live_only = true;
    CHECK(found(*store, supervisor, query).empty());
    query.status = CallStatus::requested;
    CHECK(found(*store, supervisor, query) == Ids{"call_4", "call_3", "call_2"});
    query.live_only = false;
    CHECK(found(*store, caller, query) == Ids{"call_4", "call_2"});
  }
  SECTION("live") {
    query.live_only = true;
    CHECK(found(*store, caller, query) == Ids{"call_4", "call_2"});
  }
  SECTION("agent") {
    query.agent = "50%_off";
    CHECK(found(*store, supervisor, query) == Ids{"call_3"});
    CHECK(found(*store, caller, query).empty());
  }
  SECTION("time, from on and before to") {
    query.from = noon + hour;
    query.to = noon + 3 * hour;
    CHECK(found(*store, supervisor, query) == Ids{"call_3", "call_2"});
  }
  SECTION("all at once") {
    query.medium = MediumType::twilio;
    query.live_only = true;
    query.from = noon;
    query.to = noon + 2 * hour;
    query.q = "2071";
    CHECK(found(*store, supervisor, query) == Ids{"call_2"});
  }
}

TEST_CASE("search finds digits, names, people and ends, and takes wildcards for letters") {
  Folder folder;
  auto store = some_history(folder);
  CallQuery query;
  const auto search = [&](const std::string& q, const Reader& reader) {
    query.q = q;
    return found(*store, reader, query);
  };
  CHECK(search("415 555-01", supervisor) == Ids{"call_1"});
  CHECK(search("+1", supervisor) == Ids{"call_1"});
  CHECK(search("\uff14\uff11\uff15", supervisor) == Ids{"call_1"});
  CHECK(search("bob", supervisor) == Ids{"call_3"});
  CHECK(search("APPOINTMENT", supervisor) == Ids{"call_4", "call_2", "call_1"});
  CHECK(search("busy", supervisor) == Ids{"call_1"});
  CHECK(search("%", supervisor) == Ids{"call_3"});
  CHECK(search("_o", supervisor) == Ids{"call_3"});
  CHECK(search("price", supervisor) == Ids{"call_3"});
  CHECK(search("nothing like it", supervisor).empty());
  CHECK(search("4155", caller) == Ids{"call_1"});
}

TEST_CASE(
    "search knows no case, no accents and no width, in whichever code points they are written") {
  struct Row {
    std::string name, q;
  };
  const auto row = GENERATE(values<Row>({
      {"\u00c9milie \u00d8st", "\u00e9milie"},
      {"\u00c9milie \u00d8st", "E\u0301MILIE"},
      {"\u00c9milie \u00d8st", "emilie \u00f8st"},
      {"\u00c9milie \u00d8st", "emilie ost"},
      {"e\u0301va", "\u00c9VA"},
      {"\u041c\u0430\u0440\u0438\u044f", "\u043c\u0430\u0440\u0438\u044f"},
      {"\u041c\u0410\u0420\u0418\u042f", "\u043c\u0430\u0440\u0438\u044f"},
      {"\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3"},
      {"\u0130stanbul", "istanbul"},
      {"\u0130stanbul", "ISTANBUL"},
      {"Diyarbak\u0131r", "DIYARBAKIR"},
      {"\u0141\u0105ka", "laka"},
      {"Stra\u00dfe", "STRASSE"},
      {"\u00c6r\u00f8", "aero"},
      {"\uff21\uff22\uff23", "abc"},
      {"\ufb01ne", "fine"},
      {"\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"},
      {"\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u062f"},
      {"\U00010400", "\U00010428"},
      {"\ud55c\uad6d", "\ud55c"},
      {"50%_off", "%_"},
      {"\uff83\uff7d\uff84", "\u30c6\u30b9\u30c8"},        // half-width kana
      {"\uff8a\uff9e\uff85\uff85", "\u30d0\u30ca\u30ca"},  // its voicing mark stands alone
      {"\u30d0\u30ca\u30ca", "\uff8a\uff9e\uff85\uff85"},
      {"\u2121 12", "tel 12"},
  }));
  CAPTURE(row.name, row.q);
  Folder folder;
  auto store = open_store(options_for(folder));
  NewCall call = phone_call("call_1");
  call.agent_name = row.name;
  place(*store, call, noon);
  CallQuery query;
  query.q = row.q;
  CHECK(found(*store, supervisor, query) == Ids{"call_1"});
}

TEST_CASE("what makes another letter is not taken for an accent") {
  struct Row {
    std::string name, q;
  };
  const auto row = GENERATE(values<Row>({
      {"\u30cf", "\u30d0"},                    // ha is not ba
      {"\u0915\u0941\u0932", "\u0915\u0932"},  // kul is not kal
      {"\u6771\u4eac", "\u4eac\u90fd"},
      {"abc", "a%c"},
      {"abc", "a_c"},
      {"abc", "\xff"},
  }));
  CAPTURE(row.name, row.q);
  Folder folder;
  auto store = open_store(options_for(folder));
  NewCall call = phone_call("call_1");
  call.agent_name = row.name;
  place(*store, call, noon);
  CallQuery query;
  query.q = row.q;
  CHECK(found(*store, supervisor, query).empty());
}

TEST_CASE("a masked number cannot be found out by searching for its parts") {
  Folder folder;
  auto store = some_history(folder);
  const Reader sees_all_masked{"ann", false, false};
  CallQuery query;
  query.q = "2071838750";
  CHECK(found(*store, sees_all_masked, query) == Ids{"call_2"});  // ann's own; call_3 is bob's
  CHECK(found(*store, supervisor, query) == Ids{"call_3", "call_2"});
}

TEST_CASE("pages of any size show every call once, also while calls are added") {
  Folder folder;
  auto store = open_store(options_for(folder));
  constexpr int count = 23;
  for (int i = 0; i < count; ++i) {
    place(*store, phone_call("call_" + std::to_string(i)),
          noon + i / 3);  // some at the same moment
  }
  CallQuery query;
  query.limit = GENERATE(1, 2, 5, 22, 23, 24, 500);
  const Reader reader = GENERATE(Reader{"", false, true}, Reader{"ann", true, true});
  std::vector<std::string> seen;
  int pages = 0;
  do {
    const auto page = store->list_calls(reader, query);
    REQUIRE(page);
    for (const std::string& id : ids(*page)) seen.push_back(id);
    query.cursor = page->next_cursor;
    place(*store, phone_call("late_" + std::to_string(pages++)), noon + day);
  } while (!query.cursor.empty());
  REQUIRE(seen.size() == count);
  for (int i = 0; i < count; ++i) {
    CHECK(seen[static_cast<std::size_t>(i)] == "call_" + std::to_string(count - 1 - i));
  }
}

TEST_CASE("a cursor that was never given out is refused") {
  Folder folder;
  auto store = some_history(folder);
  CallQuery query;
  query.cursor = GENERATE("x", "-", "1", "1-", "-1-2", "1-2x", "99999999999999999999-1", "1--2",
                          "1-2' OR 1=1");
  const auto page = store->list_calls(supervisor, query);
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::invalid_field);
  CHECK(page.error().field == "cursor");
}

// ------------------------------------------------------------------------- export

std::string exported(Store& store, const Reader& reader, const CallQuery& query,
                     Store::ExportFormat format) {
  auto next = store.export_calls(reader, query, format);
  std::string all;
  for (;;) {
    auto piece = next();
    REQUIRE(piece);
    if (piece->empty()) return all;
    all += *piece;
  }
}

TEST_CASE("CSV: a header, a line each, quotes doubled, formulas defused") {
  Folder folder;
  auto store = some_history(folder);
  NewCall evil = phone_call("call_5");
  evil.agent_name = "=HYPERLINK(\"http://evil\")";
  evil.user = "@sum";
  place(*store, evil, noon + 4 * hour);
  CallUpdate price = news_of(CallStatus::completed, noon + 4 * hour + minute);
  price.price = "-0.0140";
  price.talked_s = 30;
  tell(*store, "call_5", price);
  const std::string csv = exported(*store, supervisor, {}, Store::ExportFormat::csv);
  CHECK(csv.rfind("\xEF\xBB\xBFid,created_at,medium,status,", 0) == 0);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 6);
  CHECK(csv.find("\r\ncall_5,2026-") != std::string::npos);
  CHECK(csv.find(",\"'=HYPERLINK(\"\"http://evil\"\")\",'@sum,+14155550123,") != std::string::npos);
  CHECK(csv.find(",\"Half \"\"price\"\", really\",bob,") != std::string::npos);
  CHECK(csv.find(",-0.0140,") != std::string::npos);
  const std::string masked = exported(*store, caller, {}, Store::ExportFormat::csv);
  CHECK(masked.find("4155550123") == std::string::npos);
  CHECK(masked.find("call_3") == std::string::npos);
}

TEST_CASE("CSV: no cell is a formula, whichever separator the reader believes in") {
  Folder folder;
  auto store = open_store(options_for(folder));
  struct Row {
    std::string name, cell;
  };
  const auto row = GENERATE(values<Row>({
      {"=1+1", "'=1+1"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"@x", "'@x"},
      {" =1", "' =1"},
      {"\t=1", "\"'\t'=1\""},
      {"\r=1", "\"'\r'=1\""},
      {"\uFF1D1", "'\uFF1D1"},
      {"\uFF0B1", "'\uFF0B1"},
      {"\uFF0D1", "'\uFF0D1"},
      {"\uFF20x", "'\uFF20x"},
      {"a;=1", "\"a;'=1\""},
      {"a,@x", "\"a,'@x\""},
      {"a\t+1", "\"a\t'+1\""},
      {"a|-1", "\"a|'-1\""},
      {"a\n=1", "\"a\n'=1\""},
      {"a;\"=1\"", "\"a;'\"\"=1\"\"\""},
      {"a; =1", "\"a;' =1\""},
      // What is none stays as it is.
      {"a=1", "a=1"},
      {"a-b", "a-b"},
      {"Zo\u00eb \u0141\u0105ka \u6771\u4eac", "Zo\u00eb \u0141\u0105ka \u6771\u4eac"},
      {"Half, half", "\"Half, half\""},
      {"a;b", "\"a;b\""},
      {"it's", "it's"},
      {"\"x\"", "\"\"\"x\"\"\""},
  }));
  NewCall call = phone_call("call_1");
  call.agent_name = row.name;
  place(*store, call, noon);
  const std::string csv = exported(*store, supervisor, {}, Store::ExportFormat::csv);
  CAPTURE(csv);
  CHECK(csv.find("," + row.cell + "," + call.user + ",") != std::string::npos);
}

TEST_CASE("JSON: one array of the calls as the API shows them, however many pieces") {
  Folder folder;
  auto store = open_store(options_for(folder));
  CHECK(exported(*store, supervisor, {}, Store::ExportFormat::json) == "[]\n");
  const int count = GENERATE(1, 200, 201, 603);
  for (int i = 0; i < count; ++i) place(*store, phone_call("call_" + std::to_string(i)), noon + i);
  std::string json = exported(*store, supervisor, {}, Store::ExportFormat::json);
  REQUIRE(json.size() > 3);
  // Every line is one call; the codec reads it back.
  json = json.substr(1, json.size() - 3) + ",";
  int read = 0;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = json.find(",\n", at);
    const std::size_t stop = end == std::string::npos ? json.size() - 1 : end;
    const auto call = decode<Call>(json.substr(at, stop - at));
    REQUIRE(call);
    CHECK(call->id == "call_" + std::to_string(count - 1 - read));
    ++read;
    at = stop + 2;
  }
  CHECK(read == count);
}

}  // namespace
}  // namespace voxdial::store_test
