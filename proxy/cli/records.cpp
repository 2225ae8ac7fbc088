#include "proxy/cli/records.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>

#include "proxy/cli/console.h"
#include "proxy/data_folder.h"
#include "proxy/store/copy.h"

namespace voxdial {
namespace {

namespace fs = std::filesystem;

/// A record, and for as long as this lives nobody serves from it.
struct Place {
  std::optional<DataFolder> folder;
  StoreOptions options;
};

enum class Served : std::uint8_t { may_be, must_not };

std::string no_such(const std::string& path) {
  return "There is no call record at " + path + ". Check the path; nothing was copied.";
}

Result<Place> in_folder(const std::string& path, Served served) {
  Place place;
  auto folder = DataFolder::open(path);
  if (!folder) return fail(std::move(folder).error());
  if (served == Served::must_not) {
    if (const auto locked = folder->lock(); !locked) return fail(locked.error());
  }
  place.options.path = folder->database();
  place.folder.emplace(std::move(*folder));
  return place;
}

Place in_database(Secret url, Served served) {
  Place place;
  place.options.url = std::move(url);
  place.options.alone = served == Served::must_not;
  return place;
}

Result<Place> named(std::string_view name) {
  if (name.starts_with("postgresql://") || name.starts_with("postgres://")) {
    return in_database(Secret(std::string(name)), Served::must_not);
  }
  return in_folder(std::string(name), Served::must_not);
}

Result<Place> configured(const Config& config, Served served) {
  if (!config.database_url.empty()) return in_database(config.database_url, served);
  return in_folder(config.data_dir, served);
}

Place in_file(const std::string& path) {
  Place place;
  place.options.path = path;
  return place;
}

/// What is in the system's buffers of a file goes to the disk.
bool sync_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

Result<Copied> copy_to_file(const StoreOptions& from, const std::string& path) {
  const std::string part = path + ".part";
  std::error_code status;
  for (const char* tail : {"", "-wal", "-shm"}) fs::remove(part + tail, status);
  auto copied = copy_record(from, in_file(part).options, Sessions::kept);
  if (copied && !sync_to_disk(part)) {
    copied = fail(ErrorCode::store_unavailable, "The backup could not be written to the disk (" +
                                                    std::generic_category().message(errno) +
                                                    "). Free some space and try again.");
  }
  if (copied) fs::rename(part, path, status);
  if (!copied || status) fs::remove(part, status);
  return copied;
}

int say(const Copied& copied, const std::string& what, std::ostream& out, std::ostream& err) {
  out << what << ": " << copied.calls << " calls, " << copied.rows << " rows in all.\n";
  if (tell(out, copied.audit) == EXIT_SUCCESS) return EXIT_SUCCESS;
  return complain(err,
                  "the audit's chain was broken in the original already; the copy is as it was.");
}

int backup(const Config& config, const std::string& path, std::ostream& out, std::ostream& err) {
  if (fs::exists(path)) {
    return complain(err, path + " is there already. Name a new file.");
  }
  const auto from = configured(config, Served::may_be);
  if (!from) return complain(err, from.error().message);
  const auto copied = copy_to_file(from->options, path);
  if (!copied) return complain(err, copied.error().message);
  return say(*copied, "Backed up to " + path, out, err);
}

int restore(const Config& config, const World& world, const std::string& path, std::ostream& out,
            std::ostream& err) {
  if (!fs::is_regular_file(path)) return complain(err, no_such(path));
  const auto to = configured(config, Served::must_not);
  if (!to) return complain(err, to.error().message);
  const auto copied = copy_record(in_file(path).options, to->options, Sessions::ended);
  if (!copied) return complain(err, copied.error().message);
  const int status = say(*copied, "Restored from " + path, out, err);
  auto store = Store::open(to->options);
  if (!store) return complain(err, store.error().message);
  // What was placed after the backup was made, the vendors know.
  const auto last = (*store)->audit({}, 0, 1);
  if (!last) return complain(err, last.error().message);
  const Millis since = last->entries.empty() ? 1 : last->entries[0].at;
  if (const auto unsure = (*store)->be_unsure(since); !unsure) {
    return complain(err, unsure.error().message);
  }
  const auto noted = (*store)->record_audit(
      {0, world.now(), "record_restored", "", "", "", "", "up to " + copied->audit.head_hash});
  return noted ? status : complain(err, noted.error().message);
}

int copy(const std::string& from_name, const std::string& to_name, std::ostream& out,
         std::ostream& err) {
  const bool folder = from_name.find("://") == std::string::npos;
  if (folder && !fs::exists(from_name + "/voxdial.db")) return complain(err, no_such(from_name));
  const auto from = named(from_name);
  if (!from) return complain(err, from.error().message);
  const auto to = named(to_name);
  if (!to) return complain(err, to.error().message);
  const auto copied = copy_record(from->options, to->options, Sessions::kept);
  if (!copied) return complain(err, copied.error().message);
  return say(*copied, "Copied", out, err);
}

}  // namespace

std::string_view records_usage() {
  return "voxdial backup FILE    copy the record into a new file, also while a proxy serves\n"
         "voxdial restore FILE   fill the empty record of DATA_DIR or DATABASE_URL from it\n"
         "voxdial store copy --from RECORD --to RECORD\n"
         "                       move to another place; a RECORD is a folder like DATA_DIR or an\n"
         "                       address like DATABASE_URL\n";
}

int records_command(const Config& config, const World& world,
                    std::span<const std::string_view> words, std::ostream& out, std::ostream& err) {
  const std::string path = words.size() == 2 ? std::string(words[1]) : "";
  if (words[0] == "backup" && !path.empty()) return backup(config, path, out, err);
  if (words[0] == "restore" && !path.empty()) return restore(config, world, path, out, err);
  if (words[0] == "store" && words.size() == 6 && words[1] == "copy" && words[2] == "--from" &&
      words[4] == "--to") {
    return copy(std::string(words[3]), std::string(words[5]), out, err);
  }
  err << "voxdial: that is not a whole command.\n" << records_usage();
  return exit_usage;
}

}  // namespace voxdial
