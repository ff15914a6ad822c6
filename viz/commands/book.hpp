// Book: a log, or an op list that is played on the spot, to be opened at one call after the other.
//
//     Options --open_book--> Book --frame_at(call)--> Frame --> view
//
// It is read once (a long log by its index), and what is to be said about it is said once, when it
// is opened. For a single moment see load_frame() (source.hpp).
#pragma once

#include <string>

#include "model/cursor.hpp"
#include "options.hpp"

namespace mempool::viz {

struct Book {
  Cursor cursor;
  std::string name;  // for people
  u64 last = 0;      // the call to show if none is named: of an op list, its last operation
  int status = 0;    // that the log deserves
};

/// A pipe is read whole and kept: it does not go back.
[[nodiscard]] Result<Book> open_book(const Options& options);

/// The frame of this very call; fails with the calls there are, or with why there are no more.
[[nodiscard]] Result<Frame> frame_at(Book& book, u64 call);
/// The frame of the last call. Fails if the log cannot be followed to its end.
[[nodiscard]] Result<Frame> last_frame(Book& book);

}  // namespace mempool::viz
