// The few functions of C's library that would bring its formatting and scanning into the page: 9 KB
// of the download (brotli) for reading a decimal number and for last words nobody sees. Defined
// here, they are not taken from the library.
#include <emscripten.h>

#include <algorithm>
#include <cstdlib>

extern "C" {

double js_libc_number(const char* text);

/// JavaScript reads decimal numbers exactly, too. What it is not given is white space, hexadecimal
/// digits, infinity and the like: callers hand over decimal numbers (a slider's value), or look
/// whether anything was read at all.
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
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): C's own signature asks for it
  if (end != nullptr) *end = const_cast<char*>(at);
  return at == text ? 0 : js_libc_number(text);
}
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

/// ImGui sorts its window, and the glyphs when the atlas grows: some hundreds of small things,
/// nearly in order.
void qsort(void* base, size_t count, size_t size, int (*compare)(const void*, const void*)) {
  char* const items = static_cast<char*>(base);
  for (size_t i = 1; i < count; ++i) {
    for (size_t k = i * size; k > 0 && compare(items + k - size, items + k) > 0; k -= size) {
      std::swap_ranges(items + k - size, items + k, items + k);
    }
  }
}

/// What the C++ runtime says before it gives up. The page's own crash screen (bridge.js) is what a
/// person sees.
[[noreturn]] void abort_message(const char*, ...) { std::abort(); }

}  // extern "C"
