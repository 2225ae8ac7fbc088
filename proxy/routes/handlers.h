// The handlers of the routes table, by room. Each answers one route; see proxy/routes/routes.cpp.
#pragma once

#include <functional>

#include "proxy/routes/routes.h"
#include "proxy/vendors/ultravox/audio.h"
#include "shared/codec.h"

namespace voxdial::handlers {

/// What came of it as JSON, or why nothing did.
template <class T>
http::Response reply(const Result<T>& made) {
  return made ? http::json(200, encode(*made)) : http::error(made.error());
}
inline http::Response reply(const Result<void>& done) {
  return done ? http::no_content() : http::error(done.error());
}

/// A recording or a preview, or the part the request asks for, for an audio element of our own
/// page: handed on as it comes from the vendor, whom `play` asks with the request's Range.
http::Response audio(
    App& app, const http::Request& request,
    const std::function<Result<ultravox::Playing>(const std::string& range)>& play);

// calls.cpp
http::Response place_call(App&, const Ask&);
http::Response list_calls(App&, const Ask&);
http::Response export_csv(App&, const Ask&);
http::Response export_json(App&, const Ask&);
http::Response call_detail(App&, const Ask&);
http::Response hang_up(App&, const Ask&);
http::Response say(App&, const Ask&);
http::Response messages(App&, const Ask&);
http::Response recording(App&, const Ask&);
http::Response check_phone(App&, const Ask&);
http::Response events(App&, const Ask&);

// agents.cpp
http::Response list_agents(App&, const Ask&);
http::Response create_agent(App&, const Ask&);
http::Response save_agent(App&, const Ask&);
http::Response remove_agent(App&, const Ask&);
http::Response voices(App&, const Ask&);
http::Response models(App&, const Ask&);
http::Response voice_preview(App&, const Ask&);

// callbacks.cpp
http::Response twilio_status(App&, const Ask&);
http::Response twilio_amd(App&, const Ask&);
http::Response ultravox_events(App&, const Ask&);

// login.cpp
http::Response login_page(App&, const Ask&);
http::Response login_style(App&, const Ask&);
http::Response log_in(App&, const Ask&);
http::Response log_out(App&, const Ask&);
/// A redirect that keeps what stood behind the `?` of the address that was asked for; what stood
/// behind a `#` browsers keep by themselves.
http::Response go_to(std::string_view path, const http::Request& request);
/// The error reply `refused` as a page.
http::Response error_page(App& app, const http::Request& request, http::Response refused);

// operations.cpp
http::Response config(App&, const Ask&);
http::Response health(App&, const Ask&);
http::Response audit(App&, const Ask&);
http::Response doctor(App&, const Ask&);
http::Response metrics(App&, const Ask&);
http::Response ready(App&, const Ask&);
http::Response description(App&, const Ask&);

}  // namespace voxdial::handlers
