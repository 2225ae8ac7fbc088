#include "proxy/access/network.h"
#include "proxy/routes/handlers.h"
#include "proxy/store/page_events.h"
#include "shared/codec.h"

namespace voxdial::handlers {
namespace {

Editor editor(const App& app, const Ask& ask) {
  return {.user = ask.person.name,
          .client_address = client_of(ask.request, app.config.trusted_proxies).address,
          .may_change_all = ask.person.role == Role::supervisor};
}

http::Response saved(App& app, const Ask& ask, Agent agent, int status) {
  const std::string id = agent.id;
  const auto kept = app.agents.save(std::move(agent), editor(app, ask), app.world.now());
  if (!kept) return http::error(kept.error());
  app.hub.publish(agents_event());
  return http::json(status, encode(*kept));
}

}  // namespace

http::Response list_agents(App& app, const Ask&) { return reply(app.agents.list()); }

http::Response create_agent(App& app, const Ask& ask) {
  auto agent = decode<Agent>(ask.request.body);
  if (!agent) return http::error(agent.error());
  const auto taken = app.agents.find(agent->id);
  if (!taken) return http::error(taken.error());
  if (*taken) {
    return http::error(
        make_error(ErrorCode::conflict, "An agent with this id exists. Choose another id.", "id"));
  }
  return saved(app, ask, std::move(*agent), 201);
}

http::Response save_agent(App& app, const Ask& ask) {
  auto agent = decode<Agent>(ask.request.body);
  if (!agent) return http::error(agent.error());
  if (agent->id != ask.id) {
    return http::error(make_error(ErrorCode::invalid_field,
                                  "The id in the agent is not the one in the address.", "id"));
  }
  return saved(app, ask, std::move(*agent), 200);
}

http::Response remove_agent(App& app, const Ask& ask) {
  const auto removed = app.agents.remove(ask.id, editor(app, ask), app.world.now());
  if (!removed) return http::error(removed.error());
  app.hub.publish(agents_event());
  return http::no_content();
}

http::Response voices(App& app, const Ask&) {
  const auto list = app.catalogue.voices();
  return list ? http::json(200, encode(VoiceList{*list})) : http::error(list.error());
}

http::Response voice_preview(App& app, const Ask& ask) {
  return audio(app, ask.request, [&](const std::string& range) {
    return ultravox::play_voice_preview(app.world, ask.id, range);
  });
}

http::Response models(App& app, const Ask&) {
  const auto list = app.catalogue.models();
  return list ? http::json(200, encode(ModelList{*list})) : http::error(list.error());
}

}  // namespace voxdial::handlers
