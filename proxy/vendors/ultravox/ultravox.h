// Ultravox, as two pure halves: what to ask (VendorRequest) and what the answer says (Result).
//
// Owns the shape of every request to api.ultravox.ai and of every reply, as the vendor's pages have
// it (https://docs.ultravox.ai/api-reference). Sends nothing, keeps nothing, knows no key. Replies
// are taken as hostile: any bytes give a value or an Error, never an assert. Call and voice ids are
// escaped on their way into a path.
//
// Every parser maps a refusal by map_failure, so a caller looks at the Result alone. `now` is the
// wall clock; it only turns a Retry-After date into seconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/world.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial::ultravox {

// --------------------------------------------------------------------------- placing a call

/// Where Ultravox reports joined, ended and billed (https://docs.ultravox.ai/webhooks). The secrets
/// sign the reports; they are made for this purpose alone (crypto::derive_key) and travel to
/// Ultravox with the request.
struct Callbacks {
  std::string url;
  std::vector<std::string> secrets;
  friend bool operator==(const Callbacks&, const Callbacks&) = default;
};

/// Everything a new call is made of: settings already merged from preset and request.
struct CallPlan {
  CallSettings settings;
  MediumType medium = MediumType::web;
  int join_timeout_s = 30;  ///< phone: phone_join_timeout_s(ring timeout)
  std::optional<Callbacks> callbacks;
  /// Ours, to find the call again; keys must not begin "ultravox.".
  std::vector<std::pair<std::string, std::string>> metadata;
  friend bool operator==(const CallPlan&, const CallPlan&) = default;
};

/// How long a phone call's join address must live: Twilio may queue (one dial a second of an
/// account), rings for `ring_timeout_s` and up to 5 s more
/// (https://www.twilio.com/docs/voice/api/call-resource, Timeout), and connects the stream only
/// when somebody answers.
int phone_join_timeout_s(int ring_timeout_s);

/// POST /api/calls. On the phone
///  - the medium is {"twilio":{}};
///  - the one who was called speaks first: an agent-first setting becomes the fallback for silence,
///    unless it is uninterruptible (a notice that must be said first);
///  - client tools are left out, they cannot work there
///    (https://docs.ultravox.ai/tools/custom/http-vs-client-tools);
///  - the built-in hangUp is always selected, and leaveVoicemail when a message is to be left.
VendorRequest create_call(const CallPlan& plan);

/// POST /api/agents/{id}/calls (https://docs.ultravox.ai/api-reference/agents/agents-calls-post): a
/// call by an agent stored at Ultravox. It keeps its own prompt,
/// model, temperature, language and time-exceeded message: a setting for one of these is an
/// invalid_field error. Selected tools are added to the agent's own.
Result<VendorRequest> create_agent_call(std::string_view agent_id, const CallPlan& plan);

/// The built-in tool that leaves a message and ends the call
/// (https://docs.ultravox.ai/tools/built-in-tools).
inline constexpr std::string_view voicemail_tool = "leaveVoicemail";

/// A call as Ultravox tells it (https://docs.ultravox.ai/api-reference/calls/calls-get), reduced to
/// what we keep.
struct Call : Told {
  std::string call_id;
  /// Bearer secret of this one call: not logged, and not given to a browser for a phone call.
  std::string join_url;
  std::string created;  ///< RFC 3339 text as given
  Millis created_at = 0;
  Millis joined_at = 0;  ///< 0 = not (yet)
  Millis ended_at = 0;
  std::string end_reason;  ///< unjoined, hangup, agent_hangup, timeout, ...; empty while live
  friend bool operator==(const Call&, const Call&) = default;
};

/// Of both create requests: status 201 and a usable join address (valid_join_url), else an error.
Result<Call> parse_created_call(const VendorReply& reply, Millis now);

/// wss with a host, printable ASCII, at most 2000 bytes, without user info, fragment, quotes, angle
/// brackets or backslash. ws only on a loopback host (the sandbox).
bool valid_join_url(std::string_view url);

// --------------------------------------------------------------------------- a call's life

/// Under these keys a call's metadata has our id, and, hashed with a key of ours, which press it
/// came of and whose that was: a record that has lost the call finds all of them there.
inline constexpr const char* our_id_key = "voxdial.call";
inline constexpr const char* press_key = "voxdial.press";
inline constexpr const char* person_key = "voxdial.person";

