// Help: every word that --help and usage errors print about verbs and options, as data.
//
// Which verb takes which option is decided in options.cpp, where they are declared; the pages are
// laid out here from what was declared, so that no page can name an option that is not there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mempool::viz::help {

/// An option, as a page shows it.
struct Option {
  std::string_view names;  // "-o,--output"
  std::string_view value;  // "FILE"; empty: it takes none
  std::string_view says;
};

/// A verb, as a page shows it.
struct Verb {
  std::string_view name;     // "replay"
  std::string_view summary;  // one line, for the overview
  std::string_view usage;    // what stands after the name
  std::string_view about;    // paragraphs
  std::string_view example;  // lines that can be pasted
};

// ---- options, by what they choose
inline constexpr Option ops{"--ops", "LIST", "an op list in place of a file: '+100,+200,-0'"};
inline constexpr Option capacity{"--capacity", "N", "bytes of the region, such as 1000 or 64k"};
inline constexpr Option align{"--align", "N", "alignment, a power of two up to 4096 (16)"};
inline constexpr Option guards{"--guards", "N", "guard bytes on either side of a payload (0)"};
inline constexpr Option policy{"--policy", "P",
                               "placement policy: first, next, best, worst or good (first)"};
inline constexpr Option fill{"--fill", "", "fresh payload is filled with '0', freed with '.'"};
inline constexpr Option poison{"--poison", "", "free bytes are 0xDD: a write after free is found"};
inline constexpr Option quarantine{"--quarantine", "N",
                                   "freed blocks wait, N bytes of them, before reuse (off)"};
inline constexpr Option check_every{"--check-every", "",
                                    "all guards and all poison are checked at every call"};
inline constexpr Option model{"--model", "M", "pool, or list: the textbook's allocator (pool)"};
inline constexpr Option order{"--order", "O", "list in order of address, lifo, fifo, size+, size-"};
inline constexpr Option coalesce{"--coalesce", "C",
                                 "list: freed neighbours become one, on or off (on)"};
inline constexpr Option header{"--header", "N", "list: bytes in front of every payload (0)"};
inline constexpr Option records{"--records", "N", "size of the slab of block records"};

inline constexpr Option step{"--step", "N", "call N; 0 = the pool was just created (the last)"};
inline constexpr Option begin{"--step", "N", "begin at call N (0: the pool was just created)"};
inline constexpr Option seq{"--seq", "N", "event N in place of a call"};
inline constexpr Option pool{"--pool", "ID", "which pool of the log (the lowest)"};
inline constexpr Option offsets{"--offsets", "R", "offsets in dec, hex or both"};
inline constexpr Option color{"--color", "WHEN", "auto, always or never (auto; NO_COLOR counts)"};

inline constexpr Option log_file{"-o,--output", "LOG", "keep the events in this .jsonl or .mplog"};
inline constexpr Option text_file{"-o,--output", "FILE", "write to FILE, not to standard output"};
inline constexpr Option picture_file{"-o,--output", "FILE",
                                     ".dot, .svg, .png or .pdf; --steps: a folder"};
inline constexpr Option page_file{"-o,--output", "FILE", "the page, such as lesson.html"};
inline constexpr Option export_file{"-o,--output", "FILE", ".jsonl, .mplog, .csv or .trace.json"};
inline constexpr Option slices{"--slices", "N", ".trace.json: blocks, at most (100000)"};
inline constexpr Option trace_from{"--from", "A", ".trace.json: leave out the calls before A"};
inline constexpr Option trace_to{"--to", "B", ".trace.json: leave out the calls after B"};

inline constexpr Option recording_file{"-o,--output", "FILE",
                                       "the recording (PROG.mprec); %p in it is the pid"};
inline constexpr Option children{"--children", "", "processes that PROG starts are recorded, too"};
inline constexpr Option max_events{"--max-events", "N", "stop recording after N calls"};
inline constexpr Option sites{"--sites", "[N]", "the N callers of each call (8), not only one"};
inline constexpr Option record_page{"--html", "PAGE", "make the lesson page of it at once"};

inline constexpr Option no_policy{"--no-policy", "",
                                  "placements need not follow the policy (other allocators)"};
inline constexpr Option steps{"--steps", "A..B", "a picture of each call from A to B"};
inline constexpr Option format{"--format", "F", "of --steps' pictures: svg, png, pdf or dot (svg)"};
inline constexpr Option blank{"--blank", "WHAT", "a drawing to complete: no lists, sizes or all"};
inline constexpr Option look{"--for", "LOOK", "doc, or slide: large type, few cards (doc)"};
inline constexpr Option ascii{"--ascii-labels", "", "x, -> and >= in place of their signs"};
inline constexpr Option diff{"--diff", "M", "mark what changed since call M, and show only that"};
inline constexpr Option no_fold{"--no-fold", "", "show equal lines one by one"};
inline constexpr Option utf8{"--utf8", "",
                             "guard bytes as U+00AB, what is not printable as U+00B7"};
