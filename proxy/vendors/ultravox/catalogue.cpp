#include "proxy/vendors/ultravox/catalogue.h"

#include <algorithm>
#include <exception>
#include <iterator>

#include "proxy/seat.h"
#include "proxy/vendors/common/ask.h"

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

template <class Item>
Result<std::vector<Item>> CachedList<Item>::known() const {
  if (list_) return *list_;
  return fail(*failure_);
}

template <class Item>
Result<std::vector<Item>> CachedList<Item>::get() {
  MutexLock lock(mutex_);
  const std::int64_t age = world_.steady_ms() - tried_ms_;
  if (failure_ ? age < failure_kept_ms : list_ && age < kept_ms) return known();
  if (fetching_) {
    if (list_) return *list_;
    if (waiting_ == most_waiting) {
      return fail(no_seat(2, "The list is being fetched. Try again in a moment."));
    }
    ++waiting_;
    fetched_.wait(mutex_, [this]() REQUIRES(mutex_) { return !fetching_; });
    --waiting_;
    return known();
  }
  fetching_ = true;
  lock.unlock();
  Result<std::vector<Item>> fetched = fail(ErrorCode::internal);
  try {
    fetched = fetch();
  } catch (const std::exception&) {  // no memory for it, say: those who wait must hear of it too
  }
  lock.lock();
  fetching_ = false;
  tried_ms_ = world_.steady_ms();
  failure_.reset();
  if (fetched) {
    list_ = std::move(*fetched);
  } else {
    failure_ = std::move(fetched).error();
  }
  fetched_.notify_all();
  return known();
}

template <class Item>
Result<std::vector<Item>> CachedList<Item>::fetch() const {
  std::vector<Item> all;
  std::string cursor;
  const std::int64_t until = world_.steady_ms() + longest_fetch_ms;
  for (int page = 0; page < most_pages; ++page) {
    VendorRequest request = ask_(cursor);
    const std::int64_t left = until - world_.steady_ms();
    if (left <= 0)
      return fail(no_reply(request, {SendFailure::Kind::no_answer, "page after page"}));
    request.timeout_ms = static_cast<int>(std::min<std::int64_t>(request.timeout_ms, left));
    auto got = ask(world_, request, parse_);
    if (!got) return fail(std::move(got).error());
    std::move(got->items.begin(), got->items.end(), std::back_inserter(all));
    cursor = got->next_cursor;
    if (cursor.empty()) break;
  }
  return all;
}

template class CachedList<Voice>;
template class CachedList<std::string>;

}  // namespace voxdial::ultravox
