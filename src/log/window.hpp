// Window: a part of a log file that is mapped into memory, where records are stored.
//
//     file    [ header | records ... | records being stored | allocated, 0 ... ]
//     window                         [ begin ............ end ]   moves along
//
// A store into the mapping is in the file, even if the program is killed in the next moment, and
// costs no system call. Every page is allocated on the disk before it is mapped, one window ahead:
// where a file has holes, a store on a full disk would be a SIGBUS in somebody else's program.
//
// Knows no events: records are pieces of a fixed size, and a record is there when its first eight
// bytes are, which are stored last.
#pragma once

#include <atomic>
#include <cstring>
#include <string_view>

#include "base/assert.hpp"
#include "log/record.hpp"

namespace mempool::log {

class Window {
 public:
  Window() = default;
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() { close(); }

  /// Starts anew at a file's end, which lies at `size`. Nothing is mapped yet. The file is to stay
  /// below `max` (0: unlimited) if that leaves room for what is stored.
  void open(u64 size, u64 max);

  /// Stores whole records at this offset, which only grows. Returns 0 or an errno: no room on the
  /// disk, the process's limit for files, no memory, a file system that cannot do it. Then some
  /// of the records may be in the file.
  [[nodiscard]] int store(int fd, u64 offset, std::string_view records);

  /// The same where no system call is needed: false, and nothing is done, if they do not fit into
  /// the window as it is. A record's first bytes go last: who finds them finds a whole record.
  [[nodiscard]] bool put(u64 offset, std::string_view records) {
    if (MEMPOOL_UNLIKELY(offset + records.size() > end_)) return false;
    u8* to = base_ + (offset - begin_);
    for (std::size_t at = 0; at < records.size(); at += record::size, to += record::size) {
      const char* from = records.data() + at;
      std::memcpy(to + record::head_size, from + record::head_size,
                  record::size - record::head_size);
      u64 head;
      static_assert(sizeof head == record::head_size);
      std::memcpy(&head, from, sizeof head);
      std::atomic_ref(*reinterpret_cast<u64*>(to)).store(head, std::memory_order_release);
    }
    return true;
  }

  /// Unmaps. The file is longer than its records then: the owner cuts it.
  void close();

 private:
  [[nodiscard]] int move(int fd, u64 offset, u64 bytes);
  [[nodiscard]] int allocate(int fd, u64 end);

  u8* base_ = nullptr;  // nullptr: nothing is mapped
  u64 begin_ = 0, end_ = 0;
  u64 allocated_ = 0;  // the file has its blocks up to here
  u64 max_ = 0;
};

}  // namespace mempool::log
