// The vendors' callbacks. Signature first, then the body; an unknown call is answered like a known
// one, and everything is quick: the vendor waits. Polling stays the net below.
#include "proxy/calls/updates.h"
#include "proxy/crypto/digest.h"
#include "proxy/routes/handlers.h"
#include "proxy/vendors/twilio/webhook.h"

namespace voxdial::handlers {
namespace {

/// The address Twilio was given, and so has signed; never rebuilt from the Host header.
std::string signed_url(const Config& config, const http::Request& request) {
  return config.public_base_url + request.path + (request.query.empty() ? "" : "?" + request.query);
}

Result<http::Form> checked_form(const App& app, const http::Request& request) {
  auto form = http::parse_form(request.body);
  if (!form || app.config.public_base_url.empty() ||
      !twilio::signature_valid(app.config.twilio_auth_token, signed_url(app.config, request), *form,
                               request.header("x-twilio-signature"))) {
    return fail(ErrorCode::bad_signature);
  }
  return form;
}

http::Response refused(const App& app, std::string_view vendor, const Error& error) {
  app.world.log(
      {.level = LogLine::Level::warning,
       .event = "callback_refused",
       .fields = {{"vendor", std::string(vendor)}, {"code", std::string(wire_name(error.code))}},
       .by_stranger = true});
  return http::error(error);
}

/// The call a callback's address names, or nothing: callback addresses carry our own id.
Result<std::optional<StoredCall>> named_call(App& app, const http::Request& request) {
  const auto query = http::parse_form(request.query);
  if (!query) return std::optional<StoredCall>();
  for (const auto& [name, value] : *query) {
    if (name == "call") return app.recorder.find(value);
  }
  return std::optional<StoredCall>();
}

/// Tells what a vendor said of one of its calls; one we do not know is ignored, as is one that is
/// not the call of this row. `said` gives nothing when there is nothing to tell.
http::Response heard(App& app, const Result<std::optional<StoredCall>>& found,
                     const std::function<std::optional<CallUpdate>(const StoredCall&)>& said) {
  if (!found) return http::error(found.error());  // the vendor tries again
  if (*found) {
    if (auto told = said(**found)) {
      const auto recorded = app.recorder.record((*found)->call.id, std::move(*told));
      // Kept in memory meanwhile, but the vendor had better tell it again.
      if (!recorded && recorded.error().code == ErrorCode::store_unavailable) {
        return http::error(recorded.error());
      }
    }
  }
  return http::no_content();
}

/// The call that Twilio speaks of: the one its address names, if that has no other sid; else by the
/// sid.
Result<std::optional<StoredCall>> twilio_call(App& app, const http::Request& request,
                                              const std::string& sid) {
  auto named = named_call(app, request);
  if (!named || (*named && (*named)->call.medium == MediumType::twilio &&
                 ((*named)->twilio_sid.empty() || (*named)->twilio_sid == sid))) {
    return named;
  }
  return app.store.find_call_by_twilio_sid(sid);
}

/// Signed words may still be another account's: accounts can share a token.
bool of_our_account(const App& app, const http::Form& form) {
  const std::string_view account = http::field(form, "AccountSid");
  return account.empty() || account == app.config.twilio_account_sid;
}

/// What Twilio tells, signed and of our account: `said` makes an update of it.
template <class Parse, class Said>
http::Response from_twilio(App& app, const http::Request& request, Parse parse, Said said) {
  const auto form = checked_form(app, request);
  if (!form) return refused(app, "twilio", form.error());
  const auto callback = parse(*form);
  if (!callback) return refused(app, "twilio", callback.error());
  if (!of_our_account(app, *form)) return http::no_content();
  return heard(app, twilio_call(app, request, callback->call_sid),
               [&](const StoredCall& row) { return said(row, *callback); });
}

std::string words_for(std::string_view answered_by) {
  if (answered_by == "human") return "A person answered.";
  if (answered_by == "fax") return "A fax machine answered.";
  if (answered_by.starts_with("machine")) return "A machine answered.";
  return "Twilio could not tell who answered.";
}

}  // namespace

http::Response twilio_status(App& app, const Ask& ask) {
  return from_twilio(app, ask.request, twilio::parse_status_callback,
                     [&](const StoredCall& row, const auto& callback) -> std::optional<CallUpdate> {
                       twilio::Call call;
                       call.sid = callback.call_sid;
                       call.to = callback.to;
                       call.from = callback.from;
                       call.status = callback.status;
                       if (!is_about(row, call, app.config)) return std::nullopt;
                       call.duration_s = callback.duration_s;
                       call.answered_by = callback.answered_by;
                       CallUpdate update = twilio_update(call);
                       update.sip_code = callback.sip_code;
                       update.twilio_error = callback.error_code;
                       if (row.twilio_sid.empty()) {  // the dial whose reply was lost
                         update.what = "found_again";
                         update.detail = "Twilio reported the call.";
                         update.warning = "";
                       }
                       return update;
                     });
}

http::Response twilio_amd(App& app, const Ask& ask) {
  return from_twilio(app, ask.request, twilio::parse_amd_callback,
                     [](const StoredCall& row, const auto& callback) -> std::optional<CallUpdate> {
                       if (row.twilio_sid.empty())
                         return std::nullopt;  // it names no numbers to compare
                       CallUpdate update =
                           make_update("answered_by", "twilio", words_for(callback.answered_by));
                       update.answered_by = callback.answered_by;
                       return update;
                     });
}

http::Response ultravox_events(App& app, const Ask& ask) {
  const std::string secret = crypto::derive_key(app.config.ultravox_key, "ultravox callbacks");
  const http::Request& request = ask.request;
  if (!ultravox::webhook_signature_valid(
          secret, request.body, request.header("x-ultravox-webhook-timestamp"),
          request.header("x-ultravox-webhook-signature"), app.world.now())) {
    return refused(app, "ultravox", make_error(ErrorCode::bad_signature));
  }
  const auto event = ultravox::parse_webhook(request.body);
  if (!event) return refused(app, "ultravox", event.error());
  return heard(app, app.store.find_call_by_ultravox_id(event->call.call_id),
               [&](const StoredCall& row) -> std::optional<CallUpdate> {
                 return ultravox_update(row, event->call);
               });
}

}  // namespace voxdial::handlers
