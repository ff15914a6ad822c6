// Reading what was given: see workload.hpp.
#include "commands/workload.hpp"

#include <fmt/format.h>

#include "commands/call_sites.hpp"
#include "log/reader.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "workload/from_log.hpp"
#include "workload/ops.hpp"
#include "workload/recording.hpp"
#include "workload/rep.hpp"

namespace mempool::viz {

namespace {

bool is_log_name(std::string_view name) {
  return name.ends_with(".jsonl") || name.ends_with(".mplog");
}

/// A log's calls, in a pool as large as its own unless another is asked for.
Result<Given> from_log(const std::string& path, PoolSetup pool) {
  Result<log::Reader> reader = log::Reader::open(path);
  if (!reader) return tl::make_unexpected(reader.error());
  Result<Recording> recording = [&] {
    ProgressLine progress("reading");
    return workload_from_log(*reader, {}, [&](double share) { progress(share); });
  }();
  if (!recording) return failure(fmt::format("{}: {}", path, recording.error().what));
  for (const std::string& what : recording->left_out)
    say(fmt::format("{}: left out: {}", path, what));
  const PoolSetup defaults;
  const PoolSetup& own = recording->setup;
  if (!pool.capacity) pool.capacity = own.capacity;
  if (pool.align == defaults.align) pool.align = own.align;
  if (pool.guards == defaults.guards) pool.guards = own.guards;
  if (recording->workload.name.empty()) recording->workload.name = path;
  return Given{std::move(recording->workload), std::move(pool)};
}

}  // namespace

Result<Workload> read_trace(const std::string& path, Names names) {
  if (!is_recording(path)) return read_rep(path);
  Result<ProgramRecording> recording = [&] {
    ProgressLine progress("reading");
    return read_recording(path, [&](double share) { progress(share); });
  }();
  if (!recording) return tl::make_unexpected(recording.error());
  for (const std::string& remark : remarks(*recording)) say(fmt::format("{}: {}", path, remark));
  if (names == Names::of_call_sites)
    name_call_sites(*recording);
  else
    for (Operation& operation : recording->workload.operations) operation.site = 0;
  return std::move(recording->workload);
}

Result<Given> given_workload(const std::string& input, const std::optional<std::string>& ops,
                             const PoolSetup& pool) {
  if (!ops && is_log_name(input)) return from_log(input, pool);
  Result<Workload> workload = ops ? parse_ops(*ops) : read_trace(input, Names::none);
  if (!workload) return tl::make_unexpected(workload.error());
  if (ops) workload->name = "op list";
  return Given{std::move(*workload), pool};
}

}  // namespace mempool::viz
