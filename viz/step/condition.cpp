// The language of conditions: tokens, grammar, and what each word asks for. See condition.hpp.
//
//     condition := part {or part}     part := term {and term}     term := [not] word | (condition)
#include "step/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "help.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

constexpr u64 bit(u32 kind) {
  return u64{1} << kind;
}

constexpr std::string_view examples =
    "alloc >= 50 and not fail, free #9, frag > 50%, guard, split, call 42";

struct Token {
  std::string_view text;
  char kind = 0;  // 'w' word, 'n' number, '#' block, 'o' comparison, '(' ')' '%', 0 = end
  u64 number = 0;
};

}  // namespace

class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : rest_(text) { read(); }
  Result<Condition> parse(std::string_view text);

 private:
  using Node = Condition::Node;
  using Op = Condition::Op;
  using Kind = Condition::Kind;
  using Compare = Condition::Compare;

  void read();
  std::size_t any();
  std::size_t all();
  std::size_t term();
  Node word();
  Node about(Node node);
  void compare(Node& node, std::string_view what, bool needed);
  bool take(std::string_view word);
  std::size_t add(Node node);
  void expect(std::string_view what);
  [[nodiscard]] std::string unknown(std::string_view word) const;

  struct Word {
    std::string_view text;
    Op op;
    Kind kind = Kind::events;
    u64 events = 0;
    bool has_size = false;
  };
  static const std::array<Word, 24> words;

  std::string_view rest_;
  Token token_;
  Condition condition_;
  bool happens_ = false;  // it asks for something that happens
  int depth_ = 0;
  std::string wrong_;
};

const std::array<ConditionParser::Word, 24> ConditionParser::words{{
    {"alloc", Op::happened, Kind::alloc, bit(POOL_EVENT_ALLOC) | bit(POOL_EVENT_ALLOC_FAIL), true},
    {"free", Op::happened, Kind::free, bit(POOL_EVENT_FREE) | bit(POOL_EVENT_QUARANTINE), true},
    {"realloc", Op::happened, Kind::realloc, 0, true},
    {"fail", Op::happened, Kind::events, bit(POOL_EVENT_ALLOC_FAIL), true},
    {"split", Op::happened, Kind::events, bit(POOL_EVENT_SPLIT)},
    {"coalesce", Op::happened, Kind::events, bit(POOL_EVENT_COALESCE)},
    {"guard", Op::happened, Kind::guard},
    {"damage", Op::happened, Kind::damage},
    {"misuse", Op::happened, Kind::events, bit(POOL_EVENT_MISUSE)},
    {"check", Op::happened, Kind::events, bit(POOL_EVENT_CHECK)},
    {"note", Op::happened, Kind::events, bit(POOL_EVENT_NOTE)},
    {"bytes", Op::happened, Kind::events, bit(POOL_EVENT_BYTES)},
    {"reset", Op::happened, Kind::events, bit(POOL_EVENT_RESET)},
    {"leak", Op::happened, Kind::events, bit(POOL_EVENT_LEAK)},
    {"destroy", Op::happened, Kind::events, bit(POOL_EVENT_DESTROY)},
    {"quarantine", Op::happened, Kind::events, bit(POOL_EVENT_QUARANTINE)},
    {"release", Op::happened, Kind::events, bit(POOL_EVENT_RELEASE)},
    {"call", Op::call},
    {"event", Op::event},
    {"frag", Op::frag},
    {"largest", Op::largest},
    {"freebytes", Op::free},
    {"used", Op::used},
    {"blocks", Op::blocks},
}};

