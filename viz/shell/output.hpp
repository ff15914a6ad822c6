// Output: a file that appears whole or not at all, or standard output that says when it fails.
//
// A file is written beside its target under a temporary name and renamed when it is complete, so
// an error, a full disk or Ctrl-C leaves no half a picture, nor destroys the one that was there.
// Devices and pipes cannot be renamed over; they are written to directly.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::viz {

class Output {
 public:
  /// Opens the target for writing; "" and "-" are standard output.
  static Result<Output> open(const std::string& path);

  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) = delete;
  ~Output();  // without finish(): the temporary file is removed, the target is as it was

  /// Takes bytes; the first failure is kept and told by finish().
  void write(std::string_view bytes);

  /// Everything reaches its target, or this says why it did not.
  [[nodiscard]] Result<void> finish();

 private:
  Output(std::string target, std::string temporary, int file);
  void flush();

  std::string target_;      // for people: the path, or "standard output"
  std::string final_path_;  // symbolic links followed
  std::string temporary_;   // empty: written to directly
  int file_;
  int error_ = 0;  // errno of the first failure
  std::string gathered_;
};

/// All of it at once: open, write, finish.
[[nodiscard]] Result<void> write_output(const std::string& path, std::string_view bytes);

}  // namespace mempool::viz
