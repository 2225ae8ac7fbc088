// One call of the record: facts, transcript, recording, timeline.
#include <algorithm>

#include "shared/percent.h"
#include "wasm-ui/core/call_words.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

std::string transcript_text(const Ui& ui, const Transcript& transcript) {
  std::string text;
  const auto line = [&](Word who, const std::string& words) {
    text += ui.tr({Word::transcript_line, "who text"}, ui.tr(who), words) + '\n';
  };
  for (const TranscriptEntry& entry : transcript.entries) {
    switch (entry.role) {
      case TranscriptEntry::Role::agent:
        line(Word::agent, entry.text);
        break;
      case TranscriptEntry::Role::user:
        line(Word::person, entry.text);
        break;
      case TranscriptEntry::Role::tool_call:
        text += '[' + ui.tr({Word::used_tool, "tool"}, entry.tool_name) + "]\n";
        break;
      case TranscriptEntry::Role::tool_result:
        break;
    }
  }
  return text;
}

void fact(Ui& ui, Word what, std::string_view words) {
  if (words.empty()) return;
  const std::string_view label = ui.tr(what);
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  paint(ui, label, quiet_text);
  ImGui::TableNextColumn();
  text(ui, words);
  ui.mirror.back().name = ui.tr({Word::fact, "what value"}, label, words);
}
void fact(Ui& ui, Word what, std::optional<Word> word) {
  if (word) fact(ui, what, ui.tr(*word));
}

void draw_facts(Ui& ui, const Model& model, const Call& call) {
  if (!ImGui::BeginTable("facts", 2)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthFixed, 120);
  ImGui::TableSetupColumn("is", ImGuiTableColumnFlags_WidthStretch);
  const auto time = [&](Millis at) {
    return at == 0 ? std::string() : ui.time(at, Format::date_time);
  };
  fact(ui, Word::placed, time(call.created_at));
  fact(ui, Word::placed_by, call.user);
  fact(ui, Word::agent, call.agent_name);
  // Nothing counts here: it is told once the ringing is over.
  if (const Millis rang = rang_ms(call, call.ringing_at)) fact(ui, Word::rang, clock_text(rang));
  fact(ui, Word::talk, talk_of(call));
  const bool mine = is_mine(model, call);
  fact(ui, Word::answered_by, answered_by_word(call.answered_by));
  if (call.left_voicemail) fact(ui, Word::message, Word::message_was_left);
  if (is_terminal(call.status)) {
    fact(ui, Word::end, state_meaning(ui.words(), call, mine, ui.services.format));
  }
  // Of one that nobody answered the outcome says all: there was nothing to hang up.
  if (call.answered_at != 0) fact(ui, Word::ended_by, ended_by_word(call.end.by, mine));
  fact(ui, Word::price, price_of(ui, call));
  fact(ui, Word::warning, ui.said(call.warning));
  fact(ui, Word::call_id, call.id);
  ImGui::EndTable();
}

bool is_recorded(const Call& call) { return call.recording && is_terminal(call.status); }

void draw_recording(Ui& ui, const Call& call) {
  if (!is_recorded(call)) return;
  gap(space::l);
  const ImGuiID item = ImGui::GetID("recording");
  bool& failed = *ImGui::GetStateStorage()->GetBoolRef(item);
  failed = failed || ui.told(item, MirrorEvent::Kind::closed) != nullptr;
  if (failed) {
    remark(ui, "recording-failed", icon::warning, Token::bad, ui.tr(Word::recording_failed),
           Role::alert);
    failed = !button(ui, "recording-again", {.label = ui.tr(Word::try_again), .icon = icon::retry});
    return;
  }
  // The browser's own controls: to play, to seek, how loud.
  native(ui, "recording", Role::audio, ui.tr(Word::recording),
         {ImGui::GetContentRegionAvail().x, 40})
      .value = "/api/calls/" + percent_encode(call.id) + "/recording";
}

void draw_timeline(Ui& ui, const std::vector<TimelineEntry>& timeline) {
  const Group list(ui, Role::list, ui.tr(Word::timeline));
  if (!ImGui::BeginTable("timeline", 2)) return;
  ImGui::TableSetupColumn("when", ImGuiTableColumnFlags_WidthFixed);
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthStretch);
  int n = 0;
  for (const TimelineEntry& entry : timeline) {
    ImGui::PushID(n++);
    const std::string time = ui.time(entry.at, Format::clock_seconds);
    const std::string what = timeline_word(ui.words(), entry.what), detail = ui.said(entry.detail);
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    paint(ui, time, {type::body, Face::tabular, Token::text_quiet}, -1);
    ImGui::TableNextColumn();
    std::string name = ui.tr({Word::timeline_entry, "time what"}, time, what);
    ImGui::BeginGroup();
    paint(ui, what, strong_text);
    if (!detail.empty()) {
      paint_wrapped(ui, detail, quiet_text);
      name = ui.tr({Word::fact, "what value"}, name, detail);
    }
    ImGui::EndGroup();
    ui.item(Role::listitem, name);
    ImGui::PopID();
  }
  ImGui::EndTable();
}

