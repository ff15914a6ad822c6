// ELF: the few facts about a program or library that its file tells: can it be recorded, where does
// a byte of it lie when it is loaded, has it names. Reads headers only, believes nothing it reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

struct ElfFacts {
  bool native = false;       // of this machine's word size
  bool interpreted = false;  // a dynamic loader starts it; a static program has none
  bool has_symbols = false;  // a whole symbol table, not only what it exports
  bool has_asan = false;     // AddressSanitizer is in it, or is a library it needs
  struct Segment {
    u64 offset = 0, address = 0, size = 0;  // in the file, when loaded, bytes of the file
  };
  std::vector<Segment> segments;

  /// The address, as the linker gave it, of a byte of the file.
  [[nodiscard]] std::optional<u64> address_of(u64 offset) const;
};

/// Nothing if it is no ELF file.
[[nodiscard]] std::optional<ElfFacts> read_elf(const std::string& path);

}  // namespace mempool::viz
