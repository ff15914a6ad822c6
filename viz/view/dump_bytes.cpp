// Dump bytes: every row of the region, or one line for many that say the same.
//
// Rows are made, held back while the next one is like them, then drawn or folded. When frames are
// compared, rows that are the same in both are passed over.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

/// Whole rows that may become one line: all their cells are equal.
struct Run {
  u64 start = 0;
  u64 rows = 0;
  Cell cell;
  Part part = Part::free;
  bool read = true;      // false: too much to look at
  bool changed = false;  // all of it differs from the other frame
};

std::string quoted(u8 value) {
  const bool printable = 0x20 <= value && value < 0x7F;
  return printable ? std::string("'") + static_cast<char>(value) + "'" : "0x" + hex(value, 2);
}

std::string value_text(const Run& run) {
  if (!run.read) return "not looked at";
  if (!run.cell.known) return "not known";
  return (run.cell.fill ? "fill " : "") + quoted(run.cell.value);
}

u64 number_of(const Piece& piece) {
  return piece.block == nullptr ? 0 : piece.block->number;
}

/// "f12 free", "#6, 'a'", "#6 back guard"
std::string content_text(const Run& run) {
  const std::string number = std::to_string(run.cell.number);
  const std::string side = run.part == Part::front_guard ? " front guard" : " back guard";
  switch (run.cell.shade) {
    case Shade::nothing: return "in no block";
    case Shade::free:
      return "f" + number + " free" + (run.cell.known ? ", old " + value_text(run) : "");
    case Shade::quarantine:
      return "#" + number + "q in quarantine" + (run.cell.known ? ", " + value_text(run) : "");
    case Shade::ghost:
      return (run.part == Part::free ? "f" + number + " free" : "#" + number + "q in quarantine") +
             ", old guard";
    case Shade::payload: return "#" + number + ", " + value_text(run);
    case Shade::header: return "#" + number + " header";
    case Shade::padding: return "#" + number + " padding";
    case Shade::guard: return "#" + number + side + (run.cell.known ? "" : ", not known");
    case Shade::damaged:
      if (run.part == Part::free)
        return "f" + number + " free, written after free: " + value_text(run);
      if (run.part == Part::quarantine)
        return "#" + number + "q in quarantine, written after free: " + value_text(run);
      return "#" + number + side + ", damaged: " + value_text(run);
  }
  return "";
}

class Bytes {
 public:
  explicit Bytes(DumpPage& page)
      : page_(page),
        rows_(page.model, page.width),
        other_(page.options.diff == nullptr ? page.model : page.options.diff->after, page.width) {}
  void write();

 private:
  [[nodiscard]] bool comparing() const { return page_.options.diff != nullptr; }
  [[nodiscard]] u64 pass_unread(u64 start);
  [[nodiscard]] std::optional<Run> foldable() const;
  void compare();
  void take();
  void draw();
  void flush();

  DumpPage& page_;
  Rows rows_, other_;
  Row row_, other_row_;
  Columns changed_{};
  Run run_;   // being held back
  Row held_;  // its first row
  Columns held_changed_{};
  bool drawn_ = false;  // anything at all
};

void Bytes::write() {
  constexpr std::size_t enough = std::size_t{1} << 16;
  const u64 capacity = std::min(page_.model.capacity, page_.options.end_byte);
  const u64 first = page_.options.first_byte - page_.options.first_byte % page_.width;
  for (u64 start = first; start < capacity;) {
    const u64 passed = page_.options.fold ? pass_unread(start) : 0;
    start += passed;
    if (start >= capacity) break;
    rows_.read(start, row_);
    if (comparing())
      compare();
    else if (page_.palette != Palette::none)
      changed_ = changed_by_call(page_, row_);
    take();
    if (page_.out.size() > enough) page_.send();
    if (capacity - start <= page_.width) break;  // so that no offset can wrap around
    start += page_.width;
  }
  flush();
  if (!drawn_) page_.say("note", comparing() ? "the bytes are the same" : "there are no bytes");
}

