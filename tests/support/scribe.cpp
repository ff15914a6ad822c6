// Scribe: see scribe.hpp.
#include "support/scribe.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "event/table.hpp"
#include "log/jsonl.hpp"
#include "model/policy.hpp"

namespace mempool::tests {

namespace {

pool_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const u8*>(text.data()), text.size()};
}

}  // namespace

Scribe::Scribe(u64 capacity, Style style) : pool_(style.pool) {
  pool_event created = event::make(POOL_EVENT_CREATE);
  created.as.create = {capacity,
                       style.align,
                       style.policy,
                       style.guards,
                       style.base,
                       style.name,
                       static_cast<u8>(style.fill),
                       static_cast<u8>(style.poison),
                       style.quarantine == 0 ? POOL_NONE : style.quarantine,
                       0,
                       style.model};
  event(created);
}

void Scribe::event(pool_event event) {
  event.pool = pool_;
  event.seq = ++seq_;
  event.call = call_;
  lines_.emplace_back();
  log::write_event(event, lines_.back());
  REQUIRE(model_.apply(event) == viz::Fault::none);
}

void Scribe::guard_written(u64 number, u32 side, u64 offset, u64 size) {
  pool_event written = event::make(POOL_EVENT_GUARD_WRITE);
  written.as.guard_write = {number, side, offset, size};
  event(written);
}

/// Both guards of a block that has been given some.
void Scribe::write_guards(const viz::Block& block) {
  if (block.guard == 0) return;
  guard_written(block.number, POOL_SIDE_FRONT, block.offset, block.payload - block.offset);
  guard_written(block.number, POOL_SIDE_BACK, block.payload_end(),
                block.end() - block.payload_end());
}

void Scribe::fail(u64 number, u64 size, u64 needed, u64 alignment) {
  pool_event failed = event::make(POOL_EVENT_ALLOC_FAIL);
  const u64 free = model_.free_bytes;
  const u32 reason = needed > model_.capacity ? POOL_FAIL_TOO_LARGE
                     : free < needed          ? POOL_FAIL_FULL
                                              : POOL_FAIL_FRAGMENTED;
  failed.as.alloc_fail = {number, size, needed, free, model_.largest_free(), reason, alignment};
  event(failed);
}

/// The free block at offset becomes two, if there is a rest.
void Scribe::cut(u64 offset, u64 size) {
  const u64 whole = model_.at(offset)->size;
  if (size == 0 || size == whole) return;
  pool_event split = event::make(POOL_EVENT_SPLIT);
  split.as.split = {offset, size, offset + size, whole - size};
  event(split);
}

bool Scribe::take(u64 number, u64 size, u64 alignment) {
  const u64 needed = viz::whole_block(model_, size, model_.guard_size);
  const viz::Wanted wanted = viz::wanted_in(model_, needed, alignment);
  if (wanted.alignment == 1) alignment = POOL_NONE;  // not more than the pool's
  const viz::Block* from =
      viz::choose(model_.policy, viz::free_list(model_), wanted, model_.cursor);
  if (from == nullptr) {
    fail(number, size, needed, alignment);
    return false;
  }
  const u64 gap = wanted.gap(from->offset);
  const u64 offset = from->offset + gap;
  cut(from->offset, gap);
  cut(offset, needed);
  const u64 payload = offset + round_up(model_.guard_size, model_.align);
  pool_event taken = event::make(POOL_EVENT_ALLOC);
  taken.as.alloc = {number, offset, needed, payload, size, alignment};
  event(taken);
  write_guards(*model_.at(offset));
  return true;
}

void Scribe::check_guards(const viz::Block& block) {
  for (const viz::Guard* guard : {&block.front(), &block.back()}) {
    if (guard->size == 0) continue;
    const bool front = guard == &block.front();
    pool_event checked = event::make(POOL_EVENT_GUARD_CHECK);
    checked.as.guard_check = {block.number,   front ? POOL_SIDE_FRONT : POOL_SIDE_BACK,
                              guard->offset,  guard->size,
                              guard->damaged, guard->first,
                              {nullptr, 0},   {nullptr, 0}};
    if (guard->damaged != 0) {
      checked.as.guard_check.expected = {guard->expected.data(), guard->shown};
      checked.as.guard_check.found = {guard->found.data(), guard->shown};
    }
    event(checked);
  }
}

void Scribe::give(u64 number, u64 offset) {
  const viz::Block block = *model_.at(offset);
  check_guards(block);
  pool_event freed = event::make(POOL_EVENT_FREE);
  freed.as.free = {number, offset, block.size};
  event(freed);
  const auto coalesce = [&](u32 side, const viz::Block& with, const viz::Block& freed_block) {
    pool_event joined = event::make(POOL_EVENT_COALESCE);
    joined.as.coalesce = {std::min(with.offset, freed_block.offset), with.size + freed_block.size,
                          with.offset, with.size, side};
    event(joined);
  };
  const viz::Block* right = model_.at(block.end());
  if (right != nullptr && !right->used)
    coalesce(POOL_SIDE_RIGHT, viz::Block(*right), viz::Block(*model_.at(offset)));
  const viz::Block* left = offset == 0 ? nullptr : model_.containing(offset - 1);
  if (left != nullptr && !left->used)
    coalesce(POOL_SIDE_LEFT, viz::Block(*left), viz::Block(*model_.at(offset)));
}

/// False when it cannot be done in place.
bool Scribe::resize(u64 number, u64 size) {
  const viz::Block block = *model_.live(number);
  const viz::Block* right = model_.at(block.end());
  const u64 room = block.size + (right == nullptr || right->used ? 0 : right->size);
  const u64 whole = viz::whole_block(model_, size, block.guard);
  if (whole > room) return false;
  check_guards(block);
  pool_event resized = event::make(POOL_EVENT_RESIZE);
  resized.as.resize = {number, block.offset, whole, block.size, size, 0, room - whole};
  if (room != whole) resized.as.resize.rest_offset = block.offset + whole;
  event(resized);
  write_guards(*model_.live(number));
  return true;
}

