#include "wasm-ui/kit/ui.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace voxdial::ui {
namespace {

struct ScrollKey {
  std::string_view name;
  float pages, px;  ///< of what is seen, and pixels
};
constexpr ScrollKey scroll_keys[] = {{"PageDown", 0.9F, 0}, {"PageUp", -0.9F, 0},
                                     {"ArrowDown", 0, 60},  {"ArrowUp", 0, -60},
                                     {"Home", 0, -1e9F},    {"End", 0, 1e9F}};

float eased(double since, double now) {
  const double t = std::clamp((now - since) / motion_ms, 0.0, 1.0);
  const double rest = 1 - t;
  return static_cast<float>(1 - rest * rest * rest);
}

}  // namespace

std::uint32_t node_key(std::string_view name) { return ImHashStr(name.data(), name.size()); }

void Ui::begin_pass(const Model& model, std::vector<MirrorEvent> events, double now_ms) {
  time_ms = now_ms;
  read(model.words);
  high_contrast = model.page.more_contrast;
  colours = tokens(is_dark(model), high_contrast);
  touch_ = model.page.touch;
  reduced_motion_ = model.page.reduced_motion;
  control = touch_ ? 44 : 36;
  again_ = false;
  next_frame_ms = -1;
  ++pass_;
  actions.clear();

  ImGuiContext& context = *ImGui::GetCurrentContext();
  context.TestEngineHookItems = true;
  context.IO.UserData = this;
  // Edges are softened over one device pixel, whatever the density.
  context.DrawListSharedData.InitialFringeScale = 1 / std::max(1.0F, model.page.pixel_ratio);
  apply_style(colours, high_contrast, control);

  events_ = std::exchange(later_, {});
  events_.insert(events_.end(), std::make_move_iterator(events.begin()),
                 std::make_move_iterator(events.end()));
  bool activated = false;
  for (MirrorEvent& event : events_) {
    const bool shows = event.kind == MirrorEvent::Kind::scroll_into_view;
    if (event.kind == MirrorEvent::Kind::activate && activated) {  // ImGui takes one a frame
      later_.push_back(event);
      event.id = 0;
    } else if (event.kind == MirrorEvent::Kind::activate) {
      ImGui::ActivateItemByID(event.id);
      activated = true;
    } else if (shows && event.value.empty()) {
      reveal_ = event.id;
    } else if (shows || event.kind == MirrorEvent::Kind::scroll_key) {
      scroll(event);
    }  // the others are for whoever made the node
  }
  mirror.clear();
  windows_.clear();
  groups_.clear();
  taken_.Data.resize(0);
  page_window_ = 0;
  ImGui::NewFrame();
}

void Ui::end_pass() {
  ImGuiID layout = 0;
  for (const MirrorNode& node : mirror) {
    layout = ImHashData(&node.id, sizeof node.id, layout);
    layout = ImHashData(&node.box, sizeof node.box, layout);
    layout = ImHashData(&node.clip, sizeof node.clip, layout);
  }
  // What was brought into view is there in the next pass.
  again_ = layout != layout_ || !later_.empty() || reveal_ != 0;
  layout_ = layout;
  // A tooltip waits for the mouse to rest, without an event that would draw a frame.
  const ImGuiContext& context = *ImGui::GetCurrentContext();
  if (context.HoverItemDelayId != 0 && context.HoverItemDelayTimer < context.Style.HoverDelayNormal)
    want_frame_in(100);
  // What left the screen is forgotten, so that it fades in again when it comes back.
  std::erase_if(motions_, [this](const Motion& m) { return m.seen != pass_; });
  reveal_ = 0;
  ImGui::Render();
}

ImU32 Ui::ink(Token token, float opacity) const {
  const std::uint32_t rgb = value(colours, token);
  const float a = std::clamp(ImGui::GetStyle().Alpha * opacity, 0.0F, 1.0F);
  return IM_COL32(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF,
                  static_cast<unsigned>(std::lround(a * 255)));
}

std::string_view Ui::shaped(std::string_view words, float width, bool wrap) const {
  // Before U+0300, the first mark, everything stands by itself.
  const bool plain = std::all_of(words.begin(), words.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0xCC; });
  return plain || services.shaped == nullptr ? words : services.shaped(words, width, wrap);
}

// ----------------------------------------------------------------------------------------- nodes

MirrorNode& Ui::node(ImGuiID id, Role role, std::string_view name, const Box& box) {
  ImGuiWindow& window = *ImGui::GetCurrentWindow();
  if (id == reveal_) {
    const ImRect whole(box.x, box.y, box.x + box.w, box.y + box.h);
    ImGui::ScrollToRect(&window, whole, ImGuiScrollFlags_KeepVisibleEdgeY);
  }
  MirrorNode node;
  node.id = id;
  node.parent = groups_.empty() ? 0 : mirror[groups_.back()].id;
  node.role = role;
  node.name = std::string(name);
  node.box = box;
  node.clip = box_of(window.ClipRect.Min, window.ClipRect.Max);
  taken_.SetInt(id, 1);
  mirror.push_back(std::move(node));
  windows_.push_back(window.ID);
  return mirror.back();
}

MirrorNode& Ui::item(Role role, std::string_view name) {
  const ImGuiLastItemData& last = ImGui::GetCurrentContext()->LastItemData;
  for (std::size_t i = mirror.size(); i-- > 0 && last.ID != 0;) {
    if (mirror[i].id != last.ID) continue;
    mirror[i].role = role;
    mirror[i].name = std::string(name);
    return mirror[i];
  }
  MirrorNode& made = node(last.ID != 0 ? last.ID : words_id(name), role, name,
                          box_of(last.Rect.Min, last.Rect.Max));
  made.disabled = (last.ItemFlags & ImGuiItemFlags_Disabled) != 0;
  // A row of a table reaches out of the column it is made in.
  if ((last.StatusFlags & ImGuiItemStatusFlags_HasClipRect) != 0)
    made.clip = box_of(last.ClipRect.Min, last.ClipRect.Max);
  return made;
}

