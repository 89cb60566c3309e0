// Serialises effects into words, so the binding reads them without a call per field. An effect is the index of its
// alternative in the variant, then one word per field, in the order of declaration. The word of a text is its length in
// bytes; the texts are concatenated in `text`. effect.h declares the effects; js-glue/core/generated/effects.ts reads
// them.
#include "fields.h"
#include "instances.h"

namespace raclette::bindings {
namespace {

/// Writes a field of each type that effects use.
class Writer {
 public:
  explicit Writer(Instance& instance) : instance_(instance) {}

  void put(std::uint32_t word) { instance_.words.push_back(word); }
  void put(bool flag) { put(flag ? 1u : 0u); }
  /// Writes a number of bytes, cut to a word.
  void put(double number) { put(whole<std::uint32_t>(number)); }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    instance_.text.append(text);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { put(static_cast<std::uint32_t>(value)); }
  template <class Other>
  requires(!std::is_enum_v<Other>) void put(const Other& field) = delete;

 private:
  Instance& instance_;
};

}  // namespace

std::uint32_t write_effects(Instance& instance) {
  instance.runtime->drain(instance.effects);
  instance.words.clear();
  instance.text.clear();
  Writer writer(instance);
  for (const Effect& effect : instance.effects) {
    writer.put(static_cast<std::uint32_t>(effect.index()));
    std::visit([&](const auto& one) { each_field(one, [&](const auto& field) { writer.put(field); }); }, effect);
  }
  return static_cast<std::uint32_t>(instance.effects.size());
}

}  // namespace raclette::bindings
