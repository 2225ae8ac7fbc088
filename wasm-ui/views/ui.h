// One pass over the screen: what views draw into, and what the eye remembers between passes.
//
// A view reads the model and draws; it changes nothing. What a person does becomes actions, what is
// on the screen becomes mirror nodes. Kept between passes is only what belongs to the eye and not
// to the program: scroll offsets, fades, which node has the keyboard.
//
// A frame is one or more passes. Actions of a pass are applied and the screen is drawn again before
// anybody sees it, so that what is shown always agrees with the model.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasm-ui/core/mirror.h"
#include "wasm-ui/core/update.h"
#include "wasm-ui/views/theme.h"

namespace voxdial::ui {

struct Fonts {
  ImFont* regular = nullptr;
  ImFont* semibold = nullptr;
  ImFont* tabular = nullptr;  ///< digits of equal width
  ImFont* tabular_semibold = nullptr;
  ImFont* mono = nullptr;
};

enum class TimeStyle : std::uint8_t { clock, clock_seconds, date_time };

/// What views need from the browser: faces, and times and languages as the user calls them.
struct Services {
  Fonts fonts;
  std::string (*local_time)(Millis at, TimeStyle style) = nullptr;
  std::string (*language_name)(const std::string& code) = nullptr;  ///< "de": "German"
};

/// The id of a node with this name at the top of the page (FocusField uses it).
std::uint32_t node_id(std::string_view name, std::uint32_t scope = 0);

/// Where the next thing goes: a column that is filled from the top.
struct Area {
  float x = 0, y = 0, w = 0;
  Box take(float height) {
    const Box box{x, y, w, height};
    y += height;
    return box;
  }
  void skip(float height) { y += height; }
};

class Ui {
 public:
  Ui(Services given, double now_ms) : services(given), time_ms(now_ms) {}

  // ---- the frame around the passes (main.cpp, tests)

  /// After ImGui::NewFrame. `events` count in the first pass of a frame only.
  void begin_pass(const Model& model, std::vector<MirrorEvent> events, double now_ms);
  /// After the views, before ImGui::Render.
  void end_pass();
  /// Whether another pass is needed before the picture is right, leaving actions aside.
  bool again() const { return again_; }

  std::vector<MirrorNode> mirror;  ///< of the last pass
  std::vector<Action> actions;     ///< of the last pass; the owner takes them
  double next_frame_ms = -1;       ///< until something moves by itself; -1: nothing does

  // ---- for views

  Services services;
  Tokens colours{};
  double time_ms = 0;
  float control = 36;  ///< height of a control: 44 for fingers
  float alpha = 1;     ///< of everything drawn
  bool covered =
      false;  ///< what is drawn now lies under something else: not for pointer or keyboard

  template <class A>
  void act(A a) {
    append(actions, std::move(a));
  }

  ImDrawList& list() const { return *list_; }
  ImU32 ink(Token token, float opacity = 1) const;
  std::uint32_t rgb(Token token) const { return value(colours, token); }
  bool touch() const { return touch_; }

  std::uint32_t id(std::string_view name) const;
  void push_scope(std::string_view name) { scopes_.push_back(id(name)); }
  void pop_scope() { scopes_.pop_back(); }

  /// Adds a node with parent and clip filled in. The reference is good until the next call.
  MirrorNode& node(std::uint32_t id, Role role, std::string_view name, const Box& box);
  /// Nodes added until the end are its children; its box grows round them.
  void begin_group(std::uint32_t id, Role role, std::string_view name);
  MirrorNode& open_group() { return mirror[groups_.back()]; }
  void end_group(const Box& box);

  struct Press {
    bool pressed = false, hovered = false, held = false, focused = false;
    bool released = false;  ///< was held until now
  };
  /// Makes a box pressable; draws nothing and writes no node.
  Press press(std::uint32_t id, const Box& box, bool disabled = false);
  bool focus_visible(std::uint32_t id) const { return focused_ == id && focus_visible_; }
  bool focused(std::uint32_t id) const { return focused_ == id; }
  /// Events about a node in this pass.
  const std::string* changed(std::uint32_t id) const;
  bool happened(std::uint32_t id, MirrorEvent::Kind kind) const;

  /// 0..1 since the thing came to the screen, eased; 1 at once with reduced motion.
  float appeared(std::uint32_t id);
  /// Follows `target` in 150 ms, eased.
  float follow(std::uint32_t id, float target);
  /// Milliseconds for which the condition has been true without a break; asks for a frame when
  /// `wake_at` is reached.
  double held_for(std::uint32_t id, bool condition, double wake_at);
  void want_frame_in(double ms);
  /// A size that is known only after drawing, as it was then; a change draws another pass.
  float remembered(std::uint32_t id, float otherwise) const;
  void remember(std::uint32_t id, float size);

  /// A part of the screen that scrolls. Returns where its content goes.
  Area begin_scroll(std::uint32_t id, const Box& view, bool follow_end = false);
  /// `content_height` from the top of the area that begin_scroll gave.
  void end_scroll(float content_height);
  void scroll_to_end(std::uint32_t id);
  bool scrolled_to_end(std::uint32_t id) const;
  Box clip() const { return clips_.back(); }

  void tooltip(std::string_view text, const Box& at);

  ImDrawListSplitter& splitter() { return splitters_[static_cast<std::size_t>(depth_++)]; }
  ImDrawListSplitter& pop_splitter() { return splitters_[static_cast<std::size_t>(--depth_)]; }

 private:
  struct Motion {
    std::uint32_t id = 0;
    float from = 0, to = 0;
    double since = 0;
    std::uint32_t seen = 0;  ///< the pass
  };
  struct Scroll {
    std::uint32_t id = 0;
    float offset = 0, content = 0;
    Box view;
    bool follow_end = false, at_end = true;
    bool drag = false;
    float drag_from = 0;
    std::uint32_t seen = 0;
  };
  Motion& motion(std::uint32_t id, float start);
  struct Size {
    std::uint32_t id = 0;
    float value = 0;
  };
  Scroll* find_scroll(std::uint32_t id);
  void bring_into_view(const MirrorEvent& event);
  void scrollbar(Scroll& scroll, float max_offset);

  ImDrawList* list_ = nullptr;
  bool touch_ = false, reduced_motion_ = false, again_ = false, wheel_used_ = false;
  std::uint32_t pass_ = 0;
  std::uint32_t focused_ = 0;
  bool focus_visible_ = false;
  std::vector<MirrorEvent> events_;
  std::vector<std::uint32_t> scopes_{0};
  std::vector<Box> clips_;
  std::vector<std::size_t> groups_;
  std::vector<std::size_t> open_scrolls_;
  std::vector<std::uint32_t> node_scrolls_;  ///< for each mirror node the scroll it lies in, or 0
  std::vector<Motion> motions_;
  std::vector<Scroll> scrolls_;
  std::vector<Size> sizes_;
  std::uint32_t held_ = 0, held_before_ = 0;
  std::string tooltip_;
  Box tooltip_at_;
  ImDrawListSplitter splitters_[8];
  int depth_ = 0;
};

}  // namespace voxdial::ui
