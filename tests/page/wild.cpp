// Wild: the calls, drawn one by one. See wild.hpp.
#include "wild.hpp"

#include <mempool.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace mempool::page {

namespace {

class Program {
 public:
  Program(u64 seed, std::string path) : random_(seed), path_(std::move(path)) {}

  void run() {
    pool_options options{};
    options.struct_size = sizeof options;
    options.align = u64{1} << below(6);
    options.policy = static_cast<pool_policy>(1 + below(5));
    options.errors = POOL_ERRORS_QUIET;
    options.guards = below(2) == 0 ? 0 : 1 + below(20);
    options.fill = below(3) == 0 ? POOL_ON : POOL_OFF;
    options.poison = below(3) == 0 ? POOL_ON : POOL_OFF;
    options.quarantine = below(3) == 0 ? 64 + below(200) : 0;
    options.capture = below(4) == 0 ? POOL_ON : POOL_OFF;
    options.check = below(5) == 0 ? POOL_CHECK_EVERY : POOL_CHECK_FREE;
    options.name = below(2) == 0 ? "wild \"pool\"" : nullptr;
    const bool late = below(3) == 0;
    options.log = late ? nullptr : path_.c_str();
    pool_ = pool_create_with(512 + below(2048), &options);
    if (pool_ == nullptr) std::abort();
    const u64 calls = 20 + below(60);
    for (u64 i = 0; i < calls; ++i) {
      if (late && i == 10) pool_log_open(pool_, path_.c_str());
      call();
    }
    pool_destroy(pool_);
  }

 private:
  u64 below(u64 count) { return random_() % count; }

  void keep(void* pointer, u64 size) {
    if (pointer != nullptr) pointers_.push_back({static_cast<char*>(pointer), size});
  }

  struct Piece {
    char* at;
    u64 size;
  };
  Piece* some() { return pointers_.empty() ? nullptr : &pointers_[below(pointers_.size())]; }

  void call() {
    const u64 size = below(120);
    switch (below(20)) {
      case 0: return keep(pool_aligned_alloc(pool_, u64{1} << below(9), size), size);
      case 1: return keep(pool_calloc(pool_, 1 + below(4), below(20)), 0);
      case 2: return keep(POOL_ALLOC(pool_, size), size);
      case 3: return pool_enable_guards(pool_, below(30));
      case 4: return static_cast<void>(pool_disable_guards(pool_));
      case 5:
        if (below(4) == 0) pool_reset(pool_);
        return;
      case 6: return static_cast<void>(pool_note(pool_, below(2) == 0 ? "a note" : ""));
      case 7: return static_cast<void>(pool_check(pool_, nullptr, nullptr));
      case 8: return wrong_free();
      case 9: return realloc(size + 1);
      case 10: return write();
      case 11: return pool_dump(pool_);
      case 12:
      case 13:
      case 14:
      case 15: return keep(pool_alloc(pool_, size), size);
      default: return free();
    }
  }

  void free() {
    if (const Piece* piece = some()) pool_free(pool_, piece->at);
  }

  void wrong_free() {
    char elsewhere = 0;
    const Piece* piece = some();
    pool_free(pool_, piece == nullptr || below(3) == 0 ? &elsewhere : piece->at + 1 + below(40));
    pool_enable_guards(pool_, 5000);
  }

  void realloc(u64 size) {
    Piece* piece = some();
    if (piece == nullptr) return;
    if (void* moved = pool_realloc(pool_, piece->at, size))
      *piece = {static_cast<char*>(moved), size};
  }

  /// Also where nobody should: just behind a block that may be gone.
  void write() {
    if (const Piece* piece = some()) piece->at[below(piece->size + 2)] = 'w';
  }

  std::mt19937_64 random_;
  std::string path_;
  MemoryPool* pool_ = nullptr;
  std::vector<Piece> pointers_;
};

}  // namespace

std::string wild_log(u64 seed) {
  char path[] = "/tmp/mempool-wild-XXXXXX.jsonl";
  const int file = ::mkstemps(path, 6);
  if (file < 0) std::abort();
  Program(seed, path).run();
  std::ifstream log(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(log), {}};
  std::remove(path);
  return text;
}

}  // namespace mempool::page
