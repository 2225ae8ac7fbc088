// Calls: placing them, ending them, speaking into them.
//
// Owns the order of the steps and what is true when one of them fails: an attempt that is not
// recorded is not dialled; a request that makes a telephone ring is sent once; when its answer is
// lost the call is looked for, never dialled again; a call whose end cannot be recorded is ended.
// Must not know HTTP sockets, SQL or a vendor's JSON: it speaks to the store, the vendors' pure
// halves and world.send.
#pragma once

#include <atomic>
#include <string>

#include "proxy/agents/agents.h"
#include "proxy/calls/recorder.h"
#include "proxy/config/config.h"
#include "proxy/policy/phone.h"
#include "proxy/store/store.h"
#include "proxy/vendors/common/health.h"
#include "proxy/world.h"
#include "shared/api.h"
#include "shared/result.h"

namespace voxdial {

/// One press of the button.
struct Attempt {
  CallRequest request;
  std::string idempotency_key;
  std::string body_hash;  ///< of the raw body
  std::string user;
  std::string client_address;
};

struct CallPlan;

class Calls {
 public:
  /// All references outlive this.
  Calls(const Config& config, const World& world, Store& store, const Agents& agents,
        Recorder& recorder, Health& health);

  /// POST /api/calls: the status and body the one who pressed is told. Blocks for the vendors'
  /// answers (at most about half a minute).
  StoredReply place(const Attempt& attempt);

  /// The row of a call this reader may see. Errors: not_found, store_unavailable.
  Result<StoredCall> find(const Reader& reader, const std::string& id);

  /// Wants a call in any state to be over, and answers at once: the worker performs it until both
  /// vendors say so. Asked again it is tried again at once; ending what is over is no error. The
  /// call as it then is. Errors: not_found, store_unavailable (only for a call nobody remembers).
  Result<Call> hang_up(const Reader& reader, const std::string& id,
                       HangUpWhy why = HangUpWhy::pressed);

  /// Errors: not_found, call_not_live, the vendor's.
  Result<void> say(const Reader& reader, const std::string& id, const SayRequest& say);

  /// The policy's answer about a number, without dialling.
  PhoneCheck check_number(const std::string& number, const std::string& region) const;

  /// Audits an attempt that was refused before it got here. `stranger`: because nobody let them in.
  void record_refusal(const Attempt& attempt, const Error& error, bool stranger = false);

 private:
  /// Refuses a number on the list that people keep.
  void forbid_listed(PhoneCheck& check) const;
  StoredReply place_admitted(const Attempt& attempt, const StoredCall& stored,
                             const CallPlan& plan);
  StoredReply reply_again(const Admission& admission, const Attempt& attempt);
  /// Twilio's half. What the person is told; the call is recorded whatever happens.
  StoredReply dial(const StoredCall& stored, const CallPlan& plan, const std::string& created,
                   const std::string& join_url);
  StoredReply give_up(const std::string& id, const Error& error);
  /// Something threw while the call was placed: it is given up, or looked for when it may have been
  /// dialled.
  void break_off(const std::string& id);
  StoredReply closed_meanwhile(const std::string& id);
  /// Nobody knows whether it was dialled: the worker looks for it.
  StoredReply leave_to_search(const std::string& id, const Error& unknown, Millis lost_at);
  /// The update and the reply to the one who pressed, in one durable step; when that fails, the
  /// failure is the answer.
  StoredReply conclude(const std::string& id, const CallUpdate& update, const StoredReply& last);

  const Config& config_;
  const World& world_;
  Store& store_;
  const Agents& agents_;
  Recorder& recorder_;
  Health& health_;
  std::atomic<int> asking_again_{0};  ///< presses that ask Ultravox for a join address once more
};

}  // namespace voxdial
