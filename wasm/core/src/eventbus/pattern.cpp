#include "eventbus/pattern.h"

namespace raclette {
namespace {

constexpr char kStar = '*';
constexpr std::string_view kAny = "**";

/// Returns the segment that begins at `start`. The next one begins after the slash that ends it; past the end of the
/// text there is none.
std::string_view segment_at(const std::string_view& text, std::size_t start) {
  return text.substr(start, text.find('/', start) - start);
}

/// Whether `given` matches `wanted`, where each star stands for any number of characters, including none.
bool fits(const std::string_view& wanted, const std::string_view& given) {
  // On a mismatch, the match restarts at the latest star, one character further on. Earlier stars need no restart.
  std::size_t at = 0;
  std::size_t character = 0;
  std::size_t after_star = 0;  // 0: no star passed yet
  std::size_t star_character = 0;
  while (at < wanted.size() || character < given.size()) {
    if (at < wanted.size() && wanted[at] == kStar) {
      after_star = ++at;
      star_character = character;
    } else if (at < wanted.size() && character < given.size() && wanted[at] == given[character]) {
      ++at;
      ++character;
    } else if (after_star > 0 && star_character < given.size()) {
      at = after_star;
      character = ++star_character;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_pattern(const std::string_view& text) { return text.find(kStar) != std::string_view::npos; }

std::string_view pattern_error(const std::string_view& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::string_view segment = segment_at(text, at);
    if (segment.empty()) return "an empty segment";
    if (segment != kAny && segment.find(kAny) != std::string_view::npos) return "`**` must be a whole segment";
    at += segment.size() + 1;
  }
  return {};
}

bool pattern_matches(const std::string_view& pattern, const std::string_view& name) {
  const auto is_any = [&](std::size_t at) { return at <= pattern.size() && segment_at(pattern, at) == kAny; };
  // On a mismatch, the match restarts at the latest `**`, one segment further on. Earlier ones need no restart.
  std::size_t at = 0;
  std::size_t part = 0;
  std::size_t after_any = 0;  // 0: no `**` passed yet
  std::size_t any_part = 0;
  while (part <= name.size()) {
    const std::string_view given = segment_at(name, part);
    if (is_any(at)) {
      after_any = at += kAny.size() + 1;
      any_part = part;
      continue;
    }
    const std::string_view wanted = at <= pattern.size() ? segment_at(pattern, at) : std::string_view();
    if (!wanted.empty() && fits(wanted, given)) {
      at += wanted.size() + 1;
      part += given.size() + 1;
    } else if (after_any > 0) {
      at = after_any;
      part = any_part += segment_at(name, any_part).size() + 1;
    } else {
      return false;
    }
  }
  while (is_any(at)) at += kAny.size() + 1;
  return at > pattern.size();
}

}  // namespace raclette
