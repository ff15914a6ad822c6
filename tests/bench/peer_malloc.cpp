// malloc as a peer: glibc's, and those that take its place. Each replaces malloc only in a worker
// of its own, through LD_PRELOAD, as its users would have it; the worker looks whose malloc it got.
#include <dlfcn.h>
#include <malloc.h>

#include <cstdlib>

#include "bench/loop.hpp"
#include "bench/peer_list.hpp"

namespace mempool::bench {

namespace {

enum class Whose { libc, mimalloc, jemalloc };

template <Whose Wanted>
class MallocPeer {
 public:
  std::string open(u64) {
    Dl_info found{};
    if (dladdr(reinterpret_cast<void*>(&std::malloc), &found) == 0) return "no malloc to be found";
    const std::string file = found.dli_fname;
    const bool other = Wanted != Whose::libc;
    const std::string wanted = Wanted == Whose::mimalloc ? "libmimalloc" : "libjemalloc";
    if (other && file.find(wanted) == file.npos) return "malloc is still that of " + file;
    if (!other && file.find("libc") == file.npos) return "malloc is that of " + file;
    if (!other) keep_memory();
    return {};
  }
  void close() {}
  void renew() {}
  void* alloc(u32 size) { return std::malloc(size); }
  void free(void* block, u32) { std::free(block); }
  void* realloc(void* block, u32, u32 size) { return std::realloc(block, size); }
  [[nodiscard]] u64 metadata() const { return 0; }

 private:
  /// A program that is carried out again and again empties its heap each time, and glibc would
  /// give the memory back to the system and fetch it again: page faults, which the peers in a
  /// region of their own do not pay.
  static void keep_memory() {
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that it takes
#endif
  }
};

/// No allocator at all: every block is the same. What the loop costs by itself.
class NoPeer {
 public:
  static constexpr bool has_no_blocks = true;
  std::string open(u64) { return {}; }
  void close() {}
  void renew() {}
  void* alloc(u32) { return &block_; }
  void free(void*, u32) {}
  void* realloc(void*, u32, u32) { return &block_; }
  [[nodiscard]] u64 metadata() const { return 0; }

 private:
  char block_ = 0;
};

template <Whose Wanted>
constexpr auto make_if(const char* library) {
  return *library == '\0' ? nullptr : make_loop<MallocPeer<Wanted>>;
}

}  // namespace

void add_malloc(std::vector<Peer>& peers) {
  constexpr const char* mimalloc = MEMPOOL_BENCH_MIMALLOC;
  constexpr const char* jemalloc = MEMPOOL_BENCH_JEMALLOC;
  peers.push_back(
      {"glibc", "malloc of the C library", "", false, false, make_loop<MallocPeer<Whose::libc>>});
  peers.push_back({"mimalloc", "mimalloc in place of malloc (thread-safe)", mimalloc, false, false,
                   make_if<Whose::mimalloc>(mimalloc)});
  peers.push_back({"jemalloc", "jemalloc in place of malloc (thread-safe)", jemalloc, false, false,
                   make_if<Whose::jemalloc>(jemalloc)});
  peers.push_back({"loop", "no allocator: what the timed loop costs by itself", "", false, false,
                   make_loop<NoPeer>});
}

}  // namespace mempool::bench
