// Finding and running dot: see graphviz.hpp for how and why.
#include "shell/graphviz.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "shell/process.hpp"

namespace mempool::viz {

namespace {

constexpr const char* how_to_get =
    "Graphviz draws the pictures: apt-get install graphviz, brew install graphviz, or see "
    "graphviz.org; MEMPOOL_DOT may name its dot";

std::string printable(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    append_printable(text.substr(0, end), made);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!text.empty()) made += '\n';
  }
  return made;
}

}  // namespace

Result<std::string> find_dot() {
  const char* named = std::getenv("MEMPOOL_DOT");
  if (named != nullptr && *named != '\0') {
    const bool is_path = std::strchr(named, '/') != nullptr;
    if (is_path && can_run(named)) return std::string(named);
    if (const auto found = is_path ? std::nullopt : in_path(named)) return *found;
    return failure(
        fmt::format("MEMPOOL_DOT names '{}', which cannot be run. {}", named, how_to_get));
  }
  if (const auto found = in_path("dot")) return *found;
  return failure(fmt::format("the program 'dot' is not in PATH. {}", how_to_get));
}

Result<std::string> render(std::string_view dot_text, std::string_view format) {
  const Result<std::string> dot = find_dot();
  if (!dot) return dot;
  Result<Ran> ran = run_program(*dot, {fmt::format("-T{}", format)}, dot_text);
  if (!ran) return tl::make_unexpected(ran.error());
  const std::string said = ran->err.empty() ? "" : fmt::format(":\n{}", printable(ran->err));
  if (WIFSIGNALED(ran->status))
    return failure(fmt::format("{} was ended by signal {}{}", *dot, WTERMSIG(ran->status), said));
  if (WEXITSTATUS(ran->status) != 0)
    return failure(fmt::format("{} failed (status {}){}", *dot, WEXITSTATUS(ran->status), said));
  if (ran->out.empty()) return failure(fmt::format("{} made no picture{}", *dot, said));
  return std::move(ran->out);
}

}  // namespace mempool::viz
