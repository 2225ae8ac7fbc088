#include "proxy/events/backlog.h"

#include <utility>

namespace voxdial::events {
namespace {

/// What one write to a socket gathers at most: several small events in one go, and a turn for
/// everybody.
constexpr std::size_t gather_bytes = 64 * 1024;

std::size_t size_of(const Encoded& event) {
  return sizeof(Encoded) + event.owner.size() + event.masked.size() + event.whole.size();
}

/// What of an event this view shows; empty when nothing.
std::string_view shown(const View& view, const Encoded& event) {
  const bool visible = event.for_everyone || view.user.empty() || event.owner == view.user;
  if (!visible) return {};
  return view.whole_numbers && !event.whole.empty() ? event.whole : event.masked;
}

}  // namespace

void Backlog::add(std::shared_ptr<const Encoded> event) {
  if (event->sequence != latest_ + 1) forget_all();
  latest_ = event->sequence;
  bytes_ += size_of(*event);
  ring_.push_back(std::move(event));
  while (ring_.size() > most_events_ || (bytes_ > most_bytes_ && ring_.size() > 1)) {
    bytes_ -= size_of(*ring_.front());
    ring_.pop_front();
  }
}

void Backlog::forget_all() {
  ring_.clear();
  bytes_ = 0;
  latest_ = 0;
}

void Backlog::gather(const View& view, Place& place, std::string& bytes) const {
  bytes.clear();
  for (std::uint32_t i = place.next; i <= latest_ && bytes.size() < gather_bytes; ++i) {
    const std::string_view frame = shown(view, at(i));
    bytes += frame.substr(i == place.next ? place.offset : 0);
    if (bytes.empty()) place.next = i + 1;
  }
}

void Backlog::advance(const View& view, Place& place, std::size_t bytes) const {
  while (bytes > 0) {
    const std::size_t left = shown(view, at(place.next)).size() - place.offset;
    if (bytes < left) {
      place.offset += bytes;
      return;
    }
    bytes -= left;
    place = {place.next + 1, 0};
  }
}

}  // namespace voxdial::events
