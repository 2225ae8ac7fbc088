#include "proxy/store/store.h"

#include <fcntl.h>
#include <unistd.h>

#include "proxy/store/impl.h"
#include "proxy/store/schema.h"

namespace voxdial {
namespace {

// Before SQLite can create it readable for others; its log and index take over the mode.
void create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);  // when it fails, SQLite fails too and says why
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  const db::Db::Options write{options.path, db::Db::Use::write, options.busy_timeout_ms,
                              options.vfs, options.faults};
  db::Db::Options read = write;
  read.use = db::Db::Use::read;

  create_private(options.path);
  auto opened = db::Db::open(write);
  if (!opened) return fail(std::move(opened).error());
  if (auto current = db::bring_up_to_date(**opened); !current) return fail(current.error());
  return std::unique_ptr<Store>(new Store(std::make_unique<Impl>(
      std::move(read), options.readers, std::move(*opened), write, options.reconcile)));
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
