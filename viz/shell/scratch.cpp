// Making the folder, and taking it away: see scratch.hpp.
#include "shell/scratch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace mempool::viz {

Result<Scratch> Scratch::make() {
  const char* base = std::getenv("TMPDIR");
  std::string path =
      fmt::format("{}/mempool-XXXXXX", base == nullptr || *base == '\0' ? "/tmp" : base);
  if (::mkdtemp(path.data()) == nullptr)
    return failure(fmt::format("no temporary folder: {}", std::strerror(errno)));
  return Scratch(path);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mempool::viz
