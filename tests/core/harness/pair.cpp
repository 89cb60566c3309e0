#include "harness/pair.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace raclette::testing {

const char* const kTodoConfig = R"({
  "pluginName": "todo", "author": "pacifico", "pluginKey": "pacifico__todo", "routePrefix": "",
  "data": { "todo": { "type": "todo", "operations": {
    "getAll": { "target": "/todo/all", "method": "get" },
    "get": { "target": "/todo/:_id", "method": "GET" },
    "create": { "target": "/todo", "method": "post", "channels": [
      { "channel": "plugin_pacifico__todo--todoCreated", "channelKey": "todoCreated", "prefix": "plugin_pacifico__todo" },
      { "channel": "plugin_pacifico__todo--special", "channelKey": "special", "prefix": "plugin_pacifico__todo" }] },
    "delete": { "target": "/todo/{_id}", "method": "delete", "channels": [
      { "channel": "plugin_pacifico__todo--todoDeleted", "channelKey": "todoDeleted", "prefix": "plugin_pacifico__todo" }] },
    "report": { "target": true, "method": "get" }
  } } } })";

std::u16string to_utf16(const std::string& utf8) {
  std::u16string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (int k = 1; k < length; ++k) point = (point << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
    i += length;
    if (point >= 0x10000) {
      out.push_back(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
      out.push_back(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    } else {
      out.push_back(static_cast<char16_t>(point));
    }
  }
  return out;
}

std::string yeast(double wall) {
  static const std::string kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  std::string text;
  for (auto left = static_cast<std::uint64_t>(wall); left > 0; left /= 64) text.insert(0, 1, kDigits[left % 64]);
  return text;
}

Pair::Pair(const std::string& given, const std::string& whitelist) {
  std::string socket_options = given;
  if (given.find("transports") == std::string::npos) {
    socket_options.insert(1, given == "{}" ? R"("transports":["websocket"])" : R"("transports":["websocket"],)");
  }
  Outcome outcome;
  runtime = Runtime::create(R"({"origin":"http://127.0.0.1:8082","socket":)" + socket_options +
                                R"(,"client":"c","whitelist":)" + whitelist + "}",
                            7, outcome);
  EXPECT_NE(runtime, nullptr) << outcome.text;
}

void Pair::settle() {
  Effects effects;
  while (runtime->has_effects()) {
    runtime->drain(effects);
    for (const Effect& effect : effects) {
      log.push_back(effect);
      log_times.push_back(now);
    }
    for (const Effect& effect : effects) carry_out(effect);
  }
}

void Pair::input(const Input& one) {
  runtime->handle(one, now);
  settle();
}

void Pair::carry_out(const Effect& effect) {
  if (const auto* open = std::get_if<OpenTransport>(&effect)) {
    connection = open->connection;
    if (!opens) return;
    runtime->handle(TransportOpened{connection, epoch + now}, now);
    if (shakes) text("0" + handshake);
  } else if (const auto* close = std::get_if<CloseTransport>(&effect)) {
    if (close->connection == connection) connection = 0;
  } else if (const auto* ask = std::get_if<AskAuth>(&effect)) {
    if (authorizes) runtime->handle(AuthReady{ask->request, 0}, now);
  } else if (const auto* packet = std::get_if<SendPacket>(&effect)) {
    sent.push_back(packet->payload == 0 ? packet->head : packet->head + "{" + std::to_string(packet->payload) + "}");
    if (accepts && packet->head.starts_with("40")) {
      const std::string head = packet->head.substr(0, packet->head.find('{'));
      text_on(packet->connection, head + R"({"sid":")" + sid + (pid.empty() ? "\"}" : R"(","pid":")" + pid + "\"}"));
    }
  } else if (const auto* start = std::get_if<StartFetch>(&effect)) {
    fetches.push_back({start->fetch, start->query, start->method, start->url, start->body, start->renew_auth,
                       start->key, start->variant});
  } else if (const auto* abort = std::get_if<AbortFetch>(&effect)) {
    std::erase_if(fetches, [&](const PendingFetch& one) { return one.fetch == abort->fetch; });
  } else if (const auto* payload = std::get_if<ReleasePayload>(&effect)) {
    ++released_payloads[payload->payload];
  } else if (const auto* response = std::get_if<ReleaseResponse>(&effect)) {
    ++released_responses[response->response];
  }
}

