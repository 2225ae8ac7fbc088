// The page's skeleton: navigation, banners, the work, the live calls.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr float rail_w = 88;
constexpr float form_w = 480;  // of the form beside a live call
constexpr float bar_h = 60;    // of the navigation at the bottom of narrow windows
constexpr float small_bar = 48;
constexpr float strip_h = 60;   // of the live call above it
constexpr float pinned_h = 64;  // of the button that places the call, above that

constexpr ImGuiWindowFlags still =
    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;

/// A child window without padding or border that fills what is given.
bool begin_part(const char* id, ImVec2 size, ImGuiWindowFlags flags = 0, ImU32 back = 0) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, back);
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 0);
  const bool open = ImGui::BeginChild(id, size, 0, flags);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  return open;
}

/// What follows stands right below.
void end_part() {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

/// The live calls alone are a part of the call screen.
const NavItem& item_of(Screen screen) {
  const auto* found = std::find_if(std::begin(nav_items), std::end(nav_items),
                                   [screen](const NavItem& item) { return item.screen == screen; });
  return found == std::end(nav_items) ? nav_items[0] : *found;
}

void draw_nav_item(Ui& ui, const NavItem& nav, ImVec2 size, bool words, const Model& model) {
  const bool here = item_of(model.route.screen).screen == nav.screen;
  // The list of calls is as it was left.
  const Route to = nav.screen == Screen::history ? history_route(model) : Route{nav.screen};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string_view name = ui.tr(facts_of(nav.screen).word);
  ImGui::PushID(static_cast<int>(nav.screen));
  if (ImGui::InvisibleButton("nav", size, ImGuiButtonFlags_EnableNav)) ui.act(Navigated{to});
  ImGui::PopID();
  const bool hovered = ImGui::IsItemHovered();
  const float chosen = ui.follow(ImGui::GetItemID(), here ? 1.0F : 0.0F);
  const float pill_w = std::min(size.x - 8, 64.0F), pill_h = 30;
  const float icon_line = line_of(type::lead), word_line = line_of(type::small);
  const float top = at.y + std::floor((size.y - pill_h - (words ? word_line + 2 : 0)) / 2);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 pill(at.x + (size.x - pill_w) / 2, top);
  if (chosen > 0 || hovered) {
    list.AddRectFilled(pill, {pill.x + pill_w, pill.y + pill_h},
                       ui.ink(Token::raised, std::max(chosen, hovered ? 0.6F : 0.0F)), pill_h / 2);
  }
  const Token ink = here ? Token::text : Token::text_quiet;
  paint_centred(ui, nav.icon, {type::lead, Face::regular, ink},
                {at.x, pill.y + std::floor((pill_h - icon_line) / 2)}, size.x);
  if (words) {
    // Over the item's own edges, where a language needs it.
    paint_centred(ui, name, {type::small, here ? Face::semibold : Face::regular, ink},
                  {at.x - space::s, pill.y + pill_h + 2}, size.x + 2 * space::s);
  }
  MirrorNode& node = ui.item(Role::link, name);
  node.value = '#' + route_text(to);
  node.checked = here;
  if (!words) tooltip(ui, name);
}

void draw_rail(Ui& ui, const Model& model, float width, bool words) {
  begin_part("rail", {width, 0}, still, ui.ink(Token::surface));
  if (words) {
    gap(space::l + space::s);
    const TextStyle brand{type::body, Face::semibold, Token::text};
    ImGui::SetCursorPosX(std::floor((width - text_width(ui, brand, "voxdial")) / 2));
    paint(ui, "voxdial", brand);
    gap(space::l);
  }
  {
    const Group nav(ui, Role::navigation, ui.tr(Word::nav_main));
    const float h = words ? 56 : std::min(48.0F, std::floor(ImGui::GetWindowHeight() / 5));
    if (!words) ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    for (const NavItem& item : nav_items) {
      ImGui::SetCursorPosX(words ? 8 : 4);
      draw_nav_item(ui, item, {width - (words ? 16.0F : 8.0F), h}, words, model);
      if (words) gap(space::m);
    }
    if (!words) ImGui::PopStyleVar();
  }
  ImGui::EndChild();
}

void draw_bottom_bar(Ui& ui, const Model& model, float height) {
  begin_part("bar", {0, height + model.page.inset_bottom}, still, ui.ink(Token::surface));
  const Group nav(ui, Role::navigation, ui.tr(Word::nav_main));
  constexpr float side = space::s;  // a long word at the end stays clear of the edge
  const float cell = std::floor((ImGui::GetContentRegionAvail().x - 2 * side) /
                                static_cast<float>(std::size(nav_items)));
  ImGui::Separator();
  ImGui::SetCursorPos({side, 0});
  for (const NavItem& item : nav_items) {
    draw_nav_item(ui, item, {cell, height}, height >= bar_h, model);
    ImGui::SameLine(0, 0);
  }
  ImGui::EndChild();
}

// --------------------------------------------------------------------------------------- banners

/// A thin line of words over the whole width.
void banner(Ui& ui, const char* id, const char* icon, std::string_view words, Role role,
            std::string_view action = {}) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.ink(Token::warn, 0.1F));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {space::l, 6});
  ImGui::BeginChild(id, {0, 0},
                    ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysAutoResize |
                        ImGuiChildFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor();
  const TextStyle style{type::small, Face::regular, Token::text};
  const float w = text_width(ui, style, words) + 24;
  const float button_w = action.empty() ? 0 : button_width(ui, {.label = action}) + space::m;
  const float room = ImGui::GetContentRegionAvail().x;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0F, std::floor((room - w - button_w) / 2)));
  paint(ui, icon, {type::small, Face::regular, Token::warn});
  ImGui::SameLine();
  if (action.empty()) {
    text(ui, words, style, role, "words");
  } else {
    line(ui, words, style, "words", role, w);
    ImGui::SameLine(0, space::m);
    if (button(ui, "log-in", {.label = action})) ui.act(LogInPressed{});
  }
  end_part();
}

