// run: from verb to command, and the one place where an error is printed (main() prints those of
// usage). See commands.hpp.
#include <new>

#include "commands/commands.hpp"
#include "shell/output.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

Result<int> print(const std::string& text) {
  const Result<void> written = write_output("", text);
  if (!written) return tl::make_unexpected(written.error());
  return good;
}

Result<int> dispatch(const Options& options) {
  switch (options.verb) {
    case Verb::text: return print(options.text);
    case Verb::ops: return commands::ops(options);
    case Verb::record: return commands::record(options);
    case Verb::replay: return commands::replay(options);
    case Verb::check: return commands::check(options);
    case Verb::show: return commands::show(options);
    case Verb::diagram: return commands::diagram(options);
    case Verb::dump: return commands::dump(options);
    case Verb::convert: return commands::convert(options);
    case Verb::grade: return commands::grade(options);
    case Verb::quiz: return commands::quiz(options);
    case Verb::compare: return commands::compare(options);
    case Verb::duel: return commands::duel(options);
    case Verb::gen: return commands::gen(options);
    case Verb::stats: return commands::stats(options);
    case Verb::ostep: return commands::ostep(options);
    case Verb::step: return commands::step(options);
    case Verb::html: return commands::html(options);
  }
  return bad;
}

}  // namespace

int run(const Options& options) {
  try {
    const Result<int> status = dispatch(options);
    if (status) return *status;
    say(status.error().what);
  } catch (const std::bad_alloc&) {
    say("out of memory");
  }
  return bad;
}

}  // namespace mempool::viz
