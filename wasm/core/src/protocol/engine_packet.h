// Engine.IO packets, protocol revision 4: one digit for the type, the rest is data. A pure codec without state.
// Source: https://github.com/socketio/engine.io-protocol (v4), sections "Protocol" and "Handshake".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace raclette {

/// The value is the digit on the wire.
enum class EnginePacketType : std::uint8_t {
  open = 0,
  close = 1,
  ping = 2,
  pong = 3,
  message = 4,
  upgrade = 5,
  noop = 6,
};

struct EnginePacket {
  EnginePacketType type;
  std::u16string_view data;
};

/// Splits a text frame. ENGINE_BAD_PACKET: empty, or the first unit is not a digit from 0 to 6.
Result<EnginePacket> decode_engine_packet(const std::u16string_view& frame);

/// A frame of that type. A message goes on behind what is there.
[[nodiscard]] std::string encode_engine_packet(EnginePacketType type, const std::string_view& data = {});

/// What the server says when a connection opens. Times in milliseconds.
struct Handshake {
  std::string sid;
  double ping_interval = 0;
  double ping_timeout = 0;
  /// Largest payload in bytes that the server takes; 0: it did not say.
  double max_payload = 0;
  /// The server offers an upgrade to WebSocket.
  bool can_upgrade = false;
};

/// Reads the data of an open packet. ENGINE_BAD_HANDSHAKE, with the field's name: no JSON object, no sid, or a
/// ping that is no number of milliseconds from 0 to 2^31-1.
Result<Handshake> decode_handshake(const std::u16string_view& data);

}  // namespace raclette
