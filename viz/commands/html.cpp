// html: the lesson page of a log or an op list, in one file.
//
//     log --one pass, the pool's events--> rows --write_page--> file
//
// A page holds so many events and no more: a browser keeps them all. Of a longer log it takes the
// calls that are asked for, and begins with the pool as they found it; what it leaves out is said.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "page/page.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

constexpr u64 most_events = 200'000;
constexpr std::size_t most_bytes = std::size_t{20} << 20;
constexpr u64 events_between_progress = 4096;

/// Takes the events of one pool in a window of its calls; counts all of them.
class Collector {
 public:
  explicit Collector(const Options& options) : options_(options) {}

  void see(const pool_event& event) {
    if (event.pool == 0) return;
    pools_.insert(event.pool);
    if (options_.moment.pool ? event.pool != *options_.moment.pool
                             : pool_ != 0 && event.pool > pool_)
      return;
    if (event.pool != pool_) start(event.pool);
    if (event.kind == POOL_EVENT_RECORDED)
      recorded_ = event.as.recorded.program == nullptr ? "a program" : event.as.recorded.program;
    last_call_ = event.call;
    if (event.call < from()) return fold(event);
    if (options_.to && event.call > *options_.to) return;
    if (page_.count() == 0 && folded_) page_.begin_at(model_);
    ++taken_;
    if (fits()) page_.add(event);
  }

  [[nodiscard]] bool fits() const { return taken_ <= most_events && page_.bytes() <= most_bytes; }
  [[nodiscard]] const PageEvents& page() const { return page_; }
  [[nodiscard]] u64 last_call() const { return last_call_; }
  [[nodiscard]] u64 taken() const { return taken_; }
  [[nodiscard]] u32 pool() const { return pool_; }
  [[nodiscard]] const std::string& recorded() const { return recorded_; }
  [[nodiscard]] u64 from() const { return options_.from.value_or(0); }

  /// What of the log is not in the page: calls, and other pools.
  [[nodiscard]] std::string left_out() const {
    std::vector<std::string> parts;
    if (from() > 0 && folded_)
      parts.push_back(from() == 1 ? "call 0" : fmt::format("calls 0 to {}", from() - 1));
    if (options_.to && *options_.to < last_call_)
      parts.push_back(*options_.to + 1 == last_call_
                          ? fmt::format("call {}", last_call_)
                          : fmt::format("calls {} to {}", *options_.to + 1, last_call_));
    for (const u32 other : pools_)
      if (other != pool_) parts.push_back(fmt::format("pool {}", other));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

 private:
  /// A pool with a lower number has turned up: nothing of it has been missed.
  void start(u32 pool) {
    pool_ = pool;
    page_.clear();
    model_ = Model();
    taken_ = 0;
    folded_ = false;
    recorded_.clear();
  }

  void fold(const pool_event& event) {
    static_cast<void>(model_.apply(event));  // a log that tells nonsense is for `check`
    folded_ = true;
  }

  const Options& options_;
  std::set<u32> pools_;
  u32 pool_ = 0;
  std::string recorded_;  // the program whose recorded calls these are
  PageEvents page_;
  Model model_;          // before the window
  bool folded_ = false;  // there is something before it
  u64 taken_ = 0;
  u64 last_call_ = 0;
};

Error too_many(const Collector& found) {
  const bool many = found.taken() > most_events;
  return Error{fmt::format(
      "a page holds {}, and pool {} has {}: say which calls, --from A --to B (they are 0 to {})",
      many ? fmt::format("{} events", most_events)
           : fmt::format("{} MiB of them", most_bytes >> 20),
      found.pool(), many ? fmt::format("{}", found.taken()) : "more", found.last_call())};
}

/// The quiz is the page's to understand; here it is text.
Result<std::string> read_quiz(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.find_first_not_of(" \t\r\n") == std::string::npos)
    return failure(fmt::format("{}: cannot be read as a quiz", path));
  if (text[text.find_first_not_of(" \t\r\n")] != '[')
    return failure(fmt::format("{}: a quiz is a JSON array of questions", path));
  return text;
}

std::string title_of(const Options& options) {
  if (!options.title.empty()) return options.title;
  if (options.ops) return "A memory pool, call by call";
  if (options.input == "-") return "A log, call by call";
  return options.input.substr(options.input.rfind('/') + 1);
}

Result<Collector> collect(const Options& options, Source& source) {
  Collector found(options);
  ProgressLine progress("reading");
  const u64 total = source.reader.bytes_total();
  pool_event event;
  for (u64 seen = 0; source.reader.next(event); ++seen) {
    if (total != 0 && seen % events_between_progress == 0)
      progress(static_cast<double>(source.reader.bytes_read()) / static_cast<double>(total));
    found.see(event);
  }
  return found;
}

/// Why there is nothing to show, or too much.
std::optional<Error> refusal(const Collector& found, const Options& options) {
  if (found.pool() == 0)
    return Error{options.moment.pool ? fmt::format("there is no pool {}", *options.moment.pool)
                                     : "there is no event to show"};
  if (found.page().count() == 0)
    return Error{
        fmt::format("there is no call {}: calls are 0 to {}", found.from(), found.last_call())};
  if (!found.fits()) return too_many(found);
  return std::nullopt;
}

}  // namespace

Result<int> commands::html(const Options& options) {
  if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
    return failure("a page is not for a terminal: say -o FILE.html");
  const Result<std::string> quiz = read_quiz(options.quiz_file);
  if (!quiz) return tl::make_unexpected(quiz.error());
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  const Result<Collector> found = collect(options, *source);
  if (!found) return tl::make_unexpected(found.error());
  const int status = say_findings(source->reader.findings(), source->name);
  if (const std::optional<Error> why = refusal(*found, options))
    return failure(fmt::format("{}: {}", source->name, why->what));
  const std::string left_out = found->left_out();
  if (!left_out.empty()) say(fmt::format("{}: left out of the page: {}", source->name, left_out));
  const PageAbout about{title_of(options),
                        options.ops ? "" : source->name.substr(source->name.rfind('/') + 1),
                        found->from() == 0 && !options.to ? options.ops : std::nullopt,
                        *quiz,
                        found->recorded(),
                        left_out,
                        options.view.radix == Radix::hex,
                        options.moment.call.value_or(found->from())};
  const Result<void> written = write_output(options.output, write_page(about, found->page()));
  if (!written) return tl::make_unexpected(written.error());
  return status;
}

}  // namespace mempool::viz
