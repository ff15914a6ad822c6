// What is asked, and what came of it, as text: see grade.hpp. The judging is grade.cpp's; the
// suspects are suspects.cpp's.
#include <fmt/format.h>

#include "event/table.hpp"
#include "grade/grade.hpp"
#include "markup.hpp"
#include "model/story.hpp"

namespace mempool::viz::grade {

namespace {

constexpr u64 most_alignment = 4096;

/// "align=16": the number, if the word is this.
std::optional<u64> number_of(std::string_view word, std::string_view name) {
  if (!word.starts_with(name) || word.size() <= name.size() || word.size() > name.size() + 9)
    return std::nullopt;
  u64 number = 0;
  for (const char c : word.substr(name.size())) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<u64>(c - '0');
  }
  return number;
}

}  // namespace

Result<Asked> parse_rules(const std::string& list) {
  Asked asked;
  for (std::string_view rest = list; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const u32 policy = event::code_of(event::Type::POLICY, word);
    const std::optional<u64> align = number_of(word, "align="), header = number_of(word, "header=");
    if (policy != 0)
      asked.policy = policy;
    else if (word == "coalesce")
      asked.coalesce = true;
    else if (word == "split")
      asked.split = true;
    else if (align && is_power_of_two(*align) && *align <= most_alignment)
      asked.align = *align;
    else if (header)
      asked.header = *header;
    else
      return failure(
          fmt::format("'{}' is no rule; there are first, next, best, worst, good, "
                      "coalesce, split, align=N (a power of two) and header=N",
                      word));
  }
  return asked;
}

std::string report_text(const Report& report) {
  std::string text;
  for (const RuleResult& rule : report.rules) {
    const std::string verdict = rule.broken != 0 ? fmt::format("BROKEN at call {}", rule.first_call)
                                : rule.checked == 0 ? "not put to the test"
                                                    : "holds";
    text += fmt::format("  {:<10} {:<20} {}\n", rule.rule, verdict, rule.says);
  }
  text += fmt::format("{} of {} rules hold, over {}\n", report.held(), report.rules.size(),
                      count_text(report.calls, "call"));
  if (report.passed_over != 0)
    text += fmt::format("not judged, as they resize or reset: {}\n",
                        count_text(report.passed_over, "call"));
  const RuleResult* broken = report.first_broken();
  if (broken == nullptr) return text;
  text += fmt::format("\nThe first broken rule: {}, at call {}.\n{}.\n", broken->rule,
                      broken->first_call, broken->why);
  for (const std::string& suspect : report.suspects)
    text += fmt::format("All answers are those of an allocator that {}.\n", suspect);
  if (report.suspects.empty())
    text += "No single mistake that is known here gives all these answers.\n";
  return text;
}

std::string report_json(const Report& report, const std::string& log) {
  std::string rules, suspects;
  for (const RuleResult& rule : report.rules) {
    rules += fmt::format("{}\n  {{\"rule\":{},\"holds\":{},\"checked\":{},\"broken\":{}",
                         rules.empty() ? "" : ",", json_text(rule.rule), rule.broken == 0,
                         rule.checked, rule.broken);
    if (rule.broken != 0)
      rules += fmt::format(",\"call\":{},\"why\":{}", rule.first_call, json_text(rule.why));
    rules += "}";
  }
  for (const std::string& suspect : report.suspects)
    suspects += fmt::format("{}{}", suspects.empty() ? "" : ",", json_text(suspect));
  return fmt::format(
      "{{\"log\":{},\"calls\":{},\"held\":{},\"of\":{},\"rules\":[{}\n],\"suspects\":[{}]}}\n",
      json_text(log), report.calls, report.held(), report.rules.size(), rules, suspects);
}

}  // namespace mempool::viz::grade
