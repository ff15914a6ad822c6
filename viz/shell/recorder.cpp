// The session, the preload, the wait: see recorder.hpp.
#include "shell/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "base/little.hpp"
#include "record/format.h"
#include "record/session.h"
#include "shell/process.hpp"
#include "shell/scratch.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

constexpr const char* library_name = "libmempool-record.so";

/// The session file, mapped; see record/session.h.
class Session {
 public:
  static Result<Session> make(const std::string& path, const RecordWish& wish) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int full = file < 0 ? errno : ::posix_fallocate(file, 0, sizeof(record_session));
    void* base = full != 0 ? MAP_FAILED
                           : ::mmap(nullptr, sizeof(record_session), PROT_READ | PROT_WRITE,
                                    MAP_SHARED, file, 0);
    const int error = full != 0 ? full : errno;
    if (file >= 0) ::close(file);
    if (base == MAP_FAILED)
      return failure(fmt::format("no temporary file: {}", std::strerror(error)));
    Session session(static_cast<record_session*>(base));
    session->magic = RECORD_SESSION_MAGIC;
    session->max_events = wish.max_calls;
    session->children = wish.children ? 1 : 0;
    session->depth = wish.depth;
    wish.file.copy(session->file, sizeof session->file - 1);
    return session;
  }
  Session(Session&& other) noexcept : base_(std::exchange(other.base_, nullptr)) {}
  Session& operator=(Session&&) = delete;
  ~Session() {
    if (base_ != nullptr) ::munmap(base_, sizeof(record_session));
  }
  record_session* operator->() const { return base_; }

 private:
  explicit Session(record_session* base) : base_(base) {}
  record_session* base_;
};

std::string name_of(const Session& session, u32 pid, u32 image) {
  char name[record_session_path];
  record_name(name, sizeof name, session->file, pid, pid == session->root ? 1 : 0, image);
  return name;
}

/// Signals of the terminal are the program's; others are passed on to it.
class SignalsAside {
 public:
  SignalsAside() {
    for (const int signal : ignored) set(signal, SIG_IGN);
    for (const int signal : passed_on) set(signal, pass_on);
  }
  ~SignalsAside() { restore(); }
  SignalsAside(const SignalsAside&) = delete;
  SignalsAside& operator=(const SignalsAside&) = delete;

  void restore() const {
    for (const auto& [signal, action] : before_) ::sigaction(signal, &action, nullptr);
  }
  static void set_child(pid_t pid) { child = pid; }

 private:
  static constexpr int ignored[] = {SIGINT, SIGQUIT}, passed_on[] = {SIGTERM, SIGHUP};
  static inline volatile pid_t child = 0;

  static void pass_on(int signal) {
    if (child > 0) ::kill(child, signal);
  }
  void set(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, &before_[signal]);
  }
  std::map<int, struct sigaction> before_;
};

/// In the child: becomes the program, or tells why not.
[[noreturn]] void become(const RecordWish& wish, const std::string& library,
                         const std::string& session_path, const Session& session,
                         const SignalsAside& signals, int tell) {
  signals.restore();
  restore_signals();
  session->root = static_cast<u32>(::getpid());
  const char* earlier = std::getenv("LD_PRELOAD");
  const bool any = earlier != nullptr && *earlier != '\0';
  ::setenv("LD_PRELOAD", (any ? library + ":" + earlier : library).c_str(), 1);
  ::setenv("MEMPOOL_RECORD_SESSION", session_path.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : wish.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  const int error = errno;
  static_cast<void>(!::write(tell, &error, sizeof error));
  ::_exit(127);
}

Result<void> run(const RecordWish& wish, const std::string& library, const std::string& path,
                 const Session& session, RecordRun& made) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return failure(fmt::format("no pipe: {}", std::strerror(errno)));
  const SignalsAside signals;
  const pid_t child = ::fork();
  if (child == 0) become(wish, library, path, session, signals, ends[1]);
  SignalsAside::set_child(child);
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return failure(fmt::format("no process: {}", std::strerror(errno)));
  }
  ssize_t got = 0;
  do got = ::read(ends[0], &made.start_error, sizeof made.start_error);
  while (got < 0 && errno == EINTR);
  ::close(ends[0]);
  while (::waitpid(child, &made.status, 0) < 0)
    if (errno != EINTR)
      return failure(fmt::format("{} is lost: {}", wish.command[0], std::strerror(errno)));
  SignalsAside::set_child(0);
  return {};
}

/// Cuts off what was only room to grow, if nobody can be writing there any more.
void trim(const std::string& file, u32 pid) {
  if (::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH) return;
  const int opened = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  u8 header[recording_header_bytes];
  struct stat facts {};
  if (opened >= 0 && ::fstat(opened, &facts) == 0 &&
      ::pread(opened, header, sizeof header, 0) == static_cast<ssize_t>(sizeof header)) {
    const u64 size = static_cast<u64>(facts.st_size);
    const u64 used =
        recording_header_bytes + load_little<u64>(header + 128) * recording_record_bytes;
    if (used < size) static_cast<void>(!::ftruncate(opened, static_cast<off_t>(used)));
  }
  if (opened >= 0) ::close(opened);
}

