// The Socket.IO client: one engine session, its namespaces, reconnection, and the outbox. It decodes a received packet
// up to the head of an event and returns that; it does not know the listeners. Invariant for each namespace that the
// user wants connected: its session is open or opening, or a timer for the next attempt runs, or the page is hidden or
// in the back/forward cache, or the status is `rejected` or `closed` with a reason.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/random.h"
#include "protocol/binary_assembly.h"
#include "protocol/socket_packet.h"
#include "raclette/emit.h"
#include "raclette/input.h"
#include "socket/engine_session.h"
#include "socket/namespace_session.h"
#include "socket/outbox.h"
#include "socket/round_trips.h"

namespace raclette {

/// The meaning of a received frame.
enum class IncomingKind : std::uint8_t {
  nothing,   // handled, or to be ignored
  need_all,  // the head is not enough: call again with the whole frame
  event,
  ack,
  hold,           // the text of a binary packet: keep it until its attachments arrive
  early,          // an event before CONNECT: keep it until EarlyFrames
  session,        // CONNECT: a session began
  connect_error,  // CONNECT_ERROR: pass its message on by ConnectError
};

struct Incoming {
  IncomingKind kind = IncomingKind::nothing;
  std::uint32_t nsp_id = 0;
  /// The offset of the array of arguments (or of a refusal's payload), in UTF-16 units from the start of the frame.
  std::uint32_t args_offset = 0;
  /// Events: the ack id if the server wants an acknowledgement, or kNoAck.
  std::int64_t reply_id = kNoAck;
  /// Acks: the emit that this acknowledges.
  Handle ack = 0;
  /// Events: the name. Valid until the next frame.
  ByteUnits event{};
  /// The text may end with the server's offset: pass its end to `text_tail`.
  bool wants_tail = false;
  /// Sessions: whether the server recovered the lost session, without missed events.
  bool recovered = false;
};

class SocketClient {
 public:
  SocketClient(SocketOptions options, Random& random, TimerTable& timers, Effects& effects);
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  /// Returns the number of a namespace, which is created if it is new.
  std::uint32_t open_namespace(const std::string_view& nsp);
  /// The number of namespaces that hold memory.
  [[nodiscard]] std::size_t namespaces() const;
  /// Disconnects the namespace, ends its emits and forgets it. Its number can then be reused.
  void close_namespace(std::uint32_t nsp_id, double now);

  void connect(std::uint32_t nsp_id, double now);
  void disconnect(std::uint32_t nsp_id, double now);
  /// Ends all sessions without recovery, and cancels waiting emits. `restore_sessions` reconnects the namespaces that
  /// were wanted or rejected.
  void end_sessions(double now);
  void restore_sessions(double now);
  void handle(const LifecycleChanged& input, double now);
  void handle(const TransportOpened& input, double now);
  void handle(const TransportClosed& input, double now);
  void handle(const TransportPaused& input, double now);
  void handle(const PayloadRefused& input, double now);
  void handle(const AuthReady& input, double now);
  void handle(const AuthFailed& input, double now);
  void handle(const ConnectError& input, double now);
  /// `late`: milliseconds since the deadline.
  void fire(SocketTimer kind, std::uint32_t subject, double late, double now);

  /// Fast path for a text frame, of which `head` is the start. need_all: the frame is not a common event, and nothing
  /// changed; call `text_frame`.
  Incoming event_frame(ConnectionId connection, const std::u16string_view& head);
  /// Fast path for an event whose name and namespace are known. need_all: call `text_frame`.
  Incoming event_again(ConnectionId connection, std::uint32_t nsp_id);
  /// Handles a text frame of `total` units; `head` are the first of them. `wall`: milliseconds since 1970 by the
  /// machine's clock; 0: unknown.
  Incoming text_frame(ConnectionId connection, const std::u16string_view& head, std::size_t total, double wall,
                      double now);
  /// Reads the end of the last text frame that had `wants_tail`. Returns whether its last argument is the server's
  /// offset.
  bool text_tail(const std::u16string_view& tail);
  /// Handles a binary frame. Its bytes stay with the caller.
  Incoming binary_frame(ConnectionId connection, double now);

  /// Sends an event, or keeps it until a session begins; see Runtime::emit.
  Result<Handle> emit(const OutgoingEvent& event, double now);
  bool cancel(Handle emit) { return outbox_.fail(emit, ErrorCode::ABORTED); }
  void clear(std::uint32_t nsp_id) { outbox_.clear(nsp_id); }
  /// Acknowledges an event under its ack id. `payload` is the text of an array.
  void reply(std::uint32_t nsp_id, std::int64_t id, ValueHandle payload, std::uint32_t attachments);

  /// Whether the main namespace lost its session and is wanted again.
  [[nodiscard]] bool is_lost() const {
    const Namespace& main = *namespaces_.front();
    return main.wanted && main.was_connected && main.session.state() != NamespaceState::connected;
  }
  [[nodiscard]] std::size_t emits() const { return outbox_.size(); }

