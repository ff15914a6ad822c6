// The .mplog encoding: fixed-size binary records, an event in about a third of the bytes and a
// tenth of the time of .jsonl. The writing half; record.hpp says what is written, unpack.hpp reads.
#pragma once

#include <mempool/event.h>

namespace mempool::log::mplog {

/// See encoding.hpp. An event is a whole number of records.
[[nodiscard]] char* write_header(char* to);
[[nodiscard]] char* write_event(const pool_event& event, char* to);

}  // namespace mempool::log::mplog
