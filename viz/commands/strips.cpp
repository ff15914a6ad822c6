// Strips of several runs: see strips.hpp.
#include "commands/strips.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/calls.hpp"
#include "model/story.hpp"
#include "view/terminal_strip.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t most_name = 14;

bool fails(const Frame& frame) {
  return std::ranges::any_of(
      frame.events, [](const OwnedEvent& event) { return event->kind == POOL_EVENT_ALLOC_FAIL; });
}

std::size_t name_width(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, columns(name));
  return std::min(width, most_name);
}

std::string strip_line(const Frame& frame, const std::string& name, std::size_t width,
                       Palette palette) {
  const Story story = tell(frame, Radix::dec);
  const std::size_t room = page_width - width - 6;
  return fmt::format(" {} {} |{}|\n", pad_right(clip(name, width), width), fails(frame) ? '!' : ' ',
                     draw_strip(frame.after, story, room, palette));
}

/// "pool_alloc(4)": the call, whatever came of it.
std::string call_text(const Frame& frame) {
  const std::string title = tell(frame, Radix::dec).title;
  std::string call = title.substr(0, title.find(" → "));
  if (call.ends_with(" fails")) call.resize(call.size() - 6);
  return printable(call);
}

std::string call_line(const Frame& frame) {
  return fmt::format("call {}  {}\n", frame.call, call_text(frame));
}

/// What each says of the call, from its name on.
std::string sayings(const std::vector<const Frame*>& frames,
                    const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    std::string words = names[i] + ":";
    for (const std::string& sentence : tell(*frames[i], Radix::dec).sentences)
      words += " " + sentence;
    std::size_t indent = 1;
    for (const std::string& line : wrap(printable(words), page_width - 3)) {
      text += std::string(indent, ' ') + line + "\n";
      indent = 3;
    }
  }
  return text;
}

}  // namespace

Result<Played> play_calls(const Workload& workload, const Contestant& contestant,
                          const PoolSetup& common, std::size_t most) {
  std::string log;
  const Result<Outcome> outcome = play(workload, contestant.in(common), {"", &log, {}}, nullptr);
  if (!outcome) return tl::make_unexpected(outcome.error());
  Result<log::Reader> reader = log::Reader::from_text(std::move(log));
  if (!reader) return tl::make_unexpected(reader.error());
  Played played{contestant.name, {}};
  const u64 last = std::min<u64>(outcome->executed, most);
  each_call(*reader, [&](const Frame& frame) {
    if (frame.call != 0 && frame.call <= last) played.calls.push_back(frame);
  });
  return played;
}

std::string strips(const std::vector<Played>& runs, std::size_t first, std::size_t last,
                   Palette palette) {
  std::vector<std::string> names;
  for (const Played& run : runs) names.push_back(run.name);
  const std::size_t width = name_width(names);
  std::string text;
  for (std::size_t call = first; call <= last; ++call) {
    if (call > runs.front().calls.size()) break;
    text += call_line(runs.front().calls[call - 1]);
    for (const Played& run : runs)
      if (call <= run.calls.size())
        text += strip_line(run.calls[call - 1], run.name, width, palette);
  }
  return text;
}

std::string reasons(const std::vector<const Frame*>& frames,
                    const std::vector<std::string>& names) {
  return call_line(*frames.front()) + sayings(frames, names);
}

std::string parting(const std::vector<const Frame*>& frames, const std::vector<std::string>& names,
                    Palette palette) {
  std::string text = call_line(*frames.front());
  const std::size_t width = name_width(names);
  for (std::size_t i = 0; i < frames.size(); ++i)
    text += strip_line(*frames[i], names[i], width, palette);
  return text + sayings(frames, names);
}

}  // namespace mempool::viz
