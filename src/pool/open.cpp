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

/// Lays engine and slab out; over nullptr it only measures.
void lay_out(Carver& carver, engine::Engine& engine, engine::Slab& slab, const Settings& settings) {
  const auto granules = static_cast<Granule>(settings.capacity / settings.align);
  engine.layout(carver, granules);
  slab.layout(carver, engine.end(), settings.records);
}

u64 metadata_size(const Settings& settings) {
  engine::Engine engine;
  engine::Slab slab;
  Carver carver;
  lay_out(carver, engine, slab, settings);
  return carver.used();
}

}  // namespace

MemoryPool* Pool::open(Settings&& settings) {
  const u64 metadata_bytes = metadata_size(settings);
  const u64 capacity = settings.capacity;
  auto* region = static_cast<u8*>(map_region(capacity));
  void* metadata = region == nullptr ? nullptr : allocate_zeroed(metadata_bytes);
  void* memory = metadata == nullptr ? nullptr : allocate(sizeof(MemoryPool));
  if (memory == nullptr) {
    release(metadata);
    if (region != nullptr) unmap_region(region, capacity);
    errno = ENOMEM;
    return nullptr;
  }
  return new (memory) MemoryPool(std::move(settings), region, metadata, metadata_bytes);
}

Pool::Pool(Settings&& settings, u8* region, void* metadata, u64 metadata_bytes)
    : region_(region),
      shift_(static_cast<u32>(std::countr_zero(settings.align))),
      capacity_(settings.capacity),
      guard_(settings.guards),
      settings_(std::move(settings)),
      metadata_(metadata),
      metadata_bytes_(metadata_bytes) {
  front_ = front_of(guard_);
  live_guards_ = guard_ != 0;
  Carver carver(metadata);
  lay_out(carver, engine_, slab_, settings_);
  engine_.reset();
  if (settings_.thread_safe) gate_.make_thread_safe();
  watch_.pool = registry::add(*this);
  watch_.clock = settings_.clock;
}

Pool::~Pool() {
  registry::remove(*this);
}

/// The first events of a pool: who it is. Nothing of this can fail the creation.
void Pool::start_watching() {
  if (settings_.debug) watch_.narration = std::make_unique<NarratingSink>();
  if (!settings_.log.empty()) {
    const int error = attach_file(settings_.log.c_str(), settings_.log_from_environment);
    if (error != 0) {
      std::fprintf(stderr,
                   "mempool: warning: log '%s' cannot be written: %s; the pool goes unwatched\n",
                   settings_.log.c_str(), std::strerror(error));
    }
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
                     static_cast<u8>(settings_.fill)};
  watch_.event(event);
  watch_.end_call();
}

u64 Pool::base() const {
  return settings_.hide_addresses ? 0 : reinterpret_cast<std::uintptr_t>(region_);
}

/// 0, or the errno.
int Pool::attach_file(const char* path, bool from_environment) {
  log::File* file = log::open_file({log::expand_path(path), settings_.max, from_environment});
  if (file == nullptr) return errno;
  log_path_ = path;
  watch_.file = std::make_unique<FileSink>(file, settings_.flush);
  return 0;
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
  begin_call();
  count_call();
  tell_snapshot();
  watch_.end_call();
  return 0;
}

int Pool::close_log() {
  if (!watch_.file) {
    errno = EINVAL;
    return -1;
  }
  const int error = watch_.file->finish();
  lost_events_ += watch_.file->dropped();
  watch_.file.reset();
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
  u64 blocks = 0;
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) ++blocks;
  pool_event event = event::make(POOL_EVENT_SNAPSHOT);
  event.as.snapshot = {capacity_,
                       settings_.align,
                       settings_.policy,
                       guard_,
                       base(),
                       settings_.name.empty() ? nullptr : settings_.name.c_str(),
                       static_cast<u8>(settings_.fill),
                       next_number_,
                       blocks};
  watch_.event(event);
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    pool_event row = event::make(POOL_EVENT_BLOCK);
    row.as.block.offset = offset_at(at);
    row.as.block.size = bytes(engine_.size_at(at));
    if (!engine_.is_free_start(at)) {
      const engine::Record& record = slab_.find(at);
      const explain::Layout block = layout(at, record);
      row.as.block = {block.number,  block.offset,    block.size,
                      block.payload, block.requested, record.guard};
    }
    watch_.event(row);
  }
}

void Pool::destroy() {
  begin_call();
  each_live([&](Granule start, const engine::Record& record) {
    const explain::Layout block = layout(start, record);
    report_damage(block, check_guards(block, false));
  });
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

  auto* handle = static_cast<MemoryPool*>(this);
  u8* region = region_;
  const u64 capacity = capacity_;
  void* metadata = metadata_;
  handle->~MemoryPool();
  release(handle);
  release(metadata);
  unmap_region(region, capacity);
}

MemoryPool* create_pool(std::size_t size, const pool_options* options, bool use_environment,
                        bool hide_addresses) noexcept {
  try {
    Settings settings;
    settings.hide_addresses = hide_addresses;
    if (const int error = settle(size, options, use_environment, settings)) {
      errno = error;
      return nullptr;
    }
    const int kept = errno;
    MemoryPool* pool = Pool::open(std::move(settings));
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
