// compare: one workload on several allocators, side by side. What is measured is
// workload/measure.hpp's; this makes the table, the strips and the plot of it.
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>

#include "commands/commands.hpp"
#include "commands/strips.hpp"
#include "commands/text.hpp"
#include "commands/workload.hpp"
#include "event/table.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "view/curves.hpp"
#include "view/text.hpp"
#include "workload/measure.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t most_strips = 24;     // calls
constexpr std::size_t most_subtitle = 112;  // characters

struct Run {
  Contestant contestant;
  Measured measured;
  std::optional<u64> smallest;
  std::optional<std::size_t> parts;  // which placement first differs from the first run's
};

std::string percent(double share) {
  return fmt::format("{} %", std::lround(share * 100));
}

std::string sum_text(Free free) {
  if (free.bytes == 0) return "nothing is free";
  return fmt::format("1 - {}/{} = {}", free.largest, free.bytes, percent(free.fragmentation()));
}

class Comparison {
 public:
  Comparison(const Options& options, Given given)
      : options_(options), given_(std::move(given)), pool_(given_.pool) {}

  Result<void> run() {
    const Capacity capacity = pool_.capacity ? Capacity{*pool_.capacity, "as asked for"}
                                             : choose_capacity(given_.workload, pool_.geometry());
    pool_.capacity = capacity.bytes;
    why_ = capacity.why;
    for (const Contestant& contestant : options_.compare.contestants) {
      ProgressLine progress("replaying " + contestant.name);
      Result<Measured> measured = measure(given_.workload, contestant.in(pool_), true,
                                          [&](double share) { progress(share); });
      if (!measured) return tl::make_unexpected(measured.error());
      Run one{contestant, std::move(*measured), {}, {}};
      if (options_.compare.smallest) {
        ProgressLine search("smallest region, " + contestant.name);
        one.smallest = smallest_region(given_.workload, contestant.in(pool_),
                                       one.measured.high_water, [&](double s) { search(s); });
      }
      if (!runs_.empty()) one.parts = first_difference(runs_.front().measured, one.measured);
      runs_.push_back(std::move(one));
    }
    return {};
  }

  [[nodiscard]] std::string text(Palette palette) const {
    std::string out;
    for (const std::string& line : wrap(printable(heading()), page_width)) out += line + "\n";
    if (!given_.workload.recorded.empty())
      for (const std::string& line : wrap(recorded_text(given_.workload.recorded), page_width))
        out += line + "\n";
    out += '\n';
    table(out, palette);
    notes(out);
    if (options_.ops) out += "\n" + strips_text(palette);
    return out;
  }

  [[nodiscard]] std::string plot() const {
    CurveSheet sheet;
    sheet.title = "External fragmentation over the calls";
    sheet.subtitle = clip(printable(heading()), most_subtitle);
    sheet.description = description();
    sheet.y_name = "1 - largest free block / free bytes";
    sheet.last_call = runs_.front().measured.curve.size() - 1;
    std::vector<Curve> curves;
    for (const Run& run : runs_) {
      const Measured& m = run.measured;
      const auto failures = m.outcome.failures;
      curves.push_back({run.contestant.name, m.curve,
                        "mean " + percent(m.mean_fragmentation) +
                            (failures == 0 ? "" : ", " + count_text(failures, "failure"))});
    }
    return draw_curves(sheet, curves);
  }

 private:
  [[nodiscard]] std::string heading() const {
    const std::string& name = given_.workload.name;
    return fmt::format("{}: {}; {} bytes ({}), alignment {}{}", name.substr(name.rfind('/') + 1),
                       count_text(given_.workload.operations.size(), "operation"), *pool_.capacity,
                       why_, pool_.align,
                       pool_.guards == 0 ? "" : fmt::format(", guards of {}", pool_.guards));
  }

