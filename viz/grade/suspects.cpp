// The suspects and how they are played: see suspects.hpp.
#include "grade/suspects.hpp"

#include <algorithm>

namespace mempool::viz::grade {

using quiz::Rules;

Suspects::Suspects(const Asked& asked, u64 capacity) : asked_(asked), capacity_(capacity) {
  Rules right;
  right.policy = asked.policy == 0 ? u32{POOL_FIRST} : asked.policy;
  right.back_guard = false;  // a header lies in front only
  const auto with = [&](auto change) {
    Rules rules = right;
    change(rules);
    return rules;
  };
  add("never coalesces", with([](Rules& r) { r.joins_left = r.joins_right = false; }));
  add("coalesces with the right neighbour only", with([](Rules& r) { r.joins_left = false; }));
  add("coalesces with the left neighbour only", with([](Rules& r) { r.joins_right = false; }));
  add("does not split free blocks", with([](Rules& r) { r.splits = false; }));
  add("loses what it splits off", with([](Rules& r) { r.keeps_rest = false; }));
  add("hands out the high end of a free block", with([](Rules& r) { r.high_part = true; }));
  add("does not round sizes up to the alignment", with([](Rules& r) { r.rounds = false; }));
  add("forgets its header", with([](Rules& r) { r.front_guard = false; }));
  using Named = std::pair<u32, std::string_view>;
  for (const Named& policy :
       {Named(POOL_FIRST, "uses first fit"), Named(POOL_NEXT, "uses next fit"),
        Named(POOL_BEST, "uses best fit"), Named(POOL_WORST, "uses worst fit")})
    if (policy.first != right.policy)
      add(policy.second, with([&](Rules& r) { r.policy = policy.first; }));
}

void Suspects::add(std::string_view says, const Rules& rules) {
  suspects_.push_back(
      {says, rules, {{{1, 0, capacity_}}, capacity_, asked_.align, asked_.header, 0}});
}

void Suspects::see_alloc(u64 number, u64 requested, u64 payload) {
  for (Suspect& suspect : suspects_) {
    if (suspect.out) continue;
    quiz::Placement placement = quiz::place(suspect.ground, requested, suspect.rules);
    suspect.out = !placement.taken || placement.payload != payload;
    if (suspect.out) continue;
    suspect.live[number] = {placement.offset, placement.size};
    suspect.ground.free = std::move(placement.after);
    suspect.ground.cursor = placement.offset + placement.size;
  }
}

void Suspects::see_fail(u64 requested, u64 largest) {
  for (Suspect& suspect : suspects_) {
    if (suspect.out) continue;
    u64 its_largest = 0;
    for (const quiz::Hole& hole : suspect.ground.free)
      its_largest = std::max(its_largest, hole.size);
    const bool served = quiz::place(suspect.ground, requested, suspect.rules).taken.has_value();
    suspect.out = served || (largest != 0 && largest != its_largest);
  }
}

void Suspects::see_free(u64 number) {
  for (Suspect& suspect : suspects_) {
    if (suspect.out) continue;
    const auto block = suspect.live.find(number);
    if (block == suspect.live.end()) continue;
    const auto [offset, size] = block->second;
    suspect.ground.free = quiz::give_back(suspect.ground, offset, size, suspect.rules).after;
    suspect.live.erase(block);
  }
}

std::vector<std::string> Suspects::left() const {
  std::vector<std::string> sentences;
  for (const Suspect& suspect : suspects_)
    if (!suspect.out) sentences.emplace_back(suspect.says);
  return sentences;
}

}  // namespace mempool::viz::grade
