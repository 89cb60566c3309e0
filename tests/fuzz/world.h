// A runtime and its environment: a server, the platform, a clock, and the objects of users. All inputs pass through
// here, so that the Oracle sees them in the order of the contract: an input, its effects, and then the reactions to
// them. By default the environment behaves well. A fuzzer's input can switch each reaction off.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oracle.h"
#include "texts.h"

namespace raclette::fuzz {

class World {
 public:
  World(const std::string& options, std::uint64_t seed);

  // The automatic reactions of the environment.
  bool opens = true;       // lets transports open
  bool shakes = true;      // sends the open packet
  bool authorizes = true;  // the user's auth answers
  bool accepts = true;     // answers CONNECT
  bool answers = false;    // requests, with 200
  std::string handshake = kHandshakes[0];
  std::string session = R"({"sid":"s"})";

  /// Calls the runtime. `tell` receives the result before the Oracle sees the effects.
  template <class Call, class Tell>
  void act(Call call, Tell tell) {
    const Runtime::Census before = runtime->census();
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      tell();
    } else {
      tell(call());
    }
    drain(before);
  }
  template <class Call>
  void act(Call call) {
    act(call, [](const auto&...) {});
  }
  void input(const raclette::Input& one);

  /// Passes a frame from the server like the binding: the head first, and more of it if the head is not enough.
  void text(ConnectionId connection, const std::u16string& frame);
  void text(const std::string& frame) { text(connection, widened(frame)); }
  /// Passes only the first `head` units of a frame.
  void text_head(const std::u16string& frame, std::size_t head);
  void binary();
  void drop(ConnectionId lost, const std::string& detail);
  void fetch_done(std::uint32_t fetch, std::uint32_t status, bool has_body, double retry_after, double commit);
  void fetch_failed(std::uint32_t fetch, ErrorCode code, std::uint32_t status, bool has_body, double retry_after);

  /// Advances the clock, and fires timers when they are due.
  void advance(double milliseconds);
  /// Advances the clock like a machine that sleeps: timers fire only afterwards.
  void sleep(double milliseconds);
  [[nodiscard]] double wall() const { return 1'760'000'000'000 + now + slept; }

  void open_namespace(const std::string& nsp);
  void leave(std::uint32_t nsp_id);
  void emit(OutgoingEvent event);
  void execute(std::uint32_t query, bool has_body, Caller caller);
  void reuse(std::uint32_t query);
  void restore(std::uint32_t query, bool has_body, const std::string& key);
  void dispose_query(std::uint32_t query);
  void unlisten(std::uint32_t nsp_id, std::uint32_t listener);
  void bus_unlisten(std::uint32_t listener);

  ValueHandle new_payload();
  ValueHandle new_response();

  /// Ends and answers everything. Checks that nothing is left, and that the runtime still works.
  void finish();

  Oracle oracle;
  std::unique_ptr<Runtime> runtime;
  double now = 1000;
  double slept = 0;             // wall time that passed while the clock of inputs stood still
  ConnectionId connection = 0;  // the last requested transport
  bool connected = false;       // the main namespace
  std::vector<std::uint32_t> asks;
  std::vector<std::uint32_t> fetches;
  std::vector<std::string> ack_ids;  // of the last sent packets
  std::int64_t reply_id = 0;         // ack id of the server's last event
  // All objects ever created. Steps may name removed ones, too.
  std::vector<std::uint32_t> namespaces{0};
  std::vector<std::uint32_t> queries;
  std::vector<std::uint32_t> emits;
  std::vector<std::uint32_t> bus_listeners;
  std::map<std::uint32_t, std::pair<std::uint32_t, std::string>> bus_patterns;  // bus and pattern of each listener
  std::vector<std::pair<std::uint32_t, std::uint32_t>> listeners;
  std::uint32_t orders = 0;  // of stored mutations
  std::string last_url;      // of the last request

 private:
  void drain(const Runtime::Census& before);
  void note(const Effect& effect);
  void note_sent(const SendPacket& packet);
  void serve();
  void take(const FrameRoute& route, const std::u16string& frame);
  FrameRoute route_of(ConnectionId connection, std::u16string_view frame);
  void end_everything();
  void wait_for_rest();
  void prove_life();

  std::string nsp_;  // of the last session, as written in frames
  std::deque<std::function<void()>> todo_;
  bool serving_ = false;
  std::uint32_t values_ = 0;
};

}  // namespace raclette::fuzz
