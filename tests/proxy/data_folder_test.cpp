#include "proxy/data_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>

#include "tests/proxy/store_fixture.h"

using namespace voxdial;
using voxdial::store_test::Folder;

namespace {

bool mentions(const Error& error, const std::string& words) {
  return error.message.find(words) != std::string::npos;
}

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

void write(const std::string& path, const std::string& text, mode_t mode) {
  std::ofstream(path) << text;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("a folder that is made is closed to others, one that is there stays as it is", "[data]") {
  const Folder folder_of_test;
  const std::string place = folder_of_test.path;
  const std::string made = place + "/a/b";
  REQUIRE(DataFolder::open(made));
  CHECK(mode_of(made) == 0700);
  const mode_t mode = GENERATE(0755, 0770, 0700);
  REQUIRE(::chmod(place.c_str(), mode) == 0);
  CHECK(DataFolder::open(place));
  CHECK(mode_of(place) == mode);
}

TEST_CASE("a record that everybody could read is refused, with the remedy", "[data]") {
  const Folder folder_of_test;
  const std::string place = folder_of_test.path;
  write(place + "/voxdial.db", "", 0644);
  REQUIRE(::chmod(place.c_str(), 0755) == 0);
  const auto opened = DataFolder::open(place);
  REQUIRE_FALSE(opened);
  CHECK(mentions(opened.error(), "DATA_DIR"));
  CHECK(mentions(opened.error(), "chmod 700 " + place));
  // Either of the remedies will do.
  const bool folder = GENERATE(true, false);
  REQUIRE(::chmod((folder ? place : place + "/voxdial.db").c_str(), folder ? 0700 : 0600) == 0);
  CHECK(DataFolder::open(place));
}

TEST_CASE("a folder that cannot be made is named", "[data]") {
  const Folder folder_of_test;
  const std::string place = folder_of_test.path;
  write(place + "/file", "", 0600);
  const auto opened = DataFolder::open(place + "/file/data");
  REQUIRE_FALSE(opened);
  CHECK(mentions(opened.error(), place + "/file/data (DATA_DIR) cannot be made"));
}

TEST_CASE("one process has the folder; the second is told which", "[data]") {
  const Folder folder_of_test;
  const std::string place = folder_of_test.path;
  {
    auto first = DataFolder::open(place);
    REQUIRE(first);
    REQUIRE(first->lock());
    auto second = DataFolder::open(place);
    REQUIRE(second);
    const auto locked = second->lock();
    REQUIRE_FALSE(locked);
    CHECK(mentions(locked.error(),
                   "in use by another voxdial (process " + std::to_string(::getpid()) + ")"));
  }
  auto third = DataFolder::open(place);
  REQUIRE(third);
  CHECK(third->lock());
}

TEST_CASE("a lock file that was left behind locks nothing", "[data]") {
  const Folder folder_of_test;
  const std::string place = folder_of_test.path;
  write(place + "/voxdial.lock", "1\n", 0600);
  auto folder = DataFolder::open(place);
  REQUIRE(folder);
  REQUIRE(folder->lock());
  std::string process;
  std::getline(std::ifstream(place + "/voxdial.lock"), process);
  CHECK(process == std::to_string(::getpid()));
}
