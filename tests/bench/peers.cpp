// The table of peers, and the memory that those in a fixed region work in. What
// each of them is stands in the files that add them.
#include <sys/mman.h>

#include "bench/peer.hpp"
#include "bench/peer_list.hpp"

namespace mempool::bench {

namespace {

std::vector<Peer>& table() {
  static std::vector<Peer> rows = [] {
    std::vector<Peer> all;
    add_mempool(all);
    add_boost(all);
    add_tbb(all);
    add_pmr(all);
    add_malloc(all);
    return all;
  }();
  return rows;
}

}  // namespace

const std::vector<Peer>& peers() {
  return table();
}

void add_other(const std::string& library) {
  Peer other = *find_peer("first");
  other.name = "other";
  other.what = "Mempool, first fit, in the library of --beside";
  other.preload = library;
  table().insert(table().begin() + 1, other);
}

const Peer* find_peer(std::string_view name) {
  for (const Peer& peer : peers())
    if (name == peer.name) return &peer;
  return nullptr;
}

bool Region::map(u64 size) {
  unmap();
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  data_ = memory;
  size_ = size;
  return true;
}

void Region::unmap() {
  if (data_ != nullptr) munmap(data_, size_);
  data_ = nullptr;
}

}  // namespace mempool::bench
