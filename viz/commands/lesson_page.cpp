// The window that a page holds: see lesson_page.hpp.
#include "commands/lesson_page.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>

#include "model/progress.hpp"
#include "page/page.hpp"
#include "shell/progress.hpp"

namespace mempool::viz {

namespace {

// A call begins only below these. What is not asked for opens in a second or two.
constexpr u64 most_events = 200'000;
constexpr std::size_t most_bytes = std::size_t{20} << 20;

/// Takes the events of one pool in a window of its calls; counts all calls.
class Collector {
 public:
  explicit Collector(const PageWish& wish) : wish_(wish), from_(wish.from.value_or(0)) {}

  void see(const pool_event& event) {
    if (event.pool == 0) return;
    pools_.insert(event.pool);
    if (wish_.pool ? event.pool != *wish_.pool : pool_ != 0 && event.pool > pool_) return;
    if (event.pool != pool_) start(event.pool);
    if (event.kind == POOL_EVENT_RECORDED)
      recorded_ = event.as.recorded.program == nullptr ? "a program" : event.as.recorded.program;
    const bool begins = !any_ || event.call != last_call_;
    any_ = true;
    last_call_ = event.call;
    if (begins && is_full()) turn(event.call);
    if (event.call >= from_ && !closed_ && (!wish_.to || event.call <= *wish_.to)) take(event);
    if (event.call < from_ || slides()) fold(event);
  }

  /// One call is too much for any page.
  [[nodiscard]] bool overflows() const {
    return page_.count() > 2 * most_events || page_.bytes() > 2 * most_bytes;
  }
  [[nodiscard]] const PageEvents& page() const { return page_; }
  [[nodiscard]] u64 last_call() const { return last_call_; }
  [[nodiscard]] u64 first_shown() const { return from_; }
  [[nodiscard]] u64 last_shown() const { return last_shown_; }
  [[nodiscard]] u32 pool() const { return pool_; }
  [[nodiscard]] const std::string& recorded() const { return recorded_; }

  [[nodiscard]] std::string left_out() const {
    std::vector<std::string> parts;
    const auto add = [&](u64 first, u64 last) {
      parts.push_back(first == last ? fmt::format("call {}", first)
                                    : fmt::format("calls {} to {}", first, last));
    };
    if (from_ > 0 && before_) add(0, from_ - 1);
    if (last_shown_ < last_call_) add(last_shown_ + 1, last_call_);
    for (const u32 other : pools_)
      if (other != pool_) parts.push_back(fmt::format("pool {}", other));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

 private:
  /// While the call that is wished for has not come, the window moves on to it.
  [[nodiscard]] bool slides() const { return wish_.call && !wish_.from && !closed_; }
  [[nodiscard]] bool is_full() const {
    const u64 most = wish_.from || wish_.to ? most_events : usual_page_events;
    return page_.count() >= most || page_.bytes() >= most_bytes;
  }

  /// The page is full and a call begins: another window, or the end of this one.
  void turn(u64 call) {
    if (!slides() || *wish_.call < call) {
      closed_ = true;
      return;
    }
    page_.clear();
    from_ = call;
    before_ = true;
  }

  void take(const pool_event& event) {
    if (page_.count() == 0 && before_) page_.begin_at(model_);
    last_shown_ = event.call;
    if (!overflows()) page_.add(event);
  }

  void fold(const pool_event& event) {
    static_cast<void>(model_.apply(event));  // a log that tells nonsense is for `check`
    before_ = before_ || event.call < from_;
  }

  /// A pool with a lower number has turned up: nothing of it has been missed.
  void start(u32 pool) {
    pool_ = pool;
    page_.clear();
    model_ = Model();
    from_ = wish_.from.value_or(0);
    last_shown_ = 0;
    before_ = any_ = closed_ = false;
    recorded_.clear();
  }

  const PageWish& wish_;
  std::set<u32> pools_;
  u32 pool_ = 0;
  std::string recorded_;  // the program whose recorded calls these are
  PageEvents page_;
  Model model_;          // what was played: the calls before the window, and more if it slides
  u64 from_;             // the first call of the window
  bool before_ = false;  // there are calls before it
  bool closed_ = false;  // it is full
  bool any_ = false;
  u64 last_shown_ = 0, last_call_ = 0;
};

/// Why there is nothing to show, or too much.
std::optional<Error> refusal(const Collector& found, const PageWish& wish) {
  if (found.pool() == 0)
    return Error{wish.pool ? fmt::format("there is no pool {}", *wish.pool)
                           : "there is no event to show"};
  if (found.page().count() == 0)
    return Error{fmt::format("there is no call {}: calls are 0 to {}", found.first_shown(),
                             found.last_call())};
  if (found.overflows())
    return Error{fmt::format("call {} alone is more than a page holds", found.last_shown())};
  return std::nullopt;
}

}  // namespace

Result<LessonPage> make_lesson_page(log::Reader& reader, const PageWish& wish) {
  Collector found(wish);
  ProgressLine line("reading");
  const Progress progress = std::ref(line);
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event);) {
    tell();
    found.see(event);
  }
  if (std::optional<Error> why = refusal(found, wish)) return tl::make_unexpected(std::move(*why));
  std::string left_out = found.left_out();
  const bool whole = found.first_shown() == 0 && found.last_shown() == found.last_call();
  const PageAbout about{
      wish.title, wish.source, whole ? wish.ops : std::nullopt,        wish.quiz, found.recorded(),
      left_out,   wish.hex,    wish.call.value_or(found.first_shown())};
  return LessonPage{write_page(about, found.page()), std::move(left_out)};
}

}  // namespace mempool::viz
