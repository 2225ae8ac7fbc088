#include "proxy/store/copy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "proxy/store/audit.h"
#include "proxy/store/engine.h"

namespace voxdial {
namespace {

using db::Column;
using db::Db;
using db::Table;

/// How many values one INSERT carries; far below what either engine takes.
constexpr std::size_t most_values = 2'000;

/// Rows that a record has from its beginning, or that strangers make: they are no reason to believe
/// that it is in use.
constexpr std::string_view always_there[] = {"probe", "rights", "login_tries", "refusals"};

bool is_always_there(const Table& table) {
  return std::ranges::find(always_there, table.name) != std::end(always_there);
}

std::string joined(std::size_t count, const std::string& what) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ", ") + what;
  return out;
}

std::string names(const Table& table) {
  std::string out;
  for (const Column& column : table.columns) out += (out.empty() ? "" : ", ") + column.name;
  return out;
}

/// Rows on their way: values are collected, and written many at a time.
class Inserted {
 public:
  Inserted(Db& to, const Table& table)
      : to_(to), table_(table), most_(most_values / table.columns.size()) {}

  void add(const db::Rows& row) {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const int column = static_cast<int>(i);
      if (table_.columns[i].kind == Column::Kind::integer) {
        numbers_.push_back(row.integer(column));
      } else {
        texts_.push_back(row.text(column));
      }
    }
    ++rows_;
    if (++waiting_ == most_) write();
  }

  /// How many there were in all.
  std::int64_t finish() {
    write();
    return rows_;
  }

 private:
  void write() {
    if (waiting_ == 0) return;
    std::vector<db::Value> values;
    auto number = numbers_.cbegin();
    auto text = texts_.cbegin();
    for (std::size_t i = 0; i < waiting_; ++i) {
      for (const Column& column : table_.columns) {
        switch (column.kind) {
          case Column::Kind::integer:
            values.emplace_back(*number++);
            break;
          case Column::Kind::text:
            values.emplace_back(std::string_view(*text++));
            break;
          case Column::Kind::bytes:
            values.emplace_back(db::Blob{*text++});
            break;
        }
      }
    }
    const std::string row = "(" + joined(table_.columns.size(), "?") + ")";
    to_.run_values(
        "INSERT INTO " + table_.name + " (" + names(table_) + ") VALUES " + joined(waiting_, row),
        values);
    numbers_.clear();
    texts_.clear();
    waiting_ = 0;
  }

  Db& to_;
  const Table& table_;
  const std::size_t most_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::string> texts_;
  std::size_t waiting_ = 0;
  std::int64_t rows_ = 0;
};

Result<Copied> copy_rows(Db& from, const std::vector<Table>& tables, Db& to, Sessions sessions) {
  for (const Table& table : tables) {
    if (is_always_there(table)) {
      to.run("DELETE FROM " + table.name);
    } else if (to.number("SELECT COUNT(*) FROM " + table.name, 0) != 0) {
      return fail(ErrorCode::conflict, "The place to copy to holds records already (in " +
                                           table.name +
                                           "). Name an empty one, so that nothing is mixed.");
    }
  }
  Copied copied;
  for (const Table& table : tables) {
    Inserted inserted(to, table);
    db::Rows rows = from.many_rows("SELECT " + names(table) + " FROM " + table.name);
    while (rows.next() && !to.failed()) inserted.add(rows);
    const std::int64_t count = inserted.finish();
    copied.rows += count;
    if (table.name == "calls") copied.calls = count;
  }
  if (sessions == Sessions::ended) to.run("DELETE FROM sessions");
  if (from.failed()) return fail(from.take_error());
  copied.audit = verify_audit(to);
  return copied;
}

}  // namespace

Result<Copied> copy_record(const StoreOptions& from, const StoreOptions& to, Sessions sessions) {
  const db::Engine source = db::engine_of(from);
  const db::Engine target = db::engine_of(to);
  auto original = source.to_write();
  if (!original) return fail(std::move(original).error());
  if (const auto current = source.bring_up_to_date(**original); !current) {
    return fail(current.error());
  }
  auto copy = target.to_write();
  if (!copy) return fail(std::move(copy).error());
  if (const auto current = target.bring_up_to_date(**copy); !current) return fail(current.error());

  Db& reading = **original;
  Db& writing = **copy;
  reading.begin_read();
  const std::vector<Table> tables = source.tables(reading);
  writing.begin_write();
  auto copied = copy_rows(reading, tables, writing, sessions);
  if (copied) writing.commit();
  if (writing.failed()) copied = fail(writing.take_error());
  writing.rollback();
  reading.rollback();
  return copied;
}

}  // namespace voxdial
