// The same calls under another policy: what would have been placed where. See session.hpp.
//
//     this log --calls--> replay on a pool of its own --log--> a second cursor, held against the
//     first
//
// The replay is Outside's; here two logs are compared, allocation by allocation.
#include <fmt/format.h>

#include <algorithm>

#include "event/table.hpp"
#include "model/policy.hpp"
#include "step/session.hpp"
#include "values.hpp"
#include "view/terminal.hpp"

namespace mempool::viz::step {

namespace {

/// Where an allocation, or a realloc, was placed; POOL_NONE: it failed.
struct Placed {
  u64 call = 0, number = 0, offset = 0, requested = 0;
  [[nodiscard]] bool same(const Placed& other) const {
    return number == other.number && offset == other.offset;
  }
};

class Placements : public Onlooker {
 public:
  void begin(const Model&) override {}
  void event(const pool_event& event, const Model&) override {
    if (event.kind == POOL_EVENT_ALLOC)
      all.push_back(
          {event.call, event.as.alloc.block, event.as.alloc.offset, event.as.alloc.requested});
    if (event.kind == POOL_EVENT_RESIZE)
      all.push_back(
          {event.call, event.as.resize.block, event.as.resize.offset, event.as.resize.requested});
    if (event.kind == POOL_EVENT_ALLOC_FAIL)
      all.push_back(
          {event.call, event.as.alloc_fail.block, POOL_NONE, event.as.alloc_fail.requested});
  }
  bool end_of_call(u64, const Model&) override { return true; }
  std::vector<Placed> all;
};

std::vector<Placed> placements(Cursor& cursor, const Cursor::GoOn& go_on) {
  Placements placements;
  static_cast<void>(cursor.scan(cursor.first_call(), cursor.last_call(), placements, go_on));
  return std::move(placements.all);
}

/// The first place at which they part; none: nowhere.
std::optional<std::size_t> first_difference(const std::vector<Placed>& a,
                                            const std::vector<Placed>& b) {
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i)
    if (!a[i].same(b[i])) return i;
  return std::nullopt;
}

u64 failures(const std::vector<Placed>& all) {
  return static_cast<u64>(std::ranges::count(all, POOL_NONE, &Placed::offset));
}

std::string place_text(const Placed& placed, Radix radix) {
  return placed.offset == POOL_NONE ? "fails" : "at " + offset_text(placed.offset, radix);
}

std::string strip_of(const Frame& frame, const ViewOptions& look, std::string_view name) {
  const Story story = tell(frame, look.radix);
  return fmt::format(" {:<5}{}\n", name, terminal_lists(frame, story, look).map.substr(6));
}

}  // namespace

Result<Cursor> Session::under(u32 policy) {
  Result<std::string> log = outside_.replay(cursor_.from_start(), cursor_.pool(), policy);
  if (!log) return tl::make_unexpected(log.error());
  Result<log::Reader> reader = log::Reader::from_text(std::move(*log));
  if (!reader) return tl::make_unexpected(reader.error());
  return Cursor::open(std::move(*reader), std::nullopt, nullptr);
}

/// Both strips where they part first, and what comes of it.
Answer Session::policy(std::string_view arguments) {
  u32 code = 0;
  if (const Wrong wrong = read_policy(std::string(arguments), code))
    return bad_answer(*wrong + ": policy best");
  if (!is_policy_of(frame_.after, code)) return bad_answer(no_list_walk);
  Result<Cursor> other = under(code);
  if (!other) return bad_answer("the calls cannot be made again: " + other.error().what);
  const std::vector<Placed> here = placements(cursor_, outside_.go_on);
  const std::vector<Placed> there = placements(*other, outside_.go_on);
  const std::optional<std::size_t> parts = first_difference(here, there);
  const std::string name = policy_in_words(code);
  if (!parts) return good_answer(fmt::format("{} places every block where it is here", name));
  const Placed& ours = here[*parts];
  const Placed& theirs = there[*parts];
  std::string text =
      fmt::format("{} parts at call {}: {} B asked for as #{}: here {}, {} {}\n", name, ours.call,
                  ours.requested, ours.number, place_text(ours, look_.radix), name,
                  place_text(theirs, look_.radix));
  const std::optional<Frame> mine = cursor_.at_or_after(ours.call);
  const std::optional<Frame> its = other->at_or_after(theirs.call);
  if (mine && its)
    text += strip_of(*mine, look_, "here") +
            strip_of(*its, look_, event::word(event::Type::POLICY, code));
  text += fmt::format("in all: here {}, {} {}; goto {} shows it\n",
                      count_text(failures(here), "failure"), name,
                      count_text(failures(there), "failure"), ours.call);
  return good_answer(text);
}

Answer Session::compare(std::string_view) {
  const std::vector<Placed> here = placements(cursor_, outside_.go_on);
  Table table("lrrl");
  table.row({"policy", "failures", "frag at the end", "parts from this log"});
  for (const u32 code : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD}) {
    if (!is_policy_of(frame_.after, code)) continue;
    Result<Cursor> other = under(code);
    if (!other) return bad_answer("the calls cannot be made again: " + other.error().what);
    const std::vector<Placed> there = placements(*other, outside_.go_on);
    const std::optional<std::size_t> parts = first_difference(here, there);
    const std::optional<Frame> end = other->at_or_before(other->last_call());
    const u64 frag = end ? fragmentation(end->after, end->after.largest_free()) : 0;
    table.row({std::string(event::word(event::Type::POLICY, code)), std::to_string(failures(there)),
               fmt::format("{} %", frag),
               parts ? fmt::format("at call {}, #{}: {}", here[*parts].call, here[*parts].number,
                                   place_text(there[*parts], look_.radix))
                     : "nowhere"},
              code == frame_.after.policy);
  }
  std::string text;
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

}  // namespace mempool::viz::step
