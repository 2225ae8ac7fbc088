// What Twilio answers and refuses: JSON into values.
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/common/json_codec.h"
#include "proxy/vendors/twilio/codes.h"
#include "proxy/vendors/twilio/twilio.h"
#include "shared/time_text.h"

namespace voxdial::twilio {
namespace {

using vendor::json;

/// A time of Twilio's in our clock; 0 without one.
Millis moment(const json& object, const char* name, Millis clock_ahead) {
  const auto at = from_rfc2822(vendor::text(object, name, 64));
  return at ? *at - clock_ahead : 0;
}

/// Decimal text, or the same as a number; nothing for what is no amount.
std::string amount(const json& object, const char* name) {
  const auto found = object.find(name);
  const bool number = found != object.end() && found->is_number();
  std::string text = number ? found->dump() : vendor::text(object, name, 40);
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto dot = digits.find('.');
  const auto plain = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
  };
  const bool good =
      plain(digits.substr(0, dot)) && (dot == digits.npos || plain(digits.substr(dot + 1)));
  return good && text.size() <= 20 ? text : std::string();
}

/// Nothing without a sid that is a call's and a status.
std::optional<Call> call_of(const json& object, Millis clock_ahead) {
  Call call;
  call.sid = vendor::text(object, "sid");
  call.status = vendor::text(object, "status", 20);
  if (!call.sid.starts_with("CA") || !vendor::is_id(call.sid) || call.status.empty()) {
    return std::nullopt;
  }
  call.to = vendor::text(object, "to", 64);
  call.from = vendor::text(object, "from", 64);
  call.duration_s = vendor::whole_number(object, "duration").value_or(0);
  call.price = amount(object, "price");
  call.price_unit = vendor::text(object, "price_unit", 8);
  call.answered_by = vendor::text(object, "answered_by", 40);
  call.direction = vendor::text(object, "direction", 20);
  call.created_at = moment(object, "date_created", clock_ahead);
  call.ended_at = moment(object, "end_time", clock_ahead);
  return call;
}

template <class Read>
auto read(const VendorReply& reply, Millis now, Read fields) {
  return vendor::read_reply(Vendor::twilio, reply, now, map_failure, fields);
}

/// Unknown codes, and replies without one, go by their HTTP status.
constexpr vendor::StatusRow by_status[] = {
    {401, ErrorCode::vendor_unauthorized,
     "Twilio does not accept the server's credentials. Check TWILIO_ACCOUNT_SID and "
     "TWILIO_AUTH_TOKEN."},
    {402, ErrorCode::vendor_account,
     "The Twilio account has no funds. Check its billing in the console."},
    {403, ErrorCode::vendor_unauthorized,
     "The Twilio account or key may not do this. Check its rights in the Twilio console."},
    {404, ErrorCode::not_found,
     "Twilio does not know this call or account. Check TWILIO_ACCOUNT_SID."},
    {409, ErrorCode::conflict, "Twilio says that the call changed meanwhile. Look at its state."},
    {429, ErrorCode::vendor_busy,
     "Twilio is getting too many requests. Nothing was dialled; wait a little and try again."},
    {500, ErrorCode::vendor_failed,
     "Twilio failed on its side. Look at the call's state before calling again."},
    {0, ErrorCode::vendor_refused,
     "Twilio refused the request. Look up its code in Twilio's error dictionary."},
};

}  // namespace

Error map_failure(const VendorReply& reply, Millis now) {
  if (reply.status < 400) return bad_vendor_reply(Vendor::twilio, reply);
  int code = 0;
  if (const auto body = vendor::parse_object(reply.body)) {
    code = vendor::whole_number(*body, "code").value_or(0);
  }
  const Code* known = find_code(code);
  Error error = known != nullptr ? make_error(known->ours, std::string(known->sentence))
                                 : vendor::error_of(by_status, reply.status);
  if (error.code == ErrorCode::invalid_number || error.code == ErrorCode::destination_refused) {
    error.field = "medium.phoneNumber";
  }
  error.provider =
      Provider{std::string(vendor_name(Vendor::twilio)), code != 0 ? code : reply.status};
  if (reply.status == 429 || reply.status >= 500) error.retry_after_s = retry_after_s(reply, now);
  return error;
}

