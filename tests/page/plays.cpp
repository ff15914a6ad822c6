// Plays op lists, in real pools or on the classroom's list allocator, and says what the page must
// say as well: the log, then of every call its story, and the pool after it. For allocator.mjs,
// which compares; not a test itself.
//
//     stdin   capacity align policy guards fill poison quarantine check_every MODEL OPS
//             a line a list; MODEL is pool, or as `create` says it, with a comma for each space
//     stdout  the log's lines; {"story":...} after the last event of each call; {"done":1}
//
// With arguments SEED COUNT it plays so many programs that do what no op list can (wild.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "log/reader.hpp"
#include "model/story.hpp"
#include "wild.hpp"
#include "workload/ops.hpp"
#include "workload/player.hpp"

namespace {

using namespace mempool;
using namespace mempool::viz;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

constexpr const char* verdicts[] = {"too_small", "taken", "not_looked_at", "passed", "lies_wrong"};
constexpr const char* marks[] = {"fresh",       "moved",     "rest",    "gap",     "freed",
                                 "quarantined", "coalesced", "resized", "written", "found_damaged"};

std::string trail_text(const Story& story) {
  std::string out;
  for (const Look& look : story.trail)
    out += fmt::format("{}[{},{},{},{},{},\"{}\"]", out.empty() ? "" : ",", look.number,
                       look.offset, look.size, look.ordinal, look.shortfall,
                       verdicts[static_cast<int>(look.verdict)]);
  return out;
}

std::string changes_text(const Story& story) {
  std::string out;
  for (const auto& [offset, change] : story.changes)
    out += fmt::format("{}[{},\"{}\",{},[{}]]", out.empty() ? "" : ",", offset,
                       marks[static_cast<int>(change.mark)], change.was_size,
                       fmt::join(change.parts, ","));
  return out;
}

std::string blocks_text(const Model& model) {
  std::string out;
  for (const auto& [offset, block] : model.blocks())
    out +=
        fmt::format("{}[\"{}\",{},{}]", out.empty() ? "" : ",", block.name(), offset, block.size);
  return out;
}

/// Offsets of the free blocks, as the list has them.
std::string list_text(const Model& model) {
  std::string out;
  for (const Block* block : model.free_list())
    out += fmt::format("{}{}", out.empty() ? "" : ",", block->offset);
  return out;
}

/// Two digits a byte that is known, ".." for one that is not.
std::string bytes_text(const Model& model) {
  std::string out;
  for (u64 at = 0; at < std::min<u64>(model.capacity, 512); ++at) {
    const Byte byte = model.byte(at);
    out += byte.known ? fmt::format("{:02x}", byte.value) : "..";
  }
  return out;
}

std::string said_text(const Frame& frame) {
  std::string out;
  for (const OwnedEvent& event : frame.events)
    out += (out.empty() ? "" : ",") + quoted(explain::narrate(*event));
  return out;
}

void tell_call(const Frame& frame) {
  const Story story = tell(frame, frame.call % 2 == 0 ? Radix::dec : Radix::hex);
  std::string sentences;
  for (const std::string& sentence : story.sentences)
    sentences += (sentences.empty() ? "" : ",") + quoted(sentence);
  fmt::print(
      "{{\"story\":{},\"title\":{},\"sentences\":[{}],\"trail\":[{}],\"changes\":[{}],"
      "\"blocks\":[{}],\"list\":[{}],\"bytes\":\"{}\",\"sums\":[{},{}],\"said\":[{}]}}\n",
      frame.call, quoted(story.title), sentences, trail_text(story), changes_text(story),
      blocks_text(frame.after), list_text(frame.after), bytes_text(frame.after),
      quoted(sum_of_bytes(frame.after)), quoted(sum_of_fragmentation(frame.after)),
      said_text(frame));
}

/// Folds the log call by call, and tells each.
bool tell_log(const std::string& text) {
  Result<log::Reader> reader = log::Reader::from_text(text);
  if (!reader) return false;
  Frame frame;
  pool_event event;
  const auto end_call = [&] {
    if (frame.events.empty()) return;
    tell_call(frame);
    frame.before = frame.after;
    frame.events.clear();
  };
  while (reader->next(event)) {
    if (event.kind == POOL_EVENT_END) break;
    if (event.call != frame.call) end_call();
    frame.call = event.call;
    frame.events.emplace_back(event);
    if (frame.after.apply(event) != Fault::none) return false;
  }
  end_call();
  return true;
}

bool say_log(const std::string& text) {
  fmt::print("{}", text);
  const bool told = tell_log(text);
  fmt::print("{{\"done\":1}}\n");
  return told;
}

bool play_line(const std::string& line) {
  std::istringstream in(line);
  PoolSetup setup;
  std::string policy, model, ops;
  u64 capacity = 0;
  in >> capacity >> setup.align >> policy >> setup.guards >> setup.fill >> setup.poison >>
      setup.quarantine >> setup.check_every >> model;
  std::getline(in >> std::ws, ops);
  setup.capacity = capacity;
  setup.policy = event::code_of(event::Type::POLICY, policy);
  std::ranges::replace(model, ',', ' ');
  setup.model = read_list_model(model);
  const Result<Workload> workload = parse_ops(ops);
  if (!workload) {
    fmt::print(stderr, "{}: {}\n", ops, workload.error().what);
    return false;
  }
  std::string text;
  const Result<Outcome> outcome = play(*workload, setup, {"", &text}, nullptr);
  if (!outcome) return false;
  return say_log(text);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return 1;  // dumps go there
    const u64 first = std::strtoull(argv[1], nullptr, 10);
    for (u64 i = 0; i < std::strtoull(argv[2], nullptr, 10); ++i)
      if (!say_log(page::wild_log(first + i))) return 1;
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);)
    if (!play_line(line)) return 1;
}
