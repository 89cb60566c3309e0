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
  double reported_timeout = -1;      // the timeout that the binding knows
};

/// Adds a runtime. Returns its handle, which is never 0.
std::uint32_t add_instance(std::unique_ptr<Runtime> runtime);
/// Returns the instance, or null if the handle is unknown.
[[nodiscard]] Instance* find_instance(std::uint32_t handle);
void remove_instance(std::uint32_t handle);

/// Stores an outcome for `last_answer`, until the next call. Returns its code.
int answer(Outcome outcome);
[[nodiscard]] const AnswerWords* last_answer();

/// Answers with DISPOSED.
int answer_gone();

/// Answers with the outcome of `ask(runtime)`, or with DISPOSED if the runtime is gone.
template <class Ask>
int on(std::uint32_t handle, Ask ask) {
  Instance* instance = find_instance(handle);
  return instance == nullptr ? answer_gone() : answer(ask(*instance));
}

/// Converts a JavaScript number to an integer; 0 if it does not fit.
template <class Integer>
Integer whole(double number) {
  constexpr auto kMin = static_cast<double>(std::numeric_limits<Integer>::min());
  constexpr auto kMax = static_cast<double>(std::numeric_limits<Integer>::max());
  return number >= kMin && number < kMax ? static_cast<Integer>(number) : 0;
}

/// Drains the runtime's effects into `words` and `text`. Returns the number of effects.
std::uint32_t write_effects(Instance& instance);

}  // namespace raclette::bindings
