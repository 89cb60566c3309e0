// Writes effects as words, so that the binding reads them without a call per field:
//   [kind, a, b, c, d, e, text offset, text length]
// `kind` is the effect's index in the variant. Strings stand in `text` as UTF-8; an effect with several joins
// them and says in fields how long all but the last are.
#include "instances.h"

namespace raclette::bindings {
namespace {

class Writer {
 public:
  explicit Writer(Instance& instance) : instance_(instance) {}

  void operator()(const OpenTransport& e) { row({e.connection, word(e.kind)}, e.url); }
  void operator()(const CloseTransport& e) { row({e.connection}); }
  void operator()(const SendPacket& e) { row({e.connection, e.payload}, e.head); }
  void operator()(const ReleasePayload& e) { row({e.payload}); }
  void operator()(const AskAuth& e) { row({e.request, e.space}, e.reason); }
  void operator()(const StatusChanged& e) { row({e.space, word(e.status), word(e.code), word(e.recovered)}, e.text); }
  void operator()(const AckFailed& e) { row({e.ack, word(e.code)}); }
  void operator()(const StartFetch& e) {
    const auto split = static_cast<std::uint32_t>(e.method.size());
    row({e.fetch, e.query, e.body, word(e.renew_auth) | (split << 1), word(e.key.size())}, e.method + e.key + e.url);
  }
  void operator()(const AbortFetch& e) { row({e.fetch}); }
  void operator()(const QueryLoading& e) { row({e.query, e.execution}); }
  void operator()(const QuerySettled& e) {
    const std::uint32_t flags = (e.apply ? 1u : 0u) | (e.loading ? 2u : 0u) | (e.announce ? 4u : 0u);
    row({e.query, e.execution, word(e.code) | (e.status << 8), e.response, flags});
  }
  void operator()(const ReleaseResponse& e) { row({e.response}); }
  void operator()(const ListenerExpired& e) { row({e.listener}); }
  void operator()(const ReportError& e) { row({word(e.code)}, e.detail); }
  void operator()(const PauseTransport& e) { row({e.connection}); }
  void operator()(const IdentifyTransport& e) { row({e.connection, static_cast<std::uint32_t>(e.max_payload)}, e.url); }
  void operator()(const EarlyFrames& e) { row({e.space, e.connection, word(e.keep)}); }
  void operator()(const BufferChanged& e) { row({e.count, e.bytes}); }

  void operator()(const KeepMutation& e) { row({e.query, e.execution, e.order}, e.key); }
  void operator()(const ForgetMutation& e) { row({}, e.key); }
  void operator()(const EmitOver& e) { row({e.emit}); }

  void begin(std::size_t kind) { instance_.words.push_back(static_cast<std::uint32_t>(kind)); }

 private:
  template <class T>
  static std::uint32_t word(T value) {
    return static_cast<std::uint32_t>(value);
  }

  void row(std::initializer_list<std::uint32_t> fields, std::string_view text = {}) {
    instance_.words.insert(instance_.words.end(), fields);
    instance_.words.resize(instance_.words.size() + kEffectWords - 3 - fields.size(), 0);
    instance_.words.push_back(static_cast<std::uint32_t>(instance_.text.size()));
    instance_.words.push_back(static_cast<std::uint32_t>(text.size()));
    instance_.text.append(text);
  }

  Instance& instance_;
};

}  // namespace

std::uint32_t write_effects(Instance& instance) {
  instance.runtime->drain(instance.effects);
  instance.words.clear();
  instance.text.clear();
  Writer writer(instance);
  for (const Effect& effect : instance.effects) {
    writer.begin(effect.index());
    std::visit(writer, effect);
  }
  return static_cast<std::uint32_t>(instance.effects.size());
}

}  // namespace raclette::bindings
