// Reading ELF headers: see elf.hpp.
#include "shell/elf.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace mempool::viz {

namespace {

constexpr std::size_t most_headers = 4096;
constexpr std::size_t most_names = std::size_t{4}
                                   << 20;  // bytes of strings that are looked through

class File {
 public:
  explicit File(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat facts {};
    if (file_ >= 0 && (::fstat(file_, &facts) != 0 || !S_ISREG(facts.st_mode))) close();
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  [[nodiscard]] std::string bytes(u64 offset, std::size_t count) const {
    std::string read(count, '\0');
    const ssize_t got =
        file_ < 0 ? -1 : ::pread(file_, read.data(), count, static_cast<off_t>(offset));
    read.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return read;
  }

  /// An array of headers, as far as it is there.
  template <class T>
  [[nodiscard]] std::vector<T> array(u64 offset, std::size_t count) const {
    const std::string read = bytes(offset, std::min(count, most_headers) * sizeof(T));
    std::vector<T> made(read.size() / sizeof(T));
    if (!made.empty()) std::memcpy(made.data(), read.data(), made.size() * sizeof(T));
    return made;
  }

 private:
  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  int file_;
};

/// Names that it imports, exports, or needs as libraries.
void read_sections(const File& file, const Elf64_Ehdr& header, ElfFacts& facts) {
  for (const Elf64_Shdr& section : file.array<Elf64_Shdr>(header.e_shoff, header.e_shnum)) {
    if (section.sh_type == SHT_SYMTAB) facts.has_symbols = true;
    if (section.sh_type != SHT_STRTAB || (section.sh_flags & SHF_ALLOC) == 0) continue;
    const std::size_t size = static_cast<std::size_t>(std::min<u64>(section.sh_size, most_names));
    const std::string names = file.bytes(section.sh_offset, size);
    if (names.find("__asan_init") != std::string::npos) facts.has_asan = true;
  }
}

}  // namespace

std::optional<u64> ElfFacts::address_of(u64 offset) const {
  for (const Segment& segment : segments)
    if (offset >= segment.offset && offset - segment.offset < segment.size)
      return segment.address + (offset - segment.offset);
  return std::nullopt;
}

std::optional<ElfFacts> read_elf(const std::string& path) {
  const File file(path);
  const auto headers = file.array<Elf64_Ehdr>(0, 1);
  if (headers.empty() || std::memcmp(headers[0].e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  ElfFacts facts;
  facts.native = headers[0].e_ident[EI_CLASS] == (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32);
  if (headers[0].e_ident[EI_CLASS] != ELFCLASS64) return facts;
  for (const Elf64_Phdr& part : file.array<Elf64_Phdr>(headers[0].e_phoff, headers[0].e_phnum)) {
    if (part.p_type == PT_INTERP) facts.interpreted = true;
    if (part.p_type == PT_LOAD)
      facts.segments.push_back({part.p_offset, part.p_vaddr, part.p_filesz});
  }
  read_sections(file, headers[0], facts);
  return facts;
}

}  // namespace mempool::viz