/// Bytes that are passed over because enough have been read; they make a run.
u64 Bytes::pass_unread(u64 start) {
  Piece piece{}, other{};
  u64 rows = rows_.unread_rows(start, piece);
  bool changed = false;
  if (comparing() && rows != 0) {
    rows = std::min(rows, other_.unread_rows(start, other));
    changed = rows != 0 && (piece.part != other.part || number_of(piece) != number_of(other));
  }
  if (rows == 0) return 0;
  flush();
  if (!comparing() || changed) {
    const Shade shade = piece.part == Part::free         ? Shade::free
                        : piece.part == Part::quarantine ? Shade::quarantine
                        : piece.part == Part::payload    ? Shade::payload
                        : piece.part == Part::header     ? Shade::header
                        : piece.part == Part::padding    ? Shade::padding
                        : piece.part == Part::nothing    ? Shade::nothing
                                                         : Shade::guard;
    run_ = {start, rows, {shade, false, false, 0, number_of(piece)}, piece.part, false, changed};
    flush();
  }
  return rows * page_.width;
}

void Bytes::compare() {
  changed_ = {};
  other_row_.columns = 0;
  other_row_.cells.fill(Cell{});
  const Model& other = page_.options.diff->after;
  if (row_.start < other.capacity) other_.read(row_.start, other_row_);
  for (unsigned i = 0; i < page_.width; ++i) changed_[i] = row_.cells[i] != other_row_.cells[i];
}

/// The run that the row makes alone; nothing if it has to be seen.
std::optional<Run> Bytes::foldable() const {
  if (!page_.options.fold || row_.columns != page_.width || row_.pieces.size() > 1) return {};
  const Part part = row_.pieces.empty() ? Part::nothing : row_.pieces.front().part;
  if (part != Part::nothing && row_.pieces.front().begin >= row_.start)
    return {};  // its label stands here
  const auto all_as_first = [&](const auto& columns) {
    return std::all_of(columns.begin(), columns.begin() + page_.width,
                       [&](const auto& each) { return each == columns.front(); });
  };
  if (!all_as_first(row_.cells)) return {};
  if (comparing() && !all_as_first(changed_)) return {};
  return Run{row_.start, 1, row_.cells.front(), part, true, comparing() && changed_.front()};
}

void Bytes::take() {
  const std::optional<Run> next = foldable();
  if (next && run_.rows != 0 && run_.read && next->cell == run_.cell && next->part == run_.part &&
      next->changed == run_.changed) {
    ++run_.rows;
    return;
  }
  flush();
  std::swap(held_, row_);
  held_changed_ = changed_;
  if (next)
    run_ = *next;
  else
    draw();
}

/// Draws the row that is held; when comparing, only if it differs.
void Bytes::draw() {
  const bool differs = std::ranges::any_of(held_changed_, std::identity{});
  if (comparing() && !differs) return;
  drawn_ = true;
  write_dump_row(page_, held_, held_changed_);
  if (comparing()) {
    std::string carets(page_.width, ' ');
    for (unsigned i = 0; i < page_.width; ++i)
      if (held_changed_[i]) carets[i] = '^';
    page_.boxed(page_.head("chng", held_.start), carets);
  }
  write_dump_damage(page_, held_);
}

void Bytes::flush() {
  const Run run = std::exchange(run_, Run{});
  if (run.rows == 0) return;
  if (run.rows == 1 && run.read) return draw();
  if (comparing() && !run.changed) return;
  drawn_ = true;
  const std::string text = std::to_string(run.rows) + (run.rows == 1 ? " line, " : " lines, ") +
                           page_.offset(run.start) + ".." +
                           page_.offset(run.start + run.rows * page_.width) + ", all " +
                           content_text(run) + (run.changed ? ", all changed" : "");
  std::string head = page_.head("fold", run.start);
  for (const std::string& line : wrap(text, page_.width)) {
    page_.boxed(std::move(head), line);
    head = page_.head("fold");
    head.back() = '|';
  }
}

}  // namespace

void write_dump_bytes(DumpPage& page) {
  std::string high = page.head("ruler"), low = page.head("ruler");
  for (unsigned i = 0; i < page.width; i += 16) {
    high += pad_right("+0x" + hex(i, 2), 16);
    low += "0123456789ABCDEF";
  }
  trim_right(high);
  page.out += high + "\n" + low + "\n";
  Bytes(page).write();
}

}  // namespace mempool::viz
