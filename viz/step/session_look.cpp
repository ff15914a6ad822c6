// Looking: why, bytes, and what is known of one of them or of one block's life. See session.hpp.
// A byte is told by the model; what it cannot know is said to be not known.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "step/screen.hpp"
#include "step/session.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

std::string draw(std::string_view view, const Frame& frame, const ViewOptions& look) {
  std::ostringstream text;
  find_view(view)->write(text, frame, look);
  return std::move(text).str();
}

/// What a walk makes of a free block: "too small, 24 short".
std::string verdict_text(const Look& look) {
  switch (look.verdict) {
    case Verdict::too_small: return fmt::format("too small, {} short", look.shortfall);
    case Verdict::lies_wrong: return "lies wrong for the alignment";
    case Verdict::taken: return "fits: taken";
    case Verdict::passed: return "fits, but is not taken";
    case Verdict::not_looked_at: return "not looked at";
  }
  return "";
}

/// The search as a table; of a long one both ends and what is around the block that was taken.
void write_trail(std::string& text, const Story& story, const ViewOptions& look,
                 std::size_t width) {
  constexpr std::size_t most = 16;
  const std::vector<Look> looks = story.walk();
  const std::vector<bool> shown = excerpt(
      looks.size(), most, [&](std::size_t i) { return looks[i].verdict == Verdict::taken; });
  Table table("llrll");
  for (std::size_t i = 0; i < looks.size(); ++i) {
    if (!shown[i]) {
      const std::size_t first = i;
      while (i < looks.size() && !shown[i]) ++i;
      table.line(fmt::format("... {} more", i-- - first));
      continue;
    }
    const Look& each = looks[i];
    table.row({each.ordinal == 0 ? "" : fmt::format("look {}", each.ordinal),
               fmt::format("f{}", each.number), fmt::format("{} B", each.size),
               "at " + offset_text(each.offset, look.radix), verdict_text(each)},
              each.verdict == Verdict::taken);
  }
  table.write(text, look.colour ? Palette::dark : Palette::none, width);
}

void write_sentences(std::string& text, const Story& story, std::size_t page) {
  for (const std::string& sentence : story.sentences)
    for (const std::string& line : wrap(printable(sentence), page - 1)) text += " " + line + "\n";
}

}  // namespace

std::string Session::why_text(std::size_t width) const {
  std::string text;
  write_sentences(text, story_, width);
  if (!story_.trail.empty()) write_trail(text, story_, look_, width);
  if (event_ != 0) {  // an event says little of the reasons; its call does
    const Story whole = tell(frame_, look_.radix);
    text += fmt::format(" It is part of {}\n", clip(printable(whole.title), width - 15));
    write_sentences(text, whole, width);
  }
  return text;
}

Answer Session::why(std::string_view) {
  return good_answer(
      fmt::format("call {}: {}\n{}", frame_.call, printable(story_.title), why_text(look_.page)));
}

// ---- bytes

/// Rows of the dump that hold the bytes first..end, and the rulers above them.
std::string Session::dump_rows(u64 first, u64 end) const {
  ViewOptions look = look_;
  look.width = look_.page < 79 ? 32 : 64;
  look.rows_alone = true;
  look.first_byte = first;
  look.end_byte = end;
  return draw("dump", frame(), look);
}

std::string Session::dump_text(u64 lines) const {
  const u64 row = look_.page < 79 ? 32 : 64;
  u64 first = 0;
  if (!story_.changes.empty()) {
    // What was taken, freed or found is of more interest than what was left over by it.
    const auto tells = [](const auto& change) {
      return change.second.mark != Mark::rest && change.second.mark != Mark::gap;
    };
    const auto main = std::ranges::find_if(story_.changes, tells);
    const u64 offset = (main == story_.changes.end() ? story_.changes.begin() : main)->first;
    first = offset;
    const Block* block = frame().after.at(offset);
    if (block != nullptr && block->back().damaged != 0) first = block->back().first;
  } else if (!story_.written.empty()) {
    first = story_.written.front().offset;
  }
  first -= first % row;
  return dump_rows(first, add_saturating(first, lines * row));
}

Answer Session::dump(std::string_view arguments) {
  constexpr const char* expected = "dump, dump 4, dump at 0x280 or dump at 0x280 4 is expected";
  constexpr u64 usual_lines = 4, most_lines = 4096;
  const u64 row = look_.page < 79 ? 32 : 64;
  std::string_view rest = arguments;
  const bool has_place = rest.starts_with("at ");
  if (has_place) static_cast<void>(take_word(rest));
  const std::string_view place = has_place ? take_word(rest) : std::string_view();
  const std::optional<u64> offset = has_place ? whole_number(place) : u64{0};
  const std::optional<u64> lines = rest.empty() ? usual_lines : whole_number(rest);
  if (!offset || !lines || *lines == 0 || *lines > most_lines) return bad_answer(expected);
  if (!has_place) return good_answer(dump_text(*lines));
  if (*offset >= frame().after.capacity)
    return bad_answer(fmt::format("the region has {} B: dump at 0 shows its first bytes",
                                  frame().after.capacity));
  const u64 first = *offset - *offset % row;
  return good_answer(dump_rows(first, add_saturating(first, *lines * row)));
}

Answer Session::vis(std::string_view) {
  return good_answer(draw("dump", frame(), look_));
}

