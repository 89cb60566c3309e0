#include "instances.h"

namespace raclette::bindings {
namespace {

std::vector<std::unique_ptr<Instance>>& instances() {
  static std::vector<std::unique_ptr<Instance>> all;
  return all;
}

AnswerWords last;

}  // namespace

int answer(Outcome outcome) {
  static std::string text;
  text = std::move(outcome.text);
  last = {outcome.value, text.data(), static_cast<std::uint32_t>(text.size())};
  return static_cast<int>(outcome.code);
}

int answer_gone() { return answer({ErrorCode::DISPOSED, 0, "the runtime"}); }

const AnswerWords* last_answer() { return &last; }

std::uint32_t add_instance(std::unique_ptr<Runtime> runtime) {
  auto instance = std::make_unique<Instance>();
  instance->runtime = std::move(runtime);
  auto& all = instances();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == nullptr) {
      all[i] = std::move(instance);
      return static_cast<std::uint32_t>(i + 1);
    }
  }
  all.push_back(std::move(instance));
  return static_cast<std::uint32_t>(all.size());
}

Instance* find_instance(std::uint32_t handle) {
  return handle == 0 || handle > instances().size() ? nullptr : instances()[handle - 1].get();
}

void remove_instance(std::uint32_t handle) {
  if (find_instance(handle) != nullptr) instances()[handle - 1].reset();
}

}  // namespace raclette::bindings
