#include "proxy/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>

namespace voxdial {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;

std::string field(const LogLine& line, std::string_view name) {
  for (const auto& [key, value] : line.fields)
    if (key == name) return value;
  return "";
}

/// A vendor's answer as a label: the hundred of its status, or why there was none.
std::string outcome(const SendResult& result) {
  if (result) return std::to_string(result->status / 100) + "xx";
  switch (result.error().kind) {
    case SendFailure::Kind::not_sent:
      return "not_sent";
    case SendFailure::Kind::no_answer:
      return "no_answer";
    case SendFailure::Kind::bad_answer:
      return "bad_answer";
    case SendFailure::Kind::crowded:
      return "crowded";
  }
  return "";
}

void set(Counter& counter, std::uint64_t value) {
  counter.Increment(static_cast<double>(value) - counter.Value());
}

template <class Builder>
auto& family(prometheus::Registry& registry, Builder builder, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<Counter>& placed =
      family(registry, BuildCounter(), "voxdial_calls_placed_total", "Calls that were placed.");
  prometheus::Family<Counter>& ended = family(registry, BuildCounter(), "voxdial_calls_ended_total",
                                              "Calls that have ended, by medium and state.");
  prometheus::Family<Counter>& refused =
      family(registry, BuildCounter(), "voxdial_calls_refused_total",
             "Attempts that were refused, by error code.");
  prometheus::Family<prometheus::Histogram>& requests =
      family(registry, BuildHistogram(), "voxdial_vendor_request_duration_seconds",
             "Requests to a vendor, by outcome.");
  prometheus::Family<prometheus::Histogram>& store_family =
      family(registry, BuildHistogram(), "voxdial_store_operation_duration_seconds",
             "Work in the call record, waiting for its turn included, by kind.");
  std::array<prometheus::Histogram*, kinds_of_store_work> store = {
      &store_histogram("read"), &store_histogram("write"), &store_histogram("lease")};
  prometheus::Family<Gauge>& up = family(registry, BuildGauge(), "voxdial_vendor_up",
                                         "0 while no call is placed because the vendor fails.");
  Gauge& live =
      family(registry, BuildGauge(), "voxdial_calls_live", "Calls that have not ended.").Add({});
  Gauge& due = family(registry, BuildGauge(), "voxdial_due_rows",
                      "What calls owe and is due: looks, ends, prices, last words.")
                   .Add({});
  Gauge& streams =
      family(registry, BuildGauge(), "voxdial_event_streams", "Open event streams.").Add({});
  Counter& events =
      family(registry, BuildCounter(), "voxdial_events_total", "Events that were published.")
          .Add({});
  Counter& dropped = family(registry, BuildCounter(), "voxdial_event_streams_dropped_total",
                            "Event streams dropped for being slow.")
                         .Add({});

  prometheus::Histogram& store_histogram(const char* operation) {
    static const prometheus::Histogram::BucketBoundaries seconds = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    return store_family.Add({{"operation", operation}}, seconds);
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::note(const LogLine& line) {
  if (line.event == "call_placed") {
    impl_->placed.Add({{"medium", field(line, "medium")}}).Increment();
  } else if (line.event == "call_ended") {
    impl_->ended.Add({{"medium", field(line, "medium")}, {"status", field(line, "status")}})
        .Increment();
  } else if (line.event == "call_refused") {
    impl_->refused.Add({{"code", field(line, "code")}}).Increment();
  }
}

void Metrics::note_request(Vendor vendor, const SendResult& result, std::int64_t took_ms) {
  static const prometheus::Histogram::BucketBoundaries seconds = {0.01, 0.025, 0.05, 0.1, 0.25,
                                                                  0.5,  1,     2.5,  5,   10};
  impl_->requests
      .Add({{"vendor", std::string(vendor_name(vendor))}, {"outcome", outcome(result)}}, seconds)
      .Observe(static_cast<double>(took_ms) / 1000);
}

void Metrics::note_store(StoreWork work, std::int64_t took_ms) {
  impl_->store.at(static_cast<std::size_t>(work))->Observe(static_cast<double>(took_ms) / 1000);
}

std::string Metrics::text(const Now& now) {
  impl_->live.Set(now.live_calls);
  impl_->due.Set(now.due_rows);
  impl_->streams.Set(static_cast<double>(now.streams));
  set(impl_->events, now.events);
  set(impl_->dropped, now.streams_dropped);
  impl_->up.Add({{"vendor", "ultravox"}}).Set(now.vendors.ultravox_ok ? 1 : 0);
  impl_->up.Add({{"vendor", "twilio"}}).Set(now.vendors.twilio_ok ? 1 : 0);
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace voxdial
