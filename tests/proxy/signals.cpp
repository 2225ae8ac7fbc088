// The tests live with broken connections as the proxy does: a write to one is an error, not the end
// of the process.

#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <csignal>

namespace {

class IgnoreBrokenPipes : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;
  void testRunStarting(const Catch::TestRunInfo&) override { std::signal(SIGPIPE, SIG_IGN); }
};
CATCH_REGISTER_LISTENER(IgnoreBrokenPipes)

}  // namespace
