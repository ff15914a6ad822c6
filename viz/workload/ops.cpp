// The parser of op lists: see ops.hpp for the grammar.
//
// One pass with a cursor, no backtracking. The first thing that is wrong ends it: what comes after
// a mistake in a list is rarely what its author meant.
#include "workload/ops.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "base/text.hpp"
#include "workload/number.hpp"

namespace mempool::viz {

namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Parser {
 public:
  explicit Parser(std::string_view list) : list_(list) {}

  Result<Workload> parse() {
    skip_blanks();
    while (at_ < list_.size() && !wrong_) {
      begin_ = at_;
      ++position_;
      operation();
      separator();
    }
    if (position_ == 0) return failure("the op list is empty: +size allocates, -i frees #i");
    if (wrong_) return failure(std::move(*wrong_));
    return std::move(made_);
  }

 private:
  void operation() {
    switch (list_[at_++]) {
      case '+': return alloc();
      case '-': return free();
      case '~': return realloc();
      case '!': return write();
      case '?': return add({Act::check});
      case '@': return note();
      case ',': return fail("an operation is expected before the comma");
      default: return fail("an operation starts with one of + - ~ ! ? @");
    }
  }

  void alloc() {
    const u64 size = number("a size is expected after '+'", u64_max);
    if (made_.allocations == most_allocations) return fail("there are too many allocations");
    add({Act::alloc, made_.allocations, size});
    if (!wrong_) ++made_.allocations;
  }

  void free() {
    const u32 index = allocation('-');
    add({Act::free, index});
  }

  void realloc() {
    const u32 index = allocation('~');
    expect(':', "':' and a size are expected after the number, as in ~0:200");
    const u64 size = number("a size is expected after ':'", u64_max);
    if (!wrong_ && size == 0) fail("the size must be at least 1: pool_realloc() refuses 0");
    add({Act::realloc, index, size});
  }

  void write() {
    const u32 index = allocation('!');
    Write write;
    expect(':', "':' and an offset are expected after the number, as in !0:16='X'");
    write.offset = signed_offset();
    if (!wrong_ && accept('*')) {
      write.count = number("a count is expected after '*'", u64_max);
      if (write.count == 0) fail("the count must be at least 1");
    }
    expect('=', "'=' and a byte are expected, as in !0:16='X'");
    write.byte = byte();
    add({Act::write, index, made_.writes.size()});
    if (!wrong_) made_.writes.push_back(write);
  }

  void note() {
    std::string text;
    for (; at_ < list_.size() && list_[at_] != ','; ++at_) {
      const bool escape =
          list_.substr(at_).starts_with("\\,") || list_.substr(at_).starts_with("\\\\");
      if (escape) ++at_;
      text += list_[at_];
    }
    while (!text.empty() && is_blank(text.back())) text.pop_back();
    if (text.empty()) return fail("a text is expected after '@'");
    add({Act::note, 0, made_.notes.size()});
    made_.notes.push_back(std::move(text));
  }

  u32 allocation(char after) {
    const std::string expected =
        fmt::format("the number of an allocation is expected after '{}'", after);
    const u64 index = number(expected, u64_max);
    if (wrong_ || index < made_.allocations) return static_cast<u32>(index);
    fail(made_.allocations == 0
             ? fmt::format("there is no allocation {} yet: nothing is allocated before it", index)
             : fmt::format("there is no allocation {} yet: those before it are 0 to {}", index,
                           made_.allocations - 1));
    return 0;
  }

  std::int64_t signed_offset() {
    constexpr u64 most = std::numeric_limits<std::int64_t>::max();
    const bool negative = accept('-');
    const u64 distance = number("an offset is expected after ':'", most);
    return negative ? -static_cast<std::int64_t>(distance) : static_cast<std::int64_t>(distance);
  }

  u8 byte() {
    const std::string_view rest = list_.substr(at_);
    if (rest.size() >= 3 && rest[0] == '\'' && rest[2] == '\'') {
      at_ += 3;
      return static_cast<u8>(rest[1]);
    }
    return static_cast<u8>(number("a byte is expected after '=': 0 to 255, 0x58 or 'X'", 255));
  }

  u64 number(std::string_view expected, u64 most) {
    if (wrong_) return 0;
    const Number found = read_number(list_.substr(at_));
    at_ += found.length;
    if (found.length == 0) fail(std::string(expected));
    if (found.too_large || found.value > most)
      fail(fmt::format("the number is too large: at most {} here", most));
    return found.value;
  }

  bool accept(char c) {
    if (at_ >= list_.size() || list_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c, const char* expected) {
    if (!wrong_ && !accept(c)) fail(expected);
  }

  void add(Operation operation) {
    if (!wrong_) made_.operations.push_back(operation);
  }

  /// After an operation: blanks, at most one comma, blanks; or the end.
  void separator() {
    if (wrong_) return;
    const std::size_t end = at_;
    skip_blanks();
    const bool comma = accept(',');
    skip_blanks();
    if (at_ == end && at_ < list_.size()) return fail("a comma is expected after the operation");
    if (!comma || at_ < list_.size()) return;
    begin_ = at_;
    ++position_;
    fail("an operation is expected after the last comma");
  }

  void skip_blanks() {
    while (at_ < list_.size() && is_blank(list_[at_])) ++at_;
  }

  /// Keeps the first thing that is wrong: "op 3, '+abc': a size is expected after '+'".
  void fail(std::string why) {
    if (wrong_) return;
    constexpr std::size_t most_shown = 24;
    std::string_view text = list_.substr(begin_);
    const bool nothing = text.starts_with(',');
    text = text.substr(0, nothing ? 1 : text.find_first_of(", \t\n\v\f\r", 1));
    std::string shown;
    append_printable(text.substr(0, most_shown), shown);
    if (text.size() > most_shown) shown += "...";
    wrong_ = shown.empty() ? fmt::format("op {}: {}", position_, why)
                           : fmt::format("op {}, '{}': {}", position_, shown, why);
  }

  std::string_view list_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // where the current operation starts
  u64 position_ = 0;       // of the current operation, from 1
  Workload made_;
  std::optional<std::string> wrong_;
};

}  // namespace

Result<Workload> parse_ops(std::string_view list) {
  return Parser(list).parse();
}

bool looks_like_ops(std::string_view argument) {
  if (argument.empty()) return false;
  const bool digit_follows = argument.size() > 1 && is_digit(argument[1]);
  switch (argument[0]) {
    case '+':
    case '-':
    case '~':
    case '!': return digit_follows;
    case '?': return argument.size() == 1 || argument[1] == ',' || is_blank(argument[1]);
    case '@': return argument.size() > 1;
    default: return false;
  }
}

}  // namespace mempool::viz
