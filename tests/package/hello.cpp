// A program of somebody else in C++, through mempool.hpp: a container in a pool. What it
// says is tested in each way to build it.
#include <cstdio>
#include <memory_resource>
#include <mempool.hpp>
#include <string>

int main() {
  mempool::pool pool(1000);
  mempool::resource resource(pool);
  const std::pmr::string words("hello from C++, from a string that is too long for itself",
                               &resource);
  std::printf("%s, with Mempool %s\n", words.c_str(), pool_version());
}
