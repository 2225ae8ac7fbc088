#include "tests/sim/people.h"

#include <algorithm>

namespace voxdial::sim {
namespace {

/// How long a second press with the same key waits for the answer to the first.
constexpr Millis answer_wait_ms = 30'000;

/// Told that nothing was done, and that it may be tried again.
bool refused(const Told::Reply& reply) {
  return reply.status == 503 || reply.status == 409 || reply.status == 429;
}

std::string who(std::size_t button) { return "person " + std::to_string(button + 1); }

std::string text_of(const std::string& json, const std::string& name) {
  const std::string start = '"' + name + R"(":")";
  const auto at = json.find(start);
  return at == std::string::npos
             ? ""
             : json.substr(at + start.size(),
                           json.find('"', at + start.size()) - at - start.size());
}

}  // namespace

People::People(Stage& stage, Processes& processes, UltravoxMachine& ultravox)
    : told(stage.plan.presses.size()), stage_(stage), processes_(processes), ultravox_(ultravox) {}

Attempt People::attempt(std::size_t button, const Press& press) {
  Attempt attempt;
  attempt.request.medium.type = press.phone ? MediumType::twilio : MediumType::web;
  if (press.phone) attempt.request.medium.phone_number = press.to;
  attempt.request.settings.voicemail = press.voicemail;
  attempt.request.settings.system_prompt = "Be kind.";
  attempt.idempotency_key = "key-" + std::to_string(button);
  attempt.body_hash = "hash";
  attempt.client_address = "127.0.0.1";
  return attempt;
}

void People::begin() {
  for (std::size_t button = 0; button < stage_.plan.presses.size(); ++button) {
    const Press& press_plan = stage_.plan.presses[button];
    stage_.time.at(beginning + press_plan.at, [this, button] { press(button); });
    for (const Millis at : press_plan.again_at)
      stage_.time.at(beginning + at, [this, button] { press(button); });
    for (const Millis at : press_plan.end_at)
      stage_.time.at(beginning + at, [this, button] { press_end(button, 0); });
  }
}

void People::press(std::size_t button) {
  const Press& plan = stage_.plan.presses[button];
  Process* const process = processes_.front();
  if (process == nullptr) return stage_.tell(who(button), "presses Call; nobody is there");
  stage_.tell(who(button), plan.phone ? "presses Call: " + plan.to : "presses Call: web");
  process->serve(
      [this, button, &plan, process](Middle& middle) {
        const Attempt attempt = People::attempt(button, plan);
        const Millis patience = stage_.time.now() + answer_wait_ms;
        const auto running = [&] {
          const auto earlier = middle.store().earlier_press("", attempt.idempotency_key,
                                                            attempt.body_hash, process->wall_now());
          return earlier && *earlier && (*earlier)->kind == Admission::Kind::running;
        };
        while (running() && stage_.time.now() < patience)
          stage_.time.wait_until(stage_.time.now() + 100);
        if (running()) return stage_.tell(who(button), "still waits for the first press");
        const StoredReply answer = middle.place(attempt);
        if (!process->up()) return;  // nobody hears it
        Told::Reply reply{
            .status = answer.http_status, .code = text_of(answer.body, "code"), .id = ""};
        if (reply.status == 201) {
          reply.id = text_of(answer.body, "id");
          reply.code.clear();
        }
        stage_.tell(who(button), "is told " + std::to_string(reply.status) + " " + reply.code);
        Told& mine = told[button];
        const std::string join_url = text_of(answer.body, "joinUrl");
        if (mine.replies.empty() && !join_url.empty()) {
          const auto row =
              process->observed([&](Store& store) { return store.find_call(reply.id); });
          mine.invited_to_ended_call = row && *row && is_terminal((*row)->call.status);
        }
        mine.replies.push_back(reply);
        if (reply.status == 201) mine.call_id = reply.id;
        if (!plan.phone && !join_url.empty() && !mine.joined && !at_last_) {
          mine.joined = true;
          join(button, ultravox_.of_join_url(join_url)->id);
        }
      },
      [this, button] { stage_.tell(who(button), "loses the connection"); });
}

void People::join(std::size_t button, const std::string& agent_id) {
  stage_.time.after(600, [this, button, agent_id] {
    const Press& plan = stage_.plan.presses[button];
    AgentCall& agent = *ultravox_.find(agent_id);
    const Millis gone = beginning + plan.leaves_at;
    if (told[button].end_pressed) return;
    if ((plan.leaves_at != 0 && gone <= stage_.time.now()) || !ultravox_.join(agent)) return;
    stage_.time.after(
        300, [this, agent_id] { ultravox_.say(*ultravox_.find(agent_id), "AGENT", "Hello."); });
    if (plan.leaves_at != 0 && plan.tab_notices) {
      stage_.time.at(gone, [this, button, agent_id] {
        stage_.tell(who(button), "closes the tab");
        leave(button, agent_id, HangUpWhy::tab_closed);
      });
    }
    if (plan.callee.agent_ends) {
      stage_.time.after(plan.callee.talk_ms, [this, agent_id] {
        ultravox_.end(*ultravox_.find(agent_id), "agent_hangup");
      });
    }
  });
}

/// The page is gone, or sees that the call is; as a rule it says so on its way out.
void People::leave(std::size_t button, const std::string& agent_id, HangUpWhy why) {
  AgentCall& agent = *ultravox_.find(agent_id);
  if (agent.ended != 0) return;
  ultravox_.end(agent, "hangup");
  const std::string id = told[button].call_id;
  Process* const process = id.empty() ? nullptr : processes_.front();
  if (process != nullptr && stage_.dice.chance(700)) {
    process->serve([id, why](Middle& middle) { (void)middle.end(id, why).has_value(); }, [] {});
  }
}

void People::press_at_last() {
  at_last_ = true;
  for (std::size_t button = 0; button < told.size(); ++button) {
    // Not those who have no call yet: they would get one.
    const auto& replies = told[button].replies;
    if (!replies.empty() && std::none_of(replies.begin(), replies.end(), refused)) press(button);
  }
  press_anew(0);
}

void People::press_anew(int tries) {
  processes_.front()->serve(
      [this, tries](Middle& middle) {
        Press web;
        web.phone = false;
        last_press = middle.place(attempt(told.size(), web)).http_status;
        // The first who tries a vendor that has failed may have to wait a little.
        if (last_press == 503 && tries < 3)
          stage_.time.after(30'000, [this, tries] { press_anew(tries + 1); });
      },
      [] {});
}

void People::press_end(std::size_t button, int tries) {
  constexpr int most_tries = 6;
  if (tries == most_tries) return;
  const auto once_more = [this, button, tries](Millis wait) {
    stage_.time.after(wait, [this, button, tries] { press_end(button, tries + 1); });
  };
  Process* const process = processes_.front();
  if (process == nullptr) return once_more(3'000);
  process->serve(
      [this, button, once_more, process](Middle& middle) {
        Told& told_me = told[button];
        if (told_me.call_id.empty()) {  // its card comes with the row, not with the answer
          const auto earlier = middle.store().earlier_press("", "key-" + std::to_string(button),
                                                            "hash", process->wall_now());
          if (earlier && *earlier) told_me.call_id = (*earlier)->stored.call.id;
        }
        if (told_me.call_id.empty()) return once_more(900);
        stage_.tell(who(button), "presses End");
        told_me.end_pressed = true;
        const auto ended = middle.end(told_me.call_id, HangUpWhy::pressed);
        if (!process->up()) return;
        stage_.tell(who(button),
                    ended ? "is told that it ends" : "is told: " + ended.error().message);
        if (!ended) return once_more(3'000);
        if (told_me.wanted_over_at == 0) told_me.wanted_over_at = stage_.time.now();
        const Press& plan = stage_.plan.presses[button];
        if (plan.phone || !plan.tab_notices) return;
        for (AgentCall& agent : ultravox_.calls) {  // the page leaves, too
          if (agent.ours == told_me.call_id && agent.joined != 0) ultravox_.end(agent, "hangup");
        }
      },
      [once_more] { once_more(3'000); });
}

}  // namespace voxdial::sim
