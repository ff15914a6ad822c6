// Pool: coming and going, and the watchers that come and go meanwhile: log file, narration, the
// program's sink. The first events of a pool and its last are told here.
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "base/memory.hpp"
#include "event/table.hpp"
#include "pool/create.hpp"
#include "pool/pool.hpp"
#include "pool/registry.hpp"

namespace mempool {

using engine::Granule;

namespace {

/// Lays the engine out; over nullptr it only measures.
void lay_out(Carver& carver, engine::Engine& engine, const Settings& settings) {
  const auto granules = static_cast<Granule>(settings.capacity / settings.align);
  engine.layout(carver, granules, settings.policy,
                static_cast<u32>(std::countr_zero(settings.align)));
}

u64 metadata_size(const Settings& settings) {
  engine::Engine engine;
  Carver carver;
  lay_out(carver, engine, settings);
  return carver.used();
}

}  // namespace

MemoryPool* Pool::open(Settings&& settings, u8* buffer) {
  const u64 metadata_bytes = metadata_size(settings);
  const u64 capacity = settings.capacity;
  u8* region = buffer != nullptr ? buffer : static_cast<u8*>(map(capacity));
  void* metadata = region == nullptr ? nullptr : map(metadata_bytes);
  void* memory = metadata == nullptr ? nullptr : allocate(sizeof(MemoryPool));
  if (memory == nullptr) {
    unmap(metadata, metadata_bytes);
    if (buffer == nullptr) unmap(region, capacity);
    errno = ENOMEM;
    return nullptr;
  }
  auto* pool = new (memory)
      MemoryPool(std::move(settings), region, buffer == nullptr, metadata, metadata_bytes);
  if (pool->slab_.open(pool->settings_.records) &&
      pool->quarantine_.open(pool->settings_.quarantine, pool->settings_.align)) {
    return pool;
  }
  pool->release_all();
  errno = ENOMEM;
  return nullptr;
}

Pool::Pool(Settings&& settings, u8* region, bool owns_region, void* metadata, u64 metadata_bytes)
    : shift_(static_cast<u32>(std::countr_zero(settings.align))),
      region_(region),
      capacity_(settings.capacity),
      guard_(settings.guards),
      settings_(std::move(settings)),
      metadata_(metadata),
      metadata_bytes_(metadata_bytes),
      owns_region_(owns_region) {
  live_guards_ = guard_ != 0;
  Carver carver(metadata);
  lay_out(carver, engine_, settings_);
  engine_.reset();
  wipe(0, capacity_);
  tracker_.open(region_, capacity_, settings_.align);
  if (settings_.capture) capture_.open(region_, capacity_);
  if (settings_.thread_safe) gate_.make_thread_safe();
  watch_.pool = registry::add(*this);
  watch_.clock = settings_.clock;
}

Pool::~Pool() {
  registry::remove(*this);
}

/// The first events of a pool: who it is. Nothing of this can fail the creation.
void Pool::start_watching() {
  if (settings_.debug) watch_.narration.reset(new (std::nothrow) NarratingSink);
  if (settings_.ring != 0) {
    start_ring();
  } else if (!settings_.log.empty()) {
    const int error = attach_file(settings_.log.c_str(), settings_.log_from_environment);
    if (error != 0) warn_of_log(settings_.log.c_str(), error, "the pool goes unwatched");
  }
  set_extras();
  if (!watch_.active()) return;
  watch_.begin_call(0);
  pool_event event = event::make(POOL_EVENT_CREATE);
  event.as.create = {capacity_,
                     settings_.align,
                     settings_.policy,
                     guard_,
                     base(),
                     settings_.name.empty() ? nullptr : settings_.name.c_str(),
                     static_cast<u8>(settings_.fill),
                     static_cast<u8>(settings_.poison),
                     settings_.quarantine == 0 ? POOL_NONE : settings_.quarantine,
                     static_cast<u8>(settings_.capture),
                     nullptr};
  watch_.event(event);
  if (!settings_.recorded.empty()) {
    event = event::make(POOL_EVENT_RECORDED);
    event.as.recorded = {settings_.recorded.c_str()};
    watch_.event(event);
  }
  watch_.end_call();
}

u64 Pool::base() const {
  return settings_.hide_addresses ? 0 : reinterpret_cast<std::uintptr_t>(region_);
}

/// 0, or the errno.
int Pool::attach_file(const char* path, bool from_environment) {
  try {
    log_path_ = path;
    return open_sink({log::expand_path(path), settings_.max, from_environment}, settings_.flush,
                     watch_.file);
  } catch (...) {
    return ENOMEM;
  }
}

/// A sink on a file, which does not stay open without one. 0, or the errno. May throw bad_alloc.
int Pool::open_sink(log::Opening opening, u64 flush, std::unique_ptr<FileSink>& sink) const {
  log::File* file = log::open_file(std::move(opening));
  if (file == nullptr) return errno;
  try {
    sink = std::make_unique<FileSink>(file, watch_.pool, flush);
  } catch (...) {
    log::close_file(file, {});
    throw;
  }
  return 0;
}

void Pool::warn_of_log(const char* path, int error, const char* consequence) {
  std::fprintf(stderr, "mempool: warning: log '%s' cannot be written: %s; %s\n", path,
               std::strerror(error), consequence);
}

/// After a fork the log is the parent's. The child goes on in a file of its own if the path holds
/// `%p`, and unwatched if not.
void Pool::leave_parents_log() {
  const int kept = errno;
  watch_.file.reset();
  try {
    const std::string path = log_path_;
    if (path.find("%p") != path.npos && attach_file(path.c_str(), false) == 0) {
      watch_.begin_call(calls() + 1);
      count_call();
      tell_snapshot();
      watch_.end_call();
    }
  } catch (...) {  // no memory for a log: unwatched
  }
  set_extras();
  errno = kept;
}

int Pool::open_log(const char* path) {
  if (watch_.file) close_log();
  if (const int error = attach_file(path, false)) {
    set_extras();
    errno = error;
    return -1;
  }
  set_extras();
  watch_.begin_call(calls() + 1);  // with nothing before the snapshot, whatever is looked at else
  count_call();
  tell_snapshot();
  watch_.end_call();
  return 0;
}

int Pool::close_log() {
  std::unique_ptr<FileSink>& file = watch_.file ? watch_.file : recording_.file;
  if (!file) {
    errno = EINVAL;
    return -1;
  }
  const int error = file->finish();
  lost_events_ += file->dropped();
  file.reset();
  set_extras();
  if (error == 0) return 0;
  errno = error;
  return -1;
}

int Pool::set_sink(const pool_sink* sink) {
  if (sink != nullptr && (sink->struct_size < sizeof(pool_sink) || sink->event == nullptr)) {
    errno = EINVAL;
    return -1;
  }
  watch_.function = sink == nullptr ? nullptr : std::make_unique<FunctionSink>(*sink);
  set_extras();
  return 0;
}

void Pool::tell_snapshot() {
  tell_blocks({}, guard_, next_number_, [this](pool_event& event) { watch_.event(event); });
}

/// The block that starts at an offset, now or as the past has it.
explain::Past::Piece Pool::piece_at(u64 offset, const explain::Past& past) const {
  if (const explain::Past::Piece* piece = past.at(offset)) return *piece;
  const Granule at = granule_at(offset);
  using State = explain::Past::State;
  if (!engine_.is_free_start(at)) {
    const engine::Record& record = record_of(at);
    return {layout(at, record), record.quarantined ? State::quarantined : State::live};
  }
  explain::Past::Piece free{};
  free.block.offset = offset;
  free.block.size = bytes(engine_.size_at(at));
  return free;
}

/// A snapshot and its blocks: the pool as it was, which is as it is if nothing has been undone.
void Pool::tell_blocks(const explain::Past& past, u64 guards, u64 next_number,
                       const std::function<void(pool_event&)>& tell) const {
  u64 blocks = 0;
  for (u64 offset = 0; offset != capacity_; offset += piece_at(offset, past).block.size) ++blocks;
  pool_event event = event::make(POOL_EVENT_SNAPSHOT);
  event.as.snapshot = {capacity_,
                       settings_.align,
                       settings_.policy,
                       guards,
                       base(),
                       settings_.name.empty() ? nullptr : settings_.name.c_str(),
                       static_cast<u8>(settings_.fill),
                       next_number,
                       blocks,
                       static_cast<u8>(settings_.poison),
                       settings_.quarantine == 0 ? POOL_NONE : settings_.quarantine,
                       static_cast<u8>(settings_.capture)};
  tell(event);
  for (u64 offset = 0; offset != capacity_;) {
    const auto [block, state] = piece_at(offset, past);
    pool_event row = event::make(POOL_EVENT_BLOCK);
    row.as.block.offset = offset;
    row.as.block.size = block.size;
    if (state != explain::Past::State::free) {
      row.as.block = {block.number,
                      block.offset,
                      block.size,
                      block.payload,
                      block.requested,
                      block.guard,
                      static_cast<u8>(state == explain::Past::State::quarantined)};
    }
    tell(row);
    offset += block.size;
  }
}

void Pool::destroy() {
  begin_call();
  check_everything_left();
  if (watch_.active()) {
    each_live([&](Granule start, const engine::Record& record) {
      const explain::Layout block = layout(start, record);
      pool_event event = event::make(POOL_EVENT_LEAK);
      event.as.leak = {block.number, block.offset, block.requested};
      watch_.event(event);
    });
    pool_event event = event::make(POOL_EVENT_DESTROY);
    event.as.destroy = {live_blocks_, live_bytes_};
    watch_.event(event);
    watch_.end_call();
  }
  if (live_blocks_ != 0) report_leaks();
  release_all();
}

void Pool::release_all() {
  tracker_.close();
  auto* handle = static_cast<MemoryPool*>(this);
  u8* region = region_;
  const u64 capacity = capacity_;
  const bool owns_region = owns_region_;
  void* metadata = metadata_;
  const u64 metadata_bytes = metadata_bytes_;
  const u32 errors = settings_.errors;
  handle->~MemoryPool();
  registry::bury(handle, errors);
  unmap(metadata, metadata_bytes);
  if (owns_region) unmap(region, capacity);
}

namespace {

/// The aligned part of a caller's buffer: its first byte, and settings.capacity. EINVAL if there
/// is no whole granule in it.
int fit_into(void* buffer, u64 size, Settings& settings, u8*& region) {
  const auto address = reinterpret_cast<std::uintptr_t>(buffer);
  const u64 before = round_up(address, settings.align) - address;
  if (size < before || round_down(size - before, settings.align) == 0) return EINVAL;
  region = static_cast<u8*>(buffer) + before;
  settings.capacity = round_down(size - before, settings.align);
  return 0;
}

}  // namespace

MemoryPool* create_pool(const Creation& wanted) noexcept {
  try {
    Settings settings;
    settings.hide_addresses = wanted.hide_addresses;
    if (wanted.recorded != nullptr) settings.recorded = wanted.recorded;
    u8* region = nullptr;
    int error = settle(wanted.size, wanted.options, wanted.use_environment, settings);
    if (error == 0 && wanted.buffer != nullptr)
      error = fit_into(wanted.buffer, wanted.size, settings, region);
    if (error != 0) {
      errno = error;
      return nullptr;
    }
    const int kept = errno;
    MemoryPool* pool = Pool::open(std::move(settings), region);
    if (pool == nullptr) return nullptr;
    pool->start_watching();
    errno = kept;
    return pool;
  } catch (...) {  // no memory for a name or a path
    errno = ENOMEM;
    return nullptr;
  }
}

}  // namespace mempool
