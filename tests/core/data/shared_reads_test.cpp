// Unit tests of the sharing rules. Flights and executions are made-up numbers.
#include "data/shared_reads.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

constexpr std::uint32_t kTodos = 0;
constexpr std::uint32_t kNotes = 1;

Answer ok(ValueHandle response) { return {ErrorCode::OK, 200, response}; }

struct SharedReadsTest : ::testing::Test {
  TimerTable timers;
  Effects effects;
  SharedReads reads{timers, effects};
  Target all;
  Target page;

  void SetUp() override {
    all.set("http://h/todo/all", "");
    page.set("http://h/todo/all?page=1", "");
  }

  Handle read(const Target& target, std::uint32_t entity = kTodos) {
    return reads.find_or_add({target, entity, 0, 30000}, entity, 0);
  }
  [[nodiscard]] Handle find(const Target& target) const { return reads.find({target, kTodos, 0, 30000}, 0); }
  /// A read with the request `flight`.
  Handle in_flight(const Target& target, Handle flight, std::uint32_t entity = kTodos) {
    const Handle handle = read(target, entity);
    EXPECT_EQ(reads.join(handle, 1, 0).how, Join::starts);
    reads.started(handle, flight);
    return handle;
  }
  /// A read that was answered at 0.
  Handle answered(const Target& target, ValueHandle response, std::uint32_t entity = kTodos) {
    const Handle handle = in_flight(target, 100, entity);
    EXPECT_TRUE(reads.complete(handle, ok(response), 0).empty());
    return handle;
  }
  /// The responses released so far, in order.
  [[nodiscard]] std::vector<ValueHandle> released() const {
    std::vector<ValueHandle> all_of_them;
    for (const Effect& effect : effects) all_of_them.push_back(std::get<ReleaseResponse>(effect).response);
    return all_of_them;
  }
};

TEST_F(SharedReadsTest, EqualKeysAreOneReadAndOthersAreNot) {
  const Handle first = read(all);
  EXPECT_EQ(read(all), first);
  EXPECT_EQ(find(all), first);
  EXPECT_EQ(find(page), 0u);
  EXPECT_NE(read(page), first);
  EXPECT_NE(reads.find_or_add({all, kNotes, 0, 30000}, kNotes, 0), first) << "another operation";
  EXPECT_NE(reads.find_or_add({all, kTodos, 1, 30000}, kTodos, 0), first) << "other retries";
  EXPECT_NE(reads.find_or_add({all, kTodos, 0, 500}, kTodos, 0), first) << "another timeout";
  EXPECT_EQ(reads.size(), 5u);
}

TEST_F(SharedReadsTest, AVariantTellsReadsOfOneUrlApart) {
  Target other;
  other.set("http://h/todo/all", "other headers");
  EXPECT_NE(read(other), read(all));
  EXPECT_EQ(reads.target(read(other)).url(), "http://h/todo/all");
  Target shifted;
  shifted.set("http://h/todo/al", "l");
  EXPECT_NE(read(shifted), read(all)) << "where the URL ends counts";
}

TEST_F(SharedReadsTest, TheReadThatIsKnownIsTakenOnlyIfItIsStillTheOne) {
  const Handle first = read(all);
  const Handle second = read(page);
  EXPECT_EQ(reads.find({all, kTodos, 0, 30000}, first), first);
  EXPECT_EQ(reads.find({all, kTodos, 0, 30000}, second), first);
  EXPECT_EQ(reads.find({all, kTodos, 0, 30000}, 12345), first);
}

TEST_F(SharedReadsTest, TheFirstStartsTheRequestAndTheOthersShareIt) {
  const Handle handle = in_flight(all, 7);
  const Joined joined = reads.join(handle, 2, 0);
  EXPECT_EQ(joined.how, Join::shares);
  EXPECT_EQ(joined.flight, 7u);
}

TEST_F(SharedReadsTest, AnAnswerIsReusedForASecond) {
  const Handle handle = answered(all, 5);
  EXPECT_EQ(reads.reusable(handle, 999), 5u);
  const Joined joined = reads.join(handle, 2, 999);
  EXPECT_EQ(joined.how, Join::answered);
  EXPECT_EQ(joined.answer.response, 5u);
  EXPECT_EQ(joined.answer.status, 200u);
  EXPECT_EQ(timers.next(), 1000);
  EXPECT_TRUE(effects.empty()) << "it stays here";
}

TEST_F(SharedReadsTest, ItsTimerForgetsAnAnswer) {
  const Handle handle = answered(all, 5);
  const auto timer = timers.pop_due(1000);
  ASSERT_TRUE(timer);
  EXPECT_EQ(static_cast<DataTimer>(timer->timer), DataTimer::read);
  EXPECT_EQ(timer->subject, handle);
  reads.drop_answer(timer->subject);
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_EQ(reads.reusable(handle, 1000), 0u);
}

