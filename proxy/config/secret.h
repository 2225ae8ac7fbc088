// A value that must not leave the process: an API key, a token, a password.
//
// Owns its bytes in a page of its own that is locked into memory (never swapped), left out of core
// dumps and wiped when the last copy goes. It cannot be printed, compared with `==`, converted to a
// string or serialised; `reveal()` is for the rooms that must use the bytes, proxy/http (to send
// them), proxy/crypto (to check a signature) and proxy/store/postgres (to connect), as
// scripts/check-layers sees to.
// Where locking is not permitted (RLIMIT_MEMLOCK) the value still works and `locked()` says so.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace voxdial {

class Secret {
 public:
  /// No secret at all: empty() is true.
  Secret() = default;
  /// Takes the value over and wipes `value`'s buffer. Copies share one page.
  explicit Secret(std::string&& value);

  bool empty() const { return page_ == nullptr; }
  std::size_t size() const;
  bool locked() const;

  /// The bytes; valid as long as a copy of this Secret lives. Never put them in a log, an error or
  /// a container that outlives the one request they are needed for.
  std::string_view reveal() const;

  friend bool operator==(const Secret&, const Secret&) = delete;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  struct Page;
  std::shared_ptr<const Page> page_;
};

/// Overwrites the bytes in a way the compiler must not leave out, and empties the string.
void wipe(std::string& text);

}  // namespace voxdial
