// Agents: the list.
#include <algorithm>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

void draw_agent_row(Ui& ui, const Model& model, const Agent& agent) {
  ImGui::PushID(agent.id.c_str());
  std::string about = agent.description;
  if (about.empty() && agent.settings.voice)
    about = ui.tr({Word::voice_is, "name"}, voice_name(model, *agent.settings.voice));
  // Names and purposes are seen whole: the row is as high as they are, as was seen before.
  ImGuiStorage& seen = *ImGui::GetStateStorage();
  const ImGuiID words = ImGui::GetID("words");
  const float words_h = seen.GetFloat(words, 48);
  const float row_h = words_h + 2 * space::m;
  ImGui::TableNextRow(0, row_h);
  ImGui::TableNextColumn();
  if (row(ui, "open", agent.name + (about.empty() ? "" : ", " + about), row_h))
    ui.act(AgentOpened{agent.id});
  into_row(row_h, words_h);
  ImGui::BeginGroup();
  paint_wrapped(ui, agent.name, strong_text);
  paint_wrapped(ui, about, quiet_text);
  ImGui::EndGroup();
  seen.SetFloat(words, ImGui::GetItemRectSize().y);
  ImGui::TableNextColumn();
  into_row(row_h, line_of(type::body));
  const Agents& agents = model.agents;
  const bool unsaved =
      unsaved_draft(agents, agent.id) != nullptr || (agents.changed && agents.draft_of == agent.id);
  paint(ui,
        unsaved          ? ui.tr(Word::unsaved)
        : agent.edited   ? ui.tr(Word::edited)
        : agent.built_in ? ui.tr(Word::built_in)
                         : "",
        label_text, -1);
  ImGui::TableNextColumn();
  into_row(row_h, line_of(type::body));
  paint(ui, icon::chevron_right, quiet_text);
  ImGui::PopID();
}

}  // namespace

void draw_agents(Ui& ui, const Model& model) {
  if (!model.route.id.empty()) {
    draw_agent_editor(ui, model);
    return;
  }
  gap(is_narrow(model) ? space::l : space::xxl);
  const Column column("agents", measure, is_narrow(model) ? space::l : space::xl);
  screen_title(ui, ui.tr(Word::nav_agents), ui.tr(Word::agents_about));
  const Agents& agents = model.agents;
  if (button(ui, "new", {.label = ui.tr(Word::new_agent), .icon = icon::plus}))
    ui.act(AgentOpened{});
  ImGui::SameLine();
  if (button(ui, "import", {.label = ui.tr(Word::import), .icon = icon::upload}))
    ui.act(ImportPressed{});
  if (agents.done) remark(ui, "done", icon::check, Token::good, ui.tr(*agents.done), Role::status);
  if (agents.import_fault) {
    const std::string words = *agents.import_fault == Word::import_not_agent
                                  ? ui.tr({Word::import_not_agent, "reason"}, agents.import_reason)
                                  : std::string(ui.tr(*agents.import_fault));
    remark(ui, "import-fault", icon::warning, Token::bad, words, Role::alert);
  }
  gap(space::l);
  if (const Error* error = agents.list.failure()) {
    if (failed_panel(ui, "agents-failed", *error)) ui.act(AgentsRetried{});
    return;
  }
  const AgentList* list = agents.list.value();
  if (list == nullptr) {
    skeleton(ui, "agents-loading", 6);
    return;
  }
  if (list->agents.empty()) {
    empty_state(ui, icon::agents, ui.tr(Word::no_agents_yet), ui.tr(Word::no_agents_hint));
    return;
  }
  {
    const Card card(ui, "list");
    if (ImGui::BeginTable("rows", 3, ImGuiTableFlags_BordersInnerH)) {
      ImGui::TableSetupColumn("agent", ImGuiTableColumnFlags_WidthStretch);
      ImGui::TableSetupColumn("mark", ImGuiTableColumnFlags_WidthFixed);
      ImGui::TableSetupColumn("open", ImGuiTableColumnFlags_WidthFixed, 24);
      for (const Agent& agent : list->agents) draw_agent_row(ui, model, agent);
      ImGui::EndTable();
    }
  }
  gap(space::xxl);
}

}  // namespace voxdial::ui
