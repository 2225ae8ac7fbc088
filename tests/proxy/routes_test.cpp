// The HTTP contract over values: every route's way from request to response, without sockets.
#include "proxy/routes/routes.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <future>
#include <thread>

#include "proxy/cli/people.h"
#include "proxy/crypto/digest.h"
#include "proxy/doctor.h"
#include "proxy/events/sse.h"
#include "shared/codec.h"
#include "tests/proxy/counter.h"

using namespace voxdial;
using namespace voxdial::test;

TEST_CASE("every route says who may call it and answers nobody else") {
  Counter counter;
  const User ada{.name = "ada", .role = Role::caller, .password_hash = "x", .created_at = 1};
  REQUIRE(counter.store->put_user(ada));
  for (const Route& route : routes()) {
    std::string path(route.path);
    if (const auto hole = path.find("{id}"); hole != path.npos) path.replace(hole, 4, "x");
    CAPTURE(route.method, path);
    const auto response = counter.ask(std::string(route.method), path);
    if (route.who == Who::person || route.who == Who::supervisor) CHECK(response.status == 401);
    if (route.who == Who::vendor) CHECK(code(response) == ErrorCode::bad_signature);
  }
  const auto page = counter.ask("GET", "/");
  CHECK(page.status == 303);
}

TEST_CASE("a request with a key is carried out once, and one without stands for itself") {
  Counter counter;
  const std::string body = R"({"medium":{"type":"web"}})";
  const auto call = [&](Headers headers) {
    const auto placed = counter.ask("POST", "/api/calls", body, std::move(headers));
    REQUIRE(placed.status == 201);
    return decode<CallPlaced>(placed.body)->id;
  };
  CHECK(call({{"idempotency-key", "k"}}) == call({{"idempotency-key", "k"}}));
  CHECK(call({}) != call({}));
  CHECK(counter.all_calls().size() == 3);
  for (const std::string& key : {std::string(129, 'k'), std::string("two words")}) {
    const auto refused = counter.ask("POST", "/api/calls", body, {{"idempotency-key", key}});
    CHECK(refused.status == 400);
    CHECK(decode<Error>(refused.body)->field == "Idempotency-Key");
  }
}

TEST_CASE("a list of calls says after which event the stream tells what the list does not") {
  Counter counter;
  const auto listed = [&] {
    return decode<CallPage>(counter.ask("GET", "/api/calls").body)->last_event_id;
  };
  const std::string before = listed();
  CHECK(before == listed());
  counter.place_phone();
  CHECK(events::parse_event_id(listed()) > events::parse_event_id(before));
}

TEST_CASE("a call can be listed, read, spoken into, ended and exported") {
  Counter counter;
  const std::string id = counter.place_phone();
  CHECK(decode<CallPage>(counter.ask("GET", "/api/calls").body)->calls.size() == 1);
  CHECK(decode<CallPage>(counter.ask("GET", "/api/calls?medium=web").body)->calls.empty());
  CHECK(decode<CallDetail>(counter.ask("GET", "/api/calls/" + id).body)->call.id == id);
  CHECK(counter
            .ask("POST", "/api/calls/" + id + "/messages",
                 R"({"kind":"text","text":"Hello","urgency":"soon"})")
            .status == 204);
  CHECK(counter.ask("GET", "/api/calls/" + id + "/messages").status == 200);
  CHECK(code(counter.ask("GET", "/api/calls/" + id + "/recording")) == ErrorCode::no_recording);
  CHECK(counter.ask("POST", "/api/calls/" + id + "/hangup").status == 200);
  CHECK(content(counter.ask("GET", "/api/calls.csv")).find(id) != std::string::npos);
  CHECK(content(counter.ask("GET", "/api/calls.json")).find(id) != std::string::npos);
  CHECK(counter.app->sending == 0);
}

TEST_CASE("every answer of the API tells the server's time, errors and streams too") {
  Counter counter;
  counter.clock = 1'700'000'000'123;
  for (const char* path :
       {"/api/config", "/api/calls", "/api/nothing", "/api/events", "/healthz"}) {
    INFO(path);
    const auto reply = counter.ask("GET", path);
    int told = 0;
    for (const auto& [name, value] : reply.headers) {
      if (name == server_time_header && value == "2023-11-14T22:13:20.123Z") ++told;
    }
    CHECK(told == 1);
  }
}

