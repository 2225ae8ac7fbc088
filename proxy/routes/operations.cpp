#include "proxy/doctor.h"
#include "proxy/policy/number.h"
#include "proxy/routes/audit_codec.h"
#include "proxy/routes/handlers.h"
#include "proxy/seat.h"
#include "shared/ascii.h"
#include "shared/codec.h"

namespace voxdial::handlers {

http::Response config(App& app, const Ask& ask) {
  const Config& c = app.config;
  const auto entrance = app.access.entrance();
  return http::json(200, encode(ServerConfig{.version = VOXDIAL_VERSION,
                                             .sandbox = c.sandbox,
                                             .phone = c.phone,
                                             .phone_off_reason = c.phone_off_reason,
                                             .caller_number = c.twilio_number,
                                             .default_region = c.phone_policy.own_region,
                                             .user = ask.person.name,
                                             .role = std::string(role_name(ask.person.role)),
                                             .login = entrance && entrance->login_needed,
                                             .max_duration_s = c.max_call_s,
                                             .recording_notice = c.recording_notice,
                                             .vendors = app.health.now()}));
}

http::Response health(App& app, const Ask& ask) {
  const std::string_view query = ask.request.query;
  if (!query.starts_with("challenge=") || query.size() > 10 + 64) {
    return http::json(200, R"({"status":"ok"})");
  }
  return http::json(
      200, R"({"status":"ok","proof":")" + proof_of_identity(app.config, query.substr(10)) + "\"}");
}

/// Anybody may ask, and it takes a write to the disk: at most one a second.
http::Response ready(App& app, const Ask&) {
  http::Response store = app.readiness.get({}, app.world, 1'000, [&app] {
    const auto writable = app.store.check_writable();
    return writable ? http::no_content() : http::error(writable.error());
  });
  if (store.status >= 400) return store;
  const VendorHealth vendors = app.health.now();
  if (!vendors.ultravox_ok || (app.config.phone && !vendors.twilio_ok)) {
    return http::error(make_error(ErrorCode::circuit_open));
  }
  return http::json(200, R"({"status":"ready"})");
}

http::Response doctor(App& app, const Ask& ask) {
  const std::string& query = ask.request.query;
  const std::string region = query.starts_with("region=") ? query.substr(7) : "";
  const bool two_letters = region.size() == 2 && is_upper(region[0]) && is_upper(region[1]);
  if (!query.empty() && !two_letters) {
    return http::error(make_error(ErrorCode::invalid_field,
                                  "Ask with region=XX, a two-letter country code, or without.",
                                  "region"));
  }
  // It asks the vendors up to eight things: once for all who ask meanwhile, and for some seconds.
  constexpr int most_waiting = 8;
  const Seat seat = take_seat(app.doctor_waiting, most_waiting);
  if (!seat) return http::error(no_seat(2, "The doctor is looking already. Ask again."));
  return app.doctor.get(region, app.world, 5'000, [&] {
    return http::json(200, encode(examine(app.config, app.world, app.store, region)));
  });
}

/// A page of the audit, newest first: ?before=SEQ goes on where the last page ended.
http::Response audit(App& app, const Ask& ask) {
  constexpr int page_rows = 200;
  const std::string_view query = ask.request.query;
  const auto before = query.starts_with("before=") ? whole_number(query.substr(7)) : std::nullopt;
  if (!query.empty() && before.value_or(0) == 0) {
    return http::error(
        make_error(ErrorCode::invalid_field,
                   "Ask with before=N, the nextBefore of the page before, or without.", "before"));
  }
  return reply(app.store.audit(reader(ask.person), before.value_or(0), page_rows));
}

http::Response description(App&, const Ask&) {
  static const std::string text = describe_api();
  return http::json(200, text);
}

http::Response metrics(App& app, const Ask&) {
  const auto live = app.store.count_live_calls();
  const auto due = app.store.count_due(app.world.now());
  const events::Hub::Counts streams = app.hub.counts();
  http::Response response;
  response.body = app.metrics.text({.live_calls = live ? *live : -1,
                                    .due_rows = due ? *due : -1,
                                    .streams = streams.streams,
                                    .events = streams.published,
                                    .streams_dropped = streams.dropped,
                                    .vendors = app.health.now()});
  response.headers = {{"Content-Type", "text/plain; version=0.0.4"}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace voxdial::handlers