Result<Call> parse_created_call(const VendorReply& reply, Millis now) {
  if (reply.status >= 300 && reply.status < 500) return fail(map_failure(reply, now));
  if (succeeded(reply)) {
    if (auto call = parse_call(reply, now)) return call;
  }
  const int code = reply.status < 500 ? reply.status : map_failure(reply, now).provider->code;
  return fail(outcome_unknown(Vendor::twilio, code));
}

Result<Call> parse_call(const VendorReply& reply, Millis now) {
  return read(reply, now,
              [&](const json& body) { return call_of(body, clearly_ahead_ms(reply, now)); });
}

Result<CallPage> parse_call_page(const VendorReply& reply, Millis now) {
  return read(reply, now, [&](const json& body) -> std::optional<CallPage> {
    const json* list = vendor::array(body, "calls");
    if (list == nullptr) return std::nullopt;
    CallPage page;
    for (const json& item : *list) {
      if (auto call = call_of(item, clock_ahead_ms(reply, now)))
        page.calls.push_back(std::move(*call));
    }
    // An address below ours; only its query is taken, so that it leads nowhere else.
    const std::string next = vendor::text(body, "next_page_uri", 2'000);
    if (const auto query = next.find('?'); query != std::string::npos)
      page.next_page = next.substr(query + 1);
    return page;
  });
}

Result<std::vector<Call>> parse_calls(const VendorReply& reply, Millis now) {
  auto page = parse_call_page(reply, now);
  if (!page) return fail(std::move(page).error());
  return std::move(page->calls);
}

Result<Notifications> parse_notifications(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<Notifications> {
    const json* list = vendor::array(body, "notifications");
    if (list == nullptr) return std::nullopt;
    Notifications found;
    bool warned = false;
    for (const json& item : *list) {
      const int code = vendor::whole_number(item, "error_code").value_or(0);
      if (code == 0) continue;
      // 11200 to 11999 and 15003: Twilio could not reach a callback address
      // (https://www.twilio.com/docs/api/errors). That never ends a call.
      if ((code >= 11200 && code <= 11999) || code == 15003) {
        found.callback_code = code;
        continue;
      }
      const bool warning =
          vendor::text(item, "log", 4) == "1" || vendor::whole_number(item, "log").value_or(0) == 1;
      if (found.cause == 0 || (warned && !warning)) {
        found.cause = code;
        warned = warning;
      }
    }
    return found;
  });
}

Result<Account> parse_account(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<Account> {
    Account account{.status = vendor::text(body, "status", 20),
                    .type = vendor::text(body, "type", 20)};
    if (account.status.empty()) return std::nullopt;
    return account;
  });
}

Result<Balance> parse_balance(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<Balance> {
    Balance balance{.balance = vendor::text(body, "balance", 30),
                    .currency = vendor::text(body, "currency", 8)};
    if (balance.balance.empty()) return std::nullopt;
    return balance;
  });
}

Result<std::vector<std::string>> parse_numbers(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<std::vector<std::string>> {
    const json* list = vendor::array(body, "incoming_phone_numbers");
    if (list == nullptr) list = vendor::array(body, "outgoing_caller_ids");
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> numbers;
    for (const json& item : *list) {
      std::string number = vendor::text(item, "phone_number", 40);
      if (!number.empty()) numbers.push_back(std::move(number));
    }
    return numbers;
  });
}

Result<DialingPermissions> parse_dialing_permissions(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<DialingPermissions> {
    if (!body.contains("low_risk_numbers_enabled")) return std::nullopt;
    return DialingPermissions{.low_risk = vendor::flag(body, "low_risk_numbers_enabled")};
  });
}

}  // namespace voxdial::twilio
