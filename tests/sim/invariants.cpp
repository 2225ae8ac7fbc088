#include "tests/sim/invariants.h"

#include "proxy/store/call_row.h"

#include <algorithm>
#include <set>

namespace voxdial::sim {
namespace {

/// Once faults have stopped, so long may it take until what is to end has ended.
constexpr Millis grace_ms = 150'000;
/// After everything is over, the vendors are asked so often at most: prices, last words, a few
/// looks.
constexpr int most_asked_after_all = 300;
/// And about a call of which Twilio says for ever that it lives: a day, more and more rarely.
constexpr int most_asked_for_frozen = 1'000;
constexpr int most_asked = 20'000;

const Reader everybody{.user = {}, .only_own = false, .whole_numbers = true};

}  // namespace

Invariants::Invariants(Stage& stage, Processes& processes, Network& network, TwilioMachine& twilio,
                       UltravoxMachine& ultravox, People& people)
    : stage_(stage),
      processes_(processes),
      network_(network),
      twilio_(twilio),
      ultravox_(ultravox),
      people_(people) {
  twilio_.on_update = [this](const PhoneCall& call) {
    const bool taken = std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) {
      return row.second.twilio_sid == call.sid;
    });
    if (call.ours.empty() && !taken) fail("another program's call was ended: " + call.name);
  };
  network_.on_both_act = [this](int first, Millis since, int other, const std::string& what) {
    both_act(first, since, other, what);
  };
}

/// Who stands still may wake beside the one who took its work over, and who cannot reach the record
/// acts on what is known to it alone.
void Invariants::both_act(int first, Millis since, int other, const std::string& what) {
  constexpr Millis well_for_ms = 60'000;
  const bool leased = since + lease_ms - 2'000 > stage_.time.now();
  const auto is_well = [&](int number) {
    const Millis well_since = processes_.all.at(static_cast<std::size_t>(number)).well_since();
    return well_since != Process::never && well_since + well_for_ms < stage_.time.now();
  };
  if (leased && is_well(first) && is_well(other)) fail("two proxies act at a time: " + what);
}

bool Invariants::taken_over(Millis since) {
  const auto other = std::find_if(processes_.all.begin(), processes_.all.end(),
                                  [&](const Process& one) { return one.well_since() <= since; });
  if (other == processes_.all.end()) return true;  // nobody could
  for (const Process& one : processes_.all) {
    if (one.answers() && !one.is_idle()) return false;
  }
  for (const auto& [id, seen] : rows_) {
    const auto row = other->observed([id = id](Store& store) { return store.find_call(id); });
    if (!row || !*row) continue;
    for (const Owed& owed : (*row)->owed) {
      if (owed.next_at <= since) fail("a proxy was gone, and nobody did what it owed");
    }
  }
  return true;
}

const Told* Invariants::told_of(const std::string& id) const {
  for (const Told& told : people_.told) {
    if (told.call_id == id) return &told;
  }
  return nullptr;
}

PhoneCall* Invariants::phone_of(const std::string& id) {
  for (PhoneCall& phone : twilio_.calls) {
    if (phone.ours == id) return &phone;
  }
  return nullptr;
}

AgentCall* Invariants::agent_of(const StoredCall& row) {
  return ultravox_.find(row.ultravox_call_id);
}

void Invariants::after_step() {
  check_vendors();
  if (!processes_.up()) return;
  if (seen_start_ != processes_.starts()) {
    seen_start_ = processes_.starts();
    seen_commits_ = -1;
    const auto audit = processes_.observed([](Store& store) { return store.verify_audit(); });
    if (!audit || !audit->intact) fail("the audit's chain does not hold after a start");
  }
  if (processes_.commits() != seen_commits_) {
    seen_commits_ = processes_.commits();
    const auto page =
        processes_.observed([](Store& store) { return store.list_calls(everybody, {}); });
    if (!page) return fail("the calls cannot be read: " + page.error().message);
    int live = 0;
    for (const Call& call : page->calls) {
      live += !is_terminal(call.status);
      if (const auto known = rows_.find(call.id); known != rows_.end() &&
                                                  known->second.call.version == call.version &&
                                                  !known->second.ultravox_call_id.empty()) {
        continue;
      }
      const auto row = processes_.observed([&](Store& store) { return store.find_call(call.id); });
      if (row && *row) check_row(**row);
    }
    if (page->calls.size() > people_.told.size() + 1)
      fail("more calls are on record than buttons were pressed");
    if (live > processes_.config().limits.everyone_live)
      fail("more calls run at once than the limit allows");
  }
  check_deadlines();
}

