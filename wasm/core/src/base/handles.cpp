#include "base/handles.h"

namespace raclette {

void Handles::push_back(Handle handle) {
  if (one_ == 0 && !many_) {
    one_ = handle;
    return;
  }
  if (!many_) many_ = std::make_unique<std::vector<Handle>>(1, one_);
  many_->push_back(handle);
}

void Handles::erase(Handle handle) {
  if (many_) {
    std::erase(*many_, handle);
  } else if (one_ == handle) {
    one_ = 0;
  }
}

}  // namespace raclette
