// Support for specs of recordings: one written record by record, as the recorder lays it out.
// Expects nothing itself.
#pragma once

#include <string>
#include <string_view>

#include "base/little.hpp"
#include "record/format.h"

namespace mempool::tests {

class Recorded {
 public:
  Recorded() : bytes_(recording_header_bytes, '\0') {
    put(0, std::string_view(RECORDING_MAGIC, 8));
    word(8, RECORDING_VERSION);
    word(12, recording_record_bytes);
    word(16, recording_header_bytes);
    word(20, 4711);
    put(recording_path_at, "/usr/bin/prog");
    put(recording_command_at, std::string_view("prog\0--all\0", 11));
  }

  Recorded& alloc(u64 address, u64 size, u64 site = 1, u32 thread = 1, u32 log2 = 0) {
    return add(RECORDING_ALLOC, address, size, site, thread, 0, log2);
  }
  Recorded& free(u64 address, u32 thread = 1) { return add(RECORDING_FREE, address, 0, 1, thread); }
  Recorded& realloc(u64 address, u64 size, u32 thread = 1) {
    return add(RECORDING_REALLOC, address, size, 1, thread);
  }
  Recorded& done(u64 address, u64 size, u64 old, u32 thread = 1) {
    return add(RECORDING_REALLOC_DONE, address, size, old, thread);
  }
  Recorded& add(u32 kind, u64 a, u64 b, u64 c, u32 thread = 1, u32 extra = 0, u32 log2 = 0) {
    char record[recording_record_bytes];
    store_little(record, a);
    store_little(record + 8, b);
    store_little(record + 16, c);
    store_little(record + 24, u64{thread} | u64{extra} << 32 | u64{log2} << 48 | u64{kind} << 56);
    bytes_.append(record, sizeof record);
    return *this;
  }
  /// A number of the header.
  Recorded& word(std::size_t at, u32 value) {
    store_little(bytes_.data() + at, value);
    return *this;
  }
  Recorded& number(std::size_t at, u64 value) {
    store_little(bytes_.data() + at, value);
    return *this;
  }

  [[nodiscard]] std::string bytes() const {
    std::string all = bytes_;
    const u64 slots = (all.size() - recording_header_bytes) / recording_record_bytes;
    store_little(all.data() + 128, slots);
    return all;
  }

 private:
  void put(std::size_t at, std::string_view text) { bytes_.replace(at, text.size(), text); }

  std::string bytes_;
};

}  // namespace mempool::tests
