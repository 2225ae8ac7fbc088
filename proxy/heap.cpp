// Memory that is given back is wiped first: a password, a session's token or a vendor's header
// that went through a string does not stay behind (SECURITY.md). The keys themselves live in locked
// pages (config/secret.h). Of the program only: tests keep the heap of their sanitizer.
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

void* operator new(std::size_t size) {
  for (;;) {
    if (void* at = std::malloc(size == 0 ? 1 : size)) return at;
    if (const std::new_handler handler = std::get_new_handler()) {
      handler();
    } else {
      throw std::bad_alloc();
    }
  }
}

void operator delete(void* at) noexcept {
  if (at == nullptr) return;
  explicit_bzero(at, malloc_usable_size(at));
  std::free(at);
}

void operator delete(void* at, std::size_t) noexcept { operator delete(at); }
