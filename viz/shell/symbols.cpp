// Asking the tools, and reading what they answer: see symbols.hpp.
#include "shell/symbols.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>

#include "shell/elf.hpp"
#include "shell/process.hpp"

namespace mempool::viz {

namespace {

/// A place that can be asked about: which it is, and its address as the linker gave it.
struct Question {
  std::size_t place = 0;
  u64 address = 0;
};
using ByModule = std::map<std::string, std::vector<Question>>;

/// Paths go to the tools in lines and quotes.
bool is_plain(const std::string& path) {
  return path.starts_with('/') && std::ranges::all_of(path, [](char c) {
           return c != '"' && c != '\\' && static_cast<u8>(c) >= 0x20 && c != 0x7F;
         });
}

struct Tool {
  std::string program;
  bool is_llvm = false;
};

std::optional<Tool> find_tool() {
  const char* named = std::getenv("MEMPOOL_SYMBOLIZER");
  if (named != nullptr) {
    const std::string_view name(named);
    if (name.empty() || !can_run(named)) return std::nullopt;
    return Tool{named, name.find("addr2line") == std::string_view::npos};
  }
  if (const auto llvm = in_path("llvm-symbolizer")) return Tool{*llvm, true};
  if (const auto binutils = in_path("addr2line")) return Tool{*binutils, false};
  return std::nullopt;
}

/// Takes a line from the front; false at the end.
bool take_line(std::string_view& text, std::string_view& line) {
  if (text.empty()) return false;
  const std::size_t end = std::min(text.find('\n'), text.size());
  line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return true;
}

/// "dir/parser.c:118", "parser.c:118:7", "??:0", "parser.c:?", "parser.c:118 (discriminator 3)"
void read_position(std::string_view text, Symbol& symbol) {
  text = text.substr(0, text.find(" ("));
  const std::size_t name = text.rfind('/') == std::string_view::npos ? 0 : text.rfind('/') + 1;
  const std::size_t colon = text.find(':', name);
  if (colon == std::string_view::npos || text.starts_with("??")) return;
  const std::string_view number = text.substr(colon + 1);
  u32 line = 0;
  std::from_chars(number.data(), number.data() + number.size(), line);
  if (line == 0) return;
  symbol.file = text.substr(name, colon - name);
  symbol.line = line;
}

Symbol read_symbol(std::string_view function, std::string_view position) {
  Symbol symbol;
  if (!function.starts_with("??")) symbol.function = function;
  read_position(position, symbol);
  return symbol;
}

/// Each answer: the function, its position, and of llvm-symbolizer an empty line.
void read_answers(std::string_view text, const std::vector<Question>& questions, bool is_llvm,
                  std::vector<Symbol>& symbols) {
  std::string_view function, position, empty;
  for (const Question& question : questions) {
    if (!take_line(text, function) || !take_line(text, position)) return;
    symbols[question.place] = read_symbol(function, position);
    if (is_llvm && (!take_line(text, empty) || !empty.empty())) return;
  }
}

bool went_well(const Result<Ran>& ran) {
  return ran && WIFEXITED(ran->status) && WEXITSTATUS(ran->status) == 0;
}

void ask_llvm(const std::string& program, const ByModule& modules, std::vector<Symbol>& symbols) {
  std::string input;
  std::vector<Question> all;
  for (const auto& [path, questions] : modules)
    for (const Question& question : questions) {
      input += fmt::format("\"{}\" 0x{:x}\n", path, question.address);
      all.push_back(question);
    }
  const Result<Ran> ran = run_program(program, {"--no-inlines", "--demangle"}, input);
  if (went_well(ran)) read_answers(ran->out, all, true, symbols);
}

/// Without a whole symbol table addr2line takes the nearest exported name, which is wrong.
void ask_addr2line(const std::string& program, const ByModule& modules,
                   std::vector<Symbol>& symbols) {
  for (const auto& [path, questions] : modules) {
    std::string input;
    for (const Question& question : questions) input += fmt::format("0x{:x}\n", question.address);
    const Result<Ran> ran = run_program(program, {"-f", "-C", "-e", path}, input);
    if (!went_well(ran)) continue;
    read_answers(ran->out, questions, false, symbols);
    if (const auto elf = read_elf(path); elf && elf->has_symbols) continue;
    for (const Question& question : questions)
      if (symbols[question.place].line == 0) symbols[question.place] = {};
  }
}

}  // namespace

std::vector<Symbol> symbolize(const std::vector<CodePlace>& places) {
  std::vector<Symbol> symbols(places.size());
  const std::optional<Tool> tool = find_tool();
  if (!tool) return symbols;
  ByModule modules;
  std::map<std::string, std::optional<ElfFacts>> known;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const CodePlace& place = places[i];
    if (!is_plain(place.path)) continue;
    const auto [elf, is_new] = known.try_emplace(place.path);
    if (is_new) elf->second = read_elf(place.path);
    if (!elf->second) continue;
    if (const auto address = elf->second->address_of(place.offset))
      modules[place.path].push_back({i, *address});
  }
  if (modules.empty()) return symbols;
  if (tool->is_llvm)
    ask_llvm(tool->program, modules, symbols);
  else
    ask_addr2line(tool->program, modules, symbols);
  return symbols;
}

}  // namespace mempool::viz
