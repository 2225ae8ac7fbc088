// Small lists that people keep: numbers not to be called, saved agents.
#include "proxy/store/audit.h"
#include "proxy/store/impl.h"
#include "proxy/store/news.h"
#include "proxy/store/page_events.h"

namespace voxdial {
namespace {

void append_agent_audit(db::Db& db, std::string kind, const SavedAgent& agent,
                        const std::string& client_address) {
  AuditEntry entry;
  entry.at = agent.saved_at;
  entry.kind = std::move(kind);
  entry.user = agent.saved_by;
  entry.client_address = client_address;
  entry.detail = "agent " + agent.id;
  append_audit(db, entry);
}

}  // namespace

Result<void> Store::add_do_not_call(const DoNotCall& entry) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    db.run(
        "INSERT INTO do_not_call (number, reason, added_by, added_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (number) DO UPDATE SET reason = excluded.reason, "
        "added_by = excluded.added_by, added_at = excluded.added_at",
        entry.number, entry.reason, entry.added_by, entry.added_at);
    return {};
  });
}

Result<void> Store::remove_do_not_call(std::string_view number) {
  return impl_->write([&](db::Db& db) -> Result<void> {
    if (db.run("DELETE FROM do_not_call WHERE number = ?", number) != 0) return {};
    return fail(ErrorCode::not_found, std::string(number) + " is not on the list.");
  });
}

Result<bool> Store::on_do_not_call(std::string_view number) {
  return impl_->readers.read([&](db::Db& db) -> Result<bool> {
    return db.number("SELECT 1 FROM do_not_call WHERE number = ?", 0, number) != 0;
  });
}

Result<std::vector<DoNotCall>> Store::do_not_call_list() {
  return impl_->readers.read([](db::Db& db) -> Result<std::vector<DoNotCall>> {
    std::vector<DoNotCall> list;
    db::Rows rows =
        db.rows("SELECT number, reason, added_by, added_at FROM do_not_call ORDER BY number");
    while (rows.next()) list.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    return list;
  });
}

Result<void> Store::save_agent(const SavedAgent& agent, const std::string& client_address) {
  auto written = impl_->write([&](db::Db& db) -> Result<void> {
    db.run(
        "INSERT INTO agents (id, json, saved_by, saved_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET json = excluded.json, saved_by = excluded.saved_by, "
        "saved_at = excluded.saved_at",
        agent.id, agent.json, agent.saved_by, agent.saved_at);
    append_agent_audit(db, "agent_saved", agent, client_address);
    if (is_shared()) append_news(db, agent.saved_at, agents_event());
    return {};
  });
  if (written) impl_->ring();
  return written;
}

Result<void> Store::remove_agent(const SavedAgent& agent, const std::string& client_address) {
  auto written = impl_->write([&](db::Db& db) -> Result<void> {
    if (db.run("DELETE FROM agents WHERE id = ?", agent.id) == 0) {
      return fail(ErrorCode::not_found, "There is no saved agent of this name.");
    }
    append_agent_audit(db, "agent_removed", agent, client_address);
    if (is_shared()) append_news(db, agent.saved_at, agents_event());
    return {};
  });
  if (written) impl_->ring();
  return written;
}

Result<std::vector<SavedAgent>> Store::saved_agents() {
  return impl_->readers.read([](db::Db& db) -> Result<std::vector<SavedAgent>> {
    std::vector<SavedAgent> agents;
    db::Rows rows = db.rows("SELECT id, json, saved_by, saved_at FROM agents ORDER BY id");
    while (rows.next())
      agents.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    return agents;
  });
}

}  // namespace voxdial
