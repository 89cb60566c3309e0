// The invariants of a runtime for any input. The oracle sees each input that passes a handle, the result of each call,
// and every effect. It knows neither the core's implementation nor the fuzzer's next steps. It reports broken rules of
// the public headers:
//
// - A payload or response is used only between its hand-over and its release, and is released exactly once.
// - An execution begins with QueryLoading and settles exactly once. No older answer shows after a newer one.
// - A pending emit ends once: with its ack, AckFailed or EmitOver. Its payload is alive until then.
// - A request is answered or aborted before it is made again. Only open transports send, pause or close.
// - Every object that an effect names is alive, and the number of live objects matches the runtime's census.
// - The number of live objects limits the effects of an input and the timers (kEffects, kTimers).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "raclette/runtime.h"

namespace raclette::fuzz {

/// The most effects of one input: a fixed number, plus a number for each live object, including executions. A lost
/// connection ends and restarts the work of each object, which takes several effects.
inline constexpr std::size_t kEffects = 64;
inline constexpr std::size_t kEffectsEach = 16;
/// The most timers at a time: a fixed number, plus a number for each live object. A query has the most: refetch,
/// interval, debounce and retirement.
inline constexpr std::size_t kTimers = 8;
inline constexpr std::size_t kTimersEach = 5;

class Oracle {
 public:
  // Inputs and results of calls. Report them before the effects of the same input.
  void payload_given(ValueHandle payload);
  void response_given(ValueHandle response);
  void namespace_opened(std::uint32_t nsp_id) { namespaces_.insert(nsp_id); }
  void namespace_left(std::uint32_t nsp_id) { leaving_.insert(nsp_id); }
  void query_made(std::uint32_t query);
  void query_disposed(std::uint32_t query);
  void executed(std::uint32_t query, std::uint32_t execution);
  /// A read was answered at once, or a retired query was resumed. No older answer may show after that.
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

  /// Checks the effects of one input, with the live objects before and after it.
  void see(const Effects& effects, const Runtime::Census& before, const Runtime::Census& after);
  /// Checks that all timers due by `now` have fired.
  void ticked(double next_timeout, double now);
  /// Checks that only the main namespace is left, after everything was ended and answered.
  void at_rest(const Runtime::Census& census);

  /// Reports a broken rule unless `holds`. Only the first one is kept. `parts`: texts and numbers of its message.
  template <class... Parts>
  bool expect(bool holds, const Parts&... parts) {
    if (!holds && broken_.empty()) (say(parts), ...);
    return holds;
  }
  /// The first broken rule; empty if there is none.
  [[nodiscard]] const std::string& broken() const { return broken_; }

  // Live objects, for the choices of the steps.
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
    std::size_t pending = 0;  // executions begun since the last reset
    std::size_t left = 0;     // executions begun before it
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
  std::set<std::uint32_t> returned_;  // executions whose QueryLoading has not come yet
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
  bool resets_ = false;  // the next effects are those of a reset
  std::string broken_;
};

}  // namespace raclette::fuzz
