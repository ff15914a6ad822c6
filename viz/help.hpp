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
inline constexpr Option records{"--records", "N", "size of the slab of block records"};

inline constexpr Option step{"--step", "N", "call N; 0 = the pool was just created (the last)"};
inline constexpr Option seq{"--seq", "N", "event N in place of a call"};
inline constexpr Option pool{"--pool", "ID", "which pool of the log (the lowest)"};
inline constexpr Option offsets{"--offsets", "R", "offsets in dec, hex or both"};
inline constexpr Option color{"--color", "WHEN", "auto, always or never (auto; NO_COLOR counts)"};

inline constexpr Option log_file{"-o,--output", "LOG", "keep the events in this .jsonl log"};
inline constexpr Option text_file{"-o,--output", "FILE", "write to FILE, not to standard output"};
inline constexpr Option picture_file{"-o,--output", "FILE", ".dot, .svg, .png or .pdf"};
inline constexpr Option page_file{"-o,--output", "FILE", "the page, such as lesson.html"};
inline constexpr Option export_file{"-o,--output", "FILE", ".jsonl or .csv"};

inline constexpr Option no_policy{"--no-policy", "",
                                  "placements need not follow the policy (other allocators)"};
inline constexpr Option look{"--for", "LOOK", "doc, or slide: large type, few cards (doc)"};
inline constexpr Option ascii{"--ascii-labels", "", "x, -> and >= in place of their signs"};
inline constexpr Option diff{"--diff", "M", "mark what changed since call M, and show only that"};
inline constexpr Option no_fold{"--no-fold", "", "show equal lines one by one"};
inline constexpr Option utf8{"--utf8", "",
                             "guard bytes as U+00AB, what is not printable as U+00B7"};
inline constexpr Option light{"--light", "", "with colour: for paper and light screens"};
inline constexpr Option width{"--width", "N", "64 or 32 columns between the bars (64)"};

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
