#include "proxy/calls/reconcile.h"
#include "proxy/vendors/twilio/codes.h"

#include <algorithm>
#include <array>

namespace voxdial {
namespace {

constexpr Millis second = 1'000;
constexpr Millis minute = 60 * second;
constexpr Millis hour = 60 * minute;

/// Twilio's price comes minutes after the end, sometimes hours.
constexpr std::array price_waits = {4 * second, 20 * second, minute,   10 * minute,
                                    hour,       6 * hour,    24 * hour};
/// The last words and Twilio's notifications come moments after the end.
constexpr std::array after_words = {Millis{1'500}, Millis{4'500}};
constexpr std::array notification_waits = {5 * second, 30 * second};

/// What could not be done in so long after the call should have been over is given up.
constexpr Millis given_up_after = 24 * hour;
/// No honest transcript is longer: a page holds up to 100 messages.
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

/// When a debt is tried again that one more try did not settle; nothing: never.
class AnotherTry {
 public:
  AnotherTry(const StoredCall& row, Debt what, const Tried& tried, Millis now)
      : row_(row), tried_(tried), now_(now), owed_{what, now, 0, 0} {
    if (const Owed* before = row.find_owed(what)) owed_ = *before;
    owed_.missing_since = !tried.missing ? 0 : owed_.missing_since != 0 ? owed_.missing_since : now;
  }

  std::optional<Owed> look_at_twilio() {
    const Side side = twilio_side(row_);
    if (side == Side::lost) {
      if (closed_ && !could_last()) return std::nullopt;
      return in(owed_.tries < 10              ? 2 * second
                : closed_ || owed_.tries > 40 ? 30 * second
                                              : 5 * second);
    }
    if (closed_ && row_.find_owed(Debt::end_twilio) == nullptr) return std::nullopt;  // given up
    if (!tried_.reached) return in(backed_off(second, owed_.tries, closed_ ? 5 * minute : minute));
    return afresh(std::max(tired(), side == Side::live ? 2 * second : second));
  }

