// List model: what `create` says of a pool that is no real one but the textbook's list allocator
// (classroom/list_allocator.hpp), in one text: "list order=lifo coalesce=off header=8".
//
// From it and the events the free list follows, in its own order: so views need no other log.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.hpp"

namespace mempool::viz {

/// In which order free blocks stand in the list.
///
/// address  lowest first            size+  smallest first (of one size, the oldest)
/// lifo     newest first            size-  largest first (of one size, the oldest)
/// fifo     oldest first
///
/// A freed block coalesces first, and then comes into the list as a new one. What a split leaves
/// is as old as the block that was cut: it keeps its place, or goes where its size belongs.
enum class ListOrder : u8 { address, lifo, fifo, size_up, size_down };

inline constexpr std::array<std::pair<std::string_view, ListOrder>, 5> list_orders{
    {{"address", ListOrder::address},
     {"lifo", ListOrder::lifo},
     {"fifo", ListOrder::fifo},
     {"size+", ListOrder::size_up},
     {"size-", ListOrder::size_down}}};
[[nodiscard]] std::string_view word(ListOrder order);
/// "newest first"
[[nodiscard]] std::string_view in_words(ListOrder order);

struct ListModel {
  ListOrder order = ListOrder::address;
  bool coalesces = true;  // a freed block with its free neighbours, at once
  u64 header = 0;         // bytes in front of each block's payload, in the region

  friend bool operator==(const ListModel&, const ListModel&) = default;
};
inline constexpr u64 most_header = 4096;

/// As `create` says it.
[[nodiscard]] std::string text(const ListModel& model);
/// None if the text is not of a list allocator as we know it.
[[nodiscard]] std::optional<ListModel> read_list_model(std::string_view text);

}  // namespace mempool::viz
