// Session: a stepper without a screen. A command is a text, and so is its answer.
//
//     "break fail"  -.                                   .-> answer: text, good or not
//     "continue"    --> Session (where we are, stops,  --+
//     "why"         -'   marks, displays; Cursor)        '-> frame and story, for a screen
//
// The full screen, the plain form and --batch all talk to this, so they say the same. It knows no
// terminal, and files only through Outside. Moving is session_move.cpp's, stops
// session_stops.cpp's, looking session_look.cpp's and session_blocks.cpp's, asking
// session_ask.cpp's, being asked session_quiz.cpp's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/cursor.hpp"
#include "quiz/question.hpp"
#include "step/stops.hpp"
#include "view/text.hpp"
#include "view/view.hpp"

namespace mempool::viz::step {

/// What a session may do to the world.
struct Outside {
  std::function<Result<void>(const std::string& path, std::string_view text)> write;
  std::function<Result<std::string>(const std::string& path)> read;
  /// A picture, "svg", "png" or "pdf", of DOT text.
  std::function<Result<std::string>(std::string_view dot, std::string_view format)> render;
  /// The lesson page of this pool, opened at this call. The reader stands at the start of the log.
  std::function<Result<std::string>(log::Reader& reader, u32 pool, u64 call)> page;
  /// The log of the same calls under another policy, played on a pool of its own. The reader stands
  /// at the start of the log.
  std::function<Result<std::string>(log::Reader& reader, u32 pool, u32 policy)> replay;
  /// Asked while a search goes on; false ends it.
  Cursor::GoOn go_on;
};

struct Answer {
  std::string text;  // whole lines; empty: nothing to say
  bool good = true;
  bool moved = false;  // the screen shows what the text says
  bool quits = false;
  std::string besides{};  // the lines of a move's text that the screen does not show by itself
};

/// Asking before telling: what is asked about the next call, and how it went so far.
struct Prediction {
  bool on = false;
  u64 seed = 1;
  std::optional<quiz::Question> asked;  // about the call after the one that is shown
  std::size_t hints = 0;                // given to it
  std::size_t right = 0, answered = 0;
};

/// What is said to those who ask a list allocator for that policy.
inline constexpr const char* no_list_walk =
    "good fit walks no list; a list allocator has first, next, best and worst";

class Session {
 public:
  /// The log's name is shown, not opened. Begins at this call, or at the first one.
  [[nodiscard]] static Result<Session> open(Cursor cursor, std::string name, ViewOptions look,
                                            Outside outside, std::optional<u64> call);

  /// Carries a command out. An empty line repeats the last one.
  [[nodiscard]] Answer run(std::string_view line);

  // ---- for a screen
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const ViewOptions& look() const { return look_; }
  void set_page(std::size_t columns) { look_.page = columns; }
  /// The call as a whole, and what is shown of it: it, or one of its events.
  [[nodiscard]] const Frame& call_frame() const { return frame_; }
  [[nodiscard]] const Frame& frame() const { return event_ == 0 ? frame_ : event_frame_; }
  /// 0: the whole call; else that many of its events have happened.
  [[nodiscard]] std::size_t event() const { return event_; }
  [[nodiscard]] const Story& story() const { return story_; }
  /// Why it stands here, if a stop, a mark or an end made it: "breakpoint 1, ...".
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] std::vector<BareCall> calls(u64 first, u64 last) {
    return cursor_.bare_calls(first, last);
  }
  [[nodiscard]] u64 first_call() const { return cursor_.first_call(); }
  [[nodiscard]] u64 last_call() const { return cursor_.last_call(); }
  [[nodiscard]] bool is_marked(u64 call) const;
  /// While it is on, calls that are not shown yet are nobody's to see.
  [[nodiscard]] const Prediction& prediction() const { return prediction_; }
  /// What the displays show here.
  [[nodiscard]] std::string displayed();
  /// `why`, in lines of this width.
  [[nodiscard]] std::string why_text(std::size_t width) const;
  /// Rows of the dump where something changed.
  [[nodiscard]] std::string dump_text(u64 lines) const;

 private:
  using Handler = Answer (Session::*)(std::string_view arguments);
  static Handler handler_of(std::string_view command);

  Session(Cursor cursor, std::string name, ViewOptions look, Outside outside);

  // ---- session.cpp
  [[nodiscard]] Answer carry_out(std::string_view line);
  [[nodiscard]] Answer echoed(std::string_view line);
  void show(Frame frame, std::size_t event = 0);
  [[nodiscard]] Result<Frame> load(u64 call);
  [[nodiscard]] Result<u64> call_named(std::string_view word) const;
  [[nodiscard]] std::string at(u64 offset) const;
  [[nodiscard]] Palette palette() const { return look_.colour ? Palette::dark : Palette::none; }
  [[nodiscard]] std::string end_text() const;
  Answer help(std::string_view arguments);
  Answer quit(std::string_view arguments);
  Answer set(std::string_view arguments);

