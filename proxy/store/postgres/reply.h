// What PostgreSQL replied, and whether a pooler stands between.
#pragma once

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>

namespace voxdial::postgres {

struct Cleared {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Reply = std::unique_ptr<PGresult, Cleared>;

/// Whether a pooler, which may give each transaction another session, answered
/// "SELECT pg_backend_pid(), ...": it tells a process number of its own, and passes no bell on.
/// REQUIRES: the reply has a row
inline bool is_behind_pooler(PGconn* connection, const PGresult* reply) {
  return std::atoi(PQgetvalue(reply, 0, 0)) != PQbackendPID(connection);
}

}  // namespace voxdial::postgres
