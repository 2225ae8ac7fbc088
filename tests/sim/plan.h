// What a run is made of: who presses what and when, how each telephone behaves, which faults may
// strike. Drawn from a seed, or written by hand in a named test.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/api.h"
#include "tests/sim/dice.h"

namespace voxdial::sim {

enum class Fault : std::uint8_t {
  // on the way of one request, either vendor
  unreachable,      ///< the vendor never sees it, and that is known
  request_lost,     ///< the vendor never sees it, and nobody can know
  reply_lost,       ///< worked off, no answer
  worked_off_late,  ///< worked off after the proxy has given up waiting
  slow,             ///< seconds instead of a moment
  busy,             ///< 429 or 503, with Retry-After
  broken,           ///< 500, sometimes after all worked off
  garbage,          ///< worked off, an answer that makes no sense
  about_another,    ///< worked off, an answer about another call
  forgets,          ///< 404 for a while
  // Twilio
  long_queue,      ///< the account's rate keeps the call waiting for minutes
  between_states,  ///< an update is refused with 21220 although the call lives
  shrugs,          ///< an update answers 200 and does nothing
  stays_live,      ///< does not end when the other side or the time limit ends it
  frozen,          ///< says for ever what it said last, whatever becomes of the call
  late_price,      ///< hours instead of seconds
  others_call,     ///< other programs call the same number from the same account
  // Ultravox
  agent_stays,    ///< does not end when the telephone's side has ended
  endless_pages,  ///< message pages that always have a successor
  // callbacks
  callback_lost,
  callback_late,
  callback_twice,
  // here
  disk_fails,   ///< for a while
  killed,       ///< kill -9, and started again a little later
  clock_jumps,  ///< the wall clock, minutes or hours either way
  count,
};
std::string_view name(Fault fault);

enum class Verb : std::uint8_t {
  any,
  dial,
  look,
  update,
  list,
  notes,  // Twilio
  make_agent,
  look_at_agent,
  say,
  messages,  // Ultravox
};

/// A fault that strikes exactly here: for tests by name.
struct Forced {
  Fault fault;
  Verb verb = Verb::any;  ///< of a fault on the way; the others have their own occasions
  int nth = 1;            ///< the n-th such request or occasion
  int times = 1;          ///< and so many in a row
  bool strikes(int count) const { return count >= nth && count < nth + times; }
};

/// How the telephone that is called behaves, and the talk on it.
struct Callee {
  Millis queue_ms = 0;  ///< in Twilio's queue
  Millis rings_ms = 5'000;
  std::string outcome = "answers";  ///< or busy, failed, no-answer
  Millis talk_ms = 30'000;
  bool agent_ends = true;  ///< or the one who was called
  bool machine = false;
};

struct Press {
  Millis at = 0;
  bool phone = true;
  std::string to;
  std::vector<Millis> again_at;  ///< the same button, the same key
  std::vector<Millis> end_at;    ///< End
  Millis leaves_at = 0;          ///< web: the tab is closed; 0: never
  bool tab_notices = true;       ///< web: Ultravox hears of it at once
  Voicemail voicemail = Voicemail::carry_on;
  Callee callee;
};

struct Kill {
  Millis at = 0;
  int store_steps = 0;  ///< so many steps of the store later
  Millis down_ms = 1'000;
  int proxy = 0;  ///< which of them
};

/// SIGSTOP, and SIGCONT later: a machine that freezes.
struct Stall {
  Millis at = 0;
  Millis for_ms = 20'000;
  int proxy = 0;
};

struct Plan {
  std::uint64_t seed = 0;
  int proxies = 1;        ///< on one database, whose clock they go by
  bool callbacks = true;  ///< PUBLIC_BASE_URL is set
  std::vector<Press> presses;
  std::vector<Kill> kills;
  std::vector<Stall> stalls;      ///< of two proxies
  std::vector<Millis> others_at;  ///< another program calls the first press's number
  std::array<int, static_cast<std::size_t>(Fault::count)> per_mille{};
  std::vector<Forced> forced;
  Millis calm_at = 0;           ///< no fault strikes from here on
  Millis vendors_clock_ms = 0;  ///< Twilio's clock is ahead by so much

  int& rate(Fault fault) { return per_mille[static_cast<std::size_t>(fault)]; }
  int rate(Fault fault) const { return per_mille[static_cast<std::size_t>(fault)]; }
};

Plan draw_plan(std::uint64_t seed);
/// The plan in words, as the head of a story.
std::string words(const Plan& plan);

}  // namespace voxdial::sim
