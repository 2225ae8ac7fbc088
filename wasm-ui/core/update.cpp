#include "wasm-ui/core/update.h"

namespace voxdial::ui {
namespace {

/// A reply belongs to whoever waits for it; nobody does for an answer to a question asked anew.
void take(Model& model, const HttpReplied& reply, Effects& effects) {
  if (reply.server_time != 0) {
    hear_reply_time(model.clock, reply.sent_at, reply.heard_at, reply.server_time);
  }
  // The page stays as it is, with its calls and all that was typed; the way back is shown.
  if (reply.failure == HttpReplied::Failure::none && reply.status == 401) model.logged_out = true;
  take_page_reply(model, reply, effects) || take_form_reply(model, reply, effects) ||
      take_live_reply(model, reply, effects) || take_history_reply(model, reply, effects) ||
      take_agents_reply(model, reply, effects) || take_doctor_reply(model, reply, effects);
}

}  // namespace

Step update(Model model, const Action& action) {
  Step step{std::move(model), {}};
  std::visit(
      [&step](const auto& a) {
        if constexpr (std::is_same_v<std::decay_t<decltype(a)>, HttpReplied>) {
          take(step.model, a, step.effects);
        } else {
          update(step.model, a, step.effects);
        }
      },
      action);
  std::string title = window_title(step.model);
  if (title != step.model.title) {
    step.model.title = title;
    step.effects.push_back(SetTitle{std::move(title)});
  }
  return step;
}

}  // namespace voxdial::ui
