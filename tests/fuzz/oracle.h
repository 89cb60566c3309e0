// What always holds of a runtime, whatever goes in. The oracle is told each input that hands something over, what each
// call returned, and every effect; it knows nothing of how the core works or of what the fuzzer is about to do. By that
// it says when a rule of the public headers is broken:
//
// - a payload or response is used only between its hand-over and its release, and released exactly once;
// - an execution is told by QueryLoading and settled exactly once, and what shows is never older than what showed;
// - an emit that waits ends once: by its answer, AckFailed or EmitOver; its payload stays until then;
// - a request is answered or aborted before it is made again; what is sent, paused or closed is an open transport;
// - what an effect names is alive, and so are as many things as the runtime's census says;
// - effects of an input, and timers, are bounded by what is alive (kEffects, kTimers).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "raclette/runtime.h"

namespace raclette::fuzz {

/// So many effects an input may bring by itself, and for each thing that is alive, an execution included: a loss ends
/// what each of them waits for, and begins it again, which takes a handful.
inline constexpr std::size_t kEffects = 64;
inline constexpr std::size_t kEffectsEach = 16;
/// So many timers run at a time by themselves, and for each thing that is alive. A query has the most: it is due, at an
/// interval, debounced, and retires.
inline constexpr std::size_t kTimers = 8;
inline constexpr std::size_t kTimersEach = 5;

class Oracle {
 public:
  // What is handed over, and what calls returned: before the effects of the same input.
  void payload_given(ValueHandle payload);
  void response_given(ValueHandle response);
  void namespace_opened(std::uint32_t nsp_id) { namespaces_.insert(nsp_id); }
  void namespace_left(std::uint32_t nsp_id) { leaving_.insert(nsp_id); }
  void query_made(std::uint32_t query);
  void query_disposed(std::uint32_t query);
  void executed(std::uint32_t query, std::uint32_t execution);
  /// A read was answered at once, or a query goes on where another was retired: nothing older may show after that.
  void shown(std::uint32_t query) { queries_[query].shown = ++executions_begun_; }
  void reused(ValueHandle response);
  void was_reset();
  void restored(const std::string& key) { kept_.insert(key); }
  void emitted(std::uint32_t emit, bool wants_ack, ValueHandle payload);
  void routed(const FrameRoute& route);
  void fetch_answered(std::uint32_t fetch) { on_wire_.erase(fetch); }
  void transport_ended(ConnectionId connection) { open_.erase(connection); }
  void listens(std::uint32_t nsp_id, std::uint32_t listener);
  void unlistened(std::uint32_t nsp_id, std::uint32_t listener, bool found);
  void bus_listens(std::uint32_t listener);
  void bus_unlistened(std::uint32_t listener, bool found);

  /// The effects of one input, and what is alive before and after it.
  void see(const Effects& effects, const Runtime::Census& before, const Runtime::Census& after);
  /// All timers that are due by `now` have fired.
  void ticked(double next_timeout, double now);
  /// All was ended and answered: nothing but the main namespace may be left.
  void at_rest(const Runtime::Census& census);

  /// A rule is broken, unless `holds`. The first one is kept; `parts`, texts and numbers, say which.
  template <class... Parts>
  bool expect(bool holds, const Parts&... parts) {
    if (!holds && broken_.empty()) (say(parts), ...);
    return holds;
  }
  /// The first rule that was broken; empty where none was.
  [[nodiscard]] const std::string& broken() const { return broken_; }

  // What is alive, for whoever chooses among it.
  [[nodiscard]] const std::set<std::string>& kept() const { return kept_; }
  [[nodiscard]] bool is_live(std::uint32_t query) const;
  [[nodiscard]] bool is_on_bus(std::uint32_t listener) const { return bus_listeners_.contains(listener); }

 private:
  void say(std::string_view text) { broken_.append(text); }
  void say(std::uint64_t number) { broken_.append(std::to_string(number)); }

  enum class Value : std::uint8_t { alive, released };
  struct Query {
    bool disposed = false;
    std::uint64_t shown = 0;
    std::size_t pending = 0;  // executions that were begun since the last reset
    std::size_t left = 0;     // executions from before it
  };
  struct Execution {
    std::uint32_t query;
    std::uint64_t number;
    std::uint32_t session;
  };
  struct Emit {
    bool wants_ack;
    ValueHandle payload;
  };
  using Values = std::map<ValueHandle, Value>;

  void see(const OpenTransport& effect);
  void see(const PauseTransport& effect) { expect_open(effect.connection, "PauseTransport"); }
  void see(const IdentifyTransport& effect) { expect_open(effect.connection, "IdentifyTransport"); }
  void see(const CloseTransport& effect);
  void see(const SendPacket& effect);
  void see(const ReleasePayload& effect);
  void see(const AskAuth& effect);
  void see(const StatusChanged& effect);
  void see(const AttemptChanged& effect);
  void see(const LatencyChanged& effect);
  void see(const EarlyFrames& effect);
  void see(const BufferChanged& effect) { buffer_ = effect; }
  void see(const AckFailed& effect);
  void see(const StartFetch& effect);
  void see(const AbortFetch& effect) { on_wire_.erase(effect.fetch); }
  void see(const QueryLoading& effect);
  void see(const QuerySettled& effect);
  void see(const QueryRetired& effect);
  void see(const ReleaseResponse& effect) { release(responses_, effect.response, "response"); }
  void see(const ListenerExpired& effect);
  void see(const PersistMutation& effect);
  void see(const RemoveMutation& effect);
  void see(const EmitOver& effect) { end_emit(effect.emit, false, "EmitOver"); }
  void see(const ReportError& effect);

  void release(Values& values, ValueHandle value, const char* what);
  void expect_alive(const Values& values, ValueHandle value, const char* what);
  void expect_open(ConnectionId connection, const char* what);
  void expect_namespace(std::uint32_t nsp_id, const char* what);
  void expect_code(ErrorCode code, bool may_be_ok);
  void end_emit(std::uint32_t emit, bool wants_ack, const char* how);
  void count(const Runtime::Census& census);

  Values payloads_;
  Values responses_;
  std::set<std::uint32_t> namespaces_{0};
  std::set<std::uint32_t> leaving_;
  std::map<std::uint32_t, Query> queries_;
  std::map<std::uint32_t, Execution> executions_;
  std::set<std::uint32_t> returned_;  // executions that were returned, and not yet told
  std::map<std::uint32_t, Emit> emits_;
  std::map<std::uint32_t, ValueHandle> on_wire_;  // requests, and their bodies
  std::set<ConnectionId> open_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> listeners_;
  std::set<std::uint32_t> bus_listeners_;
  std::set<std::string> kept_;
  BufferChanged buffer_{0, 0};
  AttemptChanged attempt_{0, 0};
  LatencyChanged latency_{0};
  ConnectionId last_connection_ = 0;
  std::uint32_t last_auth_ = 0;
  std::uint64_t executions_begun_ = 0;
  std::uint32_t session_ = 0;
  bool resets_ = false;  // the effects of a reset are still to come
  std::string broken_;
};

}  // namespace raclette::fuzz