ImGuiID Ui::words_id(std::string_view words) const {
  const ImGuiID scope = ImGui::GetCurrentWindowRead()->IDStack.back();
  ImGuiID id = ImHashStr(words.data(), words.size(), scope ^ 0x7E877E87U);
  while (id == 0 || taken_.GetInt(id) != 0) id = ImHashData(&id, sizeof id, scope);
  return id;
}

Group::Group(Ui& given, Role role, std::string_view name) : ui(given) {
  ui.node(ui.words_id(name.empty() ? "group" : name), role, name, {});
  ui.groups_.push_back(ui.mirror.size() - 1);
}

Group::~Group() {
  const std::size_t group = ui.groups_.back();
  ui.groups_.pop_back();
  ImRect around(FLT_MAX, FLT_MAX, -FLT_MAX, -FLT_MAX);
  for (std::size_t i = group + 1; i < ui.mirror.size(); ++i) {
    const Box& b = ui.mirror[i].box;
    around.Add(ImRect(b.x, b.y, b.x + b.w, b.y + b.h));
  }
  const bool empty = group + 1 == ui.mirror.size();
  ui.mirror[group].box = empty ? Box{} : box_of(around.Min, around.Max);
}

void Ui::item_made(ImGuiID id, const char* label, int status) {
  if (ImGui::GetCurrentContext()->LastItemData.ID != id || label == nullptr) return;
  MirrorNode& node =
      item((status & ImGuiItemStatusFlags_Checkable) != 0 ? Role::checkbox : Role::button,
           std::string(label, ImGui::FindRenderedTextEnd(label)));
  node.checked = (status & ImGuiItemStatusFlags_Checked) != 0;
  node.expandable = (status & ImGuiItemStatusFlags_Openable) != 0;
  node.expanded = (status & ImGuiItemStatusFlags_Opened) != 0;
}

// ---------------------------------------------------------------------------------------- events

const std::string* Ui::told(ImGuiID id, MirrorEvent::Kind kind) const {
  const auto newest = std::find_if(events_.rbegin(), events_.rend(), [&](const MirrorEvent& event) {
    return event.id == id && event.kind == kind;
  });
  return newest == events_.rend() ? nullptr : &newest->value;
}

// ------------------------------------------------------------------------------------- scrolling

void Ui::scrolls_page() { page_window_ = ImGui::GetCurrentWindow()->ID; }

void Ui::scroll(const MirrorEvent& event) {
  ImGuiWindow* window = nullptr;
  for (std::size_t i = 0; i < mirror.size() && event.id != 0; ++i) {
    if (mirror[i].id == event.id) window = ImGui::FindWindowByID(windows_[i]);
  }
  while (window != nullptr && window->ScrollMax.y <= 0) window = window->ParentWindow;
  if (window == nullptr) window = ImGui::FindWindowByID(page_window_);
  if (window == nullptr) return;
  const auto key = std::find_if(std::begin(scroll_keys), std::end(scroll_keys),
                                [&](const ScrollKey& one) { return one.name == event.value; });
  const float by = key == std::end(scroll_keys)
                       ? std::strtof(event.value.c_str(), nullptr)
                       : key->px + key->pages * window->InnerRect.GetHeight();
  ImGui::SetScrollY(window, std::clamp(window->Scroll.y + by, 0.0F, window->ScrollMax.y));
}

// ---------------------------------------------------------------------------------------- motion

Ui::Motion& Ui::motion(ImGuiID id, float start) {
  for (Motion& known : motions_) {
    if (known.id == id) {
      known.seen = pass_;
      return known;
    }
  }
  motions_.push_back({id, start, start, time_ms, pass_});
  return motions_.back();
}

float Ui::moved(ImGuiID id, float start, float target) {
  Motion& m = motion(id, start);
  if (m.to != target) {
    m.from += (m.to - m.from) * eased(m.since, time_ms);
    m.to = target;
    m.since = time_ms;
  }
  if (reduced_motion_) m.from = m.to;
  const float now = m.from + (m.to - m.from) * eased(m.since, time_ms);
  if (now != m.to) want_frame_in(0);
  return now;
}

double Ui::held_for(ImGuiID id, bool condition, double wake_at) {
  if (!condition) return 0;
  const Motion& m = motion(ImHashStr("held", 0, id), 0);
  const double ms = time_ms - m.since;
  if (ms < wake_at) want_frame_in(wake_at - ms);
  return ms;
}

void Ui::want_frame_in(double ms) {
  if (next_frame_ms < 0 || ms < next_frame_ms) next_frame_ms = ms;
}

}  // namespace voxdial::ui

// ImGui calls these for every item while ImGuiContext::TestEngineHookItems is set; the second one
// only for what is in view, and with what is needed to know it.
void ImGuiTestEngineHook_ItemAdd(ImGuiContext*, ImGuiID, const ImRect&, const ImGuiLastItemData*) {}
void ImGuiTestEngineHook_ItemInfo(ImGuiContext* context, ImGuiID id, const char* label,
                                  ImGuiItemStatusFlags flags) {
  static_cast<voxdial::ui::Ui*>(context->IO.UserData)->item_made(id, label, flags);
}
void ImGuiTestEngineHook_Log(ImGuiContext*, const char*, ...) {}
const char* ImGuiTestEngine_FindItemDebugLabel(ImGuiContext*, ImGuiID) { return nullptr; }
