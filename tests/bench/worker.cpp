// Worker, both sides: see worker.hpp.
#include "bench/worker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/clock.hpp"

namespace mempool::bench {

namespace {

bool write_all(int file, const void* data, std::size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all(int file, void* data, std::size_t size) {
  char* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::read(file, bytes, size);
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

void set_reason(Reply& reply, const std::string& text) {
  std::strncpy(reply.reason.data(), text.c_str(), reply.reason.size() - 1);
}

/// The program as the worker sees it: mapped, never changed.
Script map_program(const std::string& file) {
  const int descriptor = std::atoi(file.c_str());
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0) return {};
  void* memory = mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ,
                      MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
  if (memory == MAP_FAILED) return {};
  Script script;
  script.outline = *static_cast<const Outline*>(memory);
  script.ops = reinterpret_cast<const Op*>(static_cast<const char*>(memory) + sizeof(Outline));
  return script;
}

Reply answer(Runner& runner, const Script& script, const Request& request) {
  Reply reply;
  Ending& ending = reply.round.ending;
  switch (request.what) {
    case What::open: set_reason(reply, runner.open(request.region)); break;
    case What::close: runner.close(); break;
    case What::rehearse: ending = runner.rehearse(script); break;
    case What::run: reply.round = runner.run(script); break;
    case What::look_at_each: ending = runner.look_at_each(script, reply.spread); break;
    case What::fit: ending = runner.fit(script); break;
    case What::count: ending = runner.count(script); break;
  }
  const bool open = request.what != What::close && reply.reason[0] == '\0';
  if (open) reply.metadata = runner.metadata();
  return reply;
}

/// What a worker gets of the environment: nothing that could change an allocator's options.
std::vector<std::string> worker_environment(const Peer& peer, bool launched) {
  std::vector<std::string> environment{"LD_BIND_NOW=1"};  // no symbol is looked up while timed
  if (launched) environment.push_back("MEMPOOL_BENCH_PATIENT=1");
  for (const char* name : {"PATH", "TMPDIR", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);
  if (!peer.preload.empty()) environment.push_back("LD_PRELOAD=" + peer.preload);
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Where this program lies: callgrind, which runs it, has another idea of /proc/self/exe.
std::string own_path() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

}  // namespace

std::string reason_of(const Reply& reply) {
  if (reply.reason[0] != '\0') return reply.reason.data();
  switch (reply.round.ending) {
    case Ending::completed: return {};
    case Ending::no_room: return "no room in 8 x the peak";
    case Ending::too_slow: return "given up after 6 s";
    case Ending::spoilt: return "a block did not keep its bytes";
  }
  return "nothing is known";
}

int work(const std::string& name, const std::string& file) {
  const Peer* peer = find_peer(name == "other" ? "first" : name);
  const Script script = map_program(file);
  if (peer == nullptr || peer->make == nullptr || script.ops == nullptr) return 2;
  if (std::getenv("MEMPOOL_BENCH_PATIENT") != nullptr) Deadline::patience *= 60;
  const std::unique_ptr<Runner> runner = peer->make();
  for (Request request; read_all(STDIN_FILENO, &request, sizeof request);) {
    const Reply reply = answer(*runner, script, request);
    if (!write_all(STDOUT_FILENO, &reply, sizeof reply)) return 1;
  }
  return 0;
}

Worker::Worker(const Peer& peer, int program_file, std::vector<std::string> words) {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0) return;
  if (pipe2(from, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  std::vector<std::string> environment = worker_environment(peer, !words.empty());
  for (const std::string& word :
       {own_path(), std::string("--worker"), std::string(peer.name), std::to_string(program_file)})
    words.push_back(word);
  if (posix_spawnp(&process_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                   pointers(environment).data()) != 0)
    process_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  requests_ = to[1];
  replies_ = from[0];
}

Worker::~Worker() {
  if (requests_ >= 0) ::close(requests_);
  if (replies_ >= 0) ::close(replies_);
  if (process_ > 0) waitpid(process_, nullptr, 0);
}

Reply Worker::ask(Request request) {
  Reply reply;
  if (write_all(requests_, &request, sizeof request) && read_all(replies_, &reply, sizeof reply))
    return reply;
  reply = {};
  set_reason(reply, "its process ended early");
  return reply;
}

ProgramFile::ProgramFile(const Program& program) : file_(memfd_create("program", 0)) {
  if (file_ < 0) return;
  const bool written = write_all(file_, &program.outline, sizeof program.outline) &&
                       write_all(file_, program.ops.data(), program.ops.size() * sizeof(Op));
  if (written) return;
  ::close(file_);  // the workers will say that they have no program
  file_ = -1;
}

ProgramFile::~ProgramFile() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace mempool::bench
