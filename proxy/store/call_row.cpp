#include "proxy/store/call_row.h"

#include "proxy/store/fold.h"
#include "shared/wire_words.h"

namespace voxdial {

const char* const call_columns =
    "seq, id, version, medium, status, agent, agent_name, person, number, region, "
    "created_at, ringing_at, answered_at, ended_at, max_duration_s, recording, ending, "
    "answered_by, "
    "left_voicemail, end_by, end_code, end_sentence, price, price_unit, warning, "
    "counted_at, address, ultravox_call_id, twilio_sid, end_given, cost_per_minute, "
    "twilio_status, twilio_error, sip_code, ultravox_end_reason, hung_up_here, talked_s, "
    "voicemail, machine_handled";

std::string_view medium_name(MediumType medium) {
  return medium == MediumType::twilio ? "twilio" : "web";
}

CallRow read_call(const db::Rows& row) {
  CallRow out;
  Call& call = out.stored.call;
  int n = 0;
  out.seq = row.integer(n++);
  call.id = row.text(n++);
  call.version = static_cast<std::uint64_t>(row.integer(n++));
  call.medium = row.text(n++) == "twilio" ? MediumType::twilio : MediumType::web;
  call.status = call_status(row.text(n++)).value_or(CallStatus::unknown);
  call.agent = row.text(n++);
  call.agent_name = row.text(n++);
  call.user = row.text(n++);
  call.to = row.text(n++);
  call.to_region = row.text(n++);
  call.created_at = row.integer(n++);
  call.ringing_at = row.integer(n++);
  call.answered_at = row.integer(n++);
  call.ended_at = row.integer(n++);
  call.max_duration_s = row.small(n++);
  call.recording = row.flag(n++);
  call.ending = row.flag(n++);
  call.answered_by = row.text(n++);
  call.left_voicemail = row.flag(n++);
  call.end.by = ended_by(row.text(n++)).value_or(EndedBy::nobody_yet);
  call.end.code = row.text(n++);
  call.end.sentence = row.text(n++);
  call.price = row.text(n++);
  call.price_unit = row.text(n++);
  call.warning = row.text(n++);
  out.counted_at = row.integer(n++);
  out.stored.client_address = row.text(n++);
  out.stored.ultravox_call_id = row.text(n++);
  out.stored.twilio_sid = row.text(n++);
  out.stored.end_given = row.flag(n++);
  out.stored.cost_per_minute = row.integer(n++);
  EndFacts& facts = out.stored.facts;
  facts.twilio_status = row.text(n++);
  facts.twilio_error = row.small(n++);
  facts.sip_code = row.small(n++);
  facts.ultravox_end_reason = row.text(n++);
  facts.hung_up_here = row.flag(n++);
  facts.talked_s = row.small(n++);
  out.stored.voicemail =
      from_word<Voicemail>(voicemail_words, row.text(n++)).value_or(Voicemail::carry_on);
  out.stored.machine_handled = row.flag(n++);
  return out;
}

void update_call(db::Db& db, const CallRow& before, const StoredCall& after) {
  const StoredCall& was = before.stored;
  const Call& call = after.call;
  // Each by itself, so that the index over it is only touched when it changes.
  if (after.ultravox_call_id != was.ultravox_call_id) {
    db.run("UPDATE calls SET ultravox_call_id = ? WHERE seq = ?", after.ultravox_call_id,
           before.seq);
  }
  if (after.twilio_sid != was.twilio_sid) {
    db.run("UPDATE calls SET twilio_sid = ? WHERE seq = ?", after.twilio_sid, before.seq);
  }
  if (call.end.sentence != was.call.end.sentence) {
    db.run("UPDATE calls SET words = ? WHERE seq = ?",
           searched_words(call.agent_name, call.agent, call.user, call.end.sentence), before.seq);
  }
  if (call != was.call || after.facts != was.facts ||
      after.machine_handled != was.machine_handled) {
    db.run(
        "UPDATE calls SET version = ?, status = ?, live = ?, ringing_at = ?, answered_at = ?, "
        "ended_at = ?, ending = ?, answered_by = ?, left_voicemail = ?, end_by = ?, end_code = ?, "
        "end_sentence = ?, end_given = ?, price = ?, price_unit = ?, warning = ?, "
        "twilio_status = ?, twilio_error = ?, sip_code = ?, ultravox_end_reason = ?, "
        "hung_up_here = ?, talked_s = ?, machine_handled = ? WHERE seq = ?",
        static_cast<std::int64_t>(call.version), wire_name(call.status), !is_terminal(call.status),
        call.ringing_at, call.answered_at, call.ended_at, call.ending, call.answered_by,
        call.left_voicemail, wire_name(call.end.by), call.end.code, call.end.sentence,
        after.end_given, call.price, call.price_unit, call.warning, after.facts.twilio_status,
        after.facts.twilio_error, after.facts.sip_code, after.facts.ultravox_end_reason,
        after.facts.hung_up_here, after.facts.talked_s, after.machine_handled, before.seq);
  }
}

}  // namespace voxdial