  // ---- session_move.cpp
  Answer next(std::string_view arguments);
  Answer step(std::string_view arguments);
  Answer back(std::string_view arguments);
  Answer sback(std::string_view arguments);
  Answer go_on(std::string_view arguments);
  Answer go_back(std::string_view arguments);
  Answer finish(std::string_view arguments);
  Answer go_to(std::string_view arguments);
  Answer mark(std::string_view arguments);
  Answer find(std::string_view arguments);
  Answer next_hit(std::string_view arguments);
  Answer prev_hit(std::string_view arguments);
  [[nodiscard]] Answer arrived(std::string message = {});
  [[nodiscard]] Answer stopped(const Hit& hit);
  bool step_once();
  bool sback_once();
  [[nodiscard]] Answer run_forward(u64 last, bool to_the_end);
  [[nodiscard]] std::optional<u64> search(const Condition& condition, u64 first, u64 last,
                                          bool backwards);

  // ---- session_stops.cpp
  Answer break_at(std::string_view arguments);
  Answer tbreak(std::string_view arguments);
  Answer watch(std::string_view arguments);
  Answer condition(std::string_view arguments);
  Answer ignore(std::string_view arguments);
  Answer remove(std::string_view arguments);
  Answer info(std::string_view arguments);
  Answer display(std::string_view arguments);
  Answer undisplay(std::string_view arguments);
  Answer add_break(std::string_view arguments, bool once);
  [[nodiscard]] Result<Stop*> stop_of(std::string_view word);

  // ---- session_look.cpp, session_blocks.cpp
  Answer why(std::string_view arguments);
  Answer dump(std::string_view arguments);
  Answer vis(std::string_view arguments);
  Answer screen(std::string_view arguments);
  Answer whereis(std::string_view arguments);
  Answer whyis(std::string_view arguments);
  Answer who(std::string_view arguments);
  Answer map(std::string_view arguments);
  Answer list(std::string_view arguments);
  Answer bins(std::string_view arguments);
  Answer block(std::string_view arguments);
  [[nodiscard]] std::string dump_rows(u64 first, u64 end) const;

  // ---- session_ask.cpp, session_compare.cpp
  Answer try_it(std::string_view arguments);
  Answer explain(std::string_view arguments);
  Answer stats(std::string_view arguments);
  Answer check(std::string_view arguments);
  Answer diff(std::string_view arguments);
  Answer leaks(std::string_view arguments);

  // ---- session_quiz.cpp
  Answer quiz(std::string_view arguments);
  Answer answer(std::string_view arguments);
  Answer hint(std::string_view arguments);
  [[nodiscard]] Answer asked_again() const;
  [[nodiscard]] std::optional<Answer> ask_first();

  // ---- session_policy.cpp
  Answer policy(std::string_view arguments);
  Answer compare(std::string_view arguments);
  [[nodiscard]] Result<Cursor> under(u32 policy);

  // ---- session_out.cpp
  Answer export_to(std::string_view arguments);
  [[nodiscard]] Result<std::string> made_as(std::string_view kind);
  Answer source(std::string_view arguments);
  Answer save(std::string_view arguments);

  Cursor cursor_;
  std::string name_;
  ViewOptions look_;
  Outside outside_;

  Frame frame_;  // the call
  std::size_t event_ = 0;
  Frame event_frame_;  // if event_ is not 0
  Story story_;        // of what is shown
  std::string message_;

  std::vector<Stop> stops_;
  u64 next_stop_ = 1;
  std::map<std::string, u64, std::less<>> marks_;
  std::string last_mark_;
  std::vector<std::pair<u64, std::string>> displays_;
  u64 next_display_ = 1;
  std::optional<Condition> sought_;
  Prediction prediction_;
  std::string last_line_;
  bool echo_ = false;  // answers begin with their command, as on a handout
  int depth_ = 0;      // of `source` within `source`
};

// ---- what the handlers share

[[nodiscard]] Answer good_answer(std::string text);
[[nodiscard]] Answer bad_answer(std::string text);
/// The first word, and what follows it.
[[nodiscard]] std::string_view take_word(std::string_view& text);
/// "next 5": the number of times; 1 if there is none.
[[nodiscard]] Result<u64> times(std::string_view arguments, std::string_view example);
/// The number of "#9" or "9".
[[nodiscard]] std::optional<u64> block_number(std::string_view text);

}  // namespace mempool::viz::step
