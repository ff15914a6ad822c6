// Putting the standard streams right: see streams.hpp.
#include "shell/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <string>

#include "base/text.hpp"

namespace mempool::viz {

namespace {

using Handler = void (*)(int);
Handler handlers_before[std::size(ignored_signals)] = {};

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
  for (std::size_t i = 0; i < std::size(ignored_signals); ++i)
    std::signal(ignored_signals[i], handlers_before[i]);
}

void settle_standard_streams() {
  for (std::size_t i = 0; i < std::size(ignored_signals); ++i)
    handlers_before[i] = std::signal(ignored_signals[i], SIG_IGN);
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Open the wrong way round: reading what cannot be read and writing what cannot be written
    // fail as they would have. The lowest free number is the one that is missing.
    const int mode = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    static_cast<void>(::open("/dev/null", mode | O_CLOEXEC));
  }
}

}  // namespace mempool::viz
