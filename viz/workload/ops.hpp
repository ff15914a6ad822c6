// Op lists: a workload in one line, as lessons and bug reports write it.
//
//     +size             allocate              ~i:size                   reallocate #i
//     -i                free #i               !i:offset*count=byte      write through pointer i
//     ?                 check the pool        @text                     a note
//
// Operations are parted by commas or white space. Numbers are decimal or 0x hexadecimal; a byte
// may also be a character in quotes ('A'); `*count` may be left out (1), and an offset may be
// negative: that writes before the payload. A note's text runs to the next comma; `\,` stands for
// a comma in it and `\\` for a backslash. `+` takes any size that is a number, however hostile:
// that it cannot be had is a result, not an error of the list.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "workload/workload.hpp"

namespace mempool::viz {

/// Fails with the first operation that is none: its place, its text, what was expected.
[[nodiscard]] Result<Workload> parse_ops(std::string_view list);

/// True for an argument that can only be meant as an op list: `+100`, `-0,+5`, `?`, `@note`.
[[nodiscard]] bool looks_like_ops(std::string_view argument);

}  // namespace mempool::viz
