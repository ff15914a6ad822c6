// Putting the standard streams right: see streams.hpp.
#include "shell/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/text.hpp"

namespace mempool::viz {

namespace {

void (*pipe_before)(int) = SIG_DFL;
void (*file_size_before)(int) = SIG_DFL;

}  // namespace

void say(std::string_view sentence) {
  std::string text = "mempool-viz: ";
  while (!sentence.empty()) {
    const std::size_t end = std::min(sentence.find('\n'), sentence.size());
    append_printable(sentence.substr(0, end), text);
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
    if (!sentence.empty()) text += '\n';
  }
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void restore_signals() {
  std::signal(SIGPIPE, pipe_before);
  std::signal(SIGXFSZ, file_size_before);
}

void settle_standard_streams() {
  pipe_before = std::signal(SIGPIPE, SIG_IGN);
  file_size_before = std::signal(SIGXFSZ, SIG_IGN);
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Open the wrong way round: reading what cannot be read and writing what cannot be written
    // fail as they would have. The lowest free number is the one that is missing.
    const int mode = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    static_cast<void>(::open("/dev/null", mode | O_CLOEXEC));
  }
}

}  // namespace mempool::viz
