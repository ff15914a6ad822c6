// Asking: what would happen, what a term means here, what it all adds up to. See session.hpp.
// What would happen is model/what_if.hpp's; the words are the story's, as for calls that were made.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "event/table.hpp"
#include "help.hpp"
#include "model/check.hpp"
#include "model/policy.hpp"
#include "model/what_if.hpp"
#include "step/session.hpp"
#include "values.hpp"
#include "view/terminal.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

// ---- try

namespace {

/// The supposed call as `next` would show it, and the whole search.
std::string supposed_text(const Frame& frame, const ViewOptions& look) {
  const Story story = tell(frame, look.radix);
  const TerminalLists lists = terminal_lists(frame, story, look);
  std::string text = fmt::format("try: {}; nothing is changed\n", printable(story.title));
  for (const std::string& line : {lists.map, lists.free, lists.used, lists.quarantine})
    if (!line.empty()) text += line + "\n";
  for (const std::string& sentence : story.sentences)
    for (const std::string& line : wrap(printable(sentence), look.page - 7))
      text += "       " + line + "\n";
  Table table("lrll");
  constexpr std::size_t most = 16;
  const std::vector<Look> looks = story.walk();
  const bool failed = story.op == Op::alloc_fail;
  for (std::size_t i = 0; failed && i < std::min(looks.size(), most); ++i)
    table.row({fmt::format("f{}", looks[i].number), fmt::format("{} B", looks[i].size),
               "at " + offset_text(looks[i].offset, look.radix),
               fmt::format("{} short", looks[i].shortfall)});
  if (failed && looks.size() > most) table.line(fmt::format("... {} more", looks.size() - most));
  table.write(text, look.colour ? Palette::dark : Palette::none, look.page);
  return text;
}

}  // namespace

Answer Session::try_it(std::string_view arguments) {
  constexpr const char* expected =
      "alloc SIZE or free #N is expected: try alloc 56, try free #2, try --policy best alloc 56";
  if (prediction_.asked) return bad_answer("that would tell: answer first, or quiz off");
  const Model& model = frame().after;
  std::optional<u32> policy;
  std::string_view word = take_word(arguments);
  if (word == "--policy") {
    u32 code = 0;
    if (const Wrong wrong = read_policy(std::string(take_word(arguments)), code))
      return bad_answer(*wrong);
    if (!is_policy_of(model, code)) return bad_answer(no_list_walk);
    policy = code;
    word = take_word(arguments);
  }
  if (model.destroyed || !model.open)
    return bad_answer("the pool is destroyed here: go back first");
  if (word == "alloc" || word.starts_with('+')) {
    const std::string_view text = word == "alloc" ? arguments : word.substr(1);
    const std::optional<u64> size = whole_number(text);
    if (!size) return bad_answer(expected);
    return good_answer(supposed_text(if_allocated(model, *size, policy), look_));
  }
  if (word == "free" || word.starts_with('-')) {
    const std::optional<u64> number = block_number(word == "free" ? arguments : word.substr(1));
    if (!number) return bad_answer(expected);
    const Result<Frame> frame = if_freed(model, *number);
    if (!frame) return bad_answer(frame.error().what + "; list used shows those that live");
    return good_answer(supposed_text(*frame, look_));
  }
  return bad_answer(expected);
}

// ---- explain

