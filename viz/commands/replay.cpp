// replay: runs a trace or an op list through a real pool and says what came of it. Reading and
// playing are the workload's; this words the summary.
#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>

#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/lesson_page.hpp"
#include "commands/workload.hpp"
#include "event/table.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "shell/process.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "workload/ops.hpp"

namespace mempool::viz {

namespace {

std::string failures_text(const Outcome& outcome) {
  std::string text = fmt::format("{}", outcome.failures);
  const char* before = " (";
  for (const event::Word& reason : event::reasons) {
    const u64 count = outcome.failures_by_reason[reason.code];
    if (count == 0) continue;
    text += fmt::format("{}{} {}", before, count, reason.text);
    before = ", ";
  }
  if (*before == ',') text += ")";
  return outcome.failures == 0
             ? text
             : fmt::format("{}, first at call {}", text, outcome.first_failure_call);
}

std::string log_text(const std::string& path, u64 events) {
  struct stat facts {};
  const bool measurable = ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
  return measurable ? fmt::format("{}: {} events, {} bytes", path, events, facts.st_size)
                    : fmt::format("{}: {} events", path, events);
}

std::string summary(const Workload& workload, const Outcome& outcome, const Options& options,
                    double seconds) {
  const PoolSetup& pool = options.pool;
  std::string text;
  const auto line = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("{:<10} ", name);
    append_printable(value, text);
    text += '\n';
  };
  line("trace", fmt::format("{}: {} operations", workload.name, workload.operations.size()));
  if (!workload.recorded.empty())
    line("calls of",
         fmt::format("{}, recorded: in this pool, not its own heap", workload.recorded));
  line("capacity", fmt::format("{} bytes: {}", outcome.capacity, outcome.capacity_why));
  line("pool",
       fmt::format("alignment {}, {} fit, {}", pool.align,
                   event::word(event::Type::POLICY, pool.policy),
                   pool.guards == 0 ? "no guards" : fmt::format("guards of {}", pool.guards)));
  line("executed", fmt::format("{} operations", outcome.executed));
  if (outcome.skipped != 0)
    line("skipped", fmt::format("{}: their allocation had failed", outcome.skipped));
  if (workload.null_frees != 0)
    line("skipped", fmt::format("{} frees of NULL, which are no calls", workload.null_frees));
  line("allocs", fmt::format("{}", outcome.allocs));
  line("failures", failures_text(outcome));
  line("reallocs", fmt::format("{}", outcome.reallocs));
  line("frees", fmt::format("{}", outcome.frees));
  line("misuse", fmt::format("{}", outcome.misuse));
  line("peak", outcome.peak_call == 0 ? "0 payload bytes"
                                      : fmt::format("{} payload bytes, first at call {}",
                                                    outcome.peak_bytes, outcome.peak_call));
  line("at the end", fmt::format("{} live ({} bytes)", count_text(outcome.live_blocks, "block"),
                                 outcome.live_bytes));
  if (!options.output.empty()) line("log", log_text(options.output, outcome.events));
  line("time", fmt::format("{:.2f} s", seconds));
  return text;
}

/// A page is what a recording is wanted for, mostly; it holds so many events and no more.
void say_next(const std::string& log, const Outcome& outcome) {
  const std::string page = log.substr(0, log.rfind('.')) + ".html";
  std::string command = fmt::format("mempool-viz html {} -o {}", shell_word(log), shell_word(page));
  const bool is_long = outcome.events > usual_page_events;
  if (is_long) command += fmt::format(" --step {}", outcome.peak_call);
  say(fmt::format("next: {}{}", command, is_long ? " (the calls around the peak)" : ""));
}

}  // namespace

Result<int> commands::replay(const Options& options) {
  Result<Workload> workload =
      options.ops
          ? parse_ops(*options.ops)
          : read_trace(options.input, options.output.empty() ? Names::none : Names::of_call_sites);
  if (!workload) return tl::make_unexpected(workload.error());
  if (options.ops) workload->name = "op list";
  const auto start = std::chrono::steady_clock::now();
  Result<Outcome> outcome = [&] {
    ProgressLine progress("replaying");
    return play(*workload, options.pool, {options.output, nullptr},
                [&](double share) { progress(share); });
  }();
  if (!outcome) return tl::make_unexpected(outcome.error());
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  const Result<void> written =
      write_output("", summary(*workload, *outcome, options, time.count()));
  if (!written) return tl::make_unexpected(written.error());
  if (!workload->recorded.empty() && !options.output.empty()) say_next(options.output, *outcome);
  return good;
}

}  // namespace mempool::viz
