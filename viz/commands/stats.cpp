// stats: what a pool's log comes to. Counters with their sums, fragmentation over time, sizes,
// failures, leaks; as text, as a plot, as a carpet. Read once, in bounded memory.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "event/table.hpp"
#include "model/sampled.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "view/carpet.hpp"
#include "view/curves.hpp"
#include "view/text.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t most_bar = 40;
constexpr std::size_t most_leaks = 20;
constexpr std::size_t most_subtitle = 112;  // characters

long percent(u64 largest, u64 free) {
  return std::lround((1 - static_cast<double>(largest) / static_cast<double>(free)) * 100);
}

std::string sum_text(u64 largest, u64 free) {
  if (free == 0) return "nothing is free";
  return fmt::format("1 - {}/{} = {} %", largest, free, percent(largest, free));
}

class Sheet {
 public:
  Sheet(const Sampled& sampled, const Options& options)
      : s_(sampled), model_(sampled.model), options_(options) {}

  std::string text() {
    heading();
    calls();
    fragmentation();
    sizes();
    leaks();
    return std::move(out_);
  }

 private:
  void line(std::string_view name, const std::string& words) {
    std::string head = fmt::format("{:<14} ", name);
    for (const std::string& each : wrap(printable(words), page_width - head.size())) {
      out_ += head + each + "\n";
      head = std::string(head.size(), ' ');
    }
  }

  void heading() {
    line("pool",
         fmt::format("{}{}: {} B, {}, alignment {}{}", model_.pool,
                     model_.name.empty() ? "" : fmt::format(" \"{}\"", model_.name),
                     model_.capacity, policy_text(model_), model_.align,
                     model_.guard_size == 0 ? ", no guards"
                                            : fmt::format(", guards of {} B", model_.guard_size)));
    if (!model_.recorded.empty()) line("", recorded_text(model_));
    line("log",
         fmt::format("{}, {}", count_text(s_.events, "event"), count_text(s_.calls, "call")));
  }

  void calls() {
    line("calls",
         fmt::format("{}, {}, {}", count_text(model_.allocs, "alloc"),
                     count_text(model_.frees, "free"), count_text(model_.reallocs, "realloc")));
    std::string failures = std::to_string(model_.failures);
    const char* before = ": ";
    for (const event::Word& reason : event::reasons) {
      if (s_.reasons[reason.code] == 0) continue;
      failures += fmt::format("{}{} {}", before, s_.reasons[reason.code], reason.text);
      before = ", ";
    }
    line("failures", failures);
    line("misuse", fmt::format("{}, damage in {}", count_text(model_.misuses, "report"),
                               count_text(model_.damaged_places, "place")));
    line("peak", fmt::format("{} B of payload, at call {}", model_.peak_payload, model_.peak_call));
    line("at the end", sum_of_bytes(model_));
  }

  void fragmentation() {
    if (s_.worst.free == 0) return line("fragmentation", "nothing was ever free");
    line("fragmentation",
         fmt::format("external, mean {} %{}", std::lround(s_.mean_fragmentation * 100),
                     s_.every == 1 ? "" : fmt::format(", of one call in {}", s_.every)));
    line("", "at the end " + sum_text(model_.largest_free(), model_.free_bytes));
    line("", fmt::format("worst {}, at call {}", sum_text(s_.worst.largest, s_.worst.free),
                         s_.worst.call));
  }

  void sizes() {
    const u64 most = *std::ranges::max_element(s_.sizes);
    if (most == 0) return;
    out_ += "\nsizes asked for\n";
    const auto first = std::ranges::find_if(s_.sizes, [](u64 n) { return n != 0; });
    auto last = s_.sizes.end();
    while (*std::prev(last) == 0) --last;
    for (auto it = first; it != last; ++it) {
      const auto width = static_cast<unsigned>(it - s_.sizes.begin());
      const u64 low = width < 2 ? width : u64{1} << (width - 1);
      const u64 high = width < 2 ? width : low + (low - 1);
      const std::string range =
          low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
      const auto bar = static_cast<std::size_t>(std::ceil(
          static_cast<double>(*it) / static_cast<double>(most) * static_cast<double>(most_bar)));
      std::string row = fmt::format("  {:>24} {:>9}  {}", range, *it, std::string(bar, '#'));
      trim_right(row);
      out_ += row + "\n";
    }
  }

  void leaks() {
    const StatsOptions& wanted = options_.stats;
    if (wanted.between) {
      u64 bytes = 0;
      for (const Survivor& each : s_.survivors) bytes += each.requested;
      out_ += fmt::format("\ntaken after call {} and alive at call {}: {}, {} B\n",
                          wanted.between->first, wanted.between->second,
                          count_text(s_.survivors.size(), "block"), bytes);
      for (const Survivor& each : s_.survivors) block_line(each);
    }
    const char* when = model_.destroyed ? "leaked" : "alive at the end";
    if (model_.used_blocks != 0 || wanted.leaks)
      out_ += fmt::format("\n{}: {}, {} B\n", when, count_text(model_.used_blocks, "block"),
                          model_.payload_bytes);
    std::size_t shown = 0;
    for (const auto& [offset, block] : model_.blocks()) {
      if (!block.lives()) continue;
      if (!wanted.leaks && shown == most_leaks) {
        out_ += fmt::format("  ... {} more (--leaks shows all)\n", model_.used_blocks - shown);
        break;
      }
      block_line({block.number, offset, block.requested, site_text(model_, block.number)});
      ++shown;
    }
  }

