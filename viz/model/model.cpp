// Model: what can be asked of it. How events change it is apply.cpp's.
#include "model/model.hpp"

#include <algorithm>

namespace mempool::viz {

const char* text(Fault fault) {
  switch (fault) {
    case Fault::none: return "nothing is wrong";
    case Fault::no_pool: return "the pool was neither created nor told in a snapshot before";
    case Fault::no_such_block: return "it names a block that is not there";
    case Fault::wrong_use: return "it takes a free block for a used one, or the other way round";
    case Fault::overlap: return "the block does not lie in free memory";
    case Fault::bad_size: return "its sizes and offsets fit neither each other nor the pool";
    case Fault::created_twice: return "the pool was created before";
    case Fault::after_destroy: return "the pool was destroyed before";
  }
  return "an unknown fault";
}

std::optional<u8> Guard::byte(u64 at) const {
  if (good_call == POOL_NONE && bad_call == POOL_NONE) return std::nullopt;
  if (damaged == 0 || at < first) return guard_byte;
  if (at - first < shown) return found[at - first];
  // Behind the bytes that a check shows: intact only if those account for all the damage.
  u64 seen = 0;
  for (u8 i = 0; i < shown; ++i) seen += expected[i] != found[i] ? 1 : 0;
  if (seen == damaged) return guard_byte;
  return std::nullopt;
}

namespace {

const Guard no_guard;

}  // namespace

const Guard& Block::front() const {
  return guards.get() == nullptr ? no_guard : guards.get()->front;
}

const Guard& Block::back() const {
  return guards.get() == nullptr ? no_guard : guards.get()->back;
}

const Guard* Block::guard_at(u64 at) const {
  for (const Guard* guard : {&front(), &back()})
    if (guard->offset <= at && at - guard->offset < guard->size) return guard;
  return nullptr;
}

std::string Block::name() const {
  return (used ? "#" : "f") + std::to_string(number) + (quarantined ? "q" : "");
}

u64 Model::known_good(const Guard& guard) const {
  if (guard.bad_call != POOL_NONE || last_check == POOL_NONE) return guard.good_call;
  return guard.good_call == POOL_NONE ? last_check : std::max(guard.good_call, last_check);
}

const Damage* Model::stain_in(u64 offset, u64 size) const {
  const auto it = stains.lower_bound(offset);
  return it == stains.end() || it->first - offset >= size ? nullptr : &it->second;
}

const Block* Model::at(u64 offset) const {
  const auto it = blocks_.find(offset);
  return it == blocks_.end() ? nullptr : &it->second;
}

const Block* Model::containing(u64 offset) const {
  auto it = blocks_.upper_bound(offset);
  if (it == blocks_.begin()) return nullptr;
  --it;
  return offset < it->second.end() ? &it->second : nullptr;
}

const Block* Model::live(u64 number) const {
  const u32 handle = live_.find(number);
  return handle == NumberTable::none ? nullptr : &blocks_[handle];
}

std::vector<const Block*> Model::in_quarantine() const {
  std::vector<const Block*> waiting;
  if (quarantined_blocks == 0) return waiting;
  for (const auto& [offset, block] : blocks_)
    if (block.quarantined) waiting.push_back(&block);
  std::ranges::stable_sort(waiting, {}, [](const Block* block) { return block->call; });
  return waiting;
}

u64 Model::largest_free() const {
  u64 largest = 0;
  for (const auto& [offset, block] : blocks_)
    if (!block.used) largest = std::max(largest, block.size);
  return largest;
}

void sort_list(std::vector<const Block*>& list, ListOrder order) {
  const auto by = [&](auto key) { std::ranges::stable_sort(list, {}, key); };
  switch (order) {
    case ListOrder::address: return;
    case ListOrder::lifo: return by([](const Block* b) { return u64_max - b->listed(); });
    case ListOrder::fifo: return by([](const Block* b) { return b->listed(); });
    case ListOrder::size_up:
      return by([](const Block* b) { return std::pair(b->size, b->listed()); });
    case ListOrder::size_down:
      return by([](const Block* b) { return std::pair(u64_max - b->size, b->listed()); });
  }
}

std::vector<const Block*> Model::free_list() const {
  std::vector<const Block*> list;
  for (const auto& [offset, block] : blocks_)
    if (!block.used) list.push_back(&block);
  sort_list(list, list_order());
  return list;
}

Byte Model::byte(u64 offset, const Block* block) const {
  if (const std::optional<u8> value = told_.at(offset)) return {true, false, *value};
  if (block == nullptr) return {};
  if (!block->used || block->quarantined) {
    switch (told_.left(offset)) {
      case Left::nothing: return poison ? Byte{true, true, poison_byte} : Byte{};
      case Left::guard: return {true, false, guard_byte};
      case Left::fill: return {true, true, freed_byte};
    }
  }
  if (const Guard* guard = block->guard_at(offset)) {
    std::optional<u8> value = guard->byte(offset);
    if (!value && guard->bad_call == POOL_NONE && last_check != POOL_NONE) value = guard_byte;
    return value ? Byte{true, false, *value} : Byte{};
  }
  const bool in_payload = block->payload <= offset && offset < block->payload_end();
  return block->filled && in_payload ? Byte{true, true, fresh_byte} : Byte{};
}

bool Model::ghost_guard(u64 offset) const {
  return told_.left(offset) == Left::guard && told_.at(offset).value_or(guard_byte) == guard_byte;
}

}  // namespace mempool::viz
