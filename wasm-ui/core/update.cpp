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

/// A reload keeps who would be called by whom, of which kind.
void keep_form(Model& model, Effects& effects) {
  const CallForm& form = model.form;
  const std::vector<std::pair<std::string, std::string>> now = {
      {"medium", form.medium == MediumType::web ? "web" : "phone"},
      {"region", form.region},
      {"number", form.number},
      {"agent", form.agent}};
  for (std::size_t i = 0; i < now.size(); ++i) {
    const bool same = i < model.kept.size() && model.kept[i] == now[i];
    if (!same) effects.push_back(StoreSetting{now[i].first, now[i].second, true});
  }
  model.kept = now;
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
  // What was remembered is not forgotten before it is taken up.
  if (step.model.config.value() && step.model.agents.list.value())
    keep_form(step.model, step.effects);
  if (const bool ask = has_unsaved(step.model.agents); ask != step.model.asks_before_leaving) {
    step.model.asks_before_leaving = ask;
    step.effects.push_back(AskBeforeLeaving{ask});
  }
  std::string title = window_title(step.model);
  if (title != step.model.title) {
    step.model.title = title;
    step.effects.push_back(SetTitle{std::move(title)});
  }
  return step;
}

}  // namespace voxdial::ui
