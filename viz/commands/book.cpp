// Opening logs for many looks: see book.hpp. Their cursor is the model's (model/cursor.hpp).
#include "commands/book.hpp"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "commands/indexed.hpp"
#include "commands/source.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

Result<Source> keep_stdin() {
  std::string text(std::istreambuf_iterator<char>(std::cin), {});
  Result<log::Reader> reader = log::Reader::from_text(std::move(text));
  if (!reader) return tl::make_unexpected(reader.error());
  return Source{std::move(*reader), "standard input", false, std::nullopt};
}

Result<Cursor> open_cursor(Source& source, const Options& options) {
  const std::optional<u32> pool = options.moment.pool;
  if (source.is_file) {
    if (std::optional<OpenIndex> index = open_index(options.input, source.reader)) {
      Result<Cursor> cursor = Cursor::open(std::move(source.reader), pool, std::move(index->index),
                                           std::move(index->fetch));
      if (cursor) return cursor;
    }
    Result<Source> again = open_source(options);  // an index that leads nowhere used the reader up
    if (!again) return tl::make_unexpected(again.error());
    source = std::move(*again);
  }
  if (!source.reader.seekable()) return failure("it has to be a file");
  ProgressLine progress("reading");
  return Cursor::open(std::move(source.reader), pool, [&](double share) { progress(share); });
}

}  // namespace

Result<Book> open_book(const Options& options) {
  const bool is_stdin = !options.ops && options.input == "-";
  Result<Source> source = is_stdin ? keep_stdin() : open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  Result<Cursor> cursor = open_cursor(*source, options);
  if (!cursor) return failure(fmt::format("{}: {}", source->name, cursor.error().what));
  const int status = say_findings(cursor->findings(), source->name);
  if (!options.moment.pool) say_other_pools(source->name, cursor->pool(), cursor->other_pools());
  const u64 last = source->last_call.value_or(cursor->last_call());
  return Book{std::move(*cursor), source->name, last, status};
}

Result<Frame> frame_at(Book& book, u64 call) {
  Cursor& cursor = book.cursor;
  std::optional<Frame> frame = cursor.at_or_after(call);
  if (frame && frame->call == call) return std::move(*frame);
  if (!cursor.fault().empty() && call > cursor.last_call()) return failure(cursor.fault());
  const bool within = cursor.first_call() <= call && call <= cursor.last_call();
  return failure(fmt::format("the log has calls {} to {} of pool {}{}", cursor.first_call(),
                             cursor.last_call(), cursor.pool(),
                             within ? fmt::format(", but call {} is missing", call)
                                    : fmt::format("; there is no call {}", call)));
}

Result<Frame> last_frame(Book& book) {
  if (!book.cursor.fault().empty()) return failure(book.cursor.fault());
  return frame_at(book, book.last);
}

}  // namespace mempool::viz
