// Opening logs for many looks: see book.hpp. Their cursor is the model's (model/cursor.hpp).
#include "commands/book.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "commands/indexed.hpp"
#include "commands/source.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

/// Standard input, or what can be read but once as it can.
bool is_pipe(const std::string& path) {
  std::error_code failed;
  const auto type = std::filesystem::status(path, failed).type();
  return path == "-" || type == std::filesystem::file_type::fifo ||
         type == std::filesystem::file_type::character;
}

Result<Source> keep(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& stream = path == "-" ? std::cin : file;
  std::string text(std::istreambuf_iterator<char>(stream), {});
  Result<log::Reader> reader = log::Reader::from_text(std::move(text));
  if (!reader) return tl::make_unexpected(reader.error());
  return Source{std::move(*reader), path == "-" ? "standard input" : path, false, std::nullopt};
}

Result<Cursor> open_cursor(Source& source, const Options& options) {
  const std::optional<u32> pool = options.moment.pool;
  if (source.is_file) {
    if (std::optional<OpenIndex> index = open_index(options.input, source.reader)) {
      Result<Cursor> cursor = Cursor::open(std::move(source.reader), pool, std::move(index->index),
                                           std::move(index->fetch));
      if (cursor) return cursor;
      // That index leads nowhere, and the reader went with it.
      Result<Source> again = open_source(options);
      if (!again) return tl::make_unexpected(again.error());
      source = std::move(*again);
    }
  }
  ProgressLine progress("reading");
  return Cursor::open(std::move(source.reader), pool, [&](double share) { progress(share); });
}

}  // namespace

Result<Book> open_book(const Options& options) {
  const bool only_once = !options.ops && is_pipe(options.input);
  Result<Source> source = only_once ? keep(options.input) : open_source(options);
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
