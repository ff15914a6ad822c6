// check: says whether a log tells a consistent story, and where it stops to. The rules are the
// model's (model/check.hpp); this opens the log, words the answer and chooses the status.
#include <fmt/format.h>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "model/check.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"

namespace mempool::viz {

Result<int> commands::check(const Options& options) {
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  CheckResult result;
  {
    ProgressLine progress("checking");
    result =
        viz::check(source->reader, {options.check_policy}, [&](double share) { progress(share); });
  }
  const log::Findings& findings = source->reader.findings();
  if (result.broken) {
    static_cast<void>(say_damage(findings, source->name));
    return failure(fmt::format("{}: {}", source->name, *result.broken));
  }
  const int status = say_findings(findings, source->name);
  if (status != good) return status;
  std::string text = fmt::format("ok: {} events, {} calls, {}; at the end {} ({} bytes) live\n",
                                 result.events, result.calls, count_text(result.pools, "pool"),
                                 count_text(result.live_blocks, "block"), result.live_bytes);
  for (const std::string& rules : result.left_out) text += rules + "\n";
  if (result.unchecked != 0) {
    text += fmt::format("{} of the events come after a gap: only their order could be checked\n",
                        result.unchecked);
  }
  const auto written = write_output("", text);
  if (!written) return tl::make_unexpected(written.error());
  return good;
}

}  // namespace mempool::viz
