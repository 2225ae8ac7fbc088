// Whom to call: the country, the number and what the server says of it, the dial pad.
#include <algorithm>

#include "shared/ascii.h"
#include "wasm-ui/screens/screens.h"

namespace voxdial::ui {
namespace {

constexpr float number_h = 44;  // with a mouse as well: the number is set larger

/// The verdict in words: hint when it is none yet or good, fault when something must change.
struct Verdict {
  std::string hint;
  std::string fault;
};

Verdict verdict_of(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  if (trimmed(form.number).empty()) {
    const std::string from = country_of(model, form.region).name;
    return {from == form.region ? std::string(ui.tr(Word::number_hint))
                                : ui.tr({Word::number_hint_in, "country"}, from),
            form.number_left ? std::string(ui.tr(Word::enter_number)) : std::string()};
  }
  if (const Error* error = form.check.failure()) {
    return {{}, ui.said(*error) + ' ' + std::string(ui.tr(Word::number_unread))};
  }
  const PhoneCheck* check = form.check.value();
  if (check == nullptr) return {std::string(ui.tr(Word::checking_number)), {}};
  const std::string number = check->international.empty() ? check->e164 : check->international;
  if (!check->allowed) {
    const std::optional<Error>& why = check->reason;
    // While it is typed a number is not wrong yet.
    if (why && why->code == ErrorCode::invalid_number && !form.number_left) {
      return {std::string(ui.tr(Word::number_unfinished)), {}};
    }
    return {{},
            (number.empty() ? "" : number + dot) +
                (why ? ui.said(*why) : std::string(ui.tr(Word::number_not_allowed)))};
  }
  std::string facts = ui.tr({Word::number_reads_as, "number"}, number) + dot;
  facts += check->region == "001" ? std::string(ui.tr(Word::number_worldwide))
                                  : country_of(model, check->region).name;
  if (!check->type.empty() && check->type != "unknown") facts += dot + ui.said(check->type);
  if (!check->local_time.empty())
    facts += dot + ui.tr({Word::local_time, "time"},
                         ui.format(Format::time_of_day, 0, check->local_time));
  return {facts, {}};
}

/// Keys that type the number, as large as a finger.
void draw_pad(Ui& ui, const CallForm& form) {
  constexpr std::string_view keys[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0", ""};
  const Group pad(ui, Role::group, ui.tr(Word::dial_pad));
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {space::xs, space::xs});
  const float w = std::min(ImGui::GetContentRegionAvail().x, 320.0F);
  if (ImGui::BeginTable("pad", 3, ImGuiTableFlags_SizingStretchSame, {w, 0})) {
    for (const std::string_view key : keys) {
      ImGui::TableNextColumn();
      const bool erase = key.empty();
      Button spec{.label = erase ? ui.tr(Word::delete_digit) : key, .disabled = form.placing()};
      if (erase) spec.icon = icon::back, spec.icon_only = true;
      if (!button(ui, erase ? "erase" : std::string(key).c_str(), spec, -1, 48)) continue;
      std::string number = form.number + std::string(key);
      const auto inner = [&] {
        return (static_cast<unsigned char>(number.back()) & 0xC0U) == 0x80;
      };
      while (erase && !number.empty() && inner()) number.pop_back();
      if (erase && !number.empty()) number.pop_back();
      ui.act(NumberTyped{std::move(number)});
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

/// Numbers that exist in the sandbox only, by what comes of calling them: a press fills the field.
void draw_sandbox_numbers(Ui& ui, const CallForm& form) {
  struct Sample {
    Word what;
    const char* number;
  };
  constexpr Sample samples[] = {{Word::answered_human, "+1 202-555-0100"},
                                {Word::answered_machine, "+1 202-555-0104"},
                                {Word::state_busy, "+1 202-555-0101"},
                                {Word::state_no_answer, "+1 202-555-0102"},
                                {Word::state_failed, "+1 202-555-0103"}};
  const Group group(ui, Role::group, ui.tr(Word::sandbox_numbers));
  gap(space::s);
  paint(ui, ui.tr(Word::sandbox_numbers), label_text);
  for (const Sample& sample : samples) {
    if (&sample != samples) ImGui::SameLine();
    if (button(ui, sample.number,
               {.label = ui.tr(sample.what),
                .disabled = form.placing(),
                .description = sample.number})) {
      ui.act(NumberTyped{sample.number});
    }
  }
}

/// A country's flag, where the system has such glyphs; else its code.
std::string flag(const Ui& ui, std::string_view region) {
  const bool letters = region.size() == 2 && std::all_of(region.begin(), region.end(), [](char c) {
                         return c >= 'A' && c <= 'Z';
                       });
  if (!letters || !ui.services.has_flags) return std::string(region);
  std::string out;
  for (const char c : region) {  // U+1F1E6 stands for A
    out += "\xF0\x9F\x87";
    out += static_cast<char>(0xA6 + (c - 'A'));
  }
  return out;
}

/// The country's list, below its button or wherever there is room for it.
Box list_box(ImVec2 button, float button_h) {
  const ImVec2 page = ImGui::GetIO().DisplaySize;
  Box box{button.x, button.y + button_h + space::xs, std::min(page.x - 2 * space::s, 360.0F),
          std::min(page.y - 2 * space::s, 420.0F)};
  box.x = std::clamp(box.x, space::s, std::max(space::s, page.x - box.w - space::s));
  box.y = std::clamp(box.y, space::s, std::max(space::s, page.y - box.h - space::s));
  return box;
}

/// The country that a number without a code is read for.
void draw_country(Ui& ui, const Model& model, const CountryName& chosen) {
  std::string face = flag(ui, chosen.region);
  if (!chosen.calling_code.empty()) face += " +" + chosen.calling_code;
  face += std::string(" ") + icon::chevron_down;
  const std::string_view name = ui.tr(Word::country);
  ImGui::SetNextItemWidth(116);
  const Field field{.label = name};
  const FieldLines lines(ui, "country", field);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  bool& open = *ImGui::GetStateStorage()->GetBoolRef(ImGui::GetID("country-list"));
  if (button(ui, "country",
             {.label = face,
              .disabled = model.form.placing(),
              .description = chosen.name,
              .expanded = open},
             lines.width, number_h)) {
    open = true;
  }
  ui.item(Role::button, name);
  if (!open) return;
  Chooser list(ui, "country-list", {name, ui.tr(Word::no_matching_countries), model.form.region},
               list_box(at, number_h));
  for (const CountryName& one : model.countries) {
    if (list.option({one.region, one.name, flag(ui, one.region), '+' + one.calling_code}))
      ui.act(RegionChosen{one.region});
  }
  open = !list.done();
}

}  // namespace

void draw_number(Ui& ui, const Model& model) {
  const CallForm& form = model.form;
  const CountryName chosen = country_of(model, form.region);
  const bool busy = form.placing();
  draw_country(ui, model, chosen);
  ImGui::SameLine();
  const Verdict verdict = verdict_of(ui, model);
  const FieldResult typed =
      textbox(ui, "number",
              {.label = ui.tr(Word::phone_number),
               .value = form.number,
               .placeholder = chosen.calling_code == "1" ? "415 555 0123" : ui.tr(Word::number),
               .hint = verdict.hint,
               .fault = verdict.fault,
               .input = Input::tel,
               .disabled = busy,
               .text_size = type::title,
               .height = number_h});
  if (typed.changed) ui.act(NumberTyped{*typed.changed});
  if (typed.left) ui.act(NumberLeft{});
  if (typed.submitted) ui.act(PlacePressed{});
  if (const ServerConfig* config = model.config.value(); config && config->sandbox)
    draw_sandbox_numbers(ui, form);
  if (button(ui, "pad-toggle",
             {.label = ui.tr(Word::dial_pad),
              .icon = form.pad ? icon::chevron_down : icon::chevron_right,
              .look = Look::quiet,
              .expanded = form.pad})) {
    ui.act(PadToggled{});
  }
  if (form.pad) draw_pad(ui, form);
  const PhoneCheck* check = form.check.value();
  if (check != nullptr && check->quiet_hours) {
    gap(space::s);
    if (toggle(ui, "quiet-hours", ui.tr(Word::call_at_night), {}, form.quiet_hours_override,
               busy)) {
      ui.act(QuietHoursOverridden{!form.quiet_hours_override});
    }
  }
}

}  // namespace voxdial::ui
