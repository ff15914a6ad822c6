// Logs under fire: a small log of each encoding is cut at every byte, and every bit of it is
// flipped. What is before the damage is shown as it was, what is lost is told with its place,
// reading goes on behind it; and what nobody can notice is named here.
//
// Single damages and their sentences are in reader_spec.cpp and mplog_spec.cpp, the exit statuses
// in tests/cli/fire.py.
#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <sstream>

#include "event/table.hpp"
#include "log/encoding.hpp"
#include "model/check.hpp"
#include "model/timeline.hpp"
#include "support/reading.hpp"
#include "support/safe_output.hpp"
#include "view/view.hpp"
#include "workload/ops.hpp"
#include "workload/player.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

/// A log, and what is known of it while it is whole. Event i lies in the bytes [ends[i],
/// ends[i+1]).
struct Whole {
  std::string encoding;
  std::string bytes;
  std::vector<std::string> events;  // as JSON
  std::vector<std::size_t> ends;    // of the header, then of each event
  std::vector<u64> places;          // line or record of each event
  std::vector<u64> calls;
};

Whole whole(const char* encoding, std::string bytes) {
  Whole log{encoding, std::move(bytes), {}, {}, {}, {}};
  auto reader = log::Reader::from_text(log.bytes);
  REQUIRE(reader);
  log.ends.push_back(reader->position());
  for (pool_event event; reader->next(event);) {
    log.events.push_back(json(event));
    log.ends.push_back(reader->position());
    log.places.push_back(reader->findings().lines);
    log.calls.push_back(event.call);
  }
  REQUIRE(reader->findings().ended);
  return log;
}

/// What a pool writes about a few calls of every kind, in text.
std::string a_run() {
  const auto workload = viz::parse_ops(
      "+40,+60,+13,-0,~1:90,!2:13*1=65,?,-2,-2,+5000,@a note that takes two records");
  REQUIRE(workload);
  viz::PoolSetup setup;
  setup.capacity = 1024;
  setup.align = 8;
  setup.guards = 8;
  std::string text;
  REQUIRE(viz::play(*workload, setup, {"", &text}, nullptr));
  return text;
}

std::string as_records(const std::string& text) {
  std::string bytes;
  log::write_header(log::Encoding::mplog, bytes);
  auto reader = log::Reader::from_text(text);
  for (pool_event event; reader->next(event);) log::write_event(log::Encoding::mplog, event, bytes);
  return bytes;
}

const std::vector<Whole>& logs() {
  static const std::vector<Whole> both{whole("text", a_run()),
                                       whole("binary", as_records(a_run()))};
  return both;
}

viz::CheckResult check(const std::string& bytes) {
  auto reader = log::Reader::from_text(bytes);
  REQUIRE(reader);
  return viz::check(*reader, {true}, nullptr);
}

/// The longest that anything took; all of it is small, so a second is forever.
class Slowest {
 public:
  template <class Work>
  auto time(const Work& work) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = work();
    slowest_ = std::max(slowest_, std::chrono::steady_clock::now() - begin);
    return result;
  }
  [[nodiscard]] bool bounded() const { return slowest_ < std::chrono::seconds(1); }

 private:
  std::chrono::steady_clock::duration slowest_{};
};

/// The keys whose values differ between two lines of JSON of the same kind, as "kind.key".
std::vector<std::string> changed_fields(const std::string& before, const std::string& after) {
  auto reader = log::Reader::from_text(log_of({before, after}));
  pool_event event;
  REQUIRE(reader->next(event));
  const event::Kind& kind = *event::find(event.kind);
  const auto value = [](const std::string& line, std::string_view key) {
    const std::size_t at = line.find("\"" + std::string(key) + "\":");
    if (at == line.npos) return std::string();
    return line.substr(at, std::min(line.find(",\"", at), line.size() - 1) - at);
  };
  std::vector<std::string> fields;
  const auto compare = [&](std::string_view key) {
    if (value(before, key) != value(after, key))
      fields.push_back(std::string(kind.name) + "." + std::string(key));
  };
  for (const char* key : {"seq", "pool", "call", "event", "time"}) compare(key);
  for (const event::Field& field : kind.fields) compare(field.name);
  return fields;
}

/// What becomes of a flipped bit.
enum class Fate { refused, damage, unknown, cut, broken, same, unnoticed };
constexpr const char* fates[] = {"refused",     "damage",          "unknown event", "cut",
                                 "broken rule", "nothing changes", "unnoticed"};

struct Flip {
  const Whole& log;
  std::size_t at;
  std::string bytes;
  TextReading reading;

  Flip(const Whole& whole, std::size_t byte, int bit) : log(whole), at(byte), bytes(whole.bytes) {
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    reading = read(bytes);
  }

  /// The number of the event that the byte belongs to.
  [[nodiscard]] std::size_t event() const {
    return static_cast<std::size_t>(std::ranges::upper_bound(log.ends, at) - log.ends.begin()) - 1;
  }

  [[nodiscard]] Fate fate() const {
    const log::Findings& found = reading.findings;
    if (!reading.error.empty()) return Fate::refused;
    if (found.damaged != 0) return Fate::damage;
    if (found.unknown_events != 0) return Fate::unknown;
    if (found.torn_tail || !found.ended) return Fate::cut;
    if (check(bytes).broken) return Fate::broken;
    return reading.events == log.events ? Fate::same : Fate::unnoticed;
  }

  /// The events before the flipped one are read as they are, and from the second after it on, too:
  /// without its newline a line takes the next one along.
  [[nodiscard]] std::string lost() const {
    const std::size_t k = event();
    const auto& got = reading.events;
    if (got.size() < k ||
        !std::equal(got.begin(), got.begin() + static_cast<long>(k), log.events.begin()))
      return "events before it";
    const std::size_t behind = log.events.size() - std::min(log.events.size(), k + 2);
    if (got.size() < behind || !std::equal(got.end() - static_cast<long>(behind), got.end(),
                                           log.events.end() - static_cast<long>(behind)))
      return "events behind it";
    return "";
  }

