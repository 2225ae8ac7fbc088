// DATA_DIR: the folder with whole numbers and transcripts in it.
//
// Owns who may read it and the lock on it. One process serves from a folder at a time: a second one
// would take what the first is doing for what a crash has left behind. The verbs of the command
// line need no lock; they run beside it.
#pragma once

#include <string>

#include "shared/result.h"

namespace voxdial {

class DataFolder {
 public:
  /// Makes the folder, closed to others, when it is not there. One that is there stays as it is: it
  /// may be the operator's for other things as well. It is refused when anybody on the machine
  /// could read the record in it.
  static Result<DataFolder> open(std::string path);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  /// Keeps the folder for this process until it ends, however it ends. The error names the process
  /// that has it.
  Result<void> lock();

  std::string database() const { return path_ + "/voxdial.db"; }

 private:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  int lock_ = -1;  ///< the open lock file
};

}  // namespace voxdial
