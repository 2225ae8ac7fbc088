// The values that go into and come out of the store. Plain data: no function here touches a
// database.
//
// Times are handed in (`now`, `at`): the room reads no clock and draws no random number; ids,
// hashed tokens and password hashes come in finished. Money is in millionths of the operator's
// currency.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proxy/events/event.h"
#include "proxy/store/person_values.h"
#include "proxy/vendors/end_reason.h"
#include "shared/api.h"

namespace voxdial {

using Micros = std::int64_t;  ///< millionths of the currency the operator's rates are in

/// Who is reading: decides which calls are shown and whether numbers are masked.
struct Reader {
  std::string user;            ///< empty without login
  bool only_own = true;        ///< a caller: own calls only. false: everybody's
  bool whole_numbers = false;  ///< false: `to` goes through mask_number()
  friend bool operator==(const Reader&, const Reader&) = default;
};

// --------------------------------------------------------------------------- placing a call

/// Limits on placing calls; 0 switches a limit off. Windows slide: an "hour" is the last 3,600 s, a
/// "day" the last 86,400 s, both counted over admitted calls (a refusal costs nobody anything).
struct CallLimits {
  int person_hour = 0;
  int person_day = 0;
  int address_hour = 0;  ///< per client address
  int address_day = 0;
  int destination_hour = 0;  ///< per dialled number; web calls have none
  int destination_day = 0;
  int everyone_live = 0;  ///< running at once
  /// Everyone together. A call counts with its longest length until it is over, with its real
  /// length from then on, in the hour it was placed; the window is 24 full hours and the running
  /// one.
  int minutes_day = 0;
  Micros spend_day = 0;
  friend bool operator==(const CallLimits&, const CallLimits&) = default;
};

/// A call somebody wants to place, already validated and allowed by policy: as it is to be
/// recorded, and what decides whether it is.
struct NewCall : Call {
  std::string idempotency_key;  ///< per user; empty: none was sent (a script's choice)
  std::string body_hash;        ///< of the request; same key with another hash is refused
  /// The person and the key as the vendors are told them, hashed: by it a call is known that the
  /// record had lost (Store::adopt).
  std::string press_mark;
  std::string client_address;
  int answer_within_s = 0;     ///< how long the agent waits for somebody to join or answer
  Micros cost_per_minute = 0;  ///< estimate; begun minutes count whole
  Voicemail voicemail = Voicemail::carry_on;
  bool quiet_hours_override = false;  ///< audited
  /// What was asked, for the audit: any text of at most 8 KiB (longer is cut), no secret. Not read.
  std::string asked;
  friend bool operator==(const NewCall&, const NewCall&) = default;
};

/// What the first request with an idempotency key was replied.
struct StoredReply {
  int http_status = 0;
  std::string body;  ///< never holds a join URL: see Store::finish_call_request
  friend bool operator==(const StoredReply&, const StoredReply&) = default;
};

/// Why a call is to be over. The first reason stays; End pressed replaces any that nobody pressed.
enum class Wish : std::uint8_t {
  none,        ///< it may go on
  pressed,     ///< somebody pressed End
  line_lost,   ///< the page lost its line to the agent
  tab_closed,  ///< the page with the call went away
  agent_left,  ///< the page saw the agent leave
  machine,     ///< a machine answered, and the call was to end then
  unjoined,    ///< the agent's wait was over before anybody answered
  overdue,     ///< it outlived its hard limit
  unrecorded,  ///< it rang and could not be recorded
};

/// What is still to be done about a call. Each is a row of its own with the time it is due, so that
/// it survives a crash, and is given up only by saying so (`StoredCall::done`).
enum class Debt : std::uint8_t {
  look_twilio,    ///< how the call is there; a dial whose reply was lost is looked for
  look_ultravox,  ///< how the agent's side is; a call that was never placed is closed
  end_twilio,     ///< until Twilio says that it is over
  end_ultravox,   ///< until Ultravox says so
  machine,        ///< the agent is to be told of the machine that answered
  messages,       ///< what is said, page by page
  price,          ///< Twilio's price of a call that was answered
  why,            ///< Twilio's notifications about a call that did not go well
};
constexpr int debts = 8;
/// What goes before everything else: the end of a call, and a word to a machine that listens.
constexpr bool is_urgent(Debt what) {
  return what == Debt::end_twilio || what == Debt::end_ultravox || what == Debt::machine;
}

/// One thing owed and when it is tried next.
struct Owed {
  Debt what = Debt::look_twilio;
  Millis next_at = 0;        ///< wall clock; a clock that jumps makes everything due
  int tries = 0;             ///< in a row that did not settle it
  Millis missing_since = 0;  ///< since when the vendor says that there is no such call; 0: it knows
  friend bool operator==(const Owed&, const Owed&) = default;
};

/// What Ultravox last said of its side. Twilio's own word is EndFacts::twilio_status.
enum class AgentState : std::uint8_t {
  none,
  waiting,
  joined,
  over,
  gone,  ///< it has denied for a while that there is one: as good as over, until it says otherwise
};

/// What is kept of a call, decides something and is not shown; whoever is the first to tell it
/// counts. A new one is its member and its line here, and the rule that goes by it in apply.cpp or
/// reconcile.cpp: its column follows, and that the row takes it from an update.
struct Unshown {
  bool machine_handled = false;  ///< what was to happen when a machine answers has happened
  bool hung_up_here = false;     ///< Ultravox took our order to end its side: it was live till then
  Millis agent_ended_at = 0;     ///< when Ultravox says that its side ended
  friend bool operator==(const Unshown&, const Unshown&) = default;
};

/// Calls `each` with every member: its column, and this member of every `row`.
template <class Each, class... T>
void each_unshown(Each each, T&... row) {
  each("machine_handled", row.machine_handled...);
  each("hung_up_here", row.hung_up_here...);
  each("agent_ended_at", row.agent_ended_at...);
}

/// A call row with everything the proxy needs to go on with it, after kill -9 too. Never leaves the
/// proxy: give pages the `call` inside, through as_seen_by().
struct StoredCall : Unshown {
  Call call;  ///< `to` is the whole number
  std::string client_address;
  std::string ultravox_call_id;  ///< empty: Ultravox has not been asked, or its answer was lost
  std::string twilio_sid;        ///< empty likewise
  /// What the vendors said so far, as far as `call` does not hold it: their words and codes,
  /// and talked_s. The other members are not set.
  EndFacts facts;
  bool end_given = false;  ///< call.end came with an update, not from explain_end()
  Voicemail voicemail = Voicemail::carry_on;  ///< what is to happen when a machine answers
  Micros cost_per_minute = 0;

