#include "proxy/vendors/ultravox/catalogue.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <future>
#include <mutex>
#include <vector>

using namespace voxdial;

namespace {

/// Ultravox, as it is told to be, and the clock.
struct Away {
  std::int64_t clock = 1'000'000;
  std::atomic<int> asked{0};
  std::function<SendResult(const VendorRequest&)> does = [](const VendorRequest&) {
    return voice("Anna");
  };
  World world{.send =
                  [this](const VendorRequest& request) {
                    ++asked;
                    return does(request);
                  },
              .now = [] { return Millis{0}; },
              .steady_ms = [this] { return clock; },
              .random_bytes = {},
              .log = {}};
  ultravox::Catalogue catalogue{world};

  static SendResult voice(const std::string& name, const std::string& next = "null") {
    return VendorReply{
        .status = 200,
        .headers = {},
        .body = R"({"results":[{"voiceId":"v","name":")" + name + R"("}],"next":)" + next + "}"};
  }
  static SendResult silence(const VendorRequest&) {
    return Unexpected<SendFailure>{{SendFailure::Kind::no_answer, "timeout"}};
  }
};

}  // namespace

TEST_CASE("what Ultravox offers is kept for ten minutes, and longer while it does not answer",
          "[catalogue]") {
  Away away;
  REQUIRE(away.catalogue.voices()->size() == 1);
  away.clock += 599'000;
  REQUIRE(away.catalogue.voices());
  CHECK(away.asked == 1);
  away.clock += 2'000;
  away.does = Away::silence;
  CHECK(away.catalogue.voices()->at(0).name == "Anna");
  CHECK(away.asked == 2);
  away.does = [](const VendorRequest&) { return Away::voice("Ben"); };
  away.clock += 29'000;
  CHECK(away.catalogue.voices()->at(0).name == "Anna");
  away.clock += 2'000;
  CHECK(away.catalogue.voices()->at(0).name == "Ben");
  CHECK(away.asked == 3);
}

TEST_CASE("after a failure nobody asks again for half a minute", "[catalogue]") {
  Away away;
  away.does = Away::silence;
  for (int page = 0; page < 40; ++page) {
    CHECK(away.catalogue.voices().error().code == ErrorCode::vendor_timeout);
  }
  CHECK(away.asked == 1);
  away.clock += 30'000;
  away.does = [](const VendorRequest&) { return Away::voice("Anna"); };
  CHECK(away.catalogue.voices());
}

TEST_CASE(
    "while one request waits for Ultravox the others get what there is, or wait in a small number",
    "[catalogue]") {
  Away away;
  const bool known = GENERATE(true, false);
  if (known) {
    REQUIRE(away.catalogue.voices());
    away.clock += 601'000;
  }
  std::promise<void> begun, answer;
  away.does = [&](const VendorRequest&) {
    begun.set_value();
    answer.get_future().wait();
    return Away::voice("Ben");
  };
  auto first = std::async(std::launch::async, [&] { return away.catalogue.voices(); });
  begun.get_future().wait();
  std::atomic<int> back{0};
  std::promise<void> most_are_back;
  constexpr int pages = 40;
  constexpr int may_wait = 8;
  std::vector<std::future<Result<std::vector<Voice>>>> others;
  for (int page = 0; page < pages; ++page) {
    others.push_back(std::async(std::launch::async, [&] {
      auto list = away.catalogue.voices();
      if (++back == (known ? pages : pages - may_wait)) most_are_back.set_value();
      return list;
    }));
  }
  most_are_back.get_future().wait();  // though Ultravox has not answered
  answer.set_value();
  CHECK(first.get()->at(0).name == "Ben");
  int told_to_come_back = 0;
  for (auto& other : others) {
    const auto list = other.get();
    if (list) {
      CHECK(list->at(0).name == (known ? "Anna" : "Ben"));
    } else {
      ++told_to_come_back;
      CHECK(list.error().code == ErrorCode::overloaded);
      CHECK(list.error().retry_after_s.value_or(0) > 0);
    }
  }
  CHECK(told_to_come_back == (known ? 0 : pages - may_wait));
}

TEST_CASE("a vendor that drips page after page is not waited for without end", "[catalogue]") {
  Away away;
  int timeout = 0;
  away.does = [&](const VendorRequest& request) {
    timeout = request.timeout_ms;
    away.clock += 6'000;
    return Away::voice("Anna", R"("https://api.ultravox.ai/api/voices?cursor=next")");
  };
  CHECK(away.catalogue.voices().error().code == ErrorCode::vendor_timeout);
  CHECK(away.asked == 3);
  CHECK(timeout == 3'000);
}
