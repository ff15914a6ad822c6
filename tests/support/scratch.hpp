// Support for specs that need a file: one with these contents, gone when the case is over. Holds no
// spec. Its name is the process's own, so specs may run side by side.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace mempool::tests {

class Scratch {
 public:
  explicit Scratch(std::string_view contents, const std::string& suffix = ".rep")
      : path_(std::filesystem::temp_directory_path() /
              ("mempool-spec-" + std::to_string(::getpid()) + suffix)) {
    std::ofstream(path_, std::ios::binary) << contents;
  }
  ~Scratch() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string contents() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace mempool::tests
