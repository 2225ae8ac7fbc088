#include "proxy/vendors/ultravox/catalogue.h"

#include <algorithm>
#include <exception>
#include <iterator>

#include "proxy/vendors/common/vendor_error.h"
#include "proxy/vendors/ultravox/ultravox.h"

namespace voxdial::ultravox {
namespace {

constexpr std::int64_t kept_ms = 10 * 60'000;
constexpr std::int64_t failure_kept_ms = 30'000;
constexpr int most_waiting = 8;
/// No account has this many voices; a cursor that never ends is the vendor's fault, not our loop's.
constexpr int most_pages = 20;
/// Nor may one that drips its pages keep a person waiting for each of them.
constexpr std::int64_t longest_fetch_ms = 15'000;

}  // namespace

Catalogue::Catalogue(const World& world) : world_(world) {}

template <class List>
Result<List> Catalogue::fresh(Kept<List>& kept, Result<List> (Catalogue::*fetch)()) {
  const auto known = [&kept]() -> Result<List> {
    if (kept.list) return *kept.list;
    return fail(*kept.failure);
  };
  std::unique_lock lock(mutex_);
  const std::int64_t age = world_.steady_ms() - kept.tried_ms;
  if (kept.failure ? age < failure_kept_ms : kept.list && age < kept_ms) return known();
  if (kept.fetching) {
    if (kept.list) return *kept.list;
    if (kept.waiting == most_waiting) {
      Error busy =
          make_error(ErrorCode::overloaded, "The list is being fetched. Try again in a moment.");
      busy.retry_after_s = 2;
      return fail(std::move(busy));
    }
    ++kept.waiting;
    fetched_.wait(lock, [&kept] { return !kept.fetching; });
    --kept.waiting;
    return known();
  }
  kept.fetching = true;
  lock.unlock();
  Result<List> news = fail(ErrorCode::internal);
  try {
    news = (this->*fetch)();
  } catch (const std::exception&) {  // no memory for it, say: those who wait must hear of it too
  }
  lock.lock();
  kept.fetching = false;
  kept.tried_ms = world_.steady_ms();
  kept.failure.reset();
  if (news) {
    kept.list = std::move(*news);
  } else {
    kept.failure = std::move(news).error();
  }
  fetched_.notify_all();
  return known();
}

Result<VoiceList> Catalogue::voices() { return fresh(voices_, &Catalogue::fetch_voices); }
Result<ModelList> Catalogue::models() { return fresh(models_, &Catalogue::fetch_models); }

SendResult Catalogue::send(VendorRequest request, std::int64_t until_ms) const {
  const std::int64_t left = until_ms - world_.steady_ms();
  if (left <= 0) return Unexpected<SendFailure>{{SendFailure::Kind::no_answer, "page after page"}};
  request.timeout_ms = static_cast<int>(std::min<std::int64_t>(request.timeout_ms, left));
  return world_.send(request);
}

Result<VoiceList> Catalogue::fetch_voices() {
  VoiceList all;
  std::string cursor;
  const std::int64_t until = world_.steady_ms() + longest_fetch_ms;
  for (int page = 0; page < most_pages; ++page) {
    const auto sent = send(list_voices(cursor), until);
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
  const std::int64_t until = world_.steady_ms() + longest_fetch_ms;
  for (int page = 0; page < most_pages; ++page) {
    const auto sent = send(list_models(cursor), until);
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
