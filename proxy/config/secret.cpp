#include "proxy/config/secret.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace voxdial {
namespace {

std::size_t whole_pages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.capacity());
  text.clear();
}

struct Secret::Page {
  explicit Page(std::string_view value) : size(value.size()), mapped(whole_pages(value.size())) {
    void* at = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    bytes = static_cast<char*>(at);
    is_locked = mlock(bytes, mapped) == 0;
    madvise(bytes, mapped, MADV_DONTDUMP);
    std::memcpy(bytes, value.data(), size);
    mprotect(bytes, mapped, PROT_READ);
  }
  ~Page() {
    mprotect(bytes, mapped, PROT_READ | PROT_WRITE);
    explicit_bzero(bytes, mapped);
    munmap(bytes, mapped);
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  char* bytes = nullptr;
  std::size_t size;
  std::size_t mapped;
  bool is_locked = false;
};

Secret::Secret(std::string&& value) {
  if (!value.empty()) page_ = std::make_shared<const Page>(value);
  wipe(value);
}

std::size_t Secret::size() const { return page_ ? page_->size : 0; }

bool Secret::locked() const { return page_ && page_->is_locked; }

std::string_view Secret::reveal() const {
  return page_ ? std::string_view(page_->bytes, page_->size) : std::string_view();
}

}  // namespace voxdial
