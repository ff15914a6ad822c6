// Text and colours of the picture: escaping, widths, lines; what words and numbers look like.
//
// Graphviz neither wraps nor cuts, and a box is as wide as we say, so text is measured here: by the
// advance widths of DejaVu Sans, the widest of the fonts that the picture names. Knows no pool.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz::dot {

/// Okabe and Ito's colours, darkened where they carry text or lines on white. No state is told by
/// colour alone: each has its letter, border or hatching, too.
namespace colour {
inline constexpr std::string_view used = "#7AB8E0", used_edge = "#005A8C";
inline constexpr std::string_view free_edge = "#006B4F";
inline constexpr std::string_view quarantine = "#F3DFEC", quarantine_edge = "#7A3567";
inline constexpr std::string_view guard = "#E69F00", guard_edge = "#7A5200";
inline constexpr std::string_view damage = "#D55E00";
inline constexpr std::string_view black = "#000000", white = "#FFFFFF", grey = "#595959";
inline constexpr std::string_view fold = "#EFEFEF", note = "#FFF6D6", told = "#A0A0A0";
inline constexpr std::string_view little_used = "#DDECF6", half_used = "#BCDAF0",
                                  mostly_used = "#9BC9E8";
inline constexpr std::string_view fits = "#A8D5C4";
}  // namespace colour

/// Text for an HTML-like label: markup escaped, what cannot be printed as '~'. As ASCII, signs
/// are spelt (-> >= x) and any other character becomes '~'.
[[nodiscard]] std::string escape(std::string_view text, bool as_ascii);

/// Points that text takes at this type size; generous rather than tight.
[[nodiscard]] double text_width(std::string_view text, double size, bool bold = false);

/// Stops where the text gets too wide, so its time is bounded by the width.
[[nodiscard]] bool fits(std::string_view text, double width, double size);

/// "////": as many strokes as fit.
[[nodiscard]] std::string hatching(double width, int size, char stroke = '/');

/// Text in lines of at most this width; a word that is wider is broken.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, double width, double size);

/// The longest beginning that fits, with "…" if anything is left out.
[[nodiscard]] std::string cut(std::string_view text, double width, double size, bool bold = false);

/// "72 B"; from a thousand million on in short: "1.2 GiB".
[[nodiscard]] std::string size_text(u64 bytes);
/// As size_text, without the unit as long as it is bytes.
[[nodiscard]] std::string size_number(u64 bytes);

}  // namespace mempool::viz::dot
