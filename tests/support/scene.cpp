// Scene: the checks after every call.
#include "support/scene.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "event/table.hpp"
#include "log/jsonl.hpp"
#include "log/reader.hpp"
#include "pool/create.hpp"
#include "support/shape.hpp"

namespace mempool::tests {

Scene::Scene(u64 capacity, Setup setup) : setup_(setup) {
  open(capacity);
  log::write_header(log_);
  pool_set_error_handler(
      pool_,
      [](const pool_report* report, void* user) {
        static_cast<Scene*>(user)->reports_.push_back(*report);
      },
      this);
  // The sink can only come when the pool is there, so the scene says `create` itself (a log of
  // its own, from creation on, is what logfile_spec.cpp looks at).
  const pool_sink sink{sizeof(pool_sink), this, on_event, nullptr};
  REQUIRE(pool_set_sink(pool_, &sink) == 0);
  tell_create();
  after_call();
}

void Scene::open(u64 capacity) {
  pool_options options{};
  options.struct_size = sizeof options;
  options.align = setup_.align;
  options.policy = static_cast<int>(setup_.policy);
  options.guards = setup_.guards;
  options.records = setup_.records;
  options.fill = setup_.fill ? POOL_ON : POOL_OFF;
  options.poison = setup_.poison ? POOL_ON : POOL_OFF;
  options.quarantine = setup_.quarantine;
  options.check = setup_.check_every ? POOL_CHECK_EVERY : POOL_CHECK_FREE;
  options.capture = setup_.capture ? POOL_ON : POOL_OFF;
  pool_ = create_pool({.size = capacity,
                       .options = &options,
                       .buffer = setup_.buffer,
                       .use_environment = false,
                       .hide_addresses = true});
  REQUIRE(pool_ != nullptr);
}

void Scene::tell_create() {
  const u64 begin = reinterpret_cast<std::uintptr_t>(setup_.buffer);
  pool_event created = event::make(POOL_EVENT_CREATE);
  created.pool = 1;
  created.as.create = {stats().capacity,
                       setup_.align,
                       setup_.policy,
                       setup_.guards,
                       round_up(begin, setup_.align),
                       nullptr,
                       static_cast<u8>(setup_.fill),
                       static_cast<u8>(setup_.poison),
                       setup_.quarantine == 0 ? POOL_NONE : setup_.quarantine,
                       static_cast<u8>(setup_.capture),
                       nullptr};
  on_event(this, &created);
}

Scene::~Scene() {
  if (pool_ != nullptr) pool_destroy(pool_);
}

void Scene::on_event(void* user, const pool_event* event) {
  Scene& scene = *static_cast<Scene*>(user);
  if (std::exchange(scene.new_call_, false)) {
    scene.lines_.clear();
    scene.events_.clear();
  }
  if (!scene.events_.empty()) scene.events_ += ' ';
  scene.events_ += event::find(event->kind)->name;
  if (!scene.setup_.through_json) {
    CHECK(scene.model_.apply(*event) == viz::Fault::none);
    return;
  }
  pool_event numbered = *event;  // pools of other scenes must not show
  numbered.pool = 1;
  log::write_event(numbered, scene.lines_);
}

void Scene::apply_json() {
  std::string text;
  log::write_header(text);
  auto reader = log::Reader::from_text(text + lines_);
  REQUIRE(reader.has_value());
  pool_event event;
  std::string again;
  while (reader->next(event)) {
    log::write_event(event, again);
    CHECK(model_.apply(event) == viz::Fault::none);
  }
  CHECK(reader->findings().damaged == 0);
  CHECK(again == lines_);
  log_ += lines_;
}

void Scene::after_call() {
  const bool told = !std::exchange(new_call_, true);
  if (!told) {
    lines_.clear();
    events_.clear();
  } else if (setup_.through_json) {
    apply_json();
  }
  if (pool_ != nullptr) compare_with_walk();
}

void Scene::compare_with_walk() const {
  struct Walk {
    viz::Model::Blocks::const_iterator at, end;
  } walk{model_.blocks().begin(), model_.blocks().end()};
  const auto compare = [](const pool_block* block, void* user) {
    Walk& w = *static_cast<Walk*>(user);
    REQUIRE(w.at != w.end);
    const viz::Block& expected = w.at->second;
    bool same = block->offset == expected.offset && block->size == expected.size &&
                (block->used != 0) == expected.used && (block->used == 2) == expected.quarantined;
    if (same && expected.used) {
      same = block->number == expected.number && block->payload_offset == expected.payload &&
             block->requested == expected.requested && block->guard == expected.guard;
    }
    CHECK_MESSAGE(same, "the model and pool_walk differ at offset ", block->offset);
    ++w.at;
    return same ? 0 : 1;
  };
  CHECK(pool_walk(pool_, compare, &walk) == 0);
  CHECK(walk.at == walk.end);
  const pool_statistics s = stats();
  CHECK(s.free == model_.free_bytes);
  CHECK(s.quarantined_bytes == model_.quarantined_bytes);
  CHECK(s.live_blocks == model_.used_blocks);
  CHECK(s.live_bytes == model_.payload_bytes);
  CHECK(s.peak_bytes == model_.peak_payload);
  CHECK(s.largest == model_.largest_free());
}

u64 Scene::alloc(u64 size) {
  return place(pool_alloc(pool_, size));
}

u64 Scene::aligned_alloc(u64 alignment, u64 size) {
  void* pointer = pool_aligned_alloc(pool_, alignment, size);
  CHECK(reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0);
  return place(pointer);
}

u64 Scene::place(void* pointer) {
  pointers_.push_back(static_cast<char*>(pointer));
  after_call();
  const viz::Block* block = model_.live(pointers_.size() - 1);
  CHECK((block != nullptr) == (pointer != nullptr));
  return block == nullptr ? POOL_NONE : block->payload;
}

void Scene::take_over(const void* pointer, u64 number) {
  auto* payload = static_cast<char*>(const_cast<void*>(pointer));
  if (number == POOL_NONE) {
    place(payload);
    return;
  }
  pointers_.at(number) = payload;
  after_call();
}

void Scene::free(u64 number) {
  free_pointer(pointers_.at(number));
}

void Scene::free_pointer(void* pointer) {
  pool_free(pool_, pointer);
  after_call();
}

u64 Scene::realloc(u64 number, u64 size) {
  char* moved = static_cast<char*>(pool_realloc(pool_, pointers_.at(number), size));
  if (moved != nullptr) pointers_.at(number) = moved;
  after_call();
  return moved == nullptr ? POOL_NONE : model_.live(number)->payload;
}

void Scene::reset() {
  CHECK(pool_reset(pool_) == 0);
  after_call();
}

void Scene::enable_guards(u64 size) {
  pool_enable_guards(pool_, size);
  after_call();
}

bool Scene::disable_guards() {
  const bool disabled = pool_disable_guards(pool_) == 1;
  after_call();
  return disabled;
}

int Scene::check() {
  const int violations = pool_check(pool_, nullptr, nullptr);
  after_call();
  return violations;
}

void Scene::note(const char* text) {
  CHECK(pool_note(pool_, text) == 0);
  after_call();
}

void Scene::destroy() {
  pool_destroy(std::exchange(pool_, nullptr));
  after_call();
}

std::string Scene::shape() const {
  return tests::shape(model_);
}

std::string Scene::events() const {
  return events_;
}

pool_statistics Scene::stats() const {
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  CHECK(pool_stats(pool_, &stats) == 0);
  return stats;
}

}  // namespace mempool::tests
