#include "proxy/vendors/common/health.h"

#include <algorithm>

namespace voxdial {
namespace {

constexpr int failures_to_open = 5;
constexpr std::int64_t first_pause_ms = 10'000;
constexpr std::int64_t longest_pause_ms = 120'000;

bool failed(const SendResult& result) { return !result || result->status >= 500; }
bool crowded(const SendResult& result) {
  return !result && result.error().kind == SendFailure::Kind::crowded;
}

}  // namespace

Health::Health(SteadyClock steady_ms) : steady_ms_(std::move(steady_ms)) {}

void Health::note(Vendor vendor, const SendResult& result) {
  if (crowded(result)) return;
  bool changed = false;
  {
    MutexLock lock(mutex_);
    Circuit& circuit = circuits_[static_cast<std::size_t>(vendor)];
    const bool was_open = circuit.open;
    if (!failed(result)) {
      circuit = {};
    } else if (++circuit.failures >= failures_to_open) {
      const int more = std::min(circuit.failures - failures_to_open, 8);
      circuit.open = true;
      circuit.paused_until = steady_ms_() + std::min(first_pause_ms << more, longest_pause_ms);
    }
    changed = was_open != circuit.open;
  }
  if (changed && on_change) on_change(now());
}

std::optional<int> Health::paused_s(Vendor vendor) {
  MutexLock lock(mutex_);
  Circuit& circuit = circuits_[static_cast<std::size_t>(vendor)];
  if (!circuit.open) return {};
  const std::int64_t left = circuit.paused_until - steady_ms_();
  if (left > 0) return static_cast<int>((left + 999) / 1000);
  circuit.paused_until =
      steady_ms_() + first_pause_ms;  // this one may try; the next waits for what comes of it
  return {};
}

VendorHealth Health::now() const {
  MutexLock lock(mutex_);
  return {.ultravox_ok = !circuits_[static_cast<std::size_t>(Vendor::ultravox)].open,
          .twilio_ok = !circuits_[static_cast<std::size_t>(Vendor::twilio)].open};
}

}  // namespace voxdial
