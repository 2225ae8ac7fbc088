#include "proxy/calls/replies.h"

#include "shared/codec.h"

namespace voxdial {

StoredReply reply(const Error& error) {
  return {.http_status = http_status(error.code), .body = encode(error)};
}

StoredReply reply(const CallPlaced& placed) { return {.http_status = 201, .body = encode(placed)}; }

CallPlaced placed_from(const StoredCall& stored) {
  CallPlaced placed{.id = stored.call.id,
                    .medium = stored.call.medium,
                    .status = stored.call.status,
                    .ultravox = {.call_id = stored.ultravox_call_id, .created = {}, .join_url = {}},
                    .twilio = std::nullopt};
  if (!stored.twilio_sid.empty()) {
    placed.twilio = {.sid = stored.twilio_sid, .status = stored.facts.twilio_status};
  }
  return placed;
}

}  // namespace voxdial
