// Event streams over real sockets, through the real server.
#pragma once

#include "proxy/events/sse.h"
#include "tests/proxy/http_fixture.h"

namespace voxdial::testing {

using events::Event;
using events::event_id;
using events::HubOptions;

constexpr std::uint32_t epoch = 5;

inline HubOptions quiet() {
  HubOptions options;
  options.epoch = epoch;
  return options;
}

/// Who may see what, for the tests in which that changes.
inline std::function<Result<void>(const std::string& person)> may_still;

/// GET /api/events?user=bob&whole=1 with whatever Last-Event-ID, and /ping for the rest.
inline http::Response route(const http::Request& request, events::Hub& hub) {
  if (request.path != "/api/events") return http::json(200, "pong");
  events::Ticket ticket;
  std::string person;
  if (request.query.rfind("user=", 0) == 0) {
    ticket.user = person = request.query.substr(5, request.query.find('&') - 5);
  } else if (request.query.rfind("person=", 0) == 0) {  // sees everybody's calls
    person = request.query.substr(7, request.query.find('&') - 7);
  }
  ticket.whole_numbers = request.query.find("whole") != std::string::npos;
  ticket.last_id = events::parse_event_id(request.header("last-event-id"));
  if (may_still) {
    ticket.rights = 1;
    ticket.still_allowed = [person] { return may_still(person); };
  }
  return stream_reply(hub, std::move(ticket), person);
}

inline std::string stream_request(const std::string& query = {}, const std::string& last_id = {}) {
  return "GET /api/events?" + query + " HTTP/1.1\r\nHost: a\r\n" +
         (last_id.empty() ? std::string() : "Last-Event-ID: " + last_id + "\r\n") + "\r\n";
}

/// Opens a stream and reads its head and the first lines.
inline RawClient open_stream(const TestServer& server, const std::string& query = {},
                             const std::string& last_id = {}) {
  RawClient client = server.connect();
  client.say(stream_request(query, last_id));
  const Reply head = client.read_reply(true);
  CHECK(head.status == 200);
  CHECK(head.header("content-type") == "text/event-stream");
  CHECK(head.header("cache-control") == "no-store");
  CHECK(head.header("content-length").empty());
  CHECK(head.header("x-content-type-options") == "nosniff");
  return client;
}

inline std::string id_text(std::uint32_t sequence) {
  return std::to_string(event_id(epoch, sequence));
}

inline std::string call_event(std::uint32_t sequence, const std::string& data) {
  return "id: " + id_text(sequence) + "\nevent: call\ndata: " + data + "\n\n";
}

inline Event call(const std::string& owner, const std::string& masked,
                  const std::string& whole = {}) {
  return {.kind = "call", .owner = owner, .for_everyone = false, .masked = masked, .whole = whole};
}

}  // namespace voxdial::testing