namespace {

std::string needed_text(const Session& session) {
  const Model& model = session.frame().after;
  const Story& story = session.story();
  for (const std::string& sentence : story.sentences)
    if (sentence.starts_with("Needs ")) return sentence;
  if (model.list)
    return fmt::format(
        "A block needs header + bytes asked for, rounded up to the alignment. Here: {} + SIZE, "
        "rounded up to {}; 1 byte needs {} B, 100 need {}.",
        model.header_bytes(), model.align, whole_block(model, 1, 0), whole_block(model, 100, 0));
  const u64 front = front_bytes(model, model.guard_size);
  return fmt::format(
      "A block needs front guard + bytes asked for + back guard, rounded up to the alignment. "
      "Here: "
      "{} + SIZE + {}, rounded up to {}; 1 byte needs {} B, 100 need {}.",
      front, model.guard_size, model.align, whole_block(model, 1, model.guard_size),
      whole_block(model, 100, model.guard_size));
}

std::string frag_text(const Model& model) {
  if (model.free_bytes == 0) return "Nothing is free, so nothing is fragmented.";
  const u64 largest = model.largest_free();
  const bool whole = largest == model.free_bytes;
  return fmt::format(
      "{}: the share of the free bytes that lies outside the largest free block. {} B are free in "
      "{}, the largest has {}. {}",
      sum_of_fragmentation(model), model.free_bytes, count_text(model.free_blocks, "block"),
      largest,
      whole ? "All that is free can be had in one piece."
            : fmt::format("A request that needs {} to {} B fails, though so much is free.",
                          largest + 1, model.free_bytes));
}

struct Topic {
  std::string_view name;
  std::string (*text)(const Session& session);
};

constexpr Topic topics[] = {
    {"frag", [](const Session& s) { return frag_text(s.frame().after); }},
    {"needed", needed_text},
    {"used",
     [](const Session& s) {
       return sum_of_bytes(s.frame().after) +
              (s.frame().after.list
                   ? ". Payload is what callers asked for; headers and padding lie around it."
                   : ". Payload is what callers asked for; guards and padding lie around it.");
     }},
    {"split",
     [](const Session&) -> std::string {
       return "A free block that is larger than needed is cut: the low part is handed out, the "
              "rest "
              "stays free and keeps its name.";
     }},
    {"coalesce",
     [](const Session& s) -> std::string {
       if (!s.frame().after.coalesces())
         return "This allocator does not coalesce: a freed block stays as it is, also beside free "
                "neighbours, so that free memory is in ever smaller pieces.";
       return "A block that is freed is united at once with the free neighbours it has, left and "
              "right, so that no two free blocks ever lie side by side. The result keeps the name "
              "of "
              "the lower one.";
     }},
    {"guard",
     [](const Session& s) {
       const Model& model = s.frame().after;
       return model.guard_size == 0
                  ? std::string(
                        "Guards are off here. With them, bytes 0xAB lie before and behind "
                        "every payload; whoever writes past its end changes them, and the "
                        "next check says which and since when.")
                  : fmt::format(
                        "Bytes 0xAB, {} before a payload and {} or more behind it, up to "
                        "the block's end. They are checked when the block is freed and by "
                        "pool_check; damage was done between the last good check and that.",
                        round_up(model.guard_size, model.align), model.guard_size);
     }},
    {"policy",
     [](const Session& s) {
       if (s.frame().after.list)
         return fmt::format(
             "Here: {}. first: the first block of the list that fits; next: the same, from the "
             "last "
             "placement on; best: the smallest that fits; worst: the largest; of equals, the "
             "first in the list. try --policy best alloc 56 shows what another would take.",
             policy_text(s.frame().after));
       return fmt::format(
           "{} fit. first: the lowest address that fits; next: the same, from the last "
           "placement on; best: the smallest that fits; worst: the largest; good: the "
           "first size class that surely fits. try --policy best alloc 56 shows what "
           "another would take.",
           event::word(event::Type::POLICY, s.frame().after.policy));
     }},
    {"numbers",
     [](const Session&) -> std::string {
       return "#17 is what the eighteenth allocation asked for: they are numbered from 0, failed "
              "ones "
              "too, and a number is never used again. f8 is a free block, named by the viewer.";
     }},
};

}  // namespace

Answer Session::explain(std::string_view arguments) {
  const auto* topic = std::ranges::find(topics, arguments, &Topic::name);
  if (topic == std::end(topics)) {
    std::vector<std::string_view> names;
    for (const Topic& each : topics) names.push_back(each.name);
    const std::string_view near = help::nearest(arguments, names);
    return bad_answer(
        fmt::format("one of {} is expected{}", fmt::join(names, ", "),
                    near.empty() ? ": explain frag" : fmt::format("; did you mean {}?", near)));
  }
  std::string text;
  for (const std::string& line : wrap(topic->text(*this), look_.page)) text += line + "\n";
  return good_answer(text);
}

// ---- sums

Answer Session::stats(std::string_view) {
  const Model& model = frame().after;
  std::ostringstream sums;
  write_terminal_sums(sums, frame(), look_);
  std::string text = std::move(sums).str();
  const auto add = [&](const std::string& line) {
    for (const std::string& each : wrap(line, look_.page)) text += each + "\n";
  };
  add(fmt::format("{}, {}, {}, {}, {} of misuse", count_text(model.allocs, "alloc"),
                  count_text(model.frees, "free"), count_text(model.reallocs, "realloc"),
                  count_text(model.failures, "failure"), count_text(model.misuses, "report")));
  add(fmt::format("live: {}, {} B asked for; the peak was {} B, at call {}",
                  count_text(model.used_blocks, "block"), model.payload_bytes, model.peak_payload,
                  model.peak_call));
  if (model.damaged_places != 0)
    add(fmt::format("damage was found in {}", count_text(model.damaged_places, "place")));
  return good_answer(text);
}

Answer Session::check(std::string_view) {
  bool given_up = false;
  const CheckResult result = viz::check(cursor_.from_start(), {}, [&](double share) {
    given_up = given_up || (outside_.go_on && !outside_.go_on(share));
  });
  if (result.broken) return bad_answer(*result.broken);
  std::string text = fmt::format("the log is consistent: {} events, {} calls, {}\n", result.events,
                                 result.calls, count_text(result.pools, "pool"));
  if (result.unchecked != 0)
    text += fmt::format("{} of the events come after a gap: only their order could be checked\n",
                        result.unchecked);
  return good_answer(text);
}

}  // namespace mempool::viz::step
