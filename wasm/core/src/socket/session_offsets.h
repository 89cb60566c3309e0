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
  /// An event ended with that text, at `wall` milliseconds since 1970. True: it is an offset, which no listener may
  /// see.
  [[nodiscard]] bool is_offset(const Offset& offset, double wall) const;
  /// The same, of an event that has arrived as a whole.
  void note(Offset offset, double wall);
  /// An event ended with something else.
  void note_none();
  /// The server has recovered the session by the last one.
  void prove() { is_proved_ = true; }
  void forget() { *this = {}; }

  /// Up to here the server's events have arrived; empty where that is not known.
  [[nodiscard]] const std::string& last() const { return last_.text; }

 private:
  /// It may be the one behind the last.
  [[nodiscard]] bool follows(const Offset& offset, double wall) const;
  [[nodiscard]] bool shows_itself(const Offset& offset) const;

  Offset last_;
  bool is_shown_ = false;
  bool is_proved_ = false;
  bool has_gaps_ = false;  // an event had none
};

}  // namespace raclette
