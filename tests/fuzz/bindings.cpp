// The target `bindings`: every exported function, with valid, stale and invented handles, wrong lengths, texts of any
// bytes, and numbers such as NaN. This file includes the sources, so each call is checked against its definition. The
// records that the module writes for the binding must be consistent.
#include <array>

#include "../../wasm/bindings/embind.cpp"
#include "../../wasm/bindings/exports.cpp"
#include "targets.h"
#include "texts.h"

namespace raclette::fuzz {
namespace {

namespace abi = raclette::bindings;

/// For each kind of effect, which of its fields are texts.
template <std::size_t... kKinds>
auto fields_of(std::index_sequence<kKinds...>) {
  std::array<std::vector<bool>, sizeof...(kKinds)> all;
  const auto list = [](auto effect, std::vector<bool>& texts) {
    abi::each_field(effect, [&](auto& field) { texts.push_back(std::is_same_v<decltype(field), std::string&>); });
  };
  (list(std::variant_alternative_t<kKinds, Effect>{}, all[kKinds]), ...);
  return all;
}

/// The index of a kind of effect.
template <class Kind, std::size_t kAt = 0>
constexpr std::size_t index_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<kAt, Effect>, Kind>) {
    return kAt;
  } else {
    return index_of<Kind, kAt + 1>();
  }
}

class Boundary {
 public:
  explicit Boundary(Input input) : in_(input) {}

  std::string run() {
    scratch = {};
    rac_bind();
    make_runtime();
    for (int calls = 0; calls < 300 && !in_.over() && broken_.empty(); ++calls) {
      call();
      read();
    }
    expect(rac_census(handles_.back()) == words(handles_.back()), "a census of another size");
    for (std::uint32_t handle = 0; handle < 300; ++handle) rac_dispose(handle);
    if (broken_.empty() && rac_census(handles_.back()) != 0) broken_ = "a runtime that was disposed of answers";
    return broken_;
  }

 private:
  void expect(bool holds, const char* rule) {
    if (!holds && broken_.empty()) broken_ = rule;
  }

  std::uint32_t handle() {
    const std::size_t which = in_.below(12);
    if (which < 8 || handles_.empty()) return handles_.empty() ? 1 : handles_.back();
    return which < 10 ? handles_[which % handles_.size()] : in_.word();
  }
  /// An object that a call returned, or any number.
  std::uint32_t object() {
    const std::size_t which = in_.byte();
    return objects_.empty() || which >= 0xF0 ? in_.word() : objects_[objects_.size() - 1 - which % objects_.size()];
  }
  /// Mostly the object (a connection, a request) of the last effect of a kind.
  template <class Kind>
  std::uint32_t named() {
    return in_.below(4) == 0 ? in_.word() : named_[index_of<Kind>()];
  }
  /// A clock that advances, or a broken one with any time.
  double now() {
    const std::uint8_t passed = in_.byte();
    if (passed >= 250) return in_.number();
    return clock_ += passed * 20;
  }
  std::string text() { return in_.raw(80); }

  void make_runtime() {
    const std::string options = in_.below(8) == 7 ? text() : in_.one_of(kSettings);
    if (abi::create_runtime(options, in_.number()) == 0) handles_.push_back(rac_answer()->value);
    if (handles_.empty()) handles_.push_back(0);
    abi::add_plugin(handles_.back(), in_.flag() ? kPlugin : text());
  }

  /// Writes a text where the binding would. Returns its length, which may be wrong.
  std::uint32_t write(const std::u16string& given) {
    const auto units = static_cast<std::uint32_t>(given.size());
    auto* const area = const_cast<char16_t*>(rac_scratch(units));
    std::copy(given.begin(), given.end(), area);
    return in_.below(8) == 0 ? in_.word() : units;
  }

  std::u16string frame() {
    std::string given = in_.one_of(kPackets);
    given.append(in_.one_of(kFrameNamespaces)).append(in_.flag() ? "[\"" : "");
    given.append(in_.one_of(kEvents)).append("\"").append(in_.one_of(kArguments));
    if (in_.below(16) == 0) given.append(in_.below(256) * 300, 'a');
    if (in_.below(4) == 0) given = text();
    if (in_.below(4) == 0) given = std::string("0").append(in_.one_of(kHandshakes));
    return widened(given);
  }

  /// Writes settings: an array of doubles.
  void write_settings() {
    auto* at = const_cast<char16_t*>(rac_scratch(abi::kScratchUnits));
    for (std::size_t i = 0; i < abi::field_count<QuerySettings>(); ++i) {
      const double number = in_.number();
      std::memcpy(at, &number, sizeof number);
      at += sizeof number / sizeof *at;
    }
  }

