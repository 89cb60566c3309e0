// The runtimes of one module instance by handle, and the buffers for effects, plans and answers. No logic.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "layout.h"
#include "raclette/runtime.h"

namespace raclette::bindings {

struct Instance {
  std::unique_ptr<Runtime> runtime;
  Effects effects;
  std::vector<std::uint32_t> words;  // effects, or a plan, for the binding to read
  std::string text;                  // the strings that `words` point to
  double reported_timeout = -1;      // the earliest timer, as the outside knows it
};

/// Takes a runtime in; returns its handle, never 0.
std::uint32_t add_instance(std::unique_ptr<Runtime> runtime);
/// The instance behind a handle; a handle that is unknown gets a null pointer.
[[nodiscard]] Instance* find_instance(std::uint32_t handle);
void remove_instance(std::uint32_t handle);

/// Puts an outcome where `last_answer` finds it, until the next one. Returns its code.
int answer(Outcome outcome);
[[nodiscard]] const AnswerWords* last_answer();

/// Answers with DISPOSED.
int answer_gone();

/// Answers with what `ask` says of a runtime; DISPOSED for one that is gone.
template <class Ask>
int on(std::uint32_t handle, Ask ask) {
  Instance* instance = find_instance(handle);
  return instance == nullptr ? answer_gone() : answer(ask(*instance));
}

/// A number of JavaScript's as an integer; 0 for one that does not fit.
template <class Integer>
Integer whole(double number) {
  constexpr auto kMin = static_cast<double>(std::numeric_limits<Integer>::min());
  constexpr auto kMax = static_cast<double>(std::numeric_limits<Integer>::max());
  return number >= kMin && number < kMax ? static_cast<Integer>(number) : 0;
}

/// Drains the runtime's effects into `words` and `text`. Returns how many there are.
std::uint32_t write_effects(Instance& instance);

}  // namespace raclette::bindings
