// Engine: take and give, each case with its picture. U used, F free, W wilderness.
#include "engine/engine.hpp"

#include <algorithm>

namespace mempool::engine {

void Engine::layout(Carver& carver, Granule count) {
  end_ = first_granule + count;
  starts_.layout(carver, end_);
  index_.layout(carver, end_);
  top_ = first_granule;
}

void Engine::reset() {
  starts_.clear(top_);
  index_.clear(top_);
  starts_.set_start(first_granule - 1);  // left sentinel: used, never asked for its size
  starts_.set_start(first_granule);
  wild_ = top_ = first_granule;
  free_ = end_ - first_granule;
}

Taken Engine::take(Granule n) {
  const Hole hole = index_.lowest(n, starts_);
  if (MEMPOOL_UNLIKELY(hole.at == no_granule)) return take_wilderness(n);
  //  [ ....... F ....... ]   =>   [ U n ][ .. F .. ]      or, all of it:   [ ....... U ....... ]
  starts_.clear_free(hole.at);
  if (hole.size != n) {
    starts_.set_start(hole.at + n);
    starts_.set_free(hole.at + n);
  }
  index_.shrink(hole, n);
  free_ -= n;
  return {hole.at, hole.size};
}

//  [ ............ W ............ ]   =>   [ U n ][ ........ W ........ ]
Taken Engine::take_wilderness(Granule n) {
  const Granule from = end_ - wild_;
  if (from < n) return {};
  const Granule at = wild_;
  wild_ += n;
  starts_.set_start(wild_);
  index_.cover(wild_);
  top_ = std::max(top_, wild_);
  free_ -= n;
  return {at, from};
}

Given Engine::give(Granule at) {
  MEMPOOL_ASSERT(is_used_start(at));
  const Granule right = starts_.next(at);
  if (right == wild_) return give_to_wilderness(at);
  const Granule left = starts_.previous(at);
  const bool left_is_free = starts_.is_free(left);
  const bool right_is_free = starts_.is_free(right);
  const Granule behind = right_is_free ? starts_.next(right) : right;
  const Given given{right - at, left_is_free ? at - left : 0, behind - right};

  if (right_is_free) {
    //  [ this ][ F ]   =>   [ this ...... ]
    starts_.clear_start(right);
    starts_.clear_free(right);
    index_.erase(right);
  }
  if (left_is_free) {
    //  [ F ][ this ...... ]   =>   [ F ............ ]
    starts_.clear_start(at);
    index_.grow(left, behind - left);
  } else {
    //  [ U ][ this ...... ]   =>   [ U ][ F ....... ]
    starts_.set_free(at);
    index_.insert(at, behind - at);
  }
  free_ += given.size;
  return given;
}

//  [ F ][ this ][ ... W ... ]   =>   [ .......... W .......... ]
//  [ U ][ this ][ ... W ... ]   =>   [ U ][ ........ W ....... ]
Given Engine::give_to_wilderness(Granule at) {
  const Granule left = starts_.previous(at);
  const bool left_is_free = starts_.is_free(left);
  const Given given{wild_ - at, left_is_free ? at - left : 0, end_ - wild_};
  starts_.clear_start(wild_);
  wild_ = at;
  if (left_is_free) {
    index_.erase(left);
    starts_.clear_free(left);
    starts_.clear_start(at);
    wild_ = left;
  }
  free_ += given.size;
  return given;
}

Granule Engine::largest() const {
  return std::max(end_ - wild_, index_.largest(starts_).size);
}

}  // namespace mempool::engine
