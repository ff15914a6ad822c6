// The standard streams: what must be put right before anything else, and how something is said on
// stderr. Standard output is output.hpp's.
#pragma once

#include <csignal>
#include <string_view>

namespace mempool::viz {

/// What would kill, and is an error that is told here.
inline constexpr int ignored_signals[] = {SIGPIPE, SIGXFSZ};

/// Takes the place of standard streams that are closed, so that no file that is opened later gets
/// their number and with it what was meant for them; writing to such a stream still fails. A pipe
/// whose reader is gone and a file that is as large as files may be (ulimit -f) become errors that
/// are told, not signals that kill.
void settle_standard_streams();

/// What a program that is run from here is to find: the ignored signals as they were. Streams that
/// were closed are closed to it.
void restore_signals();

/// "mempool-viz: SENTENCE" on stderr. What it quotes of a file, a name or an argument does nothing
/// to a terminal; a sentence may have several lines.
void say(std::string_view sentence);

}  // namespace mempool::viz
