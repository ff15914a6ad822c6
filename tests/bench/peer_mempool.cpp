// Mempool as a peer: each policy, guarded, logged. Linked as a program links it: the shared
// library, through the C API alone.
#include <mempool.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "bench/loop.hpp"
#include "bench/peer_list.hpp"

namespace mempool::bench {

namespace {

enum class Log { none, binary, text };

template <int Policy, size_t Guards = 0, Log Kind = Log::none>
class MempoolPeer {
 public:
  ~MempoolPeer() { close(); }

  std::string open(u64 region) {
    pool_options options{};
    options.struct_size = sizeof options;
    options.policy = Policy;
    options.guards = Guards;
    options.errors = POOL_ERRORS_QUIET;
    options.flush = Kind == Log::none ? 0 : 64 * 1024;
    pool_ = pool_create_with(region, &options);
    if (pool_ == nullptr) return std::string("pool_create_with(): ") + std::strerror(errno);
    if (Kind != Log::none && !open_log()) return path_ + ": " + std::strerror(errno);
    if (Kind == Log::binary && !is_binary()) return "this library writes no .mplog";
    return {};
  }
  /// Blocks may be live after a round that was broken off; a reset keeps them from being leaks.
  void close() {
    if (pool_ != nullptr) {
      if (Kind != Log::none) pool_log_close(pool_);
      pool_reset(pool_);
      pool_destroy(pool_);
    }
    if (!path_.empty()) unlink(path_.c_str());
    pool_ = nullptr;
  }
  void renew() {
    if (Kind != Log::none) open_log();
  }
  void* alloc(u32 size) { return pool_alloc(pool_, size); }
  void free(void* block, u32) { pool_free(pool_, block); }
  void* realloc(void* block, u32, u32 size) { return pool_realloc(pool_, block, size); }
  [[nodiscard]] u64 metadata() const {
    pool_statistics facts{};
    facts.struct_size = sizeof facts;
    return pool_stats(pool_, &facts) == 0 ? facts.metadata_bytes : 0;
  }

 private:
  /// A fresh log each time: it replaces the one before, so that it does not fill the disk.
  bool open_log() {
    if (path_.empty()) {
      const char* folder = std::getenv("TMPDIR");
      path_ = std::string(folder != nullptr ? folder : "/tmp") + "/mempool-bench-" +
              std::to_string(getpid()) + (Kind == Log::binary ? ".mplog" : ".jsonl");
    }
    return pool_log_open(pool_, path_.c_str()) == 0;
  }

  /// A log of text begins with a brace.
  bool is_binary() {
    pool_log_close(pool_);
    std::ifstream log(path_, std::ios::binary);
    return log.get() != '{' && open_log();
  }

  MemoryPool* pool_ = nullptr;
  std::string path_;
};

}  // namespace

void add_mempool(std::vector<Peer>& peers) {
  peers.push_back({"first", "Mempool, first fit (the default)", "", true, false,
                   make_loop<MempoolPeer<POOL_FIRST>>});
  peers.push_back(
      {"next", "Mempool, next fit", "", true, false, make_loop<MempoolPeer<POOL_NEXT>>});
  peers.push_back(
      {"best", "Mempool, best fit", "", true, false, make_loop<MempoolPeer<POOL_BEST>>});
  peers.push_back(
      {"worst", "Mempool, worst fit", "", true, false, make_loop<MempoolPeer<POOL_WORST>>});
  peers.push_back(
      {"good", "Mempool, good fit", "", true, false, make_loop<MempoolPeer<POOL_GOOD>>});
  peers.push_back({"guarded", "Mempool, first fit, guards of 16 bytes", "", true, false,
                   make_loop<MempoolPeer<POOL_FIRST, 16>>});
  peers.push_back({"mplog", "Mempool, first fit, logging to an .mplog", "", false, true,
                   make_loop<MempoolPeer<POOL_FIRST, 0, Log::binary>>});
  peers.push_back({"jsonl", "Mempool, first fit, logging to a .jsonl with flush=64k", "", false,
                   true, make_loop<MempoolPeer<POOL_FIRST, 0, Log::text>>});
}

}  // namespace mempool::bench
