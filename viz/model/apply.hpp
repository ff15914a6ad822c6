// Apply: one event on its way into a model; a member function for every kind of event.
//
//     Model::apply --> Apply::run --> Apply::alloc, Apply::free ...
//
// Private to the model. Each function first holds the event against the model and answers a Fault
// if it cannot be true; only then does it change anything. Blocks and lists are apply.cpp's,
// guards and bytes apply_bytes.cpp's, damage apply_damage.cpp's.
#pragma once

#include <algorithm>

#include "model/model.hpp"

namespace mempool::viz {

class Apply {
 public:
  Apply(Model& model, const pool_event& event) : m_(model), event_(event) {}
  Fault run();

 private:
  using It = Model::Blocks::iterator;

#define POOL_MEMBER_FUNCTION_(NAME, name, code, says) Fault name(const pool_event_##name& e);
  POOL_EVENTS(POOL_MEMBER_FUNCTION_)
#undef POOL_MEMBER_FUNCTION_

  [[nodiscard]] bool in_region(u64 offset, u64 size) const;
  /// A log may say anything; no guard is as large as what does not fit.
  [[nodiscard]] static u32 guard_given(u64 size) {
    return static_cast<u32>(std::min<u64>(size, ~u32{0}));
  }
  void count(const Block& block, bool in);
  template <class Event>
  void open_pool(const Event& e);
  void forget_blocks();
  void no_longer_lives(u64 number);
  template <class Event>
  [[nodiscard]] Fault end_life(const Event& e, Block*& block);
  void give_back(Block& block);
  [[nodiscard]] Block free_block(u64 offset, u64 size, u64 number) const;
  It add_free(u64 offset, u64 size, u64 number);
  void use(It free_block, Block block);

  [[nodiscard]] It free_run(u64 offset, u64 size);
  It cut(It block, u64 kept);
  It carve(It block, u64 offset, u64 size);
  It unite(It left, It right);
  void give_back_number(const Block& block);

  [[nodiscard]] Fault find_live(u64 number, u64 offset, Block*& found);
  void move_payload(const Block& from, Block& to);
  void leave_behind(const Block& block);
  void leave_guards(const Block& block, u64 from);
  void fill_freed(const Block& block, u64 from);
  void resize_bytes(const Block& was, const Block& now);
  void grow_peak();

  [[nodiscard]] Guard* guard_of(u64 number, u32 side, u64 offset, u64 size);
  void set_size(Guard& guard, u64 offset, u64 size);
  void told_over(Guard& guard, u64 number, u32 side, const pool_event_bytes& e);
  void told_over_free(const Block& block, u64 offset, pool_bytes bytes);

  void harm(Guard& guard, u64 number, u32 side, u64 damaged, u64 first);
  void stain(Damage damage);
  void found(const Damage& damage);
  void forget_stains(u64 offset, u64 size);

  Model& m_;
  const pool_event& event_;
};

}  // namespace mempool::viz
