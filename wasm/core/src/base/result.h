// A value, or an error code with details: the return type of functions that can fail. The core has no exceptions, so
// callers check a Result before they use its value. An assertion catches reading the value of a failure in debug
// builds.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>

#include "raclette/error.h"

namespace raclette {

/// Why something failed: the code, and what the code alone cannot say (a field's path, the names that exist).
struct Failure {
  ErrorCode code = ErrorCode::OK;
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` and `return failure;` are the point of the class
  Result(T value) : value_(std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Failure failure) : failure_(std::move(failure)) { assert(failure_.code != ErrorCode::OK); }

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  [[nodiscard]] T& value() {
    assert(ok());
    return *value_;
  }
  [[nodiscard]] const T& value() const {
    assert(ok());
    return *value_;
  }
  [[nodiscard]] ErrorCode code() const { return failure_.code; }
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  std::optional<T> value_;
  Failure failure_;
};

}  // namespace raclette
