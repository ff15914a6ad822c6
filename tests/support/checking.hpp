// Checking: what `check` finds broken in the text of a log, and the logs that its specs begin with.
// Holds no spec.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "model/check.hpp"
#include "support/scribe.hpp"

namespace mempool::tests {

inline viz::CheckResult checked(const std::string& text, bool policy = true) {
  auto reader = log::Reader::from_text(text);
  REQUIRE(reader.has_value());
  return viz::check(*reader, {policy}, nullptr);
}

/// What is broken; "" if nothing is.
inline std::string broken(const std::string& text) {
  return checked(text).broken.value_or("");
}

/// The same for any allocator's log.
inline std::string broken_for_any(const std::string& text) {
  return checked(text, false).broken.value_or("");
}

/// The first line of a log.
inline std::string first_line() {
  const std::string text = Scribe(1).text();
  return text.substr(0, text.find('\n') + 1);
}

/// 256 bytes: #0 (64) and #1 (64) live, the rest is f1. Lines: header, create, split, alloc,
/// split, alloc.
inline Scribe two_blocks(Style style = {}) {
  Scribe pool(256, style);
  pool.alloc(64);
  pool.alloc(64);
  return pool;
}

}  // namespace mempool::tests
