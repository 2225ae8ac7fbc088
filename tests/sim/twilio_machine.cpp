#include "tests/sim/twilio_machine.h"

#include <algorithm>

#include "shared/percent.h"

namespace voxdial::sim {
namespace {

VendorReply refusal(int status, int code) {
  return json_reply(status, R"({"code":)" + std::to_string(code) + R"(,"message":"x","status":)" +
                                std::to_string(status) + "}");
}

}  // namespace

PhoneCall* TwilioMachine::find(std::string_view sid) {
  for (PhoneCall& call : calls) {
    if (call.sid == sid) return &call;
  }
  return nullptr;
}

PhoneCall& TwilioMachine::add(const std::string& to, const std::string& from) {
  PhoneCall call;
  std::string number = std::to_string(calls.size() + 1);
  call.name = "phone " + number;
  call.sid = "CA" + std::string(32 - number.size(), 'a') + number;
  call.to = to;
  call.from = from;
  call.created = stage_.time.now();
  calls.push_back(std::move(call));
  return calls.back();
}

VendorReply TwilioMachine::create(const VendorRequest& request) {
  const auto form = fields_of(request.body);
  PhoneCall& call = add(field(form, "To"), field(form, "From"));
  const std::string twiml = field(form, "Twiml");
  if (const AgentCall* agent = ultravox_.of_join_url(twiml)) {
    call.ours = agent->ours;
    call.agent_id = agent->id;
  }
  call.ring_limit_ms = std::stoll("0" + field(form, "Timeout")) * 1000;
  if (form.contains("TimeLimit")) call.talk_limit_ms = std::stoll(field(form, "TimeLimit")) * 1000;
  call.callback = field(form, "StatusCallback");
  call.amd_callback = field(form, "AsyncAmdStatusCallback");
  call.callee = callee_of(call.to);
  if (stage_.strikes(Fault::stays_live)) call.stays = true;
  stage_.tell("Twilio",
              call.name + " to " + call.to + " is queued" +
                  (call.stays ? "; nothing but an update will end it once it is answered" : ""));
  begin(call);
  on_dialled(call);
  return json_reply(201, json(call));
}

void TwilioMachine::others_call(const std::string& to, const std::string& from) {
  PhoneCall& call = add(to, from);
  call.callee.talk_ms = 20'000;
  stage_.tell("Twilio", "another program calls " + to + ": " + call.name);
  begin(call);
}

void TwilioMachine::begin(PhoneCall& call) {
  stage_.time.after(call.callee.queue_ms + 300, [this, sid = call.sid] {
    PhoneCall& it = *find(sid);
    if (it.over()) return;
    report(it, "initiated", "initiated");
    stage_.time.after(500, [this, sid] { ring(*find(sid)); });
  });
}

void TwilioMachine::ring(PhoneCall& call) {
  if (call.over()) return;
  call.status = "ringing";
  call.rang = stage_.time.now();
  stage_.tell("Twilio", call.name + " rings");
  report(call, "ringing", "ringing");
  const bool in_time = call.callee.rings_ms < call.ring_limit_ms;
  stage_.time.after(std::min(call.callee.rings_ms, call.ring_limit_ms),
                    [this, sid = call.sid, in_time] {
                      PhoneCall& it = *find(sid);
                      if (it.over()) return;
                      if (!in_time) return end(it, "no-answer");
                      if (it.callee.outcome == "answers") return answer(it);
                      end(it, it.callee.outcome);
                    });
}

void TwilioMachine::answer(PhoneCall& call) {
  call.status = "in-progress";
  call.started = stage_.time.now();
  stage_.tell("Twilio", call.name + " is answered");
  report(call, "answered", "in-progress");
  const auto ends_by_itself = [this, sid = call.sid](const char* why) {
    PhoneCall& it = *find(sid);
    if (it.over() || it.stays) return;
    stage_.tell("Twilio", it.name + " " + why);
    end(it, "completed");
  };
  stage_.time.after(call.talk_limit_ms,
                    [ends_by_itself] { ends_by_itself("reached its time limit"); });
  if (call.callee.machine) {
    stage_.time.after(3'000, [this, sid = call.sid] {
      PhoneCall& it = *find(sid);
      if (it.over()) return;
      it.answered_by = "machine_start";
      report(it, "amd", "");
    });
  }
  AgentCall* agent = ultravox_.find(call.agent_id);
  if (agent == nullptr || !ultravox_.join(*agent)) {
    if (!call.ours.empty())
      return stage_.time.after(500, [ends_by_itself] { ends_by_itself("found no agent"); });
    return stage_.time.after(call.callee.talk_ms,
                             [ends_by_itself] { ends_by_itself("is hung up"); });
  }
  agent->on_end = [this, ends_by_itself] {
    stage_.time.after(500, [ends_by_itself] { ends_by_itself("follows its agent"); });
  };
  for (Millis at = 1'000; at < std::min<Millis>(call.callee.talk_ms, 12'000); at += 2'500) {
    stage_.time.after(at, [this, id = agent->id, at] {
      ultravox_.say(*ultravox_.find(id), at % 2'000 == 0 ? "USER" : "AGENT",
                    "Words at " + std::to_string(at));
    });
  }
  stage_.time.after(call.callee.talk_ms,
                    [this, ends_by_itself, id = agent->id, ends = call.callee.agent_ends] {
                      if (ends) return ultravox_.end(*ultravox_.find(id), "agent_hangup");
                      ends_by_itself("is hung up");
                    });
}

