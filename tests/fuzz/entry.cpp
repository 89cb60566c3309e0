// The entry point for libFuzzer. It runs the target named by RACLETTE_FUZZ_TARGET. A broken rule ends the program, like
// a finding of the sanitizers.
#include <cstdio>
#include <cstdlib>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string broken = raclette::fuzz::RACLETTE_FUZZ_TARGET({data, size});
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
