// Finding and running programs: see process.hpp.
#include "shell/process.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "shell/streams.hpp"

extern char** environ;

namespace mempool::viz {

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

std::string shell_word(const std::string& word) {
  const bool plain = word.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_./-+,:@%=") == std::string::npos;
  if (plain && !word.empty()) return word;
  std::string made = "'";
  for (const char c : word) made += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return made + "'";
}

namespace {

/// An unnamed file that is gone when it is closed.
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Unnamed = std::unique_ptr<std::FILE, CloseFile>;

std::string contents(std::FILE* file) {
  std::string text;
  char piece[4096];
  std::rewind(file);
  while (const std::size_t got = std::fread(piece, 1, sizeof piece, file)) text.append(piece, got);
  return text;
}

/// Starts the program with the three files as its standard ones; the errno of posix_spawn.
int spawn(const std::string& program, char* const* arguments, const Unnamed (&files)[3],
          pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i)
    posix_spawn_file_actions_adddup2(&actions, ::fileno(files[i].get()), i);
  posix_spawnattr_t attributes;  // mempool-viz ignores these signals; its children should not
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  for (const int signal : ignored_signals) sigaddset(&usual, signal);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error =
      ::posix_spawn(&child, program.c_str(), &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

Result<Ran> run_program(const std::string& program, std::vector<std::string> arguments,
                        std::string_view input) {
  const Unnamed files[3] = {Unnamed(std::tmpfile()), Unnamed(std::tmpfile()),
                            Unnamed(std::tmpfile())};
  for (const Unnamed& file : files)
    if (!file) return failure(fmt::format("no temporary file: {}", std::strerror(errno)));
  std::FILE* in = files[0].get();
  if (std::fwrite(input.data(), 1, input.size(), in) != input.size() || std::fflush(in) != 0)
    return failure(fmt::format("no temporary file: {}", std::strerror(errno)));
  std::rewind(in);

  std::string name = program;
  std::vector<char*> words{name.data()};
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t child = 0;
  if (const int error = spawn(program, words.data(), files, child))
    return failure(fmt::format("{} cannot be run: {}", program, std::strerror(error)));
  Ran ran;
  while (::waitpid(child, &ran.status, 0) < 0)
    if (errno != EINTR)
      return failure(fmt::format("{} is lost: {}", program, std::strerror(errno)));
  ran.out = contents(files[1].get());
  ran.err = contents(files[2].get());
  return ran;
}

}  // namespace mempool::viz
