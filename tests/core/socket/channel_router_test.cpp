// The channel router: keys, prefixes and scopes, and that names made up by servers use no memory for long.
#include "socket/channel_router.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct RouterTest : ::testing::Test {
  Names names;
  ChannelRouter router{names};
  std::u16string wide;
  NameId todo = names.intern("pacifico__todo");
  NameId notes = names.intern("pacifico__notes");

  void SetUp() override {
    router.declare_plugin(todo);
    router.declare_plugin(notes);
  }
  /// The plan of a channel, whose name arrives as in a frame.
  const ChannelPlan* match(std::string_view channel) {
    wide.clear();
    for (const char c : channel) wide.push_back(static_cast<unsigned char>(c));
    return router.match(wide);
  }
  std::vector<Handle> heard(std::string_view channel) {
    const ChannelPlan* plan = match(channel);
    return plan == nullptr ? std::vector<Handle>{} : plan->listeners;
  }
};

using Listeners = std::vector<Handle>;

TEST_F(RouterTest, TakesTheKeyBehindTheLastSeparator) {
  const Handle listener = router.add(kEveryPlugin, "created");
  EXPECT_EQ(heard("a--b--created"), Listeners{listener});
  EXPECT_EQ(match("a--b--created")->prefix, "a--b");
  EXPECT_EQ(heard("created"), Listeners{listener});
  EXPECT_EQ(heard("recreated"), Listeners{});
  EXPECT_EQ(heard("created--other"), Listeners{});
}

TEST_F(RouterTest, TheConfigsOwnMappingWins) {
  router.declare(todo, "legacy--thing", "todoCreated", "legacy", 0);
  const Handle mapped = router.add(todo, "todoCreated");
  const Handle literal = router.add(kEveryPlugin, "thing");
  EXPECT_EQ(heard("legacy--thing"), Listeners{mapped});
  EXPECT_EQ(heard("other--thing"), Listeners{literal});
}

TEST_F(RouterTest, APluginHearsItsOwnChannelsOnly) {
  const Handle all = router.add(kEveryPlugin, "created");
  const Handle todos = router.add(todo, "created");
  const Handle noted = router.add(notes, "created");
  EXPECT_EQ(heard("plugin_pacifico__todo--created"), (Listeners{all, todos}));
  EXPECT_EQ(heard("plugin_pacifico__notes--created"), (Listeners{all, noted}));
  EXPECT_EQ(heard("plugin_stranger--created"), (Listeners{all}));
  EXPECT_EQ(heard("created"), (Listeners{all, todos, noted})) << "a name without a prefix belongs to everybody";
}

TEST_F(RouterTest, APrefixFromTheConfigMakesAllItsChannelsThePlugins) {
  router.declare(todo, "custom--todoCreated", "todoCreated", "custom", 0);
  const Handle listener = router.add(todo, "unlisted");
  EXPECT_EQ(heard("custom--unlisted"), Listeners{listener});
}

TEST_F(RouterTest, KeepsTheOrderOfRegistrationAcrossKinds) {
  const Handle first = router.add(kEveryPlugin, "e");
  const Handle second = router.add(kEveryPlugin, "");
  const Handle third = router.add(kEveryPlugin, "e");
  EXPECT_EQ(heard("e"), (Listeners{first, second, third}));
  EXPECT_EQ(heard("unknown"), Listeners{second});
}

TEST_F(RouterTest, ARegistrationMovesTheVersion) {
  const Handle first = router.add(kEveryPlugin, "e");
  const std::uint32_t version = match("e")->version;
  EXPECT_EQ(match("e")->version, version);
  const Handle second = router.add(kEveryPlugin, "e");
  EXPECT_NE(match("e")->version, version);
  EXPECT_EQ(heard("e"), (Listeners{first, second}));
  EXPECT_TRUE(router.remove(first));
  EXPECT_FALSE(router.remove(first));
  EXPECT_EQ(heard("e"), Listeners{second});
  router.remove(second);
  EXPECT_EQ(match("e"), nullptr);
}

TEST_F(RouterTest, AListenerStandsForItsKey) {
  const Handle first = router.add(todo, "e");
  const Handle second = router.add_again(kEveryPlugin, first, true);
  EXPECT_EQ(heard("e"), (Listeners{first, second}));
  EXPECT_EQ(heard("other--e"), Listeners{second});
  router.remove(first);
  EXPECT_EQ(router.add_again(kEveryPlugin, first, true), 0u) << "it is gone";
  const Handle any = router.add_again(todo, router.add(kEveryPlugin, ""), true);
  EXPECT_EQ(heard("unknown").back(), any);
}

