// SQLite, in a file of its own. SQL text is prepared once per connection and kept.
#pragma once

#include <memory>
#include <string>

#include "proxy/store/db.h"
#include "proxy/store/faults.h"

namespace voxdial::sqlite {

enum class Use : std::uint8_t { write, read };

struct Options {
  std::string path;
  int busy_timeout_ms = 0;
  std::string vfs = {};
  StoreFaults* faults = nullptr;
};

/// Use::write creates the file, readable for its owner only; Use::read refuses every writing
/// statement.
Result<std::unique_ptr<db::Db>> open(const Options& options, Use use);

}  // namespace voxdial::sqlite