  void table(std::string& out, Palette palette) const {
    Table table("lrrrrrrr");
    table.row({"", "fails", "reaches", "needs", "frag.", "at peak", "looks", "parts at"}, true);
    for (const Run& run : runs_) {
      const Measured& m = run.measured;
      const bool first = &run == &runs_.front();
      table.row({clip(run.contestant.name, 20), std::to_string(m.outcome.failures),
                 std::to_string(m.high_water), run.smallest ? std::to_string(*run.smallest) : "-",
                 percent(m.mean_fragmentation),
                 m.at_peak.bytes == 0 ? "-" : percent(m.at_peak.fragmentation()),
                 fmt::format("{:.1f}", m.looks_a_search()),
                 first ? ""
                 : run.parts
                     ? fmt::format("call {}", runs_.front().measured.placements[*run.parts].call)
                     : "never"});
    }
    table.write(out, palette, page_width);
  }

  void notes(std::string& out) const {
    out += '\n';
    const auto say = [&](const std::string& words) {
      for (const std::string& line : wrap(words, page_width)) out += line + "\n";
    };
    say("fails: requests that were not served. reaches: end of the highest block handed out.");
    if (options_.compare.smallest)
      say("needs: the smallest region that serves every request, found by bisection; a larger one "
          "need not serve them all, for failures are not monotone in the size.");
    say("frag.: mean of 1 - largest free block / free bytes, over the calls; at peak: when blocks "
        "took up the most bytes:");
    for (const Run& run : runs_)
      out += fmt::format("  {:<10} {}\n", clip(run.contestant.name, 20),
                         sum_text(run.measured.at_peak));
    say(
        fmt::format("looks: free blocks that a list walk looks at, a search. parts at: the first "
                    "call whose block lies elsewhere than under {}.",
                    runs_.front().contestant.name));
  }

  [[nodiscard]] std::string strips_text(Palette palette) const {
    std::vector<Played> played;
    for (const Run& run : runs_) {
      Result<Played> one = play_calls(given_.workload, run.contestant, pool_, most_calls_shown);
      if (one) played.push_back(std::move(*one));
    }
    if (played.size() != runs_.size() || played.front().calls.empty()) return "";
    const std::size_t last = played.front().calls.size();
    if (last <= most_strips) return strips(played, 1, last, palette);
    u64 parts = last;
    for (const Run& run : runs_)
      if (run.parts) parts = std::min(parts, runs_.front().measured.placements[*run.parts].call);
    const std::size_t first = parts > most_strips / 2 ? parts - most_strips / 2 : 1;
    const std::size_t end = std::min<std::size_t>(last, first + most_strips - 1);
    return fmt::format("calls {} to {} of {}:\n", first, end, last) +
           strips(played, first, end, palette);
  }

  [[nodiscard]] std::string description() const {
    std::string text = heading() + ".";
    for (const Run& run : runs_)
      text += fmt::format(" {}: mean {}, at the peak {}, {}.", in_words(run.contestant),
                          percent(run.measured.mean_fragmentation), sum_text(run.measured.at_peak),
                          count_text(run.measured.outcome.failures, "failure"));
    return printable(text);
  }

  static constexpr std::size_t most_calls_shown = 2000;
  const Options& options_;
  Given given_;
  PoolSetup pool_;
  std::string why_;
  std::vector<Run> runs_;
};

}  // namespace

Result<int> commands::compare(const Options& options) {
  Result<Given> given = given_workload(options.input, options.ops, options.pool);
  if (!given) return tl::make_unexpected(given.error());
  Comparison comparison(options, std::move(*given));
  if (const Result<void> done = comparison.run(); !done) return tl::make_unexpected(done.error());
  if (!options.compare.plot.empty())
    if (const auto drawn = write_output(options.compare.plot, comparison.plot()); !drawn)
      return tl::make_unexpected(drawn.error());
  const auto written = write_output("", comparison.text(palette_of(options)));
  if (!written) return tl::make_unexpected(written.error());
  return good;
}

}  // namespace mempool::viz
