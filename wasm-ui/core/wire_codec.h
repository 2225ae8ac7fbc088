// The one door to the browser: effects go out and events come in as JSON. web/host.js is the other
// side.
//
// An effect that the browser carries out is its struct in effect.h, its list here and a function of
// the same name in web/host.js; an event is its action's struct and its row here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm-ui/core/update.h"

namespace voxdial::ui {

/// {"effect":"copyText","text":"..."}
std::string encode(const Effect& effect);

/// {"event":"copied","ok":true}; nothing for what is no event, or one that says nothing to us.
std::optional<Action> decode_event(std::string_view json);

}  // namespace voxdial::ui
