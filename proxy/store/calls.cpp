// Placing a call and hearing of it: the writing half of the calls.
#include <cassert>
#include <chrono>
#include <thread>

#include "proxy/access/network.h"
#include "proxy/seat.h"
#include "proxy/store/audit.h"
#include "proxy/store/call_row.h"
#include "proxy/store/epoch.h"
#include "proxy/store/impl.h"
#include "proxy/store/limits.h"
#include "proxy/store/news.h"
#include "proxy/store/page_events.h"
#include "proxy/store/refusals.h"
#include "shared/utf8.h"

namespace voxdial {
namespace {

constexpr std::size_t longest_asked = 8 * 1024;
constexpr std::size_t longest_refused_asked = 1024;  // nobody may fill the disk by being refused
constexpr std::size_t longest_detail = 2 * 1024;
/// Between two looks whether another server has replied.
constexpr int between_looks_ms = 100;

/// What the transaction of begin_call came to. A refusal is an outcome, not an error of the
/// transaction: its audit row must be committed.
struct Begun {
  Admission admission;
  std::optional<Error> refused;
};

StoredCall new_stored(const NewCall& call, Millis now) {
  StoredCall stored;
  stored.call = static_cast<const Call&>(call);
  stored.call.version = 1;
  stored.call.created_at = now;
  stored.client_address = counting_address(call.client_address);
  stored.cost_per_minute = call.cost_per_minute;
  stored.voicemail = call.voicemail;
  stored.answer_by = now + Millis{call.answer_within_s} * 1000;
  return stored;
}

void append_timeline(db::Db& db, std::int64_t call_seq, Millis at, std::string_view what,
                     std::string_view source, std::string_view detail) {
  db.run(
      "INSERT INTO timeline (call_seq, n, at, what, source, detail) "
      "SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ?, ? FROM timeline WHERE call_seq = ?",
      call_seq, at, what, source, cut(detail, longest_detail), call_seq);
}

std::string requested_text(const NewCall& call) {
  std::string text(medium_name(call.medium));
  if (!call.agent.empty()) text += ", agent " + call.agent;
  text += ", at most " + std::to_string(call.max_duration_s) + " s";
  if (call.recording) text += ", recorded";
  if (call.quiet_hours_override) text += ", quiet hours overridden";
  if (!call.asked.empty()) text += "; asked: " + std::string(cut(call.asked, longest_asked));
  return text;
}

AuditEntry refusal_entry(const Refusal& refusal, Millis now) {
  std::string text = std::string(medium_name(refusal.medium)) + ", " +
                     std::string(wire_name(refusal.code)) + ": " + refusal.message;
  if (!refusal.asked.empty())
    text += "; asked: " + std::string(cut(refusal.asked, longest_refused_asked));
  return {0,  now,        "call_refused", refusal.user, refusal.client_address,
          "", refusal.to, std::move(text)};
}

AuditEntry refusal_entry(const NewCall& call, const Error& error, Millis now) {
  return refusal_entry({call.user, call.client_address, call.medium, call.agent, call.to,
                        error.code, error.message, call.asked, false},
                       now);
}

std::string ended_text(const StoredCall& stored) {
  const Call& call = stored.call;
  std::string text = std::string(wire_name(call.status)) + ", by " +
                     std::string(wire_name(call.end.by)) + ", " + call.end.code + ": " +
                     call.end.sentence + " Talked " + std::to_string(stored.facts.talked_s) + " s";
  if (!call.price.empty()) text += ", price " + call.price + " " + call.price_unit;
  if (!stored.ultravox_call_id.empty()) text += ", Ultravox " + stored.ultravox_call_id;
  if (!stored.twilio_sid.empty()) text += ", Twilio " + stored.twilio_sid;
  return text;
}

std::optional<StoredReply> stored_reply(db::Db& db, std::int64_t call_seq) {
  db::Rows rows = db.rows("SELECT http_status, body FROM replies WHERE call_seq = ?", call_seq);
  if (!rows.next()) return std::nullopt;
  return StoredReply{rows.small(0), rows.text(1)};
}

/// The first press with this key, if there was one: replayed, or else running as far as the rows
/// tell.
Result<std::optional<Admission>> press_in(db::Db& db, std::string_view person, std::string_view key,
                                          std::string_view body_hash, std::string_view press_mark) {
  if (key.empty()) return std::optional<Admission>();
  // Of a call that was adopted only the mark is known, and not what was asked.
  const auto first =
      find_row(db,
               "WHERE (person = ?1 AND idempotency_key = ?2 AND idempotency_key <> '') OR "
               "(person IN (?1, '') AND idempotency_key = ?3 AND idempotency_key <> '')",
               person, key, press_mark.empty() ? std::string() : adopted_key(press_mark));
  if (!first) return std::optional<Admission>();
  const bool adopted = first->request_hash.empty() && first->idempotency_key != key;
  if (!adopted && first->request_hash != body_hash) return fail(ErrorCode::idempotency_mismatch);
  Admission known{Admission::Kind::running, first->stored, stored_reply(db, first->seq)};
  if (known.reply) known.kind = Admission::Kind::replayed;
  return std::optional(std::move(known));
}

Error in_doubt() {
  Error error =
      make_error(ErrorCode::store_unavailable,
                 "The call records were put back to an earlier state, so no call is placed "
                 "until those that the providers still know are found. Try again in a "
                 "moment.");
  error.retry_after_s = 5;
  return error;
}

Result<Begun> begin_in(db::Db& db, const NewCall& call, const CallLimits& limits,
                       const Reconcile& reconcile, InUse& in_use, bool shared, bool on_database,
                       Millis now) {
  const auto refuse = [&](const Error& error) {
    append_refusal(db, refusal_entry(call, error, now), wire_name(error.code),
                   persons_refusals_a_minute);
    return Begun{{}, error};
  };
  auto earlier = press_in(db, call.user, call.idempotency_key, call.body_hash, call.press_mark);
  if (!earlier) return refuse(earlier.error());
  if (*earlier) return Begun{std::move(**earlier), std::nullopt};
  if (db.number("SELECT 1 FROM calls WHERE id = ?", 0, call.id) != 0) {
    return fail(ErrorCode::conflict, "A call with this id exists already.");
  }
  if (!call.to.empty() &&
      db.number("SELECT 1 FROM do_not_call WHERE number = ?", 0, call.to) != 0) {
    return refuse(make_error(ErrorCode::do_not_call, {}, "medium.phoneNumber"));
  }
  if (current_doubt(db, shared && on_database, now).since != 0) return refuse(in_doubt());
  const Newest newest = newest_call(db);
  forget_the_future(db, newest, in_use, now);
  if (const auto error = over_limit(db, call, limits, newest, in_use, now)) return refuse(*error);

  StoredCall stored = new_stored(call, now);
  if (reconcile) stored = reconcile(std::move(stored), now);
  const std::int64_t seq = newest.seq + 1;
  insert_call(db, {seq, now, call.idempotency_key, call.body_hash, stored});
  in_use.add(call);
  append_timeline(db, seq, now, "requested", "person",
                  call.quiet_hours_override ? "Quiet hours were overridden." : "");
  append_audit(db, {0, now, "call_requested", call.user, call.client_address, call.id, call.to,
                    requested_text(call)});
  if (shared) append_news(db, now, call_event(stored.call));
  return Begun{{Admission::Kind::placed, stored, std::nullopt}, std::nullopt};
}

/// The step whose outcome this is ends its server's lease. Of one whose lease has become another
/// server's only the news counts: that other will say when it is tried again.
void end_lease(db::Db& db, std::int64_t call_seq, const std::string& server, CallUpdate& update) {
  std::optional<Debt> step;
  if (update.owed_again) step = update.owed_again->what;
  if (!update.done.empty()) step = update.done.front();
  if (!step) return;
  const bool ours = db.run(
                        "UPDATE owed SET held_by = '', held_until = 0 WHERE call_seq = ? AND what "
                        "= ? AND held_by = ?",
                        call_seq, debt_name(*step), server) != 0;
  if (ours) return;
  update.owed_again.reset();
  update.done.clear();
}

Result<Recorded> record_in(db::Db& db, std::string_view call_id, CallUpdate update,
                           const Reconcile& reconcile, const StoredReply* reply, InUse& in_use,
                           const std::string& server) {
  const auto row = find_row(db, "WHERE id = ?", call_id);
  if (!row) return fail(ErrorCode::not_found, "There is no such call.");
  const StoredCall& was = row->stored;
  const auto is_anothers = [&](std::string_view in_calls, const std::string& known,
                               const std::string& told) {
    return known.empty() && !told.empty() && db.number(in_calls, 0, told) != 0;
  };
  if (is_anothers("SELECT 1 FROM calls WHERE twilio_sid = ? AND twilio_sid <> ''", was.twilio_sid,
                  update.twilio_sid) ||
      is_anothers("SELECT 1 FROM calls WHERE ultravox_call_id = ? AND ultravox_call_id <> ''",
                  was.ultravox_call_id, update.ultravox_call_id)) {
    return fail(ErrorCode::conflict, "The provider's call belongs to another call of ours.");
  }
  if (!server.empty()) end_lease(db, row->seq, server, update);
  Recorded out{apply(was, update), false, false};
  if (reconcile) out.stored = reconcile(std::move(out.stored), update.at);
  const StoredCall& is = out.stored;
  out.changed = is.call.version != was.call.version;
  out.ended = is_terminal(is.call.status) && !is_terminal(was.call.status);
  const bool learned_id =
      is.twilio_sid != was.twilio_sid || is.ultravox_call_id != was.ultravox_call_id;

  update_call(db, *row, is);
  if (!update.what.empty() && (out.changed || learned_id || update.note)) {
    append_timeline(db, row->seq, update.at, update.what, update.source, update.detail);
  }
  const bool over = is_terminal(was.call.status) || is_terminal(is.call.status);
  if (over && (is.call.status != was.call.status || is.facts.talked_s != was.facts.talked_s)) {
    in_use.forget();
  }
  AuditEntry entry{0, update.at, "", is.call.user, is.client_address, is.call.id, is.call.to, ""};
  if (out.ended) {
    entry.kind = "call_ended";
    entry.detail = ended_text(is);
    append_audit(db, entry);
  } else if (is_terminal(is.call.status)) {
    if (is.call.price != was.call.price) {
      entry.kind = "call_priced";
      entry.detail = is.call.price + " " + is.call.price_unit;
      append_audit(db, entry);
    }
    if (is.call.end != was.call.end || is.call.status != was.call.status) {
      entry.kind = "call_explained";
      entry.detail = ended_text(is);
      append_audit(db, entry);
    }
  }
  if (reply != nullptr) store_reply(db, row->seq, *reply);
  if (out.changed && !server.empty()) append_news(db, update.at, call_event(is.call));
  return out;
}

/// A join URL lets anybody who reads it into the call: it must not get into the file, whatever bug
/// tries.
Result<void> without_join_url(const StoredReply& reply) {
  constexpr std::string_view member = "\"joinUrl\":\"";
  const std::size_t value = reply.body.find(member);
  if (value == std::string::npos ||
      reply.body.find('"', value + member.size()) == value + member.size()) {
    return {};
  }
  return fail(ErrorCode::internal, "A reply with a join URL was about to be stored.");
}

}  // namespace

Result<Admission> Store::begin_call(const NewCall& call, const CallLimits& limits, Millis now) {
  assert(call.max_duration_s > 0);
  // Known as unanswered before anybody can find the row.
  const auto mine = std::make_shared<UnansweredRequest>();
  {
    const MutexLock lock(impl_->unanswered_mutex);
    impl_->unanswered.try_emplace(call.id, mine);
  }
  auto begun = impl_->write([&](db::Db& db) -> Result<Begun> {
    return begin_in(db, call, limits, impl_->reconcile, impl_->in_use, is_shared(),
                    impl_->on_database, now);
  });
  const bool placed = begun && !begun->refused && begun->admission.kind == Admission::Kind::placed;
  if (!placed) {
    const MutexLock lock(impl_->unanswered_mutex);
    const auto found = impl_->unanswered.find(call.id);
    if (found != impl_->unanswered.end() && found->second == mine) impl_->unanswered.erase(found);
  }
  if (!begun) return fail(std::move(begun).error());
  if (placed) impl_->ring();
  if (begun->refused) return fail(std::move(*begun->refused));

  return settled(std::move(begun->admission), now);
}

Result<std::optional<Admission>> Store::earlier_press(std::string_view user, std::string_view key,
                                                      std::string_view body_hash, Millis now,
                                                      std::string_view press_mark) {
  auto found = impl_->readers.read(
      [&](db::Db& db) { return press_in(db, user, key, body_hash, press_mark); });
  if (!found) return fail(std::move(found).error());
  if (!*found) return std::optional<Admission>();
  auto known = settled(std::move(**found), now);
  if (!known) return fail(std::move(known).error());
  return std::optional(std::move(*known));
}

/// A press that looks as if it was running: whether it is now.
Result<Admission> Store::settled(Admission admission, Millis now) {
  if (admission.kind != Admission::Kind::running) return admission;
  const std::string& first_id = admission.stored.call.id;
  if (being_placed(admission.stored, now)) return admission;
  // Answered since we looked, or never to be answered: the row can tell, as the reply is stored
  // before the request stops being known as unanswered.
  auto reply = impl_->readers.read([&](db::Db& db) -> Result<std::optional<StoredReply>> {
    const auto seq = db.number("SELECT seq FROM calls WHERE id = ?", 0, first_id);
    return stored_reply(db, seq);
  });
  if (!reply) return fail(std::move(reply).error());
  admission.reply = std::move(*reply);
  admission.kind = admission.reply ? Admission::Kind::replayed : Admission::Kind::orphaned;
  return admission;
}

void Store::Impl::replied(std::string_view call_id, const StoredReply& reply) {
  std::shared_ptr<UnansweredRequest> request;
  {
    const MutexLock lock(unanswered_mutex);
    const auto found = unanswered.find(call_id);
    if (found == unanswered.end()) return;
    request = std::move(found->second);
    unanswered.erase(found);
  }
  {
    const MutexLock lock(request->mutex);
    request->reply = reply;
  }
  request->bell.notify_all();
}

Result<void> Store::finish_call_request(std::string_view call_id, const StoredReply& reply) {
  auto stored = impl_->write([&](db::Db& db) -> Result<void> {
    if (auto allowed = without_join_url(reply); !allowed) return allowed;
    const auto seq = db.number("SELECT seq FROM calls WHERE id = ?", 0, call_id);
    if (seq == 0) return fail(ErrorCode::not_found, "There is no such call.");
    store_reply(db, seq, reply);
    return {};
  });
  impl_->replied(call_id, reply);  // also when it could not be stored: those who wait get it
  return stored;
}

Result<std::optional<StoredReply>> Store::wait_for_reply(std::string_view call_id, int timeout_ms) {
  std::shared_ptr<UnansweredRequest> request;
  {
    const MutexLock lock(impl_->unanswered_mutex);
    const auto found = impl_->unanswered.find(call_id);
    if (found != impl_->unanswered.end()) request = found->second;
  }
  const Seat seat = take_seat(impl_->waiting_presses, most_waiting_presses);
  if (!seat) timeout_ms = 0;
  if (request == nullptr) {
    // It was replied to already, or is another server's, of which only the rows tell.
    if (!is_shared()) timeout_ms = 0;
    for (int waited_ms = 0;; waited_ms += between_looks_ms) {
      auto reply = impl_->readers.read([&](db::Db& db) -> Result<std::optional<StoredReply>> {
        return stored_reply(db, db.number("SELECT seq FROM calls WHERE id = ?", 0, call_id));
      });
      if (!reply || *reply || waited_ms >= timeout_ms) return reply;
      std::this_thread::sleep_for(std::chrono::milliseconds(between_looks_ms));
    }
  }
  const MutexLock lock(request->mutex);
  request->bell.wait_for(request->mutex, std::chrono::milliseconds(timeout_ms),
                         [&]() REQUIRES(request->mutex) { return request->reply.has_value(); });
  return request->reply;
}

bool Store::being_placed(const StoredCall& stored, Millis now) {
  if (impl_->is_placed_here(stored.call.id)) return true;
  return is_shared() && now < stored.call.created_at + placed_elsewhere_ms;
}

Result<void> Store::record_refusal(const Refusal& refusal, Millis now) {
  return record_repeated(
      refusal_entry(refusal, now), wire_name(refusal.code),
      refusal.stranger ? strangers_refusals_a_minute : persons_refusals_a_minute);
}

Result<Recorded> Store::record_update(std::string_view call_id, const CallUpdate& update,
                                      const StoredReply* reply) {
  auto recorded = impl_->write([&](db::Db& db) -> Result<Recorded> {
    if (reply != nullptr) {
      if (auto allowed = without_join_url(*reply); !allowed) return fail(allowed.error());
    }
    return record_in(db, call_id, update, impl_->reconcile, reply, impl_->in_use, impl_->server);
  });
  if (recorded && recorded->changed) impl_->ring();
  if (reply != nullptr && recorded) impl_->replied(call_id, *reply);
  return recorded;
}

}  // namespace voxdial
