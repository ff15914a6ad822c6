// Telling: the parts of a story while it is being told. Private to story.
//
//     tell --> search (look.cpp), changes (changes.cpp), sentences (story.cpp, tell_*.cpp)
#pragma once

#include <string>

#include "model/story.hpp"

namespace mempool::viz {

struct Telling {
  const Frame& frame;
  Radix radix;
  Story& story;
  const Model& searched;  // the pool as a search found it: what was released for it is free

  /// The first event of a kind; nullptr if the call has none.
  [[nodiscard]] const pool_event* find(u32 kind) const;
  [[nodiscard]] std::string at(u64 offset) const { return offset_text(offset, radix); }
  void say(std::string sentence) const { story.sentences.push_back(std::move(sentence)); }
};

// ---- look.cpp: the free list that was searched
/// Fills in trail, looked_at and fits. taken: offset of the block that was handed out, or
/// POOL_NONE.
void look(Telling& t, u64 taken);

// ---- tell_search.cpp: the search, and what other policies would have taken
void say_search(Telling& t);

// ---- changes.cpp: blocks and bytes that are not as they were
void mark_changes(Telling& t);
void mark_written(Telling& t);

// ---- tell_alloc.cpp, tell_free.cpp, tell_realloc.cpp, tell_other.cpp: one call each
void tell_alloc(Telling& t, const pool_event_alloc& e);
void tell_resize(Telling& t, const pool_event_resize& e);
void tell_alloc_fail(Telling& t, const pool_event_alloc_fail& e);
void tell_free(Telling& t, const pool_event_free& e);
void tell_quarantine(Telling& t, const pool_event_quarantine& e);
void tell_create(Telling& t, const pool_event_create& e);
void tell_snapshot(Telling& t, const pool_event_snapshot& e);
void tell_misuse(Telling& t, const pool_event_misuse& e);
void tell_guards(Telling& t, const pool_event_guards& e);
void tell_check(Telling& t, const pool_event* check);
void tell_note(Telling& t, const pool_event_note& e);
void tell_reset(Telling& t, const pool_event_reset& e);
void tell_destroy(Telling& t);

/// The sum that makes a whole block of the request. guard: what the block gets, or keeps.
void say_need(const Telling& t, u64 guard);
/// The guards that the call wrote.
void say_guards(const Telling& t);
/// The guards that it checked, if none of them is damaged.
void say_checked(const Telling& t, u64 number);
/// Of a pool_realloc() that could not resize its block in place.
void say_why_not_in_place(const Telling& t, const Block& old);
/// The line that asked for the block, if the log tells it.
void say_site(const Telling& t, const Model& model, u64 number);
/// Blocks that left the quarantine. for_room: an allocation needed their bytes.
void say_released(const Telling& t, bool for_room);
/// The pool with what the call released for a search, if it did.
[[nodiscard]] std::optional<Model> with_released(const Frame& frame);
/// Damage that this call found or told, a sentence each: guards, writes after free.
void say_damage(Telling& t);
/// What `bytes` events recorded.
void say_bytes(Telling& t);

/// "f2 (48), f5 (40), f7 (16) and 58 more": at most `most` of them, joined as a list in English.
[[nodiscard]] std::string list_text(const std::vector<std::string>& items, std::size_t most,
                                    const char* last_word);

}  // namespace mempool::viz
