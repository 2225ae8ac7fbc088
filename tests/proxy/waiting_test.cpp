// Requests that wait: for vendors that hang, for the reply to the same press, for a reader who does
// not read. They have a share of the server, and nobody else is made to wait for them.
#include <malloc.h>

#include <chrono>
#include <condition_variable>

#include "proxy/routes/routes.h"
#include "shared/codec.h"
#include "tests/proxy/desk.h"
#include "tests/proxy/http_fixture.h"

using namespace voxdial;
using namespace voxdial::test;
using namespace voxdial::testing;

namespace {

/// What hangs until it is opened.
class Gate {
 public:
  SendResult hang() {
    std::unique_lock lock(mutex_);
    ++hanging_;
    opened_.wait(lock, [this] { return open_; });
    return Unexpected<SendFailure>{{SendFailure::Kind::no_answer, "test"}};
  }
  int hanging() const {
    const std::lock_guard lock(mutex_);
    return hanging_;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  int hanging_ = 0;
  bool open_ = false;
};

std::string request(std::string_view method, std::string_view path, std::string_view body = {},
                    std::string_view key = {}) {
  std::string text = std::string(method) + ' ' + std::string(path) +
                     " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  if (!key.empty()) text += "Idempotency-Key: " + std::string(key) + "\r\n";
  if (method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

constexpr std::string_view web = R"({"systemPrompt":"Be kind.","medium":{"type":"web"}})";
constexpr std::string_view phone =
    R"({"systemPrompt":"Be kind.","medium":{"type":"twilio","phoneNumber":"+12025550100"}})";

/// Whether it is granted within 50 ms, once of many times: what this machine does besides may delay
/// some, and what stands behind those who wait is never so quick.
bool is_granted_at_once(const TestServer& server, const std::string& asked) {
  for (int i = 0; i < 50; ++i) {
    const auto began = std::chrono::steady_clock::now();
    if (server.ask(asked).status >= 400) return false;
    if (std::chrono::steady_clock::now() - began < std::chrono::milliseconds(50)) return true;
  }
  return false;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
std::size_t heap_bytes() { return __sanitizer_get_current_allocated_bytes(); }
#else
std::size_t heap_bytes() {
  const auto heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
#endif

bool has_reply(const RawClient& client) {
  pollfd ready{client.fd(), POLLIN, 0};
  return poll(&ready, 1, 0) > 0;
}

}  // namespace

TEST_CASE("while both vendors hang and as many requests wait as may, all others are answered") {
  constexpr int at_each_vendor = 100;
  constexpr int same_presses = 80;  // of one key
  constexpr int may_wait = 64;      // of them
  BorderRules border;
  border.hosts = {"127.0.0.1"};
  Desk desk(border);
  Gate gate;
  desk.vendors.twilio_create = [&](const VendorRequest&) { return gate.hang(); };
  desk.vendors.ultravox_create =
      [&, answer = desk.vendors.ultravox_create](const VendorRequest& create) -> SendResult {
    return create.body.find("twilio") != std::string::npos ? answer(create) : gate.hang();
  };
  TestServer server([&](const http::Request& asked) { return respond(*desk.app, asked); });
  const std::shared_ptr<void> at_the_end(nullptr, [&](void*) { gate.open(); });

  std::vector<RawClient> hanging;
  const auto press = [&](std::string_view body, std::string_view key) {
    RawClient& client = hanging.emplace_back(server.connect());
    client.say(request("POST", "/api/calls", body, key));
  };
  for (int i = 0; i < at_each_vendor; ++i) press(phone, {});
  for (int i = 0; i < at_each_vendor; ++i) press(web, i == 0 ? "the-same" : "");
  REQUIRE(eventually([&] { return gate.hanging() == 2 * at_each_vendor; }));
  for (int i = 0; i < same_presses; ++i) press(web, "the-same");
  const auto sent_away = [&] { return std::count_if(hanging.begin(), hanging.end(), has_reply); };
  REQUIRE(eventually([&] { return sent_away() >= same_presses - may_wait; }));

  const std::string id = desk.all_calls().front().id;
  for (const std::string& path :
       {std::string("/healthz"), std::string("/readyz"), std::string("/api/config"),
        std::string("/api/agents"), std::string("/api/calls"), "/api/calls/" + id,
        "/api/calls/" + id + "/messages", std::string("/api/calls.csv"), std::string("/api/audit"),
        std::string("/metrics"), std::string("/login")}) {
    CAPTURE(path);
    CHECK(is_granted_at_once(server, request("GET", path)));
  }
  CHECK(is_granted_at_once(server, request("POST", "/api/calls/" + id + "/hangup")));
  CHECK(is_granted_at_once(
      server, request("POST", "/api/phone/check", R"({"phoneNumber":"+12025550100"})")));
  CHECK(sent_away() == same_presses - may_wait);  // all others still wait

  for (RawClient& client : hanging) {
    if (!has_reply(client)) continue;
    const testing::Reply reply = client.read_reply();
    CHECK(reply.status == 409);
    CHECK_FALSE(reply.header("retry-after").empty());
  }
}

TEST_CASE("a hundred exports whose readers do not go on reading hold less than 50 MB together") {
  BorderRules border;
  border.hosts = {"127.0.0.1"};
  Desk desk(border);
  NewCall call;
  call.medium = MediumType::twilio;
  call.to = "+12025550100";
  call.to_international = "+1 202-555-0100";
  call.agent_name = std::string(100, 'a');
  call.max_duration_s = 60;
  for (int i = 0; i < 1'000; ++i) {
    call.id = "call_" + std::to_string(i);
    REQUIRE(desk.store->begin_call(call, {}, desk.clock));
  }
  http::Request asked;
  asked.method = "GET";
  asked.path = "/api/calls.json";
  asked.headers = {{"host", "127.0.0.1"}};
  const std::size_t before = heap_bytes();
  std::vector<http::Response> exports;
  std::vector<std::string> being_sent;
  for (int i = 0; i < 100; ++i) {
    exports.push_back(respond(*desk.app, asked));
    REQUIRE(exports.back().status == 200);
    being_sent.push_back(*exports.back().pieces());
    CHECK(being_sent.back().size() > 200 * 300);
  }
  CHECK(heap_bytes() - before < 50'000'000);
}
