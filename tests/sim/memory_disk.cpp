#include "tests/sim/memory_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace voxdial::sim {
namespace {

struct File {
  std::string bytes;
  std::vector<std::unique_ptr<char[]>> shared;  ///< the regions of a log's index
  int holders = 0;                              ///< connections that read it
};

// The store writes on a thread of its own while the simulator waits for it.
std::mutex mutex;
std::map<std::string, std::shared_ptr<File>> files;  // by path

struct Handle {
  sqlite3_file base;
  std::shared_ptr<File> file;
  std::string path;
  int lock = SQLITE_LOCK_NONE;
};

Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

int close(sqlite3_file* file) {
  handle(file).~Handle();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  const std::string& bytes = handle(file).file->bytes;
  const auto from = static_cast<std::size_t>(at), wanted = static_cast<std::size_t>(count);
  const std::size_t there = from >= bytes.size() ? 0 : std::min(wanted, bytes.size() - from);
  if (there > 0) std::memcpy(to, bytes.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  std::string& bytes = handle(file).file->bytes;
  const auto to = static_cast<std::size_t>(at), size = static_cast<std::size_t>(count);
  if (bytes.size() < to + size) bytes.resize(to + size);
  std::memcpy(bytes.data() + to, from, size);
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  handle(file).file->bytes.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file*, int) { return SQLITE_OK; }

int size_of(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(handle(file).file->bytes.size());
  return SQLITE_OK;
}

// No two connections are at work at a time. One thing needs locks all the same: the last connection
// that closes a database removes its log, and only the last.
int lock(sqlite3_file* file, int level) {
  Handle& mine = handle(file);
  if (level <= mine.lock) return SQLITE_OK;
  const bool others = mine.file->holders > (mine.lock >= SQLITE_LOCK_SHARED ? 1 : 0);
  if (level == SQLITE_LOCK_EXCLUSIVE && others) return SQLITE_BUSY;
  if (mine.lock == SQLITE_LOCK_NONE) ++mine.file->holders;
  mine.lock = level;
  return SQLITE_OK;
}

int unlock(sqlite3_file* file, int level) {
  Handle& mine = handle(file);
  if (level == SQLITE_LOCK_NONE && mine.lock != SQLITE_LOCK_NONE) --mine.file->holders;
  mine.lock = std::min(mine.lock, level);
  return SQLITE_OK;
}

int is_reserved(sqlite3_file*, int* out) {
  *out = 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shared_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& regions = handle(file).file->shared;
  *out = nullptr;
  while (static_cast<int>(regions.size()) <= region) {
    if (extend == 0) return SQLITE_OK;
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *out = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}

int shared_lock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void shared_barrier(sqlite3_file*) {}
int shared_unmap(sqlite3_file* file, int forget) {
  if (forget != 0) handle(file).file->shared.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods methods = {2,
                                        close,
                                        read,
                                        write,
                                        truncate,
                                        sync,
                                        size_of,
                                        lock,
                                        unlock,
                                        is_reserved,
                                        control,
                                        sector_size,
                                        characteristics,
                                        shared_map,
                                        shared_lock,
                                        shared_barrier,
                                        shared_unmap,
                                        nullptr,
                                        nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* flags_out) {
  const std::lock_guard guard(mutex);
  out->pMethods = nullptr;
  const std::string path = name == nullptr ? "" : name;
  auto found = files.find(path);
  if (found == files.end()) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    found = files.emplace(path, std::make_shared<File>()).first;
  }
  Handle* made = new (out) Handle{{&methods}, found->second, path};
  static_cast<void>(made);
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int) {
  remove_file(name);
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int, int* out) {
  const std::lock_guard guard(mutex);
  *out = files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 7, static_cast<std::size_t>(size));
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, double* out) {
  *out = 2461000.5;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

void register_memory_disk() {
  static sqlite3_vfs vfs = {1,       sizeof(Handle), 512,        nullptr, memory_disk,
                            nullptr, open,           remove,     access,  full_path,
                            nullptr, nullptr,        nullptr,    nullptr, randomness,
                            sleep,   current_time,   last_error, nullptr, nullptr,
                            nullptr, nullptr};
  // Its statistics cost a lock on every allocation; once it is initialised they cannot be switched
  // off any more.
  static const int registered =
      sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) | sqlite3_vfs_register(&vfs, 0);
  static_cast<void>(registered);
}

std::string file_bytes(const std::string& path) {
  const std::lock_guard guard(mutex);
  const auto found = files.find(path);
  return found == files.end() ? std::string() : found->second->bytes;
}

void put_file(const std::string& path, std::string bytes) {
  const std::lock_guard guard(mutex);
  auto file = std::make_shared<File>();
  file->bytes = std::move(bytes);
  files[path] = std::move(file);
}

void remove_file(const std::string& path) {
  const std::lock_guard guard(mutex);
  files.erase(path);
}

}  // namespace voxdial::sim
