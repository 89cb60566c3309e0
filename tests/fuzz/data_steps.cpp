#include "steps.h"

namespace raclette::fuzz {
namespace {

std::uint32_t choose_query(World& world, Bytes& in) { return choose(world.queries, in, in.word()); }

/// The default settings, partly changed by the input.
QuerySettings settings(Bytes& in) {
  QuerySettings given;
  const std::uint8_t flags = in.byte();
  given.use_cache = (flags & 1) == 0;
  given.refetch_on_reconnect = (flags & 2) == 0;
  given.refetch_on_focus = (flags & 4) == 0;
  given.active = (flags & 8) == 0;
  given.retires = (flags & 16) != 0;
  given.refetch_interval_in_background = (flags & 32) != 0;
  given.notify = (flags & 64) == 0;
  if ((flags & 128) == 0) return given;
  given.timeout = in.number();
  given.retry = in.number();
  given.debounce = in.number();
  given.refetch_interval = in.number();
  return given;
}

void create_query(World& world, Bytes& in) {
  const auto operation = static_cast<std::uint32_t>(in.below(kOperations + 2));
  const QuerySettings given = settings(in);
  const std::string params = kParams[operation == 2 || operation == 5 || operation == 6 ? 1 : 0];
  world.act([&] { return world.runtime->create_query(operation, given); },
            [&](const Outcome& made) {
              if (!world.oracle.expect((made.code == ErrorCode::OK) == (made.value != 0), "a query without a number"))
                return;
              if (made.code != ErrorCode::OK) return;
              world.oracle.query_made(made.value);
              world.queries.push_back(made.value);
              world.runtime->set_request(made.value, "/report", params, "");
            });
}

void set_request(World& world, Bytes& in) {
  const std::uint32_t query = choose_query(world, in);
  const std::string path = in.flag() ? "/report" : in.raw(16);
  const std::string params = text_of(in, kParams);
  world.act([&] { return world.runtime->set_request(query, path, params, text_of(in, kVariants)); },
            [&](const Outcome& set) {
              const bool is_gone = set.code == ErrorCode::DISPOSED;
              world.oracle.expect(is_gone == !world.oracle.is_live(query), "a request for a query that is gone");
            });
}

void execute(World& world, Bytes& in) {
  const std::uint8_t how = in.byte();
  world.execute(choose_query(world, in), (how & 1) != 0, (how & 2) != 0 ? Caller::event : Caller::user);
}

void done(World& world, Bytes& in) {
  static const std::uint32_t kStatuses[] = {200, 204, 401, 404, 408, 429, 500, 503, 302, 0, 4294967295};
  const std::uint8_t how = in.byte();
  const std::uint32_t status = (how & 1) == 0 ? 200 : in.one_of(kStatuses);
  const std::uint32_t fetch = choose(world.fetches, in, in.word());
  world.fetch_done(fetch, status, (how & 2) == 0, (how & 4) == 0 ? 0 : in.number(), (how & 8) == 0 ? 0 : in.number());
}

void failed(World& world, Bytes& in) {
  static const ErrorCode kCodes[] = {ErrorCode::NETWORK_ERROR, ErrorCode::BAD_RESPONSE, ErrorCode::AUTH_FAILED};
  static const std::uint32_t kStatuses[] = {0, 0, 200, 401, 404, 500, 502};
  const std::uint8_t how = in.byte();
  const ErrorCode code = in.one_of(kCodes);
  const std::uint32_t status = in.one_of(kStatuses);
  const std::uint32_t fetch = choose(world.fetches, in, in.word());
  world.fetch_failed(fetch, code, status, (how & 1) != 0, (how & 2) == 0 ? 0 : in.number());
}

void follow(World& world, Bytes& in) {
  const std::uint32_t query = choose_query(world, in);
  if (!world.oracle.is_live(query)) return;
  const std::uint32_t plugin = in.flag() ? kAllPlugins : world.runtime->plugin("p__todo");
  world.act([&] { return world.runtime->refetch_on_event(query, plugin, text_of(in, kKeys)); },
            [&](const Outcome& added) {
              if (added.code != ErrorCode::OK) return;
              world.oracle.listens(0, added.value);
              world.listeners.emplace_back(0, added.value);
            });
}

/// Creates a query and resumes a retired one in it.
void resume(World& world, Bytes& in) {
  const std::size_t before = world.queries.size();
  create_query(world, in);
  if (world.queries.size() == before) return;
  const std::uint32_t query = world.queries.back();
  const bool is_due = in.flag();
  world.act([&] { world.runtime->resume_query(query, is_due, in.word(), world.now); },
            [&] { world.oracle.shown(query); });
}

/// Restores a mutation that an earlier runtime or an earlier session of this one stored.
void restore(World& world, Bytes& in) {
  const std::uint32_t query = choose_query(world, in);
  const std::string key = "old-" + std::to_string(in.byte());
  if (world.oracle.kept().contains(key)) return;
  world.restore(query, in.flag(), key);
}

void change_mutation(World& world, Bytes& in) {
  const std::uint32_t order = world.orders - in.below(4);
  const bool drops = in.flag();
  world.act([&] {
    if (drops) return world.runtime->drop_mutation(order, world.now);
    world.runtime->retry_mutation(order, world.now);
  });
}

constexpr Step kSteps[] = {
    create_query,
    create_query,
    set_request,
    execute,
    execute,
    execute,
    execute,
    done,
    done,
    done,
    failed,
    failed,
    follow,
    resume,
    restore,
    change_mutation,
    change_mutation,
    [](World& world, Bytes& in) { world.reuse(choose_query(world, in)); },
    [](World& world, Bytes& in) {
      const std::uint32_t query = choose_query(world, in);
      const QuerySettings given = settings(in);
      world.act([&] { world.runtime->configure_query(query, given, world.now); });
    },
    [](World& world, Bytes& in) {
      const std::uint32_t query = choose_query(world, in);
      world.act([&] { world.runtime->abort_query(query, world.now); });
    },
    [](World& world, Bytes& in) { world.dispose_query(choose_query(world, in)); },
    [](World& world, Bytes& in) { world.runtime->add_plugin(in.flag() ? kPlugin : in.raw()); },
};

}  // namespace

std::span<const Step> data_steps() { return kSteps; }

}  // namespace raclette::fuzz
