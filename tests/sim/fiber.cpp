#include "tests/sim/fiber.h"

#include <ucontext.h>

#include <cassert>
#include <cstddef>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)  // g++
#define WITH_ADDRESS_SANITIZER
#elif defined(__has_feature)  // clang
#if __has_feature(address_sanitizer)
#define WITH_ADDRESS_SANITIZER
#endif
#endif
#ifdef WITH_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace voxdial::sim {
namespace {

constexpr std::size_t stack_bytes = 512 * 1024;

ucontext_t outside;
Fiber* running = nullptr;
std::vector<std::unique_ptr<std::byte[]>>
    spare;  // a stack is asked for thousands of times a second

#ifdef WITH_ADDRESS_SANITIZER
const void* outside_bottom = nullptr;
std::size_t outside_size = 0;
void leaving(void** keep, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(keep, bottom, size);
}
void arrived(void* kept, const void** bottom, std::size_t* size) {
  __sanitizer_finish_switch_fiber(kept, bottom, size);
}
#endif

}  // namespace

struct Fiber::Stack {
  std::unique_ptr<std::byte[]> bytes;
  ucontext_t context{};
#ifdef WITH_ADDRESS_SANITIZER
  void* shadow = nullptr;
#endif
};

Fiber::Fiber(std::function<void()> work)
    : work_(std::move(work)), stack_(std::make_unique<Stack>()) {
  if (spare.empty()) {
    stack_->bytes.reset(new std::byte[stack_bytes]);
  } else {
    stack_->bytes = std::move(spare.back());
    spare.pop_back();
  }
  getcontext(&stack_->context);
  stack_->context.uc_stack.ss_sp = stack_->bytes.get();
  stack_->context.uc_stack.ss_size = stack_bytes;
  stack_->context.uc_link = nullptr;
  makecontext(&stack_->context, &Fiber::enter, 0);
}

Fiber::~Fiber() { spare.push_back(std::move(stack_->bytes)); }

bool Fiber::inside() { return running != nullptr; }

void Fiber::resume() {
  assert(running == nullptr && !done_);
  running = this;
#ifdef WITH_ADDRESS_SANITIZER
  void* shadow = nullptr;
  leaving(&shadow, stack_->bytes.get(), stack_bytes);
#endif
  swapcontext(&outside, &stack_->context);
#ifdef WITH_ADDRESS_SANITIZER
  arrived(shadow, nullptr, nullptr);
#endif
  running = nullptr;
}

void Fiber::suspend() {
  Fiber* self = running;
  assert(self != nullptr);
#ifdef WITH_ADDRESS_SANITIZER
  leaving(self->done_ ? nullptr : &self->stack_->shadow, outside_bottom, outside_size);
#endif
  swapcontext(&self->stack_->context, &outside);
#ifdef WITH_ADDRESS_SANITIZER
  arrived(self->stack_->shadow, &outside_bottom, &outside_size);
#endif
}

void Fiber::enter() {
#ifdef WITH_ADDRESS_SANITIZER
  arrived(nullptr, &outside_bottom, &outside_size);
#endif
  running->work_();
  running->done_ = true;
  suspend();
}

}  // namespace voxdial::sim
