// The tables of the file, step by step from the first voxdial's to today's.
#pragma once

#include <cstdint>

namespace voxdial::sqlite {

// Steps are only ever added. SQL stays with what PostgreSQL has too, as far as SQLite lets it;
// names that are reserved words there (user, to, end) are avoided.
inline constexpr const char* steps[] = {
    // 1: everything.
    R"sql(
-- One row per admitted call. seq is the order of admission.
-- *_seq count the calls of that person, address or number; step 7 drops them.
-- counted_at is created_at, but never in the future: what the limits go by when the clock is set back.
CREATE TABLE calls (
  seq                 INTEGER PRIMARY KEY,
  id                  TEXT    NOT NULL UNIQUE,
  version             INTEGER NOT NULL,
  medium              TEXT    NOT NULL,
  status              TEXT    NOT NULL,
  live                INTEGER NOT NULL,
  agent               TEXT    NOT NULL,
  agent_name          TEXT    NOT NULL,
  person              TEXT    NOT NULL,
  person_seq          INTEGER NOT NULL,
  address             TEXT    NOT NULL,
  address_seq         INTEGER NOT NULL,
  number              TEXT    NOT NULL,
  number_seq          INTEGER NOT NULL,
  region              TEXT    NOT NULL,
  created_at          INTEGER NOT NULL,
  counted_at          INTEGER NOT NULL,
  ringing_at          INTEGER NOT NULL DEFAULT 0,
  answered_at         INTEGER NOT NULL DEFAULT 0,
  ended_at            INTEGER NOT NULL DEFAULT 0,
  max_duration_s      INTEGER NOT NULL,
  cost_per_minute     INTEGER NOT NULL,
  recording           INTEGER NOT NULL,
  ending              INTEGER NOT NULL DEFAULT 0,
  answered_by         TEXT    NOT NULL DEFAULT '',
  left_voicemail      INTEGER NOT NULL DEFAULT 0,
  end_by              TEXT    NOT NULL DEFAULT '',
  end_code            TEXT    NOT NULL DEFAULT '',
  end_sentence        TEXT    NOT NULL DEFAULT '',
  end_given           INTEGER NOT NULL DEFAULT 0,
  price               TEXT    NOT NULL DEFAULT '',
  price_unit          TEXT    NOT NULL DEFAULT '',
  warning             TEXT    NOT NULL DEFAULT '',
  ultravox_call_id    TEXT    NOT NULL DEFAULT '',
  twilio_sid          TEXT    NOT NULL DEFAULT '',
  twilio_status       TEXT    NOT NULL DEFAULT '',
  twilio_error        INTEGER NOT NULL DEFAULT 0,
  sip_code            INTEGER NOT NULL DEFAULT 0,
  ultravox_end_reason TEXT    NOT NULL DEFAULT '',
  hung_up_here        INTEGER NOT NULL DEFAULT 0,
  talked_s            INTEGER NOT NULL DEFAULT 0,
  idempotency_key     TEXT    NOT NULL,
  request_hash        TEXT    NOT NULL
);
CREATE INDEX calls_by_time ON calls (created_at, seq);
CREATE INDEX calls_by_person_time ON calls (person, created_at, seq);
CREATE UNIQUE INDEX calls_of_person ON calls (person, person_seq);
CREATE UNIQUE INDEX calls_of_address ON calls (address, address_seq);
CREATE UNIQUE INDEX calls_of_number ON calls (number, number_seq) WHERE number <> '';
CREATE UNIQUE INDEX calls_by_key ON calls (person, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX calls_by_agent ON calls (agent, created_at, seq);
CREATE INDEX calls_live ON calls (created_at, seq) WHERE live = 1;
CREATE INDEX calls_by_end ON calls (status, created_at, seq) WHERE live = 0;
CREATE INDEX calls_by_twilio_sid ON calls (twilio_sid) WHERE twilio_sid <> '';
CREATE INDEX calls_by_ultravox_id ON calls (ultravox_call_id) WHERE ultravox_call_id <> '';

CREATE TABLE answers (
  call_seq    INTEGER PRIMARY KEY,
  http_status INTEGER NOT NULL,
  body        TEXT    NOT NULL
);

CREATE TABLE timeline (
  call_seq INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  what     TEXT    NOT NULL,
  source   TEXT    NOT NULL,
  detail   TEXT    NOT NULL,
  PRIMARY KEY (call_seq, n)
) WITHOUT ROWID;

CREATE TABLE transcript (
  call_seq      INTEGER NOT NULL,
  n             INTEGER NOT NULL,
  role          TEXT    NOT NULL,
  words         TEXT    NOT NULL,
  tool_name     TEXT    NOT NULL,
  invocation_id TEXT    NOT NULL,
  is_final      INTEGER NOT NULL,
  at_ms         INTEGER NOT NULL,
  PRIMARY KEY (call_seq, n)
) WITHOUT ROWID;

-- Calls running now, per person; a person without any has no row.
CREATE TABLE running (
  person TEXT PRIMARY KEY,
  calls  INTEGER NOT NULL
) WITHOUT ROWID;

-- Talk time and money of the calls counted in an hour (counted_at / 3,600,000): reserved while they
-- run, real afterwards.
CREATE TABLE spending (
  hour    INTEGER PRIMARY KEY,
  seconds INTEGER NOT NULL,
  micros  INTEGER NOT NULL
);

-- Append-only. hash is SHA-256 over the hash of the row before and this row (audit.cpp).
CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  person  TEXT    NOT NULL,
  address TEXT    NOT NULL,
  call_id TEXT    NOT NULL,
  number  TEXT    NOT NULL,
  detail  TEXT    NOT NULL,
  hash    BLOB    NOT NULL
);
-- Where the chain begins after old rows were removed: the last removed row and its hash.
CREATE TABLE audit_checkpoints (
  seq  INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,
  hash BLOB    NOT NULL
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT COALESCE(MAX(seq), 0) FROM audit_checkpoints)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE people (
  name          TEXT PRIMARY KEY,
  role          TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  created_at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  person     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE tokens (
  name       TEXT PRIMARY KEY,
  token_hash BLOB    NOT NULL UNIQUE,
  person     TEXT    NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- scope: 'account' or 'address'.
CREATE TABLE login_tries (
  scope   TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  tries   INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (scope, subject)
) WITHOUT ROWID;
CREATE INDEX login_tries_by_time ON login_tries (last_at);

CREATE TABLE do_not_call (
  number   TEXT PRIMARY KEY,
  reason   TEXT    NOT NULL,
  added_by TEXT    NOT NULL,
  added_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE agents (
  id       TEXT PRIMARY KEY,
  json     TEXT    NOT NULL,
  saved_by TEXT    NOT NULL,
  saved_at INTEGER NOT NULL
) WITHOUT ROWID;
)sql",
    // 2: floods of refusals (refusals.cpp). `written` have an audit row of that minute, `more`
    // none.
    R"sql(
CREATE TABLE refusals (
  address TEXT    NOT NULL,
  reason  TEXT    NOT NULL,
  minute  INTEGER NOT NULL,
  written INTEGER NOT NULL,
  more    INTEGER NOT NULL,
  PRIMARY KEY (address, reason)
) WITHOUT ROWID;
CREATE INDEX refusals_by_minute ON refusals (minute);
)sql",
    // 3: what is to happen when a machine answers, and whether it has happened.
    R"sql(
ALTER TABLE calls ADD COLUMN voicemail TEXT NOT NULL DEFAULT 'carry-on';
ALTER TABLE calls ADD COLUMN machine_handled INTEGER NOT NULL DEFAULT 0;
)sql",
    // 4: one row, whose number grows whenever somebody's right to be here changes (people.cpp).
    R"sql(
CREATE TABLE rights (
  number INTEGER NOT NULL
);
INSERT INTO rights (number) VALUES (1);
)sql",
    // 5: what a call is searched by, in one writing (fold.h).
    R"sql(
ALTER TABLE calls ADD COLUMN words TEXT NOT NULL DEFAULT '';
)sql",
    // 6: what a call is wanted to be, what each vendor last said, and what is owed. A sid belongs
    // to one call: of two that hold it, the newer one lets go.
    R"sql(
