// A secret can be used and nothing else: what must not compile is a test, too.
#include "proxy/config/secret.h"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>

namespace voxdial {
namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept comparable = requires(const T& a, const T& b) {
  a == b;
};

static_assert(!printable<Secret>);
static_assert(!comparable<Secret>);
static_assert(!std::convertible_to<Secret, std::string>);
static_assert(!std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>);
static_assert(!std::is_constructible_v<Secret, const std::string&>);

TEST_CASE("a secret takes its value over and wipes where it came from") {
  std::string value = "a key long enough to live on the heap";
  const char* const before = value.data();
  const std::size_t size = value.size();
  const Secret secret(std::move(value));
  CHECK(secret.reveal() == "a key long enough to live on the heap");
  CHECK(secret.size() == size);
  CHECK_FALSE(secret.empty());
  CHECK(std::string_view(before, size) == std::string(size, '\0'));
}

TEST_CASE("copies share the value, which outlives each of them") {
  Secret copy;
  CHECK(copy.empty());
  {
    const Secret secret(std::string("key"));
    copy = secret;
    CHECK(copy.reveal().data() == secret.reveal().data());
  }
  CHECK(copy.reveal() == "key");
}

TEST_CASE("no value is no secret") {
  CHECK(Secret().empty());
  CHECK(Secret(std::string()).empty());
}

TEST_CASE("a secret is locked into memory where that is permitted") {
  rlimit allowance{};
  REQUIRE(getrlimit(RLIMIT_MEMLOCK, &allowance) == 0);
  const bool permitted = allowance.rlim_cur >= static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  CHECK((Secret(std::string("key")).locked() || !permitted));
}

TEST_CASE("wiping leaves nothing behind") {
  std::string text = "short";
  const char* const at = text.data();
  wipe(text);
  CHECK(text.empty());
  CHECK(std::string_view(at, 5) == std::string(5, '\0'));
}

}  // namespace
}  // namespace voxdial