/// GET /api/calls (https://docs.ultravox.ai/api-reference/calls/calls-list): made from then on.
VendorRequest list_calls(Millis from, std::string_view cursor = {});
/// A call as a list tells it.
struct Listed {
  Call call;
  std::string our_id;  ///< empty: it is none of ours
  std::string press_mark, person_mark;
  bool phone = false;
  int max_duration_s = 0;
  friend bool operator==(const Listed&, const Listed&) = default;
};
struct ListedPage {
  std::vector<Listed> calls;
  std::string next_cursor;  ///< empty at the end
  friend bool operator==(const ListedPage&, const ListedPage&) = default;
};
Result<ListedPage> parse_listed(const VendorReply& reply, Millis now);

VendorRequest get_call(std::string_view call_id);
Result<Call> parse_call(const VendorReply& reply, Millis now);

/// GET /api/calls/{id}/messages
/// (https://docs.ultravox.ai/api-reference/calls/calls-messages-list): of the whole call without
/// the initial ones (mode=in_call). `cursor` empty: from the start.
VendorRequest list_messages(std::string_view call_id, std::string_view cursor = {});
struct MessagePage {
  std::vector<TranscriptEntry> entries;  ///< index counts on from `first_index`
  int held = 0;  ///< messages on the page, unknown kinds too: the next one begins after them
  std::string next_cursor;  ///< empty at the end
  friend bool operator==(const MessagePage&, const MessagePage&) = default;
};
Result<MessagePage> parse_messages(const VendorReply& reply, int first_index, Millis now);

/// Something said into a live call (https://docs.ultravox.ai/apps/datamessages).
VendorRequest send_data_message(std::string_view call_id, const SayRequest& say);
/// Ends a live call; `message` is said first when not empty.
VendorRequest hang_up(std::string_view call_id, std::string_view message = {});
/// Of both: call_not_live when the call is not joined yet or over (422), which a hang-up may
/// ignore.
Result<void> parse_sent(const VendorReply& reply, Millis now);

// --------------------------------------------------------------------------- what is listed

/// Audio is either in the reply or elsewhere: then `location` is an https address that must be
/// fetched without our key.
struct Audio {
  std::string content_type;  ///< "audio/wav" or another audio/ type
  std::string location;
  friend bool operator==(const Audio&, const Audio&) = default;
};
VendorRequest get_recording(std::string_view call_id);
/// no_recording for 404, range_not_satisfiable for 416.
Result<Audio> parse_recording(const VendorReply& reply, Millis now);

VendorRequest voice_preview(std::string_view voice_id);
Result<Audio> parse_voice_preview(const VendorReply& reply, Millis now);

template <class Item>
struct Page {
  std::vector<Item> items;
  std::string next_cursor;  ///< empty at the end
  friend bool operator==(const Page&, const Page&) = default;
};
VendorRequest list_voices(std::string_view cursor = {});
Result<Page<Voice>> parse_voices(const VendorReply& reply, Millis now);
VendorRequest list_models(std::string_view cursor = {});
Result<Page<std::string>> parse_models(const VendorReply& reply, Millis now);

// --------------------------------------------------------------------------- the account

struct Account {
  int active_calls = 0;
  std::optional<int> allowed_concurrent_calls;   ///< nothing: no cap
  std::optional<double> free_seconds_remaining;  ///< nothing: not told, or not understood
  bool has_active_subscription = false;
  friend bool operator==(const Account&, const Account&) = default;
};
VendorRequest account_me();
Result<Account> parse_account(const VendorReply& reply, Millis now);

// --------------------------------------------------------------------------- webhooks

/// One report of a call's life.
struct WebhookEvent {
  std::string
      event;  ///< "call.started", "call.joined", "call.ended", "call.billed", or a later one
  Call call;  ///< join_url is left empty
  friend bool operator==(const WebhookEvent&, const WebhookEvent&) = default;
};
/// Strict about what it reads, blind to the rest. Look only after webhook_signature_valid.
Result<WebhookEvent> parse_webhook(std::string_view body);

/// How far a webhook's timestamp may be from our clock, either way.
constexpr Millis webhook_window_ms = 60'000;

/// Whether `signature_header` (comma-separated hex, one for each secret that Ultravox knows) holds
/// HMAC-SHA256(secret, raw body + timestamp text), and the timestamp is within the window of `now`.
/// Constant time in the secret. False for anything missing: fail closed.
bool webhook_signature_valid(std::string_view secret, std::string_view raw_body,
                             std::string_view timestamp_header, std::string_view signature_header,
                             Millis now);

// --------------------------------------------------------------------------- failures

/// The error for a reply that is a refusal, by its status. Total; for a 2xx it is vendor_bad_reply.
/// Never holds the vendor's words.
Error map_failure(const VendorReply& reply, Millis now);

}  // namespace voxdial::ultravox
