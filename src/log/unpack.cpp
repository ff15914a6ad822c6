// Unpacker: see unpack.hpp. One function an event kind, made from the list when we compile; an
// event of one record, as nearly all are, is unpacked where it lies.
#include "log/unpack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "log/line_source.hpp"

namespace mempool::log {
namespace {

using event::Field;
using event::Kind;
using event::Type;

constexpr std::size_t cells_at = record::size - record::first_cells * 4;

/// Fields of a kind that always have a cell.
constexpr std::size_t count_fixed(const Kind& kind) {
  std::size_t count = 0;
  for (const Field& field : kind.fields)
    if (record::has_cell(field.type) && !record::has_bit(field.type)) ++count;
  return count;
}
/// The bits of fields that have a cell when the bit is set.
constexpr u8 mask_of_cells(const Kind& kind) {
  unsigned mask = 0;
  for (std::size_t f = 0; f < kind.fields.size(); ++f)
    if (record::has_cell(kind.fields[f].type)) mask |= record::bit_of(kind, f);
  return static_cast<u8>(mask);
}

bool continues(record::Head head, u8 kind, record::Head first) {
  return head.kind == kind && head.pool == first.pool && head.seq == first.seq;
}

std::string describe(const Kind& kind, const Field& field, const std::string& sentence) {
  return std::string(kind.name) + ": field \"" + std::string(field.name) + "\" " + sentence;
}

}  // namespace

/// The cells of an event, one after the other.
class Unpacker::Cells {
 public:
  Cells(const char* at, bool wide) : at_(at), wide_(wide) {}
  [[nodiscard]] u64 one() {
    const u32 cell = load_little<u32>(at_);
    at_ += sizeof cell;
    return cell;
  }
  [[nodiscard]] u64 pair() {
    const u64 low = one();
    return low | one() << 32;
  }
  [[nodiscard]] u64 value() { return wide_ ? pair() : one(); }

