// Facts: what one call did and what it left, as conditions and watches ask for it.
//
//     log --Cursor::scan--> Gather --CallFacts, a call each--> judge()
//
// Gathered while events go by, at the price of an event or two each, so that millions of calls can
// be searched. It decides nothing; stops.hpp does.
#pragma once

#include <map>
#include <vector>

#include "model/cursor.hpp"
#include "model/story.hpp"

namespace mempool::viz::step {

struct CallFacts {
  u64 call = 0;
  u64 first_seq = 0, last_seq = 0;
  u64 kinds = 0;              // a bit for each kind of event that the call has
  bool realloc = false;       // the block it is about lived already, and goes on living
  bool guard = false;         // a damaged guard was found
  bool damage = false;        // a damaged guard, or a write after free
  u64 number = POOL_NONE;     // the allocation that the call is about
  u64 requested = POOL_NONE;  // what was asked for, now or when it was taken
  std::vector<u64> numbers;   // every block that its events name
  std::vector<Written> told;  // bytes that it told

  [[nodiscard]] bool has(u32 kind) const { return (kinds >> kind & 1) != 0; }
};

/// Takes an event into the facts of its call. before: the pool as the event finds it.
void take(CallFacts& facts, const pool_event& event, const Model& before);

/// The sizes of all free blocks, kept as events come: the largest without a walk.
class FreeSizes {
 public:
  void begin(const Model& model);
  void before(const pool_event& event, const Model& model);
  void after(const Model& model);  // of the event that before() was told
  /// 0 unless it is measured.
  [[nodiscard]] u64 largest() const { return sizes_.empty() ? 0 : sizes_.rbegin()->first; }

 private:
  void count(const Model& model, bool in);
  std::map<u64, u64> sizes_;           // size -> how many free blocks have it
  u64 touched_ = 0, touched_end_ = 0;  // what the event may change
  bool everything_ = false;
};

/// An onlooker that gathers facts. measure: the largest free block is asked for.
class Gather : public Onlooker {
 public:
  explicit Gather(bool measure) : measure_(measure) {}
  void begin(const Model& model) final;
  void event(const pool_event& event, const Model& before) final;
  bool end_of_call(u64 call, const Model& after) final;

 protected:
  virtual void start(const Model& model) = 0;
  /// False: enough has been seen.
  virtual bool judge(const CallFacts& facts, const Model& after) = 0;
  /// 0 unless it is measured.
  [[nodiscard]] u64 largest() const { return measure_ ? sizes_.largest() : 0; }

 private:
  bool measure_;
  bool pending_ = false;
  FreeSizes sizes_;
  CallFacts facts_;
};

}  // namespace mempool::viz::step
