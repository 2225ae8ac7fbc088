#include "shared/call_state.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace voxdial {
namespace {

constexpr int last = static_cast<int>(CallStatus::unknown);
CallStatus nth(int i) { return static_cast<CallStatus>(i); }

TEST_CASE("every call state has a name that reads back") {
  for (int i = 0; i <= last; ++i) CHECK(call_status(wire_name(nth(i))) == nth(i));
  CHECK(wire_name(CallStatus::no_answer) == "no-answer");
  for (const char* word : {"", "no_answer", "Busy", "in-progress", "requested "}) {
    CHECK_FALSE(call_status(word).has_value());
  }
}

TEST_CASE("a call climbs through its live states and ends once") {
  CHECK(rank(CallStatus::requested) == 0);
  CHECK(rank(CallStatus::queued) == 1);
  CHECK(rank(CallStatus::ringing) == 2);
  CHECK(rank(CallStatus::talking) == 3);
  for (int i = 4; i <= last; ++i) {
    CHECK(is_terminal(nth(i)));
    CHECK(rank(nth(i)) == 4);
  }
}

TEST_CASE("news moves a call up or not at all, and never out of an ending that is known") {
  for (int now = 0; now <= last; ++now) {
    for (int news = 0; news <= last; ++news) {
      const CallStatus next = advance(nth(now), nth(news));
      if (nth(now) == CallStatus::unknown) {  // is no knowledge: whatever is heard is more
        CHECK(next == (nth(news) == CallStatus::requested ? CallStatus::unknown : nth(news)));
        continue;
      }
      CHECK((next == nth(now) || next == nth(news)));
      CHECK(rank(next) >= rank(nth(now)));
      CHECK(rank(next) == std::max(rank(nth(now)), rank(nth(news))));
      if (is_terminal(nth(now))) CHECK(next == nth(now));
      CHECK(advance(next, nth(news)) == next);
    }
  }
}

TEST_CASE(
    "in whatever order and however often news comes, the first ending heard is the one kept") {
  const std::vector<std::vector<CallStatus>> stories = {
      {CallStatus::queued, CallStatus::ringing, CallStatus::talking, CallStatus::completed},
      {CallStatus::queued, CallStatus::ringing, CallStatus::no_answer},
      {CallStatus::queued, CallStatus::ringing, CallStatus::ringing, CallStatus::busy,
       CallStatus::busy},
      {CallStatus::ringing, CallStatus::talking, CallStatus::completed, CallStatus::canceled},
      {CallStatus::queued, CallStatus::failed, CallStatus::no_answer, CallStatus::unknown},
      {CallStatus::requested, CallStatus::queued, CallStatus::talking},
  };
  for (std::vector<CallStatus> news : stories) {
    std::sort(news.begin(), news.end());
    do {
      CallStatus now = CallStatus::requested;
      std::optional<CallStatus> first_ending;
      int highest = 0;
      for (const CallStatus heard : news) {
        const bool ends = is_terminal(heard) && heard != CallStatus::unknown;
        if (ends && !first_ending) first_ending = heard;
        highest = std::max(highest, rank(heard));
        now = advance(now, heard);
        if (first_ending) CHECK(rank(now) == highest);
      }
      if (first_ending) {
        CHECK(now == *first_ending);
      } else {
        CHECK(now == CallStatus::talking);
      }
    } while (std::next_permutation(news.begin(), news.end()));
  }
}

}  // namespace
}  // namespace voxdial
