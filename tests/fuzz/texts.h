// Texts that an input selects with one byte, so that mutations get past names and well-formed packets. An input can
// also spell any other text.
#pragma once

#include <string>

#include "bytes.h"

namespace raclette::fuzz {

/// Valid options of a runtime.
inline constexpr const char* kSettings[] = {
    R"({"origin":"http://127.0.0.1:1","client":"c","socket":{}})",
    R"({"origin":"https://h","client":"c","socket":{"transports":["websocket"]}})",
    R"({"origin":"http://h","client":"c","socket":{"transports":["polling","websocket"],"rememberUpgrade":true}})",
    R"({"origin":"http://h","client":"c","socket":{"transports":["polling"],"openWhenHidden":true}})",
    R"({"origin":"http://h","client":"c","socket":{"namespace":"main","query":{"a":"1","ü":"&"}}})",
    R"({"origin":"http://h","client":"c","socket":{"reconnectionAttempts":2,"reconnectionDelay":1}})",
    R"({"origin":"http://h","client":"c","socket":{"reconnection":false}})",
    R"({"origin":"http://h","client":"c","socket":{"reconnectAfterServerDisconnect":false,"authAttempts":1}})",
    R"({"origin":"http://h","client":"c","socket":{"bufferMaxCount":3,"bufferMaxBytes":100}})",
    R"({"origin":"http://h","client":"c","socket":{"bufferTimeToLive":50,"timeout":200}})",
    R"({"origin":"http://h","client":"c","socket":{"reconnectionDelay":0,"randomizationFactor":0,"upgrade":false}})",
    R"({"origin":"http://h","client":"c","socket":{"namespace":"/é"},"whitelist":["a","x/*","**/z"]})",
};

/// A plugin with an entity that shares reads, and one with `offlineMode`.
inline constexpr const char* kPlugin = R"({"pluginKey":"p__todo","routePrefix":"api","data":{
  "note":{"offlineMode":true,"operations":{
    "add":{"target":"/note","method":"post","channels":[{"channel":"plugin_p__todo--added","channelKey":"added","prefix":"plugin_p__todo"}]},
    "all":{"target":"/note/all","method":"get"},
    "set":{"target":"/note/{_id}{part}?x","method":"patch"}}},
  "todo":{"operations":{
    "all":{"target":"/todo/all","method":"get"},
    "create":{"target":"/todo","method":"post","channels":[{"channel":"plugin_p__todo--made","channelKey":"made","prefix":"plugin_p__todo"}]},
    "get":{"target":"/todo/:_id/:part","method":"GET"},
    "remove":{"target":"/todo/{_id}","method":"delete","channels":[{"channel":"own","channelKey":"gone"}]},
    "report":{"target":true,"method":"head"},
    "search":{"target":"/todo/search","method":"post","storeActionType":"dataRead"}}}}})";
/// The number of its operations. Higher numbers are invalid.
inline constexpr std::size_t kOperations = 9;

inline constexpr const char* kHandshakes[] = {
    R"({"sid":"e","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})",
    R"({"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000})",
    R"({"sid":"e ü","upgrades":["websocket"],"pingInterval":0,"pingTimeout":0,"maxPayload":-1})",
    R"({"sid":"e","upgrades":["x",1],"pingInterval":2147483647,"pingTimeout":2147483647,"maxPayload":1e300})",
    R"({"sid":"","pingInterval":1,"pingTimeout":1})",
    R"({"sid":"e","pingInterval":"1"})",
    R"([])",
    R"()",
};
/// Answers to CONNECT. A server with connection state recovery sends a pid.
inline constexpr const char* kSessions[] = {R"({"sid":"s"})", R"({"sid":"s","pid":"p"})",
                                            R"({"sid":"é","pid":"\"\\\n","x":[]})"};
