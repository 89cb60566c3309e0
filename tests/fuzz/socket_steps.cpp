#include "steps.h"

namespace raclette::fuzz {
namespace {

std::uint32_t choose_namespace(World& world, Bytes& in) { return choose(world.namespaces, in, in.word()); }

ConnectionId choose_connection(World& world, Bytes& in) {
  const std::size_t back = in.below(8);
  return back < 4 ? world.connection : world.connection + 2 - static_cast<ConnectionId>(back - 3);
}

/// Sends a packet of well-formed parts, in any combination.
void packet(World& world, Bytes& in) {
  std::string frame = in.one_of(kPackets);
  frame.append(in.one_of(kFrameNamespaces));
  const std::size_t id = in.below(4);
  if (id == 1) frame.append(choose(world.ack_ids, in, std::string("99")));
  if (id == 2) frame.append(std::to_string(in.byte()));
  const std::size_t event = in.below(std::size(kEvents) + 2);
  if (event < std::size(kEvents)) frame.append("[\"").append(kEvents[event]).append("\"");
  frame.append(in.one_of(kArguments));
  world.text(choose_connection(world, in), widened(frame));
}

/// Sends a packet that begins or ends the session of a namespace.
void control(World& world, Bytes& in) {
  static const char* const kPayloads[] = {"", R"({"sid":"s"})", R"({"sid":"s","pid":"p"})", R"({"message":"no"})"};
  static const char* const kTypes[] = {"40", "41", "44", "44"};
  const std::string type = in.one_of(kTypes);
  const std::string nsp = in.flag() ? "" : in.one_of(kFrameNamespaces);
  world.text(type + nsp + (type == "41" ? "" : in.one_of(kPayloads)));
}

/// Sends a typical event.
void event(World& world, Bytes& in) {
  std::string frame = "42";
  frame.append(in.flag() ? "" : in.one_of(kFrameNamespaces)).append("[\"").append(in.one_of(kEvents)).append("\"");
  world.text(frame.append(in.flag() ? in.one_of(kArguments) : ",1]"));
}

/// Sends 300 events with different names.
void many_events(World& world, Bytes& in) {
  const std::string frame = "42[\"x--" + std::to_string(in.byte());
  for (int i = 0; i < 300; ++i) world.text(frame + std::to_string(i) + "\",1]");
}

void raw_frame(World& world, Bytes& in) {
  const std::u16string frame = widened(in.raw());
  if (in.flag()) return world.text(world.connection, frame);
  world.text_head(frame, in.byte() % (frame.size() + 1));
}

/// Sends a frame around the length limit of a buffer.
void long_frame(World& world, Bytes& in) {
  static const std::size_t kLengths[] = {500, 1023, 1025, 65530, 65536, 70000};
  std::u16string frame = widened(in.one_of(kPackets));
  const std::u16string begin = widened(in.raw(40));
  frame.append(begin).append(in.one_of(kLengths), static_cast<char16_t>(in.flag() ? u'a' : in.byte()));
  world.text(world.connection, frame.append(widened(in.one_of(kArguments))));
}

/// Sends an ack of an emit.
void answer(World& world, Bytes& in) {
  const std::string head = in.below(4) == 0 ? "461-" : "43";
  const std::string nsp = in.flag() ? "" : in.one_of(kFrameNamespaces);
  world.text(head + nsp + choose(world.ack_ids, in, std::string("1")) + in.one_of(kArguments));
}

void change_server(World& world, Bytes& in) {
  const std::uint8_t behaviour = in.byte();
  world.opens = (behaviour & 1) == 0;
  world.shakes = (behaviour & 2) == 0;
  world.authorizes = (behaviour & 4) == 0;
  world.accepts = (behaviour & 8) == 0;
  world.answers = (behaviour & 16) != 0;
  world.handshake = in.one_of(kHandshakes);
  world.session = in.one_of(kSessions);
}

void credentials(World& world, Bytes& in) {
  const std::uint32_t request = choose(world.asks, in, in.word());
  const std::size_t how = in.below(4);
  if (how == 0) return world.input(AuthReady{request, 0});
  if (how == 1) return world.input(AuthReady{request, world.new_payload()});
  world.input(AuthFailed{request, in.raw(8), how == 2});
}

void listen(World& world, Bytes& in) {
  const std::uint32_t nsp_id = choose_namespace(world, in);
  const std::uint32_t plugin = in.flag() ? kAllPlugins : world.runtime->plugin(in.flag() ? "p__todo" : in.raw(8));
  world.act([&] { return world.runtime->listen(nsp_id, plugin, text_of(in, kKeys)); },
            [&](const Outcome& added) {
              if (added.code != ErrorCode::OK) return;
              world.oracle.listens(nsp_id, added.value);
              world.listeners.emplace_back(nsp_id, added.value);
            });
}

void unlisten(World& world, Bytes& in) {
  const auto [nsp_id, listener] = choose(world.listeners, in, {in.word(), in.word()});
  world.unlisten(nsp_id, listener);
}

void emit(World& world, Bytes& in) {
  OutgoingEvent event;
  const std::uint8_t how = in.byte();
  event.nsp_id = choose_namespace(world, in);
  event.attachments = (how & 1) != 0 ? in.word() : 0;
  event.wants_ack = (how & 2) != 0;
  event.is_volatile = (how & 12) == 4;
  event.is_ordered = (how & 16) != 0;
  event.retries = (how & 32) != 0 ? in.byte() : 0;
  event.timeout = (how & 64) != 0 ? in.number() : 0;
  event.bytes = (how & 128) != 0 ? in.number() : 10;
  event.wall = in.below(4) == 0 ? in.number() : world.wall();
  world.emit(event);
}

void change_user(World& world, Bytes& in) {
  const std::uint8_t what = in.byte();
  if ((what & 1) == 0) world.act([&] { world.runtime->end_sessions(world.now); });
  if ((what & 2) == 0) {
    world.act([&] { world.runtime->reset((what & 8) != 0, world.now); }, [&] { world.oracle.was_reset(); });
  }
  if ((what & 4) == 0) world.act([&] { world.runtime->restore_sessions(world.now); });
}

/// Reads a plan by its number, which may be invalid.
void plan(World& world, Bytes& in) {
  const ChannelPlanView view = world.runtime->plan(in.word() ^ (static_cast<std::uint32_t>(in.byte()) << 20));
  world.oracle.expect(view.listeners.empty() || view.version > 0, "a plan without a version");
}

constexpr Step kSteps[] = {
    packet,
    packet,
    control,
    control,
    event,
    event,
    answer,
    answer,
    many_events,
    raw_frame,
    long_frame,
    change_server,
    credentials,
    listen,
    listen,
    unlisten,
    emit,
    emit,
    emit,
    change_user,
    plan,
    [](World& world, Bytes& in) { world.input(Connect{choose_namespace(world, in)}); },
    [](World& world, Bytes& in) { world.input(Connect{choose_namespace(world, in)}); },
    [](World& world, Bytes& in) { world.input(Disconnect{choose_namespace(world, in)}); },
    [](World& world, Bytes&) { world.binary(); },
    [](World& world, Bytes& in) { world.drop(choose_connection(world, in), in.flag() ? in.raw(8) : ""); },
    [](World& world, Bytes& in) {
      world.input(TransportOpened{choose_connection(world, in), in.number()});
    },
    [](World& world, Bytes& in) { world.input(TransportPaused{choose_connection(world, in)}); },
    [](World& world, Bytes& in) {
      world.input(PayloadRefused{choose_connection(world, in), in.raw(8)});
    },
    [](World& world, Bytes& in) {
      world.input(ConnectError{choose_namespace(world, in), in.raw(8)});
    },
    [](World& world, Bytes& in) { world.input(LifecycleChanged{static_cast<LifecycleEvent>(in.below(7))}); },
    [](World& world, Bytes& in) { world.input(LifecycleChanged{static_cast<LifecycleEvent>(in.below(7))}); },
    [](World& world, Bytes& in) { world.advance(in.byte() * 10.0); },
    [](World& world, Bytes& in) { world.advance(in.byte() * 10.0); },
    [](World& world, Bytes& in) { world.advance(in.byte() * 1000.0); },
    [](World& world, Bytes& in) { world.sleep(in.byte() * 1000.0); },
    [](World& world, Bytes& in) { world.slept += in.byte() * 3000.0 - 30000; },
    [](World& world, Bytes& in) { world.open_namespace(text_of(in, kNamespaces)); },
    [](World& world, Bytes& in) { world.leave(choose_namespace(world, in)); },
    [](World& world, Bytes& in) {
      const std::uint32_t emit = choose(world.emits, in, in.word());
      world.act([&] { world.runtime->cancel_emit(emit); });
    },
    [](World& world, Bytes& in) { world.act([&] { world.runtime->clear_emits(choose_namespace(world, in)); }); },
    [](World& world, Bytes& in) {
      const std::uint32_t nsp_id = choose_namespace(world, in);
      const std::int64_t id = in.flag() ? world.reply_id : static_cast<std::int64_t>(in.word());
      world.act([&] { world.runtime->reply(nsp_id, id, world.new_payload(), in.word()); });
    },
    [](World& world, Bytes& in) { world.act([&] { world.runtime->text_tail(widened(in.raw(100))); }); },
};

}  // namespace

std::span<const Step> socket_steps() { return kSteps; }

}  // namespace raclette::fuzz
