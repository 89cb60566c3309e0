#include "socket/session_offsets.h"

#include <utility>

namespace raclette {
namespace {

/// The maximum difference between the clocks of server and client, in milliseconds.
constexpr double kClocks = 48 * 3'600'000.0;

}  // namespace

bool SessionOffsets::shows_itself(const Offset& offset) const {
  if (offset.form == OffsetForm::yeast || offset.place == OffsetPlace::greeting) return true;
  return offset.place == OffsetPlace::argument && !(offset.form == OffsetForm::object_id && has_gaps_);
}

bool SessionOffsets::follows(const Offset& offset, double wall) const {
  // Any word of seven letters is a valid yeast, mostly of a year in the future.
  if (offset.time > wall + kClocks) return false;
  const bool is_first = last_.text.empty() || (!is_shown_ && offset.form != last_.form && shows_itself(offset));
  if (is_first) return offset.time >= wall - kClocks;
  return offset.form == last_.form &&
         (offset.time > last_.time || (offset.time == last_.time && offset.count >= last_.count));
}

bool SessionOffsets::is_offset(const Offset& offset, double wall) const {
  if (!follows(offset, wall)) return false;
  if (is_proved_) return true;
  if (offset.form == OffsetForm::object_id && has_gaps_ && offset.place != OffsetPlace::greeting) return false;
  return is_shown_ || shows_itself(offset);
}

void SessionOffsets::note(Offset offset, double wall) {
  if (!follows(offset, wall)) return note_none();
  is_shown_ = is_offset(offset, wall);
  is_proved_ = is_proved_ || offset.place == OffsetPlace::greeting;
  last_ = std::move(offset);
}

void SessionOffsets::note_none() { has_gaps_ = true; }

}  // namespace raclette
