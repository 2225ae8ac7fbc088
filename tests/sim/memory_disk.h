// A disk in memory for SQLite: as fast as memory, the same on every machine, and what was written
// outlives the connections that wrote it, as it outlives a process.
#pragma once

#include <string>

namespace voxdial::sim {

/// Its name as one of SQLite's ways to a file system (StoreOptions::vfs).
inline constexpr const char* memory_disk = "memory-disk";
void register_memory_disk();

/// The bytes of a file, empty when there is none; and a file made of bytes.
std::string file_bytes(const std::string& path);
void put_file(const std::string& path, std::string bytes);
void remove_file(const std::string& path);

}  // namespace voxdial::sim
