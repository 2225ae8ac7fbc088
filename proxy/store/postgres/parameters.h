// A statement's text and values as PostgreSQL takes them.
#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/store/db.h"

namespace voxdial::postgres {

inline constexpr Oid bytea_type = 17;  ///< of the protocol (pg_type.dat)

/// "?" and "?7" as "$n", which is how PostgreSQL names its values.
std::string numbered(std::string_view sql);

/// The values of a statement as the protocol sends them. Borrows them.
class Parameters {
 public:
  explicit Parameters(std::span<const db::Value> values);

  int count() const { return static_cast<int>(types_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* bytes() const { return bytes_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(Oid type, std::string_view bytes);

  std::vector<std::string> own_;
  std::vector<Oid> types_;
  std::vector<const char*> bytes_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace voxdial::postgres
