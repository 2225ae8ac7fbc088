// What was said, and what the agent's tools show.
#include <algorithm>

#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

using EntryRole = TranscriptEntry::Role;

void draw_bubble(Ui& ui, Area& area, std::uint32_t id, std::string_view person,
                 const TranscriptEntry& entry, bool new_speaker) {
  const bool agent = entry.role == EntryRole::agent;
  const float max_w = area.w * 0.84F - 2 * space::m;
  const TextStyle style{type::body, Face::regular, Token::text};
  const std::string who(agent ? "Agent" : person);
  if (new_speaker) {
    const float w = text_width(ui, label_text, who);
    glyphs(ui, agent ? area.x : area.x + area.w - w, area.y, label_text, who);
    area.skip(line_of(type::small) + 2);
  }
  const std::vector<std::string_view> lines = wrapped(ui, style, entry.text, max_w);
  float w = 0;
  for (const std::string_view text : lines) w = std::max(w, text_width(ui, style, text));
  const float h = static_cast<float>(lines.size()) * line_of(style.size) + 2 * space::s;
  const Box row = area.take(h);
  const float bubble_w = w + 2 * space::m;
  const Box box{agent ? row.x : row.x + row.w - bubble_w, row.y, bubble_w, h};
  if (agent) {
    fill(ui, box, Token::raised, radius::card);
  } else {
    fill(ui, box, Token::accent, radius::card, 0.16F);
  }
  const Box clip = ui.clip();
  float y = box.y + space::s;
  for (const std::string_view text : lines) {
    if (y + line_of(style.size) >= clip.y && y <= clip.y + clip.h) {
      glyphs(ui, box.x + space::m, y, style, text);
    }
    y += line_of(style.size);
  }
  MirrorNode& node = ui.node(id, Role::listitem, who + ": " + entry.text, box);
  node.busy = !entry.final;
}

void draw_tool(Ui& ui, Area& area, std::uint32_t id, const TranscriptEntry& entry) {
  const bool result = entry.role == EntryRole::tool_result;
  std::string text = (result ? "Answer of " : "Used ") + entry.tool_name;
  const TextStyle title{type::small, Face::semibold, Token::text_quiet};
  const TextStyle mono{type::small, Face::mono, Token::text_quiet};
  const float inner_w = area.w - 2 * space::m - 24;
  std::vector<std::string_view> lines;
  if (!entry.text.empty()) lines = wrapped(ui, mono, entry.text, inner_w);
  const std::size_t shown = std::min<std::size_t>(lines.size(), 3);
  const float h = line_of(type::small) * static_cast<float>(1 + shown) + 2 * space::s;
  const Box box = area.take(h);
  outline(ui, box, Token::line, radius::control, 0.35F);
  draw_icon(ui.list(), Icon::tool, box.x + space::m + 8,
            box.y + space::s + line_of(type::small) / 2, 14, ui.ink(Token::text_quiet));
  glyphs(ui, box.x + space::m + 24, box.y + space::s, title, elided(ui, title, text, inner_w));
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string_view one = lines[i];
    const bool more = i + 1 == shown && shown < lines.size();
    glyphs(ui, box.x + space::m + 24,
           box.y + space::s + line_of(type::small) * static_cast<float>(1 + i), mono,
           more ? elided(ui, mono, std::string(one) + "\xE2\x80\xA6", inner_w) : std::string(one));
  }
  if (!entry.text.empty()) text += ": " + entry.text;
  ui.node(id, Role::listitem, text, box);
}

}  // namespace

void draw_transcript(Ui& ui, Area& area, std::uint32_t id, const Model& model,
                     const std::vector<TranscriptEntry>& lines,
                     const std::vector<TranscriptEntry>& tools, std::string_view person) {
  const Box top{area.x, area.y, area.w, 0};
  ui.begin_group(id, Role::log, "Transcript");
  std::size_t tool = 0;
  const EntryRole nobody = EntryRole::tool_call;
  EntryRole speaker = nobody;
  const auto draw_tools_before = [&](int index) {
    for (; tool < tools.size() && tools[tool].index < index; ++tool) {
      draw_tool(ui, area, node_id("own", id + static_cast<std::uint32_t>(tool)), tools[tool]);
      area.skip(space::s);
      speaker = nobody;
    }
  };
  for (const TranscriptEntry& entry : lines) {
    draw_tools_before(entry.index);
    if (entry.text.empty() && entry.tool_name.empty()) continue;
    if (entry.role == EntryRole::user && !model.settings.user_transcripts) continue;
    const std::uint32_t line_id = node_id("line", id + static_cast<std::uint32_t>(entry.index));
    if (entry.role == EntryRole::agent || entry.role == EntryRole::user) {
      draw_bubble(ui, area, line_id, person, entry, entry.role != speaker);
      speaker = entry.role;
    } else {
      draw_tool(ui, area, line_id, entry);
      speaker = nobody;
    }
    area.skip(space::s);
  }
  draw_tools_before(INT32_MAX);
  ui.end_group({top.x, top.y, top.w, area.y - top.y});
}

void draw_panels(Ui& ui, Area& area, const Panels& panels) {
  if (panels.note) {
    const Box top{area.x, area.y, area.w, 0};
    const std::string title = panels.note->title.empty() ? "Note" : panels.note->title;
    ui.begin_group(ui.id("note"), Role::group, title);
    line(ui, area.take(line_of(type::body)), ui.id("note-title"), strong_text, title, 0,
         Role::heading);
    ui.mirror.back().level = 3;
    paragraph(ui, area, ui.id("note-text"), body_text, panels.note->text);
    ui.end_group({top.x, top.y, top.w, area.y - top.y});
    area.skip(space::m);
  }
  if (!panels.order) return;
  const Order& order = *panels.order;
  const Box top{area.x, area.y, area.w, 0};
  ui.begin_group(ui.id("order"), Role::group, "Order details");
  line(ui, area.take(line_of(type::body)), ui.id("order-title"), strong_text, "Order details", 0,
       Role::heading);
  ui.mirror.back().level = 3;
  area.skip(space::xs);
  if (order.items.empty()) {
    paragraph(ui, area, ui.id("order-empty"), quiet_text, "No items");
  }
  const TextStyle amount{type::body, Face::tabular, Token::text};
  int n = 0;
  for (const OrderItem& item : order.items) {
    ui.push_scope("item" + std::to_string(n++));
    const std::string price = dollars(cents(item.price * item.quantity));
    const float price_w = text_width(ui, amount, price) + space::s;
    const Box row = area.take(line_of(type::body));
    line(ui, {row.x, row.y, row.w - price_w, row.h}, ui.id("name"), body_text,
         std::to_string(item.quantity) + "\xC3\x97 " + item.name);
    line(ui, {row.x + row.w - price_w, row.y, price_w, row.h}, ui.id("price"), amount, price, 1);
    if (!item.note.empty()) {
      paragraph(ui, area, ui.id("note"), small_text, "Note: " + item.note);
    }
    area.skip(space::xs);
    ui.pop_scope();
  }
  divider(ui, area.x, area.y, area.w);
  area.skip(space::s);
  const std::string total = dollars(total_cents(order));
  const Box row = area.take(line_of(type::body));
  line(ui, {row.x, row.y, row.w / 2, row.h}, ui.id("total-label"), strong_text, "Total");
  line(ui, {row.x + row.w / 2, row.y, row.w / 2, row.h}, ui.id("total"),
       {type::body, Face::tabular_semibold, Token::text}, total, 1);
  ui.end_group({top.x, top.y, top.w, area.y - top.y});
  area.skip(space::m);
}

}  // namespace voxdial::ui
