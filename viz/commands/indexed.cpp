// Long logs by their index: see indexed.hpp.
#include "commands/indexed.hpp"

#include <memory>

#include "model/keyframe.hpp"
#include "shell/index_file.hpp"
#include "shell/progress.hpp"

namespace mempool::viz {

namespace {

constexpr u64 short_log = u64{16} << 20;  // bytes; read as a whole in a fraction of a second
constexpr u32 version = Index::version << 16 | Keyframe::version;

std::optional<Result<Frame>> load_by(const IndexFile& file, log::Reader& reader,
                                     const Moment& moment, log::Findings& findings) {
  const std::optional<Index> index = Index::unpack(file.directory());
  if (!index) return std::nullopt;
  const auto fetch = [&file](Section section) { return file.part(section.offset, section.size); };
  findings = index->findings;
  findings.unit = reader.findings().unit;
  return load(reader, moment, *index, fetch);
}

/// Reads the whole log. False if there is no place for the index.
bool write_index(const std::string& log, log::Reader& reader) {
  std::optional<NewIndexFile> file = NewIndexFile::create(log, version);
  if (!file) return false;
  const auto keep = [&file](std::string_view part) -> Section {
    return {file->add(part), part.size()};
  };
  ProgressLine progress("indexing");
  const Index index =
      make_index(reader, IndexSpacing(), keep, [&](double share) { progress(share); });
  return file->finish(index.pack());
}

std::optional<OpenIndex> by_kept_index(const std::string& log) {
  std::optional<IndexFile> opened = IndexFile::open(log, version);
  if (!opened) return std::nullopt;
  const auto file = std::make_shared<const IndexFile>(std::move(*opened));
  std::optional<Index> index = Index::unpack(file->directory());
  if (!index) return std::nullopt;
  const auto fetch = [file](Section section) { return file->part(section.offset, section.size); };
  return OpenIndex{std::move(*index), fetch};
}

}  // namespace

std::optional<OpenIndex> open_index(const std::string& log, log::Reader& reader) {
  if (!reader.seekable() || reader.bytes_total() < short_log) return std::nullopt;
  const u64 start = reader.position();
  const log::Findings none_yet = reader.findings();
  std::optional<OpenIndex> index = by_kept_index(log);
  if (!index && write_index(log, reader)) index = by_kept_index(log);
  static_cast<void>(reader.seek(start, none_yet));  // making an index reads the log
  return index;
}

std::optional<Result<Frame>> load_indexed(const std::string& log, log::Reader& reader,
                                          const Moment& moment, log::Findings& findings) {
  if (!reader.seekable() || reader.bytes_total() < short_log) return std::nullopt;
  const u64 start = reader.position();
  const log::Findings none_yet = reader.findings();
  const auto by_file = [&]() -> std::optional<Result<Frame>> {
    const std::optional<IndexFile> file = IndexFile::open(log, version);
    return file ? load_by(*file, reader, moment, findings) : std::nullopt;
  };
  std::optional<Result<Frame>> frame = by_file();
  if (!frame && reader.seek(start, none_yet) && write_index(log, reader)) frame = by_file();
  if (!frame) static_cast<void>(reader.seek(start, none_yet));
  return frame;
}

}  // namespace mempool::viz
