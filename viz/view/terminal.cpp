// Terminal: see terminal.hpp.
#include "view/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "view/terminal_strip.hpp"
#include "view/text.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t beside_strip = 8;  // columns: " map  |" and "|"
constexpr std::size_t most_reasons = 4;  // lines

std::string entry_text(const Block& block, const Story& story) {
  return fmt::format("{}{} {}", block.name(), story.changes.contains(block.offset) ? "*" : "",
                     block.size);
}

/// A list in one line, or what there is room for: the entries around the change.
struct Chain {
  std::string text;  // "-> f2 48 -> f8* 88 -> 3 more -> NULL"
  std::size_t shown = 0;
};

Chain chain_of(const std::vector<const Block*>& list, const Story& story, std::size_t room) {
  const auto text = [&](std::size_t first, std::size_t last) {
    std::string chain = first == 0 ? "" : fmt::format("-> {} more ", first);
    for (std::size_t i = first; i < last; ++i) chain += "-> " + entry_text(*list[i], story) + " ";
    if (last < list.size()) chain += fmt::format("-> {} more ", list.size() - last);
    return chain + "-> NULL";
  };
  const auto change = std::ranges::find_if(
      list, [&](const Block* block) { return story.changes.contains(block->offset); });
  auto first = static_cast<std::size_t>(change == list.end() ? 0 : change - list.begin());
  std::size_t last = first;
  for (bool grown = true; grown;) {
    grown = false;
    if (last < list.size() && text(first, last + 1).size() <= room) {
      ++last;
      grown = true;
    }
    if (last > first && first > 0 && text(first - 1, last).size() <= room) {
      --first;
      grown = true;
    }
  }
  return last > first ? Chain{text(first, last), last - first} : Chain{text(0, 0), 0};
}

enum class List { free, used, quarantine };

std::vector<const Block*> blocks_of(const Model& model, List which) {
  if (which == List::quarantine) return model.in_quarantine();
  if (which == List::free) return model.free_list();
  std::vector<const Block*> list;
  for (const auto& [offset, block] : model.blocks())
    if (block.lives()) list.push_back(&block);
  return list;
}

std::string list_line(const Model& model, List which, const Story& story, std::size_t page_width) {
  const std::vector<const Block*> list = blocks_of(model, which);
  const std::string head = which == List::used         ? " used |"
                           : which == List::quarantine ? " quar |"
                                                       : " free |";
  const u64 bytes = which == List::used         ? model.used_bytes
                    : which == List::quarantine ? model.quarantined_bytes
                                                : model.free_bytes;
  const std::string count = fmt::format("{}, {} B", count_text(list.size(), "block"), bytes);
  const auto line = [&](const std::string& sum) {
    const std::size_t taken = head.size() + sum.size() + 2;
    const std::size_t room = page_width > taken ? page_width - taken : 0;
    const Chain chain = chain_of(list, story, room);
    return std::pair(chain.shown, head + pad_right(chain.text, room) + "  " + sum);
  };
  if (which == List::quarantine) {
    const auto [shown, text] = line(count + ", oldest first");
    return shown == list.size() ? text : line(count).second;
  }
  if (which == List::used || list.size() < 2) return line(count).second;
  const auto [shown, text] = line(fmt::format("{}, largest {}", count, model.largest_free()));
  return shown != 0 ? text : line(count).second;  // an entry is worth more than that figure
}

/// The sentences that fit, whole ones only; damage comes first, whatever else there is to say.
std::vector<std::string> reasons(const Story& story, std::size_t width) {
  std::vector<std::string> sentences;
  for (const std::string& sentence : story.sentences) sentences.push_back(printable(sentence));
  std::stable_partition(sentences.begin(), sentences.end(),
                        [](const std::string& s) { return s.starts_with("✗"); });
  std::string text;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const std::string longer = text.empty() ? sentences[i] : text + " " + sentences[i];
    const std::string dots = i + 1 < sentences.size() ? " ..." : "";
    if (wrap(longer + dots, width).size() > most_reasons) {
      if (text.empty()) text = clip(sentences[i], width * 2);
      text += " ...";
      break;
    }
    text = longer;
  }
  return wrap(text, width);
}

void send(std::ostream& out, const std::string& text, const ViewOptions& options) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (options.ascii_labels)
      out << ascii(line) << '\n';
    else
      out << line << '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

TerminalLists terminal_lists(const Frame& frame, const Story& story, const ViewOptions& options) {
  const Palette palette = options.colour ? Palette::dark : Palette::none;
  const auto list = [&](List which) {
    const std::string line = list_line(frame.after, which, story, options.page);
    return options.ascii_labels ? ascii(line) : line;
  };
  const std::size_t columns = options.page - beside_strip;
  return {" map  |" + draw_strip(frame.after, story, columns, palette) + "|", list(List::free),
          list(List::used), frame.after.quarantined_blocks == 0 ? "" : list(List::quarantine)};
}

void write_terminal(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  const Palette palette = options.colour ? Palette::dark : Palette::none;
  const Story story = tell(frame, options.radix);
  const std::string call = fmt::format("call {}  ", frame.call);
  std::string text;
  paint(text, palette, Ink::strong, false,
        call + clip(printable(story.title), options.page - call.size()));
  text += "\n";
  send(out, text, options);
  const TerminalLists lists = terminal_lists(frame, story, options);
  for (const std::string& line : {lists.map, lists.free, lists.used, lists.quarantine})
    if (!line.empty()) out << line << '\n';
  text.clear();
  for (const std::string& line : reasons(story, options.page - 7)) text += "       " + line + "\n";
  send(out, text, options);
  out << '\n';
}

void write_terminal_sums(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  std::string text;
  for (const std::string& sum : {sum_of_bytes(frame.after), sum_of_fragmentation(frame.after)})
    for (const std::string& line : wrap(sum, options.page)) text += line + "\n";
  send(out, text, options);
}

}  // namespace mempool::viz
