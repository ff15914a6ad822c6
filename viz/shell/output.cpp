// Atomic output files and honest standard output: see output.hpp.
#include "shell/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace mempool::viz {

namespace {

constexpr std::size_t gather_up_to = 1 << 16;

/// Where a path leads: a link's target must be replaced, not the link.
std::string follow_links(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) != nullptr ? resolved : path;
}

std::string beside(const std::string& path) {
  const std::size_t name = path.rfind('/') + 1;  // npos + 1 == 0: no folder
  return fmt::format("{}.{}.{}.part", path.substr(0, name), path.substr(name), ::getpid());
}

/// The temporary file that a signal must take along; one at a time, as outputs are written.
char to_remove[PATH_MAX];

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};
/// What they did before: somebody may have a terminal to put right.
std::array<struct sigaction, ending_signals.size()> others;

extern "C" void remove_and_end(int signal) {
  ::unlink(to_remove);
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    if (ending_signals[i] == signal) ::sigaction(signal, &others[i], nullptr);
  ::raise(signal);
}

/// From here to release_signals() a signal that ends the program removes the file too. Signals
/// that are ignored, as under nohup, stay so.
void hold_signals(const std::string& temporary) {
  to_remove[temporary.copy(to_remove, sizeof to_remove - 1)] = '\0';
  struct sigaction ours {};
  ours.sa_handler = remove_and_end;
  ours.sa_flags = SA_RESTART;
  sigemptyset(&ours.sa_mask);
  for (std::size_t i = 0; i < ending_signals.size(); ++i) {
    ::sigaction(ending_signals[i], nullptr, &others[i]);
    if (others[i].sa_handler != SIG_IGN) ::sigaction(ending_signals[i], &ours, nullptr);
  }
}

void release_signals() {
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &others[i], nullptr);
}

/// A new file under a name that nobody else's file or link may have.
int create_temporary(const std::string& path, bool exists, mode_t mode) {
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file >= 0 && exists) static_cast<void>(::fchmod(file, mode & 0777));
  return file;
}

tl::unexpected<Error> cannot_write(const std::string& target, int error) {
  return failure(fmt::format("{}: cannot be written: {}", target, std::strerror(error)));
}

}  // namespace

Result<Output> Output::open(const std::string& path) {
  if (path.empty() || path == "-") {
    const int file = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (file < 0) return cannot_write("standard output", errno);
    return Output("standard output", "", file);
  }
  struct stat facts {};
  const bool exists = ::stat(path.c_str(), &facts) == 0;
  if (exists && S_ISDIR(facts.st_mode)) return cannot_write(path, EISDIR);
  if (exists && !S_ISREG(facts.st_mode)) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) return cannot_write(path, errno);
    return Output(path, "", file);
  }
  if (exists && ::access(path.c_str(), W_OK) != 0) return cannot_write(path, errno);
  const std::string temporary = beside(follow_links(path));
  const int file = create_temporary(temporary, exists, facts.st_mode);
  if (file < 0) return cannot_write(path, errno);
  hold_signals(temporary);
  return Output(path, temporary, file);
}

Output::Output(std::string target, std::string temporary, int file)
    : target_(std::move(target)),
      final_path_(temporary.empty() ? "" : follow_links(target_)),
      temporary_(std::move(temporary)),
      file_(file) {}

Output::Output(Output&& other) noexcept
    : target_(std::move(other.target_)),
      final_path_(std::move(other.final_path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::exchange(other.file_, -1)),
      error_(other.error_),
      gathered_(std::move(other.gathered_)) {}

Output::~Output() {
  if (file_ >= 0) ::close(file_);
  if (temporary_.empty()) return;
  ::unlink(temporary_.c_str());
  release_signals();
}

void Output::write(std::string_view bytes) {
  if (error_ != 0) return;
  gathered_ += bytes;
  if (gathered_.size() >= gather_up_to) flush();
}

void Output::flush() {
  std::string_view rest = gathered_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      error_ = errno;
  }
  gathered_.clear();
}

Result<void> Output::finish() {
  flush();
  if (::close(std::exchange(file_, -1)) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return cannot_write(target_, error_);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), final_path_.c_str()) != 0) return cannot_write(target_, errno);
  temporary_.clear();
  release_signals();
  return {};
}

Result<void> write_output(const std::string& path, std::string_view bytes) {
  Result<Output> output = Output::open(path);
  if (!output) return tl::make_unexpected(output.error());
  output->write(bytes);
  return output->finish();
}

}  // namespace mempool::viz
