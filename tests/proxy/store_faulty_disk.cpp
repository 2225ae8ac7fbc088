#include "store_faulty_disk.h"

#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>

namespace voxdial::store_test {
namespace {

/// SQLite gives szOsFile bytes for each file: ours in front, the real one's behind it.
struct File {
  sqlite3_file base;
  std::int64_t number;  ///< in the order of opening
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return file_of(file)->real(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

bool lost(sqlite3_file* file) { return file_of(file)->number < faulty_disk().lost_before; }

int failure(sqlite3_file* file) {
  return lost(file) ? SQLITE_IOERR : faulty_disk().next_operation();
}

// The operations that can fail.
int write(sqlite3_file* f, const void* data, int size, sqlite3_int64 at) {
  const int code = failure(f);
  if (code == 0 && at + size > faulty_disk().largest_file) return SQLITE_FULL;
  return code != 0 ? code : methods(f).xWrite(real(f), data, size, at);
}
int sync(sqlite3_file* f, int flags) {
  const int code = failure(f);
  if (code == 0) ++faulty_disk().syncs;
  return code != 0 ? code : methods(f).xSync(real(f), flags);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  const int code = failure(f);
  return code != 0 ? code : methods(f).xTruncate(real(f), size);
}
int read(sqlite3_file* f, void* data, int size, sqlite3_int64 at) {
  return lost(f) ? SQLITE_IOERR_READ : methods(f).xRead(real(f), data, size, at);
}

// All others go straight through.
int close(sqlite3_file* f) { return methods(f).xClose(real(f)); }
int file_size(sqlite3_file* f, sqlite3_int64* size) { return methods(f).xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return methods(f).xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return methods(f).xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* out) { return methods(f).xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) {
  return methods(f).xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) { return methods(f).xSectorSize(real(f)); }
int traits(sqlite3_file* f) { return methods(f).xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return methods(f).xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return methods(f).xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) { methods(f).xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return methods(f).xShmUnmap(real(f), remove); }

const sqlite3_io_methods faulty_methods = {
    2,        close,       read,       write,   truncate,    sync,   file_size,
    lock,     unlock,      check_lock, control, sector_size, traits, shm_map,
    shm_lock, shm_barrier, shm_unmap,  nullptr, nullptr,
};

sqlite3_vfs* real_vfs() { return sqlite3_vfs_find("unix"); }

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  f->pMethods = nullptr;
  file_of(f)->number = ++faulty_disk().opened;
  const int code = real_vfs()->xOpen(real_vfs(), name, real(f), flags, out_flags);
  if (real(f)->pMethods != nullptr) f->pMethods = &faulty_methods;
  return code;
}

}  // namespace

int FaultyDisk::next_operation() {
  const std::int64_t n = ++operations;
  const std::int64_t at = fail_at;
  return at != 0 && (n == at || (keep_failing && n > at)) ? code.load() : 0;
}

FaultyDisk& faulty_disk() {
  static FaultyDisk disk;
  static const bool registered = [] {
    static sqlite3_vfs vfs = *real_vfs();
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.zName = FaultyDisk::name;
    vfs.pNext = nullptr;
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  REQUIRE(registered);
  return disk;
}

}  // namespace voxdial::store_test
