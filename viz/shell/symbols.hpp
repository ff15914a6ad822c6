// Symbols: from places in code to names, by the program llvm-symbolizer, or addr2line where that is
// not installed. Each is run once, or once a module; without them, and for code whose names were
// stripped, a place is its module and offset, which a debugger understands.
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// A place in the code of a file.
struct CodePlace {
  std::string path;
  u64 offset = 0;  // in the file
};

/// What is known of it. Empty: nothing.
struct Symbol {
  std::string function;
  std::string file;  // source file
  u32 line = 0;
};

/// One symbol for each place. MEMPOOL_SYMBOLIZER names another llvm-symbolizer or addr2line; empty,
/// it stands for none.
[[nodiscard]] std::vector<Symbol> symbolize(const std::vector<CodePlace>& places);

}  // namespace mempool::viz
