// Making the folder, and taking it away: see scratch.hpp.
#include "shell/scratch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace mempool::viz {

Result<Scratch> Scratch::make() {
  const char* named = std::getenv("TMPDIR");
  const char* base = named == nullptr || *named == '\0' ? "/tmp" : named;
  std::error_code failed;  // others are told of it who may be in another folder
  std::string path = std::filesystem::absolute(base, failed) / "mempool-XXXXXX";
  if (failed || ::mkdtemp(path.data()) == nullptr)
    return failure(fmt::format("no temporary folder in {}: {}; TMPDIR names another", base,
                               std::strerror(failed ? failed.value() : errno)));
  return Scratch(path);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mempool::viz