TEST_CASE("a hang-up may say why; a reason that is none is refused and ends nothing") {
  Counter counter;
  const std::string id = counter.place_phone();
  const std::string to = "/api/calls/" + id + "/hangup";
  CHECK(code(counter.ask("POST", to, R"({"why":"bored"})")) == ErrorCode::invalid_field);
  const auto wanted_over = [&] {
    const Call call = decode<CallDetail>(counter.ask("GET", "/api/calls/" + id).body)->call;
    return call.ending || is_terminal(call.status);
  };
  CHECK_FALSE(wanted_over());
  CHECK(counter.ask("POST", to, R"({"why":"line_lost"})").status == 200);
  CHECK(wanted_over());
}

TEST_CASE("what is not there and what is not taken is said in the envelope") {
  Counter counter;
  CHECK(code(counter.ask("GET", "/api/nothing")) == ErrorCode::not_found);
  CHECK(code(counter.ask("GET", "/api/calls/call_unknown")) == ErrorCode::not_found);
  const auto wrong = counter.ask("DELETE", "/api/calls");
  CHECK(code(wrong) == ErrorCode::method_not_allowed);
  bool allow = false;
  for (const auto& [name, value] : wrong.headers) {
    allow = allow || (name == "Allow" && value == "POST, GET");
  }
  CHECK(allow);
  CHECK(code(counter.ask("GET", "/api/calls?colour=red")) == ErrorCode::unknown_field);
  CHECK(code(counter.ask("GET", "/api/doctor?region=xx")) == ErrorCode::invalid_field);
}

TEST_CASE("a caller sees own calls with masked numbers and a supervisor everything whole") {
  Counter counter;
  counter.place_phone();
  Call call = counter.all_calls().at(0);
  Person ada, sue;
  ada.name = "ada";
  ada.role = Role::caller;
  sue.name = "sue";
  CHECK(as_seen_by(reader(ada), call).to != call.to);
  CHECK(as_seen_by(reader(ada), call).to_international.empty());
  CHECK(as_seen_by(reader(sue), call).to_international == call.to_international);
  CHECK_FALSE(call.to_international.empty());
  CHECK_FALSE(may_see(reader(ada), call));
  CHECK(may_see(reader(sue), call));
}

TEST_CASE("Twilio's callback moves the call, once, and only with its signature") {
  Counter counter;
  counter.place_phone();
  const std::string body = std::string("AccountSid=AC0123456789abcdef0123456789abcdef&CallSid=") +
                           twilio_sid + "&CallStatus=busy&SipResponseCode=486";
  const std::string signed_text = std::string("https://calls.example/api/twilio/status") +
                                  "AccountSidAC0123456789abcdef0123456789abcdef" + "CallSid" +
                                  twilio_sid + "CallStatusbusy" + "SipResponseCode486";
  const std::string signature =
      crypto::to_base64(crypto::hmac_sha1(Secret(std::string(twilio_token)), signed_text));
  const auto send = [&](const std::string& with) {
    return counter.ask(
        "POST", "/api/twilio/status", body,
        {{"content-type", "application/x-www-form-urlencoded"}, {"x-twilio-signature", with}});
  };
  CHECK(send("AAAAAAAAAAAAAAAAAAAAAAAAAAA=").status == 403);
  CHECK(counter.all_calls().at(0).status == CallStatus::queued);
  CHECK(send(signature).status == 204);
  const Call busy = counter.all_calls().at(0);
  CHECK(busy.status == CallStatus::busy);
  CHECK(send(signature).status == 204);
  CHECK(counter.all_calls().at(0) == busy);
}

TEST_CASE("Twilio's verdict about a machine is recorded at once and asks nobody") {
  Counter counter;
  counter.place(
      R"({"medium":{"type":"twilio","phoneNumber":"+12025550100"},"voicemail":"hang-up"})", "p");
  counter.vendors.seen.clear();
  const std::string body = std::string("AccountSid=AC0123456789abcdef0123456789abcdef&CallSid=") +
                           twilio_sid + "&AnsweredBy=machine_start&MachineDetectionDuration=3100";
  const std::string signed_text = std::string("https://calls.example/api/twilio/amd") +
                                  "AccountSidAC0123456789abcdef0123456789abcdef" +
                                  "AnsweredBymachine_start" + "CallSid" + twilio_sid +
                                  "MachineDetectionDuration3100";
  const auto send = [&](const std::string& signature) {
    return counter
        .ask("POST", "/api/twilio/amd", body,
             {{"content-type", "application/x-www-form-urlencoded"},
              {"x-twilio-signature", signature}})
        .status;
  };
  CHECK(send("AAAAAAAAAAAAAAAAAAAAAAAAAAA=") == 403);
  CHECK(counter.all_calls().at(0).answered_by.empty());
  const std::string good =
      crypto::to_base64(crypto::hmac_sha1(Secret(std::string(twilio_token)), signed_text));
  CHECK(send(good) == 204);
  CHECK(send(good) == 204);
  CHECK(counter.all_calls().at(0).answered_by == "machine_start");
  CHECK(counter.vendors.seen.empty());
}

