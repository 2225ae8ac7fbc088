#include "proxy/store/postgres/schema.h"

#include <iterator>
#include <string>

#include "proxy/store/call_row.h"

namespace voxdial::postgres {
namespace {

// Steps are only ever added. Names that people sort by are compared byte by byte, as in SQLite.
constexpr const char* steps[] = {
    // 1: everything.
    R"sql(
-- One row per admitted call. seq is the order of admission. counted_at is created_at, but never in
-- the future: what the limits go by when the clock is set back. What a call counts for: its longest
-- length until it is over, then its real one; the longest again when nobody can tell.
CREATE TABLE calls (
  seq                 BIGINT PRIMARY KEY,
  id                  TEXT   NOT NULL UNIQUE,
  version             BIGINT NOT NULL,
  medium              TEXT   NOT NULL,
  status              TEXT   NOT NULL,
  live                BIGINT NOT NULL,
  agent               TEXT   NOT NULL,
  agent_name          TEXT   NOT NULL,
  person              TEXT   NOT NULL,
  address             TEXT   NOT NULL,
  number              TEXT   NOT NULL,
  region              TEXT   NOT NULL,
  created_at          BIGINT NOT NULL,
  counted_at          BIGINT NOT NULL,
  ringing_at          BIGINT NOT NULL DEFAULT 0,
  answered_at         BIGINT NOT NULL DEFAULT 0,
  ended_at            BIGINT NOT NULL DEFAULT 0,
  max_duration_s      BIGINT NOT NULL,
  cost_per_minute     BIGINT NOT NULL,
  recording           BIGINT NOT NULL,
  ending              BIGINT NOT NULL DEFAULT 0,
  answered_by         TEXT   NOT NULL DEFAULT '',
  left_voicemail      BIGINT NOT NULL DEFAULT 0,
  end_by              TEXT   NOT NULL DEFAULT '',
  end_code            TEXT   NOT NULL DEFAULT '',
  end_sentence        TEXT   NOT NULL DEFAULT '',
  end_given           BIGINT NOT NULL DEFAULT 0,
  price               TEXT   NOT NULL DEFAULT '',
  price_unit          TEXT   NOT NULL DEFAULT '',
  warning             TEXT   NOT NULL DEFAULT '',
  ultravox_call_id    TEXT   NOT NULL DEFAULT '',
  twilio_sid          TEXT   NOT NULL DEFAULT '',
  twilio_status       TEXT   NOT NULL DEFAULT '',
  twilio_error        BIGINT NOT NULL DEFAULT 0,
  sip_code            BIGINT NOT NULL DEFAULT 0,
  ultravox_end_reason TEXT   NOT NULL DEFAULT '',
  hung_up_here        BIGINT NOT NULL DEFAULT 0,
  talked_s            BIGINT NOT NULL DEFAULT 0,
  idempotency_key     TEXT   NOT NULL,
  request_hash        TEXT   NOT NULL,
  voicemail           TEXT   NOT NULL DEFAULT 'carry-on',
  machine_handled     BIGINT NOT NULL DEFAULT 0,
  words               TEXT   NOT NULL DEFAULT '',
  wish                TEXT   NOT NULL DEFAULT '',
  wished_at           BIGINT NOT NULL DEFAULT 0,
  answer_by           BIGINT NOT NULL DEFAULT 0,
  dialled_at          BIGINT NOT NULL DEFAULT 0,
  lost_at             BIGINT NOT NULL DEFAULT 0,
  agent_state         TEXT   NOT NULL DEFAULT '',
  agent_ended_at      BIGINT NOT NULL DEFAULT 0,
  message_cursor      TEXT   NOT NULL DEFAULT '',
  message_index       BIGINT NOT NULL DEFAULT 0,
  message_pages       BIGINT NOT NULL DEFAULT 0,
  done                BIGINT NOT NULL DEFAULT 0,
  counted_s           BIGINT GENERATED ALWAYS AS
    (CASE WHEN live = 1 OR status = 'unknown' OR (status = 'completed' AND talked_s = 0)
          THEN max_duration_s ELSE talked_s END) STORED,
  counted_micros      BIGINT GENERATED ALWAYS AS
    ((CASE WHEN live = 1 OR status = 'unknown' OR (status = 'completed' AND talked_s = 0)
           THEN max_duration_s ELSE talked_s END + 59) / 60 * cost_per_minute) STORED
);
CREATE INDEX calls_by_time ON calls (created_at, seq);
CREATE INDEX calls_by_person_time ON calls (person, created_at, seq);
CREATE INDEX calls_of_person ON calls (person, counted_at);
CREATE INDEX calls_of_address ON calls (address, counted_at);
CREATE INDEX calls_of_number ON calls (number, counted_at) WHERE number <> '';
CREATE INDEX calls_by_count ON calls (counted_at, counted_s, counted_micros);
CREATE UNIQUE INDEX calls_by_key ON calls (person, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX calls_by_agent ON calls (agent, created_at, seq);
CREATE INDEX calls_live ON calls (created_at, seq) WHERE live = 1;
CREATE INDEX calls_by_end ON calls (status, created_at, seq) WHERE live = 0;
CREATE UNIQUE INDEX calls_by_twilio_sid ON calls (twilio_sid) WHERE twilio_sid <> '';
CREATE INDEX calls_by_ultravox_id ON calls (ultravox_call_id) WHERE ultravox_call_id <> '';

CREATE TABLE replies (
  call_seq    BIGINT PRIMARY KEY,
  http_status BIGINT NOT NULL,
  body        TEXT   NOT NULL
);

CREATE TABLE timeline (
  call_seq BIGINT NOT NULL,
  n        BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  what     TEXT   NOT NULL,
  source   TEXT   NOT NULL,
  detail   TEXT   NOT NULL,
  PRIMARY KEY (call_seq, n)
);

CREATE TABLE transcript (
  call_seq      BIGINT NOT NULL,
  n             BIGINT NOT NULL,
  role          TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  tool_name     TEXT   NOT NULL,
  invocation_id TEXT   NOT NULL,
  is_final      BIGINT NOT NULL,
  at_ms         BIGINT NOT NULL,
  PRIMARY KEY (call_seq, n)
);

CREATE TABLE owed (
  call_seq      BIGINT NOT NULL,
  what          TEXT   NOT NULL,
  next_at       BIGINT NOT NULL,
  tries         BIGINT NOT NULL,
  missing_since BIGINT NOT NULL,
  PRIMARY KEY (call_seq, what)
);
CREATE INDEX owed_by_time ON owed (next_at);

-- Append-only. hash is SHA-256 over the hash of the row before and this row (audit.cpp).
CREATE TABLE audit (
  seq     BIGINT PRIMARY KEY,
  at      BIGINT NOT NULL,
  kind    TEXT   NOT NULL,
  person  TEXT   NOT NULL,
  address TEXT   NOT NULL,
  call_id TEXT   NOT NULL,
  number  TEXT   NOT NULL,
  detail  TEXT   NOT NULL,
  hash    BYTEA  NOT NULL
);
-- Where the chain begins after old rows were removed: the last removed row and its hash.
CREATE TABLE audit_checkpoints (
  seq  BIGINT PRIMARY KEY,
  at   BIGINT NOT NULL,
  hash BYTEA  NOT NULL
);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.seq <= (SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoints) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE people (
  name          TEXT COLLATE "C" PRIMARY KEY,
  role          TEXT   NOT NULL,
  password_hash TEXT   NOT NULL,
  created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
  token_hash BYTEA  PRIMARY KEY,
  person     TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE tokens (
  name       TEXT COLLATE "C" PRIMARY KEY,
  token_hash BYTEA  NOT NULL UNIQUE,
  person     TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);

-- One row, whose number grows whenever somebody's right to be here changes (people.cpp).
CREATE TABLE rights (
  number BIGINT NOT NULL
);
INSERT INTO rights (number) VALUES (1);

-- scope: 'account' or 'address'.
CREATE TABLE login_tries (
  scope   TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  tries   BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (scope, subject)
);
CREATE INDEX login_tries_by_time ON login_tries (last_at);

-- Floods of refusals (refusals.cpp). `written` have an audit row of that minute, `more` none.
CREATE TABLE refusals (
  address TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  minute  BIGINT NOT NULL,
  written BIGINT NOT NULL,
  more    BIGINT NOT NULL,
  PRIMARY KEY (address, reason)
);
CREATE INDEX refusals_by_minute ON refusals (minute);

CREATE TABLE do_not_call (
  number   TEXT COLLATE "C" PRIMARY KEY,
  reason   TEXT   NOT NULL,
  added_by TEXT   NOT NULL,
  added_at BIGINT NOT NULL
);

CREATE TABLE agents (
  id       TEXT COLLATE "C" PRIMARY KEY,
  json     TEXT   NOT NULL,
  saved_by TEXT   NOT NULL,
  saved_at BIGINT NOT NULL
);

-- What is written to find out whether there is room for a call (Store::check_writable).
CREATE TABLE probe (
  filler BYTEA NOT NULL
);
ALTER TABLE probe ALTER COLUMN filler SET STORAGE EXTERNAL;
INSERT INTO probe (filler) VALUES ('');
)sql",
    // 2: what is due is read kind by kind.
    R"sql(
DROP INDEX owed_by_time;
CREATE INDEX owed_by_kind ON owed (what, next_at);
)sql",
    // 3: which of several servers performs what is owed, and until when nobody else may
    // (leases.cpp).
    // The table is small and always written: room on its pages, and swept often.
    R"sql(
ALTER TABLE owed ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
ALTER TABLE owed ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE owed SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01,
                      autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);
)sql",
    // 4: events that each server tells its own pages of.
    R"sql(
-- What pages of every server are told of (news.cpp): the latest, in the order of the record.
CREATE TABLE news (
  number       BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  kind         TEXT   NOT NULL,
  owner        TEXT   NOT NULL,
  for_everyone BIGINT NOT NULL,
  masked       TEXT   NOT NULL,
  whole        TEXT   NOT NULL
);
-- One row. Another number, and those of the news are others', too. Begins with one that another
-- database is not likely to have.
CREATE TABLE epoch (
  number BIGINT NOT NULL
);
INSERT INTO epoch (number)
  SELECT 1 + (extract(epoch FROM clock_timestamp())::bigint / 8) % 2000000;
ALTER TABLE news SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
)sql",
    // 5: which database server and which line of its history the record was last seen on, and since
    // when the vendors may know of calls that the record does not (epoch.cpp).
    R"sql(