/// The images of one process, as they came: a fork that led to a program has left nothing.
void collect_process(const Session& session, u32 pid, const std::vector<record_entry>& entries,
                     RecordRun& made) {
  const bool is_root = pid == session->root;
  u32 programs = 0;
  bool started = false;
  for (const record_entry& entry : entries) {
    if (entry.outcome == RECORD_FAILED)
      made.images.push_back({name_of(session, pid, 0), is_root, static_cast<int>(entry.error)});
    if (entry.outcome != RECORD_STARTED) continue;
    if (started && entry.forked == 0 && programs != 0)
      made.images.push_back({name_of(session, pid, programs), is_root, 0});
    programs += entry.forked == 0 ? 1 : 0;
    started = true;
  }
  if (started) made.images.push_back({name_of(session, pid, 0), is_root, 0});
  if (started) trim(made.images.back().file, pid);
}

void collect(const Session& session, RecordRun& made) {
  std::map<u32, std::vector<record_entry>> processes;
  std::set<u32> skipped;
  const u32 count = std::min<u32>(session->count, record_session_most);
  for (u32 i = 0; i < count; ++i) {
    const record_entry& entry = session->entries[i];
    if (entry.outcome == RECORD_SKIPPED) skipped.insert(entry.pid);
    if (entry.outcome != 0) processes[entry.pid].push_back(entry);
  }
  made.skipped = skipped.size();
  made.untold = session->count - count;
  for (const auto& [pid, entries] : processes) collect_process(session, pid, entries, made);
  const std::string main = name_of(session, session->root, 0);
  std::error_code failed;
  for (RecordedImage& image : made.images) {
    const auto bytes = std::filesystem::file_size(image.file, failed);
    image.bytes = failed ? 0 : bytes;
  }
  std::ranges::stable_sort(made.images, {}, [&](const RecordedImage& image) {
    const int rank = image.file == main ? 0 : image.of_root ? 1 : 2;
    return std::pair(rank, rank < 2 ? 0 : ~image.bytes);
  });
}

/// Whether an earlier recording has the name: it gives way to the new one once there is one, for
/// the program may not even start. Fails where anything else has it, or nothing can be written
/// there.
Result<bool> has_earlier(const std::string& file) {
  const auto unwritable = [&file] {
    return failure(fmt::format("{}: cannot be written: {}; -o FILE names another", file,
                               std::strerror(errno)));
  };
  struct stat facts {};
  if (::lstat(file.c_str(), &facts) == 0) {
    char begin[8] = {};
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool ours = opened >= 0 && ::read(opened, begin, sizeof begin) == sizeof begin &&
                      std::memcmp(begin, RECORDING_MAGIC, sizeof begin) == 0;
    if (opened >= 0) ::close(opened);
    if (!S_ISREG(facts.st_mode) || (!ours && facts.st_size != 0))
      return failure(fmt::format("{}: is there, and is no recording: give another -o FILE", file));
    const std::string folder = std::filesystem::path(file).parent_path();
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return unwritable();
    return true;
  }
  const int tried = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (tried < 0) return unwritable();
  ::close(tried);
  ::unlink(file.c_str());
  return false;
}

}  // namespace

Result<std::string> find_recorder() {
  const char* named = std::getenv("MEMPOOL_RECORDER");
  if (named != nullptr && *named != '\0') {
    std::error_code failed;
    if (::access(named, R_OK) == 0) return std::filesystem::absolute(named, failed).string();
    return failure(fmt::format("MEMPOOL_RECORDER names '{}', which cannot be read", named));
  }
  std::error_code failed;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  std::vector<std::string> tried;
  for (const char* folder : {MEMPOOL_VIZ_LIBDIR, "../src/record"}) {
    const auto candidate = (own / folder / library_name).lexically_normal();
    if (::access(candidate.c_str(), R_OK) == 0) return candidate.string();
    tried.push_back(candidate.string());
  }
  return failure(fmt::format("{} is not installed: it is neither {}; MEMPOOL_RECORDER may name it",
                             library_name, fmt::join(tried, " nor ")));
}

Result<RecordRun> record_program(const RecordWish& wish) {
  Result<std::string> library = find_recorder();
  if (!library) return tl::make_unexpected(library.error());
  if (wish.file.size() >= record_session_path - 64) return failure("the name of FILE is too long");
  const bool has_pid = wish.file.find("%p") != std::string::npos;
  const Result<bool> replaces = has_pid ? Result<bool>(false) : has_earlier(wish.file);
  if (!replaces) return tl::make_unexpected(replaces.error());
  const Result<Scratch> scratch = Scratch::make();
  if (!scratch) return tl::make_unexpected(scratch.error());
  if (library->find_first_of(" :$") != std::string::npos) {  // of a name in LD_PRELOAD, or a word
    const std::string link = scratch->file(library_name);
    if (::symlink(library->c_str(), link.c_str()) != 0)
      return failure(fmt::format("{}: {}", link, std::strerror(errno)));
    library = link;
  }
  const std::string path = scratch->file("session");
  const Result<Session> session = Session::make(path, wish);
  if (!session) return tl::make_unexpected(session.error());
  (*session)->replaces = *replaces ? 1 : 0;
  RecordRun made;
  if (const Result<void> ran = run(wish, *library, path, *session, made); !ran)
    return tl::make_unexpected(ran.error());
  collect(*session, made);
  return made;
}

int end_by_signal(int signal) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(signal, SIG_DFL);
  sigset_t it;
  sigemptyset(&it);
  sigaddset(&it, signal);
  ::sigprocmask(SIG_UNBLOCK, &it, nullptr);
  ::raise(signal);
  return 128 + signal;
}

}  // namespace mempool::viz
