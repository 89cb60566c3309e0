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
/// More binary attachments than this in one packet are refused.
inline constexpr std::uint32_t kMaxAttachments = 1000;
/// A longer name of an event, or more blanks before it, in units, is none that anybody hears.
inline constexpr std::size_t kMaxEventName = 1024;

/// What the head of a packet says.
struct SocketHead {
  SocketPacketType type = SocketPacketType::connect;
  std::uint32_t attachments = 0;
  std::u16string_view nsp = u"/";
  std::int64_t ack_id = kNoAck;
  /// Where the JSON begins, in units from the start of the packet; the packet's length where there is none.
  std::uint32_t payload_offset = 0;
  /// Events: the name as it stands between its quotes, escapes and all; or a number, as it stands there.
  std::u16string_view raw_event;
  bool event_has_escapes = false;
  bool event_is_number = false;
  /// Events: why they have no name that anybody could listen to; empty where they have one.
  std::string_view invalid_name;
};

enum class ScanStatus : std::uint8_t {
  done,
  /// The prefix ends before the head does: scan again with all of the packet.
  need_more,
  bad,
};

struct ScanResult {
  ScanStatus status = ScanStatus::bad;
  SocketHead head;
  /// For `bad`: what is wrong.
  std::string_view why;
};

/// Scans the head of a packet of `total` units, of which `units` are the first. Of the JSON only an event's name
/// is looked at; where all of the packet is there, so are the brackets around the arguments.
[[nodiscard]] ScanResult scan_socket_head(const std::u16string_view& units, std::size_t total);

/// Reads the head of an event as nearly all are, with the Engine.IO digit of a message: without attachments, its name
/// plain (see is_plain), `frame` ending with the name's closing quote. False for anything else, of which it says
/// nothing. `payload_offset` counts from the start of the frame.
[[nodiscard]] bool scan_plain_event(const std::u16string_view& frame, SocketHead& head);

/// Appends an event's name without its escapes, as UTF-8; a number without the zeros at the end of its fraction, as
/// JavaScript writes it. False if an escape is malformed.
bool append_event_name(std::string& out, const SocketHead& head);

/// True for the names that the protocol keeps to itself: a packet or an emit with one of them is refused.
[[nodiscard]] bool is_reserved_event(const std::string_view& name);
[[nodiscard]] bool is_reserved_event(const ByteUnits& name);

/// Start of a packet to send, with the Engine.IO digit of a message: `42/admin,7`, `450-/admin,`.
[[nodiscard]] std::string encode_socket_head(SocketPacketType type, const std::string_view& nsp,
                                             std::uint32_t attachments, std::int64_t ack_id);

}  // namespace raclette
