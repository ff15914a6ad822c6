// Keyframe: see keyframe.hpp. Everything is written so that the usual is small: between blocks
// there is no gap, guards lie where the payload leaves them room, neighbours have near numbers and
// calls.
//
//     figures · names · blocks [flags, gap, size, number, call, payload, slack, guards] · bytes
//     told · damage, origins (keyframe_past.cpp)
//
// About nine bytes a block where a million live.
#include "model/keyframe.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "model/packed.hpp"

namespace mempool::viz {

namespace {

/// The figures that are kept as they are; sums of blocks are added up again. One list, both ways.
void each_figure(auto& m, auto visit) {
  visit(m.pool), visit(m.capacity), visit(m.align), visit(m.policy), visit(m.guard_size);
  visit(m.base_in_page), visit(m.fill), visit(m.open), visit(m.destroyed);
  visit(m.poison), visit(m.quarantine), visit(m.capture), visit(m.writes_after_free);
  visit(m.peak_payload), visit(m.peak_call), visit(m.allocs), visit(m.frees), visit(m.failures);
  visit(m.misuses), visit(m.reallocs), visit(m.leaked_blocks), visit(m.leaked_bytes);
  visit(m.next_number), visit(m.next_free_number), visit(m.last_seq), visit(m.last_call);
  visit(m.next_listed), visit(m.cursor), visit(m.base_in_page), visit(m.last_check),
      visit(m.damaged_places);
}

// Flags of a block. It leads if its number is live and means this block, not the place it moved to.
constexpr u64 used = 1, filled = 2, guarded = 4, leads = 8, payload_inside = 16;
constexpr u64 guard_size = 32, odd_size = 64, gap_before = 128, quarantined = 256;

constexpr u64 when(bool it_is, u64 flag) {
  return it_is ? flag : 0;
}

/// What a block's number and call are near to: the number of the last block of its kind, and the
/// call of the last one whose number was near its own.
class Likely {
 public:
  [[nodiscard]] u64 number(bool used) const { return numbers_[used ? 1 : 0]; }
  [[nodiscard]] u64 call(bool used, u64 number) const { return calls_[index(used, number)]; }
  void saw(const Block& block) {
    numbers_[block.used ? 1 : 0] = block.number;
    calls_[index(block.used, block.number)] = block.call;
  }

