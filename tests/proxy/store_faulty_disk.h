// A disk that can be told to fail: SQLite's way to the file system with a switch in it.
#pragma once

#include <atomic>
#include <cstdint>

namespace voxdial::store_test {

/// One disk per process, as SQLite registers file systems by name: put `name` into
/// StoreOptions::vfs.
struct FaultyDisk {
  static constexpr const char* name = "faulty-disk";

  std::atomic<std::int64_t> operations{0};  ///< writes, syncs and truncations so far
  std::atomic<std::int64_t> fail_at{0};     ///< this one fails; 0: none
  std::atomic<bool> keep_failing{false};    ///< and all after it
  std::atomic<int> code{0};  ///< what it reports: SQLITE_FULL, SQLITE_IOERR_WRITE, ...

  std::atomic<std::int64_t> largest_file{
      INT64_MAX};  ///< the disk is full where one would grow more

  std::atomic<std::int64_t> syncs{0};        ///< carried out so far
  std::atomic<std::int64_t> opened{0};       ///< files opened so far
  std::atomic<std::int64_t> lost_before{0};  ///< files opened earlier are gone for good (unplugged)

  int next_operation();
  void heal() {
    fail_at = 0;
    keep_failing = false;
    operations = 0;
    lost_before = 0;
    largest_file = INT64_MAX;
  }
};
FaultyDisk& faulty_disk();

}  // namespace voxdial::store_test