void draw_banners(Ui& ui, const Model& model) {
  const auto show = [&](const char* id, const char* icon, std::string_view words) {
    banner(ui, id, icon, words, Role::status);
  };
  if (const ServerConfig* config = model.config.value()) {
    if (config->sandbox) show("sandbox", icon::info, ui.tr(Word::sandbox));
    if (!config->vendors.ultravox_ok) show("ultravox", icon::warning, ui.tr(Word::ultravox_down));
    if (!config->vendors.twilio_ok && config->phone)
      show("twilio", icon::warning, ui.tr(Word::twilio_down));
  }
  if (model.record_away) show("record", icon::warning, ui.said(*model.record_away));
  if (model.logged_out) {
    banner(ui, "logged-out", icon::warning, ui.tr(Word::logged_out), Role::alert,
           ui.tr(Word::log_in));
  } else if (!model.page.online) {
    show("offline", icon::warning, ui.tr(Word::offline));
  } else if (model.line.state == Line::State::held) {
    show("line", icon::warning, ui.tr({Word::updates_held, "time"}, ui.duration(poll_ms / 1000.0)));
  } else if (model.line.state == Line::State::reconnecting) {
    show("line", icon::warning, ui.tr(Word::updates_lost));
  } else if (model.line.state == Line::State::refused) {
    show("line", icon::warning, ui.tr(Word::updates_refused));
  }
}

// -------------------------------------------------------------------------------------- the work

/// The screen of the route, which scrolls as a whole unless it has lists that scroll by themselves.
void draw_work(Ui& ui, const Model& model, ImVec2 size) {
  // The list of calls stays where it is while one of them is open.
  const bool list = model.route.screen == Screen::history;
  const std::string id =
      "work:" + route_text({model.route.screen, list ? std::string() : model.route.id});
  const bool own_scroll = model.route.screen == Screen::history ||
                          (model.route.screen == Screen::agents && !model.route.id.empty());
  begin_part(id.c_str(), size, own_scroll ? still : 0);
  if (!own_scroll) ui.scrolls_page();
  const Group main(ui, Role::main, "");
  ui.mirror.back().placeholder = ui.tr(Word::skip_to_content);
  item_of(model.route.screen).draw(ui, model);
  end_part();
}

void draw_side(Ui& ui, const Model& model, ImVec2 size) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {space::m, space::xl});
  ImGui::BeginChild("side", size, ImGuiChildFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar();
  const Group side(ui, Role::complementary,
                   ui.tr(model.live.cards.empty() ? Word::recent_calls : Word::live_calls));
  if (model.live.cards.empty()) {
    draw_recent_calls(ui, model);
  } else {
    draw_live(ui, model);
  }
  ImGui::EndChild();
}