void section(Ui& ui, Word title, int level) {
  gap(space::xl);
  heading(ui, ui.tr(title), level, lead_text);
  gap(space::s);
}

void draw_actions(Ui& ui, const Model& model, const Call& call) {
  if (!is_terminal(call.status)) {
    if (button(ui, "end",
               {.label = ui.tr(call.ending ? Word::end_again : Word::end_call),
                .icon = icon::hang_up,
                .look = Look::danger})) {
      ui.act(HangUpPressed{call.id});
    }
  } else if (button(ui, "again", {.label = ui.tr(Word::call_again), .icon = icon::phone})) {
    ui.act(CallAgainPressed{call});
  }
  ImGui::SameLine();
  const Transcript* transcript = model.history.transcript.value();
  const bool words = transcript != nullptr && !transcript->entries.empty();
  if (button(ui, "copy",
             {.label = ui.tr(model.copied ? Word::copied : Word::copy_transcript),
              .icon = model.copied ? icon::check : icon::copy,
              .disabled = !words})) {
    ui.act(CopyPressed{transcript_text(ui, *transcript)});
  }
  draw_recording(ui, call);
}

void draw_lines(Ui& ui, const Model& model, std::vector<LogEntry> lines, bool follow) {
  const float most = std::max(200.0F, model.page.height * 0.6F);
  const float height = std::min(most, log_height(ui, "log", lines.size()));
  log(ui, "log", {.name = ui.tr(Word::transcript), .lines = std::move(lines), .follow = follow},
      height);
}

void draw_transcript(Ui& ui, const Model& model, const Call& call) {
  const LiveCall* beside = is_narrow(model) ? nullptr : selected_live(model);
  if (beside != nullptr && beside->call.id == call.id) {
    text(ui, ui.tr(Word::words_on_card), quiet_text);
    return;
  }
  // While it lives the words come by themselves.
  if (const LiveCall* live = find_live(model, call.id); live && !live->transcript.empty()) {
    draw_lines(ui, model, transcript_lines(ui, model, live->transcript, live->tools, Word::person),
               true);
    return;
  }
  const Transcript* transcript = model.history.transcript.value();
  if (const Error* error = model.history.transcript.failure()) {
    error_note(ui, "transcript-failed", *error);
  } else if (transcript == nullptr) {
    skeleton(ui, "transcript-loading", 4);
  } else if (transcript->entries.empty()) {
    text(ui, ui.tr(Word::no_transcript), quiet_text);
  } else {
    draw_lines(
        ui, model,
        transcript_lines(ui, model, transcript->entries, {}, Word::person, is_recorded(call)),
        false);
  }
}

}  // namespace

void draw_call_detail(Ui& ui, const Model& model, int level) {
  const History& h = model.history;
  if (level == 1 &&
      button(ui, "back",
             {.label = ui.tr(Word::nav_history), .icon = icon::back, .look = Look::quiet})) {
    ui.act(Navigated{history_route(model)});
  }
  if (level == 2) {  // beside the list; the title follows on the same line
    const ImVec2 at = ImGui::GetCursorPos();
    ImGui::SetCursorPosX(at.x + ImGui::GetContentRegionAvail().x - ui.control);
    if (button(ui, "close",
               {.label = ui.tr(Word::close),
                .icon = icon::close,
                .look = Look::quiet,
                .icon_only = true})) {
      ui.act(Navigated{history_route(model)});
    }
    ImGui::SetCursorPos(at);
  }
  if (const Error* error = h.detail.failure()) {
    if (error->code == ErrorCode::not_found) {  // nor will it be there the next time
      error_note(ui, "detail-missing", *error);
    } else if (failed_panel(ui, "detail-failed", *error)) {
      ui.act(HistoryRetried{});
    }
    return;
  }
  const CallDetail* detail = h.detail.value();
  if (detail == nullptr) {
    skeleton(ui, "detail-loading", 6);
    return;
  }
  const Call& call = detail->call;
  ImGui::PushID(call.id.c_str());
  heading(ui, call_party(ui.words(), call), level, display_text, "title");
  const Token colour = !is_terminal(call.status)              ? Token::accent
                       : call.status == CallStatus::completed ? Token::good
                                                              : Token::warn;
  chip(ui, colour, ui.tr(state_word(call.status, call.medium)));
  gap(space::l);
  draw_actions(ui, model, call);
  gap(space::l);
  draw_facts(ui, model, call);
  section(ui, Word::transcript, level + 1);
  draw_transcript(ui, model, call);
  section(ui, Word::timeline, level + 1);
  draw_timeline(ui, detail->timeline);
  ImGui::PopID();
}

}  // namespace voxdial::ui
