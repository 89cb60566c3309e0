// Reads and checks documents of a known shape, such as options and configs. A Field is a value with its path, so an
// error names the path (`data.todo.operations.getAll.method must be …`). The first error is kept and reading
// continues; the caller checks once, at the end. Paths are built only for errors. A missing field or null keeps its
// default. JSON has no Infinity: the largest number stands for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace raclette {

/// The strings that a field accepts.
enum class TextRule : std::uint8_t { required, not_empty, any };

/// A field of a document. It lives on its reader's stack and must not outlive the field that contains it.
class Field {
 public:
  /// The document. `wrong` receives the first error.
  Field(JsonView root, std::string& wrong) : value_(root), wrong_(&wrong) {}
  /// The member `name` of `outer`.
  Field(const Field& outer, const std::string_view& name)
      : value_(outer.value_[name]), wrong_(outer.wrong_), outer_(&outer), name_(name) {}
  /// The member `name` of `outer`, whose value the caller has already looked up.
  Field(const Field& outer, const std::string_view& name, JsonView value)
      : value_(value), wrong_(outer.wrong_), outer_(&outer), name_(name) {}
  /// The element at `index` of `outer`.
  Field(const Field& outer, std::size_t index)
      : value_(outer.value_.at(index)), wrong_(outer.wrong_), outer_(&outer), index_(index), is_element_(true) {}

  [[nodiscard]] JsonView value() const { return value_; }
  [[nodiscard]] bool absent() const { return !value_ || value_.is_null(); }

  /// Reports that this field must be `expected`. Later errors of the document are ignored.
  void refuse(const std::string_view& expected) const;
  /// Calls `refuse` unless `fine`. Returns `fine`.
  bool require(bool fine, const std::string_view& expected) const;

  /// Reads a string into `into`. `required`: the field must be present and not empty; `any`: the string may be empty.
  void read(std::string& into, TextRule rule) const;
  void read(bool& into) const;
  /// Reads a number of at least `least`.
  void read(double& into, double least, const std::string_view& expected) const;

 private:
  void append_path(std::string& out) const;

  JsonView value_;
  std::string* wrong_;
  const Field* outer_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  bool is_element_ = false;
};

}  // namespace raclette
