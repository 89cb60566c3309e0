// The runtime, driven by a page, a Node program or a native one. It is sans-I/O: pass inputs with the current time to
// `handle` (or `text_frame` and `binary_frame`, the hot path), drain the effects, and send a Tick at `next_timeout`. No
// input makes it throw or abort: failures are codes, and failures without a caller are ReportError effects.
//
// Drain after every input, before the next one, and perform the effects in order. Registrations (listen, bus_listen,
// create_query, …) answer at once. They fail with BUFFER_FULL if there are a million objects of their kind.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "raclette/effect.h"
#include "raclette/emit.h"
#include "raclette/error.h"
#include "raclette/frame.h"
#include "raclette/input.h"
#include "raclette/outcome.h"
#include "raclette/query.h"

namespace raclette {

/// Stands for all plugins, or the global bus, instead of a plugin's number.
inline constexpr std::uint32_t kAllPlugins = 0xFFFFFFFF;

class Runtime {
 public:
  /// Creates a runtime. `options`: a JSON object `{ origin, socket: {…}, whitelist: […], client }`. The socket options
  /// are named as in socket.io-client. `client` is the prefix of idempotency keys. `seed`: for jitter. On failure
  /// (BAD_CONFIG, BAD_PATTERN) returns null and sets `outcome`.
  static std::unique_ptr<Runtime> create(const std::string_view& options, std::uint64_t seed, Outcome& outcome);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void handle(const Connect& input, double now);
  void handle(const Disconnect& input, double now);
  void handle(const LifecycleChanged& input, double now);
  void handle(const TransportOpened& input, double now);
  void handle(const TransportPaused& input, double now);
  void handle(const TransportClosed& input, double now);
  void handle(const PayloadRefused& input, double now);
  void handle(const AuthReady& input, double now);
  void handle(const AuthFailed& input, double now);
  void handle(const ConnectError& input, double now);
  void handle(const FetchDone& input, double now);
  void handle(const FetchFailed& input, double now);
  void handle(const Tick& input, double now);
  /// Handles any kind of input.
  void handle(const Input& input, double now) {
    std::visit([&](const auto& one) { handle(one, now); }, input);
  }
  /// A text frame that goes on behind `head`, its part up to the second quote: in the time that it takes to look up a
  /// name if it is an event as nearly all are. need_all: it is something else, and `text_frame` has to see it.
  FrameRoute event_frame(ConnectionId connection, const std::u16string_view& head);
  /// A text frame that begins as one did before whose route `is_known`: all that the core has to do with it. need_all:
  /// that does not hold any more, and it is a frame like any other. What the route says of the head is as it was.
  FrameRoute event_again(ConnectionId connection, std::uint32_t plan, std::uint32_t version);
  /// A text frame of `total` UTF-16 units, of which `head` are the first: up to the closing quote of an event's name
  /// is enough; more is asked for where it is not. `wall`: as with TransportOpened.
  FrameRoute text_frame(ConnectionId connection, const std::u16string_view& head, std::size_t total, double now,
                        double wall = 0);
  /// The end of a frame whose route has `wants_tail`. True: the last argument is the server's recovery offset; hide it
  /// from listeners.
  bool text_tail(const std::u16string_view& tail);
  /// A binary frame. Its bytes stay with the host.
  FrameRoute binary_frame(ConnectionId connection, double now);
  /// Moves the effects since the last drain to `out`.
  void drain(Effects& out);
  [[nodiscard]] bool has_effects() const;
  /// Deadline of the earliest timer; infinity if there is none.
  [[nodiscard]] double next_timeout() const;

  /// Adds a plugin by its generated config (JSON; `true` stands for a target function). Value: its number. BAD_CONFIG.
  Outcome add_plugin(const std::string_view& config);
  /// The number of a plugin. Keys without a config get one, too.
  std::uint32_t plugin(const std::string_view& plugin_key);

  /// The number of a namespace, which is created if needed. The one in the options is 0. BAD_ARGUMENT, BUFFER_FULL.
  Outcome open_namespace(const std::string_view& nsp);
  /// Disconnects a namespace, ends its emits and listeners, and frees it. Its number may be reused. Does nothing for
  /// the main one.
  void close_namespace(std::uint32_t nsp_id, double now);
  /// Adds a listener for `channel_key` in a namespace; an empty key means all events. `wants_payload`: see
  /// FrameRoute::is_bare. Value: the listener.
  Outcome listen(std::uint32_t nsp_id, std::uint32_t plugin, const std::string_view& channel_key,
                 bool wants_payload = true);
  /// Adds a listener for the key of `other`. Returns the listener, or 0: then use `listen`.
  std::uint32_t listen_again(std::uint32_t nsp_id, std::uint32_t plugin, std::uint32_t other, bool wants_payload);
  bool unlisten(std::uint32_t nsp_id, std::uint32_t listener);
  [[nodiscard]] ChannelPlanView plan(std::uint32_t index) const;
  /// Checks the name of an event. BAD_ARGUMENT, RESERVED_EVENT.
  static Outcome check_event(const std::string_view& name);
  /// Emits an event, now or once connected. Value: the emit while it waits for a session or an ack, as in AckFailed and
  /// in the route of the ack; else 0. BUFFER_FULL.
  Outcome emit(const OutgoingEvent& event, double now);
  /// Cancels an emit that was not sent yet, and its ack. False if it is done.
  bool cancel_emit(std::uint32_t emit);
  /// Cancels all buffered emits of a namespace.
  void clear_emits(std::uint32_t nsp_id);
  /// Sends the ack of an event. `payload`: a JSON array.
  void reply(std::uint32_t nsp_id, std::int64_t reply_id, ValueHandle payload, std::uint32_t attachments);

