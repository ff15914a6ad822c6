// Threads and processes: pools of one's own need no lock, a shared pool has one, the registry and
// shared logs are everybody's, and fork finds it all whole. Built twice, as it is and with
// ThreadSanitizer, which must find nothing. Prints TAP; a program by itself, so that no framework
// is instrumented.
#include <mempool.h>
#include <mempool/sink.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

int cases = 0;
bool good = true;

void expect(bool holds, const char* what) {
  if (holds) return;
  good = false;
  std::fprintf(stderr, "does not hold: %s\n", what);
}
#define EXPECT(condition) expect(condition, #condition)

template <class Case>
void run(const char* name, Case test) {
  good = true;
  test();
  std::printf("%s %d - %s\n", good ? "ok" : "not ok", ++cases, name);
  std::fflush(stdout);
}

pool_options quiet() {
  pool_options options{};
  options.struct_size = sizeof options;
  options.errors = POOL_ERRORS_QUIET;
  return options;
}

/// Random allocations and frees by one thread: its blocks keep what it writes into them. Notes read
/// the bytes of all blocks, so there are none where other threads write into theirs.
void churn(MemoryPool* pool, unsigned seed, int rounds, bool notes = true) {
  struct Block {
    unsigned char* p;
    size_t size;
  };
  std::vector<Block> blocks;
  unsigned random = seed;
  const auto next = [&] { return (random = random * 1664525u + 1013904223u) >> 8; };
  for (int i = 0; i < rounds; ++i) {
    if (blocks.size() < 50 && next() % 2 == 0) {
      const size_t size = 1 + next() % 100;
      if (auto* p = static_cast<unsigned char*>(pool_alloc(pool, size))) {
        std::memset(p, static_cast<int>(seed), size);
        blocks.push_back({p, size});
      }
    } else if (!blocks.empty()) {
      const Block block = blocks.back();
      blocks.pop_back();
      for (size_t j = 0; j < block.size; ++j)
        expect(block.p[j] == static_cast<unsigned char>(seed), "a block keeps its bytes");
      pool_free(pool, block.p);
    }
    if (i % 500 == 0) pool_free(pool, &random);  // foreign: the registry is asked
    if (notes && i % 700 == 0) pool_note(pool, "a note");
  }
  for (const Block& block : blocks) pool_free(pool, block.p);
}

template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([=] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

std::string temporary(const char* name) {
  const char* folder = std::getenv("TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/mempool-threads-" +
         std::to_string(getpid()) + "-" + name;
}

MemoryPool* shared_pool(const char* log = nullptr) {
  pool_options options = quiet();
  options.thread_safe = POOL_ON;
  options.guards = 8;
  options.poison = POOL_ON;
  options.quarantine = 1000;
  options.log = log;
  return pool_create_with(1 << 18, &options);
}

void own_pools() {
  in_threads(4, [](int i) {
    pool_options options = quiet();
    MemoryPool* pool = pool_create_with(1 << 16, &options);
    churn(pool, static_cast<unsigned>(i), 3000);
    EXPECT(pool_check(pool, nullptr, nullptr) == 0);
    pool_destroy(pool);
  });
}

void one_pool() {
  const std::string log = temporary("shared.jsonl");
  MemoryPool* pool = shared_pool(log.c_str());
  in_threads(4, [=](int i) { churn(pool, static_cast<unsigned>(i), 3000, false); });
  in_threads(4, [=](int) { EXPECT(pool_note(pool, "a note") == 0); });
  EXPECT(pool_check(pool, nullptr, nullptr) == 0);
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  pool_stats(pool, &stats);
  EXPECT(stats.live_blocks == 0);
  EXPECT(stats.allocs == stats.frees);
  pool_destroy(pool);
  unlink(log.c_str());
}

void pools_that_come_and_go() {
  const std::string log = temporary("pools.mplog");
  pool_options options = quiet();
  options.log = log.c_str();
  in_threads(4, [&](int i) {
    for (int round = 0; round < 20; ++round) {
      MemoryPool* pool = pool_create_with(4096, &options);
      churn(pool, static_cast<unsigned>(i), 100);
      pool_destroy(pool);
    }
  });
  unlink(log.c_str());
}

/// A child of a fork uses the pool that other threads are in, and its own, and says so.
int child_of_fork(MemoryPool* shared) {
  churn(shared, 77, 200);
  if (pool_check(shared, nullptr, nullptr) != 0) return 2;
  MemoryPool* own = pool_create(4096);
  churn(own, 78, 200);
  pool_destroy(own);
  return good ? 0 : 3;
}

void fork_with_threads() {
  MemoryPool* pool = shared_pool();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      while (!stop.load()) churn(pool, i, 100);
    });
  }
  for (int i = 0; i < 30; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // a lock that nobody can free any more
      _exit(child_of_fork(pool));
    }
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    if (status != 0)
      std::fprintf(stderr, "the child ended with status %x\n", static_cast<unsigned>(status));
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  EXPECT(pool_check(pool, nullptr, nullptr) == 0);
  pool_destroy(pool);
}

