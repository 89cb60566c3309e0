// The reads that queries share. Equal reads that run at the same time make one request, and its answer is reused for
// kReuse afterwards. What keeps this from ever being stale is `invalidate`: a mutation that ended, or an event on a
// channel of the entity, drops the entity's answers and marks its requests in flight as overtaken. Whoever joins after
// that shares one trailing request, which starts when the one in flight has ended. So a burst of events costs one
// request beyond the one in flight and ends on the newest state.
//
//               join               complete                          invalidate    drop_answer, or its time is over
//   (none)      starts             -                                 -             -
//   in flight   shares             answered; (none) if it failed     overtaken     -
//   overtaken   trails             in flight for those that trail,   -             -
//                                  (none) if there are none
//   answered    answered           -                                 (none)        (none)
//
// A gap in what was heard overtakes requests and answers as a change does, until the backend proves that it does not
// part them from now (gaps.h): then an answer is reused, and given to those that trail.
//
// What has no request, no answer and nobody who trails is forgotten. Requests themselves are made elsewhere: an entry
// knows its flight by handle alone.
#pragma once

#include <string>
#include <vector>

#include "base/hash_index.h"
#include "base/slot_map.h"
#include "base/timers.h"
#include "data/answer.h"
#include "data/gaps.h"
#include "data/request.h"

namespace raclette {

/// How long the answer to a read is reused, in milliseconds.
inline constexpr double kReuse = 1000;

/// What tells reads apart: those with equal keys are shared. Refers to a target that somebody else keeps.
struct ReadKey {
  const Target& target;
  std::uint32_t operation;
  double retry;
  double timeout;
};

/// How an execution that joined a read gets its answer.
enum class Join : std::uint8_t {
  answered,  // it is there: `answer`
  starts,    // by the request that the caller starts now, and tells by `started`
  shares,    // by the one under way: `flight`
  trails,    // by the one after that under way: `complete`, or `restarted`, will give the execution back
};
struct Joined {
  Join how;
  Handle flight = 0;
  Answer answer = {};
};

class SharedReads {
 public:
  SharedReads(TimerTable& timers, Effects& effects) : timers_(timers), effects_(effects) {}

  /// The read of `key`, 0 if there is none. `known`: the one that it was last, or 0; it is looked at first.
  [[nodiscard]] Handle find(const ReadKey& key, Handle known) const;
  /// The same; where there is none, one is added, which has to be joined at once.
  Handle find_or_add(const ReadKey& key, std::uint32_t entity, Handle known);
  /// What a read asks for.
  [[nodiscard]] const Target& target(Handle read) const { return reads_.find(read)->target; }

  Joined join(Handle read, Handle execution, double now);
  /// The request of those that joined was made.
  void started(Handle read, Handle flight);
  /// The request ended, or nobody waits for it any more (ABORTED). Takes over the answer's response. Returns the
  /// executions that trail: the caller lets each of them join once more.
  std::vector<Handle> complete(Handle read, const Answer& answer, double now);
  /// Its request, which had not been made since something changed, is made now: it overtakes nothing any more. Returns
  /// the executions that trailed.
  std::vector<Handle> restarted(Handle read);
  /// An execution trails no longer.
  void leave(Handle read, Handle execution);
  /// The answer that may be reused, or 0. It stays here. `read` may be 0.
  [[nodiscard]] ValueHandle reusable(Handle read, double now) const;
  /// What that answer knows of.
  [[nodiscard]] const AsOf& as_of(Handle read) const { return reads_.find(read)->as_of; }

  /// What was read of this entity, and what is being read, is stale from now on.
  void invalidate(std::uint32_t entity);
  /// How often that was said of an entity: what was asked for at another count may be behind.
  [[nodiscard]] std::uint32_t changes(std::uint32_t entity) const {
    return entity < changes_.size() ? changes_[entity] : 0;
  }
  /// What is asked for now knows of that.
  [[nodiscard]] AsOf now(std::uint32_t entity) const { return {changes(entity), gaps.count()}; }
  /// Whether what knows of `as_of` may be behind.
  [[nodiscard]] bool may_be_stale(std::uint32_t entity, const AsOf& as_of) const {
    return as_of.changes != changes(entity) || gaps.may_have_missed(as_of);
  }
  /// Its answer is not reused any longer: somebody wants a newer one, or its timer (DataTimer::read) fired.
  void drop_answer(Handle read);

  [[nodiscard]] std::size_t size() const { return reads_.size(); }
  [[nodiscard]] bool is_full() const { return reads_.is_full(); }

  Gaps gaps;

 private:
  struct Read {
    Target target;
    std::uint32_t operation = 0;
    std::uint32_t entity = 0;
    double retry = 0;
    double timeout = 0;
    Handle flight = 0;
    bool stale = false;  // the flight was overtaken by a change
    ValueHandle response = 0;
    std::uint32_t status = 0;
    AsOf as_of;              // of the request under way, or of the response
    double fresh_until = 0;  // timers may be late
    TimerId expiry = 0;
    std::vector<Handle> trailing;
    // The reads of one entity are chained, so that making them stale costs what they cost, whatever else there is.
    Handle older = 0;
    Handle newer = 0;
  };

  [[nodiscard]] static bool serves(const Read& read, const ReadKey& key);
  void drop_response(Read& read);
  void forget_if_unused(Handle read);

  TimerTable& timers_;
  Effects& effects_;
  SlotMap<Read> reads_;
  HashIndex by_key_;
  std::vector<Handle> newest_;  // of each entity
  std::vector<std::uint32_t> changes_;
};

}  // namespace raclette
