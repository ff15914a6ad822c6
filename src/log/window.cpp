// Window: see window.hpp.
#include "log/window.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>

namespace mempool::log {

namespace {

// A window is as large as the log so far, so that a small log takes little and a large one moves
// its window seldom, and gets large pages where the file system has them.
constexpr u64 smallest_window = u64{64} << 10, largest_window = u64{16} << 20;

}  // namespace

void Window::open(u64 size, u64 max) {
  close();
  allocated_ = size;
  max_ = max;
}

void Window::close() {
  if (base_ != nullptr) munmap(base_, end_ - begin_);
  base_ = nullptr;
  begin_ = end_ = 0;
}

int Window::store(int fd, u64 offset, std::string_view records) {
  while (!records.empty()) {
    if (offset >= end_)
      if (const int error = move(fd, offset, records.size())) return error;
    const std::string_view part = records.substr(0, end_ - offset);
    static_cast<void>(put(offset, part));
    offset += part.size();
    records.remove_prefix(part.size());
  }
  return 0;
}

/// Maps the file from the page of this offset on. `bytes` must fit; if there is no room for more,
/// that is enough.
int Window::move(int fd, u64 offset, u64 bytes) {
  close();
  const auto page = static_cast<u64>(sysconf(_SC_PAGESIZE));
  const u64 size = std::clamp(std::bit_ceil(offset), smallest_window, largest_window);
  const u64 begin = round_down(offset, page);
  const u64 needed = offset + bytes;
  const u64 end = std::max(begin + size, needed);
  const u64 most = max_ == 0 ? u64_max : std::max(needed, round_down(max_, record::size));
  if (allocate(fd, std::min(end + size, most)) != 0)
    if (const int error = allocate(fd, needed)) return error;
  const u64 mapped_end = std::min(end, allocated_);
  void* mapped = mmap(nullptr, mapped_end - begin, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                      static_cast<off_t>(begin));
  if (mapped == MAP_FAILED) return errno;
  base_ = static_cast<u8*>(mapped);
  begin_ = begin;
  end_ = mapped_end;
  return 0;
}

/// Gives the file blocks up to this end. The process's limit is asked first: going over it would
/// raise a signal that kills.
int Window::allocate(int fd, u64 end) {
  if (end <= allocated_) return 0;
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < end) return EFBIG;
  int error = 0;
  do {
    error =
        posix_fallocate(fd, static_cast<off_t>(allocated_), static_cast<off_t>(end - allocated_));
  } while (error == EINTR);
  if (error == 0) allocated_ = end;
  return error;
}

}  // namespace mempool::log
