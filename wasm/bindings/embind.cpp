// The control plane: what is called once per registration, with strings. Free functions and value objects only;
// classes would cost more JavaScript than all of the rest.
#include <emscripten/bind.h>

#include "instances.h"
#include "raclette/log.h"

namespace raclette::bindings {
namespace {

/// The same for every call on a runtime that is gone.
Outcome gone() { return {ErrorCode::DISPOSED, 0, "the runtime"}; }

/// An Outcome with the code as a number.
struct Answer {
  int code;
  std::uint32_t value;
  std::string text;
};

Answer answer(Outcome outcome) { return {static_cast<int>(outcome.code), outcome.value, std::move(outcome.text)}; }

struct OperationAnswer {
  int code;
  std::uint32_t operation;
  bool isRead;
  bool hasBody;
  bool targetIsFunction;
  std::string placeholders;
  std::string text;
};

struct PlanNames {
  std::string channel;
  std::string key;
  std::string prefix;
};

Answer create_runtime(const std::string& options, double seed) {
  Outcome outcome;
  auto runtime = Runtime::create(options, static_cast<std::uint64_t>(seed), outcome);
  if (runtime != nullptr) outcome.value = add_instance(std::move(runtime));
  return answer(std::move(outcome));
}

Answer add_plugin(std::uint32_t handle, const std::string& config) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->add_plugin(config));
}

Answer plugin(std::uint32_t handle, const std::string& plugin_key) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : Outcome{ErrorCode::OK, instance->runtime->plugin(plugin_key), {}});
}

Answer space(std::uint32_t handle, const std::string& nsp) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : Outcome{ErrorCode::OK, instance->runtime->space(nsp), {}});
}

Answer listen(std::uint32_t handle, std::uint32_t space, std::uint32_t scope, const std::string& channel_key) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->listen(space, scope, channel_key));
}

PlanNames plan_names(std::uint32_t handle, std::uint32_t plan) {
  Instance* instance = find_instance(handle);
  if (instance == nullptr) return {};
  const ChannelPlanView view = instance->runtime->plan(plan);
  return {std::string(view.channel), std::string(view.key), std::string(view.prefix)};
}

Answer event_name(std::uint32_t handle, const std::string& name) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->event_name(name));
}

Answer bus_listen(std::uint32_t handle, std::uint32_t bus, const std::string& pattern, double lifetime, double now) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->bus_listen(bus, pattern, lifetime, now));
}

/// `value`: how many listeners; `rac_words` tells where they stand.
Answer bus_plan(std::uint32_t handle, std::uint32_t bus, const std::string& name) {
  Instance* instance = find_instance(handle);
  if (instance == nullptr) return answer(gone());
  Outcome outcome = instance->runtime->bus_plan(bus, name, instance->words);
  outcome.value = static_cast<std::uint32_t>(instance->words.size());
  return answer(std::move(outcome));
}

OperationAnswer operation(std::uint32_t handle, const std::string& plugin_key, const std::string& entity,
                          const std::string& name) {
  Instance* instance = find_instance(handle);
  OperationInfo info;
  info.code = ErrorCode::DISPOSED;
  if (instance != nullptr) info = instance->runtime->operation(plugin_key, entity, name);
  return {static_cast<int>(info.code), info.operation,    info.is_read, info.has_body,
          info.target_is_function,     info.placeholders, info.text};
}

Answer create_query(std::uint32_t handle, std::uint32_t operation, const QuerySettings& settings) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->create_query(operation, settings));
}

Answer set_request(std::uint32_t handle, std::uint32_t query, const std::string& path, const std::string& params,
                   const std::string& variant) {
  Instance* instance = find_instance(handle);
  return answer(instance == nullptr ? gone() : instance->runtime->set_request(query, path, params, variant));
}

std::uint32_t restore(std::uint32_t handle, std::uint32_t query, std::uint32_t body, const std::string& key,
                      double now) {
  Instance* instance = find_instance(handle);
  return instance == nullptr ? 0 : instance->runtime->restore(query, body, key, now);
}

