#include "proxy/ultravox/catalogue.h"

#include <iterator>

#include "proxy/ultravox/ultravox.h"
#include "proxy/vendor/vendor_error.h"

namespace voxdial::ultravox {
namespace {

constexpr std::int64_t kept_ms = 10 * 60'000;
/// No account has this many voices; a cursor that never ends is the vendor's fault, not our loop's.
constexpr int most_pages = 20;

}  // namespace

Catalogue::Catalogue(const World& world) : world_(world) {}

template <class List>
Result<List> Catalogue::fresh(Kept<List>& kept, Result<List> (Catalogue::*fetch)()) {
  const std::lock_guard lock(mutex_);
  if (kept.list && world_.steady_ms() - kept.fetched_ms < kept_ms) return *kept.list;
  auto fetched = (this->*fetch)();
  if (!fetched) return kept.list ? Result<List>(*kept.list) : fetched;
  kept.list = *fetched;
  kept.fetched_ms = world_.steady_ms();
  return fetched;
}

Result<VoiceList> Catalogue::voices() { return fresh(voices_, &Catalogue::fetch_voices); }
Result<ModelList> Catalogue::models() { return fresh(models_, &Catalogue::fetch_models); }

Result<VoiceList> Catalogue::fetch_voices() {
  VoiceList all;
  std::string cursor;
  for (int page = 0; page < most_pages; ++page) {
    const auto sent = world_.send(list_voices(cursor));
    if (!sent) return fail(map_send_failure(Vendor::ultravox, sent.error(), false));
    auto voices = parse_voices(*sent, world_.now());
    if (!voices) return fail(std::move(voices).error());
    std::move(voices->voices.begin(), voices->voices.end(), std::back_inserter(all.voices));
    cursor = voices->next_cursor;
    if (cursor.empty()) break;
  }
  return all;
}

Result<ModelList> Catalogue::fetch_models() {
  ModelList all;
  std::string cursor;
  for (int page = 0; page < most_pages; ++page) {
    const auto sent = world_.send(list_models(cursor));
    if (!sent) return fail(map_send_failure(Vendor::ultravox, sent.error(), false));
    auto models = parse_models(*sent, world_.now());
    if (!models) return fail(std::move(models).error());
    std::move(models->models.begin(), models->models.end(), std::back_inserter(all.models));
    cursor = models->next_cursor;
    if (cursor.empty()) break;
  }
  return all;
}

}  // namespace voxdial::ultravox
