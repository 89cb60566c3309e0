// The composition: behaviour that needs socket, data and bus together.
#include "raclette/runtime.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "harness/pair.h"

namespace raclette {
namespace {

using testing::Pair;

TEST(Runtime, RefusesMalformedOptionsWithTheField) {
  Outcome outcome;
  EXPECT_EQ(Runtime::create("{}", 1, outcome), nullptr);
  EXPECT_EQ(outcome.code, ErrorCode::BAD_CONFIG);
  EXPECT_EQ(Runtime::create(R"({"origin":"http://h","whitelist":["a**b"]})", 1, outcome), nullptr);
  EXPECT_EQ(outcome.code, ErrorCode::BAD_PATTERN);
}

TEST(Runtime, RefusesAMalformedPluginAndKeepsTheRest) {
  Pair pair;
  EXPECT_EQ(pair.runtime->add_plugin("{").code, ErrorCode::BAD_CONFIG);
  EXPECT_EQ(pair.runtime->add_plugin(R"({"pluginKey":"p"})").code, ErrorCode::BAD_CONFIG);
  EXPECT_EQ(pair.runtime->add_plugin(testing::kTodoConfig).code, ErrorCode::OK);
  const Outcome again = pair.runtime->add_plugin(testing::kTodoConfig);
  EXPECT_EQ(again.code, ErrorCode::BAD_CONFIG);
  EXPECT_EQ(again.text, "pluginKey: pacifico__todo is already in use");
}

TEST(Runtime, APluginWithoutAConfigHearsItsPrefix) {
  Pair pair;
  pair.connect();
  const std::uint32_t plugin = pair.runtime->plugin("author__chat");
  EXPECT_EQ(pair.runtime->plugin("author__chat"), plugin);
  pair.runtime->listen(0, plugin, "said");
  EXPECT_EQ(pair.text(R"(42["plugin_author__chat--said"])").kind, RouteKind::event);
  EXPECT_EQ(pair.text(R"(42["plugin_other--said"])").kind, RouteKind::nothing);
}

TEST(Runtime, KnowsAnEventThatBeginsAsOneBefore) {
  Pair pair;
  const auto by_head = [&pair](std::u16string_view head) { return pair.runtime->event_frame(pair.connection, head); };
  const auto again = [&pair](const FrameRoute& route, ConnectionId connection) {
    return pair.runtime->event_again(connection, route.plan, route.plan_version).kind;
  };
  pair.connect();
  pair.runtime->listen(0, kAllPlugins, "name");
  const FrameRoute heard = by_head(u"42[\"name\"");
  const FrameRoute unheard = by_head(u"42[\"other\"");
  EXPECT_TRUE(heard.is_known);
  EXPECT_TRUE(unheard.is_known);
  EXPECT_EQ(again(heard, pair.connection), RouteKind::event);
  EXPECT_EQ(again(unheard, pair.connection), RouteKind::nothing);
  EXPECT_EQ(again(heard, pair.connection + 1), RouteKind::need_all) << "another connection";
  EXPECT_FALSE(by_head(u"427[\"name\"").is_known) << "each has an id of its own";
  EXPECT_FALSE(by_head(u"42[\"raclette--connected\"").is_known) << "its arguments are wanted";
  EXPECT_FALSE(by_head(u"42/elsewhere,[\"name\"").is_known) << "there is no such namespace";

  pair.runtime->listen(0, kAllPlugins, "other");
  EXPECT_EQ(again(heard, pair.connection), RouteKind::need_all) << "the registrations are others";
  EXPECT_EQ(again(unheard, pair.connection), RouteKind::need_all);
  const FrameRoute later = by_head(u"42[\"other\"");
  EXPECT_EQ(again(later, pair.connection), RouteKind::event);
  EXPECT_EQ(pair.text(R"(451-["name",{"_placeholder":true,"num":0}])").kind, RouteKind::hold);
  EXPECT_EQ(again(later, pair.connection), RouteKind::need_all) << "attachments are due";
  EXPECT_EQ(pair.binary().kind, RouteKind::event);
  EXPECT_EQ(again(later, pair.connection), RouteKind::event);
  pair.drop();
  EXPECT_EQ(again(later, pair.connection), RouteKind::need_all) << "no connection";
}

TEST(Runtime, ARouteTellsIfNobodyWantsThePayload) {
  Pair pair;
  pair.connect();
  const Outcome added = pair.runtime->listen(0, kAllPlugins, "name", false);
  ASSERT_EQ(added.code, ErrorCode::OK);
  const FrameRoute route = pair.runtime->event_frame(pair.connection, u"42[\"name\"");
  EXPECT_EQ(route.kind, RouteKind::event);
  EXPECT_TRUE(route.is_bare);
  EXPECT_TRUE(pair.runtime->event_again(pair.connection, route.plan, route.plan_version).is_bare);
  EXPECT_TRUE(pair.text(R"(425["name",1])").is_bare) << "an ack is wanted";
  EXPECT_FALSE(pair.text(R"(451-["name",{"_placeholder":true,"num":0}])").is_bare) << "not the event yet";
  EXPECT_TRUE(pair.binary().is_bare);
  const std::uint32_t wanting = pair.runtime->listen_again(0, kAllPlugins, added.value, true);
  ASSERT_NE(wanting, 0u);
  EXPECT_FALSE(pair.text(R"(42["name",1])").is_bare);
  EXPECT_EQ(pair.runtime->listen_again(7, kAllPlugins, added.value, true), 0u) << "no namespace";
  pair.runtime->unlisten(0, wanting);
  pair.runtime->unlisten(0, added.value);
  EXPECT_EQ(pair.runtime->listen_again(0, kAllPlugins, added.value, true), 0u) << "it is gone";
}

TEST(Runtime, TheBusIsReachedByPluginAndByEverybody) {
  Pair pair("{}", R"(["ui/*"])");
  std::vector<std::uint32_t> listeners;
  const Outcome added = pair.runtime->bus_listen(kAllPlugins, "ui/*", 100, pair.now);
  ASSERT_EQ(added.code, ErrorCode::OK);
  EXPECT_EQ(pair.runtime->bus_plan(kAllPlugins, "ui/a", listeners).code, ErrorCode::OK);
  EXPECT_EQ(listeners, std::vector<std::uint32_t>{added.value});
  EXPECT_EQ(pair.runtime->bus_plan(kAllPlugins, "other", listeners).code, ErrorCode::EVENT_NOT_ALLOWED);
  pair.advance(100);
  EXPECT_EQ(pair.last<ListenerExpired>()->listener, added.value);
  EXPECT_EQ(pair.runtime->census().bus_listeners, 0u);
}

TEST(Runtime, ASessionOfTheMainNamespaceThatBeginsWithAGapHasQueriesAskAgain) {
  Pair pair;
  pair.pid = "p";
  pair.runtime->add_plugin(testing::kTodoConfig);
  pair.connect();
  const std::uint32_t operation = pair.runtime->operation("pacifico__todo", "todo", "getAll").operation;
  const std::uint32_t query = pair.runtime->create_query(operation, {}).value;
  pair.runtime->set_request(query, "", "{}", "");
  pair.runtime->execute(query, 0, Caller::user, pair.now);
  pair.settle();
  pair.respond(7);
  const auto asks_again = [&pair] {
    pair.advance(6000);
    return pair.fetches.size() == 1;
  };

  pair.input(Connect{pair.runtime->open_namespace("admin").value});
  EXPECT_FALSE(asks_again()) << "another namespace";
  pair.drop();
  EXPECT_FALSE(asks_again()) << "recovered";
  pair.pid = "q";
  pair.drop();
  EXPECT_TRUE(asks_again());
}

TEST(Runtime, AnUnknownPlanIsEmpty) {
  Pair pair;
  EXPECT_TRUE(pair.runtime->plan(12345).listeners.empty());
}

TEST(Runtime, WhatIsHandedToSomethingGoneIsReleased) {
  Pair pair;
  const std::uint32_t left = pair.runtime->open_namespace("left").value;
  pair.runtime->close_namespace(left, pair.now);
  EXPECT_EQ(pair.emit({.nsp_id = left, .payload = 1}).code, ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(pair.emit({.nsp_id = 4000, .payload = 2, .wants_ack = true}).code, ErrorCode::BAD_ARGUMENT);
  pair.runtime->reply(left, 1, 3, 0);
  pair.runtime->execute(77, 4, Caller::user, pair.now);
  pair.runtime->restore(77, 5, "key", pair.now);
  pair.input(AuthReady{99, 6});
  pair.input(FetchDone{99, 200, 7});
  pair.input(FetchFailed{99, ErrorCode::NETWORK_ERROR, 0, 8});
  for (const ValueHandle payload : {1u, 2u, 3u, 4u, 5u, 6u}) EXPECT_EQ(pair.released_payloads[payload], 1) << payload;
  for (const ValueHandle response : {7u, 8u}) EXPECT_EQ(pair.released_responses[response], 1) << response;
}

TEST(Runtime, AClockThatTellsNoTimeFiresNothing) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double broken : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity, 1e300, 0x1p53}) {
    SCOPED_TRACE(broken);
    Pair pair(R"({"reconnectionDelay":0})");
    pair.opens = false;
    pair.connect();
    pair.log.clear();
    pair.runtime->handle(Tick{}, broken);
    EXPECT_FALSE(pair.runtime->has_effects());
    pair.advance(25000);
    EXPECT_GE(pair.count<CloseTransport>(), 1u) << "a clock that goes on again is heard";
  }
}

TEST(Runtime, EveryErrorCodeHasAName) {
  std::set<std::string_view> names;
  for (int code = 0; !error_name(static_cast<ErrorCode>(code)).empty(); ++code) {
    names.insert(error_name(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::STORAGE_FAILED) + 1);
}

TEST(Runtime, TheSameInputsGiveTheSameEffects) {
  const auto run = [] {
    Pair pair;
    pair.connect();
    for (int i = 0; i < 5; ++i) {
      pair.drop();
      pair.advance(7000);
    }
    return pair.now + static_cast<double>(pair.log.size()) + pair.runtime->next_timeout();
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace raclette