  std::optional<Owed> look_at_ultravox() {
    const bool ending = row_.find_owed(Debt::end_ultravox) != nullptr;
    if (closed_ && !ending && (too_late() || forgotten_for(10 * minute))) return std::nullopt;
    if (!tried_.reached) return in(backed_off(second, owed_.tries, minute));
    const bool slow = phone(row_) && ultravox_side(row_) == Side::live;
    const bool idle = closed_ && ultravox_side(row_) == Side::waiting;
    return afresh(std::max(tired(), idle ? 10 * second : closed_ || slow ? 3 * second : 1'500));
  }

  std::optional<Owed> end_at_twilio() {
    if (end_given_up() || (closed_ && forgotten_for(forgotten_after_ms) && !could_last())) {
      return std::nullopt;
    }
    // verb_for() alternates with each try. One that got no answer counts twice, so that the same
    // verb is tried again.
    if (!told_) ++owed_.tries;
    return in(std::max(end_tired(), told_ ? std::min(owed_.tries + 1, 10) * second
                                          : backed_off(second, owed_.tries / 2, 15 * second)));
  }

  std::optional<Owed> end_at_ultravox() {
    if (end_given_up() || forgotten_for(10 * minute)) return std::nullopt;
    return in(std::max(ultravox_side(row_) == Side::waiting ? tired() : end_tired(),
                       told_ ? std::min(owed_.tries + 2, 10) * second
                             : backed_off(second, owed_.tries, 15 * second)));
  }

  std::optional<Owed> tell_of_machine() { return in(backed_off(second, owed_.tries, 15 * second)); }

  std::optional<Owed> read_messages() {
    const bool over = ultravox_side(row_) == Side::over;
    if (row_.message_pages >= most_message_pages || (row_.is_done(Debt::look_ultravox) && !over) ||
        (too_late() && owed_.tries >= 10) || (closed_ && forgotten_for(10 * minute))) {
      return std::nullopt;
    }
    if (!told_) return in(backed_off(2 * second, owed_.tries, closed_ ? 10 * minute : minute));
    if (!over) return afresh(std::max<Millis>(tired(), 1'500));
    const auto n = static_cast<std::size_t>(++owed_.tries);
    if (n > after_words.size()) return std::nullopt;
    return at(now_ + after_words[n - 1]);
  }

  std::optional<Owed> ask_price() {
    if (now_ - over_since_ > 2 * given_up_after) return std::nullopt;
    if (!told_) return at(now_ + std::max<Millis>(age() / 4, 30 * second));  // no answer is no look
    const auto n = static_cast<std::size_t>(++owed_.tries);
    if (n >= price_waits.size()) return std::nullopt;
    return at(now_ + price_waits[n]);
  }

  std::optional<Owed> ask_why() {
    if (owed_.tries > 30) return std::nullopt;
    if (!told_) return in(backed_off(5 * second, owed_.tries, 5 * minute));
    const auto n = static_cast<std::size_t>(owed_.tries);
    if (n >= notification_waits.size()) return std::nullopt;
    return in(notification_waits[n]);
  }

 private:
  std::optional<Owed> at(Millis when) {
    owed_.next_at = when;
    return owed_;
  }
  /// One try more has failed, or told nothing new.
  std::optional<Owed> in(Millis wait) {
    ++owed_.tries;
    return at(now_ + std::max(wait, Millis{tried_.retry_after_s} * second));
  }
  /// A look that told something begins a new row of tries: `tries` counts failures.
  std::optional<Owed> afresh(Millis wait) {
    owed_.tries = tried_.missing || closed_ ? owed_.tries + 1 : 0;
    return at(now_ + wait);
  }
  // What should be over and is not is asked for ever more rarely, going by how often it was asked:
  // a wall clock that jumps must neither make a call that talks wait nor ask for ever.
  Millis tired() const {
    return closed_ ? std::min(Millis{owed_.tries} * 2 * second, 5 * minute) : 0;
  }
  Millis end_tired() const {
    return std::clamp(Millis{owed_.tries - 120} * 30 * second, Millis{0}, 10 * minute);
  }
  Millis age() const { return over_since_ == 0 ? 0 : std::max<Millis>(now_ - over_since_, 0); }
  bool too_late() const { return over_since_ != 0 && now_ - over_since_ > given_up_after; }
  bool end_given_up() const { return too_late() && owed_.tries >= 200; }
  bool forgotten_for(Millis patience) const {
    return tried_.missing && is_forgotten(owed_, now_, patience);
  }
  bool could_last() const {
    const Call& call = row_.call;
    return now_ < std::max(call.created_at, row_.dialled_at) +
                      Millis{call.max_duration_s} * second + (row_.answer_by - call.created_at) +
                      5 * minute;
  }

  const StoredCall& row_;
  const Tried& tried_;
  const Millis now_;
  Owed owed_;
  const bool closed_ = is_terminal(row_.call.status);
  const bool told_ = tried_.reached && !tried_.missing;
  const Millis over_since_ = closed_ ? row_.call.ended_at : row_.wished_at;
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
    // The request that dials will tell what came of it, unless its process dies.
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
    // When the telephone's side is over, Ultravox ends its side by itself within seconds and then
    // knows why; that is waited for, unless End was pressed.
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

std::optional<Owed> owed_again(const StoredCall& row, Debt what, const Tried& tried, Millis now) {
  AnotherTry again(row, what, tried, now);
  switch (what) {
    case Debt::look_twilio:
      return again.look_at_twilio();
    case Debt::look_ultravox:
      return again.look_at_ultravox();
    case Debt::end_twilio:
      return again.end_at_twilio();
    case Debt::end_ultravox:
      return again.end_at_ultravox();
    case Debt::machine:
      return again.tell_of_machine();
    case Debt::messages:
      return again.read_messages();
    case Debt::price:
      return again.ask_price();
    case Debt::why:
      return again.ask_why();
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
