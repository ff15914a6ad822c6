// Opening a cursor: one reading of a short log, or the index of a long one. See cursor.hpp.
// The pool is followed as far as its events can be true; where they cannot, the book ends.
#include <algorithm>
#include <set>

#include "model/cursor.hpp"
#include "model/cursor_costs.hpp"

namespace mempool::viz {

namespace {

std::string pools_text(const std::set<u32>& pools) {
  std::string text;
  constexpr std::size_t most = 8;
  std::size_t named = 0;
  for (const u32 pool : pools) {
    if (++named > most) return text + ", ...";
    text += (text.empty() ? "" : ", ") + std::to_string(pool);
  }
  return (pools.size() == 1 ? "pool " : "pools ") + text;
}

std::optional<Error> what_is_missing(const std::set<u32>& pools, std::optional<u32> wanted) {
  if (pools.empty()) return Error{"the log holds no events"};
  if (wanted && !pools.contains(*wanted))
    return Error{"the log has " + pools_text(pools) + "; there is no pool " +
                 std::to_string(*wanted)};
  return std::nullopt;
}

}  // namespace

Result<Cursor> Cursor::open(log::Reader reader, std::optional<u32> pool, const Progress& progress) {
  Cursor cursor(std::move(reader));
  cursor.start_ = cursor.here();
  if (const Result<void> read = cursor.read_all(pool, progress); !read)
    return tl::make_unexpected(read.error());
  return cursor;
}

Result<Cursor> Cursor::open(log::Reader reader, std::optional<u32> pool, Index index,
                            FetchSection fetch) {
  Cursor cursor(std::move(reader));
  cursor.start_ = cursor.here();
  cursor.index_ = std::make_shared<const Index>(std::move(index));
  cursor.fetch_ = std::move(fetch);
  if (const Result<void> used = cursor.use_index(pool); !used)
    return tl::make_unexpected(used.error());
  return cursor;
}

/// One reading of the whole log. A pool with a lower number may turn up late: it is followed then,
/// and nothing of it has been missed.
Result<void> Cursor::read_all(std::optional<u32> wanted, const Progress& progress) {
  std::set<u32> pools;
  Model model;
  std::optional<u64> current;
  u64 whole = 0;  // the last call that is known to be whole
  u64 since = 0;  // events since the last base
  pool_event event;
  Place at = here();
  for (ReadProgress tell(reader_, progress); reader_.next(event); at = here()) {
    tell();
    if (event.pool == 0) continue;
    pools.insert(event.pool);
    const u32 followed = wanted.value_or(*pools.begin());
    if (event.pool != followed) continue;
    if (pool_ != followed) {
      pool_ = followed;
      model = Model();
      bases_.clear();
      bytes_ = since = 0;
      fault_.clear();
      first_call_ = event.call;
      current.reset();
      bases_[event.call] = {at, nullptr, nullptr, true, 0, 0};
    }
    if (!fault_.empty()) continue;
    const log::Findings& so_far = reader_.findings();
    if (current && event.call < *current) {
      fault_ = "call " + std::to_string(event.call) + " stands behind call " +
               std::to_string(*current) + " in the log";
      whole = *current;
      continue;
    }
    if (current != event.call) {
      if (current) whole = *current;
      const u64 spacing =
          std::max<u64>(events_between_bases, blocks_between_bases * model.blocks().size());
      if (since >= spacing) {
        leave_base(event.call, at, model, true);
        since = 0;
      }
      current = event.call;
    }
    ++since;
    if (const Fault fault = model.apply(event); fault != Fault::none) {
      fault_ = describe_fault(event, so_far.unit, so_far.lines, fault);
      if (*current == first_call_) return failure(fault_);
    }
  }
  if (const auto error = what_is_missing(pools, wanted)) return tl::make_unexpected(*error);
  if (!current) return failure(fault_);
  last_call_ = fault_.empty() ? *current : whole;
  findings_ = reader_.findings();
  pools.erase(pool_);
  other_pools_.assign(pools.begin(), pools.end());
  return {};
}

Result<void> Cursor::use_index(std::optional<u32> wanted) {
  pool_event event;
  // A program may have gone on writing where the log ended, in a file of the same size.
  if (!seek(index_->end) || reader_.next(event)) return failure("the index is not of this log");
  std::set<u32> pools;
  for (const IndexedPool& each : index_->pools) pools.insert(each.pool);
  if (const auto error = what_is_missing(pools, wanted)) return tl::make_unexpected(*error);
  pool_ = wanted.value_or(*pools.begin());
  const auto found = std::ranges::find(index_->pools, pool_, &IndexedPool::pool);
  indexed_pool_ = &*found;
  const char* const unit = reader_.findings().unit;
  findings_ = index_->findings;
  findings_.unit = unit;
  first_call_ = found->first_call;
  last_call_ = found->last_call;
  pools.erase(pool_);
  other_pools_.assign(pools.begin(), pools.end());
  bases_[first_call_] = {found->first, nullptr, nullptr, true, 0, 0};
  for (const IndexedModel& model : found->models)
    bases_[model.call + 1] = {model.place, nullptr, &model, true, 0, 0};
  if (found->fault.empty() && found->in_order) return {};
  return failure("the index does not tell how far the log can be followed");
}

}  // namespace mempool::viz