  /// Damage is told at the event or within it; behind it only if a newline more cut it in two.
  [[nodiscard]] bool is_told_in_place() const {
    const log::Damage& first = reading.findings.first_damages.at(0);
    const u64 place = log.places[event()];
    const u64 next = event() + 1 < log.places.size() ? log.places[event() + 1] : place + 1;
    return place <= first.line && first.line <= next && !first.what.empty();
  }
};

}  // namespace

TEST_CASE("a log that is cut at any byte is the log up to the cut, and nothing of it is wrong") {
  Slowest slowest;
  for (const Whole& log : logs()) {
    CAPTURE(log.encoding);
    for (std::size_t size = log.ends[0]; size < log.bytes.size(); ++size) {
      CAPTURE(size);
      const std::string cut = log.bytes.substr(0, size);
      const TextReading reading = slowest.time([&] { return read(cut); });
      const std::size_t events = reading.events.size();
      // The newline alone may be missing: the line counts without it.
      const std::size_t reached = size + (log.bytes[size] == '\n' ? 1 : 0);
      CHECK(log.ends[events] <= reached);
      CHECK((events == log.events.size() || log.ends[events + 1] > reached));
      CHECK(std::equal(reading.events.begin(), reading.events.end(), log.events.begin()));
      CHECK(reading.findings.damaged == 0);
      if (events == 0) continue;
      const viz::CheckResult result = slowest.time([&] { return check(cut); });
      CHECK(result.broken.value_or("") == "");
      CHECK(result.events == events);
      auto reader = log::Reader::from_text(cut);
      const auto frame = viz::load(*reader, {}, nullptr);
      REQUIRE(frame);
      const bool with_end = events == log.events.size();
      CHECK(frame->call == log.calls[events - (with_end ? 2 : 1)]);
      CHECK(frame->complete == with_end);
    }
  }
  CHECK(slowest.bounded());
}

TEST_CASE("a flipped bit never costs more than its own event and the next, wherever it is") {
  Slowest slowest;
  for (const Whole& log : logs()) {
    CAPTURE(log.encoding);
    for (std::size_t at = log.ends[0]; at < log.bytes.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        const Flip flip = slowest.time([&] { return Flip(log, at, bit); });
        const log::Findings& found = flip.reading.findings;
        CAPTURE(at);
        CAPTURE(bit);
        CHECK(flip.reading.error == "");
        CHECK(flip.lost() == "");
        CHECK(found.damaged <= 2);
        if (found.damaged != 0) CHECK(flip.is_told_in_place());
      }
    }
  }
  CHECK(slowest.bounded());
}

TEST_CASE("a flipped bit is noticed, unless it is in what the pool alone can know") {
  // Told once, and nothing else in a log depends on them: the program's own words and bytes, what
  // it did wrong, addresses, the evidence of damage; a policy or a number that decides nothing
  // here; which of two calls an event belongs to that changes no block.
  constexpr std::string_view told_once =
      " note.text note.file note.line bytes.hex bytes.left_out bytes.call misuse.kind"
      " misuse.offset misuse.address misuse.block create.base create.fill create.policy"
      " create.poison create.capture misuse.time"
      " guard_check.call guard_check.found check.violations check.blocks check.event"
      " alloc_fail.block end.seq end.pool end.call end.dropped ";
  for (const Whole& log : logs()) {
    std::map<Fate, u64> count;
    std::map<std::string, u64> unnoticed;
    for (std::size_t at = 0; at < log.bytes.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        const Flip flip(log, at, bit);
        const Fate fate = flip.fate();
        ++count[fate];
        if (fate == Fate::refused) CHECK(at < log.ends[0]);
        if (fate != Fate::unnoticed) continue;
        CAPTURE(at);
        CAPTURE(bit);
        REQUIRE(flip.reading.events.size() == log.events.size());
        const std::size_t k = flip.event();
        for (const auto& field : changed_fields(log.events[k], flip.reading.events[k])) {
          ++unnoticed[field];
          if (told_once.find(" " + field + " ") == told_once.npos)
            FAIL_CHECK(field << " at byte " << at << ": " << flip.reading.events[k]);
        }
      }
    }
    std::ostringstream said;
    for (const auto& [fate, times] : count)
      said << ", " << fates[static_cast<int>(fate)] << " " << times;
    for (const auto& [field, times] : unnoticed) said << "; " << field << " " << times;
    MESSAGE("flips of the " << log.encoding << " log: " << log.bytes.size() * 8 << said.str());
  }
}

TEST_CASE("what a damaged log shows does nothing to a terminal or a picture") {
  Slowest slowest;
  for (const Whole& log : logs()) {
    CAPTURE(log.encoding);
    for (std::size_t at = log.ends[0]; at < log.bytes.size(); ++at) {
      const Flip flip(log, at, static_cast<int>(at % 8));
      CAPTURE(at);
      auto reader = log::Reader::from_text(flip.bytes);
      const auto frame = slowest.time([&] { return viz::load(*reader, {}, nullptr); });
      if (!frame) CHECK(unsafe_in_text(frame.error().what) == "");
      if (!frame || at % 4 != 0) continue;
      for (const viz::View& view : viz::views()) {
        std::ostringstream out;
        slowest.time([&] { return view.write(out, *frame, {}), 0; });
        CHECK((view.name == "dot" ? unsafe_in_dot(out.view()) : unsafe_in_text(out.view())) == "");
      }
    }
  }
  CHECK(slowest.bounded());
}
