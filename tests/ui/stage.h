// A screen without a screen: the real views on a real ImGui context with no renderer. Nodes are
// found in the mirror by role and name; presses come from the mirror or from a mouse at real
// positions.
#pragma once

#include <imgui.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ui/story.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {

class Stage {
 public:
  explicit Stage(Story begun = started_story(), float width = 1280, float height = 800);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Story story;
  const Model& model() const { return story.model; }
  const Ui& ui() const { return *ui_; }

  void tell(const Action& a) {
    story.tell(a);
    draw();
  }
  void reply(std::string_view method, std::string_view url, int status, std::string body) {
    story.reply(method, url, status, std::move(body));
    draw();
  }
  void resize(float width, float height, bool touch);

  /// One frame, as main.cpp makes it; `ms` later than the one before.
  void draw(double ms = 200);
  const std::vector<MirrorNode>& mirror() const { return ui_->mirror; }
  double next_frame_ms() const { return ui_->next_frame_ms; }
  int passes() const { return passes_; }  ///< of the last frame

  const MirrorNode* find(Role role, std::string_view name) const;
  const MirrorNode* find_starting(Role role, std::string_view name) const;
  const MirrorNode& get(Role role, std::string_view name) const;  ///< fails the test when absent
  bool says(std::string_view words) const;  ///< some node's name or line holds these words
  /// The lines of the log with that name, as "Agent: Hello".
  std::vector<std::string> lines(std::string_view log) const;

  void activate(Role role, std::string_view name);
  void type(Role role, std::string_view name,
            std::string text);  ///< textbox, textarea, select, slider
  void happen(MirrorEvent event);
  void happen_together(std::vector<MirrorEvent> events);  ///< within one frame
  /// With the mouse: down and up in the middle of the node.
  void click(Role role, std::string_view name);
  void move_mouse(float x, float y);
  void wheel(float x, float y, float px);

 private:
  ImGuiContext* context_;
  std::unique_ptr<Ui> ui_;
  double now_ms_ = 1000;
  int passes_ = 0;
  std::vector<MirrorEvent> events_;
};

std::string describe(const MirrorNode& node);

}  // namespace voxdial::ui
