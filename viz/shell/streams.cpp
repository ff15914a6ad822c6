// Putting the standard streams right: see streams.hpp.
#include "shell/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace mempool::viz {

void settle_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Open the wrong way round: reading what cannot be read and writing what cannot be written
    // fail as they would have. The lowest free number is the one that is missing.
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace mempool::viz
