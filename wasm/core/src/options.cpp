#include "options.h"

#include "base/json.h"
#include "base/text.h"

namespace raclette {
namespace {

/// Reads fields into the options and remembers the first that is wrong. A field that is missing or null keeps
/// its default (JSON has no Infinity: JavaScript writes it as null).
class OptionsReader {
 public:
  explicit OptionsReader(JsonView root) : root_(root), socket_(root["socket"]) {}

  Result<RuntimeOptions> read() {
    RuntimeOptions options;
    const auto origin = root_["origin"].string();
    if (!origin || !(origin->starts_with("http://") || origin->starts_with("https://"))) {
      fail("url", "an http or https address");
    }
    options.socket.origin = std::string(origin.value_or(""));
    while (options.socket.origin.ends_with('/')) options.socket.origin.pop_back();
    options.client = std::string(root_["client"].string().value_or(""));
    read_socket(options.socket);
    read_whitelist(options.whitelist);
    if (!wrong_.empty()) return Failure{ErrorCode::BAD_CONFIG, wrong_};
    return options;
  }

 private:
  void fail(std::string_view path, std::string_view expected) {
    if (wrong_.empty()) wrong_.append(path).append(" has to be ").append(expected);
  }
  [[nodiscard]] static bool absent(JsonView value) { return !value || value.is_null(); }

  void read_socket(SocketOptions& options) {
    text("path", options.path);
    if (!options.path.starts_with('/')) fail("socket.path", "a path that begins with /");
    if (!options.path.ends_with('/')) options.path.push_back('/');
    text("namespace", options.nsp);
    if (!options.nsp.starts_with('/')) options.nsp.insert(0, "/");
    flag("autoConnect", options.auto_connect);
    flag("reconnection", options.reconnection);
    flag("reconnectAfterServerDisconnect", options.reconnect_after_server);
    flag("upgrade", options.upgrade);
    flag("rememberUpgrade", options.remember_upgrade);
    read_transports(options.transports);
    number("reconnectionAttempts", options.reconnection_attempts, 0, "a number of attempts");
    number("reconnectionDelay", options.reconnection_delay, 0, "milliseconds");
    number("reconnectionDelayMax", options.reconnection_delay_max, 0, "milliseconds");
    number("randomizationFactor", options.randomization_factor, 0, "a number from 0 to 1");
    if (options.randomization_factor > 1) fail("socket.randomizationFactor", "a number from 0 to 1");
    number("timeout", options.timeout, 1, "milliseconds");
    number("authAttempts", options.auth_attempts, 1, "a number of attempts, 1 or more");
    number("bufferMaxCount", options.buffer_count, 0, "a number of emits");
    number("bufferMaxBytes", options.buffer_bytes, 0, "a number of bytes");
    number("bufferTimeToLive", options.buffer_life, 1, "milliseconds");
    socket_["query"].for_each_member([&](std::string_view name, JsonView value) {
      if (!value.string()) fail("socket.query", "an object of strings");
      options.query.push_back('&');
      append_percent_encoded(options.query, name);
      options.query.push_back('=');
      append_percent_encoded(options.query, value.string().value_or(""));
    });
  }

  void read_transports(std::vector<TransportKind>& kinds) {
    const JsonView list = socket_["transports"];
    if (absent(list)) return;
    kinds.clear();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto name = list.at(i).string();
      if (name == "websocket") kinds.push_back(TransportKind::websocket);
      if (name == "polling") kinds.push_back(TransportKind::polling);
      if (kinds.size() != i + 1) break;
    }
    if (kinds.empty() || kinds.size() != list.size()) {
      fail("socket.transports", R"(an array of "websocket" and "polling")");
    }
  }

  void read_whitelist(std::vector<std::string>& whitelist) {
    const JsonView list = root_["whitelist"];
    if (!absent(list) && !list.is_array()) fail("eventbus.whitelist", "an array of patterns");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto pattern = list.at(i).string();
      if (!pattern) fail("eventbus.whitelist", "an array of patterns");
      whitelist.emplace_back(pattern.value_or(""));
    }
  }

  void text(const char* name, std::string& into) {
    const JsonView value = socket_[name];
    if (absent(value)) return;
    const auto given = value.string();
    if (!given || given->empty()) return fail(std::string("socket.") + name, "a string that is not empty");
    into = std::string(*given);
  }

  void flag(const char* name, bool& into) {
    const JsonView value = socket_[name];
    if (absent(value)) return;
    if (!value.boolean()) return fail(std::string("socket.") + name, "true or false");
    into = *value.boolean();
  }

  void number(const char* name, double& into, double least, std::string_view expected) {
    const JsonView value = socket_[name];
    if (absent(value)) return;
    if (!value.number() || *value.number() < least) return fail(std::string("socket.") + name, expected);
    into = *value.number();
  }

  JsonView root_;
  JsonView socket_;
  std::string wrong_;
};

}  // namespace

Result<RuntimeOptions> read_options(std::string_view json) {
  const auto document = JsonDocument::parse(json);
  if (!document || !document->root().is_object()) {
    return Failure{ErrorCode::BAD_CONFIG, "the options have to be an object"};
  }
  return OptionsReader(document->root()).read();
}

}  // namespace raclette
