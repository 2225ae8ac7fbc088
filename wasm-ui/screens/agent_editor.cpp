// The editor of one agent: a form over a draft.

#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr float two_columns_from = 920;

struct Step {
  const char* id;
  Word label;
  const char* icon;
  bool disabled = false;
  Look look = Look::secondary;
};
bool step(Ui& ui, const Step& of) {
  return button(
      ui, of.id,
      {.label = ui.tr(of.label), .icon = of.icon, .look = of.look, .disabled = of.disabled});
}

void draw_buttons(Ui& ui, const Model& model, const Agent& draft) {
  const Agents& agents = model.agents;
  const bool busy = agents.saving.busy();
  const bool unready = draft_fault(draft).has_value();
  if (button(ui, "save",
             {.label = ui.tr(agents.draft_of.empty() ? Word::save_agent : Word::save_changes),
              .icon = icon::check,
              .look = Look::primary,
              .disabled = !agents.changed || unready,
              .busy = busy})) {
    ui.act(DraftSaved{});
  }
  const Word use = agents.changed ? Word::use_once : Word::call_with_agent;
  ImGui::SameLine();
  if (step(ui, {"use", use, icon::phone, busy})) ui.act(DraftUsed{});
  ImGui::SameLine();
  if (step(ui, {"discard", Word::discard_changes, icon::retry, busy || !agents.changed}))
    ui.act(DraftDiscarded{});
}

/// What is seldom done: behind the others, on a phone at the end of the form.
void draw_more_buttons(Ui& ui, const Model& model, const Agent& draft) {
  const Agents& agents = model.agents;
  const bool fresh = agents.draft_of.empty(), busy = agents.saving.busy();
  if (!fresh) {
    if (step(ui, {"copy", Word::save_as_new, icon::plus, busy || draft_fault(draft).has_value()}))
      ui.act(DraftSavedAsNew{});
    ImGui::SameLine();
  }
  if (step(ui, {"export", Word::export_agent, icon::download})) ui.act(DraftExported{});
  const bool shipped = draft.built_in;
  if (fresh || (shipped && !draft.edited)) return;
  const Word remove = agents.sure ? (shipped ? Word::really_reset : Word::really_delete)
                                  : (shipped ? Word::reset : Word::delete_agent);
  ImGui::SameLine();
  if (step(ui, {"remove", remove, shipped ? icon::retry : icon::trash, busy, Look::quiet})) {
    ui.act(DraftRemoved{});
  }
}

/// A web call with the agent as it stands here; while it lives it has the right side of the window.
void draw_trial(Ui& ui, const Model& model) {
  if (model.web.active()) return;
  const CallForm& form = model.form;
  {
    const Card card(ui, "trial");
    heading(ui, ui.tr(Word::test_call), 2, label_text, "trial-title");
    text(ui, ui.tr(Word::test_call_hint), quiet_text);
    gap(space::s);
    if (button(ui, "try",
               {.label =
                    ui.tr(form.asking_microphone ? Word::asking_microphone : Word::start_test_call),
                .icon = icon::mic,
                .busy = form.pressed()})) {
      ui.act(DraftTried{});
    }
    const Error* error = form.placed.failure();
    if (error != nullptr && form.trial) error_note(ui, "trial-failed", *error);
  }
  gap(space::m);
}

/// How it speaks and what it may do.
void draw_draft(Ui& ui, const Model& model) {
  const bool low = is_low(model);
  const bool wide = ImGui::GetContentRegionAvail().x >= two_columns_from;
  const float side = is_narrow(model) ? space::l : space::xl;
  const float widest = wide ? 1200 : measure;
  Agent next = *model.agents.draft;
  bool changed = false;
  const auto head = [&] {
    if (ImGui::BeginTable("head", 2)) {
      ImGui::TableSetupColumn("title", ImGuiTableColumnFlags_WidthStretch);
      ImGui::TableSetupColumn("unsaved", ImGuiTableColumnFlags_WidthFixed);
      ImGui::TableNextColumn();
      heading(ui, next.name.empty() ? ui.tr(Word::agent) : next.name, 1, display_text, "title");
      ImGui::TableNextColumn();
      gap(space::l);
      if (model.agents.changed) {
        chip(ui, Token::warn, ui.tr(Word::unsaved));
      } else if (model.agents.done) {
        chip(ui, Token::good, ui.tr(*model.agents.done), Role::status);
      }
      ImGui::EndTable();
    }
    gap(space::s);
    const Agent& draft = *model.agents.draft;
    draw_buttons(ui, model, draft);
    if (!is_narrow(model)) {
      ImGui::SameLine();
      draw_more_buttons(ui, model, draft);
    }
    if (const std::optional<Word> fault = draft_fault(draft))
      remark(ui, "fault", icon::info, Token::warn, ui.tr(*fault), Role::status);
    if (const Error* error = model.agents.saving.failure()) error_note(ui, "save-failed", *error);
  };
  // The buttons stay in sight, where there is room for them.
  if (!low) {
    const Column column("head", widest, side);
    head();
  }
  if (!low) gap(space::m);
  ImGui::BeginChild("form", {0, 0});
  ui.scrolls_page();
  const float bottom = ImGui::GetWindowPos().y + ImGui::GetWindowHeight() - ImGui::GetScrollY();
  {
    const Column column("fields", widest, side);
    if (low) {
      head();
      gap(space::m);
    }
    if (wide && ImGui::BeginTable("columns", 2, ImGuiTableFlags_SizingStretchSame)) {
      ImGui::TableSetupColumn("prompt", ImGuiTableColumnFlags_WidthStretch, 1.25F);
      ImGui::TableSetupColumn("manner", ImGuiTableColumnFlags_WidthStretch, 1);
      ImGui::TableNextColumn();
      draw_agent_prompt(ui, next, changed, bottom - space::xl);
      ImGui::TableNextColumn();
      draw_trial(ui, model);
      draw_agent_manner(ui, model, next, changed);
      ImGui::EndTable();
    } else {
      draw_agent_prompt(ui, next, changed, std::nullopt);
      gap(space::l);
      draw_trial(ui, model);
      draw_agent_manner(ui, model, next, changed);
    }
    if (is_narrow(model)) {
      gap(space::xl);
      draw_more_buttons(ui, model, *model.agents.draft);
    }
  }
  gap(space::xxl);
  ImGui::EndChild();
  if (changed) ui.act(DraftChanged{std::move(next)});
}

}  // namespace

void draw_agent_editor(Ui& ui, const Model& model) {
  const Agents& agents = model.agents;
  gap(is_narrow(model) ? space::s : space::l);
  {
    const Column column("back",
                        ImGui::GetContentRegionAvail().x >= two_columns_from ? 1200 : measure,
                        is_narrow(model) ? space::l : space::xl);
    if (button(ui, "back",
               {.label = ui.tr(Word::nav_agents), .icon = icon::back, .look = Look::quiet})) {
      ui.act(Navigated{Route{Screen::agents, {}}});
    }
    const bool right_one = agents.draft && (agents.draft_of == model.route.id ||
                                            (agents.draft_of.empty() && model.route.id == "new"));
    if (!right_one) {
      if (const Error* error = agents.list.failure()) {
        if (failed_panel(ui, "agents-failed", *error)) ui.act(AgentsRetried{});
      } else if (agents.list.value() != nullptr) {
        empty_state(ui, icon::agents, ui.tr(Word::no_such_agent), ui.tr(Word::no_such_agent_hint));
      } else {
        skeleton(ui, "agent-loading", 8);
      }
      return;
    }
  }
  draw_draft(ui, model);
}

}  // namespace voxdial::ui
