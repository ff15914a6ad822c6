// Support for specs that play op lists, in pools and on the classroom's list allocator: their logs
// and frames. Holds no spec.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "model/timeline.hpp"
#include "workload/ops.hpp"
#include "workload/player.hpp"

namespace mempool::tests {

inline viz::Workload workload(std::string_view list) {
  Result<viz::Workload> made = viz::parse_ops(list);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(*made);
}

/// A pool with byte-exact arithmetic, or the classroom's list allocator in its place.
inline viz::PoolSetup bytes(u64 capacity, u32 policy = POOL_FIRST) {
  viz::PoolSetup setup;
  setup.capacity = capacity;
  setup.align = 1;
  setup.policy = policy;
  return setup;
}
inline viz::PoolSetup listed(u64 capacity, viz::ListModel model, u32 policy = POOL_FIRST) {
  viz::PoolSetup setup = bytes(capacity, policy);
  setup.model = model;
  return setup;
}

inline std::string log_text(std::string_view list, const viz::PoolSetup& setup) {
  std::string log;
  const auto outcome = viz::play(workload(list), setup, {"", &log, {}}, nullptr);
  REQUIRE_MESSAGE(outcome.has_value(), outcome.error().what);
  return log;
}

/// The frame of one call; none: of the last before the pool is destroyed.
inline viz::Frame frame_after(std::string_view list, const viz::PoolSetup& setup) {
  std::string log;
  const auto outcome = viz::play(workload(list), setup, {"", &log, {}}, nullptr);
  REQUIRE(outcome.has_value());
  auto reader = log::Reader::from_text(std::move(log));
  REQUIRE(reader.has_value());
  viz::Moment moment;
  moment.call = outcome->executed;
  Result<viz::Frame> frame = viz::load(*reader, moment, nullptr);
  REQUIRE(frame.has_value());
  return std::move(*frame);
}

}  // namespace mempool::tests
