#include "proxy/calls/reconcile.h"
#include "proxy/vendors/twilio/codes.h"

#include <algorithm>
#include <array>

namespace voxdial {
namespace {

constexpr Millis second = 1'000;
constexpr Millis minute = 60 * second;
constexpr Millis hour = 60 * minute;

/// Looks a second that all live calls together may take. Ultravox allows 200 requests a second for
/// a key (docs.ultravox.ai, "Rate limits"), of which messages take a share; Twilio limits requests
/// under way at once and answers 429 beyond.
constexpr int twilio_looks_a_second = 400;
constexpr int ultravox_looks_a_second = 100;

/// Twilio's price comes minutes after the end, sometimes hours.
constexpr std::array price_waits = {4 * second, 20 * second, minute,   10 * minute,
                                    hour,       6 * hour,    24 * hour};
/// The last words and Twilio's notifications come moments after the end.
constexpr std::array after_words = {Millis{1'500}, Millis{4'500}};
constexpr std::array notification_waits = {5 * second, 30 * second};

/// What could not be done in so long after the call should have been over is given up.
constexpr Millis given_up_after = 24 * hour;
/// A transcript longer than this is somebody's mischief: a page holds up to 100 messages.
constexpr int most_message_pages = 500;

/// How long the wait doubles for a vendor that does not answer.
Millis backed_off(Millis base, int tries, Millis longest) {
  return std::min(base << std::min(tries, 10), longest);
}

bool phone(const StoredCall& row) { return row.call.medium == MediumType::twilio; }

bool heard_machine(const StoredCall& row, bool fax) {
  const std::string& by = row.call.answered_by;
  return fax ? by == "fax" : by.starts_with("machine");
}

/// Whether what answered is to be hung up on: as chosen, and a fax hears no message.
bool unwanted_machine(const StoredCall& row) {
  if (row.voicemail == Voicemail::carry_on) return false;
  return heard_machine(row, true) ||
         (row.voicemail == Voicemail::hang_up && heard_machine(row, false));
}

void want_over(StoredCall& row, Wish why, Millis now) {
  row.wish = why;
  row.wished_at = now;
  row.call.ending = true;
  ++row.call.version;
}

/// Collects what is owed: what was owed before keeps its time.
class Ledger {
 public:
  explicit Ledger(const StoredCall& row) : row_(row) {}
  void owe(Debt what, Millis first_at) {
    if (row_.is_done(what)) return;
    const Owed* before = row_.find_owed(what);
    owed_.push_back(before != nullptr ? *before : Owed{what, first_at, 0, 0});
  }
  std::vector<Owed> take() { return std::move(owed_); }

