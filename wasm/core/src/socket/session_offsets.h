// Which texts at the end of a session's events are the server's offsets, and which are arguments of the user's. Many
// adapters append none though recovery is switched on (Redis without streams), and those that do leave events out: what
// is volatile, local to a node, or wants an answer. So an offset is what has shown itself as one: the first by a time
// near that of the clock, the others by being of its form, not older than the last, and not of the future. Nobody but
// an adapter writes a yeast. The other two forms are ids that applications use themselves, so there the first counts
// only behind another argument, or behind the backend's greeting; until then, the text is left where it is, and only
// kept in case that it is one. And an ObjectId counts only as long as every event of the session ends with one. A
// session that was recovered by what was kept has proved it. In doubt an argument stays an argument.
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
