// What Ultravox offers: voices and models, fetched when first asked for and kept for a while.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/thread_annotations.h"
#include "proxy/vendors/ultravox/ultravox.h"
#include "proxy/world.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial::ultravox {

/// One list, all of its pages, at most ten minutes old. When Ultravox does not answer, what was
/// fetched before is given, however old; the error only when there is nothing. One request at a
/// time fetches: the others get what is there, or wait in a small number, and after a failure
/// nobody asks again for half a minute. A vendor that hangs cannot take the server's threads with
/// it this way.
template <class Item>
class CachedList {
 public:
  using Ask = VendorRequest (*)(std::string_view cursor);
  using Parse = Result<Page<Item>> (*)(const VendorReply& reply, Millis now);
  CachedList(const World& world, Ask ask, Parse parse) : world_(world), ask_(ask), parse_(parse) {}

  Result<std::vector<Item>> get();

 private:
  Result<std::vector<Item>> fetch() const;
  Result<std::vector<Item>> known() const REQUIRES(mutex_);

  const World& world_;
  const Ask ask_;
  const Parse parse_;
  Mutex mutex_;  // not held while fetching
  Condition fetched_;
  std::optional<std::vector<Item>> list_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);  ///< what came of the last try, when no list
  std::int64_t tried_ms_ GUARDED_BY(mutex_) = 0;     ///< when it ended
  bool fetching_ GUARDED_BY(mutex_) = false;
  int waiting_ GUARDED_BY(mutex_) = 0;
};

class Catalogue {
 public:
  explicit Catalogue(const World& world)
      : voices_(world, list_voices, parse_voices), models_(world, list_models, parse_models) {}

  Result<std::vector<Voice>> voices() { return voices_.get(); }
  Result<std::vector<std::string>> models() { return models_.get(); }

 private:
  CachedList<Voice> voices_;
  CachedList<std::string> models_;
};

}  // namespace voxdial::ultravox
