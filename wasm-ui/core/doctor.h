// The doctor: what could stop a first real call, each thing with one remedy.
//
// The server's checks come from GET /api/doctor; the browser's own (secure context, microphone) are
// made here. A check that was not made says so: nothing is "ready" by default.
#pragma once

#include <optional>
#include <variant>

#include "shared/api.h"
#include "wasm-ui/core/effect.h"

namespace voxdial::ui {

struct Model;
struct HttpReplied;

struct Doctor {
  std::string region;  ///< whose dialling permission is looked at; empty: the caller number's
  Request<DoctorReport> report;
  Request<Done> microphone;  ///< idle: not tried
  friend bool operator==(const Doctor&, const Doctor&) = default;
};

struct DoctorPressed {};  ///< check again
struct DoctorRegionChosen {
  std::string region;
};
struct TryMicrophonePressed {};

using DoctorAction = std::variant<DoctorPressed, DoctorRegionChosen, TryMicrophonePressed>;
void update(Model& model, const DoctorAction& action, Effects& effects);
bool take_doctor_reply(Model& model, const HttpReplied& reply, Effects& effects);

void enter_doctor(Model& model, Effects& effects);
/// The browser's answer about the microphone, tried from this page.
void microphone_tried(Model& model, const std::optional<Error>& refusal, bool release,
                      Effects& effects);
/// The browser's own checks, in the report's shape.
std::vector<DoctorCheck> browser_checks(const Model& model);
/// The server's, in the reader's language; what needs somebody comes first.
std::vector<DoctorCheck> server_checks(const Model& model);

}  // namespace voxdial::ui
