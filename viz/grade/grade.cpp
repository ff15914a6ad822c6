// Judging a log, rule by rule: see grade.hpp.
#include "grade/grade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "event/table.hpp"
#include "grade/suspects.hpp"
#include "model/policy.hpp"
#include "model/story.hpp"

namespace mempool::viz::grade {

namespace {

enum Name { in_pool, frees, serve, alignment, splitting, coalescing, placement };

struct Live {
  u64 offset = 0, size = 0;
};

/// A run of bytes that no block holds.
struct Run {
  u64 offset = 0, size = 0;
};

class Grader {
 public:
  Grader(const Asked& asked, u64 capacity);

  void see(const pool_event& event);
  [[nodiscard]] Report finish();

 private:
  void hold(Name rule, u64 call, bool holds, const std::string& why);
  void alloc(const pool_event& event);
  void refuse(const pool_event& event);
  void free(const pool_event& event);
  void judge_place(const pool_event& event);
  [[nodiscard]] std::vector<Run> runs() const;
  [[nodiscard]] u64 needed(u64 requested) const {
    return std::max(round_up(add_saturating(requested, asked_.header), asked_.align), asked_.align);
  }

  Asked asked_;
  u64 capacity_;
  Suspects suspects_;
  std::map<Name, RuleResult> rules_;
  std::map<u64, Live> live_;   // by number
  std::map<u64, u64> used_;    // offset -> end
  std::map<u64, u64> pieces_;  // free bytes as they were freed, never coalesced: offset -> end
  u64 cursor_ = 0;
  Report report_;
};

Grader::Grader(const Asked& asked, u64 capacity)
    : asked_(asked), capacity_(capacity), suspects_(asked, capacity) {
  pieces_[0] = capacity;
  const auto add = [&](Name name, std::string rule, std::string says) {
    RuleResult& result = rules_[name];
    result.rule = std::move(rule);
    result.says = std::move(says);
  };
  add(in_pool, "blocks", "in the pool, over no other, large enough");
  add(frees, "frees", "of live blocks only, each once");
  add(serve, "serves", "nothing is refused for which there is room");
  if (asked.align > 1)
    add(alignment, fmt::format("align={}", asked.align),
        fmt::format("payloads begin at multiples of {}", asked.align));
  if (asked.split) add(splitting, "split", "what is not needed of a free block stays free");
  if (asked.coalesce) add(coalescing, "coalesce", "free blocks that touch are one, at once");
  if (asked.policy != 0) {
    const std::string name = policy_in_words(asked.policy);
    add(placement, name.substr(0, name.find(' ')), fmt::format("{} chooses the place", name));
  }
}

void Grader::hold(Name rule, u64 call, bool holds, const std::string& why) {
  const auto found = rules_.find(rule);
  if (found == rules_.end()) return;
  RuleResult& result = found->second;
  ++result.checked;
  if (holds) return;
  if (result.broken++ != 0) return;
  result.first_call = call;
  result.why = why;
}

std::vector<Run> Grader::runs() const {
  std::vector<Run> all;
  u64 at = 0;
  for (const auto& [offset, end] : used_) {
    if (offset > at) all.push_back({at, offset - at});
    at = std::max(at, end);
  }
  if (at < capacity_) all.push_back({at, capacity_ - at});
  return all;
}

/// What the policy takes of these runs; none if nothing fits.
std::optional<Run> choose_run(u32 policy, const std::vector<Run>& runs, u64 size, u64 cursor) {
  std::vector<Block> blocks(runs.size());
  FreeList list;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    blocks[i].offset = runs[i].offset;
    blocks[i].size = runs[i].size;
    list.push_back(&blocks[i]);
  }
  const Block* chosen = choose(policy, list, Wanted{.needed = size, .room = size}, cursor);
  if (chosen == nullptr) return std::nullopt;
  return Run{chosen->offset, chosen->size};
}

void Grader::judge_place(const pool_event& event) {
  const pool_event_alloc& block = event.as.alloc;
  const u32 policy = asked_.policy == 0 ? u32{POOL_FIRST} : asked_.policy;
  const std::vector<Run> whole = runs();
  std::vector<Run> pieces;
  for (const auto& [offset, end] : pieces_) pieces.push_back({offset, end - offset});
  const u64 size = std::min(needed(block.requested), block.size);
  const std::optional<Run> right = choose_run(policy, whole, size, cursor_);
  const std::optional<Run> apart = choose_run(policy, pieces, size, cursor_);
  const bool placed = right && right->offset == block.offset;
  const std::string where = fmt::format(
      "#{} was placed at {}; of the free runs {} takes the one at {} ({} bytes)", block.block,
      block.offset, policy_in_words(policy), right ? right->offset : 0, right ? right->size : 0);
  // As if free blocks that touch were still apart: then that is the rule to name.
  if (!placed && apart && apart->offset == block.offset && asked_.coalesce && asked_.policy != 0)
    return hold(coalescing, event.call, false,
                where + ": free blocks that touch were taken one by one");
  hold(placement, event.call, placed, where);
  if (placed && asked_.coalesce) hold(coalescing, event.call, true, "");
}

void Grader::alloc(const pool_event& event) {
  const pool_event_alloc& block = event.as.alloc;
  const u64 end = add_saturating(block.offset, block.size);
  const auto next = used_.lower_bound(block.offset);
  const bool over_next = next != used_.end() && next->first < end;
  const bool over_last = next != used_.begin() && std::prev(next)->second > block.offset;
  const bool inside = end <= capacity_ && block.size != 0;
  const bool holds =
      block.payload >= block.offset && add_saturating(block.payload, block.requested) <= end;
  std::string why;
  if (!inside)
    why = fmt::format("#{} goes from {} to {}, and the pool ends at {}", block.block, block.offset,
                      end, capacity_);
  else if (over_next || over_last)
    why = fmt::format("#{} goes from {} to {}, over a block that lives", block.block, block.offset,
                      end);
  else if (!holds)
    why = fmt::format("#{} has no room for the {} bytes that were asked for", block.block,
                      block.requested);
  hold(in_pool, event.call, why.empty(), why);
  hold(serve, event.call, true, "");
  hold(alignment, event.call, block.payload % asked_.align == 0,
       fmt::format("the payload of #{} begins at {}", block.block, block.payload));
  const u64 least = needed(block.requested);
  hold(splitting, event.call, block.size < add_saturating(least, asked_.align),
       fmt::format("#{} takes {} bytes; {} are enough", block.block, block.size, least));
  suspects_.see_alloc(block.block, block.requested, block.payload);
  if (!why.empty()) return;
  judge_place(event);
  cursor_ = end;
  live_[block.block] = {block.offset, block.size};
  used_[block.offset] = end;
  for (auto piece = pieces_.begin(); piece != pieces_.end();) {  // what is left of free pieces
    const auto [from, to] = *piece;
    if (to <= block.offset || from >= end) {
      ++piece;
      continue;
    }
    piece = pieces_.erase(piece);
    if (from < block.offset) pieces_[from] = block.offset;
    if (to > end) piece = std::next(pieces_.insert_or_assign(end, to).first);
  }
}

void Grader::refuse(const pool_event& event) {
  const pool_event_alloc_fail& failed = event.as.alloc_fail;
  const u64 size = needed(failed.requested);
  u64 largest_piece = 0;
  for (const auto& [offset, end] : pieces_) largest_piece = std::max(largest_piece, end - offset);
  const std::vector<Run> whole = runs();
  const auto run = std::ranges::find_if(whole, [&](const Run& r) { return r.size >= size; });
  suspects_.see_fail(failed.requested, failed.largest);
  if (run == whole.end()) {
    hold(serve, event.call, true, "");
    return;
  }
  const std::string why = fmt::format(
      "#{} asks for {} bytes and was refused, though {} are free in one piece, from {} "
      "to {}",
      failed.block, failed.requested, run->size, run->offset, run->offset + run->size);
  const bool for_want_of_one_piece = largest_piece < size && asked_.coalesce;
  if (for_want_of_one_piece) return hold(coalescing, event.call, false, why);
  hold(serve, event.call, false, why);
}

void Grader::free(const pool_event& event) {
  const auto block = live_.find(event.as.free.block);
  hold(frees, event.call, block != live_.end(),
       fmt::format("#{} is freed, which does not live", event.as.free.block));
  suspects_.see_free(event.as.free.block);
  if (block == live_.end()) return;
  pieces_[block->second.offset] = block->second.offset + block->second.size;
  used_.erase(block->second.offset);
  live_.erase(block);
}

void Grader::see(const pool_event& event) {
  switch (event.kind) {
    case POOL_EVENT_ALLOC: alloc(event); break;
    case POOL_EVENT_ALLOC_FAIL: refuse(event); break;
    case POOL_EVENT_FREE: free(event); break;
    case POOL_EVENT_RESIZE:
    case POOL_EVENT_RESET: ++report_.passed_over; return;
    default: return;  // what a log tells besides is not asked of it
  }
  ++report_.calls;
}

Report Grader::finish() {
  for (auto& [name, rule] : rules_) report_.rules.push_back(std::move(rule));
  if (report_.first_broken() != nullptr) report_.suspects = suspects_.left();
  return std::move(report_);
}

}  // namespace

std::size_t Report::held() const {
  return static_cast<std::size_t>(std::ranges::count(rules, u64{0}, &RuleResult::broken));
}

const RuleResult* Report::first_broken() const {
  const RuleResult* first = nullptr;
  for (const RuleResult& rule : rules)
    if (rule.broken != 0 && (first == nullptr || rule.first_call < first->first_call))
      first = &rule;
  return first;
}

Result<Report> judge(log::Reader& reader, const Asked& asked, const Progress& progress) {
  std::optional<Grader> grader;
  std::optional<u32> pool;
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event);) {
    tell();
    if (!grader && event.kind == POOL_EVENT_CREATE) {
      grader.emplace(asked, event.as.create.capacity);
      pool = event.pool;
    } else if (grader && event.pool == *pool) {
      grader->see(event);
    }
  }
  if (!grader) return failure("no pool is created in it: its first event is to be `create`");
  Report report = grader->finish();
  if (report.calls == 0)
    return failure("there is nothing to judge: no alloc, alloc_fail or free is told");
  return report;
}

}  // namespace mempool::viz::grade
