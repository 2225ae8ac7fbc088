#include "proxy/routes/handlers.h"
#include "shared/codec.h"

namespace voxdial::handlers {

http::Response config(App& app, const Ask& ask) {
  const Config& c = app.config;
  const auto login = app.access.login_needed();
  return http::json(200,
                    encode(ServerConfig{.version = VOXDIAL_VERSION,
                                        .sandbox = c.sandbox,
                                        .phone = c.phone,
                                        .phone_off_reason = c.phone_off_reason,
                                        .caller_number = c.twilio_number,
                                        .default_region = c.phone ? region_of(c.twilio_number) : "",
                                        .user = ask.person.name,
                                        .role = std::string(role_name(ask.person.role)),
                                        .login = login && *login,
                                        .max_duration_s = c.max_call_s,
                                        .recording_notice = c.recording_notice,
                                        .vendors = {}}));
}

http::Response health(App&, const Ask&) { return http::json(200, R"({"status":"ok"})"); }

http::Response ready(App& app, const Ask&) {
  const auto writable = app.store.check_writable();
  return writable ? http::json(200, R"({"status":"ready"})") : http::error(writable.error());
}

}  // namespace voxdial::handlers
