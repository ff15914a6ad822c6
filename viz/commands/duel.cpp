// duel: the shortest list that one allocator serves and another does not, or where they part on a
// trace. The search is search/duel.hpp's.
#include <fmt/format.h>

#include <set>

#include "commands/commands.hpp"
#include "commands/strips.hpp"
#include "commands/text.hpp"
#include "commands/workload.hpp"
#include "model/story.hpp"
#include "search/duel.hpp"
#include "search/generate.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "workload/measure.hpp"

namespace mempool::viz {

namespace {

std::string sizes_text(const std::vector<u64>& sizes) {
  std::vector<std::string> words;
  for (const u64 size : sizes) words.push_back(std::to_string(size));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string paragraph(const std::string& words) {
  std::string text;
  for (const std::string& line : wrap(words, 80)) text += line + "\n";
  return text;
}

Result<int> print(const std::string& text) {
  const Result<void> written = write_output("", text);
  if (!written) return tl::make_unexpected(written.error());
  return good;
}

/// The first call (from 1) that puts its block elsewhere; it is the last at the latest.
std::size_t parting_call(const Played& a, const Played& b) {
  const auto place = [](const Frame& frame) {
    for (const OwnedEvent& event : frame.events)
      if (event->kind == POOL_EVENT_ALLOC) return event->as.alloc.offset;
    return POOL_NONE;
  };
  for (std::size_t i = 0; i + 1 < a.calls.size() && i + 1 < b.calls.size(); ++i)
    if (place(a.calls[i]) != place(b.calls[i])) return i + 1;
  return a.calls.size();
}

/// "first serves, best fails", the list, the proof, and every call on both.
Result<std::string> witness_text(const search::Duel& duel, const search::Witness& witness,
                                 Palette palette) {
  PoolSetup common = duel.common;
  common.capacity = witness.grid.capacity;
  const std::size_t calls = witness.workload.operations.size();
  std::vector<Played> runs;
  for (const Contestant* contestant : {&duel.winner, &duel.loser}) {
    Result<Played> played = play_calls(witness.workload, *contestant, common, calls);
    if (!played) return tl::make_unexpected(played.error());
    runs.push_back(std::move(*played));
  }
  std::string text = fmt::format("{}\n\n", search::written(witness.workload));
  text += paragraph(
      fmt::format("{} bytes, alignment {}{}: {} serves every request, {} fails at the last.",
                  witness.grid.capacity, common.align,
                  common.guards == 0 ? "" : fmt::format(", guards of {}", common.guards),
                  in_words(duel.winner), in_words(duel.loser)));
  text += paragraph(
      fmt::format("{} calls; {}: all shorter lists over the sizes {} were tried ({} states).",
                  calls, witness.proved ? "shortest, proved" : "shortest found",
                  sizes_text(witness.grid.sizes), witness.states));
  text += "\n" + strips(runs, 1, calls, palette);
  const std::vector<std::string> names{runs[0].name, runs[1].name};
  const std::size_t parts = parting_call(runs[0], runs[1]);
  for (const std::size_t call : std::set{parts, calls})
    text += "\n" + reasons({&runs[0].calls[call - 1], &runs[1].calls[call - 1]}, names);
  return text;
}

/// The frame of one call, out of the events of a run.
Result<Frame> frame_of(const Workload& workload, const PoolSetup& setup, u64 call) {
  Frame frame;
  frame.call = frame.last_call = call;
  Destination destination;
  destination.watch = [&](const pool_event& event) {
    if (event.call > call) return;
    if (event.call == call && frame.events.empty()) frame.before = frame.after;
    if (event.call == call) frame.events.emplace_back(event);
    static_cast<void>(frame.after.apply(event));
  };
  ProgressLine progress("drawing");
  const auto outcome = play(workload, setup, destination, [&](double share) { progress(share); });
  if (!outcome) return tl::make_unexpected(outcome.error());
  return frame;
}

Result<int> duel_on(const Options& options) {
  PoolSetup pool = options.pool;
  Result<Given> given = given_workload(options.duel.on, {}, pool);
  if (!given) return tl::make_unexpected(given.error());
  const Workload& workload = given->workload;
  pool = given->pool;
  if (!pool.capacity) pool.capacity = choose_capacity(workload, pool.geometry()).bytes;
  std::vector<Measured> runs;
  for (const Contestant* each : {&*options.duel.winner, &*options.duel.loser}) {
    ProgressLine progress("replaying " + each->name);
    Result<Measured> measured =
        measure(workload, each->in(pool), true, [&](double share) { progress(share); });
    if (!measured) return tl::make_unexpected(measured.error());
    runs.push_back(std::move(*measured));
  }
  const auto difference = first_difference(runs[0], runs[1]);
  const std::string names =
      fmt::format("{} and {}", options.duel.winner->name, options.duel.loser->name);
  if (!difference || *difference >= runs[0].placements.size())
    return print(paragraph(fmt::format("{}: {} place every block of it alike, in {} bytes.",
                                       printable(workload.name), names, *pool.capacity)));
  const u64 call = runs[0].placements[*difference].call;
  std::string text = paragraph(fmt::format("{}: {} of {} in {} bytes, and {} part at call {}.",
                                           printable(workload.name), *difference + 1,
                                           count_text(runs[0].placements.size(), "placement"),
                                           *pool.capacity, names, call));
  Result<Frame> a = frame_of(workload, options.duel.winner->in(pool), call);
  Result<Frame> b = frame_of(workload, options.duel.loser->in(pool), call);
  if (!a) return tl::make_unexpected(a.error());
  if (!b) return tl::make_unexpected(b.error());
  return print(text + "\n" +
               parting({&*a, &*b}, {options.duel.winner->name, options.duel.loser->name},
                       palette_of(options)));
}

}  // namespace

Result<int> commands::duel(const Options& options) {
  if (options.duel.winner->name == options.duel.loser->name)
    return failure("both are the same: a duel needs two that differ");
  if (!options.duel.on.empty()) return duel_on(options);
  const search::Duel duel{*options.duel.winner, *options.duel.loser, options.pool};
  Result<search::DuelResult> result = [&] {
    ProgressLine progress("searching");
    return search::duel(duel, [&](double share) { progress(share); });
  }();
  if (!result) return tl::make_unexpected(result.error());
  if (!result->witness)
    return failure(fmt::format("no list was found that {} serves and {} does not: {}",
                               in_words(duel.winner), in_words(duel.loser), result->tried));
  const Result<std::string> text = witness_text(duel, *result->witness, palette_of(options));
  if (!text) return tl::make_unexpected(text.error());
  return print(*text);
}

// ---- gen

Result<int> commands::gen(const Options& options) {
  if (options.gen.list_wants) {
    std::string text;
    for (const search::WantText& want : search::want_texts())
      text += fmt::format("{:<15} {}\n", want.word, want.says);
    return print(text);
  }
  search::Recipe recipe = options.gen.recipe;
  recipe.pool = options.pool;
  const Result<Workload> made = search::generate(recipe);
  if (!made) return tl::make_unexpected(made.error());
  return print(search::written(*made) + "\n");
}

}  // namespace mempool::viz
