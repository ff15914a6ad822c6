// The standard streams as the program finds them: what must be put right before anything else.
// Called once, by main(); nothing is written here.
#pragma once

namespace mempool::viz {

/// Takes the place of standard streams that are closed, so that no file that is opened later gets
/// their number and with it what was meant for them; writing to such a stream still fails. A pipe
/// whose reader is gone becomes an error that is told, not a signal that kills.
void settle_standard_streams();

}  // namespace mempool::viz