 private:
  const StoredCall& row_;
  std::vector<Owed> owed_;
};

}  // namespace

Side twilio_side(const StoredCall& row) {
  if (!phone(row)) return Side::none;
  if (row.twilio_sid.empty()) return row.dialled_at == 0 ? Side::none : Side::lost;
  const auto status = twilio::status_of(row.facts.twilio_status);
  if (!status) return Side::waiting;
  if (is_terminal(*status)) return Side::over;
  return *status == CallStatus::talking ? Side::live : Side::waiting;
}

Side ultravox_side(const StoredCall& row) {
  if (row.ultravox_call_id.empty()) return Side::none;
  switch (row.agent_state) {
    case AgentState::joined:
      return Side::live;
    case AgentState::over:
    case AgentState::gone:
      return Side::over;
    default:
      return Side::waiting;
  }
}

bool may_live(const StoredCall& row) {
  const auto lives = [](Side side) { return side != Side::none && side != Side::over; };
  return !is_terminal(row.call.status) || lives(twilio_side(row)) || lives(ultravox_side(row));
}

StoredCall reconcile(StoredCall row, Millis now) {
  const Side at_twilio = twilio_side(row);
  const Side at_ultravox = ultravox_side(row);
  const bool rings = at_twilio == Side::waiting || at_twilio == Side::live;
  const bool closed = is_terminal(row.call.status);
  const bool unjoined = row.facts.ultravox_end_reason == "unjoined";

  if (row.wish == Wish::none && !closed) {
    if (unwanted_machine(row))
      want_over(row, Wish::machine, now);
    else if (at_ultravox == Side::over && unjoined && (rings || at_twilio == Side::lost))
      want_over(row, Wish::unjoined, now);
  }
  const bool unwanted = row.wish != Wish::none || closed;

  Ledger ledger(row);
  const bool priced = row.facts.twilio_status == "completed";
  if (at_twilio == Side::lost || rings) {
    // A dial that is under way is told of by the request that makes it, unless its process dies.
    const bool under_way = at_twilio == Side::lost && row.lost_at == 0;
    ledger.owe(Debt::look_twilio, under_way ? row.dialled_at + dial_time_ms : now + second);
  } else if (at_twilio == Side::over && priced && row.call.price.empty()) {
    ledger.owe(Debt::price, now + price_waits[0]);
  }
  if (at_ultravox == Side::none ? !closed : row.agent_state != AgentState::over) {
    ledger.owe(Debt::look_ultravox, now + second);
  }
  if (rings && (unwanted || at_ultravox == Side::over)) {
    ledger.owe(Debt::end_twilio, unwanted ? now : now + side_left_grace_ms);
  }
  const bool left_by_phone = at_twilio == Side::over;
  // Ultravox cannot end a call that nobody has joined; one that nobody can join any more ends by
  // itself.
  const bool joinable = !phone(row) || rings || at_twilio == Side::lost;
  if ((at_ultravox == Side::live || (at_ultravox == Side::waiting && joinable)) &&
      (unwanted || left_by_phone)) {
    // The end of the telephone's side ends the agent's by itself, and then says why; so does a page
    // that leaves. Nobody waits for that when End was pressed.
    const bool by_itself = left_by_phone && row.wish == Wish::none;
    ledger.owe(Debt::end_ultravox, by_itself ? now + side_left_grace_ms : now);
  }
  if (row.voicemail == Voicemail::leave_message && heard_machine(row, false) &&
      !row.machine_handled && !unwanted && at_ultravox == Side::live) {
    ledger.owe(Debt::machine, now);
  }
  const bool spoken =
      at_ultravox == Side::live || (at_ultravox == Side::over && row.call.answered_at != 0);
  if (spoken) ledger.owe(Debt::messages, now + second);
  const bool went_well = row.call.status == CallStatus::completed && row.facts.talked_s >= 3;
  if (left_by_phone && closed && !went_well && row.facts.twilio_status != "canceled") {
    ledger.owe(Debt::why, now);
  }
  row.owed = ledger.take();
  std::sort(row.owed.begin(), row.owed.end(),
            [](const Owed& a, const Owed& b) { return a.what < b.what; });
  return row;
}

Millis longest_stay(const StoredCall& row) {
  const Call& call = row.call;
  const Millis limit = call.answered_at != 0 ? Millis{call.max_duration_s} * second
                                             : std::max<Millis>(row.answer_by - call.created_at, 0);
  return limit + minute;
}

Verb verb_for(const StoredCall& row) {
  const Owed* owed = row.find_owed(Debt::end_twilio);
  const bool other = owed != nullptr && owed->tries % 2 != 0;
  const bool answered = twilio_side(row) == Side::live;
  return answered != other ? Verb::complete : Verb::cancel;
}

std::optional<Owed> owed_again(const StoredCall& row, Debt what, const Tried& tried, int live,
                               Millis now) {
  const Call& call = row.call;
  const bool closed = is_terminal(call.status);
  const Owed* before = row.find_owed(what);
  Owed owed = before != nullptr ? *before : Owed{what, now, 0, 0};
  owed.missing_since = !tried.missing ? 0 : owed.missing_since != 0 ? owed.missing_since : now;
  const bool told = tried.reached && !tried.missing;
  const auto stretched = [&](Millis base, int looks_a_second) {
    return std::max(base, Millis{live} * second / looks_a_second);
  };
  const auto in = [&](Millis wait) -> std::optional<Owed> {
    ++owed.tries;
    owed.next_at = now + std::max(wait, Millis{tried.retry_after_s} * second);
    return owed;
  };
  // A look that told something begins a new row of tries: `tries` counts failures.
  const auto afresh = [&](Millis wait) -> std::optional<Owed> {
    owed.tries = tried.missing || closed ? owed.tries + 1 : 0;
    owed.next_at = now + wait;
    return owed;
  };
  const Millis over_since = closed ? call.ended_at : row.wished_at;
  // What should be over and is not is asked for ever more rarely, going by how often it was asked:
  // a wall clock that jumps must neither make a call that talks wait nor ask for ever.
  const Millis age = over_since == 0 ? 0 : std::max<Millis>(now - over_since, 0);
  const Millis tired = closed ? std::min(Millis{owed.tries} * 2 * second, 5 * minute) : 0;
  const Millis end_tired =
      std::clamp(Millis{owed.tries - 120} * 30 * second, Millis{0}, 10 * minute);
  const bool too_late = over_since != 0 && now - over_since > given_up_after;
  const bool end_given_up = too_late && owed.tries >= 200;
  const bool could_last = now < std::max(call.created_at, row.dialled_at) +
                                    Millis{call.max_duration_s} * second +
                                    (row.answer_by - call.created_at) + 5 * minute;

  switch (what) {
    case Debt::look_twilio: {
      const Side side = twilio_side(row);
      if (side == Side::lost) {
        if (closed && !could_last) return std::nullopt;
        return in(owed.tries < 10             ? 2 * second
                  : closed || owed.tries > 40 ? 30 * second
                                              : 5 * second);
      }
      if (closed && row.find_owed(Debt::end_twilio) == nullptr)
        return std::nullopt;  // that was given up
      if (!tried.reached) return in(backed_off(second, owed.tries, closed ? 5 * minute : minute));
      return afresh(std::max(
          tired, stretched(side == Side::live ? 2 * second : second, twilio_looks_a_second)));
    }
    case Debt::look_ultravox: {
      const bool ending = row.find_owed(Debt::end_ultravox) != nullptr;
      if (closed && !ending &&
          (too_late || (tried.missing && is_forgotten(owed, now, 10 * minute))))
        return std::nullopt;
      if (!tried.reached) return in(backed_off(second, owed.tries, closed ? 5 * minute : minute));
      const bool slow = phone(row) && ultravox_side(row) == Side::live;
      const bool idle = closed && ultravox_side(row) == Side::waiting;
      return afresh(std::max(tired, stretched(idle             ? 10 * second
                                              : closed || slow ? 3 * second
                                                               : 1'500,
                                              ultravox_looks_a_second)));
    }
    case Debt::end_twilio:
      if (end_given_up || (closed && tried.missing && is_forgotten(owed, now) && !could_last))
        return std::nullopt;
      // One try more and verb_for() takes the other verb; a try that told nothing counts twice.
      if (!told) ++owed.tries;
      return in(std::max(end_tired, told ? std::min(owed.tries + 1, 10) * second
                                         : backed_off(second, owed.tries / 2, 15 * second)));
    case Debt::end_ultravox:
      if (end_given_up || (tried.missing && is_forgotten(owed, now, 10 * minute)))
        return std::nullopt;
      return in(std::max(ultravox_side(row) == Side::waiting ? tired : end_tired,
                         told ? std::min(owed.tries + 2, 10) * second
                              : backed_off(second, owed.tries, 15 * second)));
    case Debt::machine:
      return in(backed_off(second, owed.tries, 15 * second));
    case Debt::messages: {
      if (row.message_pages >= most_message_pages ||
          (row.is_done(Debt::look_ultravox) && ultravox_side(row) != Side::over))
        return std::nullopt;
      if (too_late && owed.tries >= 10) return std::nullopt;
      if (closed && tried.missing && is_forgotten(owed, now, 10 * minute)) return std::nullopt;
      if (!told) return in(backed_off(2 * second, owed.tries, closed ? 10 * minute : minute));
      if (ultravox_side(row) != Side::over)
        return afresh(std::max(tired, stretched(1'500, ultravox_looks_a_second)));
      const auto n = static_cast<std::size_t>(++owed.tries);
      if (n > after_words.size()) return std::nullopt;
      owed.next_at = now + after_words[n - 1];
      return owed;
    }
    case Debt::price: {
      if (now - over_since > 2 * given_up_after) return std::nullopt;
      if (!told) {  // no answer is no look
        owed.next_at = now + std::max<Millis>(age / 4, 30 * second);
        return owed;
      }
      const auto n = static_cast<std::size_t>(++owed.tries);
      if (n >= price_waits.size()) return std::nullopt;
      owed.next_at = now + price_waits[n];
      return owed;
    }
    case Debt::why: {
      if (owed.tries > 30) return std::nullopt;
      if (!told) return in(backed_off(5 * second, owed.tries, 5 * minute));
      const auto n = static_cast<std::size_t>(owed.tries);
      return n >= notification_waits.size() ? std::nullopt : in(notification_waits[n]);
    }
  }
  return std::nullopt;
}

bool is_forgotten(const Owed& owed, Millis now, Millis patience_ms) {
  return owed.tries >= 3 && owed.missing_since != 0 && now - owed.missing_since >= patience_ms;
}

bool search_is_hopeless(const StoredCall& row, const Owed& owed, bool vendor_answers, Millis now) {
  // Time alone proves nothing (a clock may jump), nor do a few questions in a hurry.
  const Millis since = std::max(row.dialled_at, row.lost_at);
  return owed.tries >= 12 && now - since > (vendor_answers ? minute : 150 * second);
}

}  // namespace voxdial
