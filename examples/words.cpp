// A small service on std::pmr: every request builds an index of the words of a text, in a pool that
// is emptied between requests. Nothing of an index is ever given back piece by piece: no destructor
// runs, pool_reset() makes everything free at once.
//
//     words [LOG]
//
// The same index is built straight in the pool, and through a monotonic_buffer_resource on top of
// it; the log is drawn on the page about adapters.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <memory_resource>
#include <mempool.hpp>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

//! [index]
using Lines = std::pmr::vector<int>;
using Index = std::pmr::map<std::pmr::string, Lines, std::less<>>;

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

Index* make_index(std::string_view text, std::pmr::memory_resource* memory) {
  std::pmr::polymorphic_allocator<> allocator(memory);
  auto* const index = allocator.new_object<Index>();  // it lies in the arena, too
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    const std::pmr::string word(text.substr(at, end - at), memory);
    if (!word.empty()) (*index)[word].push_back(line);
    if (end < text.size() && text[end] == '\n') ++line;
    at = end;
  }
  return index;
}
//! [index]

void answer(const Index& index) {
  const auto most = std::max_element(index.begin(), index.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  std::printf("  %zu words; \"%s\" is in lines", index.size(), most->first.c_str());
  for (const int line : most->second) std::printf(" %d", line);
  std::printf("\n");
}

//! [serve]
void serve(mempool::pool& pool, std::string_view text, bool monotonic, const char* mark) {
  mempool::resource memory(pool);
  try {
    std::pmr::monotonic_buffer_resource arena(1024, &memory);  // takes nothing unless used
    std::pmr::memory_resource* chosen = &memory;
    if (monotonic) chosen = &arena;
    answer(*make_index(text, chosen));
    pool.note(mark);
  } catch (const std::bad_alloc&) {
    std::printf("  too much text for one request\n");
  }
  pool.reset();  // all that is left, without a visit to any of it
}
//! [serve]

constexpr std::string_view rules =
    "A block that is freed coalesces with the free neighbours that it has.\n"
    "The block that is handed out is the low part of the free block it is cut from.\n"
    "What is left of the free block stays free, and stays where it is.\n"
    "A request is served by the first free block that is large enough,\n"
    "and is refused if there is none, however many bytes are free.\n";

/// A text with more different words than the pool has room for.
std::string many_words() {
  std::string text;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) text += std::string("word") + a + b + ' ';
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  //! [open]
  pool_options options{};
  options.name = "request";
  options.log = argc > 1 ? argv[1] : nullptr;
  mempool::pool pool(8192, options);
  //! [open]
  std::printf("straight in the pool:\n");
  serve(pool, rules, false, "indexed");
  std::printf("through a monotonic_buffer_resource:\n");
  serve(pool, rules, true, "indexed, in few blocks");
  std::printf("a large text:\n");
  serve(pool, many_words(), false, "never said");
  std::printf("the next request:\n");
  serve(pool, "small is small", false, "indexed again");
  std::printf("live at the end: %d blocks\n", static_cast<int>(pool.stats().live_blocks));
}