  void call() {
    const std::uint8_t which = in_.byte();
    if (which < 60) return call_frames(which % 8);
    if (which < 130) return call_inputs(which % 16);
    if (which < 200) return call_control(which % 16);
    call_data(which % 17);
  }

  void call_frames(int which) {
    const std::uint32_t to = handle();
    const std::uint32_t connection = named<OpenTransport>();
    switch (which) {
      case 0:
      case 1:
      case 2: {
        const std::u16string given = frame();
        const std::uint32_t length = write(given);
        const auto total = static_cast<std::uint32_t>(in_.below(4) == 0 ? in_.word() : given.size());
        expect((rac_text_frame(to, connection, length, total, in_.number(), now()) & 7) <= 6, "a route of no kind");
        return;
      }
      case 3:
        if (in_.flag()) return void(rac_event_frame(to, connection, write(frame())));
        return call_again(to, connection);
      case 4:
        return void(rac_text_tail(to, write(frame())));
      case 5:
        return void(rac_binary_frame(to, connection, now()));
      case 6:
        expect(rac_plan(to, in_.flag() ? static_cast<std::uint32_t>(rac_route()->plan) : in_.word()) == words(to),
               "a plan of another size");
        return;
      default:
        return void(rac_plan_name(to, in_.word(), in_.word()));
    }
  }

  /// Repeats an event by its plan, sometimes with a plan or version that no route returned.
  void call_again(std::uint32_t to, std::uint32_t connection) {
    const auto plan = in_.below(4) == 0 ? in_.word() : static_cast<std::uint32_t>(rac_route()->plan);
    const auto version = in_.below(4) == 0 ? in_.word() : static_cast<std::uint32_t>(rac_route()->plan_version);
    expect((rac_event_again(to, connection, plan, version) & 7) <= 2, "a route of no kind");
  }

  void call_inputs(int which) {
    const std::uint32_t to = handle();
    switch (which) {
      case 0:
      case 1:
        return rac_tick(to, now());
      case 2:
        return rac_connect(to, in_.flag() ? 0 : object(), now());
      case 3:
        return rac_disconnect(to, in_.flag() ? 0 : object(), now());
      case 4:
        return rac_close_namespace(to, object(), now());
      case 5:
        return rac_lifecycle(to, in_.byte(), now());
      case 6:
        return rac_transport_paused(to, named<PauseTransport>(), now());
      case 7:
      case 8:
        return rac_transport_opened(to, named<OpenTransport>(), in_.number(), now());
      case 9:
      case 10:
        return rac_auth_ready(to, named<AskAuth>(), in_.word(), now());
      case 11:
        return rac_fetch_done(to, named<StartFetch>(), in_.word(), in_.word(), in_.number(), in_.number(), now());
      case 12:
        return rac_fetch_failed(to, named<StartFetch>(), in_.word(), in_.word(), in_.word(), in_.number(), now());
      case 13:
        return rac_end_sessions(to, now());
      case 14:
        return rac_reset(to, in_.byte(), now());
      default:
        return rac_restore_sessions(to, now());
    }
  }

  void call_control(int which) {
    const std::uint32_t to = handle();
    switch (which) {
      case 0:
        return make_runtime();
      case 1:
        return rac_dispose(to);
      case 2:
        return answered(abi::plugin(to, text()));
      case 3:
        return answered(abi::open_namespace(to, text_of(in_, kNamespaces)));
      case 4:
        return answered(abi::listen(to, in_.flag() ? 0 : object(), object(), text_of(in_, kKeys), in_.byte()));
      case 5:
        return answered(abi::check_event(text()));
      case 6:
        return answered(abi::bus_listen(to, in_.word(), text_of(in_, kPatterns), in_.number(), now()));
      case 7:
        answered(abi::bus_plan(to, in_.word(), text_of(in_, kPatterns)));
        return;
      case 8:
        return answered(abi::operation(to, in_.flag() ? "p__todo" : text(), in_.flag() ? "todo" : "note",
                                       in_.flag() ? "get" : text()));
      case 9:
        return void(abi::transport_closed(to, named<OpenTransport>(), text(), now()));
      case 10:
        return void(abi::payload_refused(to, named<OpenTransport>(), text(), now()));
      case 11:
        return void(abi::auth_failed(to, named<AskAuth>(), text(), in_.byte(), now()));
      case 12:
        return void(abi::connect_error(to, in_.flag() ? 0 : object(), text(), now()));
      case 13:
        return answered(in_.flag() ? abi::log_title_of(text(), text()) : abi::log_time_of(in_.number()));
      case 14:
        if (in_.flag()) return void(rac_listen(to, in_.flag() ? 0 : object(), object(), object(), in_.flag()));
        return void(rac_unlisten(to, in_.flag() ? 0 : object(), object()));
      default:
        if (in_.flag()) return void(rac_bus_listen(to, object(), in_.number(), now()));
        return void(rac_bus_unlisten(to, object()));
    }
  }

