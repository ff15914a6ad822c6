// From addresses to allocations: see recording.hpp.
#include "workload/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "model/story.hpp"
#include "record/format.h"
#include "workload/record_source.hpp"

namespace mempool::viz {

namespace {

constexpr u64 records_between_progress = 1 << 14;
constexpr std::size_t most_modules = 4096, longest_path = 4096, longest_command = 100;
constexpr u8 most_align_log2 = 12;  // of pool_aligned_alloc()

class Listener {
 public:
  explicit Listener(RecordSource source) : source_(std::move(source)) {}

  Result<ProgramRecording> listen(const Progress& progress) {
    header();
    RawRecord record;
    for (u64 seen = 0; source_.next(record); ++seen) {
      if (progress && seen % records_between_progress == 0) progress(source_.share());
      if (made_.workload.allocations == most_allocations)
        return failure("the recording has more allocations than can be numbered");
      take(record);
    }
    finish();
    return std::move(made_);
  }

 private:
  struct Live {
    u32 index = 0;
    u64 size = 0;
  };
  /// A realloc between its two records.
  struct Pending {
    std::optional<Live> block;  // none: from before the recording
    u64 address = 0;
    u16 site = 0;
  };

  void header();
  void take(const RawRecord& record);
  void alloc(const RawRecord& record);
  void free(const RawRecord& record);
  void realloc(const RawRecord& record);
  void realloc_done(const RawRecord& record);
  void module(const RawRecord& record);
  void finish();

  u16 site_of(const RawRecord& record);
  void enter(u64 address, Live block);
  std::optional<Live> leave(u64 address);
  void add(u64 address, u64 size, u8 align_log2, u16 site);
  void operate(Act act, u32 index, u64 size, u16 site);
  void give_up(const Pending& pending) {
    if (pending.block) enter(pending.address, *pending.block);
  }

