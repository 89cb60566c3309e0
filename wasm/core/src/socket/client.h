// The Socket.IO client: an engine session, the namespace session on it, the reconnect, the emits that wait for
// either. It decodes what arrives as far as the head of an event and hands that up; who listens is not its concern.
// One rule holds throughout: while the user wants to be connected, either a session is alive or coming up, or a
// timer for the next attempt runs, or the status says `rejected` or `closed` and why.
#pragma once

#include <string>
#include <vector>

#include "base/names.h"
#include "base/random.h"
#include "protocol/binary_assembly.h"
#include "protocol/socket_packet.h"
#include "raclette/input.h"
#include "socket/acks.h"
#include "socket/backoff.h"
#include "socket/engine_session.h"
#include "socket/namespace_session.h"

namespace raclette {

/// What a frame turned out to be.
enum class IncomingKind : std::uint8_t {
  nothing,   // dealt with, or not for anybody
  need_all,  // the head does not tell: come again with the whole frame
  event,
  ack,
  hold,  // the text of a binary packet: keep it until its attachments are there
};

struct Incoming {
  IncomingKind kind = IncomingKind::nothing;
  /// Where the array of arguments opens, in UTF-16 units from the start of the frame.
  std::uint32_t args_offset = 0;
  /// Events: the id under which the server wants an answer, or kNoAck.
  std::int64_t reply_id = kNoAck;
  /// Acks: whose answer this is.
  Handle ack = 0;
  /// Events: the name. Valid until the next frame.
  std::string_view event{};
};

/// An event to send. `payload`: the text behind the event's name, from the comma or the closing bracket on.
struct OutgoingEvent {
  NameId event = kNoName;
  ValueHandle payload = 0;
  std::uint32_t attachments = 0;
  Handle ack = 0;
};

class SocketClient {
 public:
  SocketClient(SocketOptions options, const Names& names, Random& random, TimerTable& timers, Effects& effects);
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void connect(double now);
  void disconnect(double now);
  void handle(const TransportOpened& input, double now);
  void handle(const TransportClosed& input, double now);
  void handle(const PayloadRefused& input, double now);
  void handle(const AuthReady& input, double now);
  void handle(const AuthFailed& input, double now);
  void fire(const TimerEvent& timer, double now);

  /// A text frame of `total` units, of which `head` are the first.
  Incoming text_frame(ConnectionId connection, std::u16string_view head, std::size_t total, double now);
  /// A binary frame; its bytes stay with the caller.
  Incoming binary_frame(ConnectionId connection, double now);

  /// Sends an event, or keeps it until there is a session. With `wants_ack` the ack's handle, else 0.
  Handle emit(OutgoingEvent event, bool wants_ack, double timeout, double now);
  /// Answers an event under the id that it came with; `payload` is an array's text.
  void reply(std::int64_t id, ValueHandle payload, std::uint32_t attachments);

  [[nodiscard]] SocketStatus status() const { return status_; }
  /// Sessions that were established so far.
  [[nodiscard]] std::uint32_t sessions() const { return sessions_; }

 private:
  void apply(EngineSignal signal, double now);
  void apply(NamespaceSignal signal, double now);
  Incoming message(std::u16string_view packet, std::size_t total, double now);
  Incoming event_packet(const SocketHead& head, double now);
  Incoming ack_packet(const SocketHead& head);
  Incoming control_packet(const SocketHead& head, std::u16string_view packet, std::size_t total, double now);
  Incoming accepted(std::u16string_view payload, double now);
  Incoming hold(const Incoming& incoming, std::uint32_t attachments, double now);
  Incoming complete(const Incoming& incoming);
  void lost(Failure why, double now);
  void schedule_reconnect(double now, bool counts);
  Incoming refuse(Failure why, double now);
  void send(const OutgoingEvent& event);
  void flush();
  void set_status(SocketStatus status, Failure why = {});

  const SocketOptions options_;
  const std::u16string nsp_;
  const Names& names_;
  Random& random_;
  TimerTable& timers_;
  Effects& effects_;
  EngineSession engine_;
  NamespaceSession namespace_;
  Backoff backoff_;
  Acks acks_;
  BinaryAssembly assembly_;
  Incoming assembled_;  // what the binary packet under way becomes
  std::string event_name_;
  std::vector<OutgoingEvent> waiting_;
  SocketStatus status_ = SocketStatus::closed;
  bool wanted_ = false;
  std::uint32_t sessions_ = 0;
  TimerId reconnect_timer_ = 0;
  TimerId attachments_timer_ = 0;
};

}  // namespace raclette
