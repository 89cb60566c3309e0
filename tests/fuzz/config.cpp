// The target `config`: texts from users. The first byte selects their purpose. The rest is the text itself, or selects
// its parts. A refused text must yield a code and a reason; an accepted one must have its documented effect.
#include <algorithm>

#include "matcher.h"
#include "raclette/log.h"
#include "targets.h"
#include "world.h"

namespace raclette::fuzz {
namespace {

constexpr const char* kOptionNames[] = {"path",
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
                                        "bufferTimeToLive",
                                        "unknown"};
constexpr const char* kValues[] = {"0",
                                   "1",
                                   "2",
                                   "-1",
                                   "0.5",
                                   "1e300",
                                   "1e999",
                                   "1000",
                                   "true",
                                   "false",
                                   "null",
                                   "\"\"",
                                   "\"/a\"",
                                   "\"a b/é?\"",
                                   "{}",
                                   "[]",
                                   R"(["polling"])",
                                   R"(["websocket","polling"])",
                                   R"(["x"])",
                                   R"({"a":"b","c":"&="})",
                                   R"({"a":1})",
                                   "\"\\ud800\""};
constexpr const char* kOrigins[] = {"\"http://h\"", "\"https://h:1/\"", "\"ftp://h\"", "\"http://\"", "\"\"", "1"};

/// Checks that a refusal has a code and a text.
bool refusal_is_told(const Outcome& outcome, std::string& broken) {
  const bool is_told = outcome.code == ErrorCode::BAD_CONFIG || outcome.code == ErrorCode::BAD_PATTERN;
  if (!is_told || outcome.text.empty()) broken = "refused without a word";
  return is_told;
}

/// A runtime with accepted options must connect, and end cleanly.
std::string create(const std::string& options) {
  Outcome outcome;
  if (Runtime::create(options, 1, outcome) == nullptr) {
    std::string broken;
    refusal_is_told(outcome, broken);
    return broken;
  }
  World world(options, 1);
  world.input(Connect{0});
  world.advance(30000);
  world.drop(world.connection, "gone");
  world.advance(30000);
  world.emit({.bytes = 10});
  world.emit({.bytes = 1e9, .wants_ack = true, .timeout = 5});
  world.finish();
  return world.oracle.broken();
}

std::string create_of_parts(Bytes& in) {
  std::string options = R"({"origin":)";
  options.append(in.below(4) == 0 ? in.one_of(kOrigins) : kOrigins[0]).append(R"(,"client":"c","socket":{)");
  for (std::size_t count = in.below(6), i = 0; i < count; ++i) {
    options.append(i == 0 ? "\"" : ",\"").append(in.one_of(kOptionNames)).append("\":").append(in.one_of(kValues));
  }
  options.append("}");
  if (in.flag()) options.append(R"(,"whitelist":[")").append(in.one_of(kPatterns)).append("\"]");
  return create(options.append("}"));
}

/// Whether `url` has an empty segment, or a `.` or `..` segment.
bool has_step(const std::string& url) {
  const std::string path = url.substr(std::string("http://").size(), url.find('?') - std::string("http://").size());
  const std::vector<std::string> segments = segments_of(path);
  return std::any_of(segments.begin(), segments.end(),
                     [](const std::string& one) { return one.empty() || one == "." || one == ".."; });
}

/// Checks the request of a query: no value leaves its segment. `slashes`: their number in the URL, for any values.
std::string request(std::uint32_t operation, std::ptrdiff_t slashes, const std::string& params) {
  World world(kSettings[0], 1);
  const std::uint32_t query = world.runtime->create_query(operation, {}).value;
  world.oracle.query_made(query);
  world.queries.push_back(query);
  const Outcome set = world.runtime->set_request(query, "", params, "");
  if (set.code != ErrorCode::OK) {
    const bool is_told = set.code == ErrorCode::BAD_ARGUMENT || set.code == ErrorCode::MISSING_PARAM;
    return is_told && !set.text.empty() ? "" : "params that are refused without a word";
  }
  world.execute(query, false, Caller::user);
  const std::string& url = world.last_url;
  const std::string path = url.substr(0, url.find('?'));
  const bool stays = std::count(path.begin(), path.end(), '/') == slashes && url.find('#') == std::string::npos;
  world.oracle.expect(stays && !has_step(url), "a value leaves its segment: ", url);
  world.finish();
  return world.oracle.broken();
}

std::string plugin(const std::string& config) {
  World world(kSettings[0], 1);
  const Outcome added = world.runtime->add_plugin(config);
  std::string broken;
  if (added.code != ErrorCode::OK && refusal_is_told(added, broken)) return broken;
  for (std::uint32_t operation = kOperations; operation < kOperations + 3; ++operation) {
    const Outcome made = world.runtime->create_query(operation, {});
    if (made.code != ErrorCode::OK) continue;
    world.oracle.query_made(made.value);
    world.queries.push_back(made.value);
    world.runtime->set_request(made.value, "/p", R"({"a":"1","_id":"2"})", "");
    world.execute(made.value, false, Caller::user);
  }
  world.finish();
  return world.oracle.broken();
}

std::string plugin_of_parts(Bytes& in) {
  static const char* const kTargets[] = {"\"/x\"", "\"x/:a\"", "\"/{_id}{a}\"", "\"{\"", "\"/:\"", "true", "\"\"", "1"};
  static const char* const kMethods[] = {"\"get\"",    "\"POST\"", "\"put\"", "\"Patch\"",
                                         "\"delete\"", "\"head\"", "\"x\"",   "1"};
  static const char* const kExtras[] = {"",
                                        R"(,"storeActionType":"dataRead")",
                                        R"(,"storeActionType":"dataMove")",
                                        R"(,"channels":[])",
                                        R"(,"channels":[{"channel":"c","channelKey":"k","prefix":"p"}])",
                                        R"(,"channels":[{"channel":"c"}])",
                                        R"(,"channels":[1])",
                                        R"(,"channels":{})"};
  static const char* const kEntities[] = {"", R"("offlineMode":true,)", R"("type":"",)", R"("type":"t",)",
                                          R"("offlineMode":1,)"};
  std::string config = R"({"pluginKey":"q","routePrefix":")";
  config.append(in.one_of(kNamespaces)).append(R"(","data":{"e":{)").append(in.one_of(kEntities));
  config.append(R"("operations":{)");
  for (std::size_t count = in.below(4), i = 0; i < count; ++i) {
    config.append(i == 0 ? "\"o" : ",\"o").append(std::to_string(i)).append(R"(":{"target":)");
    config.append(in.one_of(kTargets)).append(R"(,"method":)").append(in.one_of(kMethods));
    config.append(in.one_of(kExtras)).append("}");
  }
  return plugin(config.append("}}}}"));
}

/// Checks a pattern and a name on the bus.
std::string pattern(const std::string& pattern, const std::string& name) {
  Outcome outcome;
  const auto runtime = Runtime::create(R"({"origin":"http://h"})", 1, outcome);
  const Outcome added = runtime->bus_listen(kAllPlugins, pattern, 0, 0);
  std::vector<std::uint32_t> listeners;
  const Outcome planned = runtime->bus_plan(kAllPlugins, name, listeners);
  const bool is_name = !name.empty() && name.find('*') == std::string::npos;
  if ((planned.code == ErrorCode::OK) != is_name) return "what may be emitted, may not, or the other way round";
  if (added.code != ErrorCode::OK) {
    return added.code == ErrorCode::BAD_PATTERN || pattern.empty() ? "" : "a pattern that is refused without a code";
  }
  if (!is_name) return {};
  return listeners.empty() == hears(pattern, name) ? "the bus hears otherwise than its pattern says" : "";
}

std::string names(Bytes& in) {
  const std::string name = in.rest();
  const Outcome checked = Runtime::check_event(name);
  if (name.empty() != (checked.code == ErrorCode::BAD_ARGUMENT)) return "an empty name, or one that is taken for it";
  if (log_title(name, "t").size() < name.size()) return "a title without its plugin";
  World world(kSettings[0], 1);
  const OperationInfo info = world.runtime->operation(name, name, name);
  if (info.code == ErrorCode::OK) return "an operation that nobody declared";
  if (world.runtime->operation("p__todo", "todo", name).code == ErrorCode::UNKNOWN_ENTITY) return "a lost entity";
  if (world.runtime->operation("p__todo", "todo", "get").placeholders != "_id\npart\n") return "lost placeholders";
  world.open_namespace(name);
  world.finish();
  return world.oracle.broken();
}

std::string time(Bytes& in) {
  std::uint64_t milliseconds = 0;
  for (int i = 0; i < 8; ++i) milliseconds = milliseconds << 8 | in.byte();
  const std::string text = log_time(static_cast<std::int64_t>(milliseconds));
  return text.size() < std::string("21.04.2026 - 17:30:40:615").size() ? "a time that lacks something" : "";
}

}  // namespace

std::string fuzz_config(Input input) {
  Bytes in(input);
  switch (in.below(8)) {
    case 0:
      return create(in.rest());
    case 1:
      return create_of_parts(in);
    case 2:
      return plugin(in.rest());
    case 3:
      return plugin_of_parts(in);
    case 4:
      return in.flag() ? request(5, 6, in.rest()) : request(2, 5, in.rest());
    case 5: {
      const std::string first = in.raw();
      return pattern(first, in.rest());
    }
    case 6:
      return names(in);
    default:
      return time(in);
  }
}

}  // namespace raclette::fuzz
