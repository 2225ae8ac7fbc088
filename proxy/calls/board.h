// The board: one place through which every piece of news about a call goes.
//
// Records it in the store, and when a page would see a difference publishes the call to the pages
// that may see it. The poller, the callbacks, the buttons and the placing of a call all speak to
// it, so that what is stored and what is shown cannot differ.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/events/hub.h"
#include "proxy/store/store.h"
#include "proxy/world.h"

namespace voxdial {

/// News that says nothing yet but what happened and who says so; the rest is filled in.
CallNews news(std::string what, std::string source, std::string detail);

class Board {
 public:
  /// All references outlive this.
  Board(Store& store, events::Hub& hub, const World& world);

  /// `answer`: what the request that placed the call is told, recorded in the same step.
  /// Errors: store_unavailable (logged here), not_found.
  Result<Recorded> tell(std::string_view call_id, CallNews news, const Answer* answer = nullptr);
  void tell_transcript(const StoredCall& stored, const std::vector<TranscriptEntry>& entries);

  /// Shows a call that was just recorded by begin_call.
  void show(const Call& call);

  /// Called after every change with the row as it now is (the watcher listens). Set before threads
  /// start.
  std::function<void(const StoredCall&)> on_change;

 private:
  Store& store_;
  events::Hub& hub_;
  const World& world_;
};

}  // namespace voxdial
