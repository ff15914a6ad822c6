// The homework's operations: see ostep.hpp.
#include "workload/ostep.hpp"

#include "classroom/list_allocator.hpp"
#include "classroom/python_random.hpp"
#include "workload/ops.hpp"

namespace mempool::viz {

namespace {

u64 to_unit(u64 size, u64 unit) {
  const u64 over = size % unit;
  return over == 0 ? size : add_saturating(size, unit - over);
}

/// Which allocations there are to free depends on which were served, so they are carried out as
/// they are drawn: a number says whether to allocate, the next one how much or which to free.
Workload random_operations(const OstepSetup& setup) {
  Workload made;
  classroom::PythonRandom random(setup.seed);
  classroom::ListAllocator pool(setup.size, 1, setup.policy, setup.list, [](const pool_event&) {});
  struct Live {
    u32 number;
    u64 payload;
  };
  std::vector<Live> live;  // in the order of their allocation
  while (made.operations.size() < setup.operations) {
    if (random.random() < static_cast<double>(setup.percent) / 100.0) {
      const u64 size = random.below(setup.range) + 1;
      const u32 number = made.allocations++;
      if (const auto payload = pool.alloc(number, to_unit(size, setup.unit)))
        live.push_back({number, *payload});
      made.operations.push_back({Act::alloc, number, size});
    } else if (!live.empty()) {
      const auto chosen = live.begin() + static_cast<std::ptrdiff_t>(random.below(live.size()));
      static_cast<void>(pool.free(chosen->payload));
      made.operations.push_back({Act::free, chosen->number});
      live.erase(chosen);
    }
  }
  return made;
}

}  // namespace

PoolSetup OstepSetup::pool() const {
  PoolSetup setup;
  setup.capacity = size;
  setup.align = 1;
  setup.policy = policy;
  setup.model = list;
  return setup;
}

Result<Workload> ostep_operations(const OstepSetup& setup) {
  return setup.ops.empty() ? random_operations(setup) : parse_ops(setup.ops);
}

Workload rounded(Workload workload, u64 unit) {
  for (Operation& operation : workload.operations)
    if (operation.act == Act::alloc || operation.act == Act::realloc)
      operation.size = to_unit(operation.size, unit);
  return workload;
}

}  // namespace mempool::viz
