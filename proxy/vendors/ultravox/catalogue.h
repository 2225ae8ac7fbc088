// What Ultravox offers: voices and models, fetched when first asked for and kept for a while.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "proxy/world.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial::ultravox {

class Catalogue {
 public:
  explicit Catalogue(const World& world);

  /// All pages, at most ten minutes old. When Ultravox does not answer, what was fetched before is
  /// given, however old; the error only when there is nothing. One request at a time fetches: the
  /// others get what is there, or wait in a small number, and after a failure nobody asks again for
  /// half a minute. A vendor that hangs cannot take the server's workers with it this way.
  Result<VoiceList> voices();
  Result<ModelList> models();

 private:
  template <class List>
  struct Kept {
    std::optional<List> list;
    std::optional<Error> failure;  ///< what came of the last try, when nothing did
    std::int64_t tried_ms = 0;     ///< when it ended
    bool fetching = false;
    int waiting = 0;
  };
  template <class List>
  Result<List> fresh(Kept<List>& kept, Result<List> (Catalogue::*fetch)());
  SendResult send(VendorRequest request, std::int64_t until_ms) const;
  Result<VoiceList> fetch_voices();
  Result<ModelList> fetch_models();

  const World& world_;
  std::mutex mutex_;  // not held while fetching
  std::condition_variable fetched_;
  Kept<VoiceList> voices_;
  Kept<ModelList> models_;
};

}  // namespace voxdial::ultravox
