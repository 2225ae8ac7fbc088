#include "proxy/store/store.h"

#include "proxy/store/engine.h"
#include "proxy/store/impl.h"

namespace voxdial {

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  const db::Engine engine = db::engine_of(options);
  auto opened = engine.to_write();
  if (!opened) return fail(std::move(opened).error());
  if (const auto current = engine.bring_up_to_date(**opened); !current) {
    return fail(current.error());
  }
  return std::unique_ptr<Store>(
      new Store(std::make_unique<Impl>(engine, options, std::move(*opened))));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

void Store::measure(Measure measure) { impl_->measure = std::move(measure); }

Result<std::optional<DatabaseReport>> Store::about_database() {
  if (!impl_->on_database) return std::optional<DatabaseReport>();
  auto report = impl_->readers.read([](db::Db& db) -> Result<std::optional<DatabaseReport>> {
    db::Rows rows = db.rows(
        "SELECT current_setting('server_version_num')::bigint, "
        "current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off', "
        "current_setting('synchronous_standby_names') <> '' AND "
        "current_setting('synchronous_commit') NOT IN ('off', 'local')");
    if (!rows.next()) return std::optional<DatabaseReport>();
    return std::optional(DatabaseReport{.version = rows.small(0) / 10'000,
                                        .on_disk = rows.flag(1),
                                        .on_standby = rows.flag(2),
                                        .pooled = db.is_pooled(),
                                        .can_be_heard = false});
  });
  if (report && *report) (*report)->can_be_heard = postgres::can_listen(impl_->listen_url);
  return report;
}

Result<void> Store::check_writable() {
  // More than a call with its timeline and audit writes. The log then begins anew, so that what the
  // probe took is there for the next call.
  return impl_->writer.write(
      [](db::Db& db) -> Result<void> {
        const std::string filler(64 * 1024, '.');
        db.run("UPDATE probe SET filler = ?", db::Blob{filler});
        return {};
      },
      db::Log::emptied);
}

}  // namespace voxdial