  void call_data(int which) {
    const std::uint32_t to = handle();
    switch (which) {
      case 0:
      case 1:
        write_settings();
        return answered(rac_create_query(to, in_.word()));
      case 2:
        write_settings();
        return rac_configure_query(to, object(), now());
      case 3:
        return answered(abi::set_request(to, object(), text(), text_of(in_, kParams), text_of(in_, kVariants)));
      case 4:
      case 5:
        return keep(rac_execute(to, object(), in_.word(), in_.word(), now()));
      case 6:
        return in_.flag() ? void(rac_reuse(to, object(), now())) : void(rac_joined(to, object()));
      case 7:
        return rac_resume_query(to, object(), in_.byte(), in_.word(), now());
      case 8:
        return rac_abort_query(to, object(), now());
      case 9:
        return rac_dispose_query(to, object(), now());
      case 10:
        return in_.flag() ? rac_drop_mutation(to, in_.word(), now()) : rac_retry_mutation(to, in_.word(), now());
      case 11:
        return answered(abi::refetch_on_event(to, object(), object(), text_of(in_, kKeys)));
      case 12:
        return answered(abi::restore(to, object(), in_.word(), text(), now()));
      case 13:
        return emit(to);
      case 14:
        return void(rac_cancel_emit(to, object()));
      case 15:
        return rac_clear_emits(to, in_.flag() ? 0 : object());
      default:
        return rac_reply(to, in_.flag() ? 0 : object(), in_.number(), in_.word(), in_.word());
    }
  }

  void emit(std::uint32_t to) {
    const std::uint8_t how = in_.byte();
    const double number = rac_emit(to, in_.flag() ? 0 : object(), in_.word(), in_.word(), in_.number(), how & 1,
                                   how & 2, in_.number(), in_.word(), how & 4, in_.number(), now());
    expect(number >= -1 && number <= 0xFFFFFFFF, "an emit of no number");
    if (number > 0) keep(static_cast<std::uint32_t>(number));
  }

  void keep(std::uint32_t object) {
    if (object != 0 && objects_.size() < 200) objects_.push_back(object);
  }

  /// Checks a control call's answer: a known code, and a complete text.
  void answered(int code) {
    const abi::AnswerWords& answer = *rac_answer();
    expect(!error_name(static_cast<ErrorCode>(code)).empty(), "a code that is none");
    const std::string copy(answer.text, answer.length);
    if (code == 0) keep(answer.value);
  }

  [[nodiscard]] static std::size_t words(std::uint32_t of) {
    const abi::Instance* instance = abi::find_instance(of);
    return instance == nullptr ? 0 : instance->words.size();
  }

  /// Does what the binding does after a call: drains the effects, and reads the next timeout.
  void read() {
    for (const std::uint32_t of : handles_) {
      const bool is_busy = rac_is_busy(of) != 0;
      const std::uint32_t count = rac_drain(of);
      const abi::Instance* instance = abi::find_instance(of);
      if (instance == nullptr) {
        expect(!is_busy && count == 0 && rac_words(of) == nullptr && rac_text(of) == nullptr, "a runtime that is gone");
        continue;
      }
      if (count > 0) read_effects(*instance, rac_words(of), count);
      const double next = rac_next_timeout(of);
      expect(rac_is_busy(of) == 0 || next != next, "busy, though all was told");
    }
  }

  void read_effects(const abi::Instance& instance, const std::uint32_t* at, std::uint32_t count) {
    static const auto kFields = fields_of(std::make_index_sequence<std::variant_size_v<Effect>>());
    const std::uint32_t* const end = at + instance.words.size();
    std::size_t text = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (end - at < 2 || *at >= kFields.size()) return expect(false, "an effect of no kind");
      named_[*at] = at[1];
      const std::vector<bool>& fields = kFields[*at++];
      if (static_cast<std::size_t>(end - at) < fields.size())
        return expect(false, "an effect without all of its fields");
      for (const bool is_text : fields) text += is_text ? *at++ : (++at, 0);
    }
    expect(at == end && text == instance.text.size(), "words or text beyond the effects");
  }

  Bytes in_;
  std::vector<std::uint32_t> handles_;
  std::vector<std::uint32_t> objects_;
  std::array<std::uint32_t, std::variant_size_v<Effect>> named_{};
  double clock_ = 0;
  std::string broken_;
};

}  // namespace

std::string fuzz_bindings(Input input) { return Boundary(input).run(); }

}  // namespace raclette::fuzz
