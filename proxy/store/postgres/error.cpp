#include "proxy/store/postgres/error.h"

#include <string>

namespace voxdial::postgres {

Error store_error(std::string_view state) {
  const std::string_view group = state.substr(0, 2);
  const char* what = "The database refused what it was asked, so no call is placed. See its log.";
  if (state.empty() || group == "08" || group == "57") {
    what =
        "The database that DATABASE_URL names cannot be reached, so no call is placed. Check that "
        "it runs and that address, name and password are right; no restart is needed here.";
  } else if (state == "40003") {
    what =
        "The database's standby does not confirm what is recorded, so no call is placed. Check "
        "that it runs, or take it out of synchronous_standby_names.";
  } else if (group == "28" || state == "3D000") {
    what =
        "The database that DATABASE_URL names lets nobody in under this name and password, so no "
        "call is placed. Check the name, the password and the database's own name.";
  } else if (state == "42501") {
    what =
        "The name in DATABASE_URL may not write to its tables, so no call is placed. Give it the "
        "rights on them.";
  } else if (state == "53100") {
    what =
        "The disk of the database is full, so no call is placed. Free some space; no restart is "
        "needed.";
  } else if (group == "53") {
    what =
        "The database has no connection or memory left, so no call is placed. Give it more, or "
        "close what else uses it.";
  } else if (state == "55P03") {
    what = "Another program holds the call records, so no call is placed. Try again in a moment.";
  } else if (state == "25006") {
    what =
        "The database that DATABASE_URL names is a standby, which nobody can write to, so no call "
        "is placed. Name all hosts of the cluster in it.";
  }
  return make_error(ErrorCode::store_unavailable,
                    std::string(what) + " (PostgreSQL " +
                        (state.empty() ? "did not answer" : std::string(state)) + ")");
}

}  // namespace voxdial::postgres
