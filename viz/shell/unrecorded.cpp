// Why a program has no recording: what its file tells of how it is started. Only a guess is made
// when nothing was recorded; nobody is kept from trying. See recorder.hpp.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <fstream>

#include "shell/elf.hpp"
#include "shell/process.hpp"
#include "shell/recorder.hpp"

namespace mempool::viz {

namespace {

/// The program that a script names in its first line; empty if it is no script.
std::string interpreter_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char begin[256] = {};
  file.read(begin, sizeof begin - 1);
  const std::string_view line(begin, static_cast<std::size_t>(file.gcount()));
  if (!line.starts_with("#!")) return "";
  const std::size_t from = line.find_first_not_of(" \t", 2);
  if (from == std::string_view::npos) return "";
  return std::string(line.substr(from, line.find_first_of(" \t\r\n", from) - from));
}

bool has_capabilities(const std::string& path) {
  return ::getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
}

}  // namespace

std::string why_unrecorded(const std::string& program) {
  std::string path = program;
  if (program.find('/') == std::string::npos)
    if (const auto found = in_path(program)) path = *found;
  if (const std::string interpreter = interpreter_of(path); !interpreter.empty())
    path = interpreter;
  const std::optional<ElfFacts> elf = read_elf(path);
  struct stat facts {};
  const bool there = ::stat(path.c_str(), &facts) == 0;
  if (elf && !elf->native)
    return fmt::format("{} is built for another word size than the recorder", path);
  if (elf && !elf->interpreted)
    return fmt::format("{} is linked statically, so nothing can be preloaded into it", path);
  if (elf && elf->has_asan)
    return fmt::format(
        "{} is built with AddressSanitizer, which has a malloc of its own and wants to come first: "
        "record a build without it, or set ASAN_OPTIONS=verify_asan_link_order=0",
        path);
  if (there && ((facts.st_mode & (S_ISUID | S_ISGID)) != 0 || has_capabilities(path)))
    return fmt::format(
        "{} runs with more rights than you have (setuid, setgid or capabilities), "
        "and into such a program the system preloads nothing",
        path);
  return fmt::format("the recorder was not loaded into {}", path);
}

}  // namespace mempool::viz