  void block_line(const Survivor& each) {
    out_ += fmt::format("  #{:<8} {:>10} B at {:<10} {}", each.block, each.requested, each.offset,
                        each.site.empty() ? "" : "asked for at " + each.site);
    trim_right(out_);
    out_ += '\n';
  }

  const Sampled& s_;
  const Model& model_;
  const Options& options_;
  std::string out_;
};

std::string subtitle(const Sampled& sampled, const std::string& name) {
  const std::string file = name.substr(name.rfind('/') + 1);
  return clip(printable(fmt::format("{}: {} B, {}, {}", file, sampled.model.capacity,
                                    policy_text(sampled.model), count_text(sampled.calls, "call"))),
              most_subtitle);
}

std::string plot(const Sampled& sampled, const std::string& name) {
  CurveSheet sheet;
  sheet.title = "External fragmentation over the calls";
  sheet.subtitle = subtitle(sampled, name);
  sheet.y_name = "1 - largest free block / free bytes";
  sheet.first_call = sampled.samples.front().call;
  sheet.last_call = sampled.samples.back().call;
  Curve curve{std::string(event::word(event::Type::POLICY, sampled.model.policy)), {}, ""};
  for (const Sample& sample : sampled.samples)
    curve.values.push_back(sample.free == 0 ? 0.0F
                                            : 1 - static_cast<float>(sample.largest) /
                                                      static_cast<float>(sample.free));
  const Sample& last = sampled.samples.back();
  curve.note = sum_text(last.largest, last.free);
  sheet.description = fmt::format("{}. Mean {} %; worst {}, at call {}; at the end {}.",
                                  sheet.subtitle, std::lround(sampled.mean_fragmentation * 100),
                                  sum_text(sampled.worst.largest, sampled.worst.free),
                                  sampled.worst.call, curve.note);
  return draw_curves(sheet, std::span(&curve, 1));
}

Carpet carpet_of(const Sampled& sampled, const std::string& name) {
  Carpet carpet;
  carpet.capacity = sampled.model.capacity;
  carpet.title = "The region over the calls";
  carpet.subtitle = subtitle(sampled, name);
  carpet.description =
      fmt::format("{}. At the end: {}.", carpet.subtitle, sum_of_bytes(sampled.model));
  for (const Sample& sample : sampled.samples) {
    std::vector<Weave> column;
    for (const u8 code : sample.column) column.push_back(static_cast<Weave>(code));
    column.resize(rows_of(carpet.capacity), Weave::free);
    carpet.columns.push_back(std::move(column));
    carpet.calls.push_back(sample.call);
  }
  return carpet;
}

Result<void> draw(const Sampled& sampled, const Options& options, const std::string& name) {
  const StatsOptions& wanted = options.stats;
  if (!wanted.plot.empty())
    if (const auto drawn = write_output(wanted.plot, plot(sampled, name)); !drawn) return drawn;
  if (wanted.carpet.empty()) return {};
  const Carpet carpet = carpet_of(sampled, name);
  return write_output(wanted.carpet,
                      wanted.carpet.ends_with(".svg") ? draw_carpet(carpet) : png(weave(carpet)));
}

std::vector<u8> packed_column(const Model& model) {
  std::vector<u8> column;
  for (const Weave weave : column_of(model, rows_of(model.capacity)))
    column.push_back(static_cast<u8>(weave));
  return column;
}

}  // namespace

Result<int> commands::stats(const Options& options) {
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  Sampling sampling{options.moment.pool, {}, options.stats.between};
  if (!options.stats.carpet.empty()) sampling.column = packed_column;
  Result<Sampled> sampled = [&] {
    ProgressLine progress("reading");
    return sample(source->reader, sampling, [&](double share) { progress(share); });
  }();
  const int status = say_findings(source->reader.findings(), source->name);
  if (!sampled) return tl::make_unexpected(sampled.error());
  if (sampled->model.capacity == 0)
    return failure(fmt::format("{}: the pool's creation is not in the log", source->name));
  if (!options.moment.pool && !sampled->other_pools.empty())
    say(fmt::format("{}: pool {} is shown; the log also holds {} (--pool ID)", source->name,
                    sampled->model.pool, fmt::join(sampled->other_pools, ", ")));
  if (const auto drawn = draw(*sampled, options, source->name); !drawn)
    return tl::make_unexpected(drawn.error());
  const auto written = write_output("", Sheet(*sampled, options).text());
  if (!written) return tl::make_unexpected(written.error());
  return status;
}

}  // namespace mempool::viz
