#include "tests/ui/stage.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace voxdial::ui {
namespace {

constexpr int max_passes = 10;

/// As a browser in English would, near enough.
std::string test_format(Format as, double value, const std::string& of) {
  const auto fixed = [&](double n, int digits) {
    char text[32];
    return std::string(
        text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%.*f", digits, n)));
  };
  const auto two = [](long long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto whole = static_cast<long long>(value);
  const long long minutes = whole / 60'000;
  const std::string clock = two(minutes / 60 % 24) + ':' + two(minutes % 60);
  switch (as) {
    case Format::clock:
    case Format::clock_seconds:
      return clock;
    case Format::time_of_day:
      return of;
    case Format::date_time:
      return "14 Nov 2023, " + clock;
    case Format::day: {
      const long long day = minutes / (24 * 60), now = of.empty() ? 0 : std::stoll(of) / 86'400'000;
      // 14 Nov 2023 is the 19,675th since 1970.
      return day == now ? "Today" : std::to_string(14 + day - 19'675) + " Nov 2023";
    }
    case Format::number:
      return std::to_string(whole);
    case Format::decimal:
      return fixed(value, 2);
    case Format::percent:
      return fixed(value * 100, 1) + '%';
    case Format::milliseconds:
      return fixed(value, 0) + " ms";
    case Format::duration:
      return whole < 60 ? std::to_string(whole) + " sec" : std::to_string(whole / 60) + " min";
    case Format::money:
      return (of == "USD" ? "$" : of + ' ') + fixed(value, value < 1 ? 3 : 2);
    case Format::language:
      return '<' + of + '>';
  }
  return {};
}

/// What a renderer does with the font atlas, without a graphics card.
void accept_textures() {
  for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
    if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(1);
    if (texture->Status == ImTextureStatus_WantDestroy) {
      texture->SetTexID(ImTextureID_Invalid);
      texture->SetStatus(ImTextureStatus_Destroyed);
    } else {
      texture->SetStatus(ImTextureStatus_OK);
    }
  }
}

}  // namespace

Stage::Stage(Story begun, float width, float height) : story(std::move(begun)) {
  context_ = ImGui::CreateContext();
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
  ImGui::GetStyle().FontSizeBase = line_of(type::body);
  // As wide as letters are that stand in such a line.
  ImFontConfig config;
  config.SizePixels = line_of(type::body);
  config.GlyphExtraAdvanceX = -3;
  ImFont* font = io.Fonts->AddFontDefault(&config);
  ui_ = std::make_unique<Ui>(Services{{font, font, font, font, font}, test_format}, now_ms_);
  resize(width, height, false);
}

Stage::~Stage() {
  ImGui::SetCurrentContext(context_);
  ImGui::DestroyContext(context_);
}

void Stage::resize(float width, float height, bool touch) {
  Page page = story.model.page;
  page.width = width;
  page.height = height;
  page.touch = touch;
  page.reduced_motion = true;
  story.tell(PageChanged{page});
  draw();
}

void Stage::draw(double ms) {
  ImGui::SetCurrentContext(context_);
  now_ms_ += ms;
  ImGuiIO& io = ImGui::GetIO();
  for (passes_ = 1;; ++passes_) {
    io.DisplaySize = {story.model.page.width, story.model.page.height};
    io.DeltaTime = 0.016F;
    ui_->begin_pass(story.model, std::move(events_), now_ms_);
    events_.clear();
    draw_page(*ui_, story.model);
    ui_->end_pass();
    accept_textures();
    if ((ui_->actions.empty() && !ui_->again()) || passes_ == max_passes) break;
    std::vector<Action> actions = std::move(ui_->actions);
    ui_->actions.clear();
    for (const Action& one : actions) {
      for (Effect& effect : update(story.model, one)) story.effects.push_back(std::move(effect));
    }
  }
  CHECK(passes_ < max_passes);  // a frame must come to rest
}

const MirrorNode* Stage::find(Role role, std::string_view name) const {
  for (const MirrorNode& node : ui_->mirror) {
    if (node.role == role && node.name == name) return &node;
  }
  return nullptr;
}

const MirrorNode* Stage::find_starting(Role role, std::string_view name) const {
  for (const MirrorNode& node : ui_->mirror) {
    if (node.role == role && node.name.substr(0, name.size()) == name) return &node;
  }
  return nullptr;
}

const MirrorNode& Stage::get(Role role, std::string_view name) const {
  const MirrorNode* node = find(role, name);
  if (node == nullptr) {
    std::string all;
    for (const MirrorNode& one : ui_->mirror) all += describe(one) + '\n';
    FAIL("no node \"" << name << "\" of role " << static_cast<int>(role) << " among\n" << all);
  }
  return *node;
}

bool Stage::says(std::string_view words) const {
  return std::any_of(ui_->mirror.begin(), ui_->mirror.end(), [&](const MirrorNode& node) {
    return node.name.find(words) != std::string::npos ||
           std::any_of(node.lines.begin(), node.lines.end(), [&](const LogEntry& line) {
             return line.text.find(words) != std::string::npos;
           });
  });
}

std::vector<std::string> Stage::lines(std::string_view log) const {
  std::vector<std::string> out;
  for (const LogEntry& line : get(Role::log, log).lines) {
    out.push_back(line.who.empty() ? line.text : line.who + ": " + line.text);
  }
  return out;
}

void Stage::happen(MirrorEvent event) { happen_together({std::move(event)}); }
void Stage::happen_together(std::vector<MirrorEvent> events) {
  events_ = std::move(events);
  draw();
}
void Stage::activate(Role role, std::string_view name) {
  happen({MirrorEvent::Kind::activate, get(role, name).id, {}});
}
void Stage::type(Role role, std::string_view name, std::string text) {
  happen({MirrorEvent::Kind::change, get(role, name).id, std::move(text)});
}

void Stage::move_mouse(float x, float y) {
  ImGui::SetCurrentContext(context_);
  ImGui::GetIO().AddMousePosEvent(x, y);
  draw();
}
void Stage::click(Role role, std::string_view name) {
  const Box box = get(role, name).box;
  move_mouse(box.x + box.w / 2, box.y + box.h / 2);
  ImGui::GetIO().AddMouseButtonEvent(0, true);
  draw();
  ImGui::GetIO().AddMouseButtonEvent(0, false);
  draw();
}
void Stage::wheel(float x, float y, float px) {
  move_mouse(x, y);
  ImGui::GetIO().AddMouseWheelEvent(0, -px / std::trunc(5 * line_of(type::body)));
  draw();
}

std::string describe(const MirrorNode& node) {
  const auto n = [](float v) { return std::to_string(static_cast<int>(v)); };
  return "role " + std::to_string(static_cast<int>(node.role)) + " \"" + node.name + "\" at " +
         n(node.box.x) + ',' + n(node.box.y) + ' ' + n(node.box.w) + 'x' + n(node.box.h);
}

}  // namespace voxdial::ui
