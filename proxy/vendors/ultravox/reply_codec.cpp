// What Ultravox answers, reports and refuses: JSON into values.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "proxy/http/form.h"
#include "proxy/url.h"
#include "proxy/vendors/common/ask.h"
#include "proxy/vendors/common/json_codec.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "shared/ascii.h"
#include "shared/time_text.h"

namespace voxdial::ultravox {
namespace {

using vendor::json;

constexpr std::size_t max_text = 32 * 1024;
constexpr std::size_t max_join_url = 2000;

/// A time of Ultravox's in our clock; 0 without one.
Millis moment(const json& object, const char* name, Millis clock_ahead) {
  const auto at = from_rfc3339(vendor::text(object, name));
  return at ? *at - clock_ahead : 0;
}

/// Ultravox's one form of a duration: decimal seconds and "s", like "30s" or "0.384s".
std::optional<double> seconds(std::string_view text) {
  if (!text.ends_with('s') || text.size() > 24) return std::nullopt;
  text.remove_suffix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || read != end || !is_digit(text.back())) return std::nullopt;
  if (!is_digit(text[text.starts_with('-') ? 1 : 0])) return std::nullopt;  // ".5", "inf"
  if (std::abs(value) >= 1e12) return std::nullopt;
  return value;
}

/// A call object, wherever it stands. Nothing without an id that can go into a path.
std::optional<Call> call_of(const json& object, Millis clock_ahead) {
  Call call;
  call.call_id = vendor::text(object, "callId");
  if (!vendor::is_id(call.call_id)) return std::nullopt;
  call.join_url = vendor::text(object, "joinUrl", max_join_url + 1);
  call.created = vendor::text(object, "created", 64);
  call.created_at = from_rfc3339(call.created).value_or(0);
  if (call.created_at == 0) call.created.clear();
  call.joined_at = moment(object, "joined", clock_ahead);
  call.ended_at = moment(object, "ended", clock_ahead);
  call.end_reason = vendor::text(object, "endReason", 40);
  return call;
}

/// The `cursor` parameter of the address of the next page, decoded; empty at the end. Only the
/// cursor is taken from the address: where to send the key is not the vendor's to say.
std::string next_cursor(const json& page) {
  const std::string url = vendor::text(page, "next", 4000);
  const auto query = url.find('?');
  if (query == std::string::npos) return {};
  const std::string_view rest = std::string_view(url).substr(query + 1);
  const auto form = http::parse_form(rest.substr(0, rest.find('#')));
  return form ? std::string(http::field(*form, "cursor")) : std::string();
}

template <class Read>
auto read(const VendorReply& reply, Millis now, Read fields) {
  return vendor::read_reply(Vendor::ultravox, reply, now, map_failure, fields);
}

/// A page of a list; items that `read_item` gives nothing for are left out.
template <class Item, class ReadItem>
Result<Page<Item>> page_of(const VendorReply& reply, Millis now, ReadItem read_item) {
  return read(reply, now, [&](const json& body) -> std::optional<Page<Item>> {
    const json* list = vendor::array(body, "results");
    if (list == nullptr) return std::nullopt;
    Page<Item> page;
    page.next_cursor = next_cursor(body);
    for (const json& item : *list) {
      if (auto got = read_item(item)) page.items.push_back(std::move(*got));
    }
    return page;
  });
}

/// One end of a span of time; 0 when it is not told. What begins with the call is at its first ms.
Millis since_joined(const json& span, const char* end) {
  const auto told = seconds(vendor::text(span, end));
  // A week is longer than any call; what is beyond is no time.
  if (!told || *told < 0 || *told >= 7 * 86400) return 0;
  return std::max<Millis>(1, std::llround(*told * 1000));
}

std::optional<TranscriptEntry> entry_of(const json& message) {
  constexpr std::pair<std::string_view, TranscriptEntry::Role> roles[] = {
      {"MESSAGE_ROLE_USER", TranscriptEntry::Role::user},
      {"MESSAGE_ROLE_AGENT", TranscriptEntry::Role::agent},
      {"MESSAGE_ROLE_TOOL_CALL", TranscriptEntry::Role::tool_call},
      {"MESSAGE_ROLE_TOOL_RESULT", TranscriptEntry::Role::tool_result}};
  const std::string word = vendor::text(message, "role");
  const auto role = std::find_if(std::begin(roles), std::end(roles),
                                 [&](const auto& row) { return row.first == word; });
  if (role == std::end(roles)) return std::nullopt;
  TranscriptEntry entry;
  entry.role = role->second;
  entry.text = vendor::text(message, "text", max_text);
  entry.tool_name = vendor::text(message, "toolName", 64);
  entry.invocation_id = vendor::text(message, "invocationId", 100);
  // By the clock, or else by the audio that was heard: both ends by the same.
  for (const char* span : {"wallClockTimespan", "timespan"}) {
    if (entry.at_ms != 0) break;
    entry.at_ms = since_joined(vendor::object(message, span), "start");
    entry.end_ms = since_joined(vendor::object(message, span), "end");
  }
  return entry;
}

/// Audio in the reply, or the https address it was moved to.
Result<Audio> audio_of(const VendorReply& reply, Millis now) {
  if (reply.status == 301 || reply.status == 302 || reply.status == 303 || reply.status == 307 ||
      reply.status == 308) {
    std::string location(header(reply, "location"));
    const auto address = read_url(location);
    if (!address || (address->scheme != "https" &&
                     !(address->scheme == "http" && is_loopback_host(address->host)))) {
      return fail(bad_vendor_reply(Vendor::ultravox, reply));
    }
    return Audio{.content_type = {}, .location = std::move(location)};
  }
  if (reply.status == 416) return fail(ErrorCode::range_not_satisfiable);
  if (!succeeded(reply)) return fail(map_failure(reply, now));
  std::string type = lower(header(reply, "content-type"));
  type = type.substr(0, type.find(';'));
  // The page plays this from our own origin: nothing but audio may come through.
  if (!type.starts_with("audio/") || type.size() > 64 ||
      (reply.body.empty() && !reply.next_piece) ||
      type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789/.+-") != std::string::npos) {
    return fail(bad_vendor_reply(Vendor::ultravox, reply));
  }
  return Audio{.content_type = std::move(type), .location = {}};
}

/// The request's field that a refusal is about, if it says so; the vendor's words stay behind.
std::string blamed_field(const VendorReply& reply) {
  constexpr std::string_view fields[] = {"voice",
                                         "model",
                                         "languageHint",
                                         "temperature",
                                         "maxDuration",
                                         "timeExceededMessage",
                                         "initialMessages",
                                         "selectedTools",
                                         "firstSpeakerSettings",
                                         "initialOutputMedium",
                                         "systemPrompt"};
  const auto body = vendor::parse_object(reply.body);
  if (!body) return {};
  for (const std::string_view field : fields) {
    if (body->contains(field)) return std::string(field);
  }
  const std::string detail = vendor::text(*body, "detail", 2000);
  for (const std::string_view field : fields) {
    if (detail.find(field) != std::string::npos) return std::string(field);
  }
  return {};
}

/// What a refusal is, by its HTTP status (https://docs.ultravox.ai/api-reference).
constexpr vendor::StatusRow by_status[] = {
    {400, ErrorCode::vendor_refused,
     "Ultravox does not accept this call's settings. Check the agent's voice, model and tools."},
    {401, ErrorCode::vendor_unauthorized,
     "Ultravox does not accept the server's key. Check ULTRAVOX_API_KEY in .env."},
    {402, ErrorCode::vendor_account,
     "The Ultravox account has no time left. Check its billing page at app.ultravox.ai."},
    {403, ErrorCode::vendor_unauthorized,
     "Ultravox does not accept the server's key. Check ULTRAVOX_API_KEY in .env."},
    {404, ErrorCode::not_found, "Ultravox does not know this call; it may have been deleted."},
    {422, ErrorCode::vendor_refused, "Ultravox cannot do this in the call's present state."},
    {425, ErrorCode::vendor_busy, "Ultravox does not have this yet. Try again in a moment."},
    {429, ErrorCode::vendor_busy,
     "Ultravox is at its limit of calls for this account. Wait for one to end, then try again."},
    {503, ErrorCode::vendor_busy,
     "Ultravox has no capacity at the moment. Wait a little and try again."},
    {500, ErrorCode::vendor_failed, "Ultravox failed on its side. Try again in a moment."},
    {0, ErrorCode::vendor_refused, "Ultravox refused the request."},
};

}  // namespace