Answer Session::screen(std::string_view arguments) {
  constexpr u64 usual_rows = 24, least = 12, most = 200;
  const std::optional<u64> rows = arguments.empty() ? usual_rows : whole_number(arguments);
  if (!rows || *rows < least || *rows > most)
    return bad_answer(
        fmt::format("a number of rows, {} to {}, is expected: screen 24", least, most));
  Typing none;
  std::string text;
  for (std::string& line : draw_screen(*this, {look_.page, *rows}, none)) {
    trim_right(line);
    text += line + "\n";
  }
  return good_answer(text);
}

// ---- one byte

namespace {

/// "byte 3 of the back guard"
std::string part_text(const Block& block, u64 offset) {
  if (!block.lives()) return fmt::format("byte {}", offset - block.offset);
  for (const Guard* guard : {&block.front(), &block.back()})
    if (guard == block.guard_at(offset))
      return fmt::format("byte {} of the {} guard", offset - guard->offset,
                         guard == &block.front() ? "front" : "back");
  if (block.payload <= offset && offset < block.payload_end())
    return fmt::format("byte {} of the payload", offset - block.payload);
  return offset < block.payload ? "a byte in front of the payload" : "a byte of padding";
}

std::string where_text(const Model& model, u64 offset, Radix radix) {
  const Block* block = model.containing(offset);
  if (block == nullptr) return "nothing is known of this byte";
  const Byte byte = model.byte(offset, block);
  std::string value = "its value is not known";
  if (byte.known) {
    value = fmt::format("it holds 0x{:02X}", byte.value);
    if (byte.value >= ' ' && byte.value < 0x7F)
      value += fmt::format(" '{}'", static_cast<char>(byte.value));
  }
  const char* state = !block->used ? "free" : block->quarantined ? "freed, in quarantine" : "live";
  return fmt::format("{} (0x{:X}) is {} of {}, {}, {} B at {}; {}", offset, offset,
                     part_text(*block, offset), block->name(), state, block->size,
                     offset_text(block->offset, radix), value);
}

}  // namespace

Answer Session::whereis(std::string_view arguments) {
  const std::optional<u64> offset = whole_number(arguments);
  if (!offset) return bad_answer("an offset is expected: whereis 0x2A8");
  if (*offset >= frame().after.capacity)
    return bad_answer(fmt::format("the region ends at {}", at(frame().after.capacity)));
  std::string text;
  for (const std::string& line : wrap(where_text(frame().after, *offset, look_.radix), look_.page))
    text += line + "\n";
  return good_answer(text);
}

/// Where it is, and the call that gave its block this form.
Answer Session::whyis(std::string_view arguments) {
  Answer answer = whereis(arguments);
  if (!answer.good) return bad_answer("an offset of the region is expected: whyis 0x2A8");
  const Block* block = frame().after.containing(*whole_number(arguments));
  if (block == nullptr) return answer;
  const Result<Frame> maker = load(block->call);
  if (!maker) return answer;
  const Story story = tell(*maker, look_.radix);
  answer.text += fmt::format("{} is as it is since call {}: {}\n", block->name(), block->call,
                             printable(story.title));
  write_sentences(answer.text, story, look_.page);
  return answer;
}

// ---- one block's life

namespace {

/// The events that name a block, in words.
class Life : public Onlooker {
 public:
  explicit Life(u64 number) : number_(number) {}
  void begin(const Model&) override {}
  void event(const pool_event& event, const Model& before) override {
    CallFacts facts;
    take(facts, event, before);
    if (std::ranges::find(facts.numbers, number_) == facts.numbers.end()) return;
    if (event.kind == POOL_EVENT_GUARD_WRITE) return;
    const bool intact = event.kind == POOL_EVENT_GUARD_CHECK && event.as.guard_check.damaged == 0;
    if (intact && intact_ && !lines.empty()) {
      ++more_;
      return;
    }
    flush();
    intact_ = intact;
    if (lines.size() < most)
      lines.emplace_back(event.call, printable(explain::narrate(event)));
    else
      ++left_out;
  }
  bool end_of_call(u64, const Model&) override { return true; }
  /// Says how many equal ones followed the last line.
  void flush() {
    if (more_ != 0 && !lines.empty())
      lines.back().second += fmt::format("; and {} more checks found the guards intact", more_);
    more_ = 0;
  }

  static constexpr std::size_t most = 64;
  std::vector<std::pair<u64, std::string>> lines;
  u64 left_out = 0;

 private:
  u64 number_;
  bool intact_ = false;
  u64 more_ = 0;
};

}  // namespace

Answer Session::who(std::string_view arguments) {
  const std::optional<u64> number = block_number(arguments);
  if (!number) return bad_answer("the number of an allocation is expected: who #2");
  Life life(*number);
  if (!cursor_.scan(first_call(), frame_.call, life, outside_.go_on)) return bad_answer("given up");
  life.flush();
  const Model& model = frame().after;
  const Block* block = model.live(*number);
  if (life.lines.empty() && block == nullptr)
    return bad_answer(
        fmt::format("up to call {} there is no allocation #{}", frame_.call, *number));
  std::string text = fmt::format("#{}: ", *number);
  if (block != nullptr)
    text += fmt::format("lives, {} B at {}, {} asked for", block->size, at(block->offset),
                        block->requested);
  else
    text += model.freed_call(*number)
                ? fmt::format("gone since call {}", *model.freed_call(*number))
                : "not live";
  const std::string site = site_text(model, *number);
  text += site.empty() ? "\n" : fmt::format("; asked for at {}\n", site);
  Table table("ll");
  for (auto& [call, says] : life.lines) table.row({fmt::format("call {}", call), says});
  if (life.left_out != 0) table.line(fmt::format("... {} more events", life.left_out));
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

}  // namespace mempool::viz::step