 private:
  static constexpr u64 near = 1024, groups = 1 << 15;
  static std::size_t index(bool used, u64 number) {
    return (used ? groups : 0) + number / near % groups;
  }
  u64 numbers_[2] = {};
  std::vector<u64> calls_ = std::vector<u64>(2 * groups);
};

/// Where a guard lies on its side of a block, if nobody says otherwise.
Guard usual(const Block& block, bool front) {
  Guard guard;
  guard.offset = front ? block.offset : block.payload_end();
  guard.size = (front ? block.payload : block.end()) - guard.offset;
  return guard;
}

std::string_view view(const std::array<u8, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void pack_guard(const Block& block, const Guard& guard, bool front, std::string& out) {
  const Guard expected = usual(block, front);
  put_delta(out, expected.size, guard.size);
  if (guard.size == 0) return;
  put_delta(out, expected.offset, guard.offset);
  put_delta(out, block.call, guard.good_call);
  const bool harmed = guard.damaged != 0 || guard.bad_call != POOL_NONE;
  put(out, harmed ? 1 : 0);
  if (!harmed) return;
  put(out, guard.damaged);
  put(out, guard.first);
  put(out, guard.bad_call);
  put(out, guard.shown);
  out += view(guard.expected);
  out += view(guard.found);
}

/// False unless it is a guard that lies in its block, outside the payload.
bool unpack_guard(Unpack& in, const Block& block, bool front, Guard& guard) {
  const Guard expected = usual(block, front);
  const u64 size = in.delta(expected.size);
  if (size == 0) return !in.bad();
  guard.size = size;
  guard.offset = in.delta(expected.offset);
  guard.good_call = in.delta(block.call);
  const u64 from = expected.offset;
  const bool inside = guard.offset >= from && guard.offset - from <= expected.size &&
                      size <= expected.size - (guard.offset - from);
  if (!inside) return false;
  if (in.number() == 0) return !in.bad();
  guard.damaged = in.number();
  guard.first = in.number();
  guard.bad_call = in.number();
  guard.shown = static_cast<u8>(std::min<u64>(in.number(), guard.found.size()));
  const std::string_view bytes = in.bytes(2 * guard.found.size());
  if (in.bad()) return false;
  std::copy_n(bytes.begin(), guard.expected.size(), guard.expected.begin());
  std::copy_n(bytes.begin() + guard.expected.size(), guard.found.size(), guard.found.begin());
  return guard.damaged == 0 || (guard.first >= guard.offset && guard.first < guard.end() &&
                                guard.shown <= guard.end() - guard.first);
}

/// What only used blocks have.
bool unpack_payload(Unpack& in, u64 flags, Block& block) {
  const u64 before = (flags & payload_inside) != 0 ? in.number() : 0;
  const u64 slack = in.number();
  if (before > block.size || slack > block.size - before) return false;
  block.payload = block.offset + before;
  block.requested = block.size - before - slack;
  if ((flags & guard_size) != 0) block.guard = static_cast<u32>(in.number());
  if ((flags & guarded) == 0) return true;
  Guards& guards = block.guards.make();
  return unpack_guard(in, block, true, guards.front) && unpack_guard(in, block, false, guards.back);
}

}  // namespace

// ---- to bytes

std::string Keyframe::pack(const Model& model) {
  std::string out;
  out.reserve(model.blocks_.size() * 16 + 256);
  each_figure(model, [&](u64 figure) { put(out, figure); });
  put_text(out, model.name);
  put_text(out, model.model);
  put_text(out, model.recorded);
  pack_blocks(model, out);
  pack_told(model.told_, out);
  pack_damage(model, out);
  pack_origins(model.origins_, out);
  return out;
}

void Keyframe::pack_blocks(const Model& model, std::string& out) {
  put(out, model.blocks_.size());
  Likely likely;
  u64 end = 0;
  for (const auto& [offset, block] : model.blocks_) {
    const Guard &front = block.front(), &back = block.back();
    const u64 flags =
        when(block.used, used) | when(block.filled, filled) |
        when(front.size != 0 || back.size != 0, guarded) |
        when(model.live(block.number) == &block, leads) | when(offset != end, gap_before) |
        when(block.size % model.align != 0, odd_size) | when(block.quarantined, quarantined) |
        when(block.used && block.payload != offset, payload_inside) |
        when(block.used && block.guard != 0, guard_size);
    put(out, flags);
    if ((flags & gap_before) != 0) put(out, offset - end);
    put(out, (flags & odd_size) != 0 ? block.size : block.size / model.align);
    put_delta(out, likely.number(block.used), block.number);
    put_delta(out, likely.call(block.used, block.number), block.call);
    likely.saw(block);
    end = block.end();
    if (!block.used && !model.list_in_address_order()) put(out, block.listed());
    if (!block.used) continue;
    if ((flags & payload_inside) != 0) put(out, block.payload - offset);
    put(out, end - block.payload_end());
    if ((flags & guard_size) != 0) put(out, block.guard);
    if ((flags & guarded) == 0) continue;
    pack_guard(block, front, true, out);
    pack_guard(block, back, false, out);
  }
}

void Keyframe::pack_told(const Told& told, std::string& out) {
  std::vector<u64> numbers;
  for (const auto& [number, page] : told.pages_) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  put(out, numbers.size());
  for (const u64 number : numbers) {
    const Told::Page& page = told.pages_.at(number);
    put(out, number);
    for (const u64 bits : page.known) put(out, bits);
    for (std::size_t i = 0; i < page.value.size(); ++i)
      if ((page.known[i / 64] >> (i % 64) & 1) != 0) out += static_cast<char>(page.value[i]);
  }
  put(out, told.spans_.size());
  u64 end = 0;
  for (const auto& [offset, span] : told.spans_) {
    put(out, offset - end);
    put(out, span.size);
    put(out, static_cast<u64>(span.what));
    end = offset + span.size;
  }
}

// ---- from bytes

std::optional<Model> Keyframe::unpack(std::string_view bytes, History history) {
  Model model;
  Unpack in(bytes);
  each_figure(model, [&](auto& figure) {
    figure = static_cast<std::remove_reference_t<decltype(figure)>>(in.number());
  });
  model.name = in.text();
  model.model = in.text();
  model.list = read_list_model(model.model);
  model.recorded = in.text();
  const bool sound = !in.bad() && model.capacity != 0 && is_power_of_two(model.align) &&
                     model.base_in_page < page_bytes;
  if (!sound || !unpack_blocks(in, model) || !unpack_told(in, model)) return std::nullopt;
  if (!unpack_damage(in, model) || !unpack_origins(in, model.origins_) || !in.at_end())
    return std::nullopt;
  model.history_ = std::move(history);
  return model;
}

bool Keyframe::unpack_blocks(Unpack& in, Model& model) {
  const u64 count = in.number();
  // A block takes four bytes at least; there will soon be some more of them.
  const u64 blocks = std::min(count, in.left() / 4);
  model.blocks_.reserve(blocks + blocks / 8);
  Likely likely;
  u64 end = 0;
  for (u64 i = 0; i < count; ++i) {
    Block block;
    const u64 flags = in.number();
    const u64 gap = (flags & gap_before) != 0 ? in.number() : 0;
    const u64 size = in.number();
    const u64 unit = (flags & odd_size) != 0 ? 1 : model.align;
    const u64 room = model.capacity - end;
    if (gap > room || size == 0 || size > (room - gap) / unit) return false;
    block.offset = end + gap;
    block.size = size * unit;
    block.used = (flags & used) != 0;
    block.filled = (flags & filled) != 0;
    block.quarantined = (flags & quarantined) != 0;
    block.number = in.delta(likely.number(block.used));
    block.call = in.delta(likely.call(block.used, block.number));
    likely.saw(block);
    end = block.end();
    if (!block.used && !model.list_in_address_order()) block.payload = in.number();
    if (block.used && !unpack_payload(in, flags, block)) return false;
    if (in.bad() || !add_block(model, std::move(block), (flags & leads) != 0)) return false;
  }
  return !in.bad();
}

bool Keyframe::add_block(Model& model, Block block, bool leads) {
  if (block.quarantined && (leads || !block.used)) return false;
  if (leads && (!block.used || model.live(block.number) != nullptr)) return false;
  if (block.quarantined) {
    model.quarantined_bytes += block.size;
    ++model.quarantined_blocks;
  } else if (block.used) {
    model.used_bytes += block.size;
    ++model.used_blocks;
    model.payload_bytes += block.requested;
    model.guard_bytes += block.front().size + block.back().size;
  } else {
    model.free_bytes += block.size;
    ++model.free_blocks;
  }
  const u64 number = block.number;
  const auto it = model.blocks_.insert_or_assign(block.offset, std::move(block));
  if (leads) model.live_.set(number, model.blocks_.handle(it));
  return true;
}

bool Keyframe::unpack_told(Unpack& in, Model& model) {
  Told& told = model.told_;
  const u64 pages = in.number();
  if (pages > Told::most_pages) return false;
  for (u64 i = 0; i < pages && !in.bad(); ++i) {
    Told::Page& page = told.pages_[in.number()];
    for (u64& bits : page.known) bits = in.number();
    for (std::size_t j = 0; j < page.value.size() && !in.bad(); ++j)
      if ((page.known[j / 64] >> (j % 64) & 1) != 0) page.value[j] = in.byte();
  }
  const u64 spans = in.number();
  u64 end = 0;
  for (u64 i = 0; i < spans; ++i) {
    const u64 gap = in.number();
    const u64 size = in.number();
    const u64 what = in.number();
    const u64 room = model.capacity - end;
    const bool fits = gap <= room && size != 0 && size <= room - gap;
    if (in.bad() || !fits || what > static_cast<u64>(Left::fill)) return false;
    told.spans_.insert_or_assign(end + gap, {size, static_cast<Left>(what)});
    end += gap + size;
  }
  return !in.bad();
}

}  // namespace mempool::viz
