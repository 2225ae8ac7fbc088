// One call of the record: facts, transcript, recording, timeline.
#include <algorithm>

#include "shared/percent.h"
#include "wasm-ui/core/words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

std::string transcript_text(const Transcript& transcript) {
  std::string text;
  for (const TranscriptEntry& entry : transcript.entries) {
    switch (entry.role) {
      case TranscriptEntry::Role::agent:
        text += "Agent: " + entry.text + '\n';
        break;
      case TranscriptEntry::Role::user:
        text += "Person: " + entry.text + '\n';
        break;
      case TranscriptEntry::Role::tool_call:
        text += "[used " + entry.tool_name + "]\n";
        break;
      case TranscriptEntry::Role::tool_result:
        break;
    }
  }
  return text;
}

void fact(Ui& ui, const char* label, std::string_view words) {
  if (words.empty()) return;
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  paint(ui, label, quiet_text);
  ImGui::TableNextColumn();
  text(ui, words);
  ui.mirror.back().name =
      *label == '\0' ? std::string(words) : std::string(label) + ": " + std::string(words);
}

void draw_facts(Ui& ui, const Call& call) {
  if (!ImGui::BeginTable("facts", 2)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthFixed, 104);
  ImGui::TableSetupColumn("is", ImGuiTableColumnFlags_WidthStretch);
  const auto time = [&](Millis at) {
    return at == 0 ? std::string() : ui.services.local_time(at, TimeStyle::date_time);
  };
  fact(ui, "Placed", time(call.created_at));
  fact(ui, "By", call.user);
  fact(ui, "Agent", call.agent_name);
  if (call.ringing_at != 0) {
    const Millis until = call.answered_at ? call.answered_at : call.ended_at;
    if (until > call.ringing_at) fact(ui, "Rang", clock_text(until - call.ringing_at));
  }
  if (call.answered_at != 0 && call.ended_at != 0)
    fact(ui, "Talk", clock_text(call.ended_at - call.answered_at));
  fact(ui, "Answered by", call.answered_by);
  fact(ui, "Message", call.left_voicemail ? "A message was left." : "");
  fact(ui, "End", call.end.sentence);
  fact(ui, "", ended_by_word(call.end.by));
  if (!call.price.empty()) {
    // Twilio writes what it charges as a negative amount.
    fact(ui, "Price",
         (call.price[0] == '-' ? call.price.substr(1) : call.price) + ' ' + call.price_unit);
  }
  fact(ui, "Warning", call.warning);
  fact(ui, "Call id", call.id);
  ImGui::EndTable();
}

void draw_recording(Ui& ui, const Model& model, const Call& call) {
  if (!call.recording || !is_terminal(call.status)) return;
  const std::string url = "/api/calls/" + percent_encode(call.id) + "/recording";
  const bool mine = model.audio == url;
  const bool playing = mine && model.audio_state == AudioState::playing;
  gap(space::s);
  if (button(ui, "play",
             {.label = playing ? "Stop the recording" : "Play the recording",
              .icon = playing ? icon::stop : icon::play,
              .busy = mine && model.audio_state == AudioState::loading})) {
    ui.act(AudioPressed{url});
  }
  if (mine && model.audio_state == AudioState::failed) {
    remark(ui, "play-failed", icon::warning, Token::bad,
           "The recording cannot be played. It may not be ready yet: try again in a minute.",
           Role::alert);
  }
}

void draw_timeline(Ui& ui, const std::vector<TimelineEntry>& timeline) {
  const Group list(ui, Role::list, "Timeline");
  if (!ImGui::BeginTable("timeline", 2)) return;
  ImGui::TableSetupColumn("when", ImGuiTableColumnFlags_WidthFixed);
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthStretch);
  int n = 0;
  for (const TimelineEntry& entry : timeline) {
    ImGui::PushID(n++);
    const std::string time = ui.services.local_time(entry.at, TimeStyle::clock_seconds);
    const std::string what = timeline_word(entry.what);
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    paint(ui, time, {type::body, Face::tabular, Token::text_quiet}, -1);
    ImGui::TableNextColumn();
    std::string name = time;
    name.append(" ").append(what);
    ImGui::BeginGroup();
    paint(ui, what, strong_text);
    if (!entry.detail.empty()) {
      const Styled styled(ui, quiet_text);
      ImGui::PushTextWrapPos(0);
      ImGui::TextUnformatted(entry.detail.data(), entry.detail.data() + entry.detail.size());
      ImGui::PopTextWrapPos();
      name.append(": ").append(entry.detail);
    }
    ImGui::EndGroup();
    ui.item(Role::listitem, name);
    ImGui::PopID();
  }
  ImGui::EndTable();
}