  Wish wish = Wish::none;
  Millis wished_at = 0;
  Millis answer_by = 0;   ///< when the agent's wait for somebody ends
  Millis dialled_at = 0;  ///< phone: the dial request was about to be sent; 0: it never was
  Millis lost_at = 0;     ///< phone: its reply was known to be lost
  AgentState agent_state = AgentState::none;
  std::string message_cursor;  ///< where reading goes on
  int message_index = 0;       ///< messages before that place
  int message_pages = 0;       ///< pages read
  unsigned done = 0;           ///< bits of Debt that are settled or given up for good
  std::vector<Owed> owed;      ///< in the order of Debt; what is not in it is not owed
  friend bool operator==(const StoredCall&, const StoredCall&) = default;

  bool is_done(Debt what) const { return (done >> static_cast<unsigned>(what) & 1U) != 0; }
  /// What is owed of this kind, or null.
  const Owed* find_owed(Debt what) const;
};

/// How long another server may be placing a call that it admitted: the slowest answers of both
/// vendors, and the look for a dial whose answer was lost. From then on nobody is believed to, and
/// whoever is so late dials no more (longest_placing_ms).
inline constexpr Millis placed_elsewhere_ms = 45'000;
inline constexpr Millis longest_placing_ms = 35'000;

/// How long a leased step is nobody else's: longer than a request and what it takes to send it, and
/// short enough that a dead server's work is another's within 15 s.
inline constexpr Millis lease_ms = 12'000;

struct Admission {
  enum class Kind : std::uint8_t {
    placed,    ///< recorded durably as `requested`: ask the vendors now, then finish_call_request()
    replayed,  ///< same key, same body, answered before: send `reply` again, dial nothing
    running,   ///< the first request with this key is still at work: wait_for_reply(call id)
    /// The first request died before it was answered (restart): dial nothing, answer from `stored`,
    /// whose true state recovery finds out, and call finish_call_request() with that reply.
    orphaned,
  } kind = Kind::placed;
  StoredCall stored;
  std::optional<StoredReply> reply;  ///< replayed only
  friend bool operator==(const Admission&, const Admission&) = default;
};

/// An attempt that policy refused, for the audit.
struct Refusal {
  std::string user;
  std::string client_address;
  MediumType medium = MediumType::web;
  std::string agent;
  std::string to;  ///< E.164, or as typed when it is no number
  ErrorCode code = ErrorCode::forbidden;
  std::string message;
  std::string asked;      ///< as in NewCall, but at most 1 KiB
  bool stranger = false;  ///< nobody has let them in: of such only one row a minute is written
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// --------------------------------------------------------------------------- hearing of a call

/// One piece of news about a call, from anybody. Empty, 0 and nullopt mean "says nothing about
/// this". Late, doubled and reordered news is expected: see apply().
struct CallUpdate : Told, Unshown {  // a price may come long after the end
  Millis at = 0;                     ///< when we heard it; the timeline's time
  std::string what;                  ///< timeline: stable name, "twilio_status", "hang_up_asked"
  std::string source;                ///< timeline: "voxdial", "twilio", "ultravox", "person"
  std::string detail;  ///< timeline: words for a person, at most 2 KiB (longer is cut); no secret
  bool note = false;  ///< put it into the timeline although it changed nothing (something was said)