void TwilioMachine::end(PhoneCall& call, const std::string& status) {
  call.status = status;
  call.ended = stage_.time.now();
  stage_.tell("Twilio", call.name + " is over: " + status);
  if (call.started != 0) {
    const Millis wait = stage_.plan.rate(Fault::late_price) > 0 &&
                                stage_.dice.chance(stage_.plan.rate(Fault::late_price))
                            ? stage_.dice.between(60'000, 3 * 3'600'000)
                            : stage_.dice.between(1'000, 20'000);
    stage_.time.after(wait, [this, sid = call.sid] {
      PhoneCall& it = *find(sid);
      it.price = "-0.0140";
      it.priced = stage_.time.now();
      stage_.tell("Twilio", it.name + " has its price");
    });
  }
  report(call, "completed", status);
  if (AgentCall* agent = ultravox_.find(call.agent_id); agent != nullptr && agent->joined != 0) {
    if (stage_.strikes(Fault::agent_stays)) {
      stage_.tell("Ultravox", agent->name + " does not notice that its telephone is gone");
    } else {
      stage_.time.after(400,
                        [this, id = agent->id] { ultravox_.end(*ultravox_.find(id), "hangup"); });
    }
  }
}

VendorReply TwilioMachine::update(PhoneCall& call, const std::string& status) {
  on_update(call);
  if (!call.over() && stage_.strikes(Fault::between_states)) {
    stage_.tell("Twilio", "is between two states with " + call.name);
    return refusal(400, 21220);
  }
  const bool talking = call.status == "in-progress";
  if (call.over() || (status == "canceled" && talking)) return refusal(400, 21220);
  if (stage_.strikes(Fault::shrugs)) {
    stage_.tell("Twilio", "takes the update of " + call.name + " and does nothing");
    return json_reply(200, json(call));
  }
  end(call, talking ? "completed" : "canceled");
  return json_reply(200, json(call));
}

VendorReply TwilioMachine::list(const VendorRequest& request) {
  const auto query = fields_of(std::string_view(request.path).substr(request.path.find('?') + 1));
  std::string items;
  for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
    if (call->to != field(query, "To") || call->from != field(query, "From")) continue;
    items += (items.empty() ? "" : ",") + json(*call);
  }
  return json_reply(200, R"({"calls":[)" + items + R"(],"next_page_uri":null})");
}

VendorReply TwilioMachine::notes(const PhoneCall& call) {
  const AgentCall* agent = ultravox_.find(call.agent_id);
  const bool unheard = call.started != 0 && agent != nullptr && agent->joined == 0;
  return json_reply(200, std::string(R"({"notifications":[)") +
                             (unheard ? R"({"log":"0","error_code":"31920"})" : "") + "]}");
}

