// Record source: the header and the records of a recording, one after the other. It knows the
// file's layout (record/format.h) and nothing of what the records mean.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::viz {

struct RawRecord {
  u64 a = 0, b = 0, c = 0;
  u32 thread = 0;
  u16 extra = 0;
  u8 log2 = 0, kind = 0;
  std::array<char, 24> text{};  // a, b and c as bytes
};

class RecordSource {
 public:
  static Result<RecordSource> open(const std::string& path);

  /// The next record; false at the end. Slots that are empty are counted, and so many of them that
  /// nobody can be writing there any more are the end.
  bool next(RawRecord& record);
  /// The next one again.
  void back() { again_ = true; }

  [[nodiscard]] u64 empty_slots() const { return empty_; }
  [[nodiscard]] double share() const;

  // ---- the header
  [[nodiscard]] u32 word(std::size_t at) const;
  [[nodiscard]] u64 number(std::size_t at) const;
  /// Texts that end with a NUL each, up to the first empty one.
  [[nodiscard]] std::vector<std::string> texts(std::size_t at, std::size_t most) const;

 private:
  struct Close {
    void operator()(int* file) const;
  };
  RecordSource() = default;
  bool fill();

  std::unique_ptr<int, Close> file_;
  std::string path_;
  std::string header_, buffer_;
  std::size_t at_ = 0;
  u64 offset_ = 0, end_ = 0;  // in the file: what comes next into the buffer, and what comes last
  u64 empty_ = 0, empty_in_a_row_ = 0;
  RawRecord last_;
  bool again_ = false;
};

}  // namespace mempool::viz
