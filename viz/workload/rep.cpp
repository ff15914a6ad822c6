// The reader of .rep traces: see rep.hpp for the format.
//
// Two layers: Lines takes a file apart, through zlib, which hands plain files on as they are;
// Trace knows what the lines mean. Nothing in a header is believed further than it can be checked:
// no memory is taken because a number asks for it.
#include "workload/rep.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "base/text.hpp"
#include "workload/number.hpp"

namespace mempool::viz {

namespace {

/// The lines of a file, one after the other, without their ends.
class Lines {
 public:
  static Result<Lines> open(const std::string& path) {
    const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts {};
    if (file < 0 || ::fstat(file, &facts) != 0)
      return failure(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    if (S_ISDIR(facts.st_mode)) {
      ::close(file);
      return failure(fmt::format("cannot read {}: {}", path, std::strerror(EISDIR)));
    }
    gzFile stream = gzdopen(file, "rb");
    if (stream == nullptr) return failure(fmt::format("cannot read {}: no memory", path));
    return Lines(path == "-" ? "standard input" : path, stream);
  }

  /// The next line; false at the end or when reading fails (see broken()).
  bool next(std::string_view& line) {
    line_.clear();
    for (;;) {
      const char* begin = buffer_->data() + at_;
      const void* newline = std::memchr(begin, '\n', filled_ - at_);
      const char* end =
          newline == nullptr ? buffer_->data() + filled_ : static_cast<const char*>(newline);
      line_.append(begin, end);
      at_ = static_cast<std::size_t>(end - buffer_->data()) + (newline != nullptr ? 1 : 0);
      if (line_.size() > longest) broken_ = "the line is too long for a trace";
      if (newline != nullptr || !broken_.empty() || !fill()) break;
    }
    if (broken_.empty() && at_ == filled_ && filled_ == 0 && line_.empty()) return false;
    ++number_;
    line = line_;
    return broken_.empty();
  }

  [[nodiscard]] u64 number() const { return number_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  static constexpr std::size_t longest = 200;
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };

  Lines(std::string path, gzFile file)
      : path_(std::move(path)), file_(file), buffer_(std::make_unique<Buffer>()) {}

  bool fill() {
    const int got = gzread(file_.get(), buffer_->data(), static_cast<unsigned>(buffer_->size()));
    at_ = 0;
    filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    int error = Z_OK;
    const char* says = gzerror(file_.get(), &error);
    if (error == Z_BUF_ERROR)
      broken_ = "the compressed file ends too early";
    else if (error == Z_ERRNO)
      broken_ = std::strerror(errno);
    else if (error != Z_OK)
      broken_ = fmt::format("the compressed file is damaged ({})", says);
    return filled_ != 0 && broken_.empty();
  }

  using Buffer = std::array<char, 1 << 16>;
  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::unique_ptr<Buffer> buffer_;
  std::size_t at_ = 0, filled_ = 0;
  std::string line_;
  std::string broken_;
  u64 number_ = 0;
};

/// The words of a line: at most four are looked at, for no line of a trace has more than three.
struct Words {
  std::array<std::string_view, 4> word{};
  std::size_t count = 0;

  explicit Words(std::string_view line) {
    constexpr const char* blanks = " \t\r\v\f";
    while (count < word.size()) {
      const std::size_t begin = line.find_first_not_of(blanks);
      if (begin == std::string_view::npos) return;
      line.remove_prefix(begin);
      word[count] = line.substr(0, line.find_first_of(blanks));
      line.remove_prefix(word[count++].size());
    }
  }
};

class Trace {
 public:
  explicit Trace(Lines lines) : lines_(std::move(lines)) { made_.name = lines_.path(); }

  Result<Workload> read() {
    if (header()) body();
    if (!wrong_.empty()) return failure(std::move(wrong_));
    return std::move(made_);
  }

 private:
  bool header() {
    static constexpr const char* meaning[] = {"suggested heap size", "number of ids",
                                              "number of operations", "weight"};
    u64 value[4] = {};
    for (int i = 0; i < 4; ++i) {
      const Words words = next();
      if (words.count == 0) return end_of_header(meaning[i]);
      if (line_.starts_with("{\"mempool_log\""))
        return fail("this is a log, not a trace: show, diagram and dump read it");
      const auto number = words.count == 1 ? whole_number(words.word[0]) : std::nullopt;
      if (!number)
        return fail(
            fmt::format("'{}' stands where a trace has its {}, a number; a trace starts "
                        "with four numbers on four lines",
                        shown(), meaning[i]));
      value[i] = *number;
    }
    made_.suggested_heap = value[0];
    ids_ = value[1];
    promised_ = value[2];
    constexpr u64 believed = u64{1} << 22;  // untouched pages cost nothing, but there are limits
    made_.operations.reserve(std::min(promised_, believed));
    return true;
  }

