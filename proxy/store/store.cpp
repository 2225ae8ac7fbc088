#include "proxy/store/store.h"

#include "proxy/store/impl.h"
#include "proxy/store/postgres/connection.h"
#include "proxy/store/postgres/schema.h"
#include "proxy/store/sqlite/connection.h"
#include "proxy/store/sqlite/schema.h"

namespace voxdial {

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  db::Open to_write;
  db::Open to_read;
  if (options.url.empty()) {
    const sqlite::Options file{options.path, options.busy_timeout_ms, options.vfs, options.faults};
    to_write = [file] { return sqlite::open(file, sqlite::Use::write); };
    to_read = [file] { return sqlite::open(file, sqlite::Use::read); };
  } else {
    const postgres::Options writing{options.url, options.faults, options.serving};
    const postgres::Options reading{options.url, options.faults, false};
    to_write = [writing] { return postgres::open(writing); };
    to_read = [reading] { return postgres::open(reading); };
  }
  auto opened = to_write();
  if (!opened) return fail(std::move(opened).error());
  const auto current = options.url.empty() ? sqlite::bring_up_to_date(**opened)
                                           : postgres::bring_up_to_date(**opened);
  if (!current) return fail(current.error());
  return std::unique_ptr<Store>(new Store(std::make_unique<Impl>(
      to_read, options.readers, std::move(*opened), to_write, options.reconcile)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

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