void Invariants::check_row(const StoredCall& row) {
  const std::string& id = row.call.id;
  if (const auto before = rows_.find(id); before != rows_.end()) {
    const Call& then = before->second.call;
    if (row.call.version < then.version) fail("a row went back to an earlier version");
    // A call that was never found may be found after all.
    const bool was_unknown = then.status == CallStatus::unknown;
    if (!was_unknown && rank(row.call.status) < rank(then.status)) fail("a call's state went back");
    if (!was_unknown && is_terminal(then.status) && row.call.status != then.status) {
      fail("a call that was over changed its state");
    }
  }
  if (!is_terminal(row.call.status)) over_since_.erase(id);
  const bool ends_now = is_terminal(row.call.status) && !over_since_.contains(id);
  if (ends_now) {
    over_since_[id] = stage_.time.now();
    stage_.tell("record", "the call is over: " + std::string(wire_name(row.call.status)) + ". " +
                              row.call.end.sentence);
  }
  const PhoneCall* phone = twilio_.find(row.twilio_sid);
  if (!row.twilio_sid.empty() &&
      (phone == nullptr || (phone->ours != id && !may_be_taken_for(row, *phone)))) {
    fail("the record took another call at Twilio for its own");
  }
  const AgentCall* agent = agent_of(row);
  if (!row.ultravox_call_id.empty() && (agent == nullptr || agent->ours != id)) {
    fail("the record took another call at Ultravox for its own");
  }
  const Told* told = told_of(id);
  if (row.call.end.by == EndedBy::person && (told == nullptr || !told->end_pressed)) {
    fail("the record says that End was pressed, and nobody pressed it");
  }
  if (!row.twilio_sid.empty()) found_at_.try_emplace(id, stage_.time.now());
  rows_[id] = row;
}

/// Ours never came into being, and the one call to that number that did, just then, was another
/// program's: until it is answered nobody can tell.
bool Invariants::may_be_taken_for(const StoredCall& row, const PhoneCall& phone) {
  constexpr Millis about_then = 25'000, on_its_way_ms = 500;
  const bool taken_before =
      rows_.contains(row.call.id) && rows_[row.call.id].twilio_sid == phone.sid;
  if (taken_before) return phone.ours.empty();
  return phone.ours.empty() && phone_of(row.call.id) == nullptr && phone.to == row.call.to &&
         (phone.started == 0 || phone.started + on_its_way_ms > stage_.time.now()) &&
         (!sure_of_time() || std::abs(phone.created - row.call.created_at) < about_then);
}

void Invariants::check_vendors() {
  if (network_.asked() > most_asked) fail("the vendors are asked without end");
  std::set<std::string> dialled;
  for (const PhoneCall& phone : twilio_.calls) {
    if (phone.ours.empty()) continue;
    if (!dialled.insert(phone.ours).second)
      fail("one press, and two phones were dialled: " + phone.name);
    if (processes_.up() && seen_commits_ != -1 && !rows_.contains(phone.ours))
      fail("a phone rings without a row: " + phone.name);
  }
}

