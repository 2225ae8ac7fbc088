// A database of its own, and stores that use it.
#pragma once

#include "postgres_cluster.h"
#include "store_fixture.h"

namespace voxdial::store_test {

using postgres_test::carry_out;
using postgres_test::number;
using postgres_test::open_transaction;

struct House {
  const std::string url = postgres_test::url_of(postgres_test::new_schema());
  StoreOptions options() const {
    StoreOptions options;
    options.url = Secret(std::string(url));
    return options;
  }
};

inline bool says(const Error& error, std::string_view word) {
  CAPTURE(error.message);
  CHECK(error.message.find("voxdial@") == std::string::npos);  // never the address
  return error.code == ErrorCode::store_unavailable &&
         error.message.find(word) != std::string::npos;
}

}  // namespace voxdial::store_test