  std::optional<CallStatus> status;
  Millis ringing_at = 0;  ///< the vendor's times; without them a state is entered at `at`
  Millis answered_at = 0;
  Millis ended_at = 0;
  std::string ultravox_call_id;
  std::string twilio_sid;
  Wish wish = Wish::none;  ///< it is to be over, and why
  bool urgent = false;     ///< what is owed to end it is due now, whatever was planned
  Millis dialled_at = 0;   ///< taken only when nothing speaks against dialling any more
  Millis lost_at = 0;
  bool not_dialled = false;  ///< no telephone can ring: it was refused, or never asked for
  AgentState agent_state = AgentState::none;
  std::string message_cursor;
  int message_index = 0;
  int message_pages = 0;
  std::vector<Debt> done;          ///< settled or given up for good
  std::optional<Owed> owed_again;  ///< tried, and to be tried again then
  std::string answered_by;
  bool left_voicemail = false;
  std::string twilio_status;  ///< facts for explain_end(), Twilio's and Ultravox's words
  int twilio_error = 0;
  int sip_code = 0;
  std::string ultravox_end_reason;
  int talked_s = 0;  ///< vendor's count of seconds talked; without it ended_at - answered_at
  /// Given with a terminal status: why, when explain_end()'s table cannot know it (a vendor
  /// refused).
  std::optional<EndReason> end;
  std::optional<std::string> warning;  ///< empty text: what was warned of is over
  friend bool operator==(const CallUpdate&, const CallUpdate&) = default;
};

/// The row after hearing `update`. Pure, and the same whatever order updates come in, as far as the
/// state machine allows: the status only climbs and the first terminal one stays (but `unknown`,
/// which anything better known replaces); times, ids and answered_by are set once; facts of the end
/// may still sharpen `end` after it; a price may follow. `call.version` grows by one when anything
/// a page can see has changed.
StoredCall apply(StoredCall stored, const CallUpdate& update);

/// What follows from a row: the same row with `owed` as it must be at `now`
/// (proxy/calls/reconcile.h).
using Reconcile = std::function<StoredCall(StoredCall, Millis now)>;

struct Recorded {
  StoredCall stored;
  bool changed = false;  ///< a page would see a difference: publish it
  bool ended = false;    ///< this very news ended the call
  friend bool operator==(const Recorded&, const Recorded&) = default;
};

/// Something that pages are told of, numbered in the order of the record. Written only where
/// several servers share it, so that each can tell its own pages.
struct News {
  std::uint32_t number = 0;
  events::Event event;
  friend bool operator==(const News&, const News&) = default;
};

/// Whether the vendors may know of calls that the record has lost: it was put back from a backup,
/// or a standby took over that lacked the last commits. Until those are adopted nothing is placed.
struct Doubt {
  Millis since = 0;         ///< calls placed from then on; 0: there is none
  std::uint32_t epoch = 0;  ///< which doubt it is
  friend bool operator==(const Doubt&, const Doubt&) = default;
};

/// What a database says of itself, and what an acknowledged call risks on it.
struct DatabaseReport {
  int version = 0;            ///< of PostgreSQL: 15
  bool on_disk = false;       ///< what is committed is on its disk
  bool on_standby = false;    ///< and on another server's
  bool pooled = false;        ///< a pooler stands between
  bool can_be_heard = false;  ///< notifications arrive, see StoreOptions::listen_url
};

/// A call that only the vendors knew, and what a further press with its key is told.
struct AdoptedCall {
  StoredCall stored;
  std::string press_mark;  ///< empty: nobody knows of which press it came
  StoredReply reply;
};

struct NewsPage {
  std::uint32_t epoch = 0;  ///< another one: the numbers are others', too
  std::vector<News> news;   ///< oldest first
};

/// `call` as this reader may see it (`to` masked or not), and whether they may see it at all.
Call as_seen_by(const Reader& reader, Call call);
bool may_see(const Reader& reader, const Call& call);

// --------------------------------------------------------------------------- audit

/// One row of the append-only audit. Kinds written here: "call_requested", "call_refused",
/// "call_ended", "call_priced", "refusals_counted", "audit_pruned"; other rooms add theirs
/// ("login", "user_added", ...).
struct AuditEntry {
  std::int64_t seq = 0;  ///< given by the store, without gaps
  Millis at = 0;
  std::string kind;
  std::string user;
  std::string client_address;
  std::string call_id;
  std::string number;  ///< whole when stored, masked for readers who may not see it
  std::string detail;
  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};
struct AuditPage {
  std::vector<AuditEntry> entries;  ///< newest first
  std::int64_t next_before = 0;     ///< pass as `before` for the next page; 0 at the end
  friend bool operator==(const AuditPage&, const AuditPage&) = default;
};
/// What walking the chain found.
struct AuditCheck {
  bool intact = false;
  std::int64_t rows = 0;  ///< rows that hold together
  std::string what;       ///< a sentence either way: it names the first row that does not
  std::string head_hash;  ///< hex of the newest; noted elsewhere it proves the rest
  friend bool operator==(const AuditCheck&, const AuditCheck&) = default;
};

struct Pruned {
  std::int64_t calls = 0;
  std::int64_t audit_rows = 0;
  friend bool operator==(const Pruned&, const Pruned&) = default;
};

// --------------------------------------------------------------------------- lists

struct DoNotCall {
  std::string number;  ///< E.164
  std::string reason;
  std::string added_by;
  Millis added_at = 0;
  friend bool operator==(const DoNotCall&, const DoNotCall&) = default;
};

/// An agent preset saved by a person: the JSON of shared/codec.h's Agent, unread here.
struct SavedAgent {
  std::string id;
  std::string json;
  std::string saved_by;
  Millis saved_at = 0;
  friend bool operator==(const SavedAgent&, const SavedAgent&) = default;
};

}  // namespace voxdial
