#include "raclette/error.h"

#include <array>

namespace raclette {

std::string_view error_name(ErrorCode code) {
  static constexpr auto kNames = std::to_array<std::string_view>({
#define RACLETTE_NAME(name) #name,
      RACLETTE_ERROR_CODES(RACLETTE_NAME)
#undef RACLETTE_NAME
  });
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : std::string_view();
}

}  // namespace raclette
