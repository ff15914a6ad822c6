// The driver of a fuzz target in a normal build: every file of the corpus folders goes through the
// target once, as a case of a TAP stream, so that neither target nor corpus rots. It makes no input
// of its own; libFuzzer does (`make fuzz`).
//
//     driver FOLDER ...        the files of a folder, by name; how many there were is said at the
//     end
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.hpp"

namespace {

std::vector<std::filesystem::path> files_of(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// The bytes go into a block of exactly their size: with a sanitizer no read beyond it goes unseen.
void run(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  static_cast<void>(
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("TAP version 13\n");
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : files_of(argv[i])) {
      std::fprintf(stderr, "%s\n", file.c_str());  // whoever ends the program is the last one named
      run(file);
      const std::string name = file.parent_path().filename() / file.filename();
      std::printf("ok %zu - %s is answered\n", ++count, name.c_str());
      std::fflush(stdout);
    }
  }
  std::printf("1..%zu\n", count);
  std::fprintf(stderr, "files: %zu\n", count);
  return count == 0 ? 1 : 0;
}