void section(Ui& ui, const char* title, int level) {
  gap(space::xl);
  heading(ui, title, level, lead_text, title);
  gap(space::s);
}

void draw_actions(Ui& ui, const Model& model, const Call& call) {
  if (!is_terminal(call.status)) {
    if (button(ui, "end",
               {.label = call.ending ? "End again" : "End call",
                .icon = icon::hang_up,
                .look = Look::danger})) {
      ui.act(HangUpPressed{call.id});
    }
  } else if (button(ui, "again", {.label = "Call again", .icon = icon::phone})) {
    ui.act(CallAgainPressed{call});
  }
  ImGui::SameLine();
  const Transcript* transcript = model.history.transcript.value();
  const bool words = transcript != nullptr && !transcript->entries.empty();
  if (button(ui, "copy",
             {.label = model.copied ? "Copied" : "Copy transcript",
              .icon = model.copied ? icon::check : icon::copy,
              .disabled = !words})) {
    ui.act(CopyPressed{transcript_text(*transcript)});
  }
  draw_recording(ui, model, call);
}

void draw_transcript(Ui& ui, const Model& model, const Call& call) {
  const LiveCall* beside = is_narrow(model) ? nullptr : selected_live(model);
  if (beside != nullptr && beside->call.id == call.id) {
    text(ui, "The words stand on the call's card, at the right.", quiet_text);
    return;
  }
  const Transcript* transcript = model.history.transcript.value();
  if (const Error* error = model.history.transcript.failure()) {
    error_note(ui, "transcript-failed", *error);
  } else if (transcript == nullptr) {
    skeleton(ui, "transcript-loading", 4);
  } else if (transcript->entries.empty()) {
    text(ui, "Nothing was said, or the words are not kept any more.", quiet_text);
  } else {
    std::vector<LogEntry> lines = transcript_lines(model, transcript->entries, {}, "Person");
    const float most = std::max(200.0F, model.page.height * 0.6F);
    const float height = std::min(most, log_height(ui, "log", lines.size()));
    log(ui, "log", {.name = "Transcript", .lines = std::move(lines)}, height);
  }
}

}  // namespace

void draw_call_detail(Ui& ui, const Model& model, int level) {
  const History& h = model.history;
  if (level == 1 &&
      button(ui, "back", {.label = "History", .icon = icon::back, .look = Look::quiet})) {
    ui.act(Navigated{Route{Screen::history, {}}});
  }
  if (const Error* error = h.detail.failure()) {
    if (failed_panel(ui, "detail-failed", *error)) ui.act(HistoryRetried{});
    return;
  }
  const CallDetail* detail = h.detail.value();
  if (detail == nullptr) {
    skeleton(ui, "detail-loading", 6);
    return;
  }
  const Call& call = detail->call;
  ImGui::PushID(call.id.c_str());
  heading(ui, call_party(call), level, display_text, "title");
  const Token colour = !is_terminal(call.status)              ? Token::accent
                       : call.status == CallStatus::completed ? Token::good
                                                              : Token::warn;
  chip(ui, colour, state_word(call.status, call.medium));
  gap(space::l);
  draw_actions(ui, model, call);
  gap(space::l);
  draw_facts(ui, call);
  section(ui, "Transcript", level + 1);
  draw_transcript(ui, model, call);
  section(ui, "Timeline", level + 1);
  draw_timeline(ui, detail->timeline);
  ImGui::PopID();
}

}  // namespace voxdial::ui
