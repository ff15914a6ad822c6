// The text of a list model, both ways.
#include "model/list_model.hpp"

#include <charconv>

namespace mempool::viz {

namespace {

/// Takes `start` from the front of a text, if it is there.
bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

}  // namespace

std::string_view word(ListOrder order) {
  for (const auto& [text, meaning] : list_orders)
    if (meaning == order) return text;
  return "?";
}

std::string_view in_words(ListOrder order) {
  switch (order) {
    case ListOrder::address: return "lowest address first";
    case ListOrder::lifo: return "newest first";
    case ListOrder::fifo: return "oldest first";
    case ListOrder::size_up: return "smallest first";
    case ListOrder::size_down: return "largest first";
  }
  return "?";
}

std::string text(const ListModel& model) {
  std::string text = "list order=";
  text += word(model.order);
  text += model.coalesces ? " coalesce=on header=" : " coalesce=off header=";
  return text + std::to_string(model.header);
}

std::optional<ListModel> read_list_model(std::string_view text) {
  ListModel model;
  if (!take(text, "list order=")) return std::nullopt;
  bool known = false;
  for (const auto& [word, order] : list_orders) {
    if (!text.starts_with(word) || !text.substr(word.size()).starts_with(' ')) continue;
    model.order = order;
    known = take(text, word);
    break;
  }
  if (!known) return std::nullopt;
  if (!take(text, " coalesce=on header=")) {
    if (!take(text, " coalesce=off header=")) return std::nullopt;
    model.coalesces = false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), model.header);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || model.header > most_header) return std::nullopt;
  return model;
}

}  // namespace mempool::viz
