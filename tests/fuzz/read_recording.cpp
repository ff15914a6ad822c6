// Fuzz target: the bytes as a recording, through all that is done with one before names are looked
// up: its header, its records, the calls made of them, and those made on a pool.
//
//     bytes --file--> read_recording --> operations --play--> a pool of bounded size
//
// Any bytes are legal. Whatever they are, there is an answer, in bounded time and memory.
#include <unistd.h>

#include <string>

#include "fuzz/target.hpp"
#include "support/safe_output.hpp"
#include "workload/player.hpp"
#include "workload/recording.hpp"

namespace mempool::tests {

namespace {

/// A file that holds the bytes, as long as it lives.
class Holding {
 public:
  explicit Holding(const std::uint8_t* data, std::size_t size) {
    const int file = ::mkstemp(path_.data());
    require(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size), "a file");
    ::close(file);
  }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/mempool-fuzz-XXXXXX";
};

void look_at(const viz::ProgramRecording& recording, std::size_t size) {
  const viz::Workload& workload = recording.workload;
  require(workload.operations.size() <= size / 16, "operations are bounded by the file's size");
  require(recording.stacks.size() <= viz::most_call_sites, "call sites can be numbered");
  for (const viz::Operation& operation : workload.operations) {
    require(operation.index < workload.allocations, "every operation is of an allocation");
    require(operation.site <= recording.stacks.size(), "every call site is there");
    require(operation.align_log2 <= 12, "every alignment can be asked for");
  }
  for (const std::string& remark : viz::remarks(recording))
    require_none("a remark", unsafe_in_text(remark));
}

/// Sites have no names here, and a pool of bounded size serves as well as a large one.
void make_calls(viz::Workload workload) {
  for (viz::Operation& operation : workload.operations) operation.site = 0;
  viz::PoolSetup setup;
  setup.capacity = 1 << 16;
  const auto outcome = viz::play(workload, setup, {}, nullptr);
  if (!outcome)
    return require_none("why it cannot be played", unsafe_in_text(outcome.error().what));
  require(outcome->misuse == 0, "blocks are freed and resized while they live");
}

}  // namespace

}  // namespace mempool::tests

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mempool;
  using namespace mempool::tests;
  const Holding file(data, size);
  auto recording = viz::read_recording(file.path(), nullptr);
  require(viz::is_recording(file.path()) || !recording, "only recordings are read");
  if (!recording) {
    require_none("why it is refused", unsafe_in_text(recording.error().what));
    return 0;
  }
  look_at(*recording, size);
  make_calls(std::move(recording->workload));
  return 0;
}