 private:
  const char* at_;
  bool wide_;
};

/// Takes a field out of the cells; false if it holds what it cannot.
template <std::size_t kind, std::size_t f>
bool Unpacker::take(Cells& cells, u8 bits, pool_event& event) {
  static constexpr Field field = event::kinds[kind].fields[f];
  constexpr u8 bit = record::bit_of(event::kinds[kind], f);
  if constexpr (!record::has_cell(field.type)) {
    event::set<u8>(event, field, (bits & bit) != 0 ? 1 : 0);
    return true;
  }
  const bool there = bit == 0 || (bits & bit) != 0;
  if constexpr (field.type == Type::TEXT || field.type == Type::BYTES) {
    if constexpr (field.type == Type::TEXT)
      event::set<const char*>(event, field, nullptr);
    else
      event::set<pool_bytes>(event, field, {nullptr, 0});
    if (there) pending_[pending_count_++] = {&field, cells.value(), 0};
  } else if constexpr (event::words(field.type).empty()) {
    event::set<u64>(event, field, there ? cells.value() : POOL_NONE);
  } else {
    const u64 code = cells.value();
    if (code == 0 || code > event::words(field.type).size()) {
      what_ = describe(event::kinds[kind], field,
                       "has the code " + std::to_string(code) + ", which is no word of it");
      return false;
    }
    event::set<u32>(event, field, static_cast<u32>(code));
  }
  return true;
}

template <std::size_t kind>
Unpacked Unpacker::read_kind(RecordSource& source, record::Head head, pool_event& event) {
  constexpr const Kind& row = event::kinds[kind];
  constexpr std::size_t fixed = count_fixed(row);
  constexpr unsigned optional = mask_of_cells(row);
  const bool wide = (head.bits & record::wide) != 0;
  const bool timed = (head.bits & record::timed) != 0;
  const std::size_t values = fixed + static_cast<std::size_t>(std::popcount(head.bits & optional));
  const std::size_t count = (wide ? 3 + 2 * values : values) + (timed ? 2 : 0);

  const char* first = source.peek();
  event.call = load_little<u32>(first + record::head_size);
  char gathered[4 * record::most_cells];
  const bool in_place = count <= record::first_cells;
  if (!in_place) {
    if (const Unpacked got = gather(source, head, count, gathered); got != Unpacked::event)
      return got;
  }
  Cells cells(in_place ? first + cells_at : gathered, wide);
  event.kind = row.code;
  event.seq = head.seq;
  event.pool = head.pool;
  if (wide) {
    event.seq |= cells.one() << 32;
    event.call |= cells.one() << 32;
    event.pool |= static_cast<u32>(cells.one() << 16);
  }
  event.time = timed ? cells.pair() : POOL_NONE;
  pending_count_ = 0;
  const bool right = [&]<std::size_t... f>(std::index_sequence<f...>) {
    return (take<kind, f>(cells, head.bits, event) && ...);
  }
  (std::make_index_sequence<row.fields.size()>{});
  if (in_place) source.use();
  if (!right) return Unpacked::wrong;
  return pending_count_ == 0 ? Unpacked::event : take_data(source, head, event);
}

/// Copies the cells of several records into one row, and uses the records up.
Unpacked Unpacker::gather(RecordSource& source, record::Head head, std::size_t count, char* cells) {
  std::memcpy(cells, source.peek() + cells_at, 4 * record::first_cells);
  source.use();
  for (std::size_t done = record::first_cells; done < count;) {
    const char* at = source.peek();
    if (at == nullptr) return Unpacked::cut;
    if (!continues(head_of(at), record::more, head)) {
      what_ = "the rest of the event is missing";
      return Unpacked::incomplete;
    }
    const std::size_t taken = std::min(count - done, record::more_cells);
    std::memcpy(cells + 4 * done, at + record::head_size, 4 * taken);
    done += taken;
    source.use();
  }
  return Unpacked::event;
}

Unpacked Unpacker::take_data(RecordSource& source, record::Head head, pool_event& event) {
  storage_.clear();
  for (std::size_t i = 0; i < pending_count_; ++i)
    if (const Unpacked got = take_run(source, head, pending_[i]); got != Unpacked::event)
      return got;
  for (std::size_t i = 0; i < pending_count_; ++i) {  // now the storage does not move any more
    const Pending& pending = pending_[i];
    const char* data = storage_.data() + pending.at;
    if (pending.field->type == Type::TEXT)
      event::set<const char*>(event, *pending.field, data);
    else
      event::set<pool_bytes>(event, *pending.field,
                             {reinterpret_cast<const u8*>(data), pending.size});
  }
  return Unpacked::event;
}

/// A text or a run of bytes, NUL after it, out of the records that hold it.
Unpacked Unpacker::take_run(RecordSource& source, record::Head head, Pending& pending) {
  const bool is_text = pending.field->type == Type::TEXT;
  const auto wrong = [&](const char* sentence) {
    what_ = describe(*event::find(head.kind), *pending.field, sentence);
    return Unpacked::wrong;
  };
  if (pending.size > longest_line) return wrong("is longer than 16 MiB");
  pending.at = storage_.size();
  for (u64 left = pending.size; left != 0;) {
    const char* at = source.peek();
    if (at == nullptr) return Unpacked::cut;
    const record::Head part = head_of(at);
    const u64 size = std::min<u64>(left, record::data_size);
    if (!continues(part, is_text ? record::text : record::bytes, head) || part.bits != size) {
      what_ = describe(*event::find(head.kind), *pending.field, "is not all there");
      return Unpacked::incomplete;
    }
    storage_.append(at + record::head_size, size);
    left -= size;
    source.use();
  }
  if (is_text && storage_.find('\0', pending.at) != storage_.npos) return wrong("holds a NUL");
  storage_ += '\0';
  return Unpacked::event;
}

Unpacked Unpacker::unpack(RecordSource& source, pool_event& event) {
  using Read = Unpacked (Unpacker::*)(RecordSource&, record::Head, pool_event&);
  static constexpr auto readers = []<std::size_t... kind>(std::index_sequence<kind...>) {
    return std::array<Read, sizeof...(kind)>{&Unpacker::read_kind<kind>...};
  }
  (std::make_index_sequence<std::size(event::kinds)>{});
  const record::Head head = head_of(source.peek());
  return (this->*readers[head.kind - 1])(source, head, event);
}

}  // namespace mempool::log