void transport_closed(std::uint32_t handle, std::uint32_t connection, const std::string& detail, double now) {
  if (Instance* instance = find_instance(handle)) instance->runtime->handle(TransportClosed{connection, detail}, now);
}

void payload_refused(std::uint32_t handle, std::uint32_t connection, const std::string& detail, double now) {
  if (Instance* instance = find_instance(handle)) instance->runtime->handle(PayloadRefused{connection, detail}, now);
}

void auth_failed(std::uint32_t handle, std::uint32_t request, const std::string& detail, double now) {
  if (Instance* instance = find_instance(handle)) instance->runtime->handle(AuthFailed{request, detail}, now);
}

/// Name of an error code by its number, so that the binding's table of sentences can be held against the core's.
std::string error_name_of(int code) { return std::string(error_name(static_cast<ErrorCode>(code))); }

std::string log_title_of(const std::string& plugin_key, const std::string& title) {
  return log_title(plugin_key, title);
}

std::string log_time_of(double local_ms) { return log_time(static_cast<std::int64_t>(local_ms)); }

/// Live objects: socket listeners, bus listeners, timers, queries, requests, reads, emits.
std::string census(std::uint32_t handle) {
  Instance* instance = find_instance(handle);
  if (instance == nullptr) return "[]";
  const Runtime::Census census = instance->runtime->census();
  std::string out = "[";
  for (const std::size_t count : {census.socket_listeners, census.bus_listeners, census.timers, census.queries,
                                  census.flights, census.reads, census.emits}) {
    if (out.size() > 1) out.push_back(',');
    out.append(std::to_string(count));
  }
  return out + "]";
}

}  // namespace

EMSCRIPTEN_BINDINGS(raclette) {
  emscripten::value_object<Answer>("Answer")
      .field("code", &Answer::code)
      .field("value", &Answer::value)
      .field("text", &Answer::text);
  emscripten::value_object<OperationAnswer>("OperationAnswer")
      .field("code", &OperationAnswer::code)
      .field("operation", &OperationAnswer::operation)
      .field("isRead", &OperationAnswer::isRead)
      .field("hasBody", &OperationAnswer::hasBody)
      .field("targetIsFunction", &OperationAnswer::targetIsFunction)
      .field("placeholders", &OperationAnswer::placeholders)
      .field("text", &OperationAnswer::text);
  emscripten::value_object<PlanNames>("PlanNames")
      .field("channel", &PlanNames::channel)
      .field("key", &PlanNames::key)
      .field("prefix", &PlanNames::prefix);
  emscripten::value_object<QuerySettings>("QuerySettings")
      .field("useCache", &QuerySettings::use_cache)
      .field("notify", &QuerySettings::notify)
      .field("refetchOnReconnect", &QuerySettings::refetch_on_reconnect)
      .field("refetchOnFocus", &QuerySettings::refetch_on_focus)
      .field("timeout", &QuerySettings::timeout)
      .field("retry", &QuerySettings::retry)
      .field("debounce", &QuerySettings::debounce)
      .field("refetchInterval", &QuerySettings::refetch_interval);
  emscripten::function("createRuntime", &create_runtime);
  emscripten::function("addPlugin", &add_plugin);
  emscripten::function("plugin", &plugin);
  emscripten::function("space", &space);
  emscripten::function("listen", &listen);
  emscripten::function("planNames", &plan_names);
  emscripten::function("eventName", &event_name);
  emscripten::function("busListen", &bus_listen);
  emscripten::function("busPlan", &bus_plan);
  emscripten::function("operation", &operation);
  emscripten::function("createQuery", &create_query);
  emscripten::function("setRequest", &set_request);
  emscripten::function("restore", &restore);
  emscripten::function("transportClosed", &transport_closed);
  emscripten::function("payloadRefused", &payload_refused);
  emscripten::function("authFailed", &auth_failed);
  emscripten::function("errorName", &error_name_of);
  emscripten::function("logTitle", &log_title_of);
  emscripten::function("logTime", &log_time_of);
  emscripten::function("census", &census);
}

}  // namespace raclette::bindings