std::uint32_t Pair::emit(ValueHandle payload, std::uint32_t attachments, bool wants_ack, double timeout,
                         std::uint32_t retries) {
  return emit({.payload = payload,
               .attachments = attachments,
               .bytes = 10,
               .wants_ack = wants_ack,
               .timeout = timeout,
               .retries = retries})
      .value;
}

Outcome Pair::emit(const OutgoingEvent& event) {
  const Outcome outcome = runtime->emit(event, now);
  settle();
  return outcome;
}

FrameRoute Pair::text(const std::string& utf8) { return text_on(connection, utf8); }

FrameRoute Pair::text_on(ConnectionId transport, const std::string& utf8) {
  const std::u16string frame = to_utf16(utf8);
  const FrameRoute route = route_of(transport, frame);
  refuse(route, frame);
  settle();
  return route;
}

/// Passes on a refusal's message, as the binding does.
void Pair::refuse(const FrameRoute& route, const std::u16string& frame) {
  if (route.kind != RouteKind::connect_error) return;
  const auto payload = nlohmann::json::parse(frame.substr(route.args_offset), nullptr, false);
  const bool has_message = payload.is_object() && payload.contains("message") && payload["message"].is_string();
  runtime->handle(ConnectError{route.nsp_id, has_message ? payload["message"].get<std::string>() : ""}, now);
}

/// Routes a frame as the binding does: first up to the second quote, then the whole frame if that is not enough.
FrameRoute Pair::route_of(ConnectionId transport, std::u16string_view frame) {
  const std::size_t quote = frame.find(u'"', frame.find(u'"') + 1);
  if (quote != std::u16string_view::npos && quote + 1 < frame.size()) {
    const FrameRoute route = runtime->event_frame(transport, frame.substr(0, quote + 1));
    if (route.kind != RouteKind::need_all) return route;
  }
  return runtime->text_frame(transport, frame, frame.size(), now, epoch + now);
}

FrameRoute Pair::text_head(const std::u16string& frame, std::size_t head) {
  const FrameRoute route =
      runtime->text_frame(connection, std::u16string_view(frame).substr(0, head), frame.size(), now, epoch + now);
  refuse(route, frame);
  settle();
  return route;
}

FrameRoute Pair::binary() {
  const FrameRoute route = runtime->binary_frame(connection, now);
  settle();
  return route;
}

void Pair::drop(const std::string& detail) {
  const ConnectionId lost = connection;
  connection = 0;
  input(TransportClosed{lost, detail});
}

void Pair::advance(double milliseconds) {
  const double end = now + milliseconds;
  while (runtime->next_timeout() <= end) {
    now = std::max(now, runtime->next_timeout());
    input(Tick{});
  }
  now = end;
}

void Pair::respond(ValueHandle response, std::uint32_t status, std::size_t index, double commit) {
  ASSERT_LT(index, fetches.size());
  const std::uint32_t fetch = fetches[index].fetch;
  fetches.erase(fetches.begin() + static_cast<std::ptrdiff_t>(index));
  input(FetchDone{fetch, status, response, 0, commit});
}

void Pair::fail(ErrorCode code, std::size_t index) {
  ASSERT_LT(index, fetches.size());
  const std::uint32_t fetch = fetches[index].fetch;
  fetches.erase(fetches.begin() + static_cast<std::ptrdiff_t>(index));
  input(FetchFailed{fetch, code, 0, 0});
}

}  // namespace raclette::testing
