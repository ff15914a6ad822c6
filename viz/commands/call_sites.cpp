// From return addresses to sentences: see call_sites.hpp.
#include "commands/call_sites.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "shell/symbols.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t longest_function = 60;
constexpr std::size_t most_changed_said = 4;

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// "v8::Object::New(int, char const*)" -> "v8::Object::New()": what is called, not with what.
std::string function_text(std::string name) {
  const std::size_t close = name.rfind(')');
  int depth = 0;
  for (std::size_t i = close; close != std::string::npos && i != std::string::npos; --i) {
    depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
    if (depth != 0) continue;
    if (i != 0) name.resize(i);
    break;
  }
  if (name.size() > longest_function) name = name.substr(0, longest_function - 3) + "...";
  return name + "()";
}

class Namer {
 public:
  explicit Namer(ProgramRecording& recording) : recording_(recording) {
    for (const CodeModule& module : recording.modules) modules_.push_back(&module);
    std::ranges::stable_sort(modules_, {}, &CodeModule::start);
  }

  void name_all() {
    for (const CallStack& stack : recording_.stacks)
      for (const u64 address : stack) numbers_.try_emplace(address, numbers_.size());
    ask();
    for (const CallStack& stack : recording_.stacks)
      recording_.workload.call_sites.push_back(text_of(stack));
    say_changed();
  }

 private:
  [[nodiscard]] const CodeModule* module_of(u64 address) const {
    const auto after = std::ranges::upper_bound(modules_, address, {}, &CodeModule::start);
    if (after == modules_.begin()) return nullptr;
    const CodeModule* module = *std::prev(after);
    return address < module->end ? module : nullptr;
  }

  /// Is the file still the one that was recorded?
  bool is_same(const CodeModule& module) {
    const auto [known, is_new] = same_.try_emplace(module.path, false);
    if (!is_new) return known->second;
    struct stat facts {};
    known->second = ::stat(module.path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
                    static_cast<u64>(facts.st_size) == module.size &&
                    static_cast<u64>(facts.st_mtime) == module.modified;
    if (!known->second) changed_.insert(module.path);
    return known->second;
  }

  /// A return address lies behind its call: one byte before it is within.
  static u64 offset_in(const CodeModule& module, u64 address) {
    return address - 1 - module.start + module.file_offset;
  }

  void ask() {
    std::vector<CodePlace> places(numbers_.size());
    for (const auto& [address, number] : numbers_)
      if (const CodeModule* module = module_of(address); module != nullptr && is_same(*module))
        places[number] = {module->path, offset_in(*module, address)};
    ProgressLine progress("looking up call sites");
    symbols_ = symbolize(places);
  }

  /// "xmalloc() wrapper.c:91", "xmalloc() in git", "git+0x2898c5"
  [[nodiscard]] CallSite site_of(u64 address) const {
    const Symbol& symbol = symbols_[numbers_.at(address)];
    const CodeModule* module = module_of(address);
    const std::string function = symbol.function.empty() ? "" : function_text(symbol.function);
    if (symbol.line != 0)
      return {function.empty() ? symbol.file : fmt::format("{} {}", function, symbol.file),
              symbol.line};
    if (module == nullptr) return {"code of no file"};
    const std::string file = base_name(module->path);
    if (!function.empty()) return {fmt::format("{} in {}", function, file)};
    return {fmt::format("{}+0x{:x}", file, offset_in(*module, address))};
  }

  /// One caller as a place; several as "A:7, from B:12, from C". What calls main() is no news.
  [[nodiscard]] CallSite text_of(const CallStack& stack) const {
    const CallSite first = site_of(stack.front());
    if (stack.size() == 1) return first;
    std::string text;
    for (const u64 address : stack) {
      const CallSite site = site_of(address);
      if (!text.empty()) text += ", from ";
      text += site.line == 0 ? site.where : fmt::format("{}:{}", site.where, site.line);
      if (symbols_[numbers_.at(address)].function == "main") break;
    }
    return {text};
  }

  void say_changed() const {
    std::size_t said = 0;
    for (const std::string& path : changed_) {
      if (said++ == most_changed_said) return;
      say(fmt::format("{} is not the file that was recorded: its call sites have no names", path));
    }
  }

  ProgramRecording& recording_;
  std::vector<const CodeModule*> modules_;  // by address
  std::unordered_map<u64, std::size_t> numbers_;
  std::unordered_map<std::string, bool> same_;
  std::set<std::string> changed_;
  std::vector<Symbol> symbols_;
};

}  // namespace

void name_call_sites(ProgramRecording& recording) {
  Namer(recording).name_all();
}

}  // namespace mempool::viz