ALTER TABLE epoch ADD COLUMN made_on TEXT NOT NULL DEFAULT '';
ALTER TABLE epoch ADD COLUMN unsure_since BIGINT NOT NULL DEFAULT 0;
)sql",
    // 6: when a line of a transcript ends.
    R"sql(
ALTER TABLE transcript ADD COLUMN end_ms BIGINT NOT NULL DEFAULT 0;
)sql",
};
constexpr auto newest = static_cast<std::int64_t>(std::size(steps));

/// Inside the transaction that takes the steps.
Result<void> take_steps(db::Db& db) {
  if (db.number("SELECT current_setting('server_version_num')::bigint", 0) < 150'000 &&
      !db.failed()) {
    return fail(ErrorCode::store_unavailable,
                "The database that DATABASE_URL names is older than PostgreSQL 15. Update it.");
  }
  db.run("CREATE TABLE IF NOT EXISTS voxdial_schema (version BIGINT NOT NULL)");
  const std::int64_t version = db.number("SELECT COALESCE(MAX(version), 0) FROM voxdial_schema", 0);
  if (version > newest + 1) {
    return fail(ErrorCode::store_unavailable,
                "The call records were written by a newer voxdial (schema " +
                    std::to_string(version) + "; this one knows " + std::to_string(newest) +
                    "). Run the newer version.");
  }
  for (std::int64_t step = version; step < newest; ++step) {
    db.script(steps[step]);
    db.run("INSERT INTO voxdial_schema (version) VALUES (?)", step + 1);
  }
  const std::string columns =
      missing_columns(db,
                      "SELECT column_name FROM information_schema.columns WHERE table_name = "
                      "'calls' AND table_schema = current_schema()");
  if (!columns.empty()) db.script(columns.c_str());
  return {};
}

}  // namespace

Result<void> bring_up_to_date(db::Db& db) {
  db.begin_write();
  auto taken = take_steps(db);
  if (taken) db.commit();
  if (db.failed()) taken = fail(db.take_error());
  db.rollback();
  return taken;
}

}  // namespace voxdial::postgres