TEST_F(RouterTest, APlanTellsWhetherAListenerWantsThePayload) {
  router.add(kEveryPlugin, "e", false);
  EXPECT_FALSE(match("e")->wants_payload);
  const Handle wanting = router.add(todo, "e");
  EXPECT_TRUE(match("e")->wants_payload);
  EXPECT_FALSE(match("other--e")->wants_payload) << "of another plugin";
  router.remove(wanting);
  router.add_follower(todo, "e", 7);
  EXPECT_FALSE(match("e")->wants_payload);
  const Handle any = router.add(kEveryPlugin, "");
  EXPECT_TRUE(match("e")->wants_payload);
  router.remove(any);
  router.add_again(todo, router.add(todo, "e", false), true);
  EXPECT_TRUE(match("e")->wants_payload);
}

TEST_F(RouterTest, AMissLeavesNoTrace) {
  router.add(kEveryPlugin, "e");
  const std::size_t before = names.size();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(match("nobody--listens" + std::to_string(i)), nullptr);
  EXPECT_EQ(names.size(), before);
}

TEST_F(RouterTest, NamesTheEntitiesOfAChannelOnceEvenWithoutListeners) {
  router.declare(todo, "p--changed", "changed", "p", 3);
  router.declare(todo, "p--changed", "changed", "p", 3);
  router.declare(todo, "p--changed", "changed", "p", 5);
  const ChannelPlan* plan = match("p--changed");
  ASSERT_NE(plan, nullptr);
  EXPECT_EQ(plan->entities, (std::vector<std::uint32_t>{3, 5}));
  EXPECT_TRUE(plan->listeners.empty());
}

TEST_F(RouterTest, AServerThatInventsChannelsDoesNotGrowThePlansForEver) {
  const Handle listener = router.add(kEveryPlugin, "e");
  for (int i = 0; i < 20000; ++i) EXPECT_EQ(heard("p" + std::to_string(i) + "--e"), Listeners{listener});
  EXPECT_EQ(router.plan(16384), nullptr);
}

TEST_F(RouterTest, PlansOfChannelsThatCameAndWentWithTheirListenersAreNotKept) {
  router.add(kEveryPlugin, "");
  std::uint32_t highest = 0;
  for (int i = 0; i < 2000; ++i) {
    const Handle listener = router.add(kEveryPlugin, "e");
    highest = std::max(highest, match("made-up" + std::to_string(i))->index);
    router.remove(listener);
  }
  EXPECT_LT(highest, 256u);
  EXPECT_EQ(heard("made-up1999").size(), 1u);
}

TEST_F(RouterTest, FindsNamesThatAreNotAscii) {
  const Handle listener = router.add(kEveryPlugin, "caf\xC3\xA9");
  EXPECT_EQ(heard("p--caf\xC3\xA9"), Listeners{listener});
  EXPECT_EQ(match("p--caf\xC3\xA9")->channel, "p--caf\xC3\xA9");
  EXPECT_EQ(heard("p--cafe"), Listeners{});
}

TEST_F(RouterTest, PartsAtTheLastSeparatorWhereverItStands) {
  const Handle empty_prefix = router.add(kEveryPlugin, "key");
  EXPECT_EQ(heard("--key"), Listeners{empty_prefix});
  EXPECT_EQ(match("--key")->prefix, "");
  EXPECT_EQ(heard("a---key"), Listeners{empty_prefix}) << "the last two dashes are the separator";
  EXPECT_EQ(match("a---key")->prefix, "a-");
  EXPECT_EQ(heard("-key"), Listeners{});
}

TEST_F(RouterTest, KeepsNoNameThatIsMadeUp) {
  const Handle all = router.add(kEveryPlugin, "");
  const std::size_t before = names.size();
  for (int i = 0; i < 100; ++i) {
    const std::string key = "made-up" + std::to_string(i);
    const Handle listener = router.add(todo, key);
    EXPECT_EQ(heard(key), (Listeners{all, listener}));
    EXPECT_EQ(heard("some-prefix--" + key), Listeners{all}) << "not a prefix of the plugin";
    router.remove(listener);
    EXPECT_EQ(heard(key), Listeners{all});
  }
  EXPECT_EQ(names.size(), before);
}

}  // namespace
}  // namespace raclette
