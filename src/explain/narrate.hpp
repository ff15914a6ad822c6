// narrate: one event, one English sentence, from the narrations in the one list of events.
//
// Pure text: it knows the event alone, no model. What a whole call did, and why a block was
// chosen, is told by viz/model/story.
#pragma once

#include <mempool/event.h>

#include <string>

namespace mempool::explain {

/// Appends the sentence (no full stop, no newline). Unknown kinds say so. Text from the program
/// has control bytes replaced by '~', so that a sentence can be printed anywhere.
void narrate(const pool_event& event, std::string& out);
[[nodiscard]] std::string narrate(const pool_event& event);

}  // namespace mempool::explain
