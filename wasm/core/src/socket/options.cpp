#include "socket/options.h"

#include <algorithm>
#include <array>

#include "base/field.h"
#include "base/text.h"

namespace raclette {
namespace {

constexpr std::string_view kMilliseconds = "milliseconds";
constexpr std::string_view kFactor = "a number from 0 to 1";

void read_origin(const Field& origin, std::string& into) {
  std::string_view text = origin.value().string().value_or("");
  origin.require(text.starts_with("http://") || text.starts_with("https://"), "an http or https address");
  while (text.ends_with('/')) text.remove_suffix(1);
  into = text;
}

void read_transports(const Field& list, std::vector<TransportKind>& kinds) {
  if (list.absent()) return;
  kinds.clear();
  const std::size_t size = list.value().size();
  for (JsonView one = list.value().at(0); one; one = one.next()) {
    const auto name = one.string();
    if (name == "websocket") kinds.push_back(TransportKind::websocket);
    if (name == "polling") kinds.push_back(TransportKind::polling);
  }
  list.require(size > 0 && kinds.size() == size, R"(an array of "websocket" and "polling")");
}

void read_query(const Field& query, std::string& into) {
  query.require(query.absent() || query.value().is_object(), "an object of strings and numbers, or a text");
  query.value().for_each_member([&](const std::string_view& name, JsonView value) {
    query.require(value.string().has_value(), "an object of strings and numbers, or a text");
    into.push_back('&');
    append_percent_encoded(into, name);
    into.push_back('=');
    append_percent_encoded(into, value.string().value_or(""));
  });
}

/// The names of all options.
constexpr std::array kKnown = std::to_array<std::string_view>({"path",
                                                               "addTrailingSlash",
                                                               "namespace",
                                                               "query",
                                                               "transports",
                                                               "upgrade",
                                                               "rememberUpgrade",
                                                               "openWhenHidden",
                                                               "autoConnect",
                                                               "reconnection",
                                                               "reconnectAfterServerDisconnect",
                                                               "reconnectionAttempts",
                                                               "reconnectionDelay",
                                                               "reconnectionDelayMax",
                                                               "randomizationFactor",
                                                               "timeout",
                                                               "authAttempts",
                                                               "bufferMaxCount",
                                                               "bufferMaxBytes",
                                                               "bufferTimeToLive"});

void refuse_unknown(const Field& socket) {
  socket.value().for_each_member([&](const std::string_view& name, JsonView value) {
    if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) return;
    Field(socket, name, value).refuse("left out: there is no such option");
  });
}

}  // namespace

std::string namespace_name(const std::string_view& nsp) {
  std::string name = nsp.starts_with('/') ? "" : "/";
  name.append(nsp);
  return name;
}

bool is_namespace(const std::string_view& nsp) { return nsp.find_first_of(",?") == std::string_view::npos; }

SocketOptions read_socket_options(const Field& origin, const Field& socket) {
  SocketOptions options;
  read_origin(origin, options.origin);
  const auto text = [&](const std::string_view& name, std::string& into) {
    Field(socket, name).read(into, TextRule::not_empty);
  };
  const auto flag = [&](const std::string_view& name, bool& into) { Field(socket, name).read(into); };
  const auto number = [&](const std::string_view& name, double& into, double least, const std::string_view& expected) {
    Field(socket, name).read(into, least, expected);
  };
  text("path", options.path);
  Field(socket, "path").require(options.path.starts_with('/'), "a path that begins with /");
  flag("addTrailingSlash", options.add_trailing_slash);
  if (options.path.ends_with('/')) options.path.pop_back();
  if (options.add_trailing_slash || options.path.empty()) options.path.push_back('/');
  text("namespace", options.nsp);
  Field(socket, "namespace").require(is_namespace(options.nsp), "a name without , and ?");
  options.nsp = namespace_name(options.nsp);
  flag("autoConnect", options.auto_connect);
  flag("reconnection", options.reconnection);
  flag("reconnectAfterServerDisconnect", options.reconnect_after_server);
  flag("upgrade", options.upgrade);
  flag("rememberUpgrade", options.remember_upgrade);
  flag("openWhenHidden", options.open_when_hidden);
  read_transports(Field(socket, "transports"), options.transports);
  number("reconnectionAttempts", options.reconnection_attempts, 0, "a number of attempts");
  number("reconnectionDelay", options.reconnection_delay, 0, kMilliseconds);
  Field(socket, "reconnectionDelay").require(options.reconnection_delay < kNoLimit, kMilliseconds);
  number("reconnectionDelayMax", options.reconnection_delay_max, 0, kMilliseconds);
  number("randomizationFactor", options.randomization_factor, 0, kFactor);
  Field(socket, "randomizationFactor").require(options.randomization_factor <= 1, kFactor);
  number("timeout", options.timeout, 1, kMilliseconds);
  number("authAttempts", options.auth_attempts, 1, "a number of attempts, 1 or more");
  number("bufferMaxCount", options.buffer_count, 0, "a number of emits");
  number("bufferMaxBytes", options.buffer_bytes, 0, "a number of bytes");
  number("bufferTimeToLive", options.buffer_time_to_live, 1, kMilliseconds);
  read_query(Field(socket, "query"), options.query);
  refuse_unknown(socket);
  return options;
}

}  // namespace raclette
