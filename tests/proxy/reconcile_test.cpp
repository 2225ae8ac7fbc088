// What a row owes, row by row: every pair of vendor states, wanted or not.
#include "proxy/calls/reconcile.h"
#include "proxy/vendors/twilio/codes.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using namespace voxdial;

namespace {

constexpr Millis now = 1'795'340'000'000;

StoredCall phone_row() {
  StoredCall row;
  row.call.id = "call_1";
  row.call.medium = MediumType::twilio;
  row.call.to = "+12025550100";
  row.call.created_at = now - 20'000;
  row.call.max_duration_s = 600;
  row.answer_by = now + 60'000;
  return row;
}

/// The row with its telephone's side so.
StoredCall with_twilio(StoredCall row, Side side) {
  if (side == Side::none) return row;
  row.dialled_at = now - 10'000;
  row.ultravox_call_id = "u-1";
  if (side == Side::lost) {
    row.lost_at = now - 5'000;
    return row;
  }
  row.twilio_sid = "CA1";
  row.facts.twilio_status = side == Side::waiting ? "ringing"
                            : side == Side::live  ? "in-progress"
                                                  : "completed";
  row.call.status = twilio::status_of(row.facts.twilio_status).value();
  if (side == Side::live) row.call.answered_at = now - 4'000;
  if (side == Side::over) row.call.ended_at = now - 1'000;
  return row;
}

StoredCall with_ultravox(StoredCall row, Side side) {
  if (side == Side::none) return row;
  row.ultravox_call_id = "u-1";
  row.agent_state = side == Side::waiting ? AgentState::waiting
                    : side == Side::live  ? AgentState::joined
                                          : AgentState::over;
  return row;
}

bool owes(const StoredCall& row, Debt what) { return row.find_owed(what) != nullptr; }

constexpr Side twilio_sides[] = {Side::none, Side::lost, Side::waiting, Side::live, Side::over};
constexpr Side ultravox_sides[] = {Side::waiting, Side::live, Side::over};

}  // namespace

TEST_CASE("for every pair of sides: what may live is looked at, and what is unwanted is ended") {
  const Side phone = GENERATE(from_range(std::begin(twilio_sides), std::end(twilio_sides)));
  const Side agent = GENERATE(from_range(std::begin(ultravox_sides), std::end(ultravox_sides)));
  const Wish wish =
      GENERATE(Wish::none, Wish::pressed, Wish::unjoined, Wish::overdue, Wish::unrecorded);
  CAPTURE(static_cast<int>(phone), static_cast<int>(agent), static_cast<int>(wish));
  StoredCall row = with_ultravox(with_twilio(phone_row(), phone), agent);
  REQUIRE(twilio_side(row) == phone);
  REQUIRE(ultravox_side(row) == agent);
  row.wish = wish;
  row.wished_at = wish == Wish::none ? 0 : now;
  const StoredCall then = reconcile(row, now);
  const bool unwanted = wish != Wish::none || is_terminal(row.call.status);
  const bool rings = phone == Side::waiting || phone == Side::live;

  // Nothing that may live is left alone, and nothing that is over is asked for ever.
  CHECK(owes(then, Debt::look_twilio) == (phone == Side::lost || rings));
  CHECK(owes(then, Debt::price) == (phone == Side::over));
  CHECK(owes(then, Debt::look_ultravox) == (agent != Side::over));
  // Unwanted, or left by the other side: it is ended, and when it is wanted over, now.
  CHECK(owes(then, Debt::end_twilio) == (rings && (unwanted || agent == Side::over)));
  const bool can_be_ended =
      agent == Side::live || (agent == Side::waiting && (rings || phone == Side::lost));
  CHECK(owes(then, Debt::end_ultravox) == (can_be_ended && (unwanted || phone == Side::over)));
  for (const Debt end : {Debt::end_twilio, Debt::end_ultravox}) {
    if (const Owed* owed = then.find_owed(end)) {
      CHECK(owed->next_at == (wish != Wish::none ? now : now + side_left_grace_ms));
    }
  }
  CHECK(reconcile(then, now + 100) == then);  // what follows, follows once
}

TEST_CASE("a web call has no telephone, and its agent is ended when it is not wanted") {
  for (const Side agent : ultravox_sides) {
    for (const Wish wish :
         {Wish::none, Wish::pressed, Wish::line_lost, Wish::tab_closed, Wish::agent_left}) {
      StoredCall row = phone_row();
      row.call.medium = MediumType::web;
      row = with_ultravox(row, agent);
      row.wish = wish;
      const StoredCall then = reconcile(row, now);
      CHECK_FALSE(owes(then, Debt::look_twilio));
      CHECK_FALSE(owes(then, Debt::end_twilio));
      CHECK(owes(then, Debt::look_ultravox) == (agent != Side::over));
      CHECK(owes(then, Debt::end_ultravox) == (agent != Side::over && wish != Wish::none));
    }
  }
}

TEST_CASE("an agent whose wait is over before anybody answered cancels the telephone, at once") {
  for (const Side phone : {Side::lost, Side::waiting, Side::live}) {
    StoredCall row = with_ultravox(with_twilio(phone_row(), phone), Side::over);
    row.facts.ultravox_end_reason = "unjoined";
    const StoredCall then = reconcile(row, now);
    CHECK(then.wish == Wish::unjoined);
    CHECK(then.call.ending);
    if (phone != Side::lost) CHECK(then.find_owed(Debt::end_twilio)->next_at == now);
  }
}

