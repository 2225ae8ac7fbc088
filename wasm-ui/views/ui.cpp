#include "wasm-ui/views/ui.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "wasm-ui/views/widgets.h"

namespace voxdial::ui {
namespace {

bool inside(const Box& box, ImVec2 p) {
  return p.x >= box.x && p.y >= box.y && p.x < box.x + box.w && p.y < box.y + box.h;
}

Box intersection(const Box& a, const Box& b) {
  const float x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  const float right = std::min(a.x + a.w, b.x + b.w), bottom = std::min(a.y + a.h, b.y + b.h);
  return {x, y, std::max(0.0F, right - x), std::max(0.0F, bottom - y)};
}

float eased(double since, double now) {
  const double t = std::clamp((now - since) / motion_ms, 0.0, 1.0);
  const double rest = 1 - t;
  return static_cast<float>(1 - rest * rest * rest);
}

}  // namespace

std::uint32_t node_id(std::string_view name, std::uint32_t scope) {
  std::uint32_t hash = scope ^ 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash == 0 ? 1 : hash;
}

void Ui::begin_pass(const Model& model, std::vector<MirrorEvent> events, double now_ms) {
  time_ms = now_ms;
  colours = tokens(is_dark(model));
  touch_ = model.page.touch;
  reduced_motion_ = model.page.reduced_motion;
  control = touch_ ? 44 : 36;
  alpha = 1;
  covered = false;
  again_ = false;
  wheel_used_ = false;
  next_frame_ms = -1;
  ++pass_;
  held_before_ = std::exchange(held_, 0);
  depth_ = 0;
  tooltip_.clear();
  actions.clear();
  events_ = std::move(events);
  for (const MirrorEvent& event : events_) {
    if (event.kind == MirrorEvent::Kind::focus) {
      focused_ = event.id;
      focus_visible_ = event.value == "visible";
    } else if (event.kind == MirrorEvent::Kind::blur && event.id == focused_) {
      focused_ = 0;
    } else if (event.kind == MirrorEvent::Kind::scroll_into_view) {
      bring_into_view(event);
    }
  }
  mirror.clear();
  node_scrolls_.clear();
  scopes_.assign(1, 0);
  clips_.assign(1, Box{0, 0, model.page.width, model.page.height});
  groups_.clear();
  open_scrolls_.clear();

  // The one window of the program: the whole page, with nothing of ImGui's own look.
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({model.page.width, model.page.height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("voxdial", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImGui::PopStyleVar(2);
  list_ = ImGui::GetWindowDrawList();
  // Edges are softened over one device pixel, whatever the density; curves are as fine as that.
  list_->_FringeScale = 1 / std::max(1.0F, model.page.pixel_ratio);
  ImGui::GetStyle().CurveTessellationTol = 0.5F;
  ImGui::GetStyle().CircleTessellationMaxError = 0.15F;
}

void Ui::end_pass() {
  if (!tooltip_.empty()) draw_tooltip(*this, tooltip_, tooltip_at_, clips_.front());
  // What left the screen is forgotten, so that it fades in again when it comes back.
  std::erase_if(motions_, [this](const Motion& m) { return m.seen != pass_; });
  list_ = nullptr;
  ImGui::End();
}

ImU32 Ui::ink(Token token, float opacity) const {
  const std::uint32_t rgb_value = rgb(token);
  const float a = std::clamp(alpha * opacity, 0.0F, 1.0F);
  return IM_COL32(rgb_value >> 16 & 0xFF, rgb_value >> 8 & 0xFF, rgb_value & 0xFF,
                  static_cast<unsigned>(std::lround(a * 255)));
}

MirrorNode& Ui::node(std::uint32_t node_id_value, Role role, std::string_view name,
                     const Box& box) {
  MirrorNode node;
  node.id = node_id_value;
  node.parent = groups_.empty() ? 0 : mirror[groups_.back()].id;
  node.role = role;
  node.name = std::string(name);
  node.box = box;
  node.clip = clips_.back();
  node.covered = covered;
  node.ink = colours.text;
  node.quiet_ink = colours.text_quiet;
  mirror.push_back(std::move(node));
  node_scrolls_.push_back(open_scrolls_.empty() ? 0 : scrolls_[open_scrolls_.back()].id);
  return mirror.back();
}

std::uint32_t Ui::id(std::string_view name) const { return node_id(name, scopes_.back()); }

void Ui::begin_group(std::uint32_t group_id, Role role, std::string_view name) {
  node(group_id, role, name, {});
  groups_.push_back(mirror.size() - 1);
}

void Ui::end_group(const Box& box) {
  mirror[groups_.back()].box = box;
  groups_.pop_back();
}

Ui::Press Ui::press(std::uint32_t press_id, const Box& box, bool disabled) {
  Press result;
  result.focused = focus_visible(press_id);
  if (!disabled && !covered && box.w > 0 && box.h > 0) {
    ImGui::SetCursorScreenPos({box.x, box.y});
    ImGui::PushID(static_cast<int>(press_id));
    result.pressed = ImGui::InvisibleButton("p", {box.w, box.h});
    result.hovered = ImGui::IsItemHovered();
    result.held = ImGui::IsItemActive();
    ImGui::PopID();
    if (result.held) held_ = press_id;
    result.released = held_before_ == press_id && !result.held;
    if (result.hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (happened(press_id, MirrorEvent::Kind::activate)) result.pressed = true;
  }
  return result;
}

const std::string* Ui::changed(std::uint32_t node_id_value) const {
  const std::string* newest = nullptr;
  for (const MirrorEvent& event : events_) {
    if (event.id == node_id_value && event.kind == MirrorEvent::Kind::change) newest = &event.value;
  }
  return newest;
}

bool Ui::happened(std::uint32_t node_id_value, MirrorEvent::Kind kind) const {
  return std::any_of(events_.begin(), events_.end(), [&](const MirrorEvent& event) {
    return event.id == node_id_value && event.kind == kind;
  });
}

Ui::Motion& Ui::motion(std::uint32_t motion_id, float start) {
  for (Motion& known : motions_) {
    if (known.id == motion_id) {
      known.seen = pass_;
      return known;
    }
  }
  motions_.push_back({motion_id, start, start, time_ms, pass_});
  return motions_.back();
}

float Ui::appeared(std::uint32_t motion_id) {
  Motion& m = motion(node_id("appear", motion_id), 0);
  const float done = reduced_motion_ ? 1 : eased(m.since, time_ms);
  if (done < 1) want_frame_in(0);
  return done;
}

float Ui::follow(std::uint32_t motion_id, float target) {
  Motion& m = motion(node_id("follow", motion_id), target);
  const float now = m.from + (m.to - m.from) * eased(m.since, time_ms);
  if (m.to != target) {
    m.from = now;
    m.to = target;
    m.since = time_ms;
  }
  if (reduced_motion_) m.from = m.to;
  const float value_now = m.from + (m.to - m.from) * eased(m.since, time_ms);
  if (value_now != m.to) want_frame_in(0);
  return value_now;
}

double Ui::held_for(std::uint32_t motion_id, bool condition, double wake_at) {
  if (!condition) return 0;
  const Motion& m = motion(node_id("held", motion_id), 0);
  const double ms = time_ms - m.since;
  if (ms < wake_at) want_frame_in(wake_at - ms);
  return ms;
}

void Ui::want_frame_in(double ms) {
  if (next_frame_ms < 0 || ms < next_frame_ms) next_frame_ms = ms;
}

float Ui::remembered(std::uint32_t size_id, float otherwise) const {
  for (const Size& size : sizes_) {
    if (size.id == size_id) return size.value;
  }
  return otherwise;
}

void Ui::remember(std::uint32_t size_id, float value_now) {
  for (Size& size : sizes_) {
    if (size.id != size_id) continue;
    if (size.value != value_now) again_ = true;
    size.value = value_now;
    return;
  }
  sizes_.push_back({size_id, value_now});
  again_ = true;
}

// ------------------------------------------------------------------------------------- scrolling

Ui::Scroll* Ui::find_scroll(std::uint32_t scroll_id) {
  for (Scroll& scroll : scrolls_) {
    if (scroll.id == scroll_id) return &scroll;
  }
  return nullptr;
}

Area Ui::begin_scroll(std::uint32_t scroll_id, const Box& view, bool follow_end) {
  Scroll* scroll = find_scroll(scroll_id);
  if (scroll == nullptr) {
    scrolls_.push_back({});
    scroll = &scrolls_.back();
    scroll->id = scroll_id;
  }
  // A list that was away starts at its top again (or its end, when it follows it).
  if (scroll->seen + 1 != pass_ && scroll->seen != pass_) {
    scroll->offset = 0;
    scroll->at_end = true;
  }
  scroll->seen = pass_;
  scroll->view = view;
  scroll->follow_end = follow_end;
  open_scrolls_.push_back(static_cast<std::size_t>(scroll - scrolls_.data()));
  ImGui::PushClipRect({view.x, view.y}, {view.x + view.w, view.y + view.h}, true);
  clips_.push_back(intersection(clips_.back(), view));
  return {view.x, view.y - std::round(scroll->offset), view.w};
}

void Ui::end_scroll(float content_height) {
  Scroll& scroll = scrolls_[open_scrolls_.back()];
  const float max_offset = std::max(0.0F, content_height - scroll.view.h);
  const float before = scroll.offset;
  const ImGuiIO& io = ImGui::GetIO();
  if (!wheel_used_ && !covered && io.MouseWheel != 0 &&
      inside(intersection(scroll.view, clips_.back()), io.MousePos)) {
    // The platform gives the wheel in ImGui's unit: five lines of the base font.
    const float px = -io.MouseWheel * std::trunc(5 * ImGui::GetStyle().FontSizeBase);
    const bool can_move = px < 0 ? scroll.offset > 0 : scroll.offset < max_offset;
    if (can_move) {
      wheel_used_ = true;
      scroll.offset += px;
      scroll.at_end = scroll.offset >= max_offset - 2;
    }
  }
  scrollbar(scroll, max_offset);
  if (scroll.follow_end && scroll.at_end) scroll.offset = max_offset;
  scroll.offset = std::clamp(scroll.offset, 0.0F, max_offset);
  scroll.content = content_height;
  if (std::round(scroll.offset) != std::round(before)) again_ = true;
  clips_.pop_back();
  open_scrolls_.pop_back();
  ImGui::PopClipRect();
}

void Ui::scrollbar(Scroll& scroll, float max_offset) {
  if (max_offset <= 0 || touch_) return;
  const Box& view = scroll.view;
  const float thumb_h = std::max(32.0F, view.h * view.h / (view.h + max_offset));
  const float track = view.h - thumb_h;
  const float thumb_y = view.y + track * (scroll.offset / max_offset);
  const Box handle{view.x + view.w - 10, thumb_y, 10, thumb_h};
  ImGui::SetCursorScreenPos({handle.x, handle.y});
  ImGui::PushID(static_cast<int>(scroll.id));
  ImGui::InvisibleButton("s", {handle.w, handle.h});
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  ImGui::PopID();
  if (held && !scroll.drag) scroll.drag_from = scroll.offset;
  scroll.drag = held;
  if (held && track > 0) {
    const float moved = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 0).y;
    scroll.offset = std::clamp(scroll.drag_from + moved * max_offset / track, 0.0F, max_offset);
    scroll.at_end = scroll.offset >= max_offset - 2;
  }
  const float w = hovered || held ? 6.0F : 4.0F;
  list().AddRectFilled({view.x + view.w - w - 2, thumb_y + 2},
                       {view.x + view.w - 2, thumb_y + thumb_h - 2},
                       ink(Token::line, hovered || held ? 0.9F : 0.45F), w / 2);
}

void Ui::scroll_to_end(std::uint32_t scroll_id) {
  if (Scroll* scroll = find_scroll(scroll_id)) {
    scroll->at_end = true;
    again_ = true;
  }
}

bool Ui::scrolled_to_end(std::uint32_t scroll_id) const {
  return std::none_of(scrolls_.begin(), scrolls_.end(), [scroll_id](const Scroll& scroll) {
    return scroll.id == scroll_id && !scroll.at_end;
  });
}

void Ui::bring_into_view(const MirrorEvent& event) {
  for (std::size_t i = 0; i < mirror.size(); ++i) {
    if (mirror[i].id != event.id || node_scrolls_[i] == 0) continue;
    Scroll* scroll = find_scroll(node_scrolls_[i]);
    if (scroll == nullptr) return;
    constexpr float margin = space::l;
    const Box& box = mirror[i].box;
    const float above = scroll->view.y + margin - box.y;
    const float below = box.y + box.h + margin - (scroll->view.y + scroll->view.h);
    if (!event.value.empty()) {
      scroll->offset += std::strtof(event.value.c_str(), nullptr);
    } else if (above > 0) {
      scroll->offset -= above;
    } else if (below > 0) {
      scroll->offset += below;
    }
    scroll->at_end = false;
    return;
  }
}

void Ui::tooltip(std::string_view text, const Box& at) {
  tooltip_ = std::string(text);
  tooltip_at_ = at;
}

}  // namespace voxdial::ui
