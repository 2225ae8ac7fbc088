// A member that is not in its type's list of fields would be lost on the wire without a word.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

std::string read(const std::string& file) {
  std::ifstream stream(VOXDIAL_SOURCE_DIR "/" + file);
  REQUIRE(stream.is_open());
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return std::regex_replace(text, std::regex("//[^\n]*|\\bfriend [^;]*;"), "");
}

/// The members of each struct of a header, those of structs within it among them.
std::map<std::string, std::set<std::string>> structs_of(const std::string& header) {
  const std::string text = read(header);
  const std::regex start(R"(\nstruct (\w+)(?: : [\w, ]+)? \{)");
  // Its name is the last word before "=", "{" or ";"; enumerators have none.
  const std::regex member(
      R"((?:^|[;{}])\s*(?!using|enum|struct)[\w:<>,\s]*?\b(\w+)\s*(?:=[^;{}]*)?;)");
  std::map<std::string, std::set<std::string>> found;
  for (std::sregex_iterator at(text.begin(), text.end(), start), end; at != end; ++at) {
    const auto from = static_cast<std::size_t>(at->position() + at->length()) - 1;
    std::string body = text.substr(from, text.find("\n};", from) - from);
    // Each statement ends where the next begins.
    body = std::regex_replace(body, std::regex(";"), ";;");
    for (std::sregex_iterator m(body.begin(), body.end(), member); m != end; ++m) {
      found[(*at)[1]].insert((*m)[1]);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("every member of every value of the API is in the list of fields of its type") {
  auto types = structs_of("shared/api.h");
  types.merge(structs_of("shared/error.h"));
  types.merge(structs_of("shared/end_reason.h"));
  CHECK(types.at("Call").count("left_voicemail") == 1);
  CHECK(types.at("CallPlaced").count("join_url") == 1);
  CHECK(types.at("SelectedTool").count("tool_name") == 1);
  types.erase("Json");      // text of its own
  types.erase("EndFacts");  // what an EndReason is made from

  const std::string lists = read("shared/fields_settings.h") + read("shared/fields_requests.h") +
                            read("shared/fields_replies.h") + read("shared/codec_query.cpp");
  const auto list_of = [&](const std::string& type) {
    std::string list;
    // Ultravox has another shape for it; the query of an address is no JSON.
    const std::regex start(type == "FirstSpeaker" ? "FirstSpeakerShape shape_of\\("
                           : type == "CallQuery"  ? "std::string encode_query\\("
                                                  : "Of<" + type + "(::\\w+)?>& v\\)");
    for (std::sregex_iterator at(lists.begin(), lists.end(), start), end; at != end; ++at) {
      const auto from = static_cast<std::size_t>(at->position());
      list += lists.substr(from, lists.find("\n}\n", from) - from);
    }
    return list;
  };
  for (const auto& [type, members] : types) {
    const std::string list = list_of(type);
    for (const std::string& name : members) {
      CAPTURE(type, name);
      CHECK(std::regex_search(list, std::regex("\\b(v|first)\\." + name + "\\b")));
    }
  }
}

TEST_CASE(
    "every fact that a vendor tells is read and in the list of facts, and each part of a call has "
    "them") {
  const std::string list = read("shared/told.h");
  const std::string vendors =
      read("proxy/vendors/twilio/reply_codec.cpp") + read("proxy/vendors/ultravox/reply_codec.cpp");
  const auto facts = structs_of("shared/told.h").at("Told");
  for (const std::string& name : facts) {
    CAPTURE(name);
    CHECK(std::regex_search(vendors, std::regex("\\." + name + " = ")));
    CHECK(std::regex_search(
        list, std::regex("each\\(\"\\w+\", \"\\w+\", told\\." + name + "\\.\\.\\.\\)")));
  }
  for (const char* file : {"proxy/store/call_row.cpp", "proxy/store/export.cpp",
                           "proxy/store/apply.cpp", "shared/fields_replies.h"}) {
    CAPTURE(file);
    CHECK(read(file).find("each_told(") != std::string::npos);
  }
}

TEST_CASE("what is kept of a call and not shown is in the list of that, and row and rules use it") {
  const std::string values = read("proxy/store/values.h");
  const auto members = structs_of("proxy/store/values.h").at("Unshown");
  CHECK(members.count("agent_ended_at") == 1);
  for (const std::string& name : members) {
    CAPTURE(name);
    CHECK(std::regex_search(values,
                            std::regex("each\\(\"" + name + "\", row\\." + name + "\\.\\.\\.\\)")));
  }
  for (const char* file : {"proxy/store/call_row.cpp", "proxy/store/apply.cpp"}) {
    CAPTURE(file);
    CHECK(read(file).find("each_unshown(") != std::string::npos);
  }
}

TEST_CASE("every member of a call is given a value, kept in a column of its row and exported") {
  auto members = structs_of("shared/api.h").at("Call");
  const std::string row = read("proxy/store/call_row.cpp");
  const std::string csv = read("proxy/store/export.cpp");
  const std::string given =
      read("proxy/calls/place.cpp") + read("proxy/store/calls.cpp") + read("proxy/store/apply.cpp");
  for (const std::string& name : members) {
    CAPTURE(name);
    const std::regex used("\\bcall\\." + name + "\\b");
    CHECK(std::regex_search(row, used));
    CHECK(std::regex_search(
        given, std::regex("(set_once\\(|\\+\\+)call\\." + name + "\\b|\\bcall\\." + name + " = ")));
    // Of use to a page only.
    CHECK((std::regex_search(csv, used) || name == "version" || name == "ending" ||
           name == "to_international"));
  }
  members = structs_of("proxy/store/values.h").at("StoredCall");
  CHECK(members.count("message_cursor") == 1);
  for (const std::string& name : members) {
    if (name == "call" || name == "facts") continue;  // whose own members are columns
    if (name == "owed") continue;                     // a table of its own
    CAPTURE(name);
    CHECK(std::regex_search(row, std::regex("\\bstored\\." + name + "\\b")));
  }
}
