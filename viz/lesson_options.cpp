// The declarations: see lesson_options.hpp.
#include "lesson_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "help.hpp"
#include "workload/number.hpp"

namespace mempool::viz {

namespace {

/// "10:42", two calls.
Wrong read_between(const std::string& text, std::optional<std::pair<u64, u64>>& between) {
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) {
    const auto from = whole_number(std::string_view(text).substr(0, colon));
    const auto to = whole_number(std::string_view(text).substr(colon + 1));
    if (from && to && *from < *to) {
      between = {*from, *to};
      return std::nullopt;
    }
  }
  return "'" + text + "' is no pair of calls, such as 10:42";
}

/// The homework's words, whatever their case; first, next and so on are understood, too.
Wrong read_ostep_policy(std::string text, u32& policy) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  static constexpr std::array<std::pair<std::string_view, u32>, 4> words{
      {{"best", POOL_BEST}, {"worst", POOL_WORST}, {"first", POOL_FIRST}, {"next", POOL_NEXT}}};
  return read_word(text, words, policy);
}

Wrong read_ostep_order(const std::string& text, ListOrder& order) {
  static constexpr std::array<std::pair<std::string_view, ListOrder>, 5> words{
      {{"ADDRSORT", ListOrder::address},
       {"SIZESORT+", ListOrder::size_up},
       {"SIZESORT-", ListOrder::size_down},
       {"INSERT-FRONT", ListOrder::lifo},
       {"INSERT-BACK", ListOrder::fifo}}};
  return read_word(text, words, order);
}

Wrong read_range(const std::string& text, u64& value, u64 least, u64 most) {
  if (Wrong wrong = read_count(text, value, most)) return wrong;
  if (value < least) return fmt::format("at least {} is expected", least);
  return std::nullopt;
}

}  // namespace

void declare(CommandLine& line, ListChoice& choice) {
  line.value(help::model, [&choice](const std::string& text) {
    static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
        {{"pool", false}, {"list", true}}};
    return read_word(text, words, choice.wanted.emplace());
  });
  line.value(help::order, [&choice](const std::string& text) {
    return read_word(text, list_orders, choice.list.order);
  });
  line.value(help::coalesce, [&choice](const std::string& text) {
    static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
        {{"on", true}, {"off", false}}};
    return read_word(text, words, choice.list.coalesces);
  });
  line.value(help::header, [&choice](const std::string& text) {
    return read_count(text, choice.list.header, most_header);
  });
}

void declare(CommandLine& line, CompareOptions& options) {
  const auto contestants = [&line](const help::Option& option, std::vector<Contestant>& target) {
    line.value(option, [&target](const std::string& text) -> Wrong {
      Result<std::vector<Contestant>> all = read_contestants(text);
      if (!all) return all.error().what;
      target = std::move(*all);
      return std::nullopt;
    });
  };
  contestants(help::policies, options.contestants);
  contestants(help::models, options.models);
  line.value(help::plot, picture_name(options.plot, {".svg"}));
  line.flag(help::no_smallest, options.smallest, false);
}

void declare(CommandLine& line, DuelOptions& options) {
  line.value(help::duel_on, [&options](const std::string& text) -> Wrong {
    options.on = text;
    if (text.empty()) return "the name of a file is expected";
    return std::nullopt;
  });
}

void declare(CommandLine& line, GenOptions& options) {
  search::Recipe& recipe = options.recipe;
  line.value(help::seed,
             [&recipe](const std::string& text) { return read_count(text, recipe.seed); });
  line.value(help::want, [&recipe](const std::string& text) -> Wrong {
    Result<std::vector<search::Want>> wants = search::read_wants(text);
    if (!wants) return wants.error().what;
    recipe.wants = std::move(*wants);
    return std::nullopt;
  });
  line.value(help::calls, [&recipe](const std::string& text) {
    return read_range(text, recipe.calls, 1, search::most_calls);
  });
  line.flag(help::list_wants, options.list_wants, true);
}

