// Parses numbers with JavaScript's `Number`. The C library's strtod needs software long double, a tenth of the module.
// The linker wraps the library's functions (CMakeLists.txt). Their only caller is the JSON lexer, which passes complete
// numbers of RFC 8259. Integers report ERANGE, so the lexer parses them as doubles, which the core needs.
#include <cerrno>
#include <cstring>

extern "C" {

/// `Number(text)`.
__attribute__((import_module("env"), import_name("number"))) double rac_number(const char* text);

double __wrap_strtod(const char* text, char** end) {  // NOLINT(bugprone-reserved-identifier): the linker's name
  if (end != nullptr) *end = const_cast<char*>(text) + std::strlen(text);
  return rac_number(text);
}

long long __wrap_strtoll(const char*, char**, int) {  // NOLINT(bugprone-reserved-identifier)
  errno = ERANGE;
  return 0;
}

unsigned long long __wrap_strtoull(const char*, char**, int) {  // NOLINT(bugprone-reserved-identifier)
  errno = ERANGE;
  return 0;
}

}  // extern "C"
