// Engine.IO packets against the shared vectors.
#include "protocol/engine_packet.h"

#include "base/text.h"
#include "harness/pair.h"
#include "harness/vectors.h"

namespace raclette {
namespace {

using testing::read_vectors;
using testing::to_utf16;

const char* type_name(EnginePacketType type) {
  static const char* const kNames[] = {"open", "close", "ping", "pong", "message", "upgrade", "noop"};
  return kNames[static_cast<std::size_t>(type)];
}

TEST(EnginePacket, DecodesTheValidVectors) {
  const auto vectors = read_vectors("engine-packets.json")["valid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const std::u16string wire = to_utf16(vector["wire"]);
    const auto packet = decode_engine_packet(wire);
    ASSERT_TRUE(packet.ok());
    EXPECT_EQ(type_name(packet.value().type), vector["type"].get<std::string>());
    EXPECT_EQ(to_utf8(packet.value().data), vector["data"].get<std::string>());
    EXPECT_EQ(encode_engine_packet(packet.value().type), std::string(1, static_cast<char>(wire[0])));
  }
}

TEST(EnginePacket, RefusesTheInvalidVectors) {
  const auto vectors = read_vectors("engine-packets.json")["invalid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const std::u16string wire = to_utf16(vector["wire"]);
    EXPECT_EQ(error_name(decode_engine_packet(wire).code()), vector["error"].get<std::string>());
  }
}

TEST(EnginePacket, ReadsTheHandshakeVectors) {
  const auto vectors = read_vectors("engine-packets.json")["handshakes"]["valid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const auto handshake = decode_handshake(to_utf16(vector["data"]));
    ASSERT_TRUE(handshake.ok()) << handshake.failure().detail;
    EXPECT_EQ(handshake.value().sid, vector["sid"].get<std::string>());
    EXPECT_EQ(handshake.value().ping_interval, vector["pingInterval"].get<double>());
    EXPECT_EQ(handshake.value().ping_timeout, vector["pingTimeout"].get<double>());
    const auto max_payload = vector["maxPayload"];
    EXPECT_EQ(handshake.value().max_payload, max_payload.is_null() ? 0 : max_payload.get<double>());
    const auto upgrades = vector["upgrades"];
    EXPECT_EQ(handshake.value().can_upgrade, std::count(upgrades.begin(), upgrades.end(), "websocket") > 0);
  }
}

TEST(EnginePacket, RefusesTheInvalidHandshakeVectors) {
  const auto vectors = read_vectors("engine-packets.json")["handshakes"]["invalid"];
  ASSERT_FALSE(vectors.empty());
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const auto handshake = decode_handshake(to_utf16(vector["data"]));
    ASSERT_FALSE(handshake.ok());
    EXPECT_EQ(error_name(handshake.code()), vector["error"].get<std::string>());
    EXPECT_FALSE(handshake.failure().detail.empty());
  }
}

}  // namespace
}  // namespace raclette