TEST_CASE("Ultravox's callback ends a web call, and an old one is refused") {
  Counter counter;
  counter.place("{}", "w");
  const std::string body = std::string(R"({"event":"call.ended","call":{"callId":")") +
                           ultravox_id +
                           R"(","created":"2026-11-22T09:33:00Z","joined":"2026-11-22T09:33:05Z",)"
                           R"("ended":"2026-11-22T09:33:20Z","endReason":"hangup"}})";
  const auto send = [&](const std::string& timestamp) {
    const std::string secret =
        crypto::derive_key(counter.config.ultravox_key, "ultravox callbacks");
    return counter.ask("POST", "/api/ultravox/events", body,
                       {{"x-ultravox-webhook-timestamp", timestamp},
                        {"x-ultravox-webhook-signature",
                         crypto::to_hex(crypto::hmac_sha256(secret, body + timestamp))}});
  };
  CHECK(send("2026-11-22T09:30:00.000Z").status == 403);
  CHECK(send("2026-11-22T09:33:20.000Z").status == 204);
  CHECK(counter.all_calls().at(0).status == CallStatus::completed);
}

TEST_CASE("an agent can be made, changed and reset over the wire") {
  Counter counter;
  const std::string agent = R"({"id":"night-desk","name":"Night desk","settings":{}})";
  CHECK(counter.ask("POST", "/api/agents", agent).status == 201);
  CHECK(code(counter.ask("POST", "/api/agents", agent)) == ErrorCode::conflict);
  CHECK(counter.ask("PUT", "/api/agents/night-desk", agent).status == 200);
  CHECK(code(counter.ask("PUT", "/api/agents/other", agent)) == ErrorCode::invalid_field);
  CHECK(decode<AgentList>(counter.ask("GET", "/api/agents").body)->agents.size() == 1);
  CHECK(counter.ask("DELETE", "/api/agents/night-desk").status == 204);
  CHECK(code(counter.ask("DELETE", "/api/agents/night-desk")) == ErrorCode::not_found);
}

TEST_CASE("who asks while the doctor looks waits for the same report") {
  Counter counter;
  std::atomic<int> looks = 0;
  std::promise<void> looking;
  std::promise<void> go_on;
  counter.vendors.twilio_find = counter.vendors.twilio_get = counter.vendors.ultravox_get =
      [&, real = counter.vendors.ultravox_get](const VendorRequest& request) {
        if (looks++ == 0) {
          looking.set_value();
          go_on.get_future().wait();
        }
        return real(request);
      };
  const auto doctor = [&] {  // without the checks of ask(): those are for one thread
    http::Request request;
    request.method = "GET";
    request.path = "/api/doctor";
    request.headers = {{"host", "localhost:8080"}};
    request.peer = "127.0.0.1";
    return respond(*counter.app, request);
  };
  auto first = std::async(std::launch::async, doctor);
  looking.get_future().wait();
  auto second = std::async(std::launch::async, doctor);
  while (counter.app->doctor_waiting < 2) std::this_thread::yield();
  go_on.set_value();
  const http::Response report = first.get();
  const auto asked = counter.vendors.seen.size();
  CHECK(report.status == 200);
  CHECK(second.get().body == report.body);
  CHECK(counter.vendors.seen.size() == asked);
}

TEST_CASE(
    "however often one asks, the doctor asks the vendors once in a while, readiness the disk") {
  Counter counter;
  const auto asked = [&] { return counter.vendors.seen.size(); };
  REQUIRE(counter.ask("GET", "/api/doctor").status == 200);
  const std::size_t once = asked();
  CHECK(once > 0);
  for (int i = 0; i < 10; ++i) CHECK(counter.ask("GET", "/api/doctor").status == 200);
  CHECK(asked() == once);
  CHECK(counter.ask("GET", "/api/doctor?region=DE").status == 200);
  CHECK(asked() > once);
  const std::size_t twice = asked();
  counter.clock += 5'000;
  CHECK(counter.ask("GET", "/api/doctor?region=DE").status == 200);
  CHECK(asked() > twice);

  const auto commits = counter.faults.commits.load();
  for (int i = 0; i < 10; ++i) CHECK(counter.ask("GET", "/readyz").status == 200);
  CHECK(counter.faults.commits == commits + 1);
  counter.faults.keep_failing = true;
  counter.faults.fail_at = 1;
  counter.clock += 1'000;
  CHECK(counter.ask("GET", "/readyz").status == 503);
}