/// The next token; spaces between tokens mean nothing.
void ConditionParser::read() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  const auto cut = [this](std::size_t length, char kind, u64 number = 0) {
    token_ = {rest_.substr(0, length), kind, number};
    rest_.remove_prefix(length);
  };
  if (rest_.empty()) return cut(0, 0);
  for (const std::string_view sign : {"==", "!=", "<=", ">=", "=", "<", ">"})
    if (rest_.starts_with(sign)) return cut(sign.size(), 'o');
  if (std::string_view("()%").find(rest_[0]) != std::string_view::npos) return cut(1, rest_[0]);
  const bool block = rest_[0] == '#';
  if (const Number number = read_number(rest_.substr(block ? 1 : 0)); number.length != 0)
    return cut(number.length + (block ? 1 : 0), block ? '#' : 'n', number.value);
  std::size_t length = 0;
  while (length < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[length])) != 0)
    ++length;
  cut(std::max<std::size_t>(length, 1), length == 0 ? '?' : 'w');
}

void ConditionParser::expect(std::string_view what) {
  if (!wrong_.empty()) return;
  wrong_ = token_.kind == 0 ? fmt::format("{} is expected at the end", what)
                            : fmt::format("{} is expected at '{}'", what, token_.text);
}

bool ConditionParser::take(std::string_view word) {
  if (token_.kind != 'w' || token_.text != word) return false;
  read();
  return true;
}

std::size_t ConditionParser::add(Node node) {
  condition_.nodes_.push_back(node);
  return condition_.nodes_.size() - 1;
}

std::size_t ConditionParser::any() {
  std::size_t left = all();
  while (wrong_.empty() && take("or")) {
    const std::size_t right = all();
    left = add({.op = Op::any, .left = left, .right = right});
  }
  return left;
}

std::size_t ConditionParser::all() {
  std::size_t left = term();
  while (wrong_.empty() && (take("and") || take("if"))) {
    const std::size_t right = term();
    left = add({.op = Op::all, .left = left, .right = right});
  }
  return left;
}

std::size_t ConditionParser::term() {
  constexpr int deepest = 64;
  if (++depth_ > deepest) expect("a condition of fewer brackets");
  std::size_t node = 0;
  if (!wrong_.empty()) {
    node = add({});
  } else if (take("not")) {
    const std::size_t inner = term();
    node = add({.op = Op::none, .left = inner});
  } else if (token_.kind == '(') {
    read();
    node = any();
    if (token_.kind != ')') expect("a closing bracket");
    read();
  } else {
    node = add(word());
  }
  --depth_;
  return node;
}

std::string ConditionParser::unknown(std::string_view word) const {
  std::vector<std::string_view> known;
  for (const Word& each : words) known.push_back(each.text);
  const std::string_view meant = help::nearest(word, known);
  return fmt::format("'{}' is nothing that can be asked for{}", word,
                     meant.empty() ? "" : fmt::format("; did you mean {}?", meant));
}

Condition::Node ConditionParser::word() {
  if (token_.kind == '#') {
    happens_ = true;
    const Node node{.op = Op::names, .number = token_.number};
    read();
    return node;
  }
  if (token_.kind == 'n') {  // as gdb's `break LINE`
    const Node node{.op = Op::call, .compare = Compare::equal, .value = token_.number};
    read();
    return node;
  }
  if (token_.kind != 'w') {
    expect("a word, a #number or a bracket");
    return {};
  }
  const std::string_view text = token_.text == "holes" ? "blocks" : token_.text;
  const auto* found = std::ranges::find(words, text, &Word::text);
  if (found == words.end()) {
    if (wrong_.empty()) wrong_ = unknown(token_.text);
    return {};
  }
  const bool holes = token_.text == "holes";
  read();
  Node node{.op = holes ? Op::holes : found->op, .kind = found->kind, .events = found->events};
  condition_.measures_ |= node.op == Op::frag || node.op == Op::largest;
  if (node.op != Op::happened) {
    compare(node, found->text, true);
    return node;
  }
  happens_ = true;
  if (token_.kind == '#') {
    node.number = token_.number;
    read();
  }
  if (found->has_size) compare(node, found->text, take("size"));
  return node;
}

