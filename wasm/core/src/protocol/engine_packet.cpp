#include "protocol/engine_packet.h"

#include "base/json.h"
#include "base/text.h"

namespace raclette {
namespace {

constexpr double kMaxTimer = 2147483647;

Failure bad_handshake(std::string detail) { return {ErrorCode::ENGINE_BAD_HANDSHAKE, std::move(detail)}; }

std::optional<double> time_of(JsonView value) {
  const auto number = value.number();
  return number && *number >= 0 && *number <= kMaxTimer ? number : std::nullopt;
}

}  // namespace

Result<EnginePacket> decode_engine_packet(const std::u16string_view& frame) {
  if (frame.empty()) return Failure{ErrorCode::ENGINE_BAD_PACKET, "an empty frame"};
  if (frame[0] < u'0' || frame[0] > u'6') {
    std::string detail = "unknown packet type '";
    append_utf8(detail, frame.substr(0, 1));
    detail.append("'");
    return Failure{ErrorCode::ENGINE_BAD_PACKET, std::move(detail)};
  }
  return EnginePacket{static_cast<EnginePacketType>(frame[0] - u'0'), frame.substr(1)};
}

std::string encode_engine_packet(EnginePacketType type, const std::string_view& data) {
  std::string packet;
  packet.push_back(static_cast<char>('0' + static_cast<char>(type)));
  packet.append(data);
  return packet;
}

Result<Handshake> decode_handshake(const std::u16string_view& data) {
  const auto document = JsonDocument::parse(data);
  if (!document || !document->root().is_object()) return bad_handshake("the open packet is not a JSON object");
  const JsonView root = document->root();
  const auto sid = root["sid"].string();
  if (!sid || sid->empty()) return bad_handshake("sid is missing");
  const auto interval = time_of(root["pingInterval"]);
  if (!interval) return bad_handshake("pingInterval is not a number of milliseconds");
  const auto timeout = time_of(root["pingTimeout"]);
  if (!timeout) return bad_handshake("pingTimeout is not a number of milliseconds");
  Handshake handshake{std::string(*sid), *interval, *timeout, root["maxPayload"].number().value_or(0), false};
  for (JsonView upgrade = root["upgrades"].at(0); upgrade; upgrade = upgrade.next()) {
    if (upgrade.string() == "websocket") handshake.can_upgrade = true;
  }
  return handshake;
}

}  // namespace raclette
