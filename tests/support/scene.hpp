// Scene: a pool, and everything a spec wants checked after every call without saying so:
//
//   * every event goes through JSON and back, byte for byte;
//   * the model folded from those events equals what pool_walk and pool_stats say;
//   * the numbered invariants hold (pool_check finds nothing but what the spec expects).
//
// So a spec says only what it wants to see. Blocks are named by their allocation number.
#pragma once

#include <mempool.h>
#include <mempool/sink.h>

#include <string>
#include <vector>

#include "base/units.hpp"
#include "model/model.hpp"

namespace mempool::tests {

/// What a spec chooses; the rest is the default. Alignment 1 makes arithmetic readable.
struct Setup {
  u64 align = 1;
  u32 policy = POOL_FIRST;
  u64 guards = 0;
  u64 records = 0;
  bool fill = false;
  bool poison = false;
  u64 quarantine = 0;
  bool check_every = false;
  bool capture = false;
  bool through_json = true;  // long random runs apply events directly
  void* buffer = nullptr;    // the region lies in it: as many bytes as the scene's capacity
};

class Scene {
 public:
  explicit Scene(u64 capacity, Setup setup = {});
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  // ---- calls; each is checked
  /// Returns the offset of the payload, or POOL_NONE; the number is the next.
  u64 alloc(u64 size);
  u64 aligned_alloc(u64 alignment, u64 size);
  /// A block that the spec has taken by itself; the number is the next, or that of a block that
  /// moved.
  void take_over(const void* pointer, u64 number = POOL_NONE);
  void free(u64 number);
  void free_pointer(void* pointer);
  u64 realloc(u64 number, u64 size);
  void reset();
  void enable_guards(u64 size);
  bool disable_guards();
  int check();
  void note(const char* text);
  void destroy();

  // ---- looking
  /// "U64 F192": used and free blocks in address order.
  [[nodiscard]] std::string shape() const;
  /// Names of the events of the last call: "split alloc".
  [[nodiscard]] std::string events() const;
  /// The JSON lines of the last call.
  [[nodiscard]] const std::string& lines() const { return lines_; }
  [[nodiscard]] const viz::Model& model() const { return model_; }
  [[nodiscard]] char* pointer(u64 number) const { return pointers_.at(number); }
  [[nodiscard]] MemoryPool* pool() const { return pool_; }
  [[nodiscard]] pool_statistics stats() const;
  /// What the pool has reported so far; a scene keeps reports off stderr.
  [[nodiscard]] const std::vector<pool_report>& reports() const { return reports_; }
  /// The whole log so far, header first.
  [[nodiscard]] const std::string& log() const { return log_; }

 private:
  void open(u64 capacity);
  void tell_create();
  u64 place(void* pointer);
  void after_call();
  void compare_with_walk() const;
  void apply_json();
  static void on_event(void* user, const pool_event* event);

  Setup setup_;
  MemoryPool* pool_ = nullptr;
  viz::Model model_;
  std::vector<pool_report> reports_;
  std::vector<char*> pointers_;  // by allocation number; nullptr for failures
  std::string log_;
  std::string lines_;   // of the last call
  std::string events_;  // of the last call
  bool new_call_ = true;
};

}  // namespace mempool::tests