ALTER TABLE calls ADD COLUMN wish TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN wished_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN answer_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN dialled_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN lost_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN agent_state TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN agent_ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN message_cursor TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN message_index INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN message_pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN done INTEGER NOT NULL DEFAULT 0;
UPDATE calls SET wish = 'pressed', wished_at = created_at WHERE ending = 1;
UPDATE calls SET dialled_at = created_at WHERE live = 1 AND medium = 'twilio' AND ultravox_call_id <> '';
UPDATE calls SET answer_by = created_at + 180000 WHERE live = 1;
UPDATE calls SET twilio_sid = '' WHERE twilio_sid <> '' AND EXISTS
  (SELECT 1 FROM calls AS older WHERE older.twilio_sid = calls.twilio_sid AND older.seq < calls.seq);
DROP INDEX calls_by_twilio_sid;
CREATE UNIQUE INDEX calls_by_twilio_sid ON calls (twilio_sid) WHERE twilio_sid <> '';
CREATE TABLE owed (
  call_seq      INTEGER NOT NULL,
  what          TEXT    NOT NULL,
  next_at       INTEGER NOT NULL,
  tries         INTEGER NOT NULL,
  missing_since INTEGER NOT NULL,
  PRIMARY KEY (call_seq, what)
) WITHOUT ROWID;
CREATE INDEX owed_by_time ON owed (next_at);
INSERT INTO owed (call_seq, what, next_at, tries, missing_since)
  SELECT seq, 'look_ultravox', 0, 0, 0 FROM calls WHERE live = 1;
)sql",
    // 7: limits are counted in the calls themselves (limits.cpp). What a call counts for: its
    // longest length until it is over, then its real one; the longest again when nobody can tell.
    R"sql(
