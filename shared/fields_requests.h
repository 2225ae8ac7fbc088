// What the page asks for: placing a call, speaking into one, ending it, checking a number.
#pragma once

#include <string>
#include <string_view>

#include "shared/fields_settings.h"

namespace voxdial {

/// A number as it was typed or pasted, invisible characters included; proxy/policy reads it.
constexpr TextRule typed_number{.max = 256};

template <class Io>
void check_region(Io& io, const std::string& region) {
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  io.rule(region.empty() || (region.size() == 2 && letter(region[0]) && letter(region[1])),
          "region", "region must be two capital letters such as \"US\".");
}

template <class Io>
void fields(Io& io, typename Io::template Of<Medium>& v) {
  io.word("type", v.type, medium_words);
  io.text("phoneNumber", v.phone_number, typed_number);
  io.text("region", v.region);
  if constexpr (Io::reading) {
    check_region(io, v.region);
    if (v.type == MediumType::web) {
      io.rule(v.phone_number.empty(), "phoneNumber", "A web call takes no phone number.");
      io.rule(v.region.empty(), "region", "A web call takes no region.");
    } else if (v.phone_number.empty()) {
      io.missing("phoneNumber");
    }
  }
}

/// What fits the one kind of call and not the other.
template <class Io>
void check(Io& io, const CallRequest& v) {
  const CallSettings& settings = v.settings;
  if (v.medium.type == MediumType::web) {
    constexpr std::string_view phone_only = "Voicemail settings are for phone calls only.";
    io.rule(!settings.voicemail, "voicemail", phone_only);
    io.rule(!settings.voicemail_message, "voicemailMessage", phone_only);
    return;
  }
  if (!settings.selected_tools) return;
  const auto& tools = *settings.selected_tools;
  for (std::size_t i = 0; i < tools.size(); ++i) {
    // Ultravox supports client tools on web calls alone.
    io.rule(!tools[i].temporary_tool, "selectedTools[" + std::to_string(i) + "].temporaryTool",
            "This tool is carried out by the page and cannot work on a phone call. Leave it out or "
            "place a web call.");
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<CallRequest>& v) {
  io.text("agent", v.agent, {.max = 128, .one_line = true});
  fields(io, v.settings);
  io.object("medium", v.medium);
  io.flag("quietHoursOverride", v.quiet_hours_override);
  if constexpr (Io::reading) check(io, v);
}

template <class Io>
void fields(Io& io, typename Io::template Of<SayRequest>& v) {
  io.word("kind", v.kind, say_words);
  io.text("text", v.text, {.max = 4096});
  io.text("urgency", v.urgency, {.min = 1});
  if constexpr (Io::reading) {
    const bool wordless =
        v.kind == SayRequest::Kind::wrap_up || v.kind == SayRequest::Kind::goodbye;
    if (v.text.empty() && !wordless) io.missing("text");
    io.rule(v.urgency == "immediate" || v.urgency == "soon" || v.urgency == "later", "urgency",
            "urgency must be immediate, soon or later.");
  }
}

template <class Io>
void fields(Io& io, typename Io::template Of<HangUpRequest>& v) {
  io.word("why", v.why, hang_up_words);
}

template <class Io>
void fields(Io& io, typename Io::template Of<PhoneCheckRequest>& v) {
  io.text("phoneNumber", v.phone_number, {.max = typed_number.max, .min = 1, .required = true});
  io.text("region", v.region);
  if constexpr (Io::reading) check_region(io, v.region);
}

}  // namespace voxdial