TEST_CASE("health checks are answered by any name") {
  Counter counter;
  name_ada(counter);
  for (const char* path : {"/healthz", "/readyz"}) {
    CHECK(counter.ask("GET", path, {}, {{"host", "10.42.0.7:8080"}}).status == 200);
    CHECK(counter.ask("GET", path, {}, {{"host", "evil.example"}}).status == 200);
  }
  CHECK(counter.ask("GET", "/api/config", {}, {{"host", "10.42.0.7:8080"}}).status == 403);
}

TEST_CASE("who tries to call without being let in is audited, a row a minute") {
  Counter counter;
  REQUIRE(counter.store->put_user(
      {.name = "ada", .role = Role::caller, .password_hash = "x", .created_at = 1}));
  for (int i = 0; i < 20; ++i) CHECK(counter.ask("POST", "/api/calls", "{}").status == 401);
  for (int i = 0; i < 20; ++i) {
    CHECK(counter.ask("POST", "/api/calls", "{}", {{"origin", "https://evil.example"}}).status ==
          403);
  }
  CHECK(counter.ask("GET", "/api/calls").status == 401);
  const auto audit = counter.store->audit({{}, false, true}, 0, 50);
  REQUIRE(audit);
  REQUIRE(audit->entries.size() == 2);
  CHECK(audit->entries[0].detail.find("bad_origin") != std::string::npos);
  CHECK(audit->entries[1].detail.find("unauthenticated") != std::string::npos);
}

/// One end of a pipe, as the server would hand it over.
class End final : public StreamSocket {
 public:
  explicit End(int fd) : fd_(fd) {}
  ~End() override { ::close(fd_); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;
  int fd() const override { return fd_; }
  long write(std::string_view bytes) override { return ::write(fd_, bytes.data(), bytes.size()); }
  bool drain() override { return true; }

 private:
  const int fd_;
};

TEST_CASE("the event stream says what it is, and an id that is none of ours asks for a reload") {
  Counter counter;
  const auto page = counter.ask("GET", "/api/events", {}, {{"last-event-id", "12x"}});
  CHECK(page.headers.at(0) ==
        std::pair<std::string, std::string>("Content-Type", "text/event-stream"));
  REQUIRE(page.take_over);
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  page.take_over(std::make_unique<End>(ends[0]));
  std::string said;
  while (said.find("event: reload\n") == said.npos) {
    std::array<char, 256> more{};
    const ssize_t got = ::read(ends[1], more.data(), more.size());
    REQUIRE(got > 0);
    said.append(more.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[1]);
}

TEST_CASE("the health check can prove which server it is, also at the public address") {
  Counter counter;
  counter.app->border = border_rules(counter.config);
  http::Request request;
  request.method = "GET";
  request.path = "/healthz";
  request.query = "challenge=00ff";
  request.headers = {{"host", "calls.example"}};
  request.peer = "127.0.0.1";
  const auto answer = respond(*counter.app, request);
  CHECK(answer.status == 200);
  CHECK(answer.body.find(proof_of_identity(counter.config, "00ff")) != std::string::npos);
  CHECK(answer.body.find(proof_of_identity(counter.config, "00fe")) == std::string::npos);
  request.query = "challenge=" + std::string(65, 'a');
  CHECK(respond(*counter.app, request).body == R"({"status":"ok"})");
  request.path = "/api/config";
  CHECK(respond(*counter.app, request).status == 403);
}

TEST_CASE("no answer of any route holds a secret") {
  Counter counter;
  const std::string id = counter.place_phone();
  for (const char* path : {"/api/config", "/api/calls", "/api/agents", "/api/doctor", "/metrics",
                           "/healthz", "/readyz", "/api/calls.csv", "/api/calls.json"}) {
    const auto response = counter.ask("GET", path);
    CAPTURE(path, response.body);
    for (const char* secret : {ultravox_key, twilio_token, "secret-join-token"}) {
      CHECK(response.body.find(secret) == std::string::npos);
    }
  }
  CHECK(counter.ask("GET", "/api/calls/" + id).body.find("secret-join-token") == std::string::npos);
}
