// The pair harness: a runtime and a scripted peer (a Socket.IO server and an HTTP server) on one fake clock. Nothing
// sleeps, and all randomness is seeded: time moves when a test moves it, and timers fire exactly at their deadlines. By
// default the peer behaves correctly; a test can switch off each step and perform it itself.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "raclette/runtime.h"

namespace raclette::testing {

/// A request in flight.
struct PendingFetch {
  std::uint32_t fetch = 0;
  std::uint32_t query = 0;
  std::string method;
  std::string url;
  ValueHandle body = 0;
  bool renew_auth = false;
  std::string key;
  std::string variant;
};

class Pair {
 public:
  explicit Pair(const std::string& socket_options = "{}", const std::string& whitelist = "[]");

  // The server's automatic steps. Unless `socket_options` says otherwise, WebSocket is the only transport.
  bool opens = true;       // lets transports open
  bool shakes = true;      // sends the open packet
  bool authorizes = true;  // the user's `auth` answers
  bool accepts = true;     // answers CONNECT
  std::string handshake = R"({"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";

  /// Carries out all effects, and those that result from them.
  void settle();
  void input(const Input& one);
  void connect() { input(Connect{}); }
  void disconnect() { input(Disconnect{}); }

  /// Emits in the main namespace; returns the emit's number.
  std::uint32_t emit(ValueHandle payload, std::uint32_t attachments, bool wants_ack, double timeout,
                     std::uint32_t retries = 0);
  Outcome emit(const OutgoingEvent& event);
  void life(LifecycleEvent life) { input(LifecycleChanged{life}); }

  /// Frames from the server. Returns the last route.
  FrameRoute text(const std::string& utf8);
  FrameRoute text_on(ConnectionId transport, const std::string& utf8);
  FrameRoute text_head(const std::u16string& frame, std::size_t head);
  FrameRoute binary();
  /// The transport closes unexpectedly.
  void drop(const std::string& detail = "");

  /// Moves the clock. Timers that come due fire at their own deadlines.
  void advance(double milliseconds);

  /// Answers the oldest request (or the one at `index`) with a response handle. `commit`: see FetchDone.
  void respond(ValueHandle response, std::uint32_t status = 200, std::size_t index = 0, double commit = 0);
  void fail(ErrorCode code, std::size_t index = 0);

  /// The latest effect of a kind, or nothing.
  template <class T>
  std::optional<T> last() const {
    for (auto effect = log.rbegin(); effect != log.rend(); ++effect) {
      if (const T* found = std::get_if<T>(&*effect)) return *found;
    }
    return std::nullopt;
  }
  template <class T>
  std::size_t count() const {
    std::size_t found = 0;
    for (const Effect& effect : log) found += std::holds_alternative<T>(effect) ? 1 : 0;
    return found;
  }

  std::unique_ptr<Runtime> runtime;
  double now = 1000;
  double epoch = 1'760'000'000'000;  // the machine's clock minus `now`
  ConnectionId connection = 0;       // the transport opened last, or 0
  std::string sid = "s1";            // the session id in the server's CONNECT
  std::string pid;                   // the pid in the server's CONNECT; empty: none
  std::vector<std::string> sent;     // packet heads on all connections, in order, with payload handles as {n}
  std::vector<PendingFetch> fetches;
  std::map<ValueHandle, int> released_payloads;
  std::map<ValueHandle, int> released_responses;
  Effects log;                    // every effect so far
  std::vector<double> log_times;  // the time of each

 private:
  void carry_out(const Effect& effect);
  void refuse(const FrameRoute& route, const std::u16string& frame);
  FrameRoute route_of(ConnectionId transport, std::u16string_view frame);
};

std::u16string to_utf16(const std::string& utf8);

/// The offset that the in-memory adapter writes at `wall`, in milliseconds since 1970.
std::string yeast(double wall);

/// The config of a todo plugin with the operations of the demo.
extern const char* const kTodoConfig;

}  // namespace raclette::testing
