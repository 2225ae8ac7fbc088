#include "proxy/http/chunks.h"

#include "shared/ascii.h"

namespace voxdial::http {

bool Chunks::accept(char c) {
  constexpr int most_digits = 7;
  constexpr std::size_t most_extension = 1'024;
  const bool visible = c > ' ' && c < '\x7f';
  switch (at_) {
    case At::size:
      if (const int digit = hex_digit(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<std::size_t>(digit);
        return ++digits_ <= most_digits;
      }
      at_ = c == ';' ? At::extension : At::size_end;
      return digits_ > 0 && (c == ';' || c == '\r');
    case At::extension:
      if (c == '"') at_ = At::quoted;
      if (c == '\r') at_ = At::size_end;
      return ++extension_ <= most_extension && (visible || c == '\r');
    case At::quoted:
      if (c == '"') at_ = At::extension;
      return ++extension_ <= most_extension && (visible || c == ' ') && c != '\\';
    case At::size_end:
      at_ = left_ > 0 ? At::data : At::last_cr;
      digits_ = 0;
      return c == '\n';
    case At::data:
      if (--left_ == 0) at_ = At::data_cr;
      return true;
    case At::data_cr:
      at_ = At::data_lf;
      return c == '\r';
    case At::data_lf:
      at_ = At::size;
      return c == '\n';
    case At::last_cr:
      at_ = At::last_lf;
      return c == '\r';
    case At::last_lf:
      at_ = At::over;
      return c == '\n';
    case At::over:
      break;
  }
  return false;
}

}  // namespace voxdial::http