std::string TwilioMachine::json(const PhoneCall& call) const {
  const Millis talked =
      call.started == 0 || call.ended == 0 ? 0 : (call.ended - call.started + 999) / 1000;
  const auto text = [](const std::string& value) {
    return value.empty() ? std::string("null") : '"' + value + '"';
  };
  return R"({"sid":")" + call.sid + R"(","status":")" + call.status + R"(","to":")" + call.to +
         R"(","from":")" + call.from + R"(","date_created":)" +
         json_time(clock(call.created), rfc2822) + R"(,"start_time":)" +
         json_time(clock(call.started), rfc2822) + R"(,"end_time":)" +
         json_time(clock(call.ended), rfc2822) + R"(,"duration":)" +
         (call.ended == 0 ? "null" : '"' + std::to_string(talked) + '"') + R"(,"price":)" +
         text(call.price) + R"(,"price_unit":"USD","answered_by":)" + text(call.answered_by) +
         R"(,"direction":"outbound-api"})";
}

VendorReply TwilioMachine::handle(const VendorRequest& request) {
  const std::string_view path(request.path);
  if (path.find("/Calls.json") != path.npos)
    return request.method == "POST" ? create(request) : list(request);
  const auto at = path.find("/Calls/");
  if (at == path.npos) return refusal(404, 20404);
  const auto rest = path.substr(at + 7);
  PhoneCall* call = find(rest.substr(0, rest.find_first_of("./?")));
  if (call == nullptr) return refusal(404, 20404);
  if (path.find("/Notifications") != path.npos) return notes(*call);
  if (request.method == "POST") {
    const VendorReply answer = update(*call, field(fields_of(request.body), "Status"));
    return !call->frozen.empty() && answer.status == 200 ? json_reply(200, call->frozen) : answer;
  }
  if (call->frozen.empty() && !call->ours.empty() && stage_.strikes(Fault::frozen)) {
    stage_.tell("Twilio",
                "will say of " + call->name + " for ever what it says now: " + call->status);
    call->frozen = json(*call);
  }
  return json_reply(200, call->frozen.empty() ? json(*call) : call->frozen);
}

VendorReply TwilioMachine::about_another(const VendorRequest& request) {
  PhoneCall other;
  other.sid = "CAffffffffffffffffffffffffffffffff";
  other.to = "+12025550199";
  other.from = "+12025550143";
  other.created = stage_.time.now() - 60'000;
  other.started = stage_.time.now() - 50'000;
  other.ended = stage_.time.now() - 1'000;
  other.status = "completed";
  const bool dialled = request.path.ends_with("/Calls.json");
  for (const PhoneCall& call : calls) {
    // Of two calls between the same numbers nobody could tell which one a reply is about.
    if (dialled ? call.to != calls.back().to : request.path.find(call.sid) == std::string::npos)
      other = call;
  }
  return json_reply(dialled ? 201 : 200, json(other));
}

void TwilioMachine::report(const PhoneCall& call, const std::string& event,
                           const std::string& status) {
  const bool amd = event == "amd";
  const std::string& url = amd ? call.amd_callback : call.callback;
  if (url.empty()) return;
  std::string body = "CallSid=" + call.sid + "&AccountSid=AC0123456789abcdef0123456789abcdef";
  if (!amd)
    body += "&CallStatus=" + status + "&To=" + percent_encode(call.to) +
            "&From=" + percent_encode(call.from);
  if (!call.answered_by.empty()) body += "&AnsweredBy=" + call.answered_by;
  if (event == "completed") {
    const Millis talked = call.started == 0 ? 0 : (call.ended - call.started + 999) / 1000;
    body += "&CallDuration=" + std::to_string(talked);
  }
  const auto path = url.find('/', 8);
  const auto query = url.find('?');
  post({.vendor = Vendor::twilio,
        .path = url.substr(path, query == url.npos ? url.npos : query - path),
        .query = query == url.npos ? "" : url.substr(query + 1),
        .body = std::move(body),
        .words = (amd ? "machine" : status) + " of " + call.name});
}

}  // namespace voxdial::sim
