// The parts of a live card.
#pragma once

#include "wasm-ui/views/screens.h"

namespace voxdial::ui {

/// Whether this browser itself is, or was last, in the call.
inline bool own(const Model& model, const Call& call) { return model.web.call_id == call.id; }

/// Words for the agent and what to do with them.
void draw_say(Ui& ui, Area& area, const LiveCall& live);
/// Mute, speaker, talk, end.
void draw_controls(Ui& ui, Area& area, const Model& model, const LiveCall& live);
/// When it is over: again, details, away.
void draw_after(Ui& ui, Area& area, const Call& call);

}  // namespace voxdial::ui
