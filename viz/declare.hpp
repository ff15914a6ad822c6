// Declare: which verb takes which options, and what their values mean.
//
//     verb --declare--> CommandLine --values--> Options
//
// What must fit together is options.cpp's.
#pragma once

#include "command_line.hpp"
#include "options.hpp"

namespace mempool::viz {

/// The options that set up a pool; with a log, they would mean nothing.
inline constexpr help::Option pool_options[] = {
    help::capacity, help::align,      help::guards,      help::policy,  help::fill,
    help::poison,   help::quarantine, help::check_every, help::records, help::model,
    help::order,    help::coalesce,   help::header};

/// The options of options.verb; the line is to be run while both live.
void declare(CommandLine& line, Options& options);

}  // namespace mempool::viz
