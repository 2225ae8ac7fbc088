// What was said, and what the agent's tools show.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

/// An agent that speaks later than this answers nothing: it asks whether anybody is there.
constexpr Millis longest_answer_ms = 10'000;

}  // namespace

std::vector<LogEntry> transcript_lines(const Ui& ui, const Model& model,
                                       const std::vector<TranscriptEntry>& lines,
                                       const std::vector<TranscriptEntry>& tools, Word person,
                                       bool recorded) {
  using Role = TranscriptEntry::Role;
  using Kind = LogEntry::Kind;
  std::vector<LogEntry> out;
  out.reserve(lines.size() + tools.size());
  Millis person_ended = 0;
  const auto add = [&](const TranscriptEntry& entry) {
    LogEntry made;
    made.text = entry.text;
    if (entry.role == Role::user) person_ended = entry.end_ms;
    if (entry.role == Role::agent) {
      const Millis ended = std::exchange(person_ended, 0), after = entry.at_ms - ended;
      if (ended != 0 && after > 0 && after < longest_answer_ms) {
        made.aside = ui.tr({Word::answered_after, "time"},
                           ui.format(Format::milliseconds, static_cast<double>(after)));
      }
    }
    made.open = !entry.final;
    if (recorded && entry.at_ms > 0) made.at_ms = entry.at_ms;
    switch (entry.role) {
      case Role::agent:
        made.kind = Kind::agent;
        made.who = ui.tr(Word::agent);
        break;
      case Role::user:
        made.kind = Kind::person;
        made.who = ui.tr(person);
        break;
      case Role::tool_call:
        made.kind = Kind::tool;
        made.who = ui.tr({Word::used_tool, "tool"}, entry.tool_name);
        break;
      case Role::tool_result:
        made.kind = Kind::tool;
        made.who = ui.tr({Word::tool_answered, "tool"}, entry.tool_name);
        break;
    }
    made.first = out.empty() || out.back().kind != made.kind;
    out.push_back(std::move(made));
  };
  std::size_t tool = 0;
  for (const TranscriptEntry& entry : lines) {
    for (; tool < tools.size() && tools[tool].index < entry.index; ++tool) add(tools[tool]);
    if (entry.text.empty() && entry.tool_name.empty()) continue;
    if (entry.role == Role::user && !model.settings.user_transcripts) continue;
    add(entry);
  }
  for (; tool < tools.size(); ++tool) add(tools[tool]);
  return out;
}

float log_height(Ui& ui, const char* id, std::size_t lines) {
  constexpr float guessed_line = 48;
  const ImGuiID item = ImGui::GetID(id);
  float& known = *ImGui::GetStateStorage()->GetFloatRef(item);
  if (const std::string* told = ui.told(item, MirrorEvent::Kind::measured))
    known = std::strtof(told->c_str(), nullptr);
  return known > 0 ? known : guessed_line * static_cast<float>(lines);
}

void log(Ui& ui, const char* id, Log log, float height) {
  MirrorNode& node =
      native(ui, id, Role::log, log.name, {ImGui::GetContentRegionAvail().x, height});
  node.lines = std::move(log.lines);
  node.follow = log.follow;
  node.placeholder = ui.tr(Word::newest);
}

namespace {

void draw_order(Ui& ui, const Order& order) {
  const Group group(ui, Role::group, ui.tr(Word::order_details));
  heading(ui, ui.tr(Word::order_details), 3, strong_text);
  if (order.items.empty()) text(ui, ui.tr(Word::no_items), quiet_text);
  const auto amount = [&](long long cents, Face face) {
    const TextStyle style{type::body, face, Token::text};
    ImGui::TableNextColumn();
    line(ui, ui.format(Format::money, static_cast<double>(cents) / 100, "USD"), style, nullptr,
         Role::text, -1);
  };
  if (!ImGui::BeginTable("items", 2)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("price", ImGuiTableColumnFlags_WidthFixed);
  int n = 0;
  for (const OrderItem& item : order.items) {
    ImGui::PushID(n++);
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    line(ui,
         ui.tr({Word::item_count, "n item"}, ui.format(Format::number, item.quantity), item.name));
    if (!item.note.empty()) text(ui, ui.tr({Word::item_note, "text"}, item.note), small_text);
    amount(cents(item.price * item.quantity), Face::tabular);
    ImGui::PopID();
  }
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  line(ui, ui.tr(Word::total), strong_text);
  amount(total_cents(order), Face::tabular_semibold);
  ImGui::EndTable();
}

}  // namespace

void draw_panels(Ui& ui, const Panels& panels) {
  if (panels.note) {
    const std::string title =
        panels.note->title.empty() ? std::string(ui.tr(Word::note)) : panels.note->title;
    {
      const Group group(ui, Role::group, title);
      heading(ui, title, 3, strong_text);
      text(ui, panels.note->text);
    }
    gap(space::m);
  }
  if (panels.order) {
    draw_order(ui, *panels.order);
    gap(space::m);
  }
}

}  // namespace voxdial::ui
