// Iterates over the fields of a struct in the order of declaration. Structs that cross the boundary are declared
// once, in the public headers; the binding's half is generated from them (scripts/generate.mjs).
#pragma once

#include <cstddef>
#include <type_traits>

namespace raclette::bindings {

/// Stands for a field of any type.
struct AnyField {
  template <class T>
  operator T() const;
};

/// The number of fields of the struct `T`.
template <class T, class... Known>
constexpr std::size_t field_count() {
  if constexpr (requires { T{Known{}..., AnyField{}}; }) {
    return field_count<T, Known..., AnyField>();
  } else {
    return sizeof...(Known);
  }
}

/// Calls `use` with each field of `object`, which has at most twelve.
template <class T, class Use>
void each_field(T& object, Use use) {
  constexpr std::size_t count = field_count<std::remove_const_t<T>>();
  static_assert(count >= 1 && count <= 12, "add a line below");
  const auto all = [&](auto&... fields) { (use(fields), ...); };
  if constexpr (count == 1) {
    auto& [a] = object;
    all(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = object;
    all(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = object;
    all(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = object;
    all(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = object;
    all(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = object;
    all(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = object;
    all(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = object;
    all(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = object;
    all(a, b, c, d, e, f, g, h, i);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = object;
    all(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = object;
    all(a, b, c, d, e, f, g, h, i, j, k);
  } else {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = object;
    all(a, b, c, d, e, f, g, h, i, j, k, l);
  }
}

}  // namespace raclette::bindings
