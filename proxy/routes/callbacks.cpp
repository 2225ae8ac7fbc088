// The vendors' callbacks. Signature first, then the body; an unknown call is answered like a known
// one, and everything is quick: the vendor waits. Polling stays the net below.
#include "proxy/calls/look.h"
#include "proxy/crypto/digest.h"
#include "proxy/routes/handlers.h"
#include "proxy/twilio/webhook.h"

namespace voxdial::handlers {
namespace {

/// The address Twilio was given, and so has signed; never rebuilt from the Host header.
std::string signed_url(const Config& config, const http::Request& request) {
  return config.public_base_url + request.path + (request.query.empty() ? "" : "?" + request.query);
}

Result<http::Form> checked_form(const App& app, const http::Request& request) {
  if (app.config.public_base_url.empty() ||
      !twilio::request_signature_valid(app.config.twilio_auth_token,
                                       signed_url(app.config, request), request.body,
                                       request.header("x-twilio-signature"))) {
    return fail(ErrorCode::bad_signature);
  }
  return http::parse_form(request.body);
}

http::Response refused(const App& app, std::string_view vendor, const Error& error) {
  app.world.log(
      {.level = LogLine::Level::warning,
       .event = "callback_refused",
       .fields = {{"vendor", std::string(vendor)}, {"code", std::string(wire_name(error.code))}},
       .by_stranger = true});
  return http::error(error);
}

/// Tells the board what a vendor said of one of its calls; one we do not know is ignored.
http::Response heard(App& app, const Result<std::optional<StoredCall>>& found,
                     const std::function<CallNews(const StoredCall&)>& said) {
  if (!found) return http::error(found.error());  // the vendor tries again
  if (*found) {
    const auto told = app.board.tell((*found)->call.id, said(**found));
    if (!told) return http::error(told.error());
  }
  return http::no_content();
}

}  // namespace

http::Response twilio_status(App& app, const Ask& ask) {
  const auto form = checked_form(app, ask.request);
  if (!form) return refused(app, "twilio", form.error());
  const auto callback = twilio::parse_status_callback(*form);
  if (!callback) return refused(app, "twilio", callback.error());
  return heard(app, app.store.find_call_by_twilio_sid(callback->call_sid),
               [&](const StoredCall& stored) {
                 twilio::Call call;
                 call.sid = callback->call_sid;
                 call.status = callback->status;
                 call.duration_s = callback->duration_s;
                 call.answered_by = callback->answered_by;
                 CallNews told = twilio_news(stored, call);
                 told.sip_code = callback->sip_code;
                 told.twilio_error = callback->error_code;
                 return told;
               });
}

http::Response twilio_amd(App& app, const Ask& ask) {
  const auto form = checked_form(app, ask.request);
  if (!form) return refused(app, "twilio", form.error());
  const auto callback = twilio::parse_amd_callback(*form);
  if (!callback) return refused(app, "twilio", callback.error());
  return heard(app, app.store.find_call_by_twilio_sid(callback->call_sid), [&](const StoredCall&) {
    const bool human = callback->answered_by == "human";
    CallNews told =
        news("answered_by", "twilio", human ? "A person answered." : "A machine answered.");
    told.answered_by = callback->answered_by;
    return told;
  });
}

http::Response ultravox_events(App& app, const Ask& ask) {
  const std::vector<std::string> secrets = {
      crypto::derive_key(app.config.ultravox_key, "ultravox callbacks")};
  const http::Request& request = ask.request;
  if (!ultravox::webhook_signature_valid(
          secrets, request.body, request.header("x-ultravox-webhook-timestamp"),
          request.header("x-ultravox-webhook-signature"), app.world.now())) {
    return refused(app, "ultravox", make_error(ErrorCode::bad_signature));
  }
  const auto event = ultravox::parse_webhook(request.body);
  if (!event) return refused(app, "ultravox", event.error());
  return heard(app, app.store.find_call_by_ultravox_id(event->call.call_id),
               [&](const StoredCall& stored) { return ultravox_news(stored, event->call); });
}

}  // namespace voxdial::handlers
