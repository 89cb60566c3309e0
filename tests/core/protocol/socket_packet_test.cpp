// Socket.IO packets against the shared vectors: whole packets, heads, and every prefix of a packet.
#include "protocol/socket_packet.h"

#include "base/text.h"
#include "harness/pair.h"
#include "harness/vectors.h"

namespace raclette {
namespace {

using nlohmann::json;
using testing::read_vectors;
using testing::to_utf16;

const char* type_name(SocketPacketType type) {
  static const char* const kNames[] = {"connect",       "disconnect",   "event",     "ack",
                                       "connect_error", "binary_event", "binary_ack"};
  return kNames[static_cast<std::size_t>(type)];
}

bool is_event(SocketPacketType type) {
  return type == SocketPacketType::event || type == SocketPacketType::binary_event;
}

/// Decodes a whole packet as the core and the binding do together: the head is scanned, then the payload is parsed as
/// JSON.
struct Decoded {
  ScanResult scan;
  std::string event;
  json payload;
  bool ok = false;
};

Decoded decode(const std::u16string& wire) {
  Decoded decoded;
  decoded.scan = scan_socket_head(wire, wire.size());
  if (decoded.scan.status != ScanStatus::done) return decoded;
  const SocketHead& head = decoded.scan.head;
  if (is_event(head.type)) {
    if (!head.invalid_name.empty() || !append_event_name(decoded.event, head)) return decoded;
    if (is_reserved_event(decoded.event)) return decoded;
  }
  const std::string payload = to_utf8(std::u16string_view(wire).substr(head.payload_offset));
  if (!payload.empty()) decoded.payload = json::parse(payload, nullptr, false);
  decoded.ok = !decoded.payload.is_discarded();
  return decoded;
}

TEST(SocketPacket, DecodesTheValidVectors) {
  const auto vectors = read_vectors("socket-packets.json")["valid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const std::u16string wire = to_utf16(vector["wire"]);
    const Decoded decoded = decode(wire);
    ASSERT_TRUE(decoded.ok) << decoded.scan.why;
    const SocketHead& head = decoded.scan.head;
    EXPECT_EQ(type_name(head.type), vector["type"].get<std::string>());
    EXPECT_EQ(to_utf8(head.nsp), vector["nsp"].get<std::string>());
    EXPECT_EQ(head.ack_id, vector["id"].is_null() ? kNoAck : vector["id"].get<std::int64_t>());
    EXPECT_EQ(head.attachments, vector.value("attachments", 0u));
    json args = decoded.payload;
    if (is_event(head.type)) {
      EXPECT_EQ(decoded.event, vector["event"].get<std::string>());
      args.erase(args.begin());
    }
    if (vector.contains("args")) {
      EXPECT_EQ(args, vector["args"]);
    }
    if (vector.contains("data")) {
      EXPECT_EQ(decoded.payload, vector["data"]);
    }
  }
}

TEST(SocketPacket, RefusesTheInvalidVectors) {
  const auto vectors = read_vectors("socket-packets.json")["invalid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>() + ": " + vector["wire"].get<std::string>());
    EXPECT_FALSE(decode(to_utf16(vector["wire"])).ok);
  }
}

std::u16string padded(const json& vector) {
  std::string frame = vector["frame"];
  const std::string mark = "%PAD%";
  if (const auto at = frame.find(mark); at != std::string::npos) {
    frame.replace(at, mark.size(), std::string(vector.value("padding", 0), 'x'));
  }
  return to_utf16(frame);
}

TEST(SocketPacket, ScansHeadsWithoutTheRest) {
  const auto vectors = read_vectors("socket-packets.json")["heads"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const std::u16string frame = padded(vector);
    const std::u16string_view packet = std::u16string_view(frame).substr(1);
    const std::size_t head_length = vector["headLength"].get<std::size_t>() - 1;
    const ScanResult scan = scan_socket_head(packet.substr(0, head_length), packet.size());
    ASSERT_EQ(scan.status, ScanStatus::done) << scan.why;
    std::string event;
    ASSERT_TRUE(append_event_name(event, scan.head));
    EXPECT_EQ(event, vector["event"].get<std::string>());
    EXPECT_EQ(to_utf8(scan.head.nsp), vector["nsp"].get<std::string>());
    EXPECT_EQ(scan.head.ack_id, vector["id"].is_null() ? kNoAck : vector["id"].get<std::int64_t>());
    EXPECT_EQ(scan.head.payload_offset + 1, vector["argsOffset"].get<std::uint32_t>()) << "from the frame's start";
  }
}

TEST(SocketPacket, EveryPrefixOfAnEventAsksForMoreOrTellsTheSame) {
  const std::u16string packet = u"51-/admin,12[\"na\\\"me\",{\"_placeholder\":true,\"num\":0}]";
  const ScanResult whole = scan_socket_head(packet, packet.size());
  ASSERT_EQ(whole.status, ScanStatus::done) << whole.why;
  const std::size_t head = packet.find(u",{");
  for (std::size_t length = 0; length < packet.size(); ++length) {
    SCOPED_TRACE(length);
    const ScanResult scan = scan_socket_head(std::u16string_view(packet).substr(0, length), packet.size());
    if (length < head) {
      EXPECT_EQ(scan.status, ScanStatus::need_more);
      continue;
    }
    ASSERT_EQ(scan.status, ScanStatus::done);
    EXPECT_EQ(scan.head.raw_event, whole.head.raw_event);
    EXPECT_EQ(scan.head.payload_offset, whole.head.payload_offset);
  }
}

/// The fast scanner's result for a frame up to its second quote; empty if it does not handle the frame.
std::optional<SocketHead> plain_head(const std::u16string& frame) {
  SocketHead head;
  return scan_plain_event(frame, head) ? std::optional(head) : std::nullopt;
}

TEST(SocketPacket, APlainHeadSaysWhatTheScannerSays) {
  std::size_t plain = 0;
  for (const char16_t* nsp : {u"", u"/,", u"/admin,", u"/a?b=1,", u"/unended"}) {
    for (const char16_t* id : {u"", u"0", u"7", u"999999999999999", u"9007199254740991", u"9007199254740992"}) {
      for (const char16_t* name : {u"", u"a", u"abc", u"abcd", u"plugin_app__a--todoCreated", u"b\\u0061b", u"b\u00e9",
                                   u"caf\u00e9 au lait", u"tab\tname", u"\x7f~ !", u"ab\u0122", u"abc\U0001F600"}) {
        const std::u16string frame = std::u16string(u"42") + nsp + id + u"[\"" + name + u"\"";
        SCOPED_TRACE(to_utf8(frame));
        const auto head = plain_head(frame);
        if (!head) continue;
        ++plain;
        const ScanResult scan = scan_socket_head(std::u16string_view(frame).substr(1), frame.size() + 9);
        ASSERT_EQ(scan.status, ScanStatus::done) << scan.why;
        EXPECT_EQ(head->type, scan.head.type);
        EXPECT_EQ(head->nsp, scan.head.nsp);
        EXPECT_EQ(head->ack_id, scan.head.ack_id);
        EXPECT_EQ(head->raw_event, scan.head.raw_event);
        EXPECT_EQ(head->payload_offset, scan.head.payload_offset + 1);
        EXPECT_FALSE(scan.head.event_has_escapes);
      }
    }
  }
  EXPECT_EQ(plain, 4u * 4u * 6u) << "namespaces, ids and names that are plain";
}

TEST(SocketPacket, APlainHeadIsNoneOfTheOthers) {
  for (const char16_t* frame :
       {u"",          u"4",       u"42",         u"42\"",     u"42[\"",    u"42[",        u"42[]\"",
        u"42[ \"a\"", u"42[\"a",  u"42[\"a\\\"", u"43[\"a\"", u"52[\"a\"", u"451-[\"a\"", u"42/\"",
        u"42/a\"",    u"42/a,\"", u"421\"",      u"42{\"a\"", u"40{\"a\"", u"42[\"a\"b\""}) {
    SCOPED_TRACE(to_utf8(frame));
    EXPECT_FALSE(plain_head(frame));
  }
}

TEST(SocketPacket, SpellsHeadsThatItCanRead) {
  for (const char* nsp : {"/", "/admin"}) {
    for (const std::int64_t id : {kNoAck, std::int64_t{0}, std::int64_t{9007199254740991}}) {
      const std::string head = encode_socket_head(SocketPacketType::binary_event, nsp, 2, id) + "[\"e\"]";
      ASSERT_EQ(head[0], '4');
      const std::u16string packet = to_utf16(head.substr(1));
      const ScanResult scan = scan_socket_head(packet, packet.size());
      ASSERT_EQ(scan.status, ScanStatus::done) << head;
      EXPECT_EQ(to_utf8(scan.head.nsp), nsp);
      EXPECT_EQ(scan.head.ack_id, id);
      EXPECT_EQ(scan.head.attachments, 2u);
    }
  }
}

TEST(SocketPacket, UnescapesNamesAndRefusesMalformedEscapes) {
  const auto unescape = [](std::u16string_view raw) {
    std::string out;
    SocketHead head;
    head.raw_event = raw;
    head.event_has_escapes = true;
    return append_event_name(out, head) ? out : std::string("refused");
  };
  EXPECT_EQ(unescape(u"a\\\"b\\\\\\/\\n\\u0041\\ud83d\\ude00"), "a\"b\\/\nA\xF0\x9F\x98\x80");
  EXPECT_EQ(unescape(u"\\ud83d"), "\xEF\xBF\xBD");
  EXPECT_EQ(unescape(u"\\x"), "refused");
  EXPECT_EQ(unescape(u"\\u12"), "refused");
  EXPECT_EQ(unescape(u"\\u12g4"), "refused");
}

}  // namespace
}  // namespace raclette
