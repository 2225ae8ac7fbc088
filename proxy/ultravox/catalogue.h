// What Ultravox offers: voices and models, fetched when first asked for and kept for a while.
#pragma once

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
  /// given, however old; the error only when there is nothing.
  Result<VoiceList> voices();
  Result<ModelList> models();

 private:
  template <class List>
  struct Kept {
    std::optional<List> list;
    std::int64_t fetched_ms = 0;
  };
  template <class List>
  Result<List> fresh(Kept<List>& kept, Result<List> (Catalogue::*fetch)());
  Result<VoiceList> fetch_voices();
  Result<ModelList> fetch_models();

  const World& world_;
  std::mutex mutex_;  // held while fetching: a second page waits for the first one's answer
  Kept<VoiceList> voices_;
  Kept<ModelList> models_;
};

}  // namespace voxdial::ultravox
