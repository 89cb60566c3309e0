// What libFuzzer calls, for the target that RACLETTE_FUZZ_TARGET names. A broken rule ends the program, as a finding of
// the sanitizers does.
#include <cstdio>
#include <cstdlib>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string broken = raclette::fuzz::RACLETTE_FUZZ_TARGET({data, size});
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
