// Agents: the list.
#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

void draw_agent_row(Ui& ui, Area& area, const Model& model, const Agent& agent) {
  ui.push_scope("agent:" + agent.id);
  const std::uint32_t id = ui.id("open");
  const float h = 76;
  const Box box = area.take(h);
  const Ui::Press press = ui.press(id, box);
  if (press.pressed) ui.act(AgentOpened{agent.id});
  fill(ui, box, press.hovered ? Token::raised : Token::surface, radius::card);
  outline(ui, box, Token::line, radius::card, 0.18F);
  const float x = box.x + space::l;
  float right = box.x + box.w - 40;
  const std::string_view mark = agent.edited ? "Edited" : agent.built_in ? "Built in" : "";
  if (!mark.empty()) {
    const float w = text_width(ui, label_text, mark);
    glyphs(ui, right - w, box.y + 16, label_text, mark);
    right -= w + space::m;
  }
  glyphs(ui, x, box.y + 14, strong_text, elided(ui, strong_text, agent.name, right - x));
  std::string about = agent.description;
  if (about.empty() && agent.settings.voice)
    about = "Voice " + voice_name(model, *agent.settings.voice);
  glyphs(ui, x, box.y + 14 + line_of(type::body) + space::xs, quiet_text,
         elided(ui, quiet_text, about, box.x + box.w - 40 - x, Elide::end));
  draw_icon(ui.list(), Icon::chevron_right, box.x + box.w - 24, box.y + h / 2, 16,
            ui.ink(Token::text_quiet));
  if (press.focused) focus_ring(ui, box, radius::card);
  ui.node(id, Role::button, agent.name + (about.empty() ? "" : ", " + about), box);
  ui.pop_scope();
}

}  // namespace

void draw_agents(Ui& ui, Area& area, const Model& model) {
  screen_title(ui, area, "Agents", "An agent is a prompt, a voice and the rules of a call.");
  const Agents& agents = model.agents;
  const Button fresh{.label = "New agent", .icon = Icon::plus};
  const Button import{.label = "Import", .icon = Icon::upload};
  const float fresh_w = button_width(ui, fresh);
  const Box row = area.take(ui.control);
  if (button(ui, Box{row.x, row.y, fresh_w, row.h}, ui.id("new"), fresh)) ui.act(AgentOpened{});
  if (button(ui, Box{row.x + fresh_w + space::s, row.y, button_width(ui, import), row.h},
             ui.id("import"), import)) {
    ui.act(ImportPressed{});
  }
  if (!agents.import_fault.empty()) {
    area.skip(space::s);
    remark(ui, area, ui.id("import-fault"), Icon::warning, Token::bad, agents.import_fault,
           Role::alert);
  }
  area.skip(space::l);
  if (const Error* error = agents.list.failure()) {
    if (failed_panel(ui, area, ui.id("agents-failed"), *error)) ui.act(AgentsRetried{});
    return;
  }
  const AgentList* list = agents.list.value();
  if (list == nullptr) {
    skeleton(ui, area, ui.id("agents-loading"), 6);
    return;
  }
  if (list->agents.empty()) {
    empty_state(ui, area, ui.id("agents-empty"), Icon::agents, "No agents yet",
                "Make one: a prompt is enough to place a call.");
  }
  for (const Agent& agent : list->agents) {
    draw_agent_row(ui, area, model, agent);
    area.skip(space::s);
  }
}

}  // namespace voxdial::ui
