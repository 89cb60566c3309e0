#include "base/field.h"

#include <limits>

#include "base/text.h"

namespace raclette {

void Field::append_path(std::string& out) const {
  if (outer_ != nullptr) outer_->append_path(out);
  if (is_element_) {
    out.push_back('[');
    append_number(out, index_);
    out.push_back(']');
    return;
  }
  if (!out.empty()) out.push_back('.');
  out.append(name_);
}

void Field::refuse(const std::string_view& expected) const {
  if (!wrong_->empty()) return;
  append_path(*wrong_);
  wrong_->append(" must be ").append(expected);
}

bool Field::require(bool fine, const std::string_view& expected) const {
  if (!fine) refuse(expected);
  return fine;
}

void Field::read(std::string& into, TextRule rule) const {
  if (absent() && rule != TextRule::required) return;
  const auto text = value_.string();
  const bool may_be_empty = rule == TextRule::any;
  if (require(text && (may_be_empty || !text->empty()), may_be_empty ? "a string" : "a non-empty string")) {
    into = *text;
  }
}

void Field::read(bool& into) const {
  if (absent()) return;
  const auto given = value_.boolean();
  if (require(given.has_value(), "true or false")) into = *given;
}

void Field::read(double& into, double least, const std::string_view& expected) const {
  if (absent()) return;
  const auto given = value_.number();
  if (require(given && *given >= least, expected)) {
    into = *given < std::numeric_limits<double>::max() ? *given : std::numeric_limits<double>::infinity();
  }
}

}  // namespace raclette
