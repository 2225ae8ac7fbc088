// The history as a file, made piece by piece from pages, so that neither memory nor a long read
// transaction grows with it.
#include <type_traits>

#include "proxy/store/call_row.h"
#include "proxy/store/impl.h"
#include "shared/codec.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

/// Excel takes a file without it for one in the machine's old code page: "ZoÃ«".
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Where a spreadsheet begins a new cell, whichever separator it was told or guessed.
constexpr std::string_view separators = ",;|\t\r\n";

/// What makes a spreadsheet take a cell for a formula, Japanese keyboards' wide forms included.
bool begins_formula(std::string_view text) {
  for (const std::string_view sign :
       {"=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

/// Text that a person or a vendor chose, with an apostrophe before what would be a formula: a cell
/// that begins with one is text (OWASP, CSV injection). Also in the middle, after what another
/// spreadsheet, or the same one in another country, takes for the end of a cell: quotes do not hold
/// there what was written for commas. Spaces, quotes and controls in front of the sign do not make
/// it harmless.
std::string defused(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at_start) {
      std::size_t sign = i;
      while (sign < text.size() &&
             (static_cast<unsigned char>(text[sign]) <= ' ' || text[sign] == '"'))
        ++sign;
      if (begins_formula(text.substr(sign))) out += '\'';
    }
    at_start = separators.find(text[i]) != separators.npos;
    out += text[i];
  }
  return out;
}

/// RFC 4180.
std::string cell(std::string_view text) {
  std::string out = defused(text);
  if (out.find_first_of(",;|\t\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string moment(Millis at) { return at == 0 ? std::string() : to_rfc3339(at); }
std::string_view yes_no(bool value) { return value ? "yes" : "no"; }

/// A fact that a vendor told. A price is decimal text, often below zero, and meant to be a number.
template <class Fact>
std::string told(const Fact& fact) {
  if constexpr (std::is_same_v<Fact, bool>) {
    return std::string(yes_no(fact));
  } else if constexpr (std::is_integral_v<Fact>) {
    return std::to_string(fact);
  } else {
    const bool number =
        fact.find_first_not_of("0123456789.", fact.starts_with('-') ? 1 : 0) == fact.npos;
    return number ? fact : cell(fact);
  }
}

/// Every column of the file, its name and its cell.
template <class Add>
void each_cell(const Call& call, Add add) {
  const Millis talked = call.answered_at != 0 && call.ended_at > call.answered_at
                            ? (call.ended_at - call.answered_at + 500) / 1000
                            : 0;
  const bool over = is_terminal(call.status);
  add("id", call.id);
  add("created_at", moment(call.created_at));
  add("medium", call.medium == MediumType::twilio ? "phone" : "web");
  add("status", wire_name(call.status));
  add("agent", cell(call.agent));
  add("agent_name", cell(call.agent_name));
  add("user", cell(call.user));
  // A "+" and digits, or bullets: a spreadsheet makes a number of it, never a formula, and an
  // apostrophe would spoil it for everybody else.
  add("to", call.to);
  add("to_region", cell(call.to_region));
  add("ringing_at", moment(call.ringing_at));
  add("answered_at", moment(call.answered_at));
  add("ended_at", moment(call.ended_at));
  add("talked_s", over ? std::to_string(talked) : "");
  add("max_duration_s", std::to_string(call.max_duration_s));
  add("recording", yes_no(call.recording));
  add("answered_by", cell(call.answered_by));
  add("left_voicemail", yes_no(call.left_voicemail));
  add("ended_by", over ? wire_name(call.end.by) : "");
  add("end_code", cell(call.end.code));
  add("end_reason", cell(call.end.sentence));
  each_told([&add](const char* name, const char*, const auto& fact) { add(name, told(fact)); },
            call);
  add("warning", cell(call.warning));
}

std::string csv_header() {
  std::string names;
  each_cell({}, [&names](std::string_view name, std::string_view) { (names += name) += ','; });
  names.pop_back();
  return names + "\r\n";
}

void add_csv(std::string& out, const Call& call) {
  each_cell(call, [&out](std::string_view, std::string_view text) { (out += text) += ','; });
  out.pop_back();
  out += "\r\n";
}

}  // namespace

std::function<Result<std::string>()> Store::export_calls(const Reader& reader,
                                                         const CallQuery& query,
                                                         ExportFormat format) {
  enum class At : std::uint8_t { start, middle, end };
  CallQuery next = query;
  next.limit = 200;
  next.cursor.clear();
  return [this, reader, next, format, at = At::start]() mutable -> Result<std::string> {
    if (at == At::end) return std::string();
    const MutexLock turn(impl_->exporting);
    auto page = list_calls(reader, next);
    if (!page) return fail(std::move(page).error());
    const bool csv = format == ExportFormat::csv;
    std::string piece;
    if (at == At::start) piece = csv ? std::string(byte_order_mark) + csv_header() : "[";
    bool first = at == At::start;
    for (const Call& call : page->calls) {
      if (csv) {
        add_csv(piece, call);
      } else {
        if (!first) piece += ",\n";
        piece += encode(call);
      }
      first = false;
    }
    next.cursor = page->next_cursor;
    at = next.cursor.empty() ? At::end : At::middle;
    if (at == At::end && !csv) piece += "]\n";
    return piece;
  };
}

}  // namespace voxdial
