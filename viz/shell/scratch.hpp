// Scratch: a folder of our own for files that nobody else is to see, under TMPDIR. Its name cannot
// be guessed, so nobody can have put something in its place.
#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace mempool::viz {

/// Its files go with it.
class Scratch {
 public:
  [[nodiscard]] static Result<Scratch> make();
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace mempool::viz