 private:
  struct Namespace {
    Namespace(std::uint32_t number, std::string nsp, const SocketOptions& options, EngineSession& engine,
              std::uint32_t& auth_requests, TimerTable& timers, Effects& effects)
        : session(number, std::move(nsp), options, engine, auth_requests, timers, effects) {}

    NamespaceSession session;
    Backoff backoff;
    bool wanted = false;
    bool was_connected = false;
    bool gave_up_offline = false;  // its attempts ran out while the page was offline
    bool served = false;           // the session has brought more than the greeting
    double since = 0;              // when it began
    bool restores = false;
    bool is_closing = false;  // closed by the user; waits for the server's last answer
    TimerId retry_timer = 0;
  };

  void apply(EngineSignal signal, double now);
  void apply(std::uint32_t nsp_id, NamespaceSignal signal, double now);
  Incoming packet(const std::u16string_view& head, std::size_t total, double now);
  Incoming message(const std::u16string_view& packet, std::size_t total, double now);
  Incoming event_packet(const SocketHead& head, std::uint32_t nsp_id, double now);
  Incoming event_in(std::uint32_t nsp_id, const SocketHead& head);
  Incoming drop_unnamed(Incoming event, const std::string_view& why);
  Incoming ack_packet(const SocketHead& head, std::uint32_t nsp_id);
  Incoming control_packet(const SocketHead& head, std::uint32_t nsp_id, const std::u16string_view& packet,
                          std::size_t total, double now);
  Incoming accepted(std::uint32_t nsp_id, const std::u16string_view& payload, double now);
  Incoming hold(const Incoming& incoming, std::uint32_t attachments, double now);
  Incoming complete(const Incoming& incoming, double now);
  [[nodiscard]] std::int64_t find(const std::u16string_view& nsp) const;
  void open(double now);
  void attach(std::uint32_t nsp_id, double now);
  void lost(Failure why, double now);
  void schedule_reconnect(double now);
  void retry_later(std::uint32_t nsp_id, double now, bool counts);
  void retry_now(std::uint32_t nsp_id, double now);
  void report_attempt(double wait = 0);
  void session_over(std::uint32_t nsp_id, double now);
  void went_online(double now);
  void give_up(std::uint32_t nsp_id, SocketStatus status, Failure why, double now);
  void reconnect_now(double now, double least_age);
  void suspend(double now);
  void watch_hidden(double now);
  void hidden_for_long(double now);
  Incoming refuse(Failure why, double now);
  void send(Handle handle, const OutgoingEvent& event, double now);
  void send_waiting(std::uint32_t nsp_id, double now);
  void send_held_back(double now);
  void transmit(const OutgoingEvent& event, std::int64_t ack_id);
  void forget_early(std::uint32_t nsp_id);
  void forget_assembled(std::uint32_t nsp_id);
  [[nodiscard]] bool has(std::uint32_t nsp_id) const {
    return nsp_id < namespaces_.size() && namespaces_[nsp_id] != nullptr;
  }
  [[nodiscard]] bool is_connected(std::uint32_t nsp_id) const {
    return has(nsp_id) && namespaces_[nsp_id]->session.state() == NamespaceState::connected;
  }
  /// Calls `visit(number, namespace)` for each namespace. `visit` may remove that namespace.
  template <class Visit>
  void each(Visit visit) {
    for (std::uint32_t nsp_id = 0; nsp_id < namespaces_.size(); ++nsp_id) {
      if (has(nsp_id)) visit(nsp_id, *namespaces_[nsp_id]);
    }
  }
  void free_if_closed(std::uint32_t nsp_id, double now);
  [[nodiscard]] bool is_wanted() const;
  [[nodiscard]] std::uint32_t asked_by(std::uint32_t auth_request) const;
  void set_status(std::uint32_t nsp_id, SocketStatus status, Failure why = {}, bool recovered = false);

  const SocketOptions options_;
  const BackoffRule waits_;
  Random& random_;
  TimerTable& timers_;
  Effects& effects_;
  EngineSession engine_;
  Outbox outbox_;
  RoundTrips round_trips_;
  AttemptChanged reported_{};
  Backoff backoff_;
  std::uint32_t auth_requests_ = 0;
  std::vector<std::unique_ptr<Namespace>> namespaces_;  // by number; a namespace stays where it is
  BinaryAssembly assembly_;
  Incoming assembled_;  // the meaning of the binary packet whose attachments are arriving
  std::optional<Offset> held_offset_;
  std::uint32_t early_ = 0;  // events before their CONNECT, since a session last began
  std::uint32_t tail_nsp_id_ = 0;
  std::vector<char16_t> event_name_;  // the name of an event that is not plain
  bool suspended_ = false;
  bool hidden_ = false;
  bool offline_ = false;
  TimerId reconnect_timer_ = 0;
  TimerId hidden_timer_ = 0;
  TimerId attachments_timer_ = 0;
};

}  // namespace raclette
