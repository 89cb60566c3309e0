#include "protocol/engine_packet.h"

#include <cmath>

#include "base/json.h"
#include "base/text.h"

namespace raclette {
namespace {

constexpr double kLongestTimer = 2147483647;

Failure bad_handshake(std::string detail) { return {ErrorCode::ENGINE_BAD_HANDSHAKE, std::move(detail)}; }

std::optional<double> whole_number(JsonView value, double least) {
  const auto number = value.number();
  if (!number || *number < least || *number > kLongestTimer || std::floor(*number) != *number) return std::nullopt;
  return number;
}

}  // namespace

Result<EnginePacket> decode_engine_packet(const std::u16string_view& frame) {
  if (frame.empty()) return Failure{ErrorCode::ENGINE_BAD_PACKET, "an empty frame"};
  if (frame[0] < u'0' || frame[0] > u'6') {
    return Failure{ErrorCode::ENGINE_BAD_PACKET, "unknown packet type '" + to_utf8(frame.substr(0, 1)) + "'"};
  }
  return EnginePacket{static_cast<EnginePacketType>(frame[0] - u'0'), frame.substr(1)};
}

Result<Handshake> decode_handshake(const std::u16string_view& data) {
  const auto document = JsonDocument::parse(to_utf8(data));
  if (!document || !document->root().is_object()) return bad_handshake("the open packet holds no JSON object");
  const JsonView root = document->root();
  const auto sid = root["sid"].string();
  if (!sid || sid->empty()) return bad_handshake("sid is missing");
  const auto interval = whole_number(root["pingInterval"], 1);
  if (!interval) return bad_handshake("pingInterval is no time in milliseconds");
  const auto timeout = whole_number(root["pingTimeout"], 0);
  if (!timeout) return bad_handshake("pingTimeout is no time in milliseconds");
  Handshake handshake{std::string(*sid), *interval, *timeout, root["maxPayload"].number().value_or(0), false};
  const JsonView upgrades = root["upgrades"];
  for (std::size_t i = 0; i < upgrades.size(); ++i) {
    if (upgrades.at(i).string() == "websocket") handshake.can_upgrade = true;
  }
  return handshake;
}

}  // namespace raclette
