#include "wasm-ui/core/doctor.h"

#include <algorithm>

#include "shared/codec.h"
#include "wasm-ui/core/model.h"

namespace voxdial::ui {
namespace {

void on(Model& model, const DoctorPressed&, Effects& effects) {
  if (model.doctor.report.busy()) return;
  const RequestId id = model.new_id();
  model.doctor.report.start(id);
  const std::string& region = model.doctor.region;
  // The server asks two vendors several things each.
  effects.push_back(HttpCall{.id = id,
                             .url = region.empty() ? "/api/doctor" : "/api/doctor?region=" + region,
                             .timeout_ms = 60'000});
}

void on(Model& model, const DoctorRegionChosen& a, Effects& effects) {
  model.doctor.region = a.region;
  model.doctor.report.clear();  // what was found was about another country
  on(model, DoctorPressed{}, effects);
}

void on(Model& model, const TryMicrophonePressed&, Effects& effects) {
  if (model.doctor.microphone.busy() || model.form.pressed() || model.web.active()) return;
  model.doctor.microphone.start(model.new_id());
  effects.push_back(PrepareMicrophone{model.settings.microphone, true});
}

}  // namespace

void update(Model& model, const DoctorAction& action, Effects& effects) {
  std::visit([&](const auto& a) { on(model, a, effects); }, action);
}

bool take_doctor_reply(Model& model, const HttpReplied& reply, Effects&) {
  if (!model.doctor.report.awaits(reply.id)) return false;
  model.doctor.report.finish(read(reply, decode<DoctorReport>));
  return true;
}

void enter_doctor(Model& model, Effects& effects) {
  if (model.doctor.report.idle()) on(model, DoctorPressed{}, effects);
}

void microphone_tried(Model& model, const std::optional<Error>& refusal, bool release,
                      Effects& effects) {
  if (!model.doctor.microphone.busy()) return;
  if (refusal) {
    model.doctor.microphone.fail(*refusal);
  } else {
    model.doctor.microphone.set({});
    effects.push_back(ListDevices{});  // with the permission come the devices' names
  }
  if (release) effects.push_back(ReleaseMicrophone{});
}

std::vector<DoctorCheck> browser_checks(const Model& model) {
  using State = DoctorCheck::State;
  const auto word = [&](Word one) { return std::string(tr(model.words, one)); };
  std::vector<DoctorCheck> checks;
  const bool secure = model.page.secure;
  checks.push_back({secure ? State::ok : State::failed, "secure_context", word(Word::check_secure),
                    word(secure ? Word::check_secure_ok : Word::check_secure_no),
                    secure ? "" : word(Word::check_secure_fix)});
  const Request<Done>& mic = model.doctor.microphone;
  DoctorCheck check{State::unknown, "microphone", word(Word::microphone),
                    word(mic.busy() ? Word::check_mic_asking : Word::check_mic_untried),
                    word(Word::check_mic_fix)};
  if (mic.value()) {
    check = {State::ok, "microphone", check.title, word(Word::check_mic_ok), ""};
  } else if (const Error* error = mic.failure()) {
    check = {State::failed, "microphone", check.title, said(model.words, *error), ""};
  }
  checks.push_back(std::move(check));
  const bool live = model.line.state == Line::State::live;
  checks.push_back({live ? State::ok : State::failed, "events", word(Word::check_events),
                    word(live ? Word::check_events_ok : Word::check_events_no),
                    live ? "" : word(Word::check_events_fix)});
  // These words are on the screen, so there is a canvas to put them on.
  checks.push_back({State::ok, "webgl", word(Word::check_webgl), word(Word::check_webgl_ok), ""});
  return checks;
}

std::vector<DoctorCheck> server_checks(const Model& model) {
  const DoctorReport* report = model.doctor.report.value();
  if (report == nullptr) return {};
  std::vector<DoctorCheck> checks = report->checks;
  const bool stand_ins = std::any_of(checks.begin(), checks.end(), [](const DoctorCheck& check) {
    return check.finding == "stand_ins";
  });
  for (DoctorCheck& check : checks) {
    const auto say = [&](const char* kind, const std::string& name, const std::string& english) {
      return said(model.words, kind + name, check.values, english);
    };
    check.title = say("check:", check.id, check.title);
    check.detail = say("finding:", check.finding, check.detail);
    const auto code = error_code(check.error);
    check.remedy = code ? said(model.words, make_error(*code, check.remedy))
                        : say("remedy:", check.finding, check.remedy);
    // What a stand-in answers is no news of the real account.
    if (stand_ins && (check.id.starts_with("ultravox_") || check.id.starts_with("twilio_"))) {
      check.detail = tr(model.words, {Word::check_stand_in, "found"}, check.detail);
      if (check.state == DoctorCheck::State::ok) check.state = DoctorCheck::State::unknown;
    }
  }
  return checks;
}

}  // namespace voxdial::ui