/// "> 50%", "42" (equal); needed: there has to be one.
void ConditionParser::compare(Node& node, std::string_view what, bool needed) {
  static constexpr std::pair<std::string_view, Compare> signs[] = {
      {"==", Compare::equal},   {"=", Compare::equal},    {"!=", Compare::not_equal},
      {"<", Compare::less},     {"<=", Compare::at_most}, {">", Compare::more},
      {">=", Compare::at_least}};
  node.compare = Compare::nothing;
  if (token_.kind == 'o') {
    for (const auto& [sign, compare] : signs)
      if (sign == token_.text) node.compare = compare;
    read();
  } else if (needed && token_.kind == 'n' && (node.op == Op::call || node.op == Op::event)) {
    node.compare = Compare::equal;
  } else if (needed) {
    return expect(fmt::format("a comparison such as {} > 50", what));
  } else {
    return;
  }
  if (token_.kind != 'n') return expect("a number");
  node.value = token_.number;
  read();
  if (token_.kind == '%') read();
}

Result<Condition> ConditionParser::parse(std::string_view text) {
  condition_.root_ = any();
  if (wrong_.empty() && token_.kind != 0) expect("and, or, or the end");
  if (!wrong_.empty()) return failure(fmt::format("{}. Examples: {}", wrong_, examples));
  condition_.is_state_ = !happens_;
  condition_.text_ = text;
  return std::move(condition_);
}

Result<Condition> parse_condition(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t") + 1;
  text = text.substr(begin, end > begin ? end - begin : 0);
  if (text.empty()) return failure(fmt::format("a condition is expected. Examples: {}", examples));
  return ConditionParser(text).parse(text);
}

// ---- asking

bool Condition::compares(const Node& node, u64 value) {
  switch (node.compare) {
    case Compare::nothing: return true;
    case Compare::equal: return value == node.value;
    case Compare::not_equal: return value != node.value;
    case Compare::less: return value < node.value;
    case Compare::at_most: return value <= node.value;
    case Compare::more: return value > node.value;
    case Compare::at_least: return value >= node.value;
  }
  return false;
}

bool Condition::happened(const Node& node, const CallFacts& facts) {
  switch (node.kind) {
    case Kind::alloc:
    case Kind::free:
      if (facts.realloc) return false;
      [[fallthrough]];
    case Kind::events:
      if ((facts.kinds & node.events) == 0) return false;
      break;
    case Kind::realloc:
      if (!facts.realloc) return false;
      break;
    case Kind::guard: return facts.guard;
    case Kind::damage: return facts.damage;
  }
  if (node.number != POOL_NONE &&
      std::ranges::find(facts.numbers, node.number) == facts.numbers.end())
    return false;
  if (node.compare == Compare::nothing) return true;
  return facts.requested != POOL_NONE && compares(node, facts.requested);
}

bool Condition::holds(std::size_t index, const CallFacts& facts, const Model& after,
                      u64 largest) const {
  const Node& node = nodes_[index];
  switch (node.op) {
    case Op::all:
      return holds(node.left, facts, after, largest) && holds(node.right, facts, after, largest);
    case Op::any:
      return holds(node.left, facts, after, largest) || holds(node.right, facts, after, largest);
    case Op::none: return !holds(node.left, facts, after, largest);
    case Op::happened: return happened(node, facts);
    case Op::names: return std::ranges::find(facts.numbers, node.number) != facts.numbers.end();
    case Op::call: return compares(node, facts.call);
    case Op::event:
      if (node.compare == Compare::equal)
        return facts.first_seq <= node.value && node.value <= facts.last_seq;
      return compares(node, facts.last_seq);
    case Op::frag: return compares(node, fragmentation(after, largest));
    case Op::largest: return compares(node, largest);
    case Op::free: return compares(node, after.free_bytes);
    case Op::used: return compares(node, after.used_bytes);
    case Op::blocks: return compares(node, after.used_blocks);
    case Op::holes: return compares(node, after.free_blocks);
  }
  return false;
}

u64 fragmentation(const Model& model, u64 largest) {
  if (model.free_bytes == 0 || largest > model.free_bytes) return 0;
  const double share = static_cast<double>(largest) / static_cast<double>(model.free_bytes);
  return static_cast<u64>(std::lround((1 - share) * 100));
}

}  // namespace mempool::viz::step
