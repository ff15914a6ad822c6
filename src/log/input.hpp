// Input: the bytes of a log, from a file, standard input or a text. Knows no lines, no records.
//
// What has come and is not used yet lies in one piece; fill() waits for more. So a pipe can be
// followed while it is written, and whoever reads decides how much has to be held.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::log {

class Input {
 public:
  /// Bytes behind rest() that may be read, whatever they are: the JSON parser looks ahead so far.
  static constexpr std::size_t padding = 64;

  /// "-" is standard input. Fails when the file cannot be opened or is a directory.
  static Result<Input> open(const std::string& path);
  static Input from_text(std::string text);

  Input(Input&& other) noexcept;
  Input& operator=(Input&& other) noexcept;
  ~Input();

  /// What has come and is not used yet; valid until fill() or seek().
  [[nodiscard]] std::string_view rest() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void use(std::size_t bytes) { begin_ += bytes; }
  /// Reads whatever is there behind rest(); false at the end of the input.
  bool fill();

  /// Bytes used so far: the place of rest() in the input.
  [[nodiscard]] u64 position() const { return end_position_ - (end_ - begin_); }
  [[nodiscard]] u64 total() const { return total_; }  // 0 if not known (a pipe)
  /// The errno that ended reading before the end of the input; 0 if none did.
  [[nodiscard]] int error() const { return error_; }

  /// True for a text and for a file that was opened by its path.
  [[nodiscard]] bool seekable() const { return seekable_; }
  /// Goes on at this position; false, and nothing is changed, if it cannot.
  [[nodiscard]] bool seek(u64 position);

 private:
  Input() = default;

  //  buffer_  [ used | begin_ .. rest .. end_ | room ] and always padding bytes more
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  u64 end_position_ = 0;  // of end_ in the input
  u64 total_ = 0;
  int fd_ = -1;  // -1: all there is lies in the buffer
  int error_ = 0;
  bool seekable_ = false;
};

}  // namespace mempool::log
