// Socket.IO packets, protocol revision 5, after the Engine.IO digit of a message:
//   <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]
// The scanner reads only the head, up to the closing quote of an event's name. Arguments stay in JavaScript; the
// scanner returns their offset. It also works on a prefix of a packet, and reports if the prefix is too short. Source:
// https://github.com/socketio/socket.io-protocol (v5), section "Packet encoding".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace raclette {

/// The value is the digit on the wire.
enum class SocketPacketType : std::uint8_t {
  connect = 0,
  disconnect = 1,
  event = 2,
  ack = 3,
  connect_error = 4,
  binary_event = 5,
  binary_ack = 6,
};

inline constexpr std::int64_t kNoAck = -1;
/// The maximum number of binary attachments per packet. Packets with more are refused.
inline constexpr std::uint32_t kMaxAttachments = 1000;
/// The maximum length of an event's name, and of the blanks before it, in units. Events with longer names reach no
/// listener.
inline constexpr std::size_t kMaxEventName = 1024;

/// The head of a packet.
struct SocketHead {
  SocketPacketType type = SocketPacketType::connect;
  std::uint32_t attachments = 0;
  std::u16string_view nsp = u"/";
  std::int64_t ack_id = kNoAck;
  /// The offset of the JSON, in units from the start of the packet; the packet's length if there is no JSON.
  std::uint32_t payload_offset = 0;
  /// Events: the raw name between its quotes, with its escapes; or a number, as the packet spells it.
  std::u16string_view raw_event;
  bool event_has_escapes = false;
  bool event_is_number = false;
  /// Events: why no listener can receive this name; empty for a valid name.
  std::string_view invalid_name;
};

enum class ScanStatus : std::uint8_t {
  done,
  /// The prefix ends inside the head: scan again with the whole packet.
  need_more,
  bad,
};

struct ScanResult {
  ScanStatus status = ScanStatus::bad;
  SocketHead head;
  /// For `bad`: the reason.
  std::string_view why;
};

/// Scans the head of a packet of `total` units; `units` are the first of them. Of the JSON, the scanner reads only an
/// event's name. If the packet is complete, it also checks the brackets around the arguments.
[[nodiscard]] ScanResult scan_socket_head(const std::u16string_view& units, std::size_t total);

/// Fast path for common events: no attachments, a plain name (see is_plain). `frame` begins with the Engine.IO digit of
/// a message and ends with the name's closing quote. Returns false for any other frame, which may still be valid.
/// `payload_offset` counts from the start of the frame.
[[nodiscard]] bool scan_plain_event(const std::u16string_view& frame, SocketHead& head);

/// Appends an event's name as UTF-8, with its escapes decoded. A number loses the trailing zeros of its fraction, as
/// JavaScript prints it. Returns false if an escape is malformed.
bool append_event_name(std::string& out, const SocketHead& head);

/// Whether the protocol reserves the name. Packets and emits with a reserved name are refused.
[[nodiscard]] bool is_reserved_event(const std::string_view& name);
[[nodiscard]] bool is_reserved_event(const ByteUnits& name);

/// Encodes the start of a packet to send, with the Engine.IO digit of a message: `42/admin,7`, `450-/admin,`.
[[nodiscard]] std::string encode_socket_head(SocketPacketType type, const std::string_view& nsp,
                                             std::uint32_t attachments, std::int64_t ack_id);

}  // namespace raclette
