// Finding and running dot: see graphviz.hpp for how and why.
#include "shell/graphviz.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "base/text.hpp"

extern char** environ;

namespace mempool::viz {

namespace {

constexpr const char* how_to_get =
    "Graphviz draws the pictures: apt-get install graphviz, brew install graphviz, or see "
    "graphviz.org; MEMPOOL_DOT may name its dot";

bool can_run(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

/// The first program of this name in the folders of PATH.
std::optional<std::string> in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t colon = std::min(folders.find(':'), folders.size());
    const std::string candidate = fmt::format("{}/{}", folders.substr(0, colon), name);
    if (colon != 0 && can_run(candidate)) return candidate;
    folders.remove_prefix(std::min(colon + 1, folders.size()));
  }
  return std::nullopt;
}

/// An unnamed file that is gone when it is closed.
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Scratch = std::unique_ptr<std::FILE, CloseFile>;

std::string contents(std::FILE* file) {
  std::string text;
  char piece[4096];
  std::rewind(file);
  while (const std::size_t got = std::fread(piece, 1, sizeof piece, file)) text.append(piece, got);
  return text;
}

struct Ran {
  int status = 0;  // as waitpid() says it
  std::string out;
  std::string err;
};

/// Starts the program with the three files as its standard ones; the errno of posix_spawn.
int spawn(const std::string& program, char* const* arguments, const Scratch (&files)[3],
          pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i)
    posix_spawn_file_actions_adddup2(&actions, ::fileno(files[i].get()), i);
  posix_spawnattr_t attributes;  // mempool-viz ignores SIGPIPE; its children should not
  posix_spawnattr_init(&attributes);
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe_only);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error =
      ::posix_spawn(&child, program.c_str(), &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

Result<Ran> run(const std::string& program, std::string argument, std::string_view input) {
  const Scratch files[3] = {Scratch(std::tmpfile()), Scratch(std::tmpfile()),
                            Scratch(std::tmpfile())};
  for (const Scratch& file : files)
    if (!file) return failure(fmt::format("no temporary file: {}", std::strerror(errno)));
  std::FILE* in = files[0].get();
  if (std::fwrite(input.data(), 1, input.size(), in) != input.size() || std::fflush(in) != 0)
    return failure(fmt::format("no temporary file: {}", std::strerror(errno)));
  std::rewind(in);

  std::string name = program;
  char* const arguments[] = {name.data(), argument.data(), nullptr};
  pid_t child = 0;
  if (const int error = spawn(program, arguments, files, child))
    return failure(fmt::format("{} cannot be run: {}", program, std::strerror(error)));
  Ran ran;
  while (::waitpid(child, &ran.status, 0) < 0)
    if (errno != EINTR)
      return failure(fmt::format("{} is lost: {}", program, std::strerror(errno)));
  ran.out = contents(files[1].get());
  ran.err = contents(files[2].get());
  return ran;
}

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
  Result<Ran> ran = run(*dot, fmt::format("-T{}", format), dot_text);
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
