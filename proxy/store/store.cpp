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
