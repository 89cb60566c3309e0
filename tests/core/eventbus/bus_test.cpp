// The event bus: the order of listeners, separate buses, lifetimes and the whitelist.
#include "eventbus/bus.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

struct BusTest : ::testing::Test {
  TimerTable timers;
  Effects effects;
  EventBus bus{timers, effects};

  Handle add(NameId on, std::string_view pattern, double lifetime = 0) {
    const auto added = bus.add(on, pattern, lifetime, 100);
    EXPECT_TRUE(added.ok());
    return added.value();
  }
  std::vector<Handle> heard(NameId on, std::string_view name) {
    const auto plan = bus.plan(on, name);
    EXPECT_TRUE(plan.ok());
    return plan.value();
  }
};

using Listeners = std::vector<Handle>;

TEST_F(BusTest, MergesNamesAndPatternsInTheOrderOfRegistration) {
  const Handle first = add(kGlobalBus, "ui/*");
  const Handle second = add(kGlobalBus, "ui/a");
  const Handle third = add(kGlobalBus, "**");
  add(kGlobalBus, "ui/b");
  EXPECT_EQ(heard(kGlobalBus, "ui/a"), (Listeners{first, second, third}));
}

TEST_F(BusTest, AListenerStandsForWhatItListensTo) {
  for (const char* text : {"ui/a", "ui/*"}) {
    const Handle first = add(1, text);
    const Handle second = bus.add_again(first, 0, 100);
    EXPECT_EQ(heard(1, "ui/a"), (Listeners{first, second}));
    EXPECT_EQ(heard(kGlobalBus, "ui/a"), Listeners{});
    bus.remove(first);
    EXPECT_EQ(bus.add_again(first, 0, 100), 0u) << "it is gone";
    const Handle third = bus.add_again(second, 50, 100);
    EXPECT_EQ(timers.next(), 150);
    EXPECT_EQ(heard(1, "ui/a"), (Listeners{second, third}));
    bus.remove(second);
    bus.remove(third);
  }
  EXPECT_EQ(bus.add_again(0, 0, 100), 0u);
  EXPECT_EQ(bus.listeners(), 0u);
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(BusTest, PatternsComeAndGoOneByOne) {
  const Handle any = add(kGlobalBus, "**");
  const Handle narrow = add(kGlobalBus, "ui/*");
  bus.remove(any);
  EXPECT_EQ(heard(kGlobalBus, "ui/a"), Listeners{narrow});
  EXPECT_EQ(heard(kGlobalBus, "other"), Listeners{});
  bus.remove(narrow);
  const Handle late = add(kGlobalBus, "*");
  EXPECT_EQ(heard(kGlobalBus, "other"), Listeners{late});
}

TEST_F(BusTest, KeepsThePluginsBusesApart) {
  const Handle global = add(kGlobalBus, "e");
  const Handle one = add(1, "e");
  const Handle wild = add(1, "*");
  EXPECT_EQ(heard(kGlobalBus, "e"), Listeners{global});
  EXPECT_EQ(heard(1, "e"), (Listeners{one, wild}));
  EXPECT_EQ(heard(2, "e"), Listeners{});
}

TEST_F(BusTest, EveryChangeMovesTheVersion) {
  const std::uint32_t start = bus.version();
  const Handle listener = add(kGlobalBus, "e");
  EXPECT_NE(bus.version(), start);
  const std::uint32_t added = bus.version();
  heard(kGlobalBus, "e");
  EXPECT_EQ(bus.version(), added);
  EXPECT_TRUE(bus.remove(listener));
  EXPECT_NE(bus.version(), added);
  EXPECT_FALSE(bus.remove(listener));
  EXPECT_EQ(bus.listeners(), 0u);
}

TEST_F(BusTest, AListenerWithALifetimeExpires) {
  const Handle listener = add(kGlobalBus, "e", 5000);
  EXPECT_EQ(timers.next(), 5100);
  const auto fired = timers.pop_due(5100);
  bus.fire(BusTimer::once, fired->subject);
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(std::get<ListenerExpired>(effects[0]).listener, listener);
  EXPECT_EQ(heard(kGlobalBus, "e"), Listeners{});
}

TEST_F(BusTest, RemovingAListenerTakesItsTimer) {
  bus.remove(add(kGlobalBus, "e", 5000));
  bus.remove(add(kGlobalBus, "*", 5000));
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(BusTest, TheWhitelistDecidesWhatMayBeEmitted) {
  EXPECT_TRUE(bus.plan(kGlobalBus, "anything").ok());
  ASSERT_TRUE(bus.allow("ui/*").ok());
  EXPECT_TRUE(bus.plan(kGlobalBus, "ui/a").ok());
  const auto refused = bus.plan(kGlobalBus, "secret/a");
  EXPECT_EQ(refused.code(), ErrorCode::EVENT_NOT_ALLOWED);
  EXPECT_EQ(refused.failure().detail, "secret/a");
  ASSERT_TRUE(bus.allow("ui_*").ok());
  EXPECT_TRUE(bus.plan(kGlobalBus, "ui_addToSnackBar").ok());
  EXPECT_FALSE(bus.plan(kGlobalBus, "uiAddToSnackBar").ok());
  EXPECT_EQ(bus.allow("a**b").code(), ErrorCode::BAD_PATTERN);
}

TEST_F(BusTest, AHundredThousandComeAndGoInAnyOrder) {
  constexpr std::size_t kMany = 100000;
  for (const char* pattern : {"e", "*"}) {
    Listeners all;
    for (std::size_t i = 0; i < kMany; ++i) all.push_back(add(kGlobalBus, pattern));
    ASSERT_EQ(heard(kGlobalBus, "e"), all);
    // Removes a third from the front, then a third from the back, then the rest. The remaining listeners stay in order.
    Listeners left;
    for (std::size_t i = 0; i < kMany; i += 3) ASSERT_TRUE(bus.remove(all[i]));
    for (std::size_t i = kMany - 3; i > 2; i -= 3) ASSERT_TRUE(bus.remove(all[i]));
    ASSERT_TRUE(bus.remove(all[1]));
    for (std::size_t i = 2; i < kMany; i += 3) left.push_back(all[i]);
    ASSERT_EQ(heard(kGlobalBus, "e"), left);
    const Handle last = add(kGlobalBus, "e");
    left.push_back(last);
    ASSERT_EQ(heard(kGlobalBus, "e"), left);
    for (const Handle each : left) ASSERT_TRUE(bus.remove(each));
    ASSERT_EQ(heard(kGlobalBus, "e"), Listeners{});
  }
  EXPECT_EQ(bus.listeners(), 0u);
}

TEST_F(BusTest, RefusesNamesThatAreNone) {
  EXPECT_EQ(bus.add(kGlobalBus, "", 0, 0).code(), ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(bus.add(kGlobalBus, "a**", 0, 0).code(), ErrorCode::BAD_PATTERN);
  EXPECT_EQ(bus.plan(kGlobalBus, "").code(), ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(bus.plan(kGlobalBus, "ui/*").code(), ErrorCode::BAD_ARGUMENT);
  EXPECT_EQ(bus.listeners(), 0u);
}

}  // namespace
}  // namespace raclette
