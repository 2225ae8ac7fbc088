// The inbox: everything the browser has to say, in the order in which it happened.
#pragma once

#include <variant>
#include <vector>

#include "wasm-ui/core/mirror.h"
#include "wasm-ui/platform/audio.h"
#include "wasm-ui/platform/browser.h"
#include "wasm-ui/platform/event_stream.h"
#include "wasm-ui/platform/fetch.h"
#include "wasm-ui/platform/keys.h"
#include "wasm-ui/platform/web_call.h"

namespace voxdial::platform {

using Event = std::variant<
    // browser.h
    PageChanged, PageLeaving, RouteChanged, Copied, FilePicked,
    // keys.h, mirror_dom.h
    KeyEvent, KeysReleased, ui::MirrorEvent,
    // fetch.h, event_stream.h
    FetchReply, StreamChanged, StreamMessage,
    // audio.h
    AudioChanged,
    // web_call.h
    MicrophoneChecked, DevicesListed, CallStatus, TranscriptChanged, ToolInvoked, DebugMessage,
    Levels, Quality, AgentLatency, CallProblem, CallEnded>;

/// All events since the last take, oldest first; the inbox is empty afterwards.
std::vector<Event> take_events();

}  // namespace voxdial::platform