bool valid_join_url(std::string_view url) {
  // It becomes part of TwiML: beyond what an address may hold, nothing that could end an attribute.
  if (url.size() > max_join_url || url.find_first_of("#'^`{}|") != url.npos) return false;
  const auto address = read_url(url);
  return address && (url.starts_with("wss://") ||
                     (url.starts_with("ws://") && is_loopback_host(address->host)));
}

Result<Call> parse_created_call(const VendorReply& reply, Millis now) {
  if (reply.status == 404) {
    // On the create paths: no such agent, or an address that is not Ultravox's.
    Error error = map_failure(reply, now);
    error.code = ErrorCode::vendor_refused;
    error.message =
        "Ultravox does not know this agent. Choose another; if none was chosen, check "
        "ULTRAVOX_BASE_URL.";
    return fail(std::move(error));
  }
  return read(reply, now, [&](const json& body) {
    auto call = call_of(body, clearly_ahead_ms(reply, now));
    if (reply.status != 201 || (call && !valid_join_url(call->join_url))) call.reset();
    return call;
  });
}

Result<Call> parse_call(const VendorReply& reply, Millis now) {
  return read(reply, now, [&](const json& body) {
    auto call = call_of(body, clearly_ahead_ms(reply, now));
    if (call && !valid_join_url(call->join_url)) call->join_url.clear();
    return call;
  });
}