inline constexpr Option light{"--light", "", "with colour: for paper and light screens"};
inline constexpr Option width{"--width", "N", "64 or 32 columns between the bars (64)"};

inline constexpr Option quiz_seed{"--seed", "N", "another quiz of the same log (1)"};
inline constexpr Option count{"--count", "N", "questions (8)"};
inline constexpr Option variants{"--variants", "N", "so many sheets, by seed, seed + 1, ... (1)"};
inline constexpr Option kinds{"--kinds", "A,B", "only questions of these kinds"};
inline constexpr Option quiz_format{"--format", "F",
                                    "text, md, html, gift, moodle-xml or json (as FILE says)"};
inline constexpr Option with_answers{"-c,--key", "",
                                     "without -o: the answers behind the questions"};
inline constexpr Option answers{"--answers", "A;B", "grades these answers, one a question"};
inline constexpr Option sheet_file{"-o,--output", "FILE", "the sheet; its key goes to FILE-key"};

inline constexpr Option rules{"--rules", "LIST", "a policy, coalesce, split, align=N, header=N"};
inline constexpr Option broken_picture{"--picture", "FILE",
                                       "the pool at the first broken rule, .svg .png .pdf .dot"};
inline constexpr Option report_format{"--format", "F", "text or json (text)"};
inline constexpr Option policies{"--policies", "P,P",
                                 "policies or list models (all five policies)"};
inline constexpr Option models{"--models", "M,M", "list models besides, as in list:lifo,list:fifo"};
inline constexpr Option plot{"--plot", "FILE", "fragmentation over time, an .svg"};
inline constexpr Option no_smallest{"--no-smallest", "", "do not look for the smallest region"};
inline constexpr Option duel_on{"--on", "TRACE",
                                "where they part on this trace, in place of a search"};
inline constexpr Option seed{"--seed", "N", "another list for every number (0)"};
inline constexpr Option want{"--want", "W,W", "what the list is to show; --wants has the words"};
inline constexpr Option calls{"--calls", "N", "calls of the list (12)"};
inline constexpr Option list_wants{"--wants", "", "print what can be wanted, and stop"};
inline constexpr Option carpet{"--carpet", "FILE", "the region over time, a .png or .svg"};
inline constexpr Option leaks{"--leaks", "", "every block that lives at the end"};
inline constexpr Option between{"--between", "A:B",
                                "blocks taken after call A that live at call B"};

inline constexpr Option ostep_seed{"-s,--seed", "N", "seed of the random operations (0)"};
inline constexpr Option ostep_size{"-S,--size", "N", "bytes of the region (100)"};
inline constexpr Option ostep_base{"-b,--baseAddr", "N", "address of the region (1000)"};
inline constexpr Option ostep_header{"-H,--headerSize", "N", "bytes in front of a block (0)"};
inline constexpr Option ostep_align{"-a,--alignment", "N", "sizes are rounded up to N (-1: not)"};
inline constexpr Option ostep_policy{"-p,--policy", "P", "BEST, WORST, FIRST or NEXT (BEST)"};
inline constexpr Option ostep_order{"-l,--listOrder", "O",
                                    "ADDRSORT, SIZESORT+, SIZESORT-, INSERT-FRONT or\n"
                                    "                     INSERT-BACK (ADDRSORT)"};
inline constexpr Option ostep_coalesce{"-C,--coalesce", "", "freed neighbours become one block"};
inline constexpr Option ostep_count{"-n,--numOps", "N", "random operations (10)"};
inline constexpr Option ostep_range{"-r,--range", "N", "largest random size (10)"};
inline constexpr Option ostep_percent{"-P,--percentAlloc", "N", "percent that allocate (50)"};
inline constexpr Option ostep_ops{"-A,--allocList", "LIST", "these operations, not random ones"};
inline constexpr Option ostep_answers{"-c,--compute", "", "give the answers, with reasons"};
inline constexpr Option batch{"--batch", "", "run the -ex commands and end"};
inline constexpr Option plain{"--plain", "", "read commands as lines: no full screen"};
inline constexpr Option execute{"-e,--ex", "CMD", "run this command first; -ex CMD is the same"};
inline constexpr Option script{"-x,--command", "FILE", "run the commands of a file first"};
inline constexpr Option title{"--title", "TEXT", "the page's title (the name of LOG)"};
inline constexpr Option open_at{"--step", "N", "the call that the page opens at (the first)"};
inline constexpr Option from{"--from", "A", "leave out the calls before A"};
inline constexpr Option to{"--to", "B", "leave out the calls after B"};
inline constexpr Option quiz_file{"--quiz", "FILE", "questions to ask on the way, as JSON"};

// ---- pages
[[nodiscard]] std::span<const Verb> verbs();
[[nodiscard]] const Verb* find(std::string_view name);

/// The overview of all verbs.
[[nodiscard]] std::string overview();
/// The page of one verb, with the options that it takes.
[[nodiscard]] std::string page(const Verb& verb, const std::vector<Option>& options);

/// The candidate that was most likely meant; empty if none comes near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace mempool::viz::help
