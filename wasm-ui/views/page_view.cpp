// The page's skeleton: navigation, banners, the work, the live calls.
#include <algorithm>
#include <cmath>

#include "wasm-ui/views/screens.h"

namespace voxdial::ui {
namespace {

constexpr float rail_w = 88;
constexpr float bar_h = 60;    // bottom bar of narrow windows
constexpr float strip_h = 60;  // the live call above it

struct Place {
  Screen screen;
  Icon icon;
  std::string_view name;
};
constexpr Place places[] = {
    {Screen::call, Icon::phone, "Call"},
    {Screen::history, Icon::history, "History"},
    {Screen::agents, Icon::agents, "Agents"},
    {Screen::doctor, Icon::doctor, "Doctor"},
    {Screen::settings, Icon::settings, "Settings"},
};

void draw_place(Ui& ui, const Box& box, const Place& place, const Model& model) {
  const std::uint32_t id = ui.id(place.name);
  const bool here = model.route.screen == place.screen ||
                    (model.route.screen == Screen::live && place.screen == Screen::call);
  const Ui::Press press = ui.press(id, box);
  if (press.pressed) ui.act(Navigated{Route{place.screen, {}}});
  const float pill_w = std::min(box.w - 8, 64.0F);
  const Box pill{box.x + (box.w - pill_w) / 2, box.y + 4, pill_w, 30};
  const float chosen = ui.follow(id, here ? 1.0F : 0.0F);
  if (chosen > 0 || press.hovered) {
    fill(ui, pill, Token::raised, 15, std::max(chosen, press.hovered ? 0.6F : 0.0F));
  }
  const Token ink = here ? Token::text : Token::text_quiet;
  draw_icon(ui.list(), place.icon, box.x + box.w / 2, pill.y + 15, 20, ui.ink(ink));
  const TextStyle style{type::small, here ? Face::semibold : Face::regular, ink};
  const float w = text_width(ui, style, place.name);
  glyphs(ui, box.x + (box.w - w) / 2, pill.y + 32, style, place.name);
  if (press.focused) focus_ring(ui, {box.x + 3, box.y + 3, box.w - 6, box.h - 6}, radius::control);
  ui.node(id, Role::tab, place.name, box).checked = here;
}

void draw_rail(Ui& ui, const Box& box, const Model& model) {
  fill(ui, box, Token::surface, 0);
  ui.list().AddRectFilled({box.x + box.w - 1, box.y}, {box.x + box.w, box.y + box.h},
                          ui.ink(Token::line, 0.22F));
  const TextStyle brand{type::body, Face::semibold, Token::text};
  const float w = text_width(ui, brand, "voxdial");
  glyphs(ui, box.x + (box.w - w) / 2, box.y + space::l, brand, "voxdial");
  ui.begin_group(ui.id("rail"), Role::navigation, "Main");
  float y = box.y + 60;
  for (const Place& place : places) {
    draw_place(ui, {box.x + 8, y, box.w - 16, 56}, place, model);
    y += 64;
  }
  ui.end_group(box);
}

void draw_bottom_bar(Ui& ui, const Box& box, const Model& model) {
  fill(ui, box, Token::surface, 0);
  divider(ui, box.x, box.y, box.w);
  ui.begin_group(ui.id("rail"), Role::navigation, "Main");
  const float cell = box.w / 5;
  for (int i = 0; i < 5; ++i) {
    draw_place(ui, {box.x + cell * static_cast<float>(i), box.y, cell, bar_h}, places[i], model);
  }
  ui.end_group(box);
}

/// A thin line of words over the whole width; returns its height.
float banner(Ui& ui, const Box& at, std::string_view name, Icon icon, Token colour,
             std::string_view text, Role role) {
  const std::uint32_t id = ui.id(name);
  const float text_w = std::min(text_width(ui, small_text, text), at.w - 2 * space::l - 24);
  const float h = wrapped_height(ui, small_text, text, text_w + 1) + 2 * 7;
  const Box box{at.x, at.y, at.w, h};
  fill(ui, box, colour, 0, 0.1F);
  const float x = at.x + (at.w - text_w - 24) / 2;
  draw_icon(ui.list(), icon, x + 8, at.y + 7 + line_of(type::small) / 2, 14, ui.ink(colour));
  Area words{x + 24, at.y + 7, text_w + 1};
  paragraph(ui, words, id, {type::small, Face::regular, Token::text}, text, role);
  return h;
}

float draw_banners(Ui& ui, const Box& top, const Model& model) {
  float y = top.y;
  const auto show = [&](std::string_view name, Icon icon, Token colour, std::string_view text,
                        Role role = Role::status) {
    y += banner(ui, {top.x, y, top.w, 0}, name, icon, colour, text, role);
  };
  if (const ServerConfig* config = model.config.value()) {
    if (config->sandbox) {
      show("sandbox", Icon::info, Token::warn, "Sandbox: no real call is placed.");
    }
    if (!config->vendors.ultravox_ok) {
      show("ultravox", Icon::warning, Token::warn, "Ultravox does not answer at the moment.");
    }
    if (!config->vendors.twilio_ok && config->phone) {
      show("twilio", Icon::warning, Token::warn, "Twilio does not answer at the moment.");
    }
  }
  if (model.logged_out) {
    const float h = ui.control;
    const Box row{top.x, y, top.w, h + 2 * 4};
    fill(ui, row, Token::warn, 0, 0.1F);
    const Button log_in{.label = "Log in"};
    const float w = button_width(ui, log_in);
    const std::string_view words = "You are logged out.";
    const float words_w = text_width(ui, small_text, words);
    const float x = top.x + (top.w - words_w - space::m - w) / 2;
    line(ui, {x, row.y + (row.h - line_of(type::small)) / 2, words_w + 1, line_of(type::small)},
         ui.id("logged-out"), {type::small, Face::regular, Token::text}, words, 0, Role::alert);
    if (button(ui, Box{x + words_w + space::m, row.y + 4, w, h}, ui.id("log-in"), log_in)) {
      ui.act(LogInPressed{});
    }
    y += row.h;
  } else if (!model.page.online) {
    show("offline", Icon::warning, Token::warn, "You are offline.");
  } else if (model.line.state == Line::State::held) {
    show("line", Icon::warning, Token::warn,
         "Not live: something between here and the server holds its news back. The page asks for "
         "it every 3\xC2\xA0s.");
  } else if (model.line.state == Line::State::reconnecting) {
    show("line", Icon::warning, Token::warn, "Not live: the server does not answer. Trying again.");
  } else if (model.line.state == Line::State::refused) {
    show("line", Icon::warning, Token::warn,
         "The server refused the stream of news. Reload the page.");
  }
  return y - top.y;
}

void draw_screen(Ui& ui, const Box& box, const Model& model) {
  const bool narrow = is_narrow(model);
  const float pad = narrow ? space::l : space::xxl;
  const float w = std::min(box.w - 2 * pad, measure);
  const float x = box.x + std::floor((box.w - w) / 2);
  if (model.route.screen == Screen::history && model.route.id.empty()) {
    draw_history(ui, {x, box.y, w, box.h}, model);
    return;
  }
  const std::uint32_t id = ui.id("work:" + route_text(model.route));
  Area area = ui.begin_scroll(id, box);
  const float top = area.y;
  area.x = x;
  area.w = w;
  area.skip(narrow ? space::l : space::xxl);
  switch (model.route.screen) {
    case Screen::call:
    case Screen::live:
      draw_call_screen(ui, area, model);
      break;
    case Screen::history:
      draw_call_detail(ui, area, model);
      break;
    case Screen::agents:
      if (model.route.id.empty()) {
        draw_agents(ui, area, model);
      } else {
        draw_agent_editor(ui, area, model);
      }
      break;
    case Screen::doctor:
      draw_doctor(ui, area, model);
      break;
    case Screen::settings:
      draw_settings(ui, area, model);
      break;
  }
  area.skip(space::xxl);
  ui.end_scroll(area.y - top);
}

/// Beside the form before any call: what the chosen agent is for.
void draw_before_call(Ui& ui, const Box& box, const Model& model) {
  Area area{box.x, box.y + space::xxl, box.w};
  Area inner;
  const Card card = begin_card(ui, area, inner);
  const Agent* agent = chosen_agent(model);
  if (agent != nullptr && !agent->overview.empty()) {
    heading(ui, inner, ui.id("overview-title"), lead_text, agent->name, 2);
    inner.skip(space::xs);
    paragraph(ui, inner, ui.id("overview"), quiet_text, agent->overview);
  } else {
    empty_state(
        ui, inner, ui.id("no-call"), Icon::phone, "No call yet",
        "The call you place is shown here while it happens: its state, both sides' words and "
        "its end.");
  }
  end_card(ui, area, inner, card);
}

void draw_wide(Ui& ui, const Box& page, const Model& model) {
  draw_rail(ui, {page.x, page.y, rail_w, page.h}, model);
  Box rest{page.x + rail_w, page.y, page.w - rail_w, page.h};
  const float banners = draw_banners(ui, rest, model);
  rest.y += banners;
  rest.h -= banners;
  const bool beside = !model.live.cards.empty() || model.route.screen == Screen::call;
  const float live_w = beside ? std::clamp(page.w * 0.33F, 344.0F, 440.0F) : 0;
  draw_screen(ui, {rest.x, rest.y, rest.w - live_w, rest.h}, model);
  if (!beside) return;
  const Box side{rest.x + rest.w - live_w + space::m, rest.y, live_w - space::m - space::xl,
                 rest.h};
  if (model.live.cards.empty()) {
    draw_before_call(ui, side, model);
  } else {
    draw_live(ui, {side.x, side.y + space::xl, side.w, side.h - 2 * space::xl}, model);
  }
}

void draw_narrow(Ui& ui, const Box& page, const Model& model) {
  Box rest = page;
  const float banners = draw_banners(ui, rest, model);
  rest.y += banners;
  rest.h -= banners;
  if (model.route.screen == Screen::live && !model.live.cards.empty()) {
    const Box head{rest.x, rest.y, rest.w, 52};
    const float h = ui.control;
    if (button(ui, Box{head.x + space::s, head.y + (head.h - h) / 2, h, h}, ui.id("sheet-back"),
               {.label = "Back", .icon = Icon::back, .look = Look::quiet, .icon_only = true})) {
      ui.act(Navigated{Route{}});
    }
    draw_live(ui,
              {rest.x + space::m, head.y + head.h, rest.w - 2 * space::m,
               rest.h - head.h - space::m - model.page.inset_bottom},
              model);
    return;
  }
  const float bottom = bar_h + model.page.inset_bottom;
  const bool strip = !model.live.cards.empty();
  const float below = bottom + (strip ? strip_h : 0);
  draw_screen(ui, {rest.x, rest.y, rest.w, rest.h - below}, model);
  if (strip) {
    draw_live_bar(ui, {rest.x, page.y + page.h - below, rest.w, strip_h}, model);
  }
  draw_bottom_bar(ui, {rest.x, page.y + page.h - bottom, rest.w, bottom}, model);
}

}  // namespace

void screen_title(Ui& ui, Area& area, std::string_view title, std::string_view sentence) {
  heading(ui, area, ui.id("title"), {type::display, Face::semibold, Token::text}, title, 1);
  if (!sentence.empty()) {
    area.skip(space::xs);
    paragraph(ui, area, ui.id("subtitle"), quiet_text, sentence);
  }
  area.skip(space::xl);
}

bool failed_panel(Ui& ui, Area& area, std::uint32_t id, const Error& error) {
  Area inner;
  const Card card = begin_card(ui, area, inner);
  error_note(ui, inner, id, error);
  inner.skip(space::m);
  const bool pressed =
      button(ui, inner, node_id("again", id), {.label = "Try again", .icon = Icon::retry});
  end_card(ui, area, inner, card);
  return pressed;
}

void draw_page(Ui& ui, const Model& model) {
  const Page& p = model.page;
  const Box page{p.inset_left, p.inset_top, p.width - p.inset_left - p.inset_right,
                 p.height - p.inset_top};
  fill(ui, {0, 0, p.width, p.height}, Token::bg, 0);
  if (is_narrow(model)) {
    draw_narrow(ui, page, model);
  } else {
    draw_wide(ui, page, model);
  }
}

}  // namespace voxdial::ui