  bool end_of_header(const char* missing) {
    if (!wrong_.empty()) return false;
    wrong_ = lines_.number() == 0 ? fmt::format("{}: is empty; a trace is expected", lines_.path())
                                  : fmt::format("{}: ends after line {}: the {} is missing",
                                                lines_.path(), lines_.number(), missing);
    return false;
  }

  void body() {
    u64 done = 0;
    for (; done < promised_; ++done) {
      const Words words = next();
      if (words.count == 0) break;
      if (!operation(words)) return;
    }
    if (!wrong_.empty()) return;
    if (done < promised_) {
      wrong_ =
          fmt::format("{}: ends after line {}: its header promises {} operations, {} are there",
                      lines_.path(), lines_.number(), promised_, done);
    } else if (next().count != 0) {
      fail(fmt::format("'{}' comes after the {} operations that the header promises", shown(),
                       promised_));
    }
  }

  bool operation(const Words& words) {
    const std::string_view letter = words.word[0];
    if (letter == "a" && words.count == 3) return alloc(words.word[1], words.word[2]);
    if (letter == "r" && words.count == 3) return realloc(words.word[1], words.word[2]);
    if (letter == "f" && words.count == 2) return free(words.word[1]);
    if (letter == "a" || letter == "r")
      return fail(fmt::format("'{}': '{} ID SIZE' is expected", shown(), letter));
    if (letter == "f") return fail(fmt::format("'{}': 'f ID' is expected", shown()));
    return fail(
        fmt::format("'{}': an operation is expected: 'a ID SIZE', 'f ID' or 'r ID SIZE'", shown()));
  }

  bool alloc(std::string_view id_text, std::string_view size_text) {
    u64 id = 0, size = 0;
    if (!read_id(id_text, id) || !read_size(size_text, size)) return false;
    if (made_.allocations == most_allocations) return fail("there are too many allocations");
    if (!live_.emplace(id, made_.allocations).second)
      return fail(fmt::format("id {} is allocated while it is still in use", id));
    made_.operations.push_back({Act::alloc, made_.allocations++, size});
    return true;
  }

  bool free(std::string_view id_text) {
    if (id_text == "-1") {
      ++made_.null_frees;
      return true;
    }
    u64 id = 0;
    return read_id(id_text, id) && free(id);
  }

  bool free(u64 id) {
    const auto found = live_.find(id);
    if (found == live_.end())
      return fail(fmt::format("id {} is freed, but it is not in use here", id));
    made_.operations.push_back({Act::free, found->second});
    live_.erase(found);
    return true;
  }

  bool realloc(std::string_view id_text, std::string_view size_text) {
    u64 id = 0, size = 0;
    if (!read_id(id_text, id) || !read_size(size_text, size)) return false;
    if (size == 0) return free(id);
    const auto found = live_.find(id);
    if (found == live_.end())
      return fail(fmt::format("id {} is reallocated, but it is not in use here", id));
    made_.operations.push_back({Act::realloc, found->second, size});
    return true;
  }

  bool read_id(std::string_view text, u64& id) {
    const auto number = whole_number(text);
    if (!number) return fail(fmt::format("'{}': the id is not a number", shown()));
    id = *number;
    if (id < ids_) return true;
    return fail(fmt::format("id {} is out of range: the header promises {} ids, from 0", id, ids_));
  }

  bool read_size(std::string_view text, u64& size) {
    const auto number = whole_number(text);
    if (!number) return fail(fmt::format("'{}': the size is no number up to {}", shown(), u64_max));
    size = *number;
    return true;
  }

  /// The words of the next line that has any; none at the end.
  Words next() {
    while (lines_.next(line_))
      if (const Words words(line_); words.count != 0) return words;
    if (!lines_.broken().empty() && wrong_.empty()) fail(lines_.broken());
    return Words("");
  }

  [[nodiscard]] std::string shown() const {
    std::string text;
    append_printable(line_.substr(0, line_.find('\r')).substr(0, 40), text);
    return text;
  }

  bool fail(std::string_view why) {
    wrong_ = fmt::format("{}: line {}: {}", lines_.path(), lines_.number(), why);
    return false;
  }

  Lines lines_;
  std::string_view line_;
  u64 ids_ = 0;
  u64 promised_ = 0;
  std::unordered_map<u64, u32> live_;  // id -> number of the allocation that it names now
  Workload made_;
  std::string wrong_;
};

}  // namespace

Result<Workload> read_rep(const std::string& path) {
  Result<Lines> lines = Lines::open(path);
  if (!lines) return tl::make_unexpected(lines.error());
  return Trace(std::move(*lines)).read();
}

}  // namespace mempool::viz
