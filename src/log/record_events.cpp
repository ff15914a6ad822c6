// RecordEvents: the events of an .mplog. Decides what a record that is no event means. Where
// records come from and what stands in one is unpack.cpp.
//
// A program that is killed leaves, behind its last event, room that was never written: zeros to
// the end of the file, maybe with a part of an event whose first record is missing. So a record
// that is 0 is the end if nothing but such records follows, and damage if anything else does.
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "log/events.hpp"
#include "log/unpack.hpp"

namespace mempool::log {
namespace {

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == bytes.npos;
}

constexpr auto known_bits = [] {
  std::array<u8, std::size(event::kinds)> known{};
  for (std::size_t i = 0; i < known.size(); ++i) known[i] = record::known_bits(event::kinds[i]);
  return known;
}();

/// Uses the header up. An Error unless it opens a log of our version.
std::optional<Error> read_header(const std::string& name, Input& input) {
  while (input.rest().size() < record::header_size)
    if (!input.fill()) return Error{name + " is cut inside its header: no event of it is left"};
  const char* header = input.rest().data();
  if (std::string refusal = refuse_version(load_little<u16>(header + 8)); !refusal.empty())
    return Error{name + ": " + refusal};
  const u16 size = load_little<u16>(header + 12);
  if (size != record::size)
    return Error{name + ": its header is damaged: records of " + std::to_string(size) +
                 " bytes, where this format has " + std::to_string(record::size)};
  input.use(record::header_size);
  return std::nullopt;
}

class RecordEvents final : public Events {
 public:
  explicit RecordEvents(RecordSource&& source) : source_(std::move(source)) {
    findings.unit = "record";
  }

  bool next(pool_event& event) override {
    while (const char* at = source_.peek())
      if (take(at, event)) return true;
    if (!all_zero(source_.input().rest())) tear();
    stop();
    return false;
  }
  [[nodiscard]] const Input& input() const override { return source_.input(); }

 private:
  bool go_to(u64 position) override {
    skipping_ = false;
    return source_.seek(position);
  }
  bool take(const char* at, pool_event& event);
  bool take_event(record::Head head, pool_event& event);
  bool pass_empty();
  /// The log ends within an event: also when `end` stands before it.
  void tear() {
    findings.torn_tail = true;
    findings.ended = false;
  }

  RecordSource source_;
  Unpacker unpacker_;
  bool skipping_ = false;  // what may come now only continues something that was passed over
};

/// True if the next record begins an event that is whole; otherwise what it is has been noted.
bool RecordEvents::take(const char* at, pool_event& event) {
  const u64 number = source_.number();
  if (load_little<u64>(at) == 0) {
    const bool torn = !all_zero({at, record::size});
    const bool something_follows = pass_empty();
    if (something_follows)
      damage(number, "nothing is written here");
    else if (torn)
      tear();
    return false;
  }
  const record::Head head = head_of(at);
  findings.ended = false;
  findings.lines = number;
  if (head.kind != 0 && head.kind <= std::size(event::kinds)) return take_event(head, event);
  source_.use();
  const bool continuation = head.kind >= record::first_continuation;
  if (continuation ? !skipping_ : head.kind == 0) {
    damage(number, continuation ? "it continues no event" : "it is of no kind");
  } else if (!continuation) {
    ++findings.unknown_events;
  }
  skipping_ = true;
  return false;
}

bool RecordEvents::take_event(record::Head head, pool_event& event) {
  const u64 number = source_.number();
  switch (unpacker_.unpack(source_, event)) {
    case Unpacked::event:
      ++findings.events;
      findings.ended = head.kind == POOL_EVENT_END;
      skipping_ = (head.bits & ~known_bits[head.kind - 1]) != 0;  // a later version says more
      return true;
    case Unpacked::cut: tear(); break;
    case Unpacked::incomplete: {
      const char* at = source_.peek();
      const bool end = load_little<u64>(at) == 0 && !pass_empty();
      if (end)
        tear();
      else
        damage(number, unpacker_.what());
      break;
    }
    case Unpacked::wrong: damage(number, unpacker_.what()); break;
  }
  skipping_ = true;
  return false;
}

/// Passes over records that were never written; false if the log ends with them.
bool RecordEvents::pass_empty() {
  while (const char* at = source_.peek()) {
    if (load_little<u64>(at) != 0) return true;
    source_.use();
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Events>> open_records(const std::string& name, Input&& input) {
  if (std::optional<Error> error = read_header(name, input)) return failure(std::move(error->what));
  return std::make_unique<RecordEvents>(RecordSource(std::move(input)));
}

}  // namespace mempool::log
