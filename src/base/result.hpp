// Result<T>: how the world's errors travel (a torn log, no Graphviz, a full disk).
//
// The only mention of tl::expected: std::expected needs a newer compiler than Debian 12 has.
// Not for the application's misuse (that is an event) nor for our own bugs (MEMPOOL_ASSERT).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace mempool {

/// One sentence: where, what, and what to do about it.
struct Error {
  std::string what;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(std::string what) {
  return tl::make_unexpected(Error{std::move(what)});
}

}  // namespace mempool
