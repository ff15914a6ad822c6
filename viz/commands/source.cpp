// Opening logs and op lists, and saying what is wrong with them: see source.hpp.
#include "commands/source.hpp"

#include <fmt/format.h>

#include <utility>

#include "commands/commands.hpp"
#include "commands/indexed.hpp"
#include "commands/workload.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "workload/ops.hpp"
#include "workload/recording.hpp"

namespace mempool::viz {

namespace {

Result<Source> play_ops(const Options& options) {
  const Result<Workload> workload = parse_ops(*options.ops);
  if (!workload) return tl::make_unexpected(workload.error());
  std::string text;
  const Result<Outcome> outcome = play(*workload, options.pool, {"", &text}, nullptr);
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (outcome->skipped != 0)
    say(fmt::format("operations skipped because their allocation failed: {}", outcome->skipped));
  Result<log::Reader> reader = log::Reader::from_text(std::move(text));
  if (!reader) return tl::make_unexpected(reader.error());
  return Source{std::move(*reader), "the op list", false, outcome->executed};
}

/// A recording's calls, in a pool on the spot; its log is gone when it is closed.
Result<Source> play_recording(const Options& options) {
  const Result<Workload> workload = read_trace(options.input, Names::of_call_sites);
  if (!workload) return tl::make_unexpected(workload.error());
  std::string text;
  const Result<Outcome> outcome = [&] {
    ProgressLine progress("replaying");
    return play(*workload, options.pool, {"", &text}, [&](double share) { progress(share); });
  }();
  if (!outcome) return tl::make_unexpected(outcome.error());
  Result<log::Reader> reader = log::Reader::from_text(std::move(text));
  if (!reader) return tl::make_unexpected(reader.error());
  return Source{std::move(*reader), options.input, false, outcome->executed};
}

}  // namespace

Result<Source> open_source(const Options& options) {
  if (options.ops) return play_ops(options);
  if (is_recording(options.input)) return play_recording(options);
  Result<log::Reader> reader = log::Reader::open(options.input);
  if (!reader) return tl::make_unexpected(reader.error());
  const bool is_stdin = options.input == "-";
  return Source{std::move(*reader), is_stdin ? "standard input" : options.input, !is_stdin,
                std::nullopt};
}

int say_damage(const log::Findings& findings, const std::string& name) {
  for (const log::Damage& damage : findings.first_damages)
    say(fmt::format("{}: {} {}: {}; it is skipped", name, findings.unit, damage.line, damage.what));
  if (findings.damaged > findings.first_damages.size())
    say(fmt::format("{}: damaged {}s besides these: {}", name, findings.unit,
                    findings.damaged - findings.first_damages.size()));
  return findings.damaged == 0 ? good : bad;
}

int say_findings(const log::Findings& findings, const std::string& name) {
  const int status = say_damage(findings, name);
  if (findings.unknown_events != 0)
    say(fmt::format("{}: events of kinds that this version does not know are skipped: {}", name,
                    findings.unknown_events));
  if (!findings.ended)
    say(fmt::format("{}: cut after event {}: the log has no end", name, findings.events));
  return status;
}

void say_other_pools(const std::string& name, u32 shown, const std::vector<u32>& others) {
  if (others.empty()) return;
  say(fmt::format("{}: pool {} is shown; the log also holds {} (--pool ID)", name, shown,
                  fmt::join(others, ", ")));
}

Result<Loaded> load_frame(const Options& options, std::optional<u64> call) {
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  Moment moment = options.moment;
  if (call) moment.call = call;
  if (!moment.call && !moment.seq) moment.call = source->last_call;
  log::Findings findings;
  Result<Frame> frame = [&] {
    if (source->is_file)
      if (auto indexed = load_indexed(options.input, source->reader, moment, findings))
        return std::move(*indexed);
    ProgressLine progress("reading");
    Result<Frame> read = load(source->reader, moment, [&](double share) { progress(share); });
    findings = source->reader.findings();
    return read;
  }();
  const int status = say_findings(findings, source->name);
  if (!frame) return tl::make_unexpected(frame.error());
  if (!options.moment.pool) say_other_pools(source->name, frame->after.pool, frame->other_pools);
  return Loaded{std::move(*frame), status};
}

}  // namespace mempool::viz
