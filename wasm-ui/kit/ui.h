// One pass over the screen: Dear ImGui's frame, and what ImGui does not keep: the mirror's nodes,
// the actions and what moves. The keyboard's focus is the browser's.
//
// Screens are plain ImGui: child windows, tables, groups, and the widgets of widgets.h. ImGui tells
// of every item in view through the hooks it has for test engines (IMGUI_ENABLE_TEST_ENGINE); each
// becomes a node with its place, its label and its state, so that a stock widget is reachable by
// keyboard, screen reader and test. The kit's widgets say more about the item just made, and what
// it is where it is scrolled out of view:
//
//     if (ImGui::Button("Save")) ui.act(DraftSaved{});
//     ui.item(Role::button, "Save the agent");
//
// A view reads the model and draws; it changes nothing. What a person does becomes actions. A frame
// is one or more passes: actions of a pass are applied, and sizes that ImGui knows only after
// drawing are found out, before anybody sees it.
#pragma once

#include <imgui.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasm-ui/core/mirror.h"
#include "wasm-ui/core/update.h"
#include "wasm-ui/core/words/reader.h"
#include "wasm-ui/kit/theme.h"

namespace voxdial::ui {

/// Tabular: digits of equal width.
enum class Face : std::uint8_t { regular, semibold, tabular, tabular_semibold, mono };
using Faces = std::array<ImFont*, 5>;  ///< by Face

/// What screens need from the browser.
struct Services {
  Faces faces{};
  Formatter format = nullptr;
  /// What Ui::shaped does for words that need it; without, ImGui's code points are drawn.
  std::string_view (*shaped)(std::string_view words, float width, bool wrap) = nullptr;
  bool has_flags = false;  ///< the system's fonts have countries' flags
};

/// The key of a widget's name: the effect FocusField finds it by that.
std::uint32_t node_key(std::string_view name);

inline Box box_of(ImVec2 from, ImVec2 to) { return {from.x, from.y, to.x - from.x, to.y - from.y}; }

/// What ends where it was begun.
struct Scope {
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
};

class Ui : public Reader {
 public:
  Ui(Services given, double now_ms) : Reader(given.format), services(given), time_ms(now_ms) {}

  // ---- the frame around the passes (main.cpp, tests)

  /// Begins ImGui's frame. `events` count in the first pass of a frame only.
  void begin_pass(const Model& model, std::vector<MirrorEvent> events, double now_ms);
  /// Ends and renders it.
  void end_pass();
  /// Whether the layout still moved in this pass, leaving actions aside.
  bool again() const { return again_; }

  std::vector<MirrorNode> mirror;  ///< of the last pass
  std::vector<Action> actions;     ///< of the last pass; the owner takes them
  double next_frame_ms = -1;       ///< until something moves by itself; -1: nothing does

  // ---- for screens

  Services services;
  Tokens colours{};
  bool high_contrast = false;
  double time_ms = 0;
  float control = 36;  ///< height of a control: 44 for fingers
  bool touch() const { return touch_; }

  template <class A>
  void act(A action) {
    actions.push_back(std::move(action));
  }

  ImU32 ink(Token token, float opacity = 1) const;
  ImFont* font(Face face) const { return services.faces[static_cast<std::size_t>(face)]; }

  /// Words as ImGui has to be given them in the current font, whatever their script: all that is
  /// drawn goes through here. Right to left, joined letters and emoji become glyphs of several
  /// letters, which the mirror never sees. With a width the words are shortened to it, or broken
  /// into lines where ImGui cannot do it.
  std::string_view shaped(std::string_view words, float width = 0, bool wrap = false) const;

  /// More about the item that ImGui made last.
  MirrorNode& item(Role role, std::string_view name);
  /// A node for what is no item of ImGui's: words, a meter, a native field.
  MirrorNode& node(ImGuiID id, Role role, std::string_view name, const Box& box);
  /// An id for words that have none; equal words in one place get different ones.
  ImGuiID words_id(std::string_view words) const;

  /// The value of the newest event of that kind about a node in this pass, or null.
  const std::string* told(ImGuiID id, MirrorEvent::Kind kind) const;

  /// Follows `target` in 150 ms, eased; at once with reduced motion.
  float follow(ImGuiID id, float target) { return moved(id, target, target); }
  /// The same from 0 to 1, since the thing came to the screen.
  float appeared(ImGuiID id) { return moved(id, 0, 1); }
  /// Milliseconds for which the condition has been true without a break; asks for a frame when
  /// `wake_at` is reached.
  double held_for(ImGuiID id, bool condition, double wake_at);
  bool reduced_motion() const { return reduced_motion_; }
  void want_frame_in(double ms);

  /// The window that scrolls when the keyboard's focus is nowhere in particular.
  void scrolls_page();

  /// ImGui's hook: it has made an item, which is in view and is called so.
  void item_made(ImGuiID id, const char* label, int status);

 private:
  friend struct Group;
  struct Motion {
    ImGuiID id = 0;
    float from = 0, to = 0;
    double since = 0;
    std::uint32_t seen = 0;  ///< the pass
  };
  Motion& motion(ImGuiID id, float start);
  float moved(ImGuiID id, float start, float target);
  void scroll(const MirrorEvent& event);

  bool touch_ = false, reduced_motion_ = false, again_ = false;
  std::uint32_t pass_ = 0;
  std::vector<MirrorEvent> events_, later_;
  std::vector<ImGuiID> windows_;  ///< that each node of the mirror lies in
  std::vector<std::size_t> groups_;
  std::vector<Motion> motions_;
  ImGuiStorage taken_;  ///< ids of this pass
  ImGuiID page_window_ = 0, reveal_ = 0;
  ImGuiID layout_ = 0;  ///< a hash of all places
};

/// A scope in which nodes are children of one.
struct Group : private Scope {
  Group(Ui& given, Role role, std::string_view name);
  ~Group();
  Ui& ui;
};

}  // namespace voxdial::ui
