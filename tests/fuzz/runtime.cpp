// A server that sends anything, and a user who gives anything: the input is a script of steps, each a byte that says
// what and a text up to the next line end. Whatever comes, nothing may abort, leak or leave its bounds, and a runtime
// that was given rubbish still takes a fresh connection and a good event.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/pair.h"

namespace {

using raclette::testing::Pair;

/// ASCII stays; other bytes become surrogates, paired or not.
std::u16string widen(std::string_view text) {
  std::u16string wide;
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    wide.push_back(static_cast<char16_t>(byte < 0x80 ? byte : 0xD800 + (byte & 0x7F) * 16));
  }
  return wide;
}

void step(Pair& pair, char what, std::string_view rest) {
  raclette::Runtime& runtime = *pair.runtime;
  switch (what) {
    case 't':
      pair.text_head(widen(rest), rest.size());
      break;
    case 'h':  // only the head of a frame
      pair.text_head(widen(rest), rest.empty() ? 0 : static_cast<unsigned char>(rest[0]) % (rest.size() + 1));
      break;
    case 'b':
      pair.binary();
      break;
    case 'a':
      pair.advance(static_cast<double>(rest.size()) * 500);
      break;
    case 'd':
      pair.drop(std::string(rest));
      break;
    case 'l':
      runtime.unlisten(0, runtime.listen(0, raclette::kAllPlugins, rest).value);
      runtime.listen(0, runtime.plugin(rest), rest);
      break;
    case 'p':
      runtime.add_plugin(rest);
      break;
    case 'e':
      runtime.bus_listen(raclette::kAllPlugins, rest, 100, pair.now);
      break;
    case 'z':  // the end of a frame
      runtime.text_tail(widen(rest));
      break;
    case 'y':
      pair.life(static_cast<raclette::Life>(rest.size() % 5));
      break;
    case 'u':
      pair.input(raclette::TransportPaused{static_cast<raclette::ConnectionId>(rest.size())});
      break;
    case 's':
      pair.input(raclette::Connect{runtime.space(rest.empty() ? "" : rest.size() % 2 == 0 ? "a" : "b").value});
      break;
    case 'x':
      pair.emit({.space = static_cast<std::uint32_t>(rest.size() % 3),
                 .payload = 1,
                 .wants_ack = rest.starts_with('a'),
                 .timeout = 100,
                 .retries = static_cast<std::uint32_t>(rest.size() % 4)});
      break;
    case 'r':  // another user
      runtime.part(pair.now);
      pair.settle();
      runtime.reset(rest.empty(), pair.now);
      pair.settle();
      runtime.rejoin(pair.now);
      pair.settle();
      break;
    case 'f':
      if (!pair.fetches.empty()) pair.respond(1, rest.empty() ? 200 : static_cast<unsigned char>(rest[0]) * 2U);
      break;
    default:
      pair.connect();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Pair pair(size % 2 == 0 ? "{}" : R"({"transports":["polling","websocket"]})");
  pair.pid = size % 3 == 0 ? "p" : "";
  pair.handshake = R"({"sid":"e","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200})";
  pair.connect();
  std::string_view script(reinterpret_cast<const char*>(data), size);
  while (!script.empty()) {
    const std::size_t end = script.find('\n');
    const std::string_view line = script.substr(0, end);
    script = end == std::string_view::npos ? std::string_view() : script.substr(end + 1);
    if (!line.empty()) step(pair, line[0], line.substr(1));
  }

  for (std::uint32_t space = 0; space < 3; ++space) pair.input(raclette::Disconnect{space});
  pair.life(raclette::Life::show);
  pair.handshake = R"({"sid":"e","upgrades":[],"pingInterval":300,"pingTimeout":200})";
  pair.connect();
  pair.runtime->listen(0, raclette::kAllPlugins, "stillHere");
  if (pair.text(R"(42["x--stillHere",1])").kind != raclette::RouteKind::event) std::abort();
  return 0;
}