void Invariants::check_deadlines() {
  const Millis now = stage_.time.now();
  if (now < stage_.calm_at() + grace_ms) return;
  for (const auto& [id, row] : rows_) {
    const PhoneCall* phone = phone_of(id);
    AgentCall* agent = agent_of(row);
    const Told* told = told_of(id);
    const Millis wanted = told == nullptr ? 0 : told->wanted_over_at;
    // One that was closed as unknown may be found after all, and goes on.
    const Millis closed = is_terminal(row.call.status) ? over_since_[id] : 0;
    const Millis found = found_at_.contains(id) ? found_at_[id] : 0;
    const auto late = [&](Millis since) {
      return since != 0 && now > std::max({since, found, stage_.calm_at()}) + grace_ms;
    };
    const std::string still = " for " + std::to_string(grace_ms / 1000) + " s, and ";
    const bool known = phone != nullptr && (row.twilio_sid.empty() ? !nobody_can_know(row, phone)
                                                                   : row.twilio_sid == phone->sid);
    if (known && !phone->over()) {
      const std::string lives = phone->name + " is still " + phone->status;
      if (late(wanted)) fail("End was pressed" + still + lives);
      if (late(closed)) fail("the record says that the call is over" + still + lives);
      if (agent != nullptr && late(agent->ended)) fail("the agent is gone" + still + lives);
    }
    if (agent != nullptr && agent->joined != 0 && agent->ended == 0) {
      const std::string lives = agent->name + " is still on the line";
      if (late(wanted)) fail("End was pressed" + still + lives);
      if (late(closed)) fail("the record says that the call is over" + still + lives);
      const bool told_truth = phone != nullptr && phone->frozen.empty() && !row.twilio_sid.empty();
      if (told_truth && late(phone->ended)) fail("the phone is gone" + still + lives);
    }
    const bool phone_over = phone == nullptr || phone->over();
    if (late(wanted) && sure_of_time() && phone_over && !is_terminal(row.call.status) &&
        (phone == nullptr || phone->frozen.empty()) && (agent == nullptr || agent->ended != 0)) {
      fail("End was pressed, both sides are over" + still + "the record says " +
           std::string(wire_name(row.call.status)));
    }
  }
  if (asked_when_over_ < 0 && all_over()) asked_when_over_ = network_.asked();
  const auto frozen = std::count_if(twilio_.calls.begin(), twilio_.calls.end(),
                                    [](const PhoneCall& call) { return !call.frozen.empty(); });
  // "Rarely" is measured by the wall clock, too.
  const int times = stage_.plan.rate(Fault::clock_jumps) > 0 ? 8 : 1;
  const auto most =
      (most_asked_after_all + static_cast<int>(frozen) * most_asked_for_frozen) * times;
  if (asked_when_over_ >= 0 && network_.asked() > asked_when_over_ + most) {
    fail("everything is over, and the vendors are asked on and on");
  }
}

std::string Invariants::record() const {
  std::string out;
  for (const auto& [id, seen] : rows_) {
    std::optional<StoredCall> row = seen;
    if (processes_.up()) {
      if (auto now = processes_.observed([id = id](Store& store) { return store.find_call(id); }))
        row = *now;
    }
    if (!row) continue;
    out += "  on record: " + std::string(wire_name(row->call.status)) + ", " + row->call.end.code +
           ", Twilio says \"" + row->facts.twilio_status + "\", Ultravox \"" +
           row->facts.ultravox_end_reason + "\"";
    for (const PhoneCall& phone : twilio_.calls) {
      if (phone.sid == row->twilio_sid) out += ", " + phone.name;
    }
    for (const AgentCall& agent : ultravox_.calls) {
      if (agent.id == row->ultravox_call_id) out += ", " + agent.name;
    }
    for (const Owed& owed : row->owed) {
      out += ", owes " + std::string(debt_name(owed.what)) + " in " +
             std::to_string((owed.next_at - processes_.now()) / 1000) + " s (" +
             std::to_string(owed.tries) + " tries)";
    }
    out += "\n";
  }
  return out;
}

bool Invariants::all_over() {
  for (const PhoneCall& phone : twilio_.calls) {
    if (!phone.over()) return false;
  }
  for (const AgentCall& agent : ultravox_.calls) {
    if (agent.ended == 0) return false;
  }
  return std::all_of(rows_.begin(), rows_.end(),
                     [](const auto& row) { return is_terminal(row.second.call.status); });
}

bool Invariants::nobody_can_know(const StoredCall& row, const PhoneCall* phone) const {
  if (phone != nullptr && !phone->frozen.empty()) return true;
  if (network_.dial_answered(row.call.id) || (phone != nullptr && heard_of_.contains(phone->sid)))
    return false;
  const auto same_number =
      std::count_if(twilio_.calls.begin(), twilio_.calls.end(),
                    [&](const PhoneCall& call) { return call.to == row.call.to; });
  return phone == nullptr || same_number > 1 || stage_.plan.rate(Fault::worked_off_late) > 0 ||
         stage_.plan.rate(Fault::clock_jumps) > 0 ||
         stage_.calm_at() > row.call.created_at + 30'000;
}

/// Whether the vendors said so little, or so much that is wrong, that the record was closed without
/// them.
bool Invariants::closed_unheard(const StoredCall& row) const {
  const std::string& why = row.call.end.code;
  if (why == "forgotten") return stage_.plan.rate(Fault::forgets) > 0;
  constexpr Millis long_silence_ms = 60'000;
  return (why == "overdue" || why == "unheard") &&
         stage_.calm_at() > row.call.created_at + long_silence_ms;
}

