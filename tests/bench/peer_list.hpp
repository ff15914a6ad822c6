// The files that define peers, each with the function that adds its rows to the table.
//
// An allocator that was not there when this was built has its row too, without a maker: it is
// named as absent.
#pragma once

#include <vector>

#include "bench/peer.hpp"

namespace mempool::bench {

void add_mempool(std::vector<Peer>& peers);
void add_boost(std::vector<Peer>& peers);
void add_tbb(std::vector<Peer>& peers);
void add_pmr(std::vector<Peer>& peers);
void add_malloc(std::vector<Peer>& peers);

}  // namespace mempool::bench
