// The runtime: one object that a page, a Node program or a native one drives. It is sans-I/O. Two verbs carry all
// that happens: an input goes in with the current time (`handle`, and `text_frame` / `binary_frame` for the hot
// path), effects come out (`drain`); `next_timeout` says when to come back with a Tick. Whatever the inputs are,
// nothing throws or aborts: failures are codes, and one without a caller is a ReportError effect.
//
// Order of effects: those of one input stand in the order in which they have to be carried out; drain after every
// input, before the next. Registrations (listen, bus_listen, create_query, …) need no time and answer at once;
// BUFFER_FULL: there are a million of their kind.
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

/// Names the bus or the scope of all plugins where a plugin's number is asked for.
inline constexpr std::uint32_t kAllPlugins = 0xFFFFFFFF;

class Runtime {
 public:
  /// Makes a runtime. `options`: a JSON object `{ origin, socket: {…}, whitelist: […], client }`, the socket's options
  /// named as in socket.io-client; `client` begins this runtime's idempotency keys. `seed`: for jitter. On failure
  /// (BAD_CONFIG, BAD_PATTERN) `outcome` says why and the pointer is null.
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
  /// The same for an input of any kind.
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
  /// The end of the event frame whose route said `wants_tail`. True: the last argument is the server's offset, which
  /// no listener may see.
  bool text_tail(const std::u16string_view& tail);
  /// A binary frame; its bytes stay outside.
  FrameRoute binary_frame(ConnectionId connection, double now);
  /// Moves the effects since the last drain to `out`, in order.
  void drain(Effects& out);
  [[nodiscard]] bool has_effects() const;
  /// When the earliest timer is due, in the time of `handle`; infinity if there is none.
  [[nodiscard]] double next_timeout() const;

  /// Adds a plugin by its generated config (JSON; a target that is a function: true). BAD_CONFIG. Value: its number.
  Outcome add_plugin(const std::string_view& config);
  /// The number of a plugin; a key without a config gets one as well.
  std::uint32_t plugin(const std::string_view& plugin_key);

  /// The number of a namespace, which is made if it is new. The one of the options is 0. BAD_ARGUMENT, BUFFER_FULL.
  Outcome open_namespace(const std::string_view& nsp);
  /// Disconnects a namespace, ends its emits and listeners, and frees it; its number is then another's. Not the main
  /// one.
  void close_namespace(std::uint32_t nsp_id, double now);
  /// Registers for the events of `channel_key` in a namespace; an empty key is every event. Value: the listener.
  Outcome listen(std::uint32_t nsp_id, std::uint32_t plugin, const std::string_view& channel_key);
  bool unlisten(std::uint32_t nsp_id, std::uint32_t listener);
  [[nodiscard]] ChannelPlanView plan(std::uint32_t index) const;
  /// Whether an event may have that name. BAD_ARGUMENT, RESERVED_EVENT.
  static Outcome check_event(const std::string_view& name);
  /// Sends an event, now or once connected. BUFFER_FULL. Value: the emit while it waits for a session or an answer
  /// (its number stands in AckFailed and in the route of its answer), 0 once nothing is left to wait for.
  Outcome emit(const OutgoingEvent& event, double now);
  /// Takes an emit back, as far as that can be: what was sent is sent. False for one that is over.
  bool cancel_emit(std::uint32_t emit);
  /// Takes back all that waits for a session of a namespace.
  void clear_emits(std::uint32_t nsp_id);
  /// Answers an event. `payload`: an array's text.
  void reply(std::uint32_t nsp_id, std::int64_t reply_id, ValueHandle payload, std::uint32_t attachments);

  /// Registers on a plugin's bus or (kAllPlugins) the global one. `lifetime`: milliseconds until the listener is
  /// removed unheard, 0: no limit. BAD_ARGUMENT, BAD_PATTERN. Value: the listener.
  Outcome bus_listen(std::uint32_t plugin, const std::string_view& pattern, double lifetime, double now);
  bool bus_unlisten(std::uint32_t listener);
  /// Who hears `name`, in the order of registration, until `bus_version` changes. BAD_ARGUMENT, EVENT_NOT_ALLOWED.
  Outcome bus_plan(std::uint32_t plugin, const std::string_view& name, std::vector<std::uint32_t>& listeners);
  [[nodiscard]] std::uint32_t bus_version() const;

  /// UNKNOWN_ENTITY, UNKNOWN_OPERATION.
  OperationInfo operation(const std::string_view& plugin_key, const std::string_view& entity,
                          const std::string_view& name) const;
  /// Value: the query.
  Outcome create_query(std::uint32_t operation, const QuerySettings& settings);
  /// See DataClient::set_request.
  Outcome set_request(std::uint32_t query, const std::string_view& path, const std::string_view& params,
                      const std::string_view& variant);
  /// The answer that is there for what a read asks, as if it had been executed and settled with that: no effects
  /// follow. 0: it takes an execution. The answer stays the core's.
  ValueHandle reuse(std::uint32_t query, double now);
  /// Returns the execution, or 0 for a query that is gone, and where there are a million executions.
  std::uint32_t execute(std::uint32_t query, ValueHandle body, Caller caller, double now);
  /// The query is executed again whenever an event with this key comes in on one of the plugin's channels. Value: what
  /// `unlisten` takes, in the main namespace.
  Outcome refetch_on_event(std::uint32_t query, std::uint32_t plugin, const std::string_view& channel_key);
  /// Executes a mutation that an earlier runtime kept under `key`, and that may have been sent already. Those that are
  /// restored go out in the order of these calls. Returns the execution, or 0.
  std::uint32_t restore(std::uint32_t query, ValueHandle body, const std::string_view& key, double now);
  /// The user is another from now on. Sessions of the socket end, emits that wait are dropped, and what is wanted
  /// returns with `restore_sessions`.
  void end_sessions(double now);
  /// After `part`. Reads, and mutations that are not on the wire, end with ABORTED, and nothing is remembered of what
  /// was read. Mutations on the wire end as they end, though not shown and not made again. `discard`: those that wait
  /// for the network are forgotten; else the outside keeps them still.
  void reset(bool discard, double now);
  /// Connects the namespaces again that `part` has left.
  void restore_sessions(double now);
  /// Takes back the mutation of that PersistMutation: its executions end with ABORTED. What is on the wire is aborted.
  void drop_mutation(std::uint32_t order, double now);
  /// Tries the mutation of that PersistMutation now, whatever pause there is: of those that wait, the first.
  void retry_mutation(std::uint32_t order, double now);
  /// Other settings from now on; what the query shows and what is under way stay.
  void configure_query(std::uint32_t query, const QuerySettings& settings, double now);
  /// The query, which was made just now, goes on where one was retired: `due` and `seen` are what QueryRetired told.
  void resume_query(std::uint32_t query, bool due, std::uint32_t seen, double now);
  void abort_query(std::uint32_t query, double now);
  /// A mutation that was sent, or waits for the network, outlives its query, and settles it.
  void dispose_query(std::uint32_t query, double now);

  /// What is alive inside, for tests of leaks: listeners, timers, queries, requests, reads, acks, namespaces.
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
