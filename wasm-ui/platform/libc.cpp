// The few functions of C's library that would bring its formatting and scanning into the page: 9 KB
// of the download (brotli) for reading a decimal number and a version, and for last words nobody
// sees. Defined here, they are not taken from the library.
#include <emscripten.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" {

double js_libc_number(const char* text);
void js_log(const char* line);

/// JavaScript reads decimal numbers exactly, too. What it is not given is white space, hexadecimal
/// digits, infinity and the like: callers hand over decimal numbers (a JSON token, a slider's
/// value), or look whether anything was read at all.
double strtod(const char* text, char** end) {
  const char* at = text;
  const auto digits = [&at] {
    while (*at >= '0' && *at <= '9') ++at;
  };
  if (*at == '-' || *at == '+') ++at;
  digits();
  if (*at == '.') ++at;
  digits();
  if (at != text && (*at == 'e' || *at == 'E')) {
    ++at;
    if (*at == '-' || *at == '+') ++at;
    digits();
  }
  if (end != nullptr) *end = const_cast<char*>(at);
  return at == text ? 0 : js_libc_number(text);
}
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

/// What the C++ runtime says before it gives up. The page's own crash screen (bridge.js) is what a
/// person sees.
[[noreturn]] void abort_message(const char*, ...) { std::abort(); }

// ImGui's WebGL backend calls these two by other names (CMakeLists.txt).

/// Its sscanf, with which it reads "#version %d" and "%d.%d".
int scan_version(const char* text, const char* format, ...) {
  va_list out;
  va_start(out, format);
  int read = 0;
  for (; *format != 0; ++format) {
    if (format[0] != '%') {
      if (*text++ != *format) break;
      continue;
    }
    ++format;  // the d
    if (*text < '0' || *text > '9') break;
    int& number = *va_arg(out, int*);
    number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    ++read;
  }
  va_end(out);
  return read;
}

/// Its fprintf, with which it quotes the driver about a shader that does not compile: "%s" is all.
int print_line(FILE*, const char* format, ...) {
  va_list in;
  va_start(in, format);
  std::string line;
  for (; *format != 0; ++format) {
    if (format[0] == '%' && format[1] == 's') {
      line += va_arg(in, const char*);
      ++format;
    } else {
      line += *format;
    }
  }
  va_end(in);
  js_log(line.c_str());
  return 0;
}

}  // extern "C"
