// Rules: the one table of them.
#include "model/rules.hpp"

namespace mempool::viz {

namespace {

constexpr bool ours = true;
constexpr bool any = false;  // any allocator's

constexpr RuleText table[] = {
    {Rule::opening, "opening", any,
     "a pool's first event is `create` or `snapshot`; nothing follows its `destroy`, and nothing "
     "the log's `end`"},
    {Rule::sequence, "sequence", any,
     "seq counts a pool's events one by one; a gap is legal only at `dropped`, which names it"},
    {Rule::calls, "calls", any,
     "the creation is call 0, and calls are numbered one by one; only a `snapshot` may skip some"},
    {Rule::order, "order", ours, "the events of a call come in the order of the contract"},
    {Rule::numbers, "numbers", any,
     "allocations are numbered in the order of attempt; an event names a block that lives there"},
    {Rule::geometry, "geometry", ours,
     "offsets and sizes are multiples of the alignment; a block is front guard, bytes asked for "
     "and guard, rounded up"},
    {Rule::placement, "placement", ours,
     "the free block taken is the one the policy names; for an aligned payload it is asked for "
     "room "
     "for the largest gap, and when nothing has it the lowest block is taken that fits as it lies"},
    {Rule::inside, "inside", any,
     "a block is taken from free memory of the region, and its payload lies inside it"},
    {Rule::split, "split", any,
     "the parts of a split add up to the free block that is cut; a block takes one of them whole"},
    {Rule::coalesce, "coalesce", any,
     "coalescing makes one free block of two that are neighbours, and says which is where"},
    {Rule::guards, "guards", ours,
     "when guards are on both are written, from payload to block end; both are checked before a "
     "guarded block goes"},
    {Rule::resize, "resize", any,
     "a block resized in place takes from, or gives to, the free memory on its right; it moves, or "
     "stays as it is, only where that cannot be"},
    {Rule::failure, "failure", any,
     "a failed allocation tells what was free, the largest free block, and the reason that "
     "follows"},
    {Rule::misuse, "misuse", any, "a misused pointer is not the start of a live block"},
    {Rule::bytes, "bytes", any,
     "recorded bytes are of live blocks (of any allocator: of the region), at most 4096 an event"},
    {Rule::counts, "counts", any, "what an event counts is what there is"},
    {Rule::snapshot, "snapshot", any,
     "a snapshot tells as many blocks as it says, and the ones that earlier events left"},
    {Rule::tiling, "tiling", any,
     "at the end of a call the blocks cover the region, in order, without gap or overlap, and "
     "their sizes add up"},
    {Rule::coalesced, "coalesced", ours, "at the end of a call no two free blocks are neighbours"},
    {Rule::aligned, "aligned", any,
     "the payload's address is a multiple of the alignment that was asked for"},
    {Rule::poison, "poison", any,
     "poison is compared in memory that is free or in quarantine, of a pool that poisons"},
    {Rule::quarantine, "quarantine", any,
     "a block that leaves the quarantine lay in it, and at the end of a call it holds no more than "
     "its limit"},
};

consteval bool numbered_in_order() {
  u8 number = 0;
  for (const RuleText& row : table)
    if (static_cast<u8>(row.rule) != ++number) return false;
  return number == static_cast<u8>(Rule::quarantine);
}
static_assert(numbered_in_order(), "a rule is missing or stands in the wrong place");

}  // namespace

std::span<const RuleText> rules() {
  return table;
}

const RuleText& text(Rule rule) {
  return table[static_cast<u8>(rule) - 1];
}

std::string text(const Broken& broken) {
  std::string out = "R" + std::to_string(static_cast<u8>(broken.rule)) + " ";
  out += text(broken.rule).name;
  return out + ": " + broken.witness;
}

}  // namespace mempool::viz
