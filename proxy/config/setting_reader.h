// Reads settings one by one, each as the kind of value it is, and collects what is wrong with them.
// A value that is wrong leaves the member as it was, or as it was written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/config.h"

namespace voxdial {

class SettingReader {
 public:
  SettingReader(const Environment& environment, const ReadFile& read_file)
      : environment_(environment), read_file_(read_file) {}

  void text(const char* name, std::string& out) { out = value(name); }
  void name(const char* name, std::string& out);  ///< in lower case
  void host(const char* name, std::string& out);  ///< a name or address alone, without brackets
  void number(const char* name, int& out, int least, int most);
  void money(const char* name, Micros& out);  ///< "12.50"
  void yes_no(const char* name, bool& out);
  void quiet_hours(const char* name, PhonePolicy& out);  ///< "21:00-08:00" or "off"

  void key(const char* name, Secret& out);       ///< may stand in the file that NAME_FILE names
  void database(const char* name, Secret& out);  ///< likewise
  void sid(const char* name, std::string& out, std::string_view prefix);

  void phone_number(const char* name, std::string& out);             ///< in E.164
  void phone_list(const char* name, std::vector<std::string>& out);  ///< of a file, sorted
  void prefixes(const char* name, std::vector<std::string>& out);    ///< beginnings of E.164
  void regions(const char* name, std::vector<std::string>& out);     ///< ISO 3166-1 alpha-2

  /// An http(s) address without path, as a browser writes an origin; http for this machine only.
  void origin(const char* name, std::string& out);
  void hosts(const char* name, std::vector<std::string>& out);     ///< names or addresses
  void networks(const char* name, std::vector<std::string>& out);  ///< addresses or CIDR blocks

  void path(const char* name, std::string& out);
  void pem_file(const char* name, std::string& out);  ///< the path

  void problem(std::string_view name, std::string what, std::string remedy) {
    problems.push_back({std::string(name), std::move(what), std::move(remedy)});
  }

  std::vector<ConfigProblem> problems;
  std::vector<std::string> secrets;  ///< the variables that may hold one

 private:
  /// Trimmed; the default when it is unset or empty.
  std::string value(std::string_view name);
  std::string secret(const char* name);
  std::optional<std::string> file(const char* name, const std::string& path);
  /// Each item as `canonical` writes it; it gives nothing for what is none.
  void items(const char* name, std::vector<std::string>& out, const char* is_none,
             const char* remedy, std::string (*canonical)(std::string_view item));

  const Environment& environment_;
  const ReadFile& read_file_;
};

}  // namespace voxdial