volatile std::sig_atomic_t signals = 0;

void signals_while_working() {
  struct sigaction action {};
  action.sa_handler = [](int) { signals = signals + 1; };
  sigaction(SIGALRM, &action, nullptr);  // no SA_RESTART: writes are interrupted
  const itimerval often{{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &often, nullptr);
  const std::string log = temporary("signals.jsonl");
  MemoryPool* pool = shared_pool(log.c_str());
  churn(pool, 5, 20000);
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  EXPECT(signals > 0);
  EXPECT(pool_check(pool, nullptr, nullptr) == 0);
  EXPECT(pool_log_close(pool) == 0);
  pool_destroy(pool);
  unlink(log.c_str());
}

/// In a child, as it spoils the process: reports and dumps with nowhere to go change nothing.
template <class Spoil>
void in_spoilt_child(Spoil spoil) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    spoil();
    pool_options options{};
    options.struct_size = sizeof options;
    options.guards = 8;
    MemoryPool* pool = pool_create_with(4096, &options);
    if (pool == nullptr) _exit(4);
    auto* p = static_cast<char*>(pool_alloc(pool, 10));
    p[10] = 'x';
    errno = 0;
    pool_free(pool, p);
    if (errno != EFAULT) _exit(5);
    pool_free(pool, p);
    if (errno != EINVAL) _exit(6);
    pool_dump(pool);
    churn(pool, 3, 500);
    if (pool_check(pool, nullptr, nullptr) != 0) _exit(7);
    pool_destroy(pool);
    _exit(good ? 0 : 8);
  }
  int status = 0;
  EXPECT(waitpid(child, &status, 0) == child);
  if (status != 0)
    std::fprintf(stderr, "the child ended with status %x\n", static_cast<unsigned>(status));
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void streams_are_gone() {
  in_spoilt_child([] {
    close(1);
    close(2);
  });
  in_spoilt_child([] { (void)!std::freopen("/dev/full", "w", stderr); });
  in_spoilt_child([] { close(0), close(1), close(2); });
}

void limits_are_reached() {
  const std::string log = temporary("limits.jsonl");
  in_spoilt_child([] {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const rlimit files{3, 3};
    setrlimit(RLIMIT_NOFILE, &files);
    setenv("MEMPOOL_LOG", "nowhere.jsonl", 1);
  });
  in_spoilt_child([&] {
    const rlimit small{2000, 2000};
    setrlimit(RLIMIT_FSIZE, &small);
    signal(SIGXFSZ, SIG_IGN);
    setenv("MEMPOOL_LOG", log.c_str(), 1);
  });
  unlink(log.c_str());
#ifndef MEMPOOL_SANITIZED  // a sanitizer takes more of the address space than there would be
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {  // a pool that cannot be had is refused, and the next, smaller one is there
    const rlimit memory{rlim_t{4} << 30, rlim_t{4} << 30};
    setrlimit(RLIMIT_AS, &memory);
    errno = 0;
    if (pool_create(size_t{8} << 30) != nullptr || errno != ENOMEM) _exit(2);
    MemoryPool* pool = pool_create(1 << 20);
    if (pool == nullptr || pool_alloc(pool, 1000) == nullptr) _exit(3);
    _exit(0);
  }
  int status = 0;
  EXPECT(waitpid(child, &status, 0) == child);
  if (status != 0)
    std::fprintf(stderr, "the child ended with status %x\n", static_cast<unsigned>(status));
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#endif
}

}  // namespace

/// A guard is damaged on purpose: in a sanitized build the pool is to see it.
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}

int main() {
  run("threads with pools of their own need no lock", own_pools);
  run("threads share a pool with a lock, its log and its quarantine", one_pool);
  run("pools of one log come and go in many threads", pools_that_come_and_go);
  run("a child of fork uses pools that other threads were in", fork_with_threads);
  run("signals interrupt nothing", signals_while_working);
  run("reports without stdout or stderr change nothing", streams_are_gone);
  run("limits on files, sizes and memory are survived", limits_are_reached);
  std::printf("1..%d\n", cases);
}
