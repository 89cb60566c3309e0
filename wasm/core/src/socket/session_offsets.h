// Decides which strings at the end of events are recovery offsets, and which are arguments. Some adapters append no
// offset although recovery is on (Redis without streams), and no adapter appends one to volatile, local or
// acknowledged events. The first offset of a session must have a time close to the clock; later ones must have the
// same format, be no older than the last, and not lie in the future. Only adapters write yeasts. Applications use the
// other two formats as ids, so their first offset must follow another argument or be in the backend's greeting; until
// then the string stays an argument and is only remembered. An ObjectId counts only while every event of the session
// ends with one. A recovered session proves its offset. In doubt, a string is an argument.
#pragma once

#include <string>

#include "protocol/recovery.h"

namespace raclette {

class SessionOffsets {
 public:
  /// Whether the text at the end of an event is an offset, which listeners must not see. `wall`: the time, in
  /// milliseconds since 1970.
  [[nodiscard]] bool is_offset(const Offset& offset, double wall) const;
  /// Notes the text at the end of an event that has arrived completely.
  void note(Offset offset, double wall);
  /// Notes an event without an offset.
  void note_none();
  /// Proves the last offset: the server recovered the session with it.
  void prove() { is_proved_ = true; }
  void forget() { *this = {}; }

  /// The offset of the last event that arrived; empty if unknown.
  [[nodiscard]] const std::string& last() const { return last_.text; }

 private:
  /// Whether the offset can follow the last one.
  [[nodiscard]] bool follows(const Offset& offset, double wall) const;
  [[nodiscard]] bool shows_itself(const Offset& offset) const;

  Offset last_;
  bool is_shown_ = false;
  bool is_proved_ = false;
  bool has_gaps_ = false;  // an event had no offset
};

}  // namespace raclette
