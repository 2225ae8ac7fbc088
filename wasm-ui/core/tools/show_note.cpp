// showNote: the agent puts something worth reading on the screen: a confirmation number, an
// address.
#include "wasm-ui/core/tools/codec.h"
#include "wasm-ui/core/tools/registry.h"

namespace voxdial::ui {
namespace {

constexpr ClientToolSpec::Parameter parameters[] = {
    {"title", R"({"type":"string","description":"A short heading, up to five words."})", false},
    {"text", R"({"type":"string","description":"What to show, up to 500 characters."})"}};

Result<std::string> run(Panels& panels, std::string_view json) {
  Result<Note> note = decode_note(json);
  if (!note) return fail(note.error());
  panels.note = std::move(*note);
  return std::string("The note is on the screen.");
}

}  // namespace

ClientToolSpec show_note_tool() {
  return {"showNote",
          "Shows a short text on the caller's screen, for what is easier read than heard: a "
          "confirmation number, an address, a spelling.",
          parameters, run};
}

}  // namespace voxdial::ui
