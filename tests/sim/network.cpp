#include "tests/sim/network.h"

#include <cstdlib>
#include <memory>
#include <utility>

namespace voxdial::sim {
namespace {

constexpr Fault on_the_way[] = {Fault::unreachable,     Fault::request_lost, Fault::reply_lost,
                                Fault::worked_off_late, Fault::slow,         Fault::busy,
                                Fault::broken,          Fault::garbage,      Fault::about_another,
                                Fault::forgets};

VendorReply plain(int status, std::string body, Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

bool looks(Verb verb) {
  return verb == Verb::look || verb == Verb::look_at_agent || verb == Verb::messages ||
         verb == Verb::notes;
}

/// What the story says of a reply.
std::string summary(const VendorReply& reply) {
  std::string out = std::to_string(reply.status);
  for (const char* name : {R"("status":")", R"("endReason":")", R"("code":)"}) {
    const auto at = reply.body.find(name);
    if (at == std::string::npos) continue;
    const auto from = at + std::string_view(name).size();
    out += " " + reply.body.substr(from, reply.body.find_first_of("\",}", from) - from);
    break;
  }
  return out;
}

}  // namespace

Verb Network::verb_of(const VendorRequest& request) {
  const auto has = [&](const char* part) { return request.path.find(part) != std::string::npos; };
  const bool post = request.method == "POST";
  if (request.vendor == Vendor::twilio) {
    if (has("/Calls.json")) return post ? Verb::dial : Verb::list;
    if (has("/Notifications")) return Verb::notes;
    return post ? Verb::update : Verb::look;
  }
  if (has("/messages")) return Verb::messages;
  if (post) return request.path == "/api/calls" ? Verb::make_agent : Verb::say;
  return request.method == "GET" ? Verb::look_at_agent : Verb::say;
}

std::optional<Fault> Network::fate(Verb verb) {
  ++asked_;
  const int n = ++asked_for_[verb];
  for (const Forced& forced : stage_.plan.forced) {
    if (forced.verb == verb && forced.strikes(n)) return forced.fault;
  }
  for (const Fault fault : on_the_way) {
    if (stage_.strikes(fault)) return fault;
  }
  return std::nullopt;
}

bool Network::forgotten(Verb verb, const std::string& path) {
  const auto found = forgotten_until_.find(path);
  return looks(verb) && found != forgotten_until_.end() && stage_.time.now() < found->second;
}

std::string Network::words(Verb verb, const VendorRequest& request) {
  std::string whom;
  for (const PhoneCall& call : twilio_.calls) {
    if (request.path.find(call.sid) != std::string::npos) whom = call.name;
  }
  for (const AgentCall& call : ultravox_.calls) {
    if (request.path.find(call.id) != std::string::npos) whom = call.name;
  }
  switch (verb) {
    case Verb::dial:
      return "dial " + field(fields_of(request.body), "To");
    case Verb::look:
    case Verb::look_at_agent:
      return "look at " + whom;
    case Verb::update:
      return field(fields_of(request.body), "Status") + " for " + whom;
    case Verb::list:
      return "list the calls to a number";
    case Verb::notes:
      return "what went wrong on " + whom;
    case Verb::make_agent:
      return "make an agent";
    case Verb::say:
      return (request.body.find("hang_up") != std::string::npos ? "hang up "
                                                                : request.method + " ") +
             whom;
    case Verb::messages:
      return "read the words of " + whom + " from " + field(fields_of(request.path), "cursor");
    case Verb::any:
      break;
  }
  return request.path;
}

bool Network::dial_answered(const std::string& ours) const { return dial_answered_.contains(ours); }

VendorReply Network::act(const VendorRequest& request, std::optional<Fault> fault) {
  const bool twilio = request.vendor == Vendor::twilio;
  if (fault == Fault::busy) {
    const std::string wait = std::to_string(stage_.dice.between(1, 30));
    return stage_.dice.chance(500) ? plain(429, R"({"code":20429})", {{"retry-after", wait}})
                                   : plain(503, R"({"code":20503})", {{"retry-after", wait}});
  }
  if (fault == Fault::broken && stage_.dice.chance(500)) return plain(500, "oops");
  VendorReply reply = twilio ? twilio_.handle(request) : ultravox_.handle(request);
  // By it the proxy tells how far the vendor's clock is from its own.
  reply.headers.emplace_back(
      "date", http_date(stage_.time.now() + (twilio ? stage_.plan.vendors_clock_ms : 0)));
  if (fault == Fault::broken) return plain(500, "oops");
  if (fault == Fault::garbage) {
    const std::string bodies[] = {R"({"sid":)", "", "<html>",
                                  R"({"sid":7,"callId":[],"calls":{},"results":null})"};
    return plain(reply.status, bodies[stage_.dice.between(0, 3)]);
  }
  const Verb verb = verb_of(request);
  if (fault == Fault::about_another && reply.status < 300 && verb != Verb::list &&
      verb != Verb::messages && verb != Verb::say && verb != Verb::notes) {
    return twilio ? twilio_.about_another(request) : ultravox_.about_another(request);
  }
  return reply;
}

SendResult Network::send(const VendorRequest& request, int proxy, const std::string& proxys_name) {
  using Kind = SendFailure::Kind;
  Schedule& time = stage_.time;
  const Verb verb = verb_of(request);
  std::optional<Fault> fault = fate(verb);
  const std::string what = words(verb, request);
  const std::string vendor = request.vendor == Vendor::twilio ? "Twilio" : "Ultravox";
  const std::pair place(verb, request.path);
  if (verb == Verb::update || verb == Verb::say) {
    const auto [from, to] = acting_.equal_range(place);
    for (auto other = from; other != to; ++other) {
      if (other->second.proxy != proxy)
        on_both_act(other->second.proxy, other->second.since, proxy, what);
    }
  }
  struct UnderWay {
    decltype(acting_)& all;
    const decltype(acting_)::iterator mine;
    ~UnderWay() { all.erase(mine); }
  } const under_way{acting_, acting_.emplace(place, Acting{proxy, time.now()})};
  if (fault == Fault::forgets) {
    // A while, and not a chain of them: who is denied for half a minute has to be believed gone.
    constexpr Millis longest_ms = 20'000, between_ms = 60'000;
    Millis& until = forgotten_until_[request.path];
    if (time.now() > until + between_ms) until = time.now() + stage_.dice.between(500, longest_ms);
  }
  const bool forgotten_now = forgotten(verb, request.path);
  const bool quiet = looks(verb) && !fault && std::getenv("SIM_LOUD") == nullptr;
  if (!quiet)
    stage_.tell(proxys_name, "-> " + vendor + ": " + what +
                                 (fault ? " (" + std::string(name(*fault)) + ")" : ""));

  struct Exchange {
    std::optional<VendorReply> reply;
    Schedule::WorkRef work;
  };
  const auto exchange = std::make_shared<Exchange>();
  exchange->work = time.current();
  const Millis deadline = time.now() + request.timeout_ms;
  if (fault == Fault::unreachable) {
    time.wait_until(time.now() + stage_.dice.between(1, 3'000));
    stage_.tell(proxys_name, "   " + vendor + " cannot be reached: " + what);
    return Unexpected<SendFailure>{{.kind = Kind::not_sent, .what = "connection refused"}};
  }
  Millis there = stage_.dice.between(10, 120), back = stage_.dice.between(10, 120);
  if (fault == Fault::slow)
    there = stage_.dice.between(0, request.timeout_ms * 2 / 3),
    back = stage_.dice.between(0, request.timeout_ms / 4);
  if (fault == Fault::worked_off_late)
    there = request.timeout_ms + stage_.dice.between(100, 90'000);
  if (fault != Fault::request_lost) {
    const bool lost = fault == Fault::reply_lost || fault == Fault::worked_off_late;
    // The vendor works it off whatever becomes of the proxy meanwhile.
    time.after(there, [this, request, fault, back, lost, exchange, forgotten_now] {
      VendorReply reply = forgotten_now ? plain(404, R"({"code":20404})") : act(request, fault);
      if (lost) return;
      stage_.time.after(back, [this, exchange, reply = std::move(reply)] {
        exchange->reply = reply;
        Schedule::wake(stage_.time, exchange->work);
      });
    });
  }
  while (!exchange->reply && time.now() < deadline) time.wait_until(deadline);
  if (!exchange->reply) {
    stage_.tell(proxys_name, "   no answer: " + what);
    return Unexpected<SendFailure>{{.kind = Kind::no_answer, .what = "timeout"}};
  }
  if (verb == Verb::dial && !fault) {
    for (const PhoneCall& call : twilio_.calls) {
      if (exchange->reply->body.find(call.sid) != std::string::npos)
        dial_answered_[call.ours] = proxy;
    }
  }
  const std::string said = summary(*exchange->reply);
  if (quiet && std::exchange(last_told_[what], said) == said) return std::move(*exchange->reply);
  stage_.tell(proxys_name, "<- " + vendor + ": " + said + " (" + what + ")");
  return std::move(*exchange->reply);
}

}  // namespace voxdial::sim
