#include "proxy/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace voxdial {
namespace {

constexpr mode_t of_others = S_IROTH | S_IXOTH;

bool others_may(const std::string& path, mode_t what) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && (info.st_mode & what) != 0;
}

Unexpected<Error> cannot(const std::string& what, const std::string& path, const std::string& why) {
  return fail(ErrorCode::store_unavailable,
              "The data folder " + path + " (DATA_DIR) " + what + ": " + why + ".");
}

/// The number a server has written into its lock file; empty when it was just about to.
std::string process_in(int file) {
  char text[32] = {};
  const ssize_t length = ::pread(file, text, sizeof text - 1, 0);
  std::string digits(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  digits.resize(std::min(digits.size(), digits.find_first_not_of("0123456789")));
  return digits;
}

}  // namespace

Result<DataFolder> DataFolder::open(std::string path) {
  std::error_code status;
  if (std::filesystem::create_directories(path, status)) ::chmod(path.c_str(), 0700);
  if (status) return cannot("cannot be made", path, status.message());
  DataFolder folder(std::move(path));
  if (others_may(folder.path_, of_others) && others_may(folder.database(), S_IROTH)) {
    return cannot("lets everybody on this machine read the call record", folder.path_,
                  "close it with `chmod 700 " + folder.path_ +
                      "`, or the files alone with `chmod 600 " + folder.database() + "*`");
  }
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

// The system gives the lock back when the process is gone, kill -9 included: a file that was left
// behind locks nothing.
Result<void> DataFolder::lock() {
  const std::string name = path_ + "/voxdial.lock";
  lock_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return cannot("cannot be locked", path_, std::generic_category().message(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return cannot("cannot be locked", path_, std::generic_category().message(errno));
    const std::string process = process_in(lock_);
    return fail(ErrorCode::store_unavailable,
                "The data folder " + path_ + " (DATA_DIR) is in use by another voxdial" +
                    (process.empty() ? "" : " (process " + process + ")") +
                    ". Stop that one first, or give this one a folder of its own.");
  }
  const std::string process = std::to_string(::getpid()) + '\n';
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, process.data(), process.size(), 0) < 0) {
    return cannot("cannot be written", path_, std::generic_category().message(errno));
  }
  return {};
}

}  // namespace voxdial
