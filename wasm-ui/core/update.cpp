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

Effects update(Model& model, const Action& action) {
  Effects effects;
  std::visit(
      [&](const auto& a) {
        if constexpr (std::is_same_v<std::decay_t<decltype(a)>, HttpReplied>) {
          take(model, a, effects);
        } else {
          update(model, a, effects);
        }
      },
      action);
  // What was remembered is not forgotten before it is taken up.
  if (model.config.value() && model.agents.list.value()) keep_form(model, effects);
  if (const bool ask = has_unsaved(model.agents); ask != model.asks_before_leaving) {
    model.asks_before_leaving = ask;
    effects.push_back(AskBeforeLeaving{ask});
  }
  std::string title = window_title(model);
  if (title != model.title) {
    model.title = title;
    effects.push_back(SetTitle{std::move(title)});
  }
  return effects;
}

}  // namespace voxdial::ui
