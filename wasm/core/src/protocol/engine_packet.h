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

/// Splits a text frame. Fails with ENGINE_BAD_PACKET if the frame is empty or its first unit is not a digit from 0 to
/// 6.
Result<EnginePacket> decode_engine_packet(const std::u16string_view& frame);

/// Encodes a frame of that type. For a message, append the packet to the result.
[[nodiscard]] std::string encode_engine_packet(EnginePacketType type, const std::string_view& data = {});

/// The server's handshake. Times are in milliseconds.
struct Handshake {
  std::string sid;
  double ping_interval = 0;
  double ping_timeout = 0;
  /// The largest payload that the server accepts, in bytes; 0: not announced.
  double max_payload = 0;
  /// Whether the server offers an upgrade to WebSocket.
  bool can_upgrade = false;
};

/// Reads the data of an open packet. Fails with ENGINE_BAD_HANDSHAKE, with the field's name, if the data is no JSON
/// object, has no sid, or has a ping time that is no number of milliseconds from 0 to 2^31-1.
Result<Handshake> decode_handshake(const std::u16string_view& data);

}  // namespace raclette
