// A PostgreSQL of the distribution's, started when a test first needs it and gone with the program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace voxdial::postgres_test {

/// A schema of its own in the one database: as good as an empty database, and made in no time.
/// The address leads into it.
std::string new_schema();
std::string url_of(const std::string& schema);
/// The same through PgBouncer, in transaction mode.
std::string pooled_url_of(const std::string& schema);

/// What another program does there: the error's text, empty when it was carried out; and the text
/// or number that a query gives.
std::string carry_out(const std::string& url, const std::string& sql);
std::string text(const std::string& url, const std::string& sql);
std::int64_t number(const std::string& url, const std::string& sql);
/// Another program's transaction, begun with this; it stays open, and holds its locks, until it is
/// reset.
[[nodiscard]] std::shared_ptr<void> open_transaction(const std::string& url,
                                                     const std::string& sql);

}  // namespace voxdial::postgres_test