Result<ListedPage> parse_listed(const VendorReply& reply, Millis now) {
  auto page = page_of<Listed>(reply, now, [&](const json& item) -> std::optional<Listed> {
    auto call = call_of(item, clearly_ahead_ms(reply, now));
    if (!call) return std::nullopt;
    call->join_url.clear();
    Listed listed;
    listed.call = std::move(*call);
    if (const auto metadata = item.find("metadata"); metadata != item.end()) {
      listed.our_id = vendor::text(*metadata, our_id_key, 100);
      listed.press_mark = vendor::text(*metadata, press_key, 100);
      listed.person_mark = vendor::text(*metadata, person_key, 100);
    }
    if (const auto medium = item.find("medium"); medium != item.end() && medium->is_object())
      listed.phone = medium->contains("twilio");
    const std::string longest = vendor::text(item, "maxDuration", 20);  // "600s"
    std::from_chars(longest.data(), longest.data() + longest.size(), listed.max_duration_s);
    return listed;
  });
  if (!page) return fail(std::move(page).error());
  return ListedPage{.calls = std::move(page->items), .next_cursor = std::move(page->next_cursor)};
}

Result<MessagePage> parse_messages(const VendorReply& reply, int first_index, Millis now) {
  // A message of an unknown kind is not shown, but keeps its place: the index counts messages.
  int index = first_index;
  auto page = page_of<TranscriptEntry>(reply, now, [&index](const json& message) {
    auto entry = entry_of(message);
    if (entry) entry->index = index;
    ++index;
    return entry;
  });
  if (!page) return fail(std::move(page).error());
  return MessagePage{.entries = std::move(page->items),
                     .held = index - first_index,
                     .next_cursor = std::move(page->next_cursor)};
}

Result<void> parse_sent(const VendorReply& reply, Millis now) {
  if (succeeded(reply)) return {};
  Error error = map_failure(reply, now);
  if (reply.status == 422) {
    error.code = ErrorCode::call_not_live;
    error.message = std::string(sentence(ErrorCode::call_not_live));
  }
  return fail(std::move(error));
}

Result<Audio> parse_recording(const VendorReply& reply, Millis now) {
  if (reply.status == 404 || reply.status == 425) {
    Error error = map_failure(reply, now);
    error.code = ErrorCode::no_recording;
    error.message = std::string(sentence(ErrorCode::no_recording));
    return fail(std::move(error));
  }
  return audio_of(reply, now);
}

Result<Audio> parse_voice_preview(const VendorReply& reply, Millis now) {
  return audio_of(reply, now);
}

Result<Page<Voice>> parse_voices(const VendorReply& reply, Millis now) {
  return page_of<Voice>(reply, now, [](const json& item) -> std::optional<Voice> {
    Voice voice;
    voice.id = vendor::text(item, "voiceId");
    voice.name = vendor::text(item, "name", 80);
    if (!vendor::is_id(voice.id) || voice.name.empty()) return std::nullopt;
    voice.description = vendor::text(item, "description", 500);
    voice.language = vendor::text(item, "primaryLanguage", 16);
    voice.provider = vendor::text(item, "provider", 40);
    voice.preview = !vendor::text(item, "previewUrl").empty();
    return voice;
  });
}

Result<Page<std::string>> parse_models(const VendorReply& reply, Millis now) {
  return page_of<std::string>(reply, now, [](const json& item) -> std::optional<std::string> {
    std::string name = vendor::text(item, "name", 100);
    if (name.empty()) return std::nullopt;
    return name;
  });
}

Result<Account> parse_account(const VendorReply& reply, Millis now) {
  return read(reply, now, [](const json& body) -> std::optional<Account> {
    const auto active = vendor::whole_number(body, "activeCalls");
    if (!active) return std::nullopt;
    Account account;
    account.active_calls = *active;
    account.allowed_concurrent_calls = vendor::whole_number(body, "allowedConcurrentCalls");
    account.free_seconds_remaining = seconds(vendor::text(body, "freeTimeRemaining", 60));
    account.has_active_subscription = vendor::flag(body, "hasActiveSubscription");
    return account;
  });
}

Result<WebhookEvent> parse_webhook(std::string_view text) {
  const auto body = vendor::parse_object(text);
  if (!body) return fail(ErrorCode::invalid_json);
  WebhookEvent out;
  out.event = vendor::text(*body, "event", 60);
  if (out.event.empty()) return fail(ErrorCode::missing_field, {}, "event");
  auto call = call_of(vendor::object(*body, "call"), 0);
  if (!call) return fail(ErrorCode::missing_field, {}, "call.callId");
  out.call = std::move(*call);
  out.call.join_url.clear();
  return out;
}

Error map_failure(const VendorReply& reply, Millis now) {
  if (reply.status < 400) return bad_vendor_reply(Vendor::ultravox, reply);
  Error error = vendor::error_of(by_status, reply.status);
  if (reply.status == 400) {
    if (std::string field = blamed_field(reply); !field.empty()) {
      error.code = ErrorCode::invalid_field;
      error.message = "Ultravox does not accept the value of " + field + ". Choose another.";
      error.field = std::move(field);
    }
  }
  error.provider = Provider{std::string(vendor_name(Vendor::ultravox)), reply.status};
  if (reply.status == 425 || reply.status == 429 || reply.status >= 500) {
    error.retry_after_s = retry_after_s(reply, now);
  }
  return error;
}

}  // namespace voxdial::ultravox
