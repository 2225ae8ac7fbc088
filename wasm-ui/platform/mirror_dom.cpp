#include "wasm-ui/platform/mirror_dom.h"

#include <emscripten.h>

#include <algorithm>
#include <string>
#include <vector>

#include "wasm-ui/platform/bridge.h"

namespace voxdial::platform {
namespace {

// What of a node is new to the DOM; mirror_dom.js has the same list.
enum Changed : std::uint32_t {
  changed_words = 1,    // name, description
  changed_state = 2,    // flags, numbers, kind of input
  changed_value = 4,    // value
  changed_options = 8,  // options, placeholder
  changed_place = 16,   // box, clip
  changed_size = 32,    // of its letters
  changed_all = 63,
};

enum Flag : std::uint32_t {
  flag_disabled = 1,
  flag_checked = 2,
  flag_expanded = 4,
  flag_expandable = 8,
  flag_invalid = 16,
  flag_busy = 32,
  flag_hold = 64,
  flag_follow = 128,
};

// One node on its way to JavaScript, which reads it as 32-bit words. Keep in step with
// mirror_dom.js.
struct Record {
  std::uint32_t id, parent, role, changed, flags, level, input;
  const char* name;
  const char* description;
  const char* value;
  const char* placeholder;
  const char* options;  // value US label US mark US hint RS, for each option
  float number, min, max, step;
  float x, y, w, h;                                // from the parent's corner
  float cut_top, cut_right, cut_bottom, cut_left;  // what the clip hides of the box
  float font_size;
};
static_assert(sizeof(void*) != 4 || sizeof(Record) == 25 * 4);

extern "C" {
void js_mirror_remove(std::uint32_t id);
void js_mirror_begin();
void js_mirror_node(const Record* record);
void js_mirror_end();
void js_mirror_lines(std::uint32_t id, std::uint32_t from, const char* lines);
int js_mirror_focus(std::uint32_t id);
void js_mirror_token(const char* name, std::uint32_t rgb);
}

constexpr char unit_separator = '\x1f';
constexpr char record_separator = '\x1e';
constexpr int frames_to_wait_for_focus = 30;

struct Mirror {
  std::vector<ui::MirrorNode> shown;
  std::vector<std::uint32_t>
      edited;  // changed by the user since the last show: the model's word counts
  std::uint32_t wanted_focus = 0;  // a key
  int wait = 0;
};

Mirror& mirror() {
  static Mirror instance;
  return instance;
}

std::uint32_t flags_of(const ui::MirrorNode& n) {
  return (n.disabled ? flag_disabled : 0U) | (n.checked ? flag_checked : 0U) |
         (n.expanded ? flag_expanded : 0U) | (n.expandable ? flag_expandable : 0U) |
         (n.invalid ? flag_invalid : 0U) | (n.busy ? flag_busy : 0U) | (n.hold ? flag_hold : 0U) |
         (n.follow ? flag_follow : 0U);
}

/// The same element can go on to show `b`: what an element is made for is fixed.
bool same_element(const ui::MirrorNode& a, const ui::MirrorNode& b) {
  return a.role == b.role && a.parent == b.parent && a.level == b.level;
}

std::uint32_t difference(const ui::MirrorNode& a, const ui::MirrorNode& b) {
  std::uint32_t out = 0;
  if (a.name != b.name || a.description != b.description) out |= changed_words;
  if (flags_of(a) != flags_of(b) || a.input != b.input || a.number != b.number || a.min != b.min ||
      a.max != b.max || a.step != b.step) {
    out |= changed_state;
  }
  if (a.value != b.value) out |= changed_value;
  if (a.options != b.options || a.placeholder != b.placeholder)
    out |= changed_options | changed_value;
  if (a.box != b.box || a.clip != b.clip) out |= changed_place;
  if (a.font_size != b.font_size) out |= changed_size;
  return out;
}

std::string joined(const std::vector<ui::Option>& options) {
  std::string out;
  for (const ui::Option& option : options) {
    out += option.value;
    out += unit_separator;
    for (const std::string* part : {&option.label, &option.mark, &option.hint}) {
      if (part != &option.label) out += unit_separator;
      out += *part;
    }
    out += record_separator;
  }
  return out;
}

Record record_of(const ui::MirrorNode& n, const ui::Box& parent, std::uint32_t changed,
                 const std::string& options) {
  const bool clipped = n.clip != ui::Box{};
  const auto cut = [clipped](float by) { return clipped ? std::max(by, 0.0F) : 0.0F; };
  return {n.id,
          n.parent,
          static_cast<std::uint32_t>(n.role),
          changed,
          flags_of(n),
          n.level,
          static_cast<std::uint32_t>(n.input),
          n.name.c_str(),
          n.description.c_str(),
          n.value.c_str(),
          n.placeholder.c_str(),
          options.c_str(),
          n.number,
          n.min,
          n.max,
          n.step,
          n.box.x - parent.x,
          n.box.y - parent.y,
          n.box.w,
          n.box.h,
          cut(n.clip.y - n.box.y),
          cut(n.box.x + n.box.w - n.clip.x - n.clip.w),
          cut(n.box.y + n.box.h - n.clip.y - n.clip.h),
          cut(n.clip.x - n.box.x),
          n.font_size};
}

void give_focus() {
  Mirror& m = mirror();
  if (m.wanted_focus == 0) return;
  const auto node = std::find_if(m.shown.begin(), m.shown.end(),
                                 [&](const ui::MirrorNode& n) { return n.key == m.wanted_focus; });
  const bool given = node != m.shown.end() && js_mirror_focus(node->id) != 0;
  if (given || --m.wait <= 0) m.wanted_focus = 0;
}

/// The lines of a log that are new: all from the first that differs.
void write_lines(const ui::MirrorNode& log, const ui::MirrorNode* before) {
  std::size_t same = 0;
  if (before != nullptr) {
    const std::size_t both = std::min(log.lines.size(), before->lines.size());
    while (same < both && log.lines[same] == before->lines[same]) ++same;
    if (same == log.lines.size() && same == before->lines.size()) return;
  }
  std::string lines;
  for (std::size_t i = same; i < log.lines.size(); ++i) {
    const ui::LogEntry& line = log.lines[i];
    lines += static_cast<char>('0' + static_cast<int>(line.kind));
    lines += line.first ? '1' : '0';
    lines += line.open ? '1' : '0';
    lines += line.who;
    lines += unit_separator;
    lines += line.text;
    lines += unit_separator;
    if (line.at_ms >= 0) lines += std::to_string(line.at_ms);
    lines += unit_separator;
    lines += line.aside;
    lines += record_separator;
  }
  js_mirror_lines(log.id, static_cast<std::uint32_t>(same), lines.c_str());
}

/// The node with that id, or null. Nodes keep their places from frame to frame, more or less: the
/// search starts at `hint`, where the last one was found.
const ui::MirrorNode* find(std::span<const ui::MirrorNode> nodes, std::uint32_t id,
                           std::size_t& hint) {
  if (id == 0) return nullptr;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t at = (hint + i) % nodes.size();
    if (nodes[at].id != id) continue;
    hint = at;
    return &nodes[at];
  }
  return nullptr;
}

ui::Box box_of(const ui::MirrorNode* node) { return node == nullptr ? ui::Box{} : node->box; }

void write(std::span<const ui::MirrorNode> nodes) {
  Mirror& m = mirror();
  std::size_t now_at = 0;
  for (const ui::MirrorNode& old : m.shown) {
    const ui::MirrorNode* now = find(nodes, old.id, now_at);
    if (now == nullptr || !same_element(old, *now)) js_mirror_remove(old.id);
  }
  js_mirror_begin();
  std::size_t old_at = 0;
  std::size_t parent_at = 0;
  std::size_t old_parent_at = 0;
  for (const ui::MirrorNode& n : nodes) {
    const ui::Box from = box_of(find(nodes, n.parent, parent_at));
    const ui::MirrorNode* old = find(m.shown, n.id, old_at);
    std::uint32_t changed = changed_all;
    if (old != nullptr && same_element(*old, n)) {
      changed = difference(*old, n);
      const ui::Box was = box_of(find(m.shown, n.parent, old_parent_at));
      if (was.x != from.x || was.y != from.y) changed |= changed_place;
      if (std::find(m.edited.begin(), m.edited.end(), n.id) != m.edited.end()) {
        changed |= changed_value | changed_state;
      }
    }
    const std::string options =
        (changed & changed_options) != 0 ? joined(n.options) : std::string();
    const Record record = record_of(n, from, changed, options);
    js_mirror_node(&record);
    if (n.role == ui::Role::log) {
      write_lines(n, old != nullptr && same_element(*old, n) ? old : nullptr);
    }
  }
  js_mirror_end();
  m.shown.assign(nodes.begin(), nodes.end());
  m.edited.clear();
}

}  // namespace

void show(std::span<const ui::MirrorNode> nodes) {
  Mirror& m = mirror();
  if (!m.edited.empty() ||
      !std::equal(nodes.begin(), nodes.end(), m.shown.begin(), m.shown.end())) {
    write(nodes);
  }
  give_focus();
}

void focus(std::uint32_t key) {
  mirror().wanted_focus = key;
  mirror().wait = frames_to_wait_for_focus;
}

void set_token(const char* name, std::uint32_t rgb) { js_mirror_token(name, rgb); }

extern "C" {

/// `kind` counts as MirrorEvent::Kind does.
EMSCRIPTEN_KEEPALIVE void on_mirror_event(int kind, std::uint32_t id, Text value) {
  const auto what = static_cast<ui::MirrorEvent::Kind>(kind);
  if (what == ui::MirrorEvent::Kind::change) mirror().edited.push_back(id);
  post(ui::MirrorEvent{what, id, taken(value)});
}

}  // extern "C"

}  // namespace voxdial::platform
