// Story: which call it was, and who tells it.
#include "model/story.hpp"

#include <fmt/format.h>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// The call is told by its main event: the first kind of this list that it has. A moving
/// pool_realloc() is told twice, by its alloc and by its free.
void tell_call(Telling& t) {
  if (const auto* e = t.find(POOL_EVENT_CREATE)) return tell_create(t, e->as.create);
  if (const auto* e = t.find(POOL_EVENT_SNAPSHOT)) return tell_snapshot(t, e->as.snapshot);
  const auto* alloc = t.find(POOL_EVENT_ALLOC);
  if (alloc != nullptr) tell_alloc(t, alloc->as.alloc);
  if (const auto* e = t.find(POOL_EVENT_FREE)) return tell_free(t, e->as.free);
  if (const auto* e = t.find(POOL_EVENT_QUARANTINE)) return tell_quarantine(t, e->as.quarantine);
  if (alloc != nullptr) return;
  if (const auto* e = t.find(POOL_EVENT_RESIZE)) return tell_resize(t, e->as.resize);
  if (const auto* e = t.find(POOL_EVENT_ALLOC_FAIL)) return tell_alloc_fail(t, e->as.alloc_fail);
  if (const auto* e = t.find(POOL_EVENT_MISUSE)) return tell_misuse(t, e->as.misuse);
  if (const auto* e = t.find(POOL_EVENT_GUARDS)) return tell_guards(t, e->as.guards);
  if (const auto* e = t.find(POOL_EVENT_RESET)) return tell_reset(t, e->as.reset);
  if (t.find(POOL_EVENT_DESTROY) != nullptr || t.find(POOL_EVENT_LEAK) != nullptr)
    return tell_destroy(t);
  if (const auto* e = t.find(POOL_EVENT_NOTE)) return tell_note(t, e->as.note);
  if (const auto* e = t.find(POOL_EVENT_CHECK)) return tell_check(t, e);
  if (t.find(POOL_EVENT_GUARD_CHECK) != nullptr) return tell_check(t, nullptr);
  if (t.find(POOL_EVENT_BYTES) != nullptr) {
    t.story.op = Op::dump;
    t.story.title = "pool_dump";
    return;
  }
  t.story.title = fmt::format("call {}", t.frame.call);
  for (const OwnedEvent& event : t.frame.events) t.say(explain::narrate(*event));
}

/// --seq: the finest grain needs no explanation but its own narration.
void tell_event(Telling& t) {
  tell_call(t);
  if (t.frame.events.empty()) return;
  const pool_event& event = *t.frame.events.front();
  const event::Kind* kind = event::find(event.kind);
  t.story.title = fmt::format("event {}: {}", event.seq, kind == nullptr ? "?" : kind->name);
  t.story.sentences = {explain::narrate(event)};
  // Of an alloc event alone the list that was searched is not at hand: its split came before it.
  if (event.kind == POOL_EVENT_ALLOC_FAIL) return;
  t.story.trail.clear();
  t.story.looked_at = 0;
  t.story.fits.reset();
}

}  // namespace

Story tell(const Frame& frame, Radix radix) {
  Story story;
  const std::optional<Model> released = with_released(frame);
  Telling t{frame, radix, story, released ? *released : frame.before};
  mark_changes(t);
  mark_written(t);
  if (frame.one_event) {
    tell_event(t);
    return story;
  }
  tell_call(t);
  const bool frees = t.find(POOL_EVENT_FREE) != nullptr || t.find(POOL_EVENT_QUARANTINE) != nullptr;
  if (!frees) say_damage(t);  // a free tells it before it goes on
  say_bytes(t);
  return story;
}

}  // namespace mempool::viz
