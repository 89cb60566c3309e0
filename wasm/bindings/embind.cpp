// Control calls: registrations with strings. They are free functions that take numbers and strings and return an error
// code; `rac_answer` returns the rest of the answer. Only these calls use embind, so js-glue/core/embind.ts replaces
// its JavaScript, which would be a quarter of the package's.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include "instances.h"
#include "raclette/log.h"

namespace raclette::bindings {
namespace {

/// Answers with a text and without an error.
int text_answer(std::string text) { return answer({ErrorCode::OK, 0, std::move(text)}); }

template <class Input>
int input(std::uint32_t handle, const Input& input, double now) {
  return on(handle, [&](Instance& instance) {
    instance.runtime->handle(input, now);
    return Outcome{};
  });
}

/// Value: the runtime.
int create_runtime(const std::string& options, double seed) {
  Outcome outcome;
  auto runtime = Runtime::create(options, whole<std::uint64_t>(seed), outcome);
  if (runtime != nullptr) outcome.value = add_instance(std::move(runtime));
  return answer(std::move(outcome));
}

int add_plugin(std::uint32_t handle, const std::string& config) {
  return on(handle, [&](Instance& instance) { return instance.runtime->add_plugin(config); });
}

int plugin(std::uint32_t handle, const std::string& plugin_key) {
  return on(handle, [&](Instance& instance) {
    return Outcome{ErrorCode::OK, instance.runtime->plugin(plugin_key), {}};
  });
}

int open_namespace(std::uint32_t handle, const std::string& nsp) {
  return on(handle, [&](Instance& instance) { return instance.runtime->open_namespace(nsp); });
}

/// Value: the listener, for `rac_unlisten` and `rac_listen`.
int listen(std::uint32_t handle, std::uint32_t nsp_id, std::uint32_t scope, const std::string& channel_key,
           std::uint32_t wants_payload) {
  return on(handle, [&](Instance& instance) {
    return instance.runtime->listen(nsp_id, scope, channel_key, wants_payload != 0);
  });
}

int check_event(const std::string& name) { return answer(Runtime::check_event(name)); }

/// Value: the registration, for `rac_unlisten`.
int refetch_on_event(std::uint32_t handle, std::uint32_t query, std::uint32_t scope, const std::string& channel_key) {
  return on(handle, [&](Instance& instance) { return instance.runtime->refetch_on_event(query, scope, channel_key); });
}

/// Value: the listener, for `rac_bus_unlisten` and `rac_bus_listen`.
int bus_listen(std::uint32_t handle, std::uint32_t bus, const std::string& pattern, double lifetime, double now) {
  return on(handle, [&](Instance& instance) { return instance.runtime->bus_listen(bus, pattern, lifetime, now); });
}

/// Value: the number of listeners, which `rac_words` points to.
int bus_plan(std::uint32_t handle, std::uint32_t bus, const std::string& name) {
  return on(handle, [&](Instance& instance) {
    Outcome outcome = instance.runtime->bus_plan(bus, name, instance.words);
    outcome.value = static_cast<std::uint32_t>(instance.words.size());
    return outcome;
  });
}

/// Value: the operation's number, shifted past its OperationFlags. Text: its placeholders, each followed by a newline;
/// after a failure, the existing names.
int operation(std::uint32_t handle, const std::string& plugin_key, const std::string& entity, const std::string& name) {
  return on(handle, [&](Instance& instance) {
    OperationInfo info = instance.runtime->operation(plugin_key, entity, name);
    if (info.code != ErrorCode::OK) return Outcome{info.code, 0, std::move(info.text)};
    const std::uint32_t is_read = info.is_read ? static_cast<std::uint32_t>(OperationFlag::is_read) : 0;
    const std::uint32_t has_body = info.has_body ? static_cast<std::uint32_t>(OperationFlag::has_body) : 0;
    const std::uint32_t value = info.operation << kOperationFlagBits | is_read | has_body;
    return Outcome{ErrorCode::OK, value, std::move(info.placeholders)};
  });
}

int set_request(std::uint32_t handle, std::uint32_t query, const std::string& path, const std::string& params,
                const std::string& variant) {
  return on(handle, [&](Instance& instance) { return instance.runtime->set_request(query, path, params, variant); });
}

/// Value: the execution.
int restore(std::uint32_t handle, std::uint32_t query, std::uint32_t body, const std::string& key, double now) {
  return on(handle, [&](Instance& instance) {
    return Outcome{ErrorCode::OK, instance.runtime->restore(query, body, key, now), {}};
  });
}

int transport_closed(std::uint32_t handle, std::uint32_t connection, const std::string& detail, double now) {
  return input(handle, TransportClosed{.connection = connection, .detail = detail}, now);
}

int payload_refused(std::uint32_t handle, std::uint32_t connection, const std::string& detail, double now) {
  return input(handle, PayloadRefused{.connection = connection, .detail = detail}, now);
}

int auth_failed(std::uint32_t handle, std::uint32_t request, const std::string& detail, std::uint32_t is_transient,
                double now) {
  return input(handle, AuthFailed{.request = request, .detail = detail, .is_transient = is_transient != 0}, now);
}

int connect_error(std::uint32_t handle, std::uint32_t nsp_id, const std::string& message, double now) {
  return input(handle, ConnectError{.nsp_id = nsp_id, .message = message}, now);
}

int log_title_of(const std::string& plugin_key, const std::string& title) {
  return text_answer(log_title(plugin_key, title));
}

int log_time_of(double local_ms) { return text_answer(log_time(whole<std::int64_t>(local_ms))); }

void bind() {
  emscripten::function("createRuntime", &create_runtime);
  emscripten::function("addPlugin", &add_plugin);
  emscripten::function("plugin", &plugin);
  emscripten::function("namespace", &open_namespace);
  emscripten::function("listen", &listen);
  emscripten::function("checkEvent", &check_event);
  emscripten::function("refetchOnEvent", &refetch_on_event);
  emscripten::function("busListen", &bus_listen);
  emscripten::function("busPlan", &bus_plan);
  emscripten::function("operation", &operation);
  emscripten::function("setRequest", &set_request);
  emscripten::function("restore", &restore);
  emscripten::function("transportClosed", &transport_closed);
  emscripten::function("payloadRefused", &payload_refused);
  emscripten::function("authFailed", &auth_failed);
  emscripten::function("connectError", &connect_error);
  emscripten::function("logTitle", &log_title_of);
  emscripten::function("logTime", &log_time_of);
}

}  // namespace
}  // namespace raclette::bindings

/// Registers all functions above. link.ts calls it once. EMSCRIPTEN_BINDINGS is not used, because some versions of
/// Emscripten then require embind's own JavaScript.
extern "C" EMSCRIPTEN_KEEPALIVE void rac_bind() { raclette::bindings::bind(); }
