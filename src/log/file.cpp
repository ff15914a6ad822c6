// File: opening, sharing, appending, stopping, ending.
#include "log/file.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "event/table.hpp"
#include "log/window.hpp"

namespace mempool::log {

u32 generation = 0;

struct File {
  std::string path;
  int fd = -1;  // -1: ended; kept in the table so that MEMPOOL_LOG can resume it
  int users = 0;
  u32 owner = 0;  // the generation of the process that opened it
  dev_t device = 0;
  ino_t inode = 0;
  bool regular = true;
  Encoding encoding = Encoding::jsonl;
  bool mapped = false;  // batches are stored through the window
  Window window;
  u64 max = 0;
  u64 limit = 0;     // most bytes of whole batches: max, or no limit; 0: nothing more is written
  u64 size = 0;      // bytes of whole batches, without `end`
  u64 ended_at = 0;  // size of the file with `end`
  u64 events = 0;
  u64 dropped = 0;
  int error = 0;      // errno of the first failure; the file has stopped
  bool full = false;  // stopped because `max` was reached, which is no failure
  std::mutex mutex;
};

namespace {

// Never destroyed: pools may log while the process's static objects are being destroyed.
struct Table {
  std::mutex mutex;
  std::vector<std::unique_ptr<File>> files;
};
Table& table() {
  static Table* const table = new Table;
  return *table;
}

/// write(2) of everything. A pipe whose reader is gone must not kill the program: SIGPIPE is held
/// back for the write and taken away if the write raised it.
int write_all(int fd, std::string_view bytes, bool regular) {
  sigset_t pipe_only, before, pending;
  bool was_pending = false;
  if (!regular) {
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  }
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (!regular) {
    const timespec now{0, 0};
    if (error == EPIPE && !was_pending) sigtimedwait(&pipe_only, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  return error;
}

/// Cuts the file to its whole batches: a torn one goes, and so does room that was not used.
void cut(File& file) {
  file.window.open(file.size, file.max);
  const bool done = file.regular && ftruncate(file.fd, static_cast<off_t>(file.size)) == 0;
  static_cast<void>(done);  // if not, the log ends in a torn event or in zeros: readers expect it
}

/// Where a file system does not give out space ahead, or maps nothing, records are written.
bool cannot_map(int error) {
  return error == EOPNOTSUPP || error == ENOSYS || error == ENODEV || error == EINVAL;
}

int put_by_system_call(File& file, std::string_view batch) {
  if (file.mapped) {
    const int error = file.window.store(file.fd, file.size, batch);
    if (!cannot_map(error)) return error;
    file.mapped = false;
    cut(file);
  }
  return write_all(file.fd, batch, file.regular);
}

/// Puts a batch behind the others. Returns 0 or an errno, and leaves errno alone.
int put(File& file, std::string_view batch) {
  const int kept = errno;
  const int error = put_by_system_call(file, batch);
  errno = kept;
  return error;
}

void stop(File& file, int error) {
  file.error = error;
  file.limit = 0;
  cut(file);
  std::fprintf(stderr, "mempool: warning: log '%s' stops here: %s; the program goes on unwatched\n",
               file.path.c_str(), std::strerror(error));
}

/// Counts what cannot be written: the file has stopped, or does so now, because it is full.
bool drop(File& file, u64 events) {
  if (std::exchange(file.limit, 0) != 0) file.full = true;
  file.dropped += events;
  return false;
}

File* shared_file(Table& files, const struct stat& status) {
  for (auto& file : files.files) {
    if (file->device == status.st_dev && file->inode == status.st_ino &&
        file->owner == generation) {
      return file.get();
    }
  }
  return nullptr;
}

/// The file is as this process left it: its `end` can be taken off again.
bool resumable(const File& file, const struct stat& status) {
  return file.fd == -1 && file.error == 0 && !file.full && file.regular &&
         static_cast<u64>(status.st_size) == file.ended_at;
}

/// Nobody else can be writing: no lock is needed. Where that cannot be known, it is not so.
bool single_threaded() {
#if __has_include(<sys/single_threaded.h>)
  return __libc_single_threaded != 0;
#else
  return false;
#endif
}

int refuse(int fd, int error) {
  close(fd);
  return error;
}

/// A place in the table; nullptr: no memory.
File* add_file() {
  try {
    return table().files.emplace_back(std::make_unique<File>()).get();
  } catch (...) {
    return nullptr;
  }
}

/// Puts an open descriptor into the table: locked, empty but for the header, or resumed.
int start(int fd, Opening& opening, const struct stat& status, File*& out) {
  const bool regular = S_ISREG(status.st_mode);
  if (regular && flock(fd, LOCK_EX | LOCK_NB) != 0) return refuse(fd, EBUSY);
  File* file = shared_file(table(), status);
  if (file != nullptr && opening.resume && resumable(*file, status)) {
    if (ftruncate(fd, static_cast<off_t>(file->size)) != 0) return refuse(fd, errno);
  } else {
    if (file == nullptr) file = add_file();
    if (file == nullptr) return refuse(fd, ENOMEM);
    file->regular = regular;
    file->device = status.st_dev;
    file->inode = status.st_ino;
    file->encoding = encoding_of(opening.path);
    file->size = file->events = file->dropped = 0;
    file->error = 0;
    file->full = false;
    if (file->regular && ftruncate(fd, 0) != 0) return refuse(fd, errno);
  }
  file->path = std::move(opening.path);
  file->mapped = file->regular && file->encoding == Encoding::mplog;
  file->owner = generation;
  file->fd = fd;
  file->max = opening.max;
  file->limit = opening.max == 0 ? u64_max : opening.max;
  file->users = 1;
  if (file->size == 0) {
    char room[most_bytes_without_data];
    const char* const end = write_header(file->encoding, room);
    const std::string_view header(room, static_cast<std::size_t>(end - room));
    if (const int error = write_all(fd, header, file->regular)) {
      stop(*file, error);
    } else {
      file->size = header.size();
    }
  }
  file->window.open(file->size, file->max);
  out = file;
  return 0;
}

void write_end(File& file) {
  pool_event event = event::make(POOL_EVENT_END);
  event.as.end = {file.events, file.dropped};
  char room[most_bytes_without_data];  // no memory is needed to end well
  const char* const behind = event_writer(file.encoding)(event, room);
  const std::string_view end(room, static_cast<std::size_t>(behind - room));
  if (file.mapped) cut(file);
  if (write_all(file.fd, end, file.regular) == 0)
    file.ended_at = file.size + end.size();
  else
    cut(file);
}

// Locks the table over fork, so that the child finds it whole; then the child knows its name.
void before_fork() {
  table().mutex.lock();
}
void after_fork_in_parent() {
  table().mutex.unlock();
}
void after_fork_in_child() {
  ++generation;
  table().mutex.unlock();
}
const int fork_handlers = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);

}  // namespace

File* open_file(Opening opening) {
  static_cast<void>(fork_handlers);
  const std::lock_guard lock(table().mutex);
  struct stat status {};
  const bool exists = stat(opening.path.c_str(), &status) == 0;
  if (exists) {
    File* file = shared_file(table(), status);
    if (file != nullptr && file->fd != -1) {
      if (opening.alone) {
        errno = EBUSY;
        return nullptr;
      }
      ++file->users;
      return file;
    }
  }
  // Not truncated before it is locked: it may be another process's log. What is to be mapped must
  // be readable, too; a pipe must not be: we would be the reader that it waits for.
  const bool to_map =
      encoding_of(opening.path) == Encoding::mplog && (!exists || S_ISREG(status.st_mode));
  const int fd =
      open(opening.path.c_str(),
           (to_map ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd < 0) return nullptr;
  File* file = nullptr;
  int error = fstat(fd, &status) == 0 ? 0 : refuse(fd, errno);
  if (error == 0) error = start(fd, opening, status, file);
  if (error != 0) errno = error;
  return file;
}

Encoding encoding(const File& file) {
  return file.encoding;
}

bool append(File& file, std::string_view batch, u64 events) {
  if (inherited(file)) return false;
  std::unique_lock lock(file.mutex, std::defer_lock);
  if (!single_threaded()) lock.lock();
  if (MEMPOOL_UNLIKELY(file.size + batch.size() > file.limit)) return drop(file, events);
  if (MEMPOOL_UNLIKELY(!file.window.put(file.size, batch))) {
    if (const int error = put(file, batch)) {
      stop(file, error);
      return drop(file, events);
    }
  }
  file.size += batch.size();
  file.events += events;
  return true;
}

int close_file(File* file, std::string_view last_words) {
  if (inherited(*file))
    return 0;  // the parent's: its mutex may be held by a thread that is not here
  const std::lock_guard table_lock(table().mutex);
  const std::lock_guard lock(file->mutex);
  if (file->fd != -1 && !last_words.empty()) {
    if (put(*file, last_words) == 0) {
      file->size += last_words.size();
      ++file->events;  // they are one, `dropped`
    } else {
      cut(*file);
    }
  }
  if (--file->users > 0) return file->error;
  if (file->fd != -1) {
    write_end(*file);
    if (close(file->fd) != 0 && file->error == 0) file->error = errno;
    file->fd = -1;
    file->limit = 0;
  }
  return file->error;
}

int error(File& file) {
  const std::lock_guard lock(file.mutex);
  return file.error;
}

bool inherited(const File& file) {
  return file.owner != generation;
}

std::string expand_path(std::string_view path) {
  std::string expanded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.substr(i, 2) == "%p") {
      expanded += std::to_string(getpid());
      ++i;
    } else {
      expanded += path[i];
    }
  }
  return expanded;
}

}  // namespace mempool::log