void draw_wide(Ui& ui, const Model& model) {
  draw_rail(ui, model, rail_w, true);
  ImGui::SameLine(0, 0);
  begin_part("rest", {0, 0}, still);
  draw_banners(ui, model);
  const bool beside = !model.live.cards.empty() || model.route.screen == Screen::call;
  const float room = ImGui::GetContentRegionAvail().x;
  // While a call is live it is the screen: the form beside it makes room.
  const bool calling = !model.live.cards.empty() && model.route.screen == Screen::call;
  const float wanted = calling ? room - form_w : std::floor(room * 0.42F);
  const float side_w = beside ? std::clamp(wanted, 344.0F, measure) : 0;
  float work_w = room - side_w;
  if (model.route.screen == Screen::call) {
    // A pair in the middle: what the form does not need lies on both sides of the two.
    const float form = (calling ? call_form_and_recent_w : call_form_w) + 2 * space::xl;
    const float rest = std::max(0.0F, work_w - form);
    work_w -= rest;
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::floor(rest / 2));
  }
  draw_work(ui, model, {work_w, 0});
  if (beside) {
    ImGui::SameLine(0, 0);
    draw_side(ui, model, {side_w - space::m, 0});
  }
  ImGui::EndChild();
}

/// The live calls alone.
void draw_sheet(Ui& ui, const Model& model) {
  const Group sheet(ui, Role::main, "");
  ui.mirror.back().placeholder = ui.tr(Word::skip_to_content);
  ImGui::SetCursorPosX(space::s);
  if (button(
          ui, "sheet-back",
          {.label = ui.tr(Word::back), .icon = icon::back, .look = Look::quiet, .icon_only = true},
          ui.control)) {
    ui.act(Navigated{Route{}});
  }
  ImGui::SetCursorPosX(space::m);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  begin_part("sheet", {room.x - space::m, room.y - space::s - model.page.inset_bottom}, still);
  draw_live(ui, model);
  ImGui::EndChild();
}

void draw_narrow(Ui& ui, const Model& model) {
  const bool live = !model.live.cards.empty();
  // Wide and low, a phone on its side: the navigation stands at the left.
  const bool on_side = is_low(model) && model.page.width >= 560;
  if (on_side) {
    draw_rail(ui, model, 56, false);
    ImGui::SameLine(0, 0);
  }
  begin_part("rest", {0, 0}, still);
  draw_banners(ui, model);
  if (model.route.screen == Screen::live && live) {
    draw_sheet(ui, model);
    ImGui::EndChild();
    return;
  }
  const float bar = on_side ? 0 : (is_low(model) ? small_bar : bar_h) + model.page.inset_bottom;
  const bool pinned = model.route.screen == Screen::call && pins_call(model);
  const float below = bar + (live ? strip_h : 0) + (pinned ? pinned_h : 0);
  draw_work(ui, model, {0, std::max(1.0F, ImGui::GetContentRegionAvail().y - below)});
  if (pinned) {
    // As wide as the form above it.
    const float rest = ImGui::GetContentRegionAvail().x - call_form_w;
    const float side = std::max(space::l, std::floor(rest / 2));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {side, space::s});
    ImGui::BeginChild("pinned", {0, pinned_h}, ImGuiChildFlags_AlwaysUseWindowPadding, still);
    ImGui::PopStyleVar();
    const Group place(ui, Role::complementary, ui.tr(Word::place_the_call));
    draw_place_button(ui, model);
    end_part();
  }
  if (live) {
    begin_part("strip", {0, strip_h}, still, ui.ink(Token::raised));
    const Group strip(ui, Role::complementary, ui.tr(Word::live_calls));
    draw_live_bar(ui, model);
    end_part();
  }
  if (!on_side) draw_bottom_bar(ui, model, is_low(model) ? small_bar : bar_h);
  ImGui::EndChild();
}

}  // namespace

void screen_title(Ui& ui, std::string_view title, std::string_view sentence) {
  heading(ui, title, 1, display_text, "title");
  if (!sentence.empty()) text(ui, sentence, quiet_text, Role::text, "subtitle");
  gap(space::xl);
}

void draw_page(Ui& ui, const Model& model) {
  const Page& p = model.page;
  ImGui::SetNextWindowPos({p.inset_left, p.inset_top});
  ImGui::SetNextWindowSize({p.width - p.inset_left - p.inset_right, p.height - p.inset_top});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("voxdial", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImGui::PopStyleVar(2);
  if (is_narrow(model)) {
    draw_narrow(ui, model);
  } else {
    draw_wide(ui, model);
  }
  draw_palette(ui, model);
  ImGui::End();
}

}  // namespace voxdial::ui
