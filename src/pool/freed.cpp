// Pool: what becomes of a block that is given back, when more than the work is asked for: its bytes
// are filled or poisoned, it may wait in quarantine, and it is remembered for reports.
//
//     live --free--> [ poisoned ] --> quarantine --...--> released --> free, coalesced
//                        '--------------------------------------^      without quarantine
//
// To the engine a block in quarantine is used. Releasing it is the engine's give, and the poison is
// compared before its bytes can be had again.
#include <cstring>

#include "engine/check.hpp"
#include "pool/pool.hpp"

namespace mempool {

/// Frees a live block whose guards have been compared. Reports are the caller's.
void Pool::let_go(Granule start, const explain::Layout& block, const Findings& findings) {
  tracker_.give(region_ + block.payload);
  if (settings_.poison) {
    wipe(block.offset, block.size);
  } else {
    tracker_.unlock(region_ + block.payload, block.requested);
    if (settings_.fill) std::memset(region_ + block.payload, engine::freed_byte, block.requested);
    tracker_.lock(region_ + block.payload, block.requested);
  }
  if (quarantine_.takes(block.size)) return put_into_quarantine(start, block, findings.intact());
  const Site site = site_of(start);
  give_back(start, block, findings.intact());
  bury(block, site, watch_.change_seq());
}

/// Bytes that are free from now on.
void Pool::wipe(u64 offset, u64 size) const {
  tracker_.unlock(region_ + offset, size);
  if (settings_.poison) std::memset(region_ + offset, engine::poison_byte, size);
  tracker_.lock(region_ + offset, size);
}

void Pool::bury(const explain::Layout& block, Site site, u64 freed_seq) {
  sites_.bury(
      {block.number, block.offset, block.size, block.payload, block.requested, site, freed_seq});
}

/// The engine's give, and the record's.
engine::Given Pool::take_out(Granule start) {
  slab_.remove(engine_.head(start), start);
  const engine::Given given = engine_.give(start);
  MEMPOOL_ASSERT(!engine::check_near(engine_, start));
  return given;
}

void Pool::give_back(Granule start, const explain::Layout& block, bool guards_intact) {
  const engine::Given given = take_out(start);
  --live_blocks_;
  live_bytes_ -= block.requested;
  watch_.change(explain::Given{block, bytes(given.left), bytes(given.right), guards_intact});
}

void Pool::put_into_quarantine(Granule start, const explain::Layout& block, bool guards_intact) {
  slab_.find(engine_.head(start), start).quarantined = 1;
  --live_blocks_;
  live_bytes_ -= block.requested;
  quarantine_.push(start, block.size);
  watch_.change(explain::Quarantined{block, guards_intact});
  bury(block, site_of(start), watch_.change_seq());
}

void Pool::shrink_quarantine() {
  while (quarantine_.too_full()) release_oldest();
}

void Pool::release_oldest() {
  const Granule start = quarantine_.oldest();
  const explain::Layout block = layout(start, record_of(start));
  Finding finding = check_poison(block.offset, block.size);
  tell(finding, false);
  quarantine_.pop(block.size);
  const engine::Given given = take_out(start);
  if (finding.damage.damaged != 0) wipe(block.offset, block.size);  // it is told once
  watch_.change(explain::Released{block, bytes(given.left), bytes(given.right)});
  report(finding, "the block leaves the quarantine");
}

/// Nothing is refused because of the quarantine: the oldest blocks leave it until there is room.
void Pool::release_until_it_fits(Granule wanted, const Request& request) {
  while (!quarantine_.empty() && !engine_.fits(wanted, alignment_of(request))) release_oldest();
}

}  // namespace mempool
