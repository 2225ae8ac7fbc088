#include "proxy/calls/adopt.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "proxy/calls/lost_dial.h"
#include "proxy/calls/plan.h"
#include "proxy/calls/replies.h"
#include "proxy/policy/number.h"
#include "proxy/vendors/common/ask.h"

namespace voxdial {
namespace {

constexpr auto between_looks = std::chrono::seconds(1);
/// What was placed before the last row that is left may have been recorded after it.
constexpr Millis margin_ms = 60'000;
/// So many pages have no end: nothing is placed, and the log says why.
constexpr int most_pages = 10'000;
/// A telephone is dialled within so long of its agent's call.
constexpr Millis dialled_within_ms = 30'000;
constexpr Millis time_noise_ms = 2'000;
constexpr Millis adopted_patience_ms = 180'000;

using Agents = std::vector<ultravox::Listed>;
using Phones = std::vector<twilio::Call>;

Error endless(Vendor vendor) {
  return vendor_error(vendor, ErrorCode::vendor_bad_reply, "its list of calls has no end");
}

Result<Agents> unknown_agents(const World& world, Store& store, Millis from) {
  Agents unknown;
  std::string cursor;
  for (int i = 0; i < most_pages; ++i) {
    const auto page = ask(world, ultravox::list_calls(from, cursor), ultravox::parse_listed);
    if (!page) return fail(page.error());
    for (const ultravox::Listed& listed : page->calls) {
      if (listed.our_id.empty() || listed.call.created_at < from) continue;
      const auto known = store.find_call(listed.our_id);
      if (!known) return fail(known.error());
      if (!*known) unknown.push_back(listed);
    }
    if (page->next_cursor.empty() || page->next_cursor == cursor) return unknown;
    cursor = page->next_cursor;
  }
  return fail(endless(Vendor::ultravox));
}

Result<Phones> unknown_phones(const Config& config, const World& world, Store& store, Millis from) {
  if (!config.phone) return Phones();
  // Read before anything is asked: what is found of them meanwhile is known by its sid then.
  const auto live = store.live_calls();
  if (!live) return fail(live.error());
  Phones unknown;
  std::string at;
  for (int i = 0; i < most_pages; ++i) {
    const auto page =
        ask(world, twilio::list_calls(config.twilio_account_sid, config.twilio_number, at),
            twilio::parse_call_page);
    if (!page) return fail(page.error());
    bool all_before = !page->calls.empty();  // the latest come first
    for (const twilio::Call& call : page->calls) {
      if (call.created_at < from) continue;
      all_before = false;
      if (!call.by_request()) continue;
      const auto known = store.find_call_by_twilio_sid(call.sid);
      if (!known) return fail(known.error());
      // A call of the record whose dial was not answered looks for its telephone by itself.
      const auto seeks = [&](const StoredCall& row) { return may_have_dialled(row, call); };
      if (!*known && std::ranges::none_of(*live, seeks)) unknown.push_back(call);
    }
    if (all_before || page->next_page.empty() || page->next_page == at) return unknown;
    at = page->next_page;
  }
  return fail(endless(Vendor::twilio));
}

/// Who placed it: of the mark that the vendor has, only those can be known who may still log in.
std::string person_of(const Marks& marks, const std::vector<User>& users, const std::string& mark) {
  const auto found = std::ranges::find_if(
      users, [&](const User& user) { return marks.of_person(user.name) == mark; });
  return mark.empty() || found == users.end() ? std::string() : found->name;
}

bool may_belong(const ultravox::Listed& agent, const twilio::Call& phone) {
  const Millis after = phone.created_at - agent.call.created_at;
  return agent.phone && after >= -time_noise_ms && after <= dialled_within_ms;
}

StoredCall lost_call(const Config& config, std::string id, Millis created_at, Millis now) {
  StoredCall stored;
  stored.call.id = std::move(id);
  stored.call.version = 1;
  stored.call.status = CallStatus::queued;
  stored.call.created_at = created_at;
  stored.call.max_duration_s = config.max_call_s;
  stored.answer_by = now + adopted_patience_ms;
  return stored;
}

void add_phone(const Config& config, StoredCall& stored, const twilio::Call& phone) {
  stored.call.medium = MediumType::twilio;
  stored.call.to = phone.to;
  stored.call.to_international = international_writing(phone.to);
  stored.cost_per_minute = config.price_phone_per_minute;
  stored.dialled_at = phone.created_at;
  stored.twilio_sid = phone.sid;
}

}  // namespace

Result<int> adopt_calls(const Config& config, const World& world, Store& store, Recorder& recorder,
                        Millis since) {
  const Millis now = world.now();
  const auto agents = unknown_agents(world, store, since - margin_ms);
  if (!agents) return fail(agents.error());
  const auto phones = unknown_phones(config, world, store, since - margin_ms);
  if (!phones) return fail(phones.error());

  const auto users = store.users();
  if (!users) return fail(users.error());

  const Marks marks(config);
  std::vector<AdoptedCall> lost;
  std::vector<const twilio::Call*> alone;
  for (const twilio::Call& phone : *phones) alone.push_back(&phone);
  for (const ultravox::Listed& agent : *agents) {
    StoredCall stored = lost_call(config, agent.our_id, agent.call.created_at, now);
    if (agent.max_duration_s > 0) stored.call.max_duration_s = agent.max_duration_s;
    stored.call.medium = agent.phone ? MediumType::twilio : MediumType::web;
    stored.cost_per_minute =
        agent.phone ? config.price_phone_per_minute : config.price_web_per_minute;
    stored.call.user = person_of(marks, *users, agent.person_mark);
    stored.ultravox_call_id = agent.call.call_id;
    stored.agent_state = AgentState::waiting;
    // Only where nobody else's agent and no other telephone could be meant are they one call.
    const auto fits = [&](const twilio::Call& phone) { return may_belong(agent, phone); };
    const auto ours = std::ranges::find_if(*phones, fits);
    const auto wants = [&](const ultravox::Listed& other) { return may_belong(other, *ours); };
    if (std::ranges::count_if(*phones, fits) == 1 && std::ranges::count_if(*agents, wants) == 1) {
      add_phone(config, stored, *ours);
      std::erase(alone, &*ours);
    }
    StoredReply told = reply(placed_from(stored));
    lost.push_back({std::move(stored), agent.press_mark, std::move(told)});
  }
  for (const twilio::Call* phone : alone) {
    StoredCall stored = lost_call(config, new_id(world, "call_"), phone->created_at, now);
    add_phone(config, stored, *phone);
    stored.done = 1U << static_cast<unsigned>(Debt::look_ultravox);  // nobody knows which it is
    lost.push_back({std::move(stored), {}, {}});
  }
  int adopted = 0;
  for (const AdoptedCall& one : lost) {
    const auto taken = store.adopt(one, now);
    if (!taken) return fail(taken.error());
    if (!*taken) continue;
    ++adopted;
    if (const auto row = store.find_call(one.stored.call.id); row && *row) recorder.begin(**row);
  }
  return adopted;
}

Adopter::Adopter(const Config& config, const World& world, Store& store, Recorder& recorder)
    : config_(config), world_(world), store_(store), recorder_(recorder) {}

bool Adopter::look() {
  const auto doubt = store_.doubt(world_.now());
  if (!doubt) return false;
  if (doubt->since == 0) return true;
  const auto adopted = adopt_calls(config_, world_, store_, recorder_, doubt->since);
  if (!adopted) {
    world_.log({.level = LogLine::Level::warning,
                .event = "calls_not_adopted",
                .fields = {{"why", adopted.error().message}}});
    return false;
  }
  if (!store_.be_sure(*doubt)) return false;
  world_.log({.level = LogLine::Level::warning,
              .event = "record_was_in_doubt",
              .fields = {{"adopted", std::to_string(*adopted)}}});
  return true;
}

void Adopter::start() {
  rounds_.start(between_looks, [this] { return !look() || store_.is_shared(); });
}

}  // namespace voxdial
