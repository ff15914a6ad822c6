// Fuzz target: the bytes as a log, through all that mempool-viz does with one.
//
//     bytes --reader--> events --model, check--> frame of a call --views--> text, DOT
//                              --sample--> figures over time; --from_log--> calls, made again
//
// Any bytes are legal, in either encoding: the first ones decide. Whatever they are, there is an
// answer, in bounded time and memory, and nothing in it does anything to a terminal or a picture.
#include <sstream>
#include <string>

#include "fuzz/target.hpp"
#include "log/encoding.hpp"
#include "log/reader.hpp"
#include "model/check.hpp"
#include "model/sampled.hpp"
#include "model/timeline.hpp"
#include "support/safe_output.hpp"
#include "view/carpet.hpp"
#include "view/terminal.hpp"
#include "view/view.hpp"
#include "workload/from_log.hpp"

namespace mempool::tests {

namespace {

/// Damage is told with its place, and only the first few of them.
void read_findings(const log::Findings& findings) {
  require(findings.first_damages.size() <= 8, "a few damages are told, the others counted");
  require(findings.first_damages.size() <= findings.damaged, "every damage told is counted");
  for (const log::Damage& damage : findings.first_damages) {
    require(damage.line != 0 && !damage.what.empty(), "damage has a place and a reason");
    require_none("a damage", unsafe_in_text(damage.what));
  }
}

std::string written(log::Encoding encoding, const pool_event& event) {
  std::string bytes;
  log::write_header(encoding, bytes);
  log::write_event(encoding, event, bytes);
  return bytes;
}

/// An event that was read can be written in both encodings and is the same when it is read again.
void write_again(const pool_event& event) {
  const std::string line = written(log::Encoding::jsonl, event);
  for (const log::Encoding encoding : {log::Encoding::jsonl, log::Encoding::mplog}) {
    auto reader = log::Reader::from_text(written(encoding, event));
    require(reader.has_value(), "a log that we write can be opened");
    pool_event again;
    require(reader->next(again), "an event that we write can be read");
    require(written(log::Encoding::jsonl, again) == line, "it is read as it was written");
    require(!reader->next(again) && reader->findings().damaged == 0, "nothing else is read");
  }
}

void read_all(log::Reader reader) {
  constexpr u64 enough = 64;
  for (pool_event event; reader.next(event);)
    if (reader.findings().events <= enough) write_again(event);
  const log::Findings& findings = reader.findings();
  require(!findings.ended || !findings.torn_tail, "a log that has ended is not torn");
  read_findings(findings);
}

void check(log::Reader reader, bool policy) {
  const viz::CheckResult result = viz::check(reader, {policy}, nullptr);
  if (result.broken) require_none("what check says", unsafe_in_text(*result.broken));
}

/// A dump may look at 64 MiB of a region, which is bounded but slow: not for large ones.
void view(const viz::Frame& frame, const viz::ViewOptions& options) {
  constexpr u64 large = u64{1} << 20;
  for (const viz::View& view : viz::views()) {
    if (view.name == "dump" && frame.after.capacity > large) continue;
    std::ostringstream out;
    view.write(out, frame, options);
    require_none(view.name,
                 view.name == "dot" ? unsafe_in_dot(out.view()) : unsafe_in_text(out.view()));
  }
  std::ostringstream sums;
  viz::write_terminal_sums(sums, frame, options);
  require_none("sums", unsafe_in_text(sums.view()));
}

/// The last call, in every way there is to look at it; then the call before it, or its last event.
void look(const std::string& bytes) {
  const auto load = [&](const viz::Moment& moment) {
    auto reader = log::Reader::from_text(bytes);
    auto frame = viz::load(*reader, moment, nullptr);
    if (!frame) require_none("why there is no frame", unsafe_in_text(frame.error().what));
    return frame;
  };
  const auto last = load({});
  if (!last) return;
  view(*last, {});
  viz::ViewOptions other{.radix = viz::Radix::hex,
                         .both_radices = true,
                         .for_slide = true,
                         .ascii_labels = true,
                         .utf8 = true,
                         .width = 32};
  const auto before = load({last->call - 1, {}, last->after.pool});
  if (before) other.diff = &*before;
  view(*last, other);
  if (const auto event = load({{}, last->after.last_seq, last->after.pool})) view(*event, {});
}

/// What it comes to over time, and its calls made again, as far as they can be.
void sum_up(const std::string& bytes) {
  viz::Sampling sampling;
  sampling.column = [](const viz::Model& model) {
    const auto column = viz::column_of(model, viz::rows_of(model.capacity));
    require(column.size() == viz::rows_of(model.capacity), "a column has all rows");
    return std::vector<u8>(column.size());
  };
  sampling.between = {0, 5};
  auto reader = log::Reader::from_text(bytes);
  const auto sampled = viz::sample(*reader, sampling, nullptr);
  if (!sampled) require_none("why there is no sample", unsafe_in_text(sampled.error().what));
  if (sampled) require(sampled->samples.size() <= viz::most_samples + 1, "samples are bounded");
  reader = log::Reader::from_text(bytes);
  const auto recording = viz::workload_from_log(*reader, {}, nullptr);
  if (!recording)
    return require_none("why there is no workload", unsafe_in_text(recording.error().what));
  constexpr u64 large = u64{1} << 20;
  if (*recording->setup.capacity > large) return;
  const auto outcome = viz::play(recording->workload, recording->setup, {}, nullptr);
  if (!outcome) require_none("why it cannot be played", unsafe_in_text(outcome.error().what));
}

}  // namespace

}  // namespace mempool::tests

/// Calls made again may write over guards; the pool is to see that, and nobody before it.
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mempool;
  using namespace mempool::tests;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  auto reader = log::Reader::from_text(bytes);
  if (!reader) {
    require_none("why it is refused", unsafe_in_text(reader.error().what));
    return 0;
  }
  read_all(std::move(*reader));
  for (const bool policy : {true, false}) check(std::move(*log::Reader::from_text(bytes)), policy);
  look(bytes);
  sum_up(bytes);
  return 0;
}