u64 Scribe::alloc(u64 size) {
  return aligned_alloc(POOL_NONE, size);
}

u64 Scribe::aligned_alloc(u64 alignment, u64 size) {
  begin_call();
  const u64 number = model_.next_number;
  take(number, size, alignment);
  return number;
}

void Scribe::free(u64 number) {
  begin_call();
  give(number, model_.live(number)->offset);
}

void Scribe::realloc(u64 number, u64 size) {
  begin_call();
  if (resize(number, size)) return;
  const u64 old = model_.live(number)->offset;
  if (take(number, size)) give(number, old);
}

void Scribe::move(u64 number, u64 size) {
  begin_call();
  const u64 old = model_.live(number)->offset;
  if (take(number, size)) give(number, old);
}

void Scribe::guards(u64 size) {
  begin_call();
  pool_event changed = event::make(POOL_EVENT_GUARDS);
  const bool ok = size != 0 || model_.used_blocks == 0;
  const u64 now = ok ? size : model_.guard_size;
  changed.as.guards = {static_cast<u8>(now != 0), now, static_cast<u8>(ok)};
  event(changed);
}

void Scribe::note(const char* text) {
  begin_call();
  pool_event noted = event::make(POOL_EVENT_NOTE);
  noted.as.note.text = text;
  event(noted);
}

void Scribe::write(u64 offset, std::string_view bytes) {
  begin_call();
  pool_event told = event::make(POOL_EVENT_BYTES);
  told.as.bytes.offset = offset;
  told.as.bytes.hex = bytes_of(bytes);
  event(told);
}

void Scribe::check_finds(u64 number, std::string_view found) {
  begin_call();
  const viz::Guard guard = model_.live(number)->back();
  pool_event checked = event::make(POOL_EVENT_GUARD_CHECK);
  const std::string expected(found.size(), static_cast<char>(viz::guard_byte));
  checked.as.guard_check = {number,       POOL_SIDE_BACK, guard.offset,       guard.size,
                            found.size(), guard.offset,   bytes_of(expected), bytes_of(found)};
  event(checked);
  pool_event done = event::make(POOL_EVENT_CHECK);
  done.as.check = {model_.used_blocks, 1};
  event(done);
}

void Scribe::check() {
  begin_call();
  pool_event done = event::make(POOL_EVENT_CHECK);
  done.as.check = {model_.used_blocks, 0};
  event(done);
}

void Scribe::misuse(u32 kind, u64 offset, u64 number) {
  begin_call();
  pool_event wrong = event::make(POOL_EVENT_MISUSE);
  wrong.as.misuse = {kind, offset, POOL_NONE, number};
  event(wrong);
}

void Scribe::reset() {
  begin_call();
  pool_event all = event::make(POOL_EVENT_RESET);
  all.as.reset = {model_.used_blocks, model_.payload_bytes};
  event(all);
}

void Scribe::snapshot() {
  begin_call();
  const viz::Model before = model_;
  pool_event opens = event::make(POOL_EVENT_SNAPSHOT);
  opens.as.snapshot = {before.capacity,
                       before.align,
                       before.policy,
                       before.guard_size,
                       0,
                       nullptr,
                       static_cast<u8>(before.fill),
                       before.next_number,
                       before.blocks().size(),
                       0,
                       POOL_NONE,
                       0};
  event(opens);
  for (const auto& [offset, block] : before.blocks()) {
    pool_event row = event::make(POOL_EVENT_BLOCK);
    row.as.block.offset = offset;
    row.as.block.size = block.size;
    if (block.used)
      row.as.block = {block.number,    offset,      block.size, block.payload,
                      block.requested, block.guard, 0};
    event(row);
  }
}

void Scribe::destroy() {
  begin_call();
  std::vector<viz::Block> live;
  for (const auto& [offset, block] : model_.blocks())
    if (block.used) live.push_back(block);
  for (const viz::Block& block : live) check_guards(block);
  for (const viz::Block& block : live) {
    pool_event leaked = event::make(POOL_EVENT_LEAK);
    leaked.as.leak = {block.number, block.offset, block.requested};
    event(leaked);
  }
  pool_event gone = event::make(POOL_EVENT_DESTROY);
  gone.as.destroy = {model_.used_blocks, model_.payload_bytes};
  event(gone);
}

void Scribe::end() {
  pool_event last = event::make(POOL_EVENT_END);
  last.as.end = {lines_.size(), 0};
  lines_.emplace_back();
  log::write_event(last, lines_.back());
}

std::string Scribe::text() const {
  std::string text;
  log::write_header(text);
  for (const std::string& line : lines_) text += line;
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t found = text.find(what);
  REQUIRE_MESSAGE(found != std::string::npos, "not in the log: ", std::string(what));
  REQUIRE_MESSAGE(text.find(what, found + 1) == std::string::npos,
                  "more than once in the log: ", std::string(what));
  return text.replace(found, what.size(), by);
}

viz::Frame frame_of(const std::string& text, const viz::Moment& moment) {
  auto reader = log::Reader::from_text(text);
  REQUIRE(reader.has_value());
  auto frame = viz::load(*reader, moment, nullptr);
  REQUIRE_MESSAGE(frame.has_value(), (frame ? "" : frame.error().what));
  return std::move(*frame);
}

viz::Frame frame_of(const Scribe& scribe) {
  return frame_of(scribe.text(), {});
}

}  // namespace mempool::tests
