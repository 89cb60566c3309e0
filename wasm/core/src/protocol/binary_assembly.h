// Counts the attachments of a binary packet. The text packet announces their number; each arrives in its own binary
// frame, in order, with nothing in between. The bytes stay in JavaScript.
// Source: https://github.com/socketio/socket.io-protocol (v5), section "Binary attachments".
#pragma once

#include <cstdint>

namespace raclette {

class BinaryAssembly {
 public:
  [[nodiscard]] bool waiting() const { return missing_ > 0; }

  /// A text packet announced `attachments` (1 or more).
  void begin(std::uint32_t attachments) { missing_ = attachments; }

  /// A binary frame came. False if none was announced; `waiting()` tells whether that was the last.
  [[nodiscard]] bool attach() {
    if (missing_ == 0) return false;
    --missing_;
    return true;
  }

  /// The connection is gone, or the packet was given up.
  void reset() { missing_ = 0; }

 private:
  std::uint32_t missing_ = 0;
};

}  // namespace raclette
