// Counts the attachments of a binary packet. The text packet announces their number; each arrives in its own binary
// frame, in order, with nothing in between. The bytes stay in JavaScript.
// Source: https://github.com/socketio/socket.io-protocol (v5), section "Binary attachments".
#pragma once

#include <cstdint>

namespace raclette {

class BinaryAssembly {
 public:
  [[nodiscard]] bool waiting() const { return missing_ > 0; }

  /// A text packet announced this many attachments (1 or more).
  void begin(std::uint32_t attachments) { missing_ = attachments; }

  /// Counts a binary frame. Returns false if none was announced. After the last one, `waiting()` is false.
  [[nodiscard]] bool attach() {
    if (missing_ == 0) return false;
    --missing_;
    return true;
  }

  /// Forgets the packet, because the connection is lost or the packet was dropped.
  void reset() { missing_ = 0; }

 private:
  std::uint32_t missing_ = 0;
};

}  // namespace raclette