  RecordSource source_;
  ProgramRecording made_;
  std::unordered_map<u64, Live> live_;        // by address
  std::unordered_map<u32, Pending> pending_;  // by thread
  std::unordered_set<u32> threads_;
  std::map<CallStack, u16> sites_;
  std::unordered_map<u64, u16> short_sites_;  // stacks of one address
};

/// "git log --oneline": as people would say it, not too long.
std::string command_text(const std::string& program, const std::vector<std::string>& arguments) {
  const auto base = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  std::string text = base(arguments.empty() ? program : arguments.front());
  for (std::size_t i = 1; i < arguments.size(); ++i) text += ' ' + arguments[i];
  if (text.size() > longest_command) {
    std::size_t end = longest_command;
    while (end > 0 && (static_cast<u8>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  return text.empty() ? "a program" : text;
}

void Listener::header() {
  const auto paths = source_.texts(recording_path_at, recording_path_most);
  made_.program = paths.empty() ? "" : paths.front();
  made_.pid = source_.word(20);
  const u32 flags = source_.word(32);
  made_.forked = (flags & RECORDING_FORKED) != 0;
  made_.stopped = (flags & RECORDING_STOPPED) != 0;
  made_.error = (flags & RECORDING_NO_ROOM) != 0 ? source_.word(36) : 0;
  made_.dropped = source_.number(192);
  made_.workload.null_frees = source_.number(200);
  made_.workload.recorded =
      command_text(made_.program, source_.texts(recording_command_at, recording_command_most));
}

void Listener::take(const RawRecord& record) {
  const bool is_call = record.kind >= RECORDING_ALLOC && record.kind <= RECORDING_REALLOC_DONE;
  if (is_call && record.thread != 0) threads_.insert(record.thread);
  switch (record.kind) {
    case RECORDING_ALLOC: return alloc(record);
    case RECORDING_FREE: return free(record);
    case RECORDING_REALLOC: return realloc(record);
    case RECORDING_REALLOC_DONE: return realloc_done(record);
    case RECORDING_MODULE: return module(record);
    default: ++made_.damaged; return;  // or the rest of what is damaged
  }
}

/// The callers stand right behind the record, three a piece.
u16 Listener::site_of(const RawRecord& record) {
  CallStack stack{record.c};
  RawRecord piece;
  for (unsigned left = std::min<unsigned>(record.extra, recording_most_frames); left != 0;) {
    if (!source_.next(piece)) break;
    if (piece.kind != RECORDING_FRAMES) {
      source_.back();
      break;
    }
    for (const u64 address : {piece.a, piece.b, piece.c})
      if (left != 0) {
        stack.push_back(address);
        --left;
      }
  }
  if (record.c == 0) return 0;
  const bool is_short = stack.size() == 1;
  if (is_short)
    if (const auto found = short_sites_.find(record.c); found != short_sites_.end())
      return found->second;
  const auto [known, is_new] = sites_.try_emplace(stack, static_cast<u16>(made_.stacks.size() + 1));
  if (is_new && made_.stacks.size() == most_call_sites) {
    sites_.erase(known);
    ++made_.without_site;
    return 0;
  }
  if (is_new) made_.stacks.push_back(stack);
  if (is_short) short_sites_.emplace(record.c, known->second);
  return known->second;
}

void Listener::enter(u64 address, Live block) {
  live_[address] = block;
  made_.live_bytes = add_saturating(made_.live_bytes, block.size);
  made_.live_blocks = live_.size();
  if (made_.live_bytes <= made_.peak_bytes) return;
  made_.peak_bytes = made_.live_bytes;
  made_.peak_blocks = made_.live_blocks;
}

std::optional<Listener::Live> Listener::leave(u64 address) {
  const auto found = live_.find(address);
  if (found == live_.end()) return std::nullopt;
  const Live block = found->second;
  made_.live_bytes -= std::min(made_.live_bytes, block.size);
  live_.erase(found);
  made_.live_blocks = live_.size();
  return block;
}

void Listener::operate(Act act, u32 index, u64 size, u16 site) {
  Operation operation(act, index, size);
  operation.site = site;
  made_.workload.operations.push_back(operation);
}

/// A new allocation; at address 0 it failed.
void Listener::add(u64 address, u64 size, u8 align_log2, u16 site) {
  if (address != 0) {
    if (const std::optional<Live> before = leave(address)) {
      ++made_.missed;
      operate(Act::free, before->index, 0, 0);
    }
  }
  const u32 index = made_.workload.allocations++;
  operate(Act::alloc, index, size, site);
  made_.workload.operations.back().align_log2 = std::min(align_log2, most_align_log2);
  if (address != 0) enter(address, {index, size});
}

void Listener::alloc(const RawRecord& record) {
  ++made_.allocs;
  add(record.a, record.b, record.log2, site_of(record));
}

void Listener::free(const RawRecord& record) {
  ++made_.frees;
  static_cast<void>(site_of(record));
  const std::optional<Live> block = leave(record.a);
  if (block)
    operate(Act::free, block->index, 0, 0);
  else
    ++made_.strangers;
}

void Listener::realloc(const RawRecord& record) {
  ++made_.reallocs;
  const u16 site = site_of(record);
  if (const auto cut = pending_.find(record.thread); cut != pending_.end()) {
    ++made_.unfinished;
    give_up(cut->second);
  }
  const std::optional<Live> block = leave(record.a);
  if (!block) ++made_.strangers;
  pending_[record.thread] = {block, record.a, site};
}

//  q = 0 and size 0: the block is freed. q = 0: it failed, the old one lives.
void Listener::realloc_done(const RawRecord& record) {
  const auto found = pending_.find(record.thread);
  if (found == pending_.end() || found->second.address != record.c) {
    ++made_.damaged;
    return;
  }
  const Pending before = found->second;
  pending_.erase(found);
  const u64 size = record.b;
  if (record.a == 0 && size != 0) {
    give_up(before);
    if (before.block) operate(Act::realloc, before.block->index, size, before.site);
  } else if (size == 0 || !before.block) {
    if (before.block) operate(Act::free, before.block->index, 0, 0);
    if (record.a != 0) add(record.a, size, 0, before.site);
  } else {
    operate(Act::realloc, before.block->index, size, before.site);
    if (const std::optional<Live> other = leave(record.a)) {
      ++made_.missed;
      operate(Act::free, other->index, 0, 0);
    }
    enter(record.a, {before.block->index, size});
  }
}

void Listener::module(const RawRecord& record) {
  CodeModule module{record.a, record.b, record.c, "", 0, 0};
  const std::size_t length = record.extra;
  RawRecord piece;
  bool good = length <= longest_path && record.a < record.b && source_.next(piece);
  if (good && piece.kind != RECORDING_MODULE_FILE) {
    source_.back();
    good = false;
  }
  module.size = piece.a;
  module.modified = piece.b;
  while (good && module.path.size() < length) {
    good = source_.next(piece);
    if (!good) break;
    if (piece.kind != RECORDING_TEXT) {
      source_.back();
      good = false;
      break;
    }
    module.path.append(piece.text.data(), std::min(length - module.path.size(), piece.text.size()));
  }
  if (good && made_.modules.size() < most_modules)
    made_.modules.push_back(std::move(module));
  else
    ++made_.damaged;
}

void Listener::finish() {
  for (const auto& [thread, pending] : pending_) {
    ++made_.unfinished;
    give_up(pending);
  }
  made_.unfinished += source_.empty_slots();
  made_.threads = threads_.size();
}

}  // namespace

bool is_recording(const std::string& path) {
  const std::string_view magic(RECORDING_MAGIC, 8);
  struct stat about = {};
  const bool is_pipe = path != "-" && ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
  if (is_pipe) return false;  // a look into it would take from it
  const int file =
      path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  char begin[8] = {};
  const bool found = ::pread(file, begin, sizeof begin, 0) == sizeof begin &&
                     std::string_view(begin, sizeof begin) == magic;
  ::close(file);
  return found;
}

Result<ProgramRecording> read_recording(const std::string& path, const Progress& progress) {
  Result<RecordSource> source = RecordSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  Result<ProgramRecording> made = Listener(std::move(*source)).listen(progress);
  if (!made) return failure(fmt::format("{}: {}", path, made.error().what));
  made->workload.name = path == "-" ? "standard input" : path;
  return made;
}

std::vector<std::string> remarks(const ProgramRecording& recording) {
  std::vector<std::string> said;
  const auto say = [&](u64 count, std::string_view noun, std::string_view what) {
    if (count != 0) said.push_back(fmt::format("{} {}", count_text(count, noun), what));
  };
  if (recording.error != 0)
    said.push_back(fmt::format("the recording ends early, for its file could not grow: {}",
                               std::strerror(static_cast<int>(recording.error))));
  say(recording.dropped, "later call",
      recording.stopped ? "not recorded: as many as were asked for were there" : "not recorded");
  say(recording.strangers, "free", "of blocks from before the recording left out");
  say(recording.missed, "free", "that nobody saw added: the address was handed out again");
  say(recording.unfinished, "record", "not finished when the process ended");
  say(recording.damaged, "damaged record", "skipped");
  say(recording.without_site, "call", "without a call site: there are too many different ones");
  return said;
}

}  // namespace mempool::viz
