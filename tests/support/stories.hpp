// Support for specs of the story: how the last call of a pool is told, as text. Holds no spec and
// expects nothing itself.
#pragma once

#include <string>

#include "model/story.hpp"
#include "support/scribe.hpp"

namespace mempool::tests {

inline viz::Story story_of(const Scribe& pool, viz::Radix radix = viz::Radix::dec) {
  return viz::tell(frame_of(pool), radix);
}

/// The title and the sentences, a line each.
inline std::string told(const Scribe& pool, viz::Radix radix = viz::Radix::dec) {
  const viz::Story story = story_of(pool, radix);
  std::string text = story.title;
  for (const std::string& sentence : story.sentences) text += "\n" + sentence;
  return text;
}

inline bool says(const Scribe& pool, const std::string& sentence) {
  return told(pool).find(sentence) != std::string::npos;
}

/// "f2 48 too small, f8 160 taken": the look trail.
inline std::string trail(const Scribe& pool) {
  std::string text;
  for (const viz::Look& look : story_of(pool).trail) {
    const char* verdicts[] = {"too small", "taken", "not looked at", "passed", "lies wrong"};
    if (!text.empty()) text += ", ";
    text += "f" + std::to_string(look.number) + " " + std::to_string(look.size) + " " +
            verdicts[static_cast<int>(look.verdict)];
  }
  return text;
}

/// A pool whose free list is f2 (48), f3 (40), f4 (160) and f1, the rest, in address order.
inline Scribe four_holes(Style style = {.align = 8, .guards = 8}) {
  const u64 guards = 2 * style.guards;
  Scribe pool(1024, style);
  for (const u64 size : {48, 64, 40, 64, 160, 64}) pool.alloc(size - guards);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  return pool;
}

}  // namespace mempool::tests
