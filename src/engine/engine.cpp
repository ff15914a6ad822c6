// Engine: take, give and resize, each case with its picture. U used, F free, W wilderness.
#include "engine/engine.hpp"

#include <algorithm>

namespace mempool::engine {

void Engine::layout(Carver& carver, Granule count, u32 policy, u32 shift) {
  end_ = first_granule + count;
  policy_ = policy;
  pages_.layout(carver, end_);
  index_.layout(carver, end_, policy, shift);
  top_ = first_granule;
}

void Engine::reset() {
  pages_.clear(top_);
  index_.clear(top_);
  pages_.set_start(first_granule - 1);  // left sentinel: used, never asked for its size
  wild_ = cursor_ = first_granule;
  move_wilderness(first_granule);
  top_ = first_granule;
  free_ = end_ - first_granule;
}

// ---- take ---------------------------------------------------------------------------------------

//  [ ............ W ............ ]   =>   [ U n ][ ........ W ........ ]
Taken Engine::take_wilderness(Granule n) {
  const Granule from = end_ - wild_;
  if (from < n) return {};
  const Granule at = wild_;
  pages_.clear_free(at);
  move_wilderness(at + n);
  free_ -= n;
  return {at, from, 0};
}

void Engine::move_wilderness(Granule to) {
  wild_ = to;
  pages_.set_start(to);
  pages_.set_free(to);
  index_.cover(to);
  top_ = std::max(top_, to);
}

Taken Engine::cut(Hole hole, Granule gap, Granule n) {
  if (hole.at == no_granule) return {};
  const Granule at = hole.at + gap;
  cursor_ = at + n;
  if (gap == 0) return hole.at == wild_ ? take_wilderness(n) : take_hole(hole, n);
  if (hole.at == wild_) {
    //  [ ............ W ............ ]   =>   [ F gap ][ U n ][ ... W ... ]
    pages_.set_start(at);
    move_wilderness(at + n);
  } else {
    //  [ ............ F ............ ]   =>   [ F gap ][ U n ][ ... F ... ]      the rest, if any
    index_.erase(hole.at, hole.size);
    pages_.set_start(at);
    if (const Granule rest = hole.size - gap - n; rest != 0) {
      pages_.set_start(at + n);
      pages_.set_free(at + n);
      index_.insert(at + n, rest);
    }
  }
  pages_.set_free(hole.at);
  index_.insert(hole.at, gap);
  free_ -= n;
  return {at, hole.size, gap};
}

Taken Engine::take_aligned(Granule n, Alignment alignment) {
  const Hole hole = choose_aligned(n, alignment);
  return cut(hole, alignment.gap(hole.at), n);
}

bool Engine::fits(Granule n, Alignment alignment) {
  return choose_aligned(n, alignment).at != no_granule;
}

// ---- give ---------------------------------------------------------------------------------------

// For best and good fit; every free block that changes has to find its place in the order anew.
Given Engine::give_by_size(Granule at) {
  const Granule right = pages_.next(at);
  if (right == wild_) return give_to_wilderness(at);
  const Granule left = pages_.previous(at);
  Given given{right - at, 0, 0};
  if (pages_.is_free(right)) {
    given.right = pages_.size_of_free(right);
    pages_.clear_start(right);
    pages_.clear_free(right);
    index_.erase(right, given.right);
  }
  if (pages_.is_free(left)) {
    given.left = at - left;
    pages_.clear_start(at);
    index_.erase(left, given.left);
  } else {
    pages_.set_free(at);
  }
  index_.insert(at - given.left, given.left + given.size + given.right);
  free_ += given.size;
  return given;
}

//  [ F ][ this ][ ... W ... ]   =>   [ .......... W .......... ]
//  [ U ][ this ][ ... W ... ]   =>   [ U ][ ........ W ....... ]
Given Engine::give_to_wilderness(Granule at) {
  const Granule left = pages_.previous(at);
  const bool left_is_free = pages_.is_free(left);
  const Given given{wild_ - at, left_is_free ? at - left : 0, end_ - wild_};
  pages_.clear_start(wild_);
  pages_.clear_free(wild_);
  if (left_is_free) {
    index_.erase(left, at - left);
    pages_.clear_start(at);
    wild_ = left;
  } else {
    pages_.set_free(at);
    wild_ = at;
  }
  free_ += given.size;
  return given;
}

// ---- resize -------------------------------------------------------------------------------------

//  [ this ][ .... F .... ]   =>   [ this ........ ][ F ]        grown, the rest, if any, stays free
//  [ this ........ ][ F  ]   =>   [ this ][ .... F ....]        shrunk, with or without F before
bool Engine::resize(Granule at, Granule n, Resized& resized) {
  MEMPOOL_ASSERT(is_used_start(at));
  const Granule right = pages_.next(at);
  const bool into_wilderness = right == wild_;
  const bool right_is_free = pages_.is_free(right);
  const Granule behind = !right_is_free ? right : into_wilderness ? end_ : pages_.next(right);
  if (n > behind - at) return false;
  resized = {right - at, behind - at - n};
  if (at + n == right) return true;

  free_ = free_ + (right - at) - n;
  if (into_wilderness) {
    pages_.clear_start(right);
    pages_.clear_free(right);
    move_wilderness(at + n);
    return true;
  }
  if (right_is_free) {
    pages_.clear_start(right);
    pages_.clear_free(right);
    index_.erase(right, behind - right);
  }
  if (resized.rest != 0) {
    pages_.set_start(at + n);
    pages_.set_free(at + n);
    index_.insert(at + n, resized.rest);
  }
  return true;
}

Granule Engine::largest() {
  return std::max(end_ - wild_, index_.largest());
}

}  // namespace mempool::engine
