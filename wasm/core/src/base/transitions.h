// Transition tables. A row maps one or several inputs in a state to a result. The compiler checks that each pair of
// state and input is in exactly one row, so code with a new state or input does not compile until its rows exist. At
// runtime a table is an array lookup.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace raclette {

/// Whether `value` is one of its enum's enumerators. The compiler spells an enumerator by name, and any other value as
/// a cast of its number.
template <class Enum, Enum value>
constexpr bool is_enumerator() {
  const std::string_view spelled = __PRETTY_FUNCTION__;
  const char first = spelled[spelled.find_last_of(" :)") + 1];
  return first < '0' || first > '9';
}

/// The number of enumerators of an enum that counts from 0 without a gap.
template <class Enum, std::size_t counted = 0>
constexpr std::size_t enum_size() {
  if constexpr (is_enumerator<Enum, static_cast<Enum>(counted)>()) {
    return enum_size<Enum, counted + 1>();
  } else {
    return counted;
  }
}

/// One input, or several with the same result.
template <class Input>
class Inputs {
 public:
  constexpr Inputs(Input one) : Inputs({one}) {}
  constexpr Inputs(std::initializer_list<Input> several) {
    for (const Input one : several) bits_ |= bit(one);
  }

  [[nodiscard]] constexpr bool has(Input one) const { return (bits_ & bit(one)) != 0; }

 private:
  static_assert(enum_size<Input>() <= 32);
  static constexpr std::uint32_t bit(Input one) { return std::uint32_t{1} << static_cast<unsigned>(one); }

  std::uint32_t bits_ = 0;
};

/// A row: in state `from`, each input of `on` leads to `to` (the next state and the action).
template <class State, class Input, class Meaning>
struct Transition {
  State from;
  Inputs<Input> on;
  Meaning to;
};

template <class State, class Input, class Meaning, std::size_t size>
using Transitions = std::array<Transition<State, Input, Meaning>, size>;

/// The number of rows that contain a pair of state and input.
template <class State, class Input, class Meaning, std::size_t size>
constexpr std::size_t rows_of(const Transitions<State, Input, Meaning, size>& rows, State state, Input input) {
  std::size_t found = 0;
  for (const auto& row : rows) found += row.from == state && row.on.has(input) ? 1 : 0;
  return found;
}

/// The number of pairs of state and input for whose number of rows `is_counted` returns true.
template <class State, class Input, class Meaning, std::size_t size, class IsCounted>
constexpr std::size_t count_pairs(const Transitions<State, Input, Meaning, size>& rows, IsCounted is_counted) {
  std::size_t pairs = 0;
  for (std::size_t state = 0; state < enum_size<State>(); ++state) {
    for (std::size_t input = 0; input < enum_size<Input>(); ++input) {
      pairs += is_counted(rows_of(rows, static_cast<State>(state), static_cast<Input>(input))) ? 1 : 0;
    }
  }
  return pairs;
}

/// The number of pairs that are in no row.
template <class Rows>
constexpr std::size_t missing_pairs(const Rows& rows) {
  return count_pairs(rows, [](std::size_t found) { return found == 0; });
}

/// The number of pairs that are in several rows.
template <class Rows>
constexpr std::size_t doubled_pairs(const Rows& rows) {
  return count_pairs(rows, [](std::size_t found) { return found > 1; });
}

/// The compiled table: an array lookup by state and input.
template <class State, class Input, class Meaning>
class TransitionTable {
 public:
  template <std::size_t size>
  constexpr explicit TransitionTable(const Transitions<State, Input, Meaning, size>& rows) {
    for (const auto& row : rows) {
      for (std::size_t input = 0; input < enum_size<Input>(); ++input) {
        if (row.on.has(static_cast<Input>(input))) meanings_[static_cast<std::size_t>(row.from)][input] = row.to;
      }
    }
  }

  [[nodiscard]] constexpr const Meaning& of(State state, Input input) const {
    return meanings_[static_cast<std::size_t>(state)][static_cast<std::size_t>(input)];
  }

 private:
  Meaning meanings_[enum_size<State>()][enum_size<Input>()] = {};
};

}  // namespace raclette
