// A runtime and all that is outside of it: a server, the platform, a clock, and what users hold. Everything that goes
// in goes through here, so that the Oracle sees it, in the order of the contract: an input, its effects, and only then
// what the outside makes of them. By default the outside behaves; an input of the fuzzer's may switch any of that off.
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

  // What the outside does by itself.
  bool opens = true;       // lets transports open
  bool shakes = true;      // sends the open packet
  bool authorizes = true;  // the user's auth answers
  bool accepts = true;     // answers CONNECT
  bool answers = false;    // requests, with 200
  std::string handshake = kHandshakes[0];
  std::string session = R"({"sid":"s"})";

  /// Calls the runtime; `tell` gets what it returned, before the effects are seen.
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

  /// A frame from the server, as the binding hands it in: its head first, and more of it where that does not tell.
  void text(ConnectionId connection, const std::u16string& frame);
  void text(const std::string& frame) { text(connection, widened(frame)); }
  /// The first `head` units of a frame, and nothing else.
  void text_head(const std::u16string& frame, std::size_t head);
  void binary();
  void drop(ConnectionId lost, const std::string& detail);
  void fetch_done(std::uint32_t fetch, std::uint32_t status, bool has_body, double retry_after, double commit);
  void fetch_failed(std::uint32_t fetch, ErrorCode code, std::uint32_t status, bool has_body, double retry_after);

  /// Time passes, and timers fire when they are due.
  void advance(double milliseconds);
  /// Time passes, and nothing fires until it is over: the machine slept.
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

  /// Ends and answers all that there is. Nothing may be left, and the runtime still does what it is for.
  void finish();

  Oracle oracle;
  std::unique_ptr<Runtime> runtime;
  double now = 1000;
  double slept = 0;             // by the machine's clock, while that of inputs stood still
  ConnectionId connection = 0;  // the last transport that was asked for
  bool connected = false;       // the main namespace
  std::vector<std::uint32_t> asks;
  std::vector<std::uint32_t> fetches;
  std::vector<std::string> ack_ids;  // of what was sent last
  std::int64_t reply_id = 0;         // that the server wants an answer under
  // All that there ever were: what is gone may be named, too.
  std::vector<std::uint32_t> namespaces{0};
  std::vector<std::uint32_t> queries;
  std::vector<std::uint32_t> emits;
  std::vector<std::uint32_t> bus_listeners;
  std::map<std::uint32_t, std::pair<std::uint32_t, std::string>> bus_patterns;  // which bus, and what is heard there
  std::vector<std::pair<std::uint32_t, std::uint32_t>> listeners;
  std::uint32_t orders = 0;  // of mutations that were kept
  std::string last_url;      // of a request

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

  std::string nsp_;  // of the last session, as frames name it
  std::deque<std::function<void()>> todo_;
  bool serving_ = false;
  std::uint32_t values_ = 0;
};

}  // namespace raclette::fuzz
