// record: a program's malloc calls, written down while it runs, and what was written in a few lines
// on stderr. The running is shell/recorder.hpp's; what a recording holds is viz/workload's.
#include <fmt/format.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "commands/commands.hpp"
#include "commands/lesson_page.hpp"
#include "commands/workload.hpp"
#include "model/story.hpp"
#include "shell/output.hpp"
#include "shell/process.hpp"
#include "shell/progress.hpp"
#include "shell/recorder.hpp"
#include "shell/scratch.hpp"
#include "shell/streams.hpp"
#include "workload/recording.hpp"

namespace mempool::viz {

namespace {

constexpr int no_such_program = 127, cannot_be_run = 126;  // as shells have it
constexpr std::size_t most_images_told = 8;

/// What was asked for, or the program's name: git.mprec.
std::string file_of(const Options& options) {
  if (!options.output.empty()) return options.output;
  const std::string& program = options.record.command.front();
  return program.substr(program.rfind('/') + 1) + ".mprec";
}

/// A path as one would type it here.
std::string typed(const std::string& path) {
  std::error_code failed;
  const std::string here = std::filesystem::current_path(failed).string() + "/";
  return path.starts_with(here) ? path.substr(here.size()) : path;
}

std::string summary(const std::string& file, const ProgramRecording& made) {
  return fmt::format("{}: {} ({}, {}, {}) of {}, by {}", file, count_text(made.calls(), "call"),
                     count_text(made.allocs, "alloc"), count_text(made.reallocs, "realloc"),
                     count_text(made.frees, "free"), made.workload.recorded,
                     count_text(made.threads, "thread"));
}

/// Tells an image's recording; the number of its calls.
Result<u64> tell_image(const RecordedImage& image, bool whole) {
  const std::string file = typed(image.file);
  const Result<ProgramRecording> made = [&] {
    ProgressLine progress("reading");
    return read_recording(image.file, [&](double share) { progress(share); });
  }();
  if (!made) return tl::make_unexpected(made.error());
  say(summary(file, *made));
  for (const std::string& remark : remarks(*made)) say(fmt::format("{}: {}", file, remark));
  if (whole && made->calls() != 0)
    say(fmt::format("peak {} bytes in {}; {} ({} bytes) still live at the end", made->peak_bytes,
                    count_text(made->peak_blocks, "block"), count_text(made->live_blocks, "block"),
                    made->live_bytes));
  if (whole && made->calls() == 0)
    say("no call of malloc came by: there was none, or the program has an allocator of its own");
  return made->calls();
}

/// Tells all there is; the file to go on with. That is what the process was at last, behind the
/// shells and wrappers that led to it; of children, who do the work of a compiler's driver, the one
/// with the most calls.
Result<std::string> tell_images(const RecordRun& run, const std::string& program, bool children) {
  std::string best;
  u64 most_calls = 0;
  std::size_t told = 0;
  for (const RecordedImage& image : run.images) {
    if (++told > most_images_told) break;
    if (image.error != 0) {
      say(fmt::format("{}: cannot be written: {}", typed(image.file), std::strerror(image.error)));
      continue;
    }
    const Result<u64> calls = tell_image(image, best.empty());
    if (!calls) {
      say(calls.error().what);
      continue;
    }
    if (!best.empty() && (*calls <= most_calls || (!children && most_calls != 0))) continue;
    best = image.file;
    most_calls = *calls;
  }
  if (told > most_images_told)
    say(fmt::format("recordings besides these: {}", run.images.size() - most_images_told));
  if (run.skipped != 0)
    say(run.skipped == 1
            ? std::string("1 child process was not recorded: --children records it, too")
            : fmt::format("{} child processes were not recorded: --children records them, too",
                          run.skipped));
  if (run.untold != 0)
    say(fmt::format("programs and forks besides these, too many to be told of: {}", run.untold));
  if (!best.empty()) return best;
  return failure(run.images.empty()
                     ? fmt::format("nothing was recorded: {}", why_unrecorded(program))
                     : std::string("nothing was recorded"));
}

/// Opened at the first call; at the peak, if the page cannot hold all calls.
Result<LessonPage> read_page(const std::string& log, const Options& options,
                             const std::string& name, const Outcome& outcome) {
  Result<log::Reader> reader = log::Reader::open(log);
  if (!reader) return tl::make_unexpected(reader.error());
  PageWish wish;
  wish.title = options.title;
  wish.source = name;
  wish.hex = options.view.radix == Radix::hex;
  if (outcome.events > usual_page_events) wish.call = outcome.peak_call;
  return make_lesson_page(*reader, wish);
}

/// The page of a recording, by way of a log that is gone afterwards.
Result<int> make_page(const Options& options, const std::string& file) {
  const Result<Workload> workload = read_trace(file, Names::of_call_sites);
  if (!workload) return tl::make_unexpected(workload.error());
  const Result<Scratch> scratch = Scratch::make();
  if (!scratch) return tl::make_unexpected(scratch.error());
  const std::string log = scratch->file("page.mplog");
  const Result<Outcome> outcome = [&] {
    ProgressLine progress("replaying");
    return play(*workload, options.pool, {log, nullptr}, [&](double share) { progress(share); });
  }();
  Options titled = options;
  if (titled.title.empty()) titled.title = workload->recorded;
  const Result<LessonPage> page = outcome ? read_page(log, titled, typed(file), *outcome)
                                          : tl::make_unexpected(outcome.error());
  if (!page) return tl::make_unexpected(page.error());
  if (!page->left_out.empty())
    say(fmt::format("{}: left out of the page: {}", typed(file), page->left_out));
  const Result<void> written = write_output(options.record.page, page->text);
  if (!written) return tl::make_unexpected(written.error());
  say(fmt::format("{}: the page; open it in a browser", options.record.page));
  return good;
}

void say_next(const std::string& file) {
  const std::string name = typed(file);
  const std::size_t dot = name.rfind('.');
  const bool has_dot = dot != std::string::npos && dot > name.rfind('/') + 1;
  const std::string log = (has_dot ? name.substr(0, dot) : name) + ".mplog";
  say(fmt::format("next: mempool-viz replay {} -o {}", shell_word(name), shell_word(log)));
}

/// The program's own status. That nothing was recorded is bad even where the program did well.
int status_of(const RecordRun& run, int ours) {
  if (WIFSIGNALED(run.status)) return end_by_signal(WTERMSIG(run.status));
  const int theirs = WEXITSTATUS(run.status);
  return theirs != 0 ? theirs : ours;
}

Result<int> tell(const Options& options, const RecordRun& run) {
  const Result<std::string> file =
      tell_images(run, options.record.command.front(), options.record.children);
  if (!file) return tl::make_unexpected(file.error());
  if (!options.record.page.empty()) return make_page(options, *file);
  say_next(*file);
  return good;
}

}  // namespace

Result<int> commands::record(const Options& options) {
  std::error_code failed;
  const RecordOptions& wanted = options.record;
  const RecordWish wish{wanted.command,
                        std::filesystem::absolute(file_of(options), failed).lexically_normal(),
                        wanted.children, wanted.max_calls, wanted.depth};
  const Result<RecordRun> run = record_program(wish);
  if (!run) return tl::make_unexpected(run.error());
  if (run->start_error != 0) {
    const bool missing = run->start_error == ENOENT;
    say(fmt::format("{}: {}", wanted.command.front(),
                    missing ? "there is no such program" : std::strerror(run->start_error)));
    return missing ? no_such_program : cannot_be_run;
  }
  const Result<int> told = tell(options, *run);
  if (!told) say(told.error().what);
  return status_of(*run, told ? *told : bad);
}

}  // namespace mempool::viz
