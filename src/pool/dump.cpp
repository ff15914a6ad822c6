// Pool: the plain dump, on stderr: statistics, then the region, 64 characters a line.
//
// Free bytes are '.', everything else is as it is, and what is not printable is '~': a terminal
// never gets a raw byte. Equal lines are folded. The annotated dump is mempool-viz's.
#include <cstdio>
#include <cstring>

#include "pool/pool.hpp"

namespace mempool {

namespace {

constexpr u64 columns = 64;

/// Writes lines, and folds runs of equal ones.
class Folder {
 public:
  ~Folder() {
    unfold();
    flush();
  }
  void line(u64 offset, const char* text, u64 size) {
    if (size == columns && have_last_ && std::memcmp(text, last_, columns) == 0) {
      ++folded_;
      return;
    }
    unfold();
    put(text, size);
    put("\n", 1);
    have_last_ = size == columns;
    std::memcpy(last_, text, size);
    last_offset_ = offset;
  }
  void unfold() {
    if (folded_ == 0) return;
    Line line;
    line << "(" << folded_ << (folded_ == 1 ? " more line" : " more lines")
         << " like this, to offset " << last_offset_ + (folded_ + 1) * columns << ")\n";
    put(line.view().data(), line.view().size());
    folded_ = 0;
  }

 private:
  void put(const char* text, u64 size) {  // stderr has no buffer of its own
    if (gathered_ + size > sizeof gathering_) flush();
    std::memcpy(gathering_ + gathered_, text, size);
    gathered_ += size;
  }
  void flush() {
    std::fwrite(gathering_, 1, gathered_, stderr);
    gathered_ = 0;
  }

  char gathering_[4096];
  u64 gathered_ = 0;
  char last_[columns];
  bool have_last_ = false;
  u64 last_offset_ = 0;
  u64 folded_ = 0;
};

}  // namespace

void Pool::dump() {
  begin_call();
  if (live_blocks_ != 0) {  // else there are no bytes to tell, and no call to number
    count_call();
    if (watch_.active()) {
      tell_bytes();
      end_call();
    }
  }
  pool_statistics stats{};
  statistics(stats);
  Line title;
  title << "mempool: pool " << number();
  if (!settings_.name.empty()) (title << " ").quote(settings_.name.c_str());
  title << ": " << stats.capacity << " bytes, " << stats.free << " free (largest " << stats.largest
        << "), " << stats.live_blocks << " live blocks with " << stats.live_bytes << " bytes, "
        << stats.allocs << " allocs, " << stats.frees << " frees, " << stats.failures
        << " failed\n";
  std::fwrite(title.view().data(), 1, title.view().size(), stderr);

  open_region_to_readers();
  char text[columns];
  u64 filled = 0;
  Folder folder;
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    const bool free = engine_.is_free_start(at);
    const u64 end = offset_at(engine_.after(at));
    for (u64 offset = offset_at(at); offset != end; ++offset) {
      const u8 byte = region_[offset];
      text[filled++] = free ? '.' : byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '~';
      if (filled != columns) continue;
      folder.line(offset + 1 - columns, text, columns);
      filled = 0;
    }
  }
  close_region_to_readers();
  folder.unfold();
  if (filled != 0) folder.line(capacity_ - filled, text, filled);
}

}  // namespace mempool