  /// Adds a listener on a plugin's bus, or on the global one (kAllPlugins). `lifetime`: milliseconds until it is
  /// removed; 0: no limit. Value: the listener. BAD_ARGUMENT, BAD_PATTERN.
  Outcome bus_listen(std::uint32_t plugin, const std::string_view& pattern, double lifetime, double now);
  /// Adds a listener for what `other` listens to. Returns the listener, or 0: then use `bus_listen`.
  std::uint32_t bus_listen_again(std::uint32_t other, double lifetime, double now);
  bool bus_unlisten(std::uint32_t listener);
  /// The listeners of `name`, in the order of registration. Valid until `bus_version` changes. BAD_ARGUMENT,
  /// EVENT_NOT_ALLOWED.
  Outcome bus_plan(std::uint32_t plugin, const std::string_view& name, std::vector<std::uint32_t>& listeners);
  [[nodiscard]] std::uint32_t bus_version() const;

  /// Finds an operation. UNKNOWN_ENTITY, UNKNOWN_OPERATION.
  OperationInfo operation(const std::string_view& plugin_key, const std::string_view& entity,
                          const std::string_view& name) const;
  /// Value: the query.
  Outcome create_query(std::uint32_t operation, const QuerySettings& settings);
  /// See DataClient::set_request.
  Outcome set_request(std::uint32_t query, const std::string_view& path, const std::string_view& params,
                      const std::string_view& variant);
  /// The reusable answer of a read, as if it had been executed and settled, without effects. 0: execute it. The core
  /// keeps the handle.
  ValueHandle reuse(std::uint32_t query, double now);
  /// The pending execution whose outcome a further one would only repeat: its request in flight will bring the newest
  /// state, and nothing else is due. 0: execute the query.
  [[nodiscard]] std::uint32_t joined(std::uint32_t query) const;
  /// Executes a query. Returns the execution; 0 for a query that is gone, or if there are a million executions.
  std::uint32_t execute(std::uint32_t query, ValueHandle body, Caller caller, double now);
  /// Refetches the query at every event with this key on the plugin's channels. Value: a listener, for `unlisten` in
  /// the main namespace.
  Outcome refetch_on_event(std::uint32_t query, std::uint32_t plugin, const std::string_view& channel_key);
  /// Executes a mutation that an earlier runtime stored under `key` and may have sent. Restored mutations are sent in
  /// the order of these calls. Returns the execution, or 0.
  std::uint32_t restore(std::uint32_t query, ValueHandle body, const std::string_view& key, double now);
  /// Ends all sessions and drops buffered emits, for a change of user. `restore_sessions` connects again.
  void end_sessions(double now);
  /// After `end_sessions`: ends reads, and mutations that are not in flight, with ABORTED, and drops all answers.
  /// Mutations in flight complete without a retry and are not shown. `discard`: queued mutations are removed from the
  /// storage.
  void reset(bool discard, double now);
  /// Connects the namespaces that `end_sessions` disconnected.
  void restore_sessions(double now);
  /// Drops a queued mutation, by the order of its PersistMutation. Its executions end with ABORTED; a request in flight
  /// is aborted.
  void drop_mutation(std::uint32_t order, double now);
  /// Sends the first queued mutation now, without waiting for the next retry.
  void retry_mutation(std::uint32_t order, double now);
  /// Changes the settings of a query. Requests in flight stay.
  void configure_query(std::uint32_t query, const QuerySettings& settings, double now);
  /// Resumes a retired query in a new one, with the fields of QueryRetired.
  void resume_query(std::uint32_t query, bool due, std::uint32_t seen, double now);
  void abort_query(std::uint32_t query, double now);
  /// Disposes of a query. Mutations that were sent or queued still complete, and settle it.
  void dispose_query(std::uint32_t query, double now);

  /// Number of live objects, for leak tests.
  struct Census {
    std::size_t socket_listeners = 0;
    std::size_t bus_listeners = 0;
    std::size_t timers = 0;
    std::size_t queries = 0;
    std::size_t flights = 0;
    std::size_t reads = 0;
    std::size_t emits = 0;
    std::size_t namespaces = 0;
  };
  [[nodiscard]] Census census() const;

 private:
  struct Parts;
  explicit Runtime(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace raclette