DROP TABLE running;
DROP TABLE spending;
DROP INDEX calls_of_person;
DROP INDEX calls_of_address;
DROP INDEX calls_of_number;
ALTER TABLE calls DROP COLUMN person_seq;
ALTER TABLE calls DROP COLUMN address_seq;
ALTER TABLE calls DROP COLUMN number_seq;
ALTER TABLE calls ADD COLUMN counted_s INTEGER GENERATED ALWAYS AS
  (CASE WHEN live = 1 OR status = 'unknown' OR (status = 'completed' AND talked_s = 0)
        THEN max_duration_s ELSE talked_s END) VIRTUAL;
ALTER TABLE calls ADD COLUMN counted_micros INTEGER GENERATED ALWAYS AS
  ((counted_s + 59) / 60 * cost_per_minute) VIRTUAL;
CREATE INDEX calls_of_person ON calls (person, counted_at);
CREATE INDEX calls_of_address ON calls (address, counted_at);
CREATE INDEX calls_of_number ON calls (number, counted_at) WHERE number <> '';
CREATE INDEX calls_by_count ON calls (counted_at, counted_s, counted_micros);
ALTER TABLE answers RENAME TO replies;
-- What is written to find out whether there is room for a call (Store::check_writable).
CREATE TABLE probe (
  filler BLOB NOT NULL
);
INSERT INTO probe (filler) VALUES (x'');
)sql",
    // 8: what is due is read kind by kind.
    R"sql(
DROP INDEX owed_by_time;
CREATE INDEX owed_by_kind ON owed (what, next_at);
)sql",
    // 9: which of several servers performs what is owed, and until when nobody else may
    // (leases.cpp).
    R"sql(
ALTER TABLE owed ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
ALTER TABLE owed ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
)sql",
    // 10: events that each of several servers tells its own pages of.
    R"sql(
-- What pages of every server are told of (news.cpp): the latest, in the order of the record.
CREATE TABLE news (
  number       INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  kind         TEXT    NOT NULL,
  owner        TEXT    NOT NULL,
  for_everyone INTEGER NOT NULL,
  masked       TEXT    NOT NULL,
  whole        TEXT    NOT NULL
);
-- One row. Another number, and those of the news are others', too. Begins with one that another
-- database is not likely to have.
CREATE TABLE epoch (
  number INTEGER NOT NULL
);
INSERT INTO epoch (number) SELECT 1 + (strftime('%s', 'now') / 8) % 2000000;
)sql",
    // 11: which database server and which line of its history the record was last seen on, and
    // since when the vendors may know of calls that the record does not (epoch.cpp).
    R"sql(
ALTER TABLE epoch ADD COLUMN made_on TEXT NOT NULL DEFAULT '';
ALTER TABLE epoch ADD COLUMN unsure_since INTEGER NOT NULL DEFAULT 0;
)sql",
    // 12: when a line of a transcript ends.
    R"sql(
ALTER TABLE transcript ADD COLUMN end_ms INTEGER NOT NULL DEFAULT 0;
)sql",
};

/// The places in `steps` from which on calls are found by folded words, and are folded as today.
inline constexpr std::int64_t words_step = 4;
inline constexpr std::int64_t width_step = 6;

}  // namespace voxdial::sqlite
