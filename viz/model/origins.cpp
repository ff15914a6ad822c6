// Origins: a table of file names, the lines of what lives, a circle of graves.
#include "model/origins.hpp"

namespace mempool::viz {

u32 Origins::file_number(std::string_view file) {
  const auto [it, is_new] =
      file_numbers_.try_emplace(std::string(file), static_cast<u32>(files_.size()));
  if (is_new) files_.emplace_back(file);
  return it->second;
}

void Origins::tell(u64 number, std::string_view file, u64 line) {
  live_[number] = {file_number(file), line};
}

void Origins::bury(Grave grave, bool keep) {
  grave.file = none;
  if (const auto told = live_.find(grave.number); told != live_.end()) {
    grave.file = told->second.file;
    grave.line = told->second.line;
  }
  if (!keep && grave.file == none) return;
  if (graves_.size() < most_graves) return graves_.push_back(grave);
  graves_[oldest_] = grave;
  oldest_ = (oldest_ + 1) % most_graves;
}

template <class Matches>
const Grave* Origins::newest(Matches matches) const {
  for (std::size_t i = graves_.size(); i-- > 0;) {
    const Grave& grave = graves_[(oldest_ + i) % graves_.size()];
    if (matches(grave)) return &grave;
  }
  return nullptr;
}

void Origins::seen_clean(u64 number, u64 call) {
  if (const Grave* grave = gone(number))
    graves_[static_cast<std::size_t>(grave - graves_.data())].clean_call = call;
}

void Origins::forget_graves() {
  graves_.clear();
  oldest_ = 0;
}

std::optional<Site> Origins::site(u64 number) const {
  if (const auto told = live_.find(number); told != live_.end())
    return Site{files_[told->second.file], told->second.line};
  const Grave* grave = gone(number);
  if (grave == nullptr || grave->file == none) return std::nullopt;
  return Site{files_[grave->file], grave->line};
}

const Grave* Origins::gone(u64 number) const {
  return newest([&](const Grave& grave) { return grave.number == number; });
}

const Grave* Origins::last_owner(u64 offset) const {
  return newest([&](const Grave& grave) { return grave.holds(offset); });
}

}  // namespace mempool::viz
