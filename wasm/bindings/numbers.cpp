// The module's way from digits to a double: the platform's own. The C library's brings a long double in software with
// it, a tenth of the whole module. The linker puts these in place of the library's (CMakeLists.txt); their one caller
// is the JSON lexer, which hands over nothing but complete numbers of RFC 8259, and these read the same in JavaScript.
// A number without a fraction it reads as an integer first; told that the integer is out of range, it reads a double,
// and that is what the core makes of any number.
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
