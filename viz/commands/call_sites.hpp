// Call sites: the addresses of a recording's callers, in words. Which module an address lies in is
// found here; names are shell/symbols.hpp's.
#pragma once

#include "workload/recording.hpp"

namespace mempool::viz {

/// Names every stack, as far as the modules are still there and unchanged, and says what is not.
void name_call_sites(ProgramRecording& recording);

}  // namespace mempool::viz
