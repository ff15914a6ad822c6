// The plan: see plan.hpp.
#include "bench/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "bench/generate.hpp"
#include "workload/rep.hpp"

namespace mempool::bench {

namespace {

namespace fs = std::filesystem;

bool ends_with_any(const std::string& name) {
  return name.ends_with(".rep") || name.ends_with(".rep.gz");
}

/// The recordings of a folder, by name: real-ls.rep.gz is "real-ls".
Result<std::map<std::string, std::string>> recordings(const std::vector<std::string>& folders) {
  std::map<std::string, std::string> found;
  for (const std::string& folder : folders) {
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (error) return failure(fmt::format("{}: {}", folder, error.message()));
    for (const fs::directory_entry& entry : entries) {
      const std::string name = entry.path().filename().string();
      if (ends_with_any(name)) found[name.substr(0, name.find(".rep"))] = entry.path().string();
    }
  }
  return found;
}

Planned planned_recording(const std::string& name, const std::string& path) {
  return {name, [name, path]() -> Result<Program> {
            Result<viz::Workload> workload = viz::read_rep(path);
            if (!workload) return failure(workload.error().what);
            const Group group = name.starts_with("real-") ? Group::recorded : Group::lab;
            return from_workload(*workload, name, group);
          }};
}

template <class Make>
Planned generated(std::string name, Make make) {
  return {std::move(name), [make]() -> Result<Program> { return make(); }};
}

std::vector<Planned> generators(bool quick) {
  const u64 ops = quick ? 2000 : 400'000;
  std::vector<Planned> list;
  list.push_back(generated("lifo-64", [=] { return make_lifo(1000, ops); }));
  list.push_back(generated("fifo-64", [=] { return make_fifo(1000, ops); }));
  list.push_back(
      generated("fragmenter", [=] { return make_fragmenter(quick ? 100 : 20'000, 12); }));
  list.push_back(generated("steady-1k", [=] { return make_steady(1000, ops); }));
  if (quick) return list;
  list.push_back(generated("steady-10k", [=] { return make_steady(10'000, ops); }));
  list.push_back(generated("steady-100k", [=] { return make_steady(100'000, ops); }));
  list.push_back(generated("steady-1M", [=] { return make_steady(1'000'000, ops); }));
  return list;
}

bool wanted(const std::string& name, const std::vector<std::string>& parts) {
  return parts.empty() || std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
           return name.find(part) != name.npos;
         });
}

}  // namespace

Result<std::vector<Planned>> plan(const Options& options) {
  std::vector<std::string> folders = options.traces;
  if (!options.quick) folders.insert(folders.begin(), MEMPOOL_BENCH_TRACES);
  const auto found = recordings(folders);
  if (!found) return failure(found.error().what);
  std::vector<Planned> all;
  for (const auto& [name, path] : *found) all.push_back(planned_recording(name, path));
  for (Planned& one : generators(options.quick)) all.push_back(std::move(one));
  std::erase_if(all, [&](const Planned& one) { return !wanted(one.name, options.programs); });
  return all;
}

}  // namespace mempool::bench