TEST_F(SharedReadsTest, WhereTheTimerIsLateAnAnswerIsNotReusedForLonger) {
  const Handle handle = answered(all, 5);
  EXPECT_EQ(reads.reusable(handle, 1000), 0u);
  EXPECT_EQ(reads.join(handle, 2, 1000).how, Join::starts);
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(SharedReadsTest, AnAnswerThatSomebodyWantsNewerIsDropped) {
  const Handle handle = answered(all, 5);
  reads.drop_answer(handle);
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_EQ(reads.size(), 0u);
  const Handle busy = in_flight(page, 8);
  reads.drop_answer(busy);
  EXPECT_EQ(reads.join(busy, 2, 0).how, Join::shares) << "there is none yet: the one in flight is new enough";
}

TEST_F(SharedReadsTest, AFailureIsNotKept) {
  const Handle failed = in_flight(all, 7);
  reads.complete(failed, {ErrorCode::HTTP_ERROR, 500, 5}, 0);
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
  EXPECT_EQ(reads.size(), 0u);
  const Handle empty = in_flight(all, 8);
  reads.complete(empty, {ErrorCode::OK, 204, 0}, 0);
  EXPECT_EQ(reads.size(), 0u) << "nor an answer without a body";
  EXPECT_EQ(timers.size(), 0u);
}

TEST_F(SharedReadsTest, ARequestThatNobodyWaitsForAnyMoreIsForgotten) {
  const Handle handle = in_flight(all, 7);
  EXPECT_TRUE(reads.complete(handle, {ErrorCode::ABORTED}, 0).empty());
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_TRUE(effects.empty());
}

TEST_F(SharedReadsTest, AChangeDropsTheAnswersOfItsEntityAlone) {
  answered(all, 5);
  answered(page, 6);
  const Handle note = answered(all, 9, kNotes);
  reads.invalidate(kTodos);
  EXPECT_EQ(released(), (std::vector<ValueHandle>{6, 5})) << "newest first";
  EXPECT_EQ(reads.size(), 1u);
  EXPECT_EQ(reads.reusable(note, 0), 9u);
  EXPECT_EQ(timers.size(), 1u);
  reads.invalidate(kTodos);
  reads.invalidate(77);
  EXPECT_EQ(reads.reusable(note, 0), 9u) << "an entity that nothing was read of has nothing to drop";
}

TEST_F(SharedReadsTest, AGapIsAsGoodAsAChangeOfEverything) {
  const Handle todo = answered(all, 5);
  const Handle note = answered(all, 9, kNotes);
  const Handle under_way = in_flight(page, 7);
  reads.gaps.add();
  EXPECT_EQ(reads.reusable(todo, 0), 0u);
  EXPECT_EQ(reads.reusable(note, 0), 0u);
  EXPECT_EQ(reads.join(under_way, 2, 0).how, Join::trails);
  EXPECT_EQ(reads.join(todo, 3, 0).how, Join::starts);
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
}

TEST_F(SharedReadsTest, WhoJoinsAfterAChangeSharesOneTrailingRequest) {
  const Handle handle = in_flight(all, 7);
  for (int i = 0; i < 1000; ++i) reads.invalidate(kTodos);
  EXPECT_EQ(reads.join(handle, 2, 0).how, Join::trails);
  EXPECT_EQ(reads.join(handle, 3, 0).how, Join::trails);
  EXPECT_EQ(reads.complete(handle, ok(5), 0), (std::vector<Handle>{2, 3}));
  EXPECT_EQ(released(), std::vector<ValueHandle>{5}) << "a stale answer is not kept";
  reads.started(handle, 8);
  const Joined joined = reads.join(handle, 4, 0);
  EXPECT_EQ(joined.how, Join::shares);
  EXPECT_EQ(joined.flight, 8u);
  EXPECT_TRUE(reads.complete(handle, ok(6), 0).empty());
  EXPECT_EQ(reads.reusable(handle, 0), 6u);
}

TEST_F(SharedReadsTest, AnAnswerThatWasOvertakenIsNotKeptThoughNobodyTrails) {
  const Handle handle = in_flight(all, 7);
  reads.invalidate(kTodos);
  EXPECT_TRUE(reads.complete(handle, ok(5), 0).empty());
  EXPECT_EQ(released(), std::vector<ValueHandle>{5});
  EXPECT_EQ(reads.size(), 0u);
}

TEST_F(SharedReadsTest, WhoLeavesTrailsNoLonger) {
  const Handle handle = in_flight(all, 7);
  reads.invalidate(kTodos);
  reads.join(handle, 2, 0);
  reads.join(handle, 3, 0);
  reads.leave(handle, 2);
  reads.leave(handle, 99);
  reads.leave(0, 2);
  EXPECT_EQ(reads.complete(handle, {ErrorCode::ABORTED}, 0), std::vector<Handle>{3});
}

TEST_F(SharedReadsTest, ReadsThatWereForgottenLeaveTheOthersOfTheirEntityInTheirChain) {
  std::vector<Target> targets(5);
  std::vector<Handle> handles;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets[i].set("http://h/" + std::to_string(i), "");
    handles.push_back(answered(targets[i], static_cast<ValueHandle>(i + 1)));
  }
  for (const std::size_t gone : {2, 1, 4}) reads.drop_answer(handles[gone]);
  effects.clear();
  reads.invalidate(kTodos);
  EXPECT_EQ(released(), (std::vector<ValueHandle>{4, 1}));
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_EQ(timers.size(), 0u);
}

}  // namespace
}  // namespace raclette