void declare(CommandLine& line, StatsOptions& options) {
  line.value(help::plot, picture_name(options.plot, {".svg"}));
  line.value(help::carpet, picture_name(options.carpet, {".png", ".svg"}));
  line.flag(help::leaks, options.leaks, true);
  line.value(help::between,
             [&options](const std::string& text) { return read_between(text, options.between); });
}

void declare(CommandLine& line, OstepSetup& setup) {
  line.value(help::ostep_seed,
             [&setup](const std::string& text) { return read_count(text, setup.seed); });
  line.value(help::ostep_size, [&setup](const std::string& text) {
    return read_range(text, setup.size, 1, u64{1} << 48);
  });
  line.value(help::ostep_base, [&setup](const std::string& text) {
    return read_count(text, setup.base, u64{1} << 48);
  });
  line.value(help::ostep_header, [&setup](const std::string& text) {
    return read_count(text, setup.list.header, most_header);
  });
  line.value(help::ostep_align, [&setup](const std::string& text) -> Wrong {
    if (text != "-1") return read_range(text, setup.unit, 1, 4096);
    setup.unit = 1;
    return std::nullopt;
  });
  line.value(help::ostep_policy,
             [&setup](const std::string& text) { return read_ostep_policy(text, setup.policy); });
  line.value(help::ostep_order, [&setup](const std::string& text) {
    return read_ostep_order(text, setup.list.order);
  });
  line.flag(help::ostep_coalesce, setup.list.coalesces, true);
  line.value(help::ostep_count, [&setup](const std::string& text) {
    return read_count(text, setup.operations, OstepSetup::most_operations);
  });
  line.value(help::ostep_range, [&setup](const std::string& text) {
    return read_range(text, setup.range, 1, OstepSetup::most_range);
  });
  line.value(help::ostep_percent,
             [&setup](const std::string& text) { return read_range(text, setup.percent, 1, 100); });
  line.value(help::ostep_ops, [&setup](const std::string& text) -> Wrong {
    setup.ops = text;
    return std::nullopt;
  });
  line.flag(help::ostep_answers, setup.answers, true);
}

/// A list allocator has nothing that only a pool has.
Wrong settle(const ListChoice& choice, const CommandLine& line, PoolSetup& pool) {
  static constexpr help::Option of_lists[] = {help::order, help::coalesce, help::header};
  static constexpr help::Option of_pools[] = {help::guards,     help::fill,        help::poison,
                                              help::quarantine, help::check_every, help::records};
  const std::string list = line.first_given(of_lists);
  if (choice.wanted == false && !list.empty()) return fmt::format("{} is for --model list", list);
  if (!choice.wanted.value_or(false) && list.empty()) return std::nullopt;
  if (const std::string real = line.first_given(of_pools); !real.empty())
    return fmt::format("{} is for --model pool: a list allocator has nothing of the kind", real);
  if (pool.policy == POOL_GOOD)
    return "--policy: good fit walks no list; --model list has first, next, best and worst";
  pool.model = choice.list;
  return std::nullopt;
}

/// All five policies, unless it is said which; beside models, first fit.
Wrong settle(CompareOptions& options) {
  std::vector<Contestant>& all = options.contestants;
  if (all.empty())
    all = *read_contestants(options.models.empty() ? "first,next,best,worst,good" : "first");
  for (Contestant& model : options.models) {
    if (std::ranges::find(all, model.name, &Contestant::name) != all.end())
      return fmt::format("--models: '{}' is there twice", model.name);
    all.push_back(std::move(model));
  }
  return std::nullopt;
}

Wrong settle(DuelOptions& options, const std::vector<std::string>& names) {
  if (names.size() != 2)
    return fmt::format("two policies are expected, such as first best; {} given", names.size());
  for (std::size_t i = 0; i < 2; ++i) {
    Result<Contestant> one = read_contestant(names[i]);
    if (!one) return one.error().what;
    (i == 0 ? options.winner : options.loser) = std::move(*one);
  }
  return std::nullopt;
}

Wrong settle(const StatsOptions& options) {
  if (!options.plot.empty() && options.plot == options.carpet)
    return "--plot and --carpet name the same file";
  return std::nullopt;
}

}  // namespace mempool::viz