TEST_CASE(
    "Twilio is told to cancel what nobody answered, to complete what talks, and the other when "
    "that fails") {
  for (const Side phone : {Side::waiting, Side::live}) {
    StoredCall row = with_ultravox(with_twilio(phone_row(), phone), Side::waiting);
    row.wish = Wish::pressed;
    row = reconcile(row, now);
    CHECK(verb_for(row) == (phone == Side::live ? Verb::complete : Verb::cancel));
    row.owed = {*owed_again(row, Debt::end_twilio, {}, now)};
    CHECK(verb_for(row) == (phone == Side::live ? Verb::cancel : Verb::complete));
  }
}

TEST_CASE(
    "a call has until its limit and a minute, or the agent's patience and a minute before it is "
    "answered") {
  StoredCall row = with_twilio(phone_row(), Side::waiting);
  CHECK(longest_stay(row) == 80'000 + 60'000);
  row = with_twilio(phone_row(), Side::live);
  CHECK(longest_stay(row) == 600'000 + 60'000);
}

TEST_CASE("looks are a second or two apart, rarer for failures, and as a vendor asks") {
  StoredCall row =
      reconcile(with_ultravox(with_twilio(phone_row(), Side::waiting), Side::waiting), now);
  const auto wait = [&](const Tried& tried) {
    return owed_again(row, Debt::look_twilio, tried, now)->next_at - now;
  };
  CHECK(wait({}) == 1'000);
  CHECK(wait({.reached = false}) == 1'000);
  CHECK(wait({.reached = false, .retry_after_s = 17}) == 17'000);
  row.owed = {{Debt::look_twilio, now, 3, 0}};
  CHECK(wait({.reached = false}) == 8'000);
  row.owed = {{Debt::look_twilio, now, 30, 0}};
  CHECK(wait({.reached = false}) == 60'000);
  CHECK(owed_again(row, Debt::look_twilio, {}, now)->tries == 0);
}

TEST_CASE("an end is tried again within seconds, whatever comes of it, for a day") {
  StoredCall row = with_ultravox(with_twilio(phone_row(), Side::waiting), Side::live);
  row.wish = Wish::pressed;
  row.wished_at = now;
  row = reconcile(row, now);
  for (const Debt end : {Debt::end_twilio, Debt::end_ultravox}) {
    Millis at = now;
    int tries = 0;
    StoredCall then = row;
    while (const auto again = owed_again(then, end, {.reached = tries % 3 != 0}, at)) {
      CHECK(again->next_at - at <= (at - now < 600'000 ? 15'000 : 600'000));
      at = again->next_at;
      then.owed = {*again};
      REQUIRE(++tries < 10'000);
    }
    CHECK(at - now > 86'400'000);
    CHECK(at - now < 86'400'000 + 601'000);
    CHECK(tries < 400);
  }
}

TEST_CASE("the price is asked for seven times in a day, and then given up") {
  StoredCall row = with_ultravox(with_twilio(phone_row(), Side::over), Side::over);
  row = reconcile(row, now);
  Millis at = now;
  int looks = 1;
  while (const auto again = owed_again(row, Debt::price, {}, at)) {
    at = again->next_at;
    row.owed = {*again};
    ++looks;
  }
  CHECK(looks == 7);
  CHECK(at - now > 24 * 3'600'000);
  row.done = 1U << static_cast<unsigned>(Debt::price);
  CHECK_FALSE(owes(reconcile(row, at), Debt::price));
}

TEST_CASE("a call that was not answered has no price to ask for") {
  for (const char* end : {"busy", "no-answer", "failed", "canceled"}) {
    StoredCall row = with_ultravox(with_twilio(phone_row(), Side::over), Side::over);
    row.facts.twilio_status = end;
    row.call.status = twilio::status_of(end).value();
    CHECK_FALSE(owes(reconcile(row, now), Debt::price));
  }
}

TEST_CASE("whatever vendors answer, a closed row owes nothing in the end") {
  const Side phone = GENERATE(from_range(std::begin(twilio_sides), std::end(twilio_sides)));
  const Side agent = GENERATE(from_range(std::begin(ultravox_sides), std::end(ultravox_sides)));
  const int answers = GENERATE(0, 1, 2);  // of use, none, "no such call"
  StoredCall row = with_ultravox(with_twilio(phone_row(), phone), agent);
  row.wish = Wish::pressed;
  row.wished_at = now;
  row.call.status = is_terminal(row.call.status) ? row.call.status : CallStatus::unknown;
  row.call.ended_at = now;
  row = reconcile(row, now);
  int tries = 0;
  Millis at = now;
  while (!row.owed.empty()) {
    const Owed next =
        *std::min_element(row.owed.begin(), row.owed.end(),
                          [](const Owed& a, const Owed& b) { return a.next_at < b.next_at; });
    at = std::max(at, next.next_at);
    const Tried tried{.reached = answers != 1, .retry_after_s = 0, .missing = answers == 2};
    const auto again = owed_again(row, next.what, tried, at);
    for (Owed& owed : row.owed) {
      if (owed.what == next.what && again) owed = *again;
    }
    if (!again) row.done |= 1U << static_cast<unsigned>(next.what);
    row = reconcile(row, at);
    REQUIRE(++tries < 20'000);
  }
  CHECK(at - now < 3 * 86'400'000LL);
}
