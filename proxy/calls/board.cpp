#include "proxy/calls/board.h"

#include "shared/codec.h"
#include "shared/e164.h"

namespace voxdial {
namespace {

const Reader sees_masked{.user = {}, .only_own = false, .whole_numbers = false};

}  // namespace

CallNews news(std::string what, std::string source, std::string detail) {
  CallNews made;
  made.what = std::move(what);
  made.source = std::move(source);
  made.detail = std::move(detail);
  return made;
}

Board::Board(Store& store, events::Hub& hub, const World& world)
    : store_(store), hub_(hub), world_(world) {}

Result<Recorded> Board::tell(std::string_view call_id, CallNews news, const Answer* answer) {
  if (news.at == 0) news.at = world_.now();
  auto recorded = store_.record_news(call_id, news, answer);
  if (!recorded) {
    world_.log({.level = LogLine::Level::error,
                .event = "news_not_recorded",
                .fields = {{"id", std::string(call_id)},
                           {"what", news.what},
                           {"why", recorded.error().message}}});
    return recorded;
  }
  if (recorded->changed) {
    show(recorded->stored.call);
    if (recorded->ended) {
      const Call& call = recorded->stored.call;
      world_.log({.level = LogLine::Level::info,
                  .event = "call_ended",
                  .fields = {{"id", call.id},
                             {"status", std::string(wire_name(call.status))},
                             {"reason", call.end.code}}});
    }
  }
  if (on_change) on_change(recorded->stored);
  return recorded;
}

void Board::tell_transcript(const StoredCall& stored, const std::vector<TranscriptEntry>& entries) {
  auto fresh = store_.record_transcript(stored.call.id, entries);
  if (!fresh || fresh->empty()) return;
  const std::string text = encode(Transcript{stored.call.id, std::move(*fresh)});
  hub_.publish({.kind = "transcript",
                .owner = stored.call.user,
                .for_everyone = false,
                .masked = text,
                .whole = {}});
}

void Board::show(const Call& call) {
  hub_.publish({.kind = "call",
                .owner = call.user,
                .for_everyone = false,
                .masked = encode(as_seen_by(sees_masked, call)),
                .whole = encode(call)});
}

}  // namespace voxdial
