#include <algorithm>

#include "proxy/access/network.h"
#include "proxy/crypto/digest.h"
#include "proxy/events/sse.h"
#include "proxy/routes/handlers.h"
#include "proxy/seat.h"
#include "proxy/vendors/common/ask.h"
#include "shared/ascii.h"
#include "shared/codec.h"

namespace voxdial::handlers {
namespace {

/// Exports, recordings and previews under way at once. Each holds a connection's thread and some
/// 100 KB until it is sent, which a paused player or a reader that does not read can put off for a
/// minute.
constexpr int sending_at_once = 200;

Result<void> valid_idempotency_key(std::string_view key) {
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (key.size() <= 128 && visible) return {};
  return fail(ErrorCode::invalid_header,
              "An Idempotency-Key has at most 128 visible characters, and each press of the button "
              "a new one: it makes sure that a call is placed once.",
              "Idempotency-Key");
}

/// An error answer gets its Retry-After header back from the body it was stored as.
http::Response from_answer(const StoredReply& answer) {
  if (answer.http_status >= 400) {
    if (const auto error = decode<Error>(answer.body)) return http::error(*error);
  }
  return http::json(answer.http_status, answer.body);
}

/// Sends a response in pieces when not too many are under way. It counts until it is sent.
http::Response in_pieces(App& app, http::Response response, http::Pieces next) {
  const Seat seat = take_seat(app.sending, sending_at_once);
  if (!seat) return http::error(no_seat(5));
  response.pieces = [next = std::move(next), seat] { return next(); };
  return response;
}

http::Response exported(App& app, const Ask& ask, Store::ExportFormat format, std::string_view type,
                        std::string_view name) {
  const auto query = decode_call_query(ask.request.query);
  if (!query) return http::error(query.error());
  auto next = app.store.export_calls(reader(ask.person), *query, format);
  auto first = next();  // a store that cannot be read is an error reply, not half a file
  if (!first) return http::error(first.error());
  http::Response response;
  response.headers = {{"Content-Type", std::string(type)},
                      {"Content-Disposition", "attachment; filename=\"" + std::string(name) + "\""},
                      {"Cache-Control", "no-store"}};
  return in_pieces(app, std::move(response),
                   [first = std::move(*first), next = std::move(next)]() mutable {
                     return first.empty() ? next() : std::exchange(first, {});
                   });
}

}  // namespace

http::Response place_call(App& app, const Ask& ask) {
  const std::string key(ask.request.header("idempotency-key"));
  Attempt attempt{.request = {},
                  .idempotency_key = key,
                  .body_hash = crypto::to_hex(crypto::sha256(ask.request.body)),
                  .user = ask.person.name,
                  .client_address = client_of(ask.request, app.config.trusted_proxies).address};
  auto request = decode<CallRequest>(ask.request.body);
  if (auto keyed = valid_idempotency_key(key); request && !keyed) {
    request = Result<CallRequest>(fail(std::move(keyed).error()));
  }
  if (!request) {
    app.calls.record_refusal(attempt, request.error());
    return http::error(request.error());
  }
  attempt.request = std::move(*request);
  return from_answer(app.calls.place(attempt));
}

http::Response list_calls(App& app, const Ask& ask) {
  const auto query = decode_call_query(ask.request.query);
  if (!query) return http::error(query.error());
  const std::string last_event = std::to_string(app.hub.latest());  // before it looks
  Result<CallPage> page = app.store.list_calls(reader(ask.person), *query);
  if (page) page->last_event_id = last_event;
  return reply(page);
}

http::Response export_csv(App& app, const Ask& ask) {
  return exported(app, ask, Store::ExportFormat::csv, "text/csv; charset=utf-8", "calls.csv");
}

http::Response export_json(App& app, const Ask& ask) {
  return exported(app, ask, Store::ExportFormat::json, "application/json", "calls.json");
}

http::Response call_detail(App& app, const Ask& ask) {
  return reply(app.store.call_detail(reader(ask.person), ask.id));
}

http::Response hang_up(App& app, const Ask& ask) {
  HangUpRequest request;
  if (!ask.request.body.empty()) {
    auto decoded = decode<HangUpRequest>(ask.request.body);
    if (!decoded) return http::error(decoded.error());
    request = *decoded;
  }
  return reply(app.calls.hang_up(reader(ask.person), ask.id, request.why));
}

http::Response say(App& app, const Ask& ask) {
  const auto request = decode<SayRequest>(ask.request.body);
  if (!request) return http::error(request.error());
  return reply(app.calls.say(reader(ask.person), ask.id, *request));
}

http::Response messages(App& app, const Ask& ask) {
  return reply(app.store.transcript(reader(ask.person), ask.id));
}

http::Response audio(
    App& app, const http::Request& request,
    const std::function<Result<ultravox::Playing>(const std::string& range)>& play) {
  // Players ask for one part. For several, which a server may leave, the pieces would have to come
  // twice.
  const std::string_view asked = request.header("range");
  const bool one_part = asked.find(',') == asked.npos;
  auto playing = play(std::string(one_part ? asked : ""));
  if (!playing) return http::error(playing.error());
  VendorReply& reply = playing->reply;
  http::Response response;
  response.status = reply.status == 206 ? 206 : 200;
  response.headers = {{"Content-Type", playing->content_type},
                      {"Cache-Control", "no-store"},
                      {"Accept-Ranges", "bytes"}};
  if (response.status == 206) {
    response.headers.emplace_back("Content-Range", header(reply, "content-range"));
  }
  if (const auto size = whole_number(header(reply, "content-length"))) {
    response.length = static_cast<std::size_t>(*size);
  }
  // A vendor that sends the whole although a part was asked for is read up to that part.
  response.in_ranges = one_part && response.status == 200 && response.length;
  return in_pieces(app, std::move(response), std::move(reply.next_piece));
}

http::Response recording(App& app, const Ask& ask) {
  const auto stored = app.calls.find(reader(ask.person), ask.id);
  if (!stored) return http::error(stored.error());
  if (!stored->call.recording || stored->ultravox_call_id.empty()) {
    return http::error(make_error(ErrorCode::no_recording));
  }
  return audio(app, ask.request, [&](const std::string& range) {
    return ultravox::play_recording(app.world, stored->ultravox_call_id, range);
  });
}

http::Response check_phone(App& app, const Ask& ask) {
  const auto request = decode<PhoneCheckRequest>(ask.request.body);
  if (!request) return http::error(request.error());
  return http::json(200, encode(app.calls.check_number(request->phone_number, request->region)));
}

http::Response events(App& app, const Ask& ask) {
  const Reader who = reader(ask.person);
  const auto seat = app.hub.admit(who.user);
  if (!seat) return http::error(seat.error());
  events::Ticket ticket{.user = who.only_own ? who.user : "",
                        .whole_numbers = who.whole_numbers,
                        .last_id = events::parse_event_id(ask.request.header("last-event-id")),
                        .rights = ask.person.rights,
                        .still_allowed = [&access = app.access, person = ask.person] {
                          return access.still_allowed(person);
                        }};
  return http::event_stream([&hub = app.hub, ticket = std::move(ticket),
                             seat = *seat](std::unique_ptr<StreamSocket> socket) {
    hub.adopt(std::move(socket), ticket, seat);
  });
}

}  // namespace voxdial::handlers