inline constexpr const char* kNamespaces[] = {"", "/", "/a", "b", "/é", "/a/b", "main", "/x?y", "a,b", "😀"};
inline constexpr const char* kFrameNamespaces[] = {"", "/a,", "/b,", "/é,", "/main,", "/a/b,", "/a?q=1,", "/lost,"};
inline constexpr const char* kEvents[] = {"plugin_p__todo--made",
                                          "plugin_p__todo--added",
                                          "own",
                                          "x--a",
                                          "a",
                                          "x--b",
                                          "raclette--connected",
                                          "connect",
                                          "disconnect",
                                          "--",
                                          "\\u0061",
                                          "é",
                                          "",
                                          "plugin_p__todo--",
                                          "\\ud83d\\uDE00x",
                                          "😀",
                                          "a\\n--a"};
inline constexpr const char* kPackets[] = {"42",     "451-",   "452-",    "450-", "43", "461-", "462-",
                                           "40",     "41",     "44",      "1",    "2",  "3",    "6",
                                           "2probe", "3probe", "451001-", "47",   "4",  "5"};
inline constexpr const char* kArguments[] = {"",
                                             "[]",
                                             ",1]",
                                             ",{\"_placeholder\":true,\"num\":0}]",
                                             "]",
                                             ",{\"commit\":5}]",
                                             ",{\"commit\":1e400}]",
                                             ",\"1760000002000-0\"]",
                                             ",\"1760000009000-1\"]",
                                             ",\"Pd8BCVG\"]",
                                             ",\"Pd8BCku\"]",
                                             "[5,1]",
                                             "[1.50,{}]",
                                             "[-0]",
                                             ",\"68e77802aaaaaaaaaaaaaaaa\"]",
                                             ",\"Pe\"",
                                             "{\"sid\":\"s\"}",
                                             "{\"sid\":\"s\",\"pid\":\"p\"}",
                                             "{\"message\":\"no\"}",
                                             "\"no\"",
                                             "[null,{}]",
                                             "{\"sid\":1}"};
inline constexpr const char* kKeys[] = {"a", "made", "added", "gone", "stillHere", "", "b", "connect"};
inline constexpr const char* kPatterns[] = {"a",      "x/y", "*", "**",  "x/*",  "**/z",
                                            "x/**/z", "a*",  "",  "a**", "x//y", "**/*y*"};
inline constexpr const char* kParams[] = {"{}",
                                          R"({"_id":"1","part":"2"})",
                                          R"({"_id":"a/b?c#d","part":"ü"})",
                                          R"({"_id":"..","part":"."})",
                                          R"({"q":["1","2"]})",
                                          R"({"f":{"a":{"b":"c"},"d":[]}})",
                                          R"({"_id":1})",
                                          R"({"_id":"","part":null})",
                                          "[]",
                                          "",
                                          "{",
                                          R"({"limit":"1"})"};
inline constexpr const char* kVariants[] = {"", "v", "w", "1"};

/// One of `choices`, or a text spelled by the input.
template <std::size_t kCount>
std::string text_of(Bytes& in, const char* const (&choices)[kCount]) {
  const std::size_t which = in.byte();
  if (which < 0xF0) return choices[which % kCount];
  return in.raw();
}

/// The length of the UTF-8 sequence at `at`; 0 if there is none.
inline std::size_t sequence_at(const std::string& text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Converts UTF-8 to UTF-16. An invalid byte becomes a surrogate, paired or lone.
inline std::u16string widened(const std::string& text) {
  std::u16string wide;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = sequence_at(text, at);
    if (length == 0) {
      wide.push_back(static_cast<char16_t>(0xD800 + (lead & 0x7F) * 16));
      ++at;
      continue;
    }
    char32_t point = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    if (point < 0x10000) {
      wide.push_back(static_cast<char16_t>(point));
    } else {
      wide.push_back(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      wide.push_back(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    }
    at += length;
  }
  return wide;
}

}  // namespace raclette::fuzz