void Invariants::final_phone(const StoredCall& row, const PhoneCall& phone) {
  const Call& call = row.call;
  if (!phone.frozen.empty() || closed_unheard(row)) return;
  const std::string says = "the record says " + std::string(wire_name(call.status)) + " (" +
                           call.end.code + "), " + phone.name + " was " + phone.status;
  if (call.status == CallStatus::unknown) {
    if (!nobody_can_know(row, &phone)) fail(says + ", and that could be known");
    return;
  }
  if (wire_name(call.status) != phone.status) fail(says);
  if (phone.started != 0 && call.answered_at == 0)
    fail("the record does not say that " + phone.name + " was answered");
  if (phone.started == 0 && call.answered_at != 0)
    fail("the record says that " + phone.name + " was answered");
  if (sure_of_time() && !phone.price.empty() && call.price != phone.price)
    fail("the price of " + phone.name + " is not on record");
}

void Invariants::final_words(const StoredCall& row) {
  const AgentCall* agent = agent_of(row);
  if (agent == nullptr || agent->messages.empty() || agent->endless || closed_unheard(row)) return;
  if (!sure_of_time()) return;
  const auto words =
      processes_.observed([&](Store& store) { return store.transcript(everybody, row.call.id); });
  if (!words || words->entries.size() != agent->messages.size()) {
    fail(agent->name + " has " + std::to_string(agent->messages.size()) +
         " messages, on record are " + std::to_string(words ? words->entries.size() : 0));
  }
}

void Invariants::final_row(const StoredCall& row) {
  const Call& call = row.call;
  if (!is_terminal(call.status))
    return fail("days later a call is still " + std::string(wire_name(call.status)));
  const PhoneCall* phone = phone_of(call.id);
  const PhoneCall* taken = twilio_.find(row.twilio_sid);
  if (taken != nullptr && taken->ours != call.id) return;  // see may_be_taken_for
  if (phone != nullptr) {
    final_phone(row, *phone);
  } else if (call.medium == MediumType::twilio && row.twilio_sid.empty()) {
    const bool well = call.status == CallStatus::failed || call.status == CallStatus::canceled ||
                      call.status == CallStatus::unknown;
    if (!well)
      fail("the record says " + std::string(wire_name(call.status)) + ", and no phone was dialled");
  } else if (const AgentCall* agent = agent_of(row)) {
    const bool talked = call.status == CallStatus::completed;
    if (!closed_unheard(row) && talked != (agent->joined != 0)) {
      fail("the record says " + std::string(wire_name(call.status)) + ", " + agent->name + " was " +
           (agent->joined != 0 ? "joined" : "never joined"));
    }
  }
  final_words(row);
}

void Invariants::at_end() {
  for (const auto& [id, row] : rows_) final_row(row);
  for (std::size_t button = 0; button < people_.told.size(); ++button) {
    const Told& told = people_.told[button];
    if (told.invited_to_ended_call)
      fail("a browser was let into a call that the record calls over");
    for (const Told::Reply& reply : told.replies) {
      if (!told.call_id.empty() && !reply.id.empty() && reply.id != told.call_id)
        fail("one button was told two calls");
      // What a press was told is told again to every further press with its key; a web call's
      // address may be out of reach meanwhile, as may the record.
      const auto is_answer = [](const Told::Reply& one) {
        return one.status != 503 && one.status != 409 && one.status != 429 &&
               one.code != "circuit_open";
      };
      if (stage_.plan.presses[button].phone && is_answer(reply) &&
          is_answer(told.replies.front()) && reply.status != told.replies.front().status) {
        fail("one button was told " + std::to_string(told.replies.front().status) + " and then " +
             std::to_string(reply.status));
      }
      const bool said_no =
          reply.status >= 400 && (reply.code == "vendor_unreachable" ||
                                  reply.code == "vendor_refused" || reply.code == "circuit_open");
      if (said_no && told.replies.size() == 1 && !told.call_id.empty() &&
          phone_of(told.call_id) != nullptr) {
        fail("a person was told " + reply.code + ", and the phone rang");
      }
    }
  }
  if (people_.last_press != 201) {
    fail("after all is over a call cannot be placed: " + std::to_string(people_.last_press));
  }
  const auto audit = processes_.observed([](Store& store) { return store.verify_audit(); });
  if (!audit || !audit->intact) fail("the audit's chain does not hold");
}

}  // namespace voxdial::sim
