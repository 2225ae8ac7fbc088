// The history as a file, made piece by piece from pages, so that neither memory nor a long read
// transaction grows with it.
#include "proxy/store/call_row.h"
#include "proxy/store/room.h"
#include "shared/codec.h"
#include "shared/time_text.h"

namespace voxdial {
namespace {

constexpr std::string_view csv_header =
    "id,created_at,medium,status,agent,agent_name,user,to,to_region,ringing_at,answered_at,ended_"
    "at,"
    "talked_s,max_duration_s,recording,answered_by,left_voicemail,ended_by,end_code,end_reason,"
    "price,"
    "price_unit,warning\r\n";

/// Text a person or a vendor chose. A spreadsheet runs cells that begin with one of these as a
/// formula; a leading apostrophe makes them text (OWASP, CSV injection).
std::string cell(std::string_view text) {
  std::string out;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    out = "'";
  }
  out += text;
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string moment(Millis at) { return at == 0 ? std::string() : to_rfc3339(at); }
std::string_view yes_no(bool value) { return value ? "yes" : "no"; }

void add_csv(std::string& out, const Call& call) {
  const Millis talked = call.answered_at != 0 && call.ended_at > call.answered_at
                            ? (call.ended_at - call.answered_at + 500) / 1000
                            : 0;
  const bool over = is_terminal(call.status);
  const auto add = [&](std::string_view text) {
    out += text;
    out += ',';
  };
  add(call.id);
  add(moment(call.created_at));
  add(call.medium == MediumType::twilio ? "phone" : "web");
  add(wire_name(call.status));
  add(cell(call.agent));
  add(cell(call.agent_name));
  add(cell(call.user));
  add(call.to);  // a "+" and digits, or bullets: a spreadsheet makes a number of it, never a
                 // formula
  add(cell(call.to_region));
  add(moment(call.ringing_at));
  add(moment(call.answered_at));
  add(moment(call.ended_at));
  add(over ? std::to_string(talked) : "");
  add(std::to_string(call.max_duration_s));
  add(yes_no(call.recording));
  add(cell(call.answered_by));
  add(yes_no(call.left_voicemail));
  add(over ? wire_name(call.end.by) : "");
  add(cell(call.end.code));
  add(cell(call.end.sentence));
  add(call.price);  // decimal text, often below zero: meant to be a number
  add(cell(call.price_unit));
  out += cell(call.warning);
  out += "\r\n";
}

}  // namespace

std::function<Result<std::string>()> Store::export_calls(const Reader& reader,
                                                         const CallQuery& query,
                                                         ExportFormat format) {
  enum class At : std::uint8_t { start, middle, end };
  CallQuery next = query;
  next.limit = 500;
  next.cursor.clear();
  return [this, reader, next, format, at = At::start]() mutable -> Result<std::string> {
    if (at == At::end) return std::string();
    auto page = list_calls(reader, next);
    if (!page) return fail(std::move(page).error());
    const bool csv = format == ExportFormat::csv;
    std::string piece;
    if (at == At::start) piece = csv ? csv_header : "[";
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
