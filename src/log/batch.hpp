// Batch: encoded events that wait to be written, in memory that is used again and again.
//
// A string would do, but for its habit of filling room with zeros before it can be written to,
// which costs as much as encoding an event.
#pragma once

#include <cstdlib>
#include <string_view>

#include "base/assert.hpp"
#include "log/encoding.hpp"

namespace mempool::log {

class Batch {
 public:
  explicit Batch(Encoding encoding) : write_(event_writer(encoding)) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { std::free(bytes_); }

  /// Adds an event; false, and nothing is added, if there is no memory for it.
  [[nodiscard]] bool add(const pool_event& event) noexcept {
    const std::size_t needed = size_ + most_bytes(event);
    if (MEMPOOL_UNLIKELY(needed > room_) && !grow(2 * needed)) return false;
    size_ = static_cast<std::size_t>(write_(event, bytes_ + size_) - bytes_);
    return true;
  }
  [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
  void clear() { size_ = 0; }

 private:
  [[gnu::noinline]] bool grow(std::size_t room) {
    void* bytes = std::realloc(bytes_, room);
    if (bytes == nullptr) return false;
    bytes_ = static_cast<char*>(bytes);
    room_ = room;
    return true;
  }

  EventWriter write_;
  char* bytes_ = nullptr;
  std::size_t size_ = 0, room_ = 0;
};

}  // namespace mempool::log
